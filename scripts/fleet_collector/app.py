"""Puts the collector together."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from fleet_collector.database import open_database
from fleet_collector.devices_api import devices_api
from fleet_collector.fleet import Fleet
from fleet_collector.pages import Pages
from fleet_collector.people import People
from fleet_collector.signer import Signer
from fleet_collector.store import Store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from argon2 import PasswordHasher

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a collector is told at its start.

    `setup_code` lets the first owner in; `now_s` is the wall clock in seconds since 1970.
    """

    database: str
    setup_code: str
    now_s: Callable[[], float] = time.time
    hasher: PasswordHasher | None = None


def make_app(settings: Settings) -> FastAPI:
    """Open the database and return the application.

    It keeps nothing in memory that matters, so any number of it may serve one database behind a
    load balancer.

    Raises:
        WrongDatabase: the database is of a newer collector.
        sqlalchemy.exc.SQLAlchemyError: it does not answer, or refuses.
    """
    engine = open_database(settings.database)
    store, people = Store(engine), People(engine, settings.hasher)
    app = FastAPI(title="Fanlight collector", version="1", docs_url=None, redoc_url=None)
    app.state.store, app.state.people, app.state.engine = store, people, engine
    app.include_router(devices_api(store, Signer(engine), settings.now_s))
    pages = Pages(engine, store, people, Fleet(engine), settings.setup_code, settings.now_s)
    app.include_router(pages.router)

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> JSONResponse:
        """Tell a load balancer that the database answers."""
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return JSONResponse({"ok": True})

    @app.get("/style.css", include_in_schema=False)
    def style() -> Response:
        """Return the pages' style."""
        return Response(
            pages.style, media_type="text/css", headers={"Cache-Control": "max-age=600"}
        )

    @app.exception_handler(RequestValidationError)
    async def refuse(_: Request, error: RequestValidationError) -> JSONResponse:
        """Name the fields that do not fit, without what was in them."""
        fields = [".".join(map(str, each["loc"])) for each in error.errors()]
        return JSONResponse({"detail": f"missing or wrong: {', '.join(fields)}"}, 422)

    @app.middleware("http")
    async def guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        """Add what tells a browser to be careful."""
        answer = await call(request)
        if not request.url.path.startswith("/api/"):  # devices pay for every byte
            for name, value in HEADERS.items():
                answer.headers.setdefault(name, value)
        return answer

    return app
