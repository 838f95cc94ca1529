"""What `fanlight run` says at the end of a recording."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fanlight.adapters.terminal_report import print_report
from fanlight.app.compose import open_ledger, places
from fanlight.domain.hours import UtcHour
from fanlight.domain.report import Viewpoint
from fanlight.domain.scoring import Passage, compare
from fanlight.services.report import report_hours

if TYPE_CHECKING:
    from rich.console import Console

    from fanlight.adapters.clip_truth import ClipTruth
    from fanlight.app.config import Config
    from fanlight.domain.crossings import Crossing


def print_agreement(console: Console, crossings: list[Crossing], truth: ClipTruth) -> None:
    """Compare what was counted with what is known to have happened."""
    counted = [Passage(crossing.at_ns / 1e9, crossing.direction) for crossing in crossings]
    agreement = compare(counted, truth.passages, truth.optional_passages)
    style = "green" if agreement.errors == 0 else "yellow"
    console.print(
        f"[{style}]{agreement.matched} of {len(truth.passages)} true crossings counted, "
        f"{len(agreement.missed)} missed, {len(agreement.false)} false[/]"
    )
    for word, passages in (("missed", agreement.missed), ("false", agreement.false)):
        for passage in passages:
            console.print(f"  {word} {passage.direction} at {passage.at_s:.1f} s")


def print_hours(console: Console, config: Config) -> None:
    """Print the ledger's hours of the last day."""
    ledger = open_ledger(config)
    now = UtcHour.containing(datetime.now(UTC))
    zone = ZoneInfo(config.device.timezone)
    hours = _hours_since(ledger.hours_kept(), now)
    if hours:
        print_report(report_hours(ledger, hours, Viewpoint(zone, now), places(config)), console)
        folder = config.device.data_dir
        console.print(f"\nthese hours again: fanlight report --data-dir {folder}", style="dim")
    ledger.close()


def _hours_since(kept: tuple[UtcHour, UtcHour] | None, now: UtcHour) -> list[UtcHour]:
    """Return the hours of the last day, from the first one kept."""
    if kept is None:
        return []
    first = max(kept[0], now.plus(-23))
    return [first.plus(step) for step in range(now.number - first.number + 1)]
