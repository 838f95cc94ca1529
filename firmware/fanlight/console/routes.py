"""What a route is: an address of the console, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fanlight.domain.access import Role, Scope

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from fanlight.console.visit import Visit

    Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address: a `role` at least, or a `scope` for programs as well; neither: open to all.

    `api` routes answer in JSON, errors too, and are described in OpenAPI by `about`.
    """

    method: str
    path: str
    handler: Handler
    role: Role | None = None
    scope: Scope | None = None
    api: bool = False
    about: str = ""
    query: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether anybody may ask."""
        return self.role is None


VIEWER, INSTALLER, OWNER = Role.VIEWER, Role.INSTALLER, Role.OWNER
COUNTS, HEALTH = Scope.READ_COUNTS, Scope.READ_HEALTH
