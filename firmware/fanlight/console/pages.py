"""The pages that show what was counted, and how the device is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from fanlight.console.asked import day_asked, days_asked
from fanlight.console.charts import Bar, bar_chart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fanlight.console.desk import Plain
    from fanlight.console.visit import Visit
    from fanlight.console.words import Words

FOUR_WEEKS: Final = timedelta(days=27)
A_DAY: Final = timedelta(days=1)
AUDIT_SHOWN: Final = 100
FIGURES: Final = (
    ("footfall", "number"),
    ("passers_by", "number"),
    ("attraction", "share"),
    ("conversion", "share"),
    ("group_size", "decimal"),
    ("visit_median_min", "decimal"),
)
EN_DASH: Final = "\N{EN DASH}"
DIGITS: Final = {"number": 0, "decimal": 1}


async def today(visit: Visit) -> web.StreamResponse:
    """Show the running count."""
    figures, words = visit.desk.figures, visit.words
    found = await figures.day(figures.today())
    problems = [each for each in visit.desk.upkeep.health() if each["verdict"] != "ok"]
    return visit.page(
        "today",
        live=figures.live(),
        chart=day_chart(found["hours"], [], words),
        problems=problems,
    )


async def public(visit: Visit) -> web.StreamResponse:
    """Show how many are inside to anybody, where the owner says so."""
    if not visit.desk.about.public_counts:
        raise web.HTTPNotFound
    return visit.page("public", live=visit.desk.figures.live())


async def hours(visit: Visit) -> web.StreamResponse:
    """Show the hours of a day beside those of another, and four weeks of days."""
    figures, words = visit.desk.figures, visit.words
    now = figures.today()
    day = day_asked(visit, "day", now)
    compared = day_asked(visit, "with", day - timedelta(weeks=1))
    found = await figures.day(day)
    other = await figures.day(compared)
    last = min(day, now - A_DAY)
    weeks = await figures.insights(last - FOUR_WEEKS, last)
    return visit.page(
        "hours",
        day=day,
        today=now,
        compared=compared,
        before=day - A_DAY,
        after=day + A_DAY if day < now else None,
        chart=day_chart(found["hours"], other["hours"], words),
        days_chart=days_chart(weeks["daily_footfall"], words),
        rows=[row for row in found["hours"] if row["kind"] in {None, "line"}],
        notices=found["notices"],
        interval=interval,
    )


async def insights(visit: Visit) -> web.StreamResponse:
    """Show what whole days say."""
    figures, words = visit.desk.figures, visit.words
    yesterday = figures.today() - A_DAY
    first, last = days_asked(visit, (yesterday - FOUR_WEEKS, yesterday))
    found = await figures.insights(first, last)
    journeys = await figures.journeys(last)
    classes = await figures.classes(last)
    by_hour = [
        _bar(hour, answer, words) for hour, answer in found["entries_by_hour_of_day"].items()
    ]

    def write(value: float, kind: str) -> str:
        return words.percent(value, 1) if kind == "share" else words.number(value, DIGITS[kind])

    return visit.page(
        "insights",
        first=first,
        last=last,
        today=figures.today(),
        figures=[(name, found[name], kind) for name, kind in FIGURES],
        chart=bar_chart(by_hour, words("insights.by_hour"), words("no_data")),
        journeys=journeys["ways"] if journeys else [],
        classes=list(class_rows(classes, words)),
        write=write,
    )


async def floor(visit: Visit) -> web.StreamResponse:
    """Show a day's floor map."""
    figures = visit.desk.figures
    day = day_asked(visit, "day", figures.today() - A_DAY)
    drawn = await figures.floor_map(day)
    return visit.page("floor", day=day, today=figures.today(), has_map=drawn is not None)


async def floor_map(visit: Visit) -> web.StreamResponse:
    """Return a day's floor map."""
    figures = visit.desk.figures
    drawn = await figures.floor_map(day_asked(visit, "day", figures.today() - A_DAY))
    if drawn is None:
        raise web.HTTPNotFound
    return web.Response(text=drawn, content_type="image/svg+xml")


async def health(visit: Visit) -> web.StreamResponse:
    """Show what the checks found, and what to do."""
    return visit.page("health", findings=visit.desk.upkeep.health())


