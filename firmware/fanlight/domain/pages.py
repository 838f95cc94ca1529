"""The open pages of the books: for each slot of time one of counts and one of journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.journey_page import JourneyPage
from fanlight.domain.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fanlight.domain.counts import RowKey
    from fanlight.domain.hours import Slot
    from fanlight.domain.parts import Part

Page = Sheet | JourneyPage


class Pages:
    """Opens pages, each with a part id of its own, and finds them again."""

    def __init__(self, run: str, places: Iterable[RowKey]) -> None:
        self._run = run
        self._places = tuple(places)
        self._sheets: dict[Slot, Sheet] = {}
        self._journeys: dict[Slot, JourneyPage] = {}
        self._opened = 0

    def sheet(self, slot: Slot) -> Sheet:
        """Return the counts of a slot, opened if need be."""
        if slot not in self._sheets:
            self._sheets[slot] = Sheet(slot, self._run, self._new_id(), self._places)
        return self._sheets[slot]

    def journeys(self, slot: Slot) -> JourneyPage:
        """Return the journeys of a slot, opened if need be."""
        if slot not in self._journeys:
            self._journeys[slot] = JourneyPage(slot, self._run, self._new_id())
        return self._journeys[slot]

    @property
    def open_sheets(self) -> list[Sheet]:
        """The counts of all open slots."""
        return list(self._sheets.values())

    @property
    def open_pages(self) -> list[Page]:
        """The counts of all open slots, then their journeys."""
        return [*self._sheets.values(), *self._journeys.values()]

    def of(self, part: Part) -> Page | None:
        """Return the page that a part was made of, None if it is closed."""
        found = (self._sheets.get(part.slot), self._journeys.get(part.slot))
        return next((page for page in found if page and page.part_id == part.part_id), None)

    def close(self, page: Page) -> None:
        """Forget a page that is written down for good."""
        if isinstance(page, Sheet):
            del self._sheets[page.slot]
        else:
            del self._journeys[page.slot]

    def _new_id(self) -> str:
        self._opened += 1
        return f"{self._run}-{self._opened - 1}"
