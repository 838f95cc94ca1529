"""What people see: log-in, fleet, one device, users, audit log, exports."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from jinja2 import Environment, FileSystemLoader

from fanlight.domain.hours import UtcHour
from fleet_collector import export
from fleet_collector.bars import bars
from fleet_collector.people import Refused, Role, Session
from fleet_collector.store import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from fleet_collector.fleet import Fleet
    from fleet_collector.people import People
    from fleet_collector.store import Store

COOKIE = "fanlight_session"
TOKEN_DAYS = 14
DAYS_SHOWN = 7
Text = Annotated[str, Form(max_length=200)]


class Pages:
    """The routes for people; every one but log-in and set-up asks who is there."""

    def __init__(  # noqa: PLR0913, PLR0917 - the parts that pages show and change
        self,
        engine: Engine,
        store: Store,
        people: People,
        fleet: Fleet,
        setup_code: str,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._store, self._people, self._fleet = engine, store, people, fleet
        self._setup_code = setup_code
        self._now_s = now_s
        templates = FileSystemLoader(Path(__file__).parent / "templates")
        self._templates = Environment(loader=templates, autoescape=True, trim_blocks=True)
        self._templates.filters |= {"ago": _ago, "utc": _utc}
        self.style = (Path(__file__).parent / "templates/style.css").read_text()
        self.router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
        self._add_routes()

    def _add_routes(self) -> None:
        add = self.router.add_api_route
        add("/", self.fleet, methods=["GET"])
        add("/setup", self.setup, methods=["GET"])
        add("/setup", self.set_up, methods=["POST"])
        add("/login", self.login, methods=["GET"])
        add("/login", self.log_in, methods=["POST"])
        add("/logout", self.log_out, methods=["POST"])
        add("/devices/{device}", self.device, methods=["GET"])
        add("/devices/{device}/block", self.block, methods=["POST"])
        add("/tokens", self.tokens, methods=["GET"])
        add("/tokens", self.make_token, methods=["POST"])
        add("/users", self.users, methods=["GET"])
        add("/users", self.add_user, methods=["POST"])
        add("/users/remove", self.remove_user, methods=["POST"])
        add("/keys", self.make_key, methods=["POST"])
        add("/audit", self.audit, methods=["GET"])
        add("/export.{kind}", self.export, methods=["GET"], response_model=None)

    def fleet(self, request: Request, page: int = 0, q: str = "") -> Response:
        """Show all devices."""
        who = self._who(request, Role.VIEWER)
        now_s, page = int(self._now_s()), max(0, page)
        return self._show(
            "fleet.html",
            who,
            summary=self._fleet.summary(now_s),
            rows=self._fleet.page(now_s, page, q[:80]),
            page=page,
            q=q[:80],
        )

    def device(self, request: Request, device: str, days: int = DAYS_SHOWN) -> Response:
        """Show one device's hours."""
        who = self._who(request, Role.VIEWER)
        now_s = int(self._now_s())
        row = self._fleet.device(device, now_s)
        if row is None:
            raise HTTPException(404, "there is no such device")
        last = max(now_s // 3600, row.facts["newest_hour"] or 0)
        lines = self._fleet.hours(device, last - 24 * min(max(days, 1), 31), last)
        return self._show(
            "device.html",
            who,
            row=row,
            lines=lines,
            chart=bars(lines[:48][::-1]),
            unplaced=self._fleet.unplaced(device),
        )

    def block(
        self, request: Request, device: str, form_token: Text, blocked: Text = ""
    ) -> Response:
        """Take nothing more from a device, or take it again."""
        who = self._who(request, Role.OWNER, form_token)
        try:
            self._store.block(device, who.name, int(self._now_s()), blocked=blocked == "yes")
        except Unknown as error:
            raise HTTPException(404, "there is no such device") from error
        return _to(f"/devices/{device}")

    def setup(self, code: str = "") -> Response:
        """Ask for the first owner, of whoever has the code that was printed at the start."""
        if not self._people.is_empty():
            return _to("/login")
        return self._show("setup.html", None, code=code[:80])

    def set_up(self, code: Text, name: Text, password: Text) -> Response:
        """Add the first owner."""
        if not self._people.is_empty() or not secrets.compare_digest(
            code.encode(), self._setup_code.encode()
        ):
            raise HTTPException(403, "the code is wrong, or somebody has set this up already")
        try:
            self._people.add(name, password, Role.OWNER, "set-up", int(self._now_s()))
        except Refused as refusal:
            return self._show("setup.html", None, code=code, refusal=str(refusal), status=400)
        return _to("/login")

    def login(self) -> Response:
        """Ask for name and password."""
        return self._show("login.html", None)

    def log_in(self, request: Request, name: Text, password: Text) -> Response:
        """Start a session."""
        try:
            secret, _ = self._people.log_in(name, password, int(self._now_s()))
        except Refused as refusal:
            return self._show("login.html", None, refusal=str(refusal), status=403)
        answer = _to("/")
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, secret, httponly=True, secure=secure, samesite="strict")
        return answer

    def log_out(self, request: Request, form_token: Text) -> Response:
        """End the session."""
        self._who(request, Role.VIEWER, form_token)
        self._people.log_out(request.cookies[COOKIE])
        answer = _to("/login")
        answer.delete_cookie(COOKIE)
        return answer

    def tokens(self, request: Request) -> Response:
        """Ask for which shop a device is to be enrolled."""
        return self._show("tokens.html", self._who(request, Role.INSTALLER))

    def make_token(self, request: Request, form_token: Text, shop: Text) -> Response:
        """Make an enrolment token, shown this once."""
        who = self._who(request, Role.INSTALLER, form_token)
        shop = shop.strip()[:80]
        if not shop:
            return self._show("tokens.html", who, refusal="a shop has a name", status=400)
        token, now_s = secrets.token_urlsafe(24), int(self._now_s())
        self._store.make_token(token, shop, who.name, now_s + TOKEN_DAYS * 86400, now_s)
        return self._show("tokens.html", who, token=token, shop=shop, days=TOKEN_DAYS)

    def users(self, request: Request) -> Response:
        """Ask for another user."""
        return self._show("users.html", self._who(request, Role.OWNER))

    def add_user(
        self, request: Request, form_token: Text, name: Text, password: Text, role: Text
    ) -> Response:
        """Add a user."""
        who = self._who(request, Role.OWNER, form_token)
        try:
            self._people.add(name, password, Role(role), who.name, int(self._now_s()))
        except (Refused, ValueError) as refusal:
            return self._show("users.html", who, refusal=str(refusal), status=400)
        return self._show("users.html", who, done=f"{name} may log in as {role}")

    def remove_user(self, request: Request, form_token: Text, name: Text) -> Response:
        """Remove a user."""
        who = self._who(request, Role.OWNER, form_token)
        try:
            self._people.remove(name, who.name, int(self._now_s()))
        except Refused as refusal:
            return self._show("users.html", who, refusal=str(refusal), status=400)
        return self._show("users.html", who, done=f"{name} may not log in any more")

    def make_key(self, request: Request, form_token: Text, label: Text) -> Response:
        """Make a key for exports, shown this once."""
        who = self._who(request, Role.OWNER, form_token)
        now_s = int(self._now_s())
        key = self._people.make_export_key(label, who.name, now_s + 365 * 86400, now_s)
        return self._show("users.html", who, key=key)

    def audit(self, request: Request) -> Response:
        """Show the audit log."""
        who = self._who(request, Role.OWNER)
        return self._show("audit.html", who, entries=self._fleet.audit())

    def export(
        self, request: Request, kind: str, first: str = "", last: str = "", shop: str = ""
    ) -> Response:
        """Give hours to a person who has logged in, or to a program with an export key."""
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not (sent and self._people.may_export(sent, int(self._now_s()))):
            self._who(request, Role.VIEWER)
        found = export.rows(self._engine, *self._span(first, last), shop)
        if kind == "csv":
            return StreamingResponse(export.as_csv(found), media_type="text/csv; charset=utf-8")
        if kind == "jsonl":
            return StreamingResponse(export.as_json_lines(found), media_type="application/x-ndjson")
        if kind == "parquet":
            return Response(export.as_parquet(found), media_type="application/vnd.apache.parquet")
        raise HTTPException(404, "exports are csv, jsonl or parquet")

    def _span(self, first: str, last: str) -> tuple[int, int]:
        """Read hours of UTC such as 2025-03-30T01Z; the last 31 days if left out."""
        now = int(self._now_s()) // 3600
        try:
            ends = UtcHour.parse(last).number if last else now
            begins = UtcHour.parse(first).number if first else ends - 31 * 24
        except ValueError as error:
            raise HTTPException(400, "first and last are hours such as 2025-03-30T01Z") from error
        return begins, ends

    def _who(self, request: Request, wanted: Role, form_token: str | None = None) -> Session:
        """Return who is there and may do this; a form has to bring its token."""
        secret = request.cookies.get(COOKIE, "")
        session = self._people.session(secret, int(self._now_s())) if secret else None
        if session is None:
            raise HTTPException(303, headers={"Location": "/login"})
        if not session.role.may(wanted):
            raise HTTPException(403, f"this is for the role {wanted}")
        if form_token is not None and not secrets.compare_digest(
            form_token.encode(), session.form_token.encode()
        ):
            raise HTTPException(403, "this form is too old; load the page again")
        return session

    def _show(
        self,
        name: str,
        who: Session | None,
        *,
        status: int = 200,
        **more: Any,  # noqa: ANN401
    ) -> Response:
        page = self._templates.get_template(name).render(who=who, roles=list(Role), **more)
        return HTMLResponse(page, status)


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, 303)


def _ago(seconds: int | None) -> str:
    """Say how long ago in one unit."""
    if seconds is None:
        return "never"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit} ago"
    return "just now"


def _utc(at_s: int) -> str:
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%d %H:%M:%S}"
