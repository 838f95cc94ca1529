"""`fanlight count`: a recorded clip, as fast as it goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from fanlight.adapters.receipt import ReceiptFacts, write_receipt
from fanlight.app.cli.lines import headed, line_options, mount_option
from fanlight.app.cli.settings import config_option, with_clip
from fanlight.app.clip_count import ClipCount, count_clip
from fanlight.app.compose import open_package, room_around
from fanlight.app.compose_retention import rehearsal_entrance
from fanlight.domain.crossings import Direction
from fanlight.vision.sources.clip import ClipSource

if TYPE_CHECKING:
    from fanlight.app.config import Config
    from fanlight.domain.geometry import CountingLine
    from fanlight.vision.room import Room


@click.command(epilog="\b\nExample:  fanlight count door.mp4 --line 0,0.5,1,0.5")
@click.argument("clip", type=click.Path(path_type=Path))
@line_options()
@mount_option
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.option(
    "--receipt",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write a picture without people: line, anonymous paths, counts per minute.",
)
def count(
    *,
    clip: Path,
    lines: tuple[CountingLine, ...],
    heading: str | None,
    mount: str | None,
    config: Config,
    receipt: Path | None,
    as_json: bool,
) -> None:
    """Count who crosses a line in a recorded CLIP, as fast as it goes.

    Walking from the line's first point to its second, "in" goes to the right-hand side as seen on
    the screen.
    """
    lines = headed(lines, heading)
    config = with_clip(config, clip, lines, mount)
    source = ClipSource(clip, paced=False)
    package = open_package(config)
    room = room_around(source, config, package, rehearsal_entrance(config))
    try:
        result = _count(room, source.declared_frames, quiet=as_json)
    finally:
        room.close()
    if receipt is not None:
        aspect = source.width / source.height
        facts = _facts(clip, lines, aspect, result, str(package))
        _write_receipt(receipt, facts)
    if as_json:
        click.echo(json.dumps(result.as_json() | {"detector": package.identity()}))
    else:
        _print(clip, result, str(package))


def _count(room: Room, declared_frames: int, *, quiet: bool) -> ClipCount:
    bar = Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=quiet,
    )
    with bar:
        task = bar.add_task("counting", total=declared_frames or None)
        return count_clip(room.look, lambda moment: bar.update(task, completed=moment.frame + 1))


def _facts(
    clip: Path, lines: tuple[CountingLine, ...], aspect: float, result: ClipCount, detector: str
) -> ReceiptFacts:
    lifetime_ms = result.pixel_lifetime_ms()
    return ReceiptFacts(
        title=clip.name,
        aspect=aspect,
        duration_s=result.last_at_ns / 1e9,
        lines=lines,
        paths=result.paths,
        events=result.events,
        footnote=f"{result.frames} frames, coverage {result.coverage:.0%}, every picture "
        f"overwritten within {lifetime_ms['max']:.1f} ms; detector {detector}",
    )


def _write_receipt(receipt: Path, facts: ReceiptFacts) -> None:
    try:
        write_receipt(facts, receipt)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--receipt {receipt}: {error}") from error


def _print(clip: Path, result: ClipCount, detector: str) -> None:
    lifetime_ms, stage_ms = result.pixel_lifetime_ms(), result.stage_ms()
    console = Console(highlight=False)
    console.print(
        f"[bold]{clip.name}[/]  in [bold green]{result.total(Direction.IN)}[/]  "
        f"out [bold yellow]{result.total(Direction.OUT)}[/]  U-turns [bold]{result.u_turns}[/]"
    )
    for crossing in result.crossings:
        console.print(f"  frame {crossing.frame:>6}  {crossing.direction:<3}  {crossing.line}")
    stages = ", ".join(f"{stage} {ms:.2f} ms" for stage, ms in stage_ms.items())
    console.print(
        f"detector {detector}, frames {result.frames}, coverage {result.coverage:.1%}\n"
        f"pixel lifetime p50 {lifetime_ms['p50']:.2f} ms, p99 {lifetime_ms['p99']:.2f} ms, "
        f"max {lifetime_ms['max']:.2f} ms\nstages {stages}",
        soft_wrap=True,
    )
    if result.embedded:
        lived_ms = result.embedding_lifetime_ms()
        console.print(
            f"embedded {result.embedded} of {result.total(Direction.IN)} who came in, lifetime p50 "
            f"{lived_ms['p50']:.2f} ms, max {lived_ms['max']:.2f} ms",
            soft_wrap=True,
        )
