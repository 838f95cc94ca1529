"""The books of one run: Moments in, parts of hours out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fanlight.domain.counts import Counts, PlaceKind, RowKey, merge_rows
from fanlight.domain.crossings import Crossing, Direction, Event, Passing, UTurn, ZoneVisit
from fanlight.domain.groups import GroupCounter
from fanlight.domain.hours import HOUR_NS, MINUTE_NS, BootMinute
from fanlight.domain.moment import Cause
from fanlight.domain.parts import rows_of
from fanlight.domain.sheet import Sheet
from fanlight.domain.tally import Tally
from fanlight.domain.twelfths import twelfth_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fanlight.domain.hours import Slot
    from fanlight.domain.moment import Moment
    from fanlight.domain.parts import Part
    from fanlight.domain.placing import Anchored, Placing

_MS_NS = 1_000_000


@dataclass(frozen=True, slots=True)
class BooksSettings:
    """How the books treat time.

    A longer gap than `max_gap_ns` between two Moments was not seen; an hour is closed `grace_ns`
    after its end, so that events settled late still find it open; where nothing but coverage
    changes, `coverage_save_ns` may pass between two savings.
    """

    max_gap_ns: int = 1_000_000_000
    grace_ns: int = 15_000_000_000
    coverage_save_ns: int = 60_000_000_000


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
        self._run = run
        self._placing = placing
        self._places = tuple(places)
        self._settings = settings
        self._sheets: dict[Slot, Sheet] = {}
        self._sheets_opened = 0
        self._inside = 0
        self._unexplained_exits = 0
        self._first_ns: int | None = None
        self._last_ns: int | None = None
        self._last_sighted = False
        self._frames = 0
        self._seen_ms = 0
        self._groups = GroupCounter()
        self._totals: dict[RowKey, Counts] = {key: Counts() for key in self._places}

    @property
    def placing(self) -> Placing:
        """Where times belong."""
        return self._placing

    @property
    def last_ns(self) -> int | None:
        """The monotonic time of the last Moment, None before the first."""
        return self._last_ns

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
        for event in sorted(moment.events, key=lambda event: event.at_ns):
            self._note_event(event, origin_ns)
        self._sheet_at(at_ns).frame(
            moment.skipped, self._inside, breach=Cause.PIXEL_BUDGET in moment.causes
        )
        if self._last_ns is not None:
            seen = (
                moment.sighted
                and self._last_sighted
                and at_ns - self._last_ns <= self._settings.max_gap_ns
            )
            self._cover(self._last_ns, at_ns, moment.causes, seen=seen)
        if self._first_ns is None:
            self._first_ns = at_ns
        self._last_ns, self._last_sighted = at_ns, moment.sighted

    def unsaved(self, now_ns: int) -> list[Part]:
        """Return the parts that a checkpoint should hold: new events, or coverage gone stale."""
        return [
            self._part(sheet, now_ns)
            for sheet in self._sheets.values()
            if sheet.has_unsaved_events
            or (sheet.has_unsaved_changes and self._is_stale(sheet, now_ns))
        ]

    def ripe(self, now_ns: int) -> list[Part]:
        """Return the parts whose slot is over: hours of UTC, and minutes of a finished boot hour.

        Once the clock is trusted, all that waited in quarantine is ripe.
        """
        return self._parts_if(lambda sheet: self._is_ripe(sheet, now_ns), now_ns)

    def everything(self, now_ns: int) -> list[Part]:
        """Return all open parts, for the last commit of a run."""
        return self._parts_if(lambda _: True, now_ns)

    def saved(self, parts: Iterable[Part], at_ns: int) -> None:
        """Note that parts are safe in the journal."""
        for part in parts:
            if sheet := self._sheet_of(part):
                sheet.saved(part.revision, at_ns)

    def committed(self, parts: Iterable[Part], at_ns: int) -> None:
        """Note that parts are in the ledger; finished ones leave the books unless they grew."""
        self.saved(parts, at_ns)
        for part in parts:
            sheet = self._sheet_of(part)
            if sheet and sheet.revision == part.revision and self._is_ripe(sheet, at_ns):
                del self._sheets[part.slot]

    def tally(self) -> Tally:
        """Return what has been counted since the start."""
        totals = self._totals.values()
        elapsed_ns = (self._last_ns or 0) - (self._first_ns or 0)
        return Tally(
            entries=sum(counts.entries for counts in totals),
            exits=sum(counts.exits for counts in totals),
            u_turns=sum(counts.u_turns for counts in totals),
            passers_by=sum(counts.passers_by for counts in totals),
            occupancy=self._inside,
            unexplained_exits=self._unexplained_exits,
            frames=self._frames,
            elapsed_s=elapsed_ns / 1e9,
            seen_s=self._seen_ms / 1000,
            places=dict(self._totals),
            open_hours={
                slot: rows_of([sheet.part(closed=False)]) for slot, sheet in self._sheets.items()
            },
        )

    def _note_event(self, event: Event, origin_ns: int) -> None:
        key, counts = row_of_event(event)
        inside = self._inside + counts.entries - counts.exits
        self._unexplained_exits += max(0, -inside)
        self._inside = max(0, inside)
        self._totals = merge_rows(self._totals, {key: counts})
        at_ns = event.at_ns + origin_ns
        if followed := self._groups.followed(event):
            counts = replace(
                counts, followers=int(followed.really), chance_followers=int(followed.by_chance)
            )
        self._sheet_at(at_ns).event(key, self._timed(counts, at_ns), self._inside)

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
            self._sheet(slot).cover(ms, causes, seen=seen)
            self._seen_ms += ms if seen else 0
            from_ns = end_ns

    def _sheet_at(self, at_ns: int) -> Sheet:
        return self._sheet(self._placing.slot_at(at_ns))

    def _sheet(self, slot: Slot) -> Sheet:
        sheet = self._sheets.get(slot)
        if sheet is None:
            part_id = f"{self._run}-{self._sheets_opened}"
            sheet = self._sheets[slot] = Sheet(slot, self._run, part_id, self._places)
            self._sheets_opened += 1
        return sheet

    def _sheet_of(self, part: Part) -> Sheet | None:
        sheet = self._sheets.get(part.slot)
        return sheet if sheet and sheet.part_id == part.part_id else None

    def _is_stale(self, sheet: Sheet, now_ns: int) -> bool:
        saved_ns = sheet.saved_at_ns
        return saved_ns is None or now_ns - saved_ns >= self._settings.coverage_save_ns

    def _is_over(self, sheet: Sheet, now_ns: int) -> bool:
        return now_ns >= self._placing.end_ns(sheet.slot) + self._settings.grace_ns

    def _is_ripe(self, sheet: Sheet, now_ns: int) -> bool:
        if not isinstance(sheet.slot, BootMinute):
            return self._is_over(sheet, now_ns)
        if self._placing.offset_ns is not None:
            return True
        hour_end_ns = (sheet.slot.hour + 1) * 60 * MINUTE_NS
        return now_ns >= hour_end_ns + self._settings.grace_ns

    def _part(self, sheet: Sheet, now_ns: int) -> Part:
        return sheet.part(closed=self._is_over(sheet, now_ns))

    def _parts_if(self, holds: Callable[[Sheet], bool], now_ns: int) -> list[Part]:
        return [self._part(sheet, now_ns) for sheet in self._sheets.values() if holds(sheet)]


def row_of_event(event: Event) -> tuple[RowKey, Counts]:
    """Say an event as counts at its place."""
    match event:
        case Crossing(line=line, direction=Direction.IN):
            return RowKey(PlaceKind.LINE, line), Counts(entries=1)
        case Crossing(line=line):
            return RowKey(PlaceKind.LINE, line), Counts(exits=1)
        case UTurn(line=line):
            return RowKey(PlaceKind.LINE, line), Counts(u_turns=1)
        case Passing(line=line, direction=Direction.IN):
            return RowKey(PlaceKind.PASSING_LINE, line), Counts(passed_in=1)
        case Passing(line=line):
            return RowKey(PlaceKind.PASSING_LINE, line), Counts(passed_out=1)
        case ZoneVisit(zone=zone, dwell_ms=dwell_ms):
            return RowKey(PlaceKind.ZONE, zone), Counts(visits=1, dwell_ms=dwell_ms)
