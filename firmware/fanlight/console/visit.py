"""One visit: whose request it is, what it may do, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web
from markupsafe import Markup

from fanlight.console.words import Words, preferred, words_in
from fanlight.domain.access import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.web_request import FileField
    from jinja2 import Environment
    from multidict import MultiDictProxy

    from fanlight.console.desk import Desk
    from fanlight.domain.access import Scope, Session

FORM: Final = "application/x-www-form-urlencoded"
COOKIE: Final = "__Host-fanlight"
LONGEST_FIELD: Final = 20_000

MENU: Final = (
    ("today", "/", Role.VIEWER),
    ("hours", "/hours", Role.VIEWER),
    ("insights", "/insights", Role.VIEWER),
    ("floor", "/floor", Role.VIEWER),
    ("health", "/health", Role.VIEWER),
    ("install", "/install", Role.INSTALLER),
    ("settings", "/settings", Role.OWNER),
    ("updates", "/updates", Role.OWNER),
    ("audit", "/audit", Role.OWNER),
)


UNSAID: Final = {"trouble": None, "token": None, "verdict": None}
"""What pages may say, and mostly do not."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line above the page: `kind` is good, bad or warn."""

    kind: str
    words: str


class BadForm(Exception):
    """A request that cannot be understood; str() is for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request with its session or token, in a language."""

    request: web.Request
    desk: Desk
    pages: Environment
    words: Words
    token: str = ""
    session: Session | None = None
    scopes: frozenset[Scope] = frozenset()

    @property
    def address(self) -> str:
        """Where the request comes from."""
        return self.request.remote or "unknown"

    @property
    def account(self) -> str:
        """Who asks."""
        return self.session.account if self.session else "a program"

    @property
    def by(self) -> Session:
        """The session, on routes that need one.

        Raises:
            HTTPForbidden: there is none.
        """
        if self.session is None:
            raise web.HTTPForbidden
        return self.session

    async def form(self) -> Mapping[str, str]:
        """Return the fields of a form, single texts of bounded length.

        Raises:
            BadForm: it is no form, holds files, or too much.
        """
        fields: dict[str, str] = {}
        for name, value in (await self.posted()).items():
            if not isinstance(value, str) or len(value) > LONGEST_FIELD:
                raise BadForm(f"{name[:40]}: not a text that a form here holds")
            fields[name] = value
        return fields

    async def posted(self) -> MultiDictProxy[str | bytes | bytearray | FileField]:
        """Return the fields of a form as they came, several of one name included.

        Raises:
            BadForm: it is no form.
        """
        if self.request.content_type != FORM:
            raise BadForm(f"a form is sent as {FORM}")
        try:
            return await self.request.post()
        except (ValueError, LookupError) as error:
            raise BadForm(f"the form cannot be read ({type(error).__name__})") from error

    def page(
        self,
        name: str,
        *,
        http_status: int = 200,
        said: Said | None = None,
        **facts: Any,  # noqa: ANN401 - a template's facts
    ) -> web.Response:
        """Draw a page."""
        role = self.session.role if self.session else None
        text = self.pages.get_template(f"{name}.html").render(
            page=facts.pop("page", name),
            t=self.words,
            about=self.desk.about,
            session=self.session,
            menu=[(each, path) for each, path, needs in MENU if role is not None and role >= needs],
            said=said,
            csrf=self._csrf_field,
            **(UNSAID | facts),
        )
        return web.Response(text=text, content_type="text/html", status=http_status)

    def _csrf_field(self) -> str:
        secret = self.desk.gate.csrf_of(self.token)
        return Markup('<input type="hidden" name="csrf" value="{}">').format(secret)


def language_of(request: web.Request, desk: Desk) -> Words:
    """Return the words for a request."""
    return words_in(preferred(request.headers.get("Accept-Language", ""), desk.about.language))
