"""`fanlight validate`: hold the counter against a clip whose truth is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace
from rich.console import Console

from fanlight.adapters.clip_truth import read_truth
from fanlight.adapters.validation_recording import write_recording
from fanlight.app.cli.lines import headed, line_options, mount_option
from fanlight.app.cli.settings import config_option, with_clip
from fanlight.app.clip_validation import count_and_listen, hear_again
from fanlight.app.compose_shop import open_checks
from fanlight.domain.equivalence import Margin, Outcome
from fanlight.domain.validation import validate, validation_to_plain, verdict_in_words

if TYPE_CHECKING:
    from fanlight.app.clip_validation import Heard
    from fanlight.app.config import Config
    from fanlight.domain.geometry import CountingLine
    from fanlight.domain.validation import Validation

STYLES = {Outcome.ACCEPTED: "green", Outcome.REJECTED: "bold red", Outcome.UNDECIDED: "yellow"}
SHARE = click.FloatRange(0.001, 0.49)
A_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("validate", epilog="\b\nExample:  fanlight validate door.mp4 --truth door.json")
@click.argument("clip", type=click.Path(path_type=Path), required=False)
@click.option("--truth", type=A_FILE, help="The clip's truth; see docs/operating/validation.md.")
@line_options(required=False)
@mount_option
@config_option
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where --store keeps the rates.")
@click.option("--margin", type=SHARE, default=0.05, show_default=True, help="Bias allowed.")
@click.option(
    "--risk",
    type=SHARE,
    default=0.05,
    show_default=True,
    help="How likely a counter that is off by the margin may be accepted.",
)
@click.option("--store", is_flag=True, help="Keep the rates: reports use them from now on.")
@click.option("--recording", type=A_FILE, help="Write tracks and truth, no picture, to a file.")
@click.option("--replay", type=A_FILE, help="Repeat the check from such a file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def validate_command(
    *,
    clip: Path | None,
    truth: Path | None,
    lines: tuple[CountingLine, ...],
    heading: str | None,
    mount: str | None,
    config: Config,
    data_dir: Path | None,
    margin: float,
    risk: float,
    store: bool,
    recording: Path | None,
    replay: Path | None,
    as_json: bool,
) -> None:
    """Count a CLIP, match it with its truth, and say how often the counter misses or doubles.

    The verdict is that of an equivalence test: accepted, rejected, or undecided and how many more
    crossings would tell. The line is the truth's unless --line gives another one.
    """
    if replay is not None:
        if clip or truth or lines:
            raise click.UsageError("--replay has clip, truth and line in its file; leave them out")
        heard = hear_again(replay)
    else:
        heard = _count(clip, truth, headed(lines, heading), config, mount)
    try:
        found = validate(heard.facts, heard.events, Margin(margin, risk))
    except ValueError as error:
        raise click.UsageError(f"{heard.head.clip}: {error}") from error
    if recording is not None:
        write_recording(recording, heard.head, heard.frames)
    if store:
        if data_dir is not None:
            config = replace(config, device=replace(config.device, data_dir=str(data_dir)))
        open_checks(config).keep(found.check)
    if as_json:
        click.echo(json.dumps(validation_to_plain(found)))
    else:
        _print(found, Console(highlight=False, soft_wrap=True), stored=store)


def _count(
    clip: Path | None,
    truth: Path | None,
    lines: tuple[CountingLine, ...],
    config: Config,
    mount: str | None,
) -> Heard:
    if clip is None or truth is None:
        raise click.UsageError("give a CLIP and its --truth, or --replay FILE")
    known = read_truth(truth)
    site = with_clip(config, clip, lines or (known.counting_line,), mount or known.mount)
    return count_and_listen(clip, site, known)


def _print(found: Validation, console: Console, *, stored: bool) -> None:
    agreement = found.agreement
    console.print(
        f"[bold]{found.clip.name}[/]  {found.true} true crossings: {agreement.matched} counted, "
        f"{len(agreement.missed)} missed, {len(agreement.false)} false"
    )
    for word, passages in (("missed", agreement.missed), ("false", agreement.false)):
        for passage in passages:
            console.print(f"  {word} {passage.direction} at {passage.at_s:.1f} s", style="dim")
    for word, rate in (("missed", found.miss_rate), ("false ", found.false_rate)):
        best, low, high = rate
        console.print(f"{word} {best:.1%} of the true ones, 95 % {low:.1%} to {high:.1%}")
    for condition, each in found.check.by_condition.items():
        console.print(
            f"  {condition.crowding}, {condition.light} sight: {each.true:.0f} true, "
            f"{each.missed:.0f} missed, {each.false:.0f} false",
            style="dim",
        )
    console.print(verdict_in_words(found.verdict), style=STYLES[found.verdict.outcome])
    if stored:
        console.print("Stored: reports on this device use these rates from now on.")
