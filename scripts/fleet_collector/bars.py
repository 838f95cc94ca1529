"""Hours as bars with their ranges, drawn as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fleet_collector.fleet import HourLine

HEIGHT: Final = 160
STEP: Final = 18
TOP: Final = 8


def bars(lines: Sequence[HourLine]) -> Markup:
    """Draw the entries of hours in order; paler where less was seen, with a whisker for the range.

    Hours that never came leave a gap.
    """
    if not lines:
        return Markup("")
    first, last = lines[0].hour.number, lines[-1].hour.number
    tallest = max([1, *(line.high or line.entries for line in lines)])
    width = (last - first + 1) * STEP + 8
    drawn = [_bar(line, (line.hour.number - first) * STEP + 4, tallest) for line in lines]
    return Markup(
        '<svg role="img" aria-label="Entries by hour, the numbers are in the table" '
        'viewBox="0 0 {} {}" width="{}" height="{}">{}'
        '<line class="ground" x1="0" x2="{}" y1="{}" y2="{}"/></svg>'
    ).format(width, HEIGHT, width, HEIGHT, Markup("").join(drawn), width, HEIGHT - 1, HEIGHT - 1)


def _bar(line: HourLine, x: int, tallest: int) -> Markup:
    title = escape(f"{line.local}: {line.entries} in, {line.coverage:.0%} seen")
    top = _y(line.entries, tallest)
    bar = Markup(
        '<rect x="{}" y="{:.1f}" width="12" height="{:.1f}" opacity="{:.2f}">'
        "<title>{}</title></rect>"
    ).format(x, top, HEIGHT - 1 - top, 0.35 + 0.65 * line.coverage, title)
    if line.low is None or line.high is None:
        return bar
    return bar + Markup('<line class="range" x1="{0}" x2="{0}" y1="{1:.1f}" y2="{2:.1f}"/>').format(
        x + 6, _y(line.high, tallest), _y(line.low, tallest)
    )


def _y(people: int, tallest: int) -> float:
    return HEIGHT - 1 - (HEIGHT - 1 - TOP) * people / tallest
