"""`fanlight tracks`: the counting logic alone, on recorded positions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fanlight.adapters.recordings import read_recording
from fanlight.app.cli.lines import headed, line_options
from fanlight.domain.crossings import Crossing
from fanlight.domain.replay import replay

if TYPE_CHECKING:
    from fanlight.domain.geometry import CountingLine
    from fanlight.domain.replay import ReplayResult


@click.command(epilog="\b\nExample:  fanlight tracks door.txt --line=-3.6,0,3.2,0 --fps 25")
@click.argument("file", type=click.Path(path_type=Path))
@line_options(fractions=False)
@click.option("--fps", type=click.FloatRange(0.1, 1000), required=True, help="Frames a second.")
@click.option(
    "--identities",
    type=click.Choice(["ignored", "recorded"]),
    default="ignored",
    show_default=True,
    help="Track the positions as if nobody had named them, or believe the recording.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def tracks(
    *,
    file: Path,
    lines: tuple[CountingLine, ...],
    heading: str | None,
    fps: float,
    identities: str,
    as_json: bool,
) -> None:
    """Count who crosses a line in a FILE of recorded positions.

    Reads trajectories of Juelich, ETH/UCY (obsmat) and Edinburgh, and MOTChallenge text. The line
    is in the file's own units; y is taken to grow downward, as on a screen.
    """
    recording = read_recording(file)
    try:
        result = replay(recording, headed(lines, heading), fps, recorded=identities == "recorded")
    except ValueError as error:
        raise click.UsageError(f"{file}: {error}") from error
    if as_json:
        click.echo(json.dumps(_as_json(result)))
        return
    click.echo(f"{file.name}  in {result.ins}  out {result.outs}  U-turns {result.u_turns}")
    for each in _crossings(result):
        click.echo(f"  frame {each.frame:>6}  {each.direction:<3}  {each.line}")


def _crossings(result: ReplayResult) -> list[Crossing]:
    found = [event for event in result.events if isinstance(event, Crossing)]
    return sorted(found, key=lambda crossing: crossing.frame)


def _as_json(result: ReplayResult) -> dict[str, Any]:
    return {
        "in": result.ins,
        "out": result.outs,
        "u_turns": result.u_turns,
        "crossings": [
            {"frame": each.frame, "direction": each.direction.value, "line": each.line}
            for each in _crossings(result)
        ],
        "frames": result.frames,
    }