async def certificate(visit: Visit) -> web.StreamResponse:
    """Return the device's certificate, for a browser that is to trust it."""
    disposition = f'attachment; filename="{visit.desk.about.device_id}.pem"'
    return web.Response(
        text=visit.desk.certificate_pem,
        content_type="application/x-pem-file",
        headers={"Content-Disposition": disposition},
    )


async def updates(visit: Visit) -> web.StreamResponse:
    """Show which firmware runs."""
    return visit.page("updates")


async def audit(visit: Visit) -> web.StreamResponse:
    """Show the newest entries of the audit log."""
    return visit.page("audit", chain=await visit.desk.upkeep.audit(AUDIT_SHOWN))


async def not_found(visit: Visit) -> web.StreamResponse:
    """Say that there is no such page."""
    return visit.page(
        "problem",
        http_status=404,
        title=visit.words("page.problem"),
        words=visit.words("problem.not_found"),
    )


async def export_csv(visit: Visit) -> web.StreamResponse:
    """Return hours as CSV."""
    now = visit.desk.figures.today()
    first, last = days_asked(visit, (now, now))
    text = await visit.desk.figures.csv(first, last)
    disposition = f'attachment; filename="fanlight-{first}-{last}.csv"'
    return web.Response(
        text=text, content_type="text/csv", headers={"Content-Disposition": disposition}
    )


def day_chart(rows: Iterable[Plain], compared: Iterable[Plain], words: Words) -> str:
    """Draw the people who came in by hour, all lines together."""
    beside = {label: value for label, value, *_ in _by_hour(compared)}
    bars = [
        Bar(
            label=label,
            value=value,
            low=low,
            high=high,
            beside=beside.get(label),
            faint=going_on,
            title=f"{label}: {words.number(value)}" if value is not None else "",
        )
        for label, value, low, high, going_on in _by_hour(rows)
    ]
    return bar_chart(bars, words("hours.entries"), words("no_data"))


def days_chart(daily: dict[str, Plain], words: Words) -> str:
    """Draw the people who came in by day, with their intervals."""
    bars = [
        _bar(date.fromisoformat(day).strftime("%d.%m."), each, words) for day, each in daily.items()
    ]
    return bar_chart(bars, words("hours.days"), words("no_data"))


def class_rows(classes: Plain, words: Words) -> Iterator[Plain]:
    """Return the published blocks of classes as rows of a table; what is not shown is a dash."""
    for line in classes["lines"]:
        for block in line["blocks"]:
            shown = (
                f"{words.of('segment', name)} {EN_DASH if count is None else count}"
                for name, count in block["shown"].items()
            )
            yield {
                "place": f"{line['line']} ({words.of('today', line['direction'])})",
                "hours": len(block["hours"]),
                "people": block["people"],
                "shown": ", ".join(shown),
            }


def interval(estimate: Plain | None) -> str:
    """Write an interval, a dash where there is none."""
    return f"{estimate['low']} {EN_DASH} {estimate['high']}" if estimate else EN_DASH


def _bar(label: str, answer: dict[str, Any], words: Words) -> Bar:
    if "best" not in answer:
        return Bar(label, None)
    best, low, high = answer["best"], answer["low"], answer["high"]
    title = f"{label}: {words.number(best)} ({words.number(low)}-{words.number(high)})"
    return Bar(label, best, low, high, title=title)


def _by_hour(
    rows: Iterable[Plain],
) -> list[tuple[str, float | None, float | None, float | None, bool]]:
    """Add up the lines of each hour; an interval only where there is one line."""
    found: dict[str, list[Plain]] = {}
    for row in rows:
        if row["kind"] in {None, "line"}:
            found.setdefault(row["local"], []).append(row)
    hours = []
    for local, lines in found.items():
        counted = [row["counts"]["in"] for row in lines if row["counts"] is not None]
        estimate = lines[0]["full_hour_in"] if len(lines) == 1 else None
        low, high = (estimate["low"], estimate["high"]) if estimate else (None, None)
        value = float(sum(counted)) if counted else None
        hours.append((_clock(local), value, low, high, any(row["going_on"] for row in lines)))
    return hours


def _clock(local: str) -> str:
    """Return the time of day of an hour's label: 09:00 of 2025-03-30 09:00+02:00."""
    return local[11:16]
