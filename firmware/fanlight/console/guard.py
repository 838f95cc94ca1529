"""What stands before every handler: limits, origin, session, role, and headers on every answer."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aiohttp import web

from fanlight.console.visit import COOKIE, BadForm, Visit, language_of
from fanlight.domain.allowance import Allowances
from fanlight.ports.errors import FanlightError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from jinja2 import Environment

    from fanlight.console.desk import Desk
    from fanlight.console.routes import Route

log = logging.getLogger(__name__)

REQUESTS_A_MINUTE: Final = 600
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""No Strict-Transport-Security: with the device's own certificate a browser could never pass it."""


class Guard:
    """Turns routes into handlers that aiohttp can call."""

    def __init__(self, desk: Desk, pages: Environment) -> None:
        self._desk = desk
        self._pages = pages
        self._allowances = Allowances(REQUESTS_A_MINUTE)

    def before(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Return the guarded handler of a route."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            visit = Visit(request, self._desk, self._pages, language_of(request, self._desk))
            if not self._allowances.spend(visit.address, time.monotonic()):
                return problem(visit, route, 429, visit.words("problem.too_many"))
            try:
                return await self._let_in(route, visit)
            except web.HTTPNotFound:
                return problem(visit, route, 404, visit.words("problem.not_found"))
            except web.HTTPException:
                raise
            except BadForm as error:
                return problem(visit, route, 400, str(error))
            except (FanlightError, TimeoutError) as error:
                return problem(visit, route, 503, visit.words("problem.storage", why=error))
            except ConnectionError:
                raise
            except Exception:
                log.exception("console: %s %s failed", route.method, route.path)
                return problem(visit, route, 500, visit.words("problem.internal"))

        return guarded

    async def _let_in(self, route: Route, visit: Visit) -> web.StreamResponse:
        request = visit.request
        if request.method == "POST" and not is_from_here(request):
            return problem(visit, route, 403, visit.words("problem.wrong_form"))
        visit = await self._with_session(route, visit)
        if refused := await self._refused(route, visit):
            return refused
        return await route.handler(visit)

    async def _with_session(self, route: Route, visit: Visit) -> Visit:
        gate, request = self._desk.gate, visit.request
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if bearer and route.scope is not None:
            scopes = await self._desk.in_thread(lambda: gate.token(bearer))
            return _replaced(visit, scopes=scopes or frozenset())
        token = request.cookies.get(COOKIE, "")
        if not token:
            return visit
        session = await self._desk.in_thread(lambda: gate.session(token))
        return _replaced(visit, token=token if session else "", session=session)

    async def _refused(self, route: Route, visit: Visit) -> web.StreamResponse | None:
        """Return why a visit goes no further, None where it does."""
        session, words = visit.session, visit.words
        if route.is_open or route.scope in visit.scopes:
            return None
        if session is None:
            if route.api:
                return problem(visit, route, 401, "a session or a bearer token is needed")
            return web.HTTPSeeOther("/login" if self._desk.gate.is_claimed else "/claim")
        if route.role is not None and session.role < route.role:
            return problem(visit, route, 403, words("problem.not_allowed"))
        if visit.request.method == "POST":
            given = (await visit.form()).get("csrf", "")
            if not self._desk.gate.csrf_holds(visit.token, given):
                return problem(visit, route, 403, words("problem.wrong_form"))
        return None


def is_from_here(request: web.Request) -> bool:
    """Whether a browser says that a form came from a page of this device (Fetch Metadata)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.host}"


def problem(visit: Visit, route: Route, status: int, words: str) -> web.Response:
    """Say what is wrong, to a person or to a program."""
    if route.api:
        return web.json_response({"error": words}, status=status)
    return visit.page(
        "problem",
        http_status=status,
        title=visit.words("page.problem"),
        words=words,
    )


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Add to every answer what keeps browsers careful."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Server"] = "fanlight"


def _replaced(visit: Visit, **changes: object) -> Visit:
    return replace(visit, **changes)  # type: ignore[arg-type]
