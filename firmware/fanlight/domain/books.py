"""The books of one run: Moments in, parts of hours out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fanlight.domain.counts import Counts, RowKey, Segment, merge_rows
from fanlight.domain.groups import GroupCounter
from fanlight.domain.hours import HOUR_NS, MINUTE_NS, BootMinute, UtcHour
from fanlight.domain.house import House
from fanlight.domain.moment import Cause
from fanlight.domain.pages import Pages
from fanlight.domain.parts import rows_of
from fanlight.domain.postings import postings
from fanlight.domain.roaming import Roaming
from fanlight.domain.sheet import Sheet
from fanlight.domain.tally import Tally
from fanlight.domain.twelfths import twelfth_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fanlight.domain.events import Event
    from fanlight.domain.moment import Moment
    from fanlight.domain.pages import Page
    from fanlight.domain.parts import HourRow, Part
    from fanlight.domain.placing import Anchored, Placing
    from fanlight.domain.roaming import Floor
    from fanlight.domain.week import BusinessDay, Week


_MS_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class BooksSettings:
    """How the books treat time and place.

    A longer gap than `max_gap_ns` between two Moments was not seen; an hour is closed `grace_ns`
    after its end, so that events settled late still find it open; where nothing but coverage
    changes, `coverage_save_ns` may pass between two savings, and `journeys_save_ns` between two
    of the journeys. On a new `day` the house is empty; whoever crosses in the `staff` hours is
    staff; `floor` is where people walk, None where that is not known.
    """

    max_gap_ns: int = 1_000_000_000
    grace_ns: int = 15_000_000_000
    coverage_save_ns: int = 60_000_000_000
    journeys_save_ns: int = 300_000_000_000
    day: BusinessDay | None = None
    staff: Week | None = None
    floor: Floor | None = None


class Books:
    """Folds Moments into sheets and says which parts are due to be written.

    An event belongs to the hour of its own time, coverage to the hours it lies in. Every sheet has
    a part id of its own, so an hour that is opened twice is two parts, never one that is lost.
    """

    def __init__(
        self,
        run: str,
        placing: Placing,
        places: Iterable[RowKey],
        settings: BooksSettings = BooksSettings(),
    ) -> None:
        places = tuple(places)
        self._placing = placing
        self._settings = settings
        self._pages = Pages(run, places)
        self._house = House(settings.day)
        self._roaming = Roaming(settings.floor)
        self._first_ns: int | None = None
        self._last_ns: int | None = None
        self._last_sighted = False
        self._last_causes: frozenset[Cause] = frozenset()
        self._frames = 0
        self._seen_ms = 0
        self._groups = GroupCounter()
        self._totals: dict[RowKey, Counts] = {key: Counts() for key in places}

    @property
    def placing(self) -> Placing:
        """Where times belong."""
        return self._placing

    @property
    def last_ns(self) -> int | None:
        """The monotonic time of the last Moment, None before the first."""
        return self._last_ns

    @property
    def last_causes(self) -> frozenset[Cause]:
        """What the last Moment suffered from."""
        return self._last_causes

    @property
    def house(self) -> House:
        """Who is inside."""
        return self._house

    def resume(self, rows: Iterable[HourRow], now_ns: int) -> None:
        """Go on with the day's occupancy from the ledger's rows, at a monotonic time.

        Raises:
            ValueError: the clock is not trusted yet, so that nobody knows which day it is.
        """
        offset_ns = self._placing.offset_ns
        if offset_ns is None:
            raise ValueError("the day cannot be resumed before the clock is trusted")
        self._house.resume(rows, now_ns + offset_ns)

    def observe(self, monotonic_ns: int, utc_ns: int | None) -> Anchored | None:
        """Take a reading of the clocks; an anchor that moves marks the hour it moved in."""
        anchored = self._placing.observe(monotonic_ns, utc_ns)
        if anchored and anchored.moved_ns is not None:
            moved_ms = min(abs(anchored.moved_ns), HOUR_NS) // _MS_NS
            self._sheet_at(monotonic_ns).cover(moved_ms, (Cause.CLOCK_UNTRUSTED,), seen=False)
        return anchored

    def note(self, moment: Moment, origin_ns: int = 0) -> None:
        """Fold one Moment; `origin_ns` is added to its times (a recording's start)."""
        at_ns = moment.at_ns + origin_ns
        self._frames += 1
        seen_ms = 0
        for event in sorted(moment.events, key=lambda event: event.at_ns):
            self._note_event(event, origin_ns)
        sheet = self._sheet_at(at_ns)
        inside = self._house.occupancy.inside
        sheet.frame(moment.skipped, inside, breach=Cause.PIXEL_BUDGET in moment.causes)
        if self._last_ns is not None:
            seen = (
                moment.sighted
                and self._last_sighted
                and at_ns - self._last_ns <= self._settings.max_gap_ns
            )
            self._cover(self._last_ns, at_ns, moment.causes, seen=seen)
            seen_ms = max(0, at_ns - self._last_ns) // _MS_NS if seen else 0
        if journeys := self._roaming.floor(moment, seen_ms):
            self._pages.journeys(self._placing.slot_at(at_ns)).floor(journeys)
        if self._first_ns is None:
            self._first_ns = at_ns
        self._last_ns, self._last_sighted = at_ns, moment.sighted
        self._last_causes = moment.causes

    def unsaved(self, now_ns: int) -> list[Part]:
        """Return the parts that a checkpoint should hold: new events, or coverage gone stale."""
        return [
            self._part(page, now_ns)
            for page in self._pages.open_pages
            if page.has_unsaved_events
            or (page.has_unsaved_changes and self._is_stale(page, now_ns))
        ]

    def ripe(self, now_ns: int) -> list[Part]:
        """Return the parts whose slot is over: hours of UTC, and minutes of a finished boot hour.

        Once the clock is trusted, all that waited in quarantine is ripe.
        """
        return self._parts_if(lambda page: self._is_ripe(page, now_ns), now_ns)

    def everything(self, now_ns: int) -> list[Part]:
        """Return all open parts, for the last commit of a run."""
        return self._parts_if(lambda _: True, now_ns)

    def saved(self, parts: Iterable[Part], at_ns: int) -> None:
        """Note that parts are safe in the journal."""
        for part in parts:
            if page := self._pages.of(part):
                page.saved(part.revision, at_ns)

    def committed(self, parts: Iterable[Part], at_ns: int) -> None:
        """Note that parts are in the ledger; finished ones leave the books unless they grew."""
        self.saved(parts, at_ns)
        for part in parts:
            page = self._pages.of(part)
            if page and page.revision == part.revision and self._is_ripe(page, at_ns):
                self._pages.close(page)

    def tally(self) -> Tally:
        """Return what has been counted since the start."""
        totals = [counts for key, counts in self._totals.items() if key.segment is Segment.ALL]
        occupancy = self._house.occupancy
        elapsed_ns = (self._last_ns or 0) - (self._first_ns or 0)
        return Tally(
            entries=sum(counts.entries for counts in totals),
            exits=sum(counts.exits for counts in totals),
            u_turns=sum(counts.u_turns for counts in totals),
            passers_by=sum(counts.passers_by for counts in totals),
            occupancy=occupancy.inside,
            unexplained_exits=max(0, -occupancy.balance),
            occupancy_doubt=occupancy.doubt,
            frames=self._frames,
            elapsed_s=elapsed_ns / 1e9,
            seen_s=self._seen_ms / 1000,
            places=dict(self._totals),
            open_hours={
                sheet.slot: rows_of([sheet.part(closed=False)]) for sheet in self._pages.open_sheets
            },
        )

    def _note_event(self, event: Event, origin_ns: int) -> None:
        at_ns = event.at_ns + origin_ns
        sheet = self._sheet_at(at_ns)
        followed = self._groups.followed(event)
        for key, counts in postings(event, staff_hours=self._is_staff_hour(at_ns)):
            self._totals = merge_rows(self._totals, {key: counts})
            if key.segment is Segment.ALL:
                self._house.crossed(counts.entries, counts.exits)
                counts = self._timed(counts, at_ns)  # noqa: PLW2901 - the same counts, told finer
                if followed:
                    counts = replace(  # noqa: PLW2901
                        counts,
                        followers=int(followed.really),
                        chance_followers=int(followed.by_chance),
                    )
            sheet.event(key, counts, self._house.occupancy.inside)
        if way := self._roaming.way(event):
            self._pages.journeys(self._placing.slot_at(at_ns)).way(way)

    def _is_staff_hour(self, at_ns: int) -> bool:
        staff, offset_ns = self._settings.staff, self._placing.offset_ns
        return staff is not None and offset_ns is not None and staff.holds(at_ns + offset_ns)

    def _timed(self, counts: Counts, at_ns: int) -> Counts:
        """Say when within the hour; in quarantine only the minute is known, by its slot."""
        offset_ns = self._placing.offset_ns
        return counts if offset_ns is None else counts.timed(twelfth_of(at_ns + offset_ns))

    def _cover(self, from_ns: int, to_ns: int, causes: Iterable[Cause], *, seen: bool) -> None:
        if not seen:
            if not causes:
                return
            from_ns = max(from_ns, to_ns - HOUR_NS)
        while from_ns < to_ns:
            slot = self._placing.slot_at(from_ns)
            end_ns = min(to_ns, self._placing.end_ns(slot))
            ms = end_ns // _MS_NS - from_ns // _MS_NS
            self._pages.sheet(slot).cover(ms, causes, seen=seen)
            self._seen_ms += ms if seen else 0
            from_ns = end_ns

    def _sheet_at(self, at_ns: int) -> Sheet:
        slot = self._placing.slot_at(at_ns)
        if isinstance(slot, UtcHour):
            self._house.at(slot)
        return self._pages.sheet(slot)

    def _is_stale(self, page: Page, now_ns: int) -> bool:
        settings = self._settings
        counts = isinstance(page, Sheet)
        patience_ns = settings.coverage_save_ns if counts else settings.journeys_save_ns
        return page.saved_at_ns is None or now_ns - page.saved_at_ns >= patience_ns

    def _is_over(self, page: Page, now_ns: int) -> bool:
        return now_ns >= self._placing.end_ns(page.slot) + self._settings.grace_ns

    def _is_ripe(self, page: Page, now_ns: int) -> bool:
        if not isinstance(page.slot, BootMinute):
            return self._is_over(page, now_ns)
        if self._placing.offset_ns is not None:
            return True
        hour_end_ns = (page.slot.hour + 1) * 60 * MINUTE_NS
        return now_ns >= hour_end_ns + self._settings.grace_ns

    def _part(self, page: Page, now_ns: int) -> Part:
        return page.part(closed=self._is_over(page, now_ns))

    def _parts_if(self, holds: Callable[[Page], bool], now_ns: int) -> list[Part]:
        return [self._part(page, now_ns) for page in self._pages.open_pages if holds(page)]
