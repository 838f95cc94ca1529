"""The running count on a terminal: a panel where there is one, plain lines where there is not."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from fanlight.domain.crossings import Crossing, Direction, UTurn

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from fanlight.domain.crossings import Event
    from fanlight.domain.moment import Moment
    from fanlight.domain.tally import Tally

EVENTS_SHOWN = 6
REMEMBERED_LIFETIMES = 256


class LiveCount:
    """Shows every Moment's news and, a few times a second, the tally; shows no picture."""

    def __init__(self, title: str, console: Console) -> None:
        self._title = title
        self._console = console
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        self._news: deque[str] = deque(maxlen=EVENTS_SHOWN)
        self._lifetimes_ms: deque[float] = deque(maxlen=REMEMBERED_LIFETIMES)
        self._people = 0
        self._first_ns: int | None = None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def hear(self, moment: Moment) -> None:
        """Note one Moment."""
        self._people = len(moment.tracks)
        if self._first_ns is None:
            self._first_ns = moment.at_ns
        if moment.pixel_lifetime_ms > 0:
            self._lifetimes_ms.append(moment.pixel_lifetime_ms)
        for event in moment.events:
            words = _words(event, self._first_ns)
            self._news.append(words)
            if self._live is None:
                self._console.print(words, markup=False)

    def show(self, tally: Tally) -> None:
        """Draw the tally anew, on a terminal."""
        if self._live is not None:
            self._live.update(self._panel(tally), refresh=True)

    def _panel(self, tally: Tally) -> Panel:
        numbers = Table.grid(padding=(0, 4))
        numbers.add_row(
            Text(f"in {tally.entries}", "bold green"),
            Text(f"out {tally.exits}", "bold yellow"),
            Text(f"U-turns {tally.u_turns}", "bold magenta"),
            Text(f"inside {tally.occupancy}", "bold"),
        )
        longest_ms = max(self._lifetimes_ms, default=0.0)
        facts = Text(
            f"{tally.elapsed_s:5.0f} s, {tally.frames} frames, coverage {tally.coverage:.0%}, "
            f"{self._people} in view, pictures live at most {longest_ms:.1f} ms",
            "dim",
        )
        news = Text("\n".join(self._news) or "nobody yet")
        return Panel(Group(numbers, facts, news), title=self._title, width=78)


def _words(event: Event, first_ns: int) -> str:
    at = f"{(event.at_ns - first_ns) / 1e9:9.1f} s  "
    match event:
        case Crossing():
            arrow = "->" if event.direction is Direction.IN else "<-"
            return f"{at}{arrow} {event.direction:<3} {event.line}"
        case UTurn():
            return f"{at}<> U-turn {event.line}"
        case _:
            return f"{at}{type(event).__name__}"
