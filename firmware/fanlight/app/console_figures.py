"""What the console shows of the counts: the running count, and hours and days from the ledger."""

from __future__ import annotations

import asyncio
import io
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from fanlight.adapters.csv_report import write_csv
from fanlight.adapters.floor_svg import floor_svg
from fanlight.app.compose import open_ledger, places
from fanlight.app.compose_shop import open_till, site_rates
from fanlight.domain.class_report import class_reports_to_plain
from fanlight.domain.counts import PlaceKind, Segment
from fanlight.domain.hours import UtcHour, hours_of_day
from fanlight.domain.insights_page import insights_to_plain
from fanlight.domain.journey_report import journey_report_to_plain
from fanlight.domain.report import Viewpoint, report_to_plain
from fanlight.domain.suppression import MinimumCount
from fanlight.ports.errors import Fault
from fanlight.services.insights import insights_of
from fanlight.services.people_report import report_classes, report_journeys
from fanlight.services.report import report_day, report_hours

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from fanlight.app.config import Config
    from fanlight.domain.house import House
    from fanlight.domain.journey_report import JourneyReport
    from fanlight.domain.report import Report
    from fanlight.domain.tally import Tally
    from fanlight.ports.ledger import Ledger
    from fanlight.services.one_thread import OneThread

log = logging.getLogger(__name__)

T = TypeVar("T")
Plain = dict[str, Any]
READ_S: Final = 20.0
COVERAGE_EVERY_S: Final = 60.0


class ConsoleFigures:
    """Reads the ledger beside its writer, in the console's thread; see console/desk.py."""

    def __init__(
        self,
        config: Config,
        thread: OneThread,
        tally: Callable[[], Tally],
        house: Callable[[], House],
        *,
        looking: Callable[[], bool],
    ) -> None:
        self._config = config
        self._thread = thread
        self._tally = tally
        self._house = house
        self._looking = looking
        self._zone = ZoneInfo(config.device.timezone)
        self._coverage: float | None = None

    def live(self) -> Plain:
        """Return the running count: that of the day of business, and of this hour."""
        tally, occupancy = self._tally(), self._house().occupancy
        now = UtcHour.containing(datetime.now(UTC))
        lines = [
            counts
            for slot, page in tally.open_hours.items()
            if slot == now
            for key, counts in page.items()
            if key.kind is PlaceKind.LINE and key.segment is Segment.ALL
        ]
        coverage = tally.coverage if self._coverage is None else self._coverage
        return {
            "in": occupancy.entries,
            "out": occupancy.exits,
            "inside": tally.occupancy,
            "inside_doubt": round(tally.occupancy_doubt),
            "hour_in": sum(counts.entries for counts in lines),
            "hour_out": sum(counts.exits for counts in lines),
            "coverage_percent": f"{100 * coverage:.0f} %",
            "coverage": round(coverage, 3),
            "looking": self._looking(),
        }

    def today(self) -> date:
        """Return the local day."""
        return datetime.now(self._zone).date()

    async def day(self, day: date) -> Plain:
        """Return a day's hours."""
        return report_to_plain(await self._read(lambda ledger: self._report(ledger, day)))

    async def csv(self, first: date, last: date) -> str:
        """Return the hours of days as CSV."""
        days = [first + timedelta(days=more) for more in range((last - first).days + 1)]
        hours = [hour for day in days for hour in hours_of_day(day, self._zone)]
        report = await self._read(
            lambda ledger: report_hours(ledger, hours, self._view(), places(self._config))
        )
        out = io.StringIO()
        write_csv(report, out)
        return out.getvalue()

    async def insights(self, first: date, last: date) -> Plain:
        """Return what whole days show."""
        till = open_till(self._config)
        found = await self._read(
            lambda ledger: insights_of(ledger, till, first, last, self._view())
        )
        return insights_to_plain(found)

    async def journeys(self, day: date) -> Plain | None:
        """Return a day's ways from zone to zone, None while it goes on."""
        found = await self._journeys(day)
        if found is None:
            return None
        return journey_report_to_plain(found, self._config.classes.minimum_count)

    async def classes(self, day: date) -> Plain:
        """Return a day's classes of people, as far as they may be published."""
        rule = MinimumCount.of(self._config.classes.minimum_count)
        found = await self._read(lambda ledger: report_classes(ledger, day, self._view(), rule))
        return class_reports_to_plain(found, rule)

    async def floor_map(self, day: date) -> str | None:
        """Return a day's floor map as SVG, None where there is none."""
        found = await self._journeys(day)
        if found is None or not found.person_s:
            return None
        return floor_svg(found.person_s, f"{self._config.device.name}, {day}")

    async def run(self) -> NoReturn:
        """Keep the share of today that was seen up to date; never returns."""
        while True:
            try:
                self._coverage = _seen_share(await self.day(self.today()))
            except (Fault, TimeoutError) as fault:
                log.warning("today's coverage is not known: %s", fault)
            await asyncio.sleep(COVERAGE_EVERY_S)

    async def _journeys(self, day: date) -> JourneyReport | None:
        least = self._config.classes.minimum_count
        return await self._read(lambda ledger: report_journeys(ledger, day, self._view(), least))

    def _report(self, ledger: Ledger, day: date) -> Report:
        return report_day(ledger, day, self._view(), places(self._config))

    def _view(self) -> Viewpoint:
        now = UtcHour.containing(datetime.now(UTC))
        return Viewpoint(self._zone, now, site_rates(self._config))

    async def _read(self, ask: Callable[[Ledger], T]) -> T:
        def read() -> T:
            ledger = open_ledger(self._config)
            try:
                return ask(ledger)
            finally:
                ledger.close()

        return await self._thread.run(read, READ_S)


def _seen_share(day: Plain) -> float | None:
    """Return the share of the hours since the first one that was seen, None without any."""
    seen: dict[str, float] = {}
    begun = False
    for row in day["hours"]:
        if row["going_on"]:
            continue
        begun = begun or row["counts"] is not None
        if begun:
            share = row["counts"]["coverage"] if row["counts"] else 0.0
            seen[row["hour"]] = max(seen.get(row["hour"], 0.0), share)
    return sum(seen.values()) / len(seen) if seen else None
