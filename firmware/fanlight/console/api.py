"""The interface for programs: the same figures as on the pages, in JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from aiohttp import web

from fanlight.console.asked import day_asked, days_asked
from fanlight.console.openapi import description
from fanlight.console.routes import COUNTS, HEALTH, VIEWER, Route

if TYPE_CHECKING:
    from fanlight.console.routes import Handler
    from fanlight.console.visit import Visit
    from fanlight.domain.access import Scope

A_DAY: Final = timedelta(days=1)
MOST_DAYS_OF_HOURS: Final = 31


async def count(visit: Visit) -> web.StreamResponse:
    """Return the running count."""
    return web.json_response(visit.desk.figures.live())


async def hours(visit: Visit) -> web.StreamResponse:
    """Return the hours of days."""
    now = visit.desk.figures.today()
    first, last = days_asked(visit, (now, now))
    last = min(last, first + timedelta(days=MOST_DAYS_OF_HOURS - 1))
    days, day = [], first
    while day <= last:
        days.append({"day": day.isoformat(), **await visit.desk.figures.day(day)})
        day += A_DAY
    return web.json_response({"days": days})


async def insights(visit: Visit) -> web.StreamResponse:
    """Return what whole days say."""
    yesterday = visit.desk.figures.today() - A_DAY
    first, last = days_asked(visit, (yesterday - timedelta(days=27), yesterday))
    return web.json_response(await visit.desk.figures.insights(first, last))


async def journeys(visit: Visit) -> web.StreamResponse:
    """Return a day's ways from zone to zone."""
    day = day_asked(visit, "day", visit.desk.figures.today() - A_DAY)
    return web.json_response(await visit.desk.figures.journeys(day))


async def classes(visit: Visit) -> web.StreamResponse:
    """Return a day's classes of people."""
    day = day_asked(visit, "day", visit.desk.figures.today() - A_DAY)
    return web.json_response(await visit.desk.figures.classes(day))


async def health(visit: Visit) -> web.StreamResponse:
    """Return what the checks found."""
    return web.json_response({"findings": list(visit.desk.upkeep.health())})


async def openapi(visit: Visit) -> web.StreamResponse:
    """Return the description of this interface."""
    return web.json_response(description(ROUTES, visit.desk.about.firmware))


def _route(path: str, handler: Handler, about: str, *query: str, scope: Scope = COUNTS) -> Route:
    return Route(
        "GET",
        f"/api/v1/{path}",
        handler,
        role=VIEWER,
        scope=scope,
        api=True,
        about=about,
        query=query,
    )


ROUTES: tuple[Route, ...] = (
    _route("count", count, "The running count of today and of this hour."),
    _route("hours", hours, "Up to 31 days by the hour, with intervals.", "first", "last"),
    _route("insights", insights, "What whole days say, with intervals.", "first", "last"),
    _route("journeys", journeys, "A day's ways from zone to zone; null while it goes on.", "day"),
    _route("classes", classes, "A day's adults, children and staff, as far as published.", "day"),
    _route("health", health, "What the checks found, and what to do.", scope=HEALTH),
    _route("openapi.json", openapi, "This description."),
)
