"""The `--line`, `--in` and `--mount` options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from fanlight.domain.geometry import CountingLine, Heading, Point
from fanlight.domain.mount import Mount

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")


class LineType(click.ParamType[CountingLine]):
    """X1,Y1,X2,Y2 with an optional NAME= in front."""

    name = "[NAME=]X1,Y1,X2,Y2"

    def __init__(self, *, fractions: bool = True) -> None:
        self._fractions = fractions

    def convert(
        self, value: str | CountingLine, param: click.Parameter | None, ctx: click.Context | None
    ) -> CountingLine:
        """Read one line; `in` goes to the right-hand side of a walk from 1 to 2."""
        if isinstance(value, CountingLine):
            return value
        name, _, numbers = value.rpartition("=")
        try:
            x1, y1, x2, y2 = (float(number) for number in numbers.split(","))
        except ValueError:
            self.fail(f"{value!r} is not four numbers X1,Y1,X2,Y2", param, ctx)
        try:
            line = CountingLine(name or "line", Point(x1, y1), Point(x2, y2))
            return line.inside_picture() if self._fractions else line
        except ValueError as error:
            self.fail(str(error), param, ctx)


def line_options(*, required: bool = True, fractions: bool = True) -> Callable[[Command], Command]:
    """Add `--line` and `--in` to a command, as parameters `lines` and `heading`."""
    unit = "fractions of width and height" if fractions else "the recording's own units"
    line = click.option(
        "--line",
        "lines",
        type=LineType(fractions=fractions),
        multiple=True,
        required=required,
        help=f"Counting line in {unit}; walking from 1 to 2, in goes to the right-hand side as "
        "seen on the screen. May be given more than once, with names.",
    )
    heading = click.option(
        "--in",
        "heading",
        type=click.Choice([heading.value for heading in Heading]),
        help="Turn the line so that walking this way is in.",
    )

    def add(command: Command) -> Command:
        return line(heading(command))

    return add


def mount_option(command: Command) -> Command:
    """Add `--mount` to a command."""
    return click.option(
        "--mount",
        type=click.Choice([mount.value for mount in Mount]),
        help="How the camera hangs: straight down, or looking at people from a side.",
    )(command)


def headed(lines: tuple[CountingLine, ...], heading: str | None) -> tuple[CountingLine, ...]:
    """Give lines their direction, and numbers behind their names where two share one.

    Raises:
        click.UsageError: a line runs along the direction that should be in.
    """
    if len({line.name for line in lines}) < len(lines):
        lines = tuple(
            CountingLine(f"{line.name} {index}", line.start, line.end)
            for index, line in enumerate(lines, start=1)
        )
    if heading is None:
        return lines
    try:
        return tuple(line.turned(Heading(heading)) for line in lines)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
