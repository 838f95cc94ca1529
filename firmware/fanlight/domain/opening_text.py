"""Opening hours as a person writes them: "mon-fri 10:00-18:00, sat 10:00-16:00"."""

from __future__ import annotations

import re
from typing import Final

from fanlight.domain.week import Span

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RULE: Final = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+"
    r"(?P<spans>\d\d:\d\d-\d\d:\d\d(?:\s+\d\d:\d\d-\d\d:\d\d)*)"
)

Week = tuple[tuple[str, ...], ...]


def opening_from(text: str) -> Week:
    """Read the spans of each day, Monday first; days that are not named are closed.

    Raises:
        ValueError: names the part that is not of that form.
    """
    week: list[tuple[str, ...]] = [()] * 7
    for part in filter(None, (each.strip().lower() for each in text.split(","))):
        found = _RULE.fullmatch(part)
        if found is None:
            raise ValueError(f"{part!r}: write days and times such as mon-fri 10:00-18:00")
        first, last = _day(found["first"]), _day(found["last"] or found["first"])
        spans = tuple(found["spans"].split())
        for span in spans:
            Span.parse(span)
        for step in range((last - first) % 7 + 1):
            week[(first + step) % 7] = spans
    return tuple(week)


def opening_text(week: Week) -> str:
    """Write hours so that `opening_from` reads the same."""
    parts: list[str] = []
    day = 0
    while day < 7:
        last = day
        while last < 6 and week[last + 1] == week[day]:
            last += 1
        if week[day]:
            days = DAYS[day] if last == day else f"{DAYS[day]}-{DAYS[last]}"
            parts.append(f"{days} {' '.join(week[day])}")
        day = last + 1
    return ", ".join(parts)


def _day(name: str) -> int:
    if name not in DAYS:
        raise ValueError(f"{name!r} is no day; the days are {' '.join(DAYS)}")
    return DAYS.index(name)
