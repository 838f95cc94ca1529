"""The console as an aiohttp application: the table of all its addresses, and what is not there."""

from __future__ import annotations

import gzip
import hashlib
import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from fanlight.console import account_pages, api, install_pages, pages, settings_pages
from fanlight.console.guard import Guard, add_headers
from fanlight.console.live import Live
from fanlight.console.routes import COUNTS, INSTALLER, OWNER, VIEWER, Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fanlight.console.desk import Desk
    from fanlight.console.visit import Visit

log = logging.getLogger(__name__)

LARGEST_BODY_BYTES: Final = 64 * 1024
FILES: Final = Path(__file__).parent / "static"
STATIC: Final = {
    "style.css": "text/css",
    "console.js": "text/javascript",
    "install.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


def console_app(desk: Desk) -> web.Application:
    """Return the application; addresses that no route names do not exist."""
    environment = Environment(
        loader=PackageLoader("fanlight.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    guard = Guard(desk, environment)
    app = web.Application(client_max_size=LARGEST_BODY_BYTES)
    for name, kind in STATIC.items():
        app.router.add_get(f"/static/{name}", _static(name, kind))
    for route in routes_of(desk):
        app.router.add_route(route.method, route.path, guard.before(route))
    app.on_response_prepare.append(add_headers)
    return app


def routes_of(desk: Desk) -> tuple[Route, ...]:
    """Return every address with what it needs; one that needs nothing is open to all."""
    live = Live(desk.figures.live)
    return (
        Route("GET", "/", pages.today, VIEWER),
        Route("GET", "/live", live.watch, VIEWER, COUNTS),
        Route("GET", "/hours", pages.hours, VIEWER),
        Route("GET", "/insights", pages.insights, VIEWER),
        Route("GET", "/floor", pages.floor, VIEWER),
        Route("GET", "/floor.svg", pages.floor_map, VIEWER, COUNTS),
        Route("GET", "/export.csv", pages.export_csv, VIEWER, COUNTS),
        Route("GET", "/health", pages.health, VIEWER),
        Route("GET", "/certificate.pem", pages.certificate),
        Route("GET", "/updates", pages.updates, OWNER),
        Route("GET", "/audit", pages.audit, OWNER),
        Route("GET", "/settings", settings_pages.settings, OWNER),
        Route("POST", "/settings", settings_pages.save, OWNER),
        Route("GET", "/install", install_pages.install, INSTALLER),
        Route("GET", "/install/view", install_pages.view, INSTALLER),
        Route("GET", "/install/outline", install_pages.outline, INSTALLER),
        Route("POST", "/install/arm", install_pages.arm, INSTALLER),
        Route("POST", "/install/finish", install_pages.finish, INSTALLER),
        Route("POST", "/install/lines", install_pages.save_lines, INSTALLER),
        Route("POST", "/install/suggestion", install_pages.take_suggestion, INSTALLER),
        Route("POST", "/install/walk/begin", install_pages.begin_walk, INSTALLER),
        Route("POST", "/install/walk/end", install_pages.end_walk, INSTALLER),
        Route("GET", "/account", account_pages.account, VIEWER),
        Route("POST", "/account/password", account_pages.change_password, VIEWER),
        Route("POST", "/account/add", account_pages.add, OWNER),
        Route("POST", "/account/remove", account_pages.remove, OWNER),
        Route("POST", "/account/token", account_pages.make_token, OWNER),
        Route("POST", "/account/revoke", account_pages.revoke_token, OWNER),
        Route("POST", "/logout", account_pages.logout, VIEWER),
        Route("GET", "/login", account_pages.login_form),
        Route("POST", "/login", account_pages.login),
        Route("GET", "/claim", account_pages.claim_form),
        Route("POST", "/claim", account_pages.claim),
        Route("GET", "/public", pages.public),
        Route("GET", "/public/live", partial(_public_live, live)),
        *api.ROUTES,
        Route("GET", "/{nowhere:.*}", pages.not_found),
    )


async def _public_live(live: Live, visit: Visit) -> web.StreamResponse:
    if not visit.desk.about.public_counts:
        raise web.HTTPNotFound
    return await live.watch(visit)


def _static(name: str, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of a file that ships, packed once."""
    raw = (FILES / name).read_bytes()
    packed, tag = gzip.compress(raw, 9, mtime=0), f'"{hashlib.sha256(raw).hexdigest()[:16]}"'

    async def give(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=packed, content_type=kind, charset="utf-8", headers=headers)
        return web.Response(body=raw, content_type=kind, charset="utf-8", headers=headers)

    return give
