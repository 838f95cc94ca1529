"""Insights on the terminal: one page that a shop's owner can read from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from fanlight.domain.figures import Figure, NotEnough

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from fanlight.domain.figures import Answer
    from fanlight.domain.insights import Balance, Insights
    from fanlight.domain.weekdays import Usual

BAR_WIDTH = 30
WIDE = 100
DRIFT = (
    "More than chance explains: one way is missed or doubled more than the other. Check the "
    "line's place and the light, then run fanlight validate."
)
_MISSING = "not enough data"


def print_insights(found: Insights, console: Console) -> None:
    """Print the figures, the day by the hour, the weekday's comparison and the balance."""
    console.print(Text(f"{found.first} to {found.last}", style="bold"))
    console.print(figures_table(found, basis=console.width >= WIDE))
    for line in reasons(found):
        console.print(line, style="dim")
    console.print()
    for line in weekday_lines(found.usual):
        console.print(line)
    console.print()
    for bar in hour_bars(found):
        console.print(bar)
    console.print()
    for line in balance_lines(found.balance):
        style = "yellow" if found.balance.alarm else ""
        console.print(line, style=style)
    console.print(
        f"Each figure lies within its range 19 times out of 20. Errors of the counter: "
        f"{found.rates_from}.",
        style="dim",
        soft_wrap=True,
    )


def figures_table(found: Insights, *, basis: bool = True) -> Table:
    """Return one row a figure: best guess, range, how much was seen, and what it rests on."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1))
    table.add_column("", no_wrap=True)
    for name in ("best", "95 % range", "seen"):
        table.add_column(name, justify="right", no_wrap=True)
    if basis:
        table.add_column("from")
    for name, answer, say in _figures(found):
        if isinstance(answer, Figure):
            row = say(answer.best), _range(answer, say), _seen(answer.coverage), answer.basis
            table.add_row(name, *(row if basis else row[:-1]))
        else:
            table.add_row(name, Text(_MISSING, style="dim"))
    return table


def reasons(found: Insights) -> list[str]:
    """Say for each figure that is missing why it is."""
    return [
        f"{name}: {answer.because}"
        for name, answer, _ in _figures(found)
        if isinstance(answer, NotEnough)
    ]


def weekday_lines(usual: Usual | NotEnough) -> list[str]:
    """Say whether the last day was a good one of its weekday."""
    if isinstance(usual, NotEnough):
        return [f"Compared with its weekday: {usual.because}"]
    day = f"{usual.day:%A} {usual.day}"
    if isinstance(usual.footfall, NotEnough):
        return [f"{day}: {usual.footfall.because}"]
    counted = f"{day}: {_number(usual.footfall.best)} entered"
    if isinstance(usual.change, NotEnough):
        return [f"{counted}; compared with its weekday: {usual.change.because}"]
    line = f"{counted}, {usual.change.best:+.0%} against a usual {usual.day:%A}"
    if isinstance(usual.usual, NotEnough):
        return [line]
    span = f"{_number(usual.usual.low)} to {_number(usual.usual.high)}"
    return [f"{line} ({_number(usual.usual.best)}; {usual.usual.basis} ran from {span})"]


def hour_bars(found: Insights) -> list[Text]:
    """Draw who enters in each hour of an average day; the busiest three are marked."""
    most = max((figure.high for _, figure in found.by_hour), default=0.0)
    busiest = {hour for hour, _ in found.busiest}
    bars = []
    for hour, figure in found.by_hour:
        solid = round(figure.low / most * BAR_WIDTH) if most else 0
        light = (round(figure.high / most * BAR_WIDTH) if most else 0) - solid
        bar = Text(f"{hour:02}:00  ")
        bar.append("█" * solid, style="cyan")
        bar.append("░" * light, style="cyan")
        bar.append(f" {_number(figure.best)} ({_range(figure, _number)}) a day")
        if hour in busiest:
            bar.append("  busiest", style="bold")
        bars.append(bar)
    return bars


def balance_lines(balance: Balance) -> list[str]:
    """Say how far entries and exits are apart once everybody has left."""
    if not balance.residuals:
        return ["In against out: no day was seen whole"]
    worst_day, worst = max(balance.residuals, key=lambda residual: abs(residual[1]))
    days = len(balance.residuals)
    line = (
        f"In against out: {balance.entries} in, {balance.exits} out, {balance.residual:+d} over "
        f"{days} days seen whole; worst {worst:+d} on {worst_day}"
    )
    if not balance.alarm:
        return [line]
    return [line, DRIFT]


def _figures(found: Insights) -> list[tuple[str, Answer, Callable[[float], str]]]:
    return [
        ("people who entered", found.footfall, _number),
        ("people who passed by", found.passers_by, _number),
        ("attraction: of all, entered", found.attraction, _percent),
        ("conversion: sales per entry", found.conversion, _percent),
        ("sales per arriving group", found.conversion_of_groups, _percent),
        ("people to a group", found.group_size, _decimal),
        ("mean visit", found.visits.mean_min, _minutes),
        ("half stay less than", found.visits.median_min, _minutes),
        ("nine in ten stay less than", found.visits.ninetieth_min, _minutes),
    ]


def _range(figure: Figure, say: Callable[[float], str]) -> str:
    low, high = say(figure.low), say(figure.high)
    return low if low == high else f"{low} - {high}"


def _seen(coverage: float) -> str:
    """Say the coverage; rounded, yet never to all of it where some was not seen."""
    return "99%" if 0.99 < coverage < 0.9995 else f"{coverage:.0%}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _percent(value: float) -> str:
    return f"{value:.1%}"


def _decimal(value: float) -> str:
    return f"{value:.2f}"


def _minutes(value: float) -> str:
    return f"{value:.1f} min"
