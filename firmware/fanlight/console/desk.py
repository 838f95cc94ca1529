"""What the console asks of the device: its own ports, filled in by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from datetime import date

    from fanlight.domain.access import Account, ApiToken, Refused, Role, Scope, Session
    from fanlight.domain.aim import AimView
    from fanlight.domain.moment import TrackPoint

T = TypeVar("T")
Plain = dict[str, Any]
"""Strings, numbers, lists and dicts, ready for JSON."""


@dataclass(frozen=True, slots=True)
class About:
    """The device, to whom it may concern."""

    name: str
    firmware: str
    device_id: str
    language: str
    timezone: str
    public_counts: bool
    fingerprint: str


class Figures(Protocol):
    """What was counted. The async ones read storage.

    Raises (every async method):
        Transient, Rejected: see ports/ledger.py.
    """

    def live(self) -> Plain:
        """Return the running count."""

    def today(self) -> date:
        """Return the local day."""

    async def day(self, day: date) -> Plain:
        """Return a day's hours, see domain/report.py."""

    async def csv(self, first: date, last: date) -> str:
        """Return the hours of days as CSV."""

    async def insights(self, first: date, last: date) -> Plain:
        """Return what whole days show, see domain/insights_page.py."""

    async def journeys(self, day: date) -> Plain | None:
        """Return a day's ways from zone to zone, None while it goes on."""

    async def classes(self, day: date) -> Plain:
        """Return a day's classes of people, as far as they may be published."""

    async def floor_map(self, day: date) -> str | None:
        """Return a day's floor map as SVG, None where there is none."""


class Upkeep(Protocol):
    """How the device is, and how it is set."""

    def health(self) -> Sequence[Plain]:
        """Return the last round's findings: check, verdict, says, advice."""

    async def audit(self, last: int) -> Plain:
        """Return the newest entries and whether the chain holds."""

    def settings(self) -> Plain:
        """Return the settings in force; no secret is among them."""

    async def change(self, changes: Mapping[str, Any], account: str) -> None:
        """Change settings; the device then begins another run.

        Raises:
            ConfigError: the result would break a rule; nothing is changed.
            Transient: the storage cannot take it now.
        """


class Installing(Protocol):
    """What an installer needs while set-up mode is armed, and the walk test at any time."""

    def status(self) -> Plain:
        """Return whether set-up mode is armed, for how long, and what became of the last card."""

    def arm(self) -> None:
        """Arm set-up mode; the device begins another run for it."""

    def finish(self) -> None:
        """End set-up mode."""

    def view(self, account: str) -> AimView | None:
        """Return the aiming view, None where there is none yet or set-up mode is not armed."""

    def tracks(self) -> tuple[TrackPoint, ...]:
        """Return where the anonymous tracks are."""

    def outline(self, x: float, y: float) -> Plain | None:
        """Return how big a person at a place should look, None where that is not known."""

    def advice(self) -> Sequence[Plain]:
        """Return what is not well about mounting and lines."""

    def suggestions(self) -> Sequence[Plain]:
        """Return better lines, learnt from the device's own tracks."""

    def begin_walk(self) -> None:
        """Begin a walk test."""

    def walk(self) -> Plain | None:
        """Return what the walk test has counted, None while nobody walks."""

    def end_walk(self, walked_in: int, walked_out: int) -> Plain | None:
        """End the walk test and return its verdict.

        Raises:
            ValueError: nobody walks so often.
        """


class Gate(Protocol):
    """Who may come in; see services/access.py. Calls block: make them from a thread."""

    @property
    def is_claimed(self) -> bool:
        """Whether somebody has claimed the device."""

    @property
    def accounts(self) -> Sequence[Account]:
        """Return who may log in."""

    @property
    def tokens(self) -> Sequence[ApiToken]:
        """Return the API tokens; not the secrets."""

    def claim(self, code: str, name: str, password: str, address: str) -> str | Refused:
        """Make the first account, of the owner; return the token of a session."""

    def log_in(self, name: str, password: str, address: str) -> str | Refused:
        """Return the token of a new session."""

    def session(self, token: str) -> Session | None:
        """Return a session that goes on."""

    def csrf_of(self, token: str) -> str:
        """Return what a form of this session has to carry."""

    def csrf_holds(self, token: str, given: str) -> bool:
        """Whether a form came from a page of this session."""

    def log_out(self, token: str) -> None:
        """End a session."""

    def add_account(self, name: str, role: Role, password: str, by: Session) -> Refused | None:
        """Let somebody in."""

    def remove_account(self, name: str, by: Session) -> Refused | None:
        """Shut somebody out."""

    def change_password(self, old: str, new: str, by: Session, address: str) -> Refused | None:
        """Change one's own password; other sessions end."""

    def make_token(self, name: str, scopes: Iterable[Scope], by: Session) -> str | Refused:
        """Return a new API token, told once."""

    def revoke_token(self, name: str, by: Session) -> Refused | None:
        """End an API token."""

    def token(self, bearer: str) -> frozenset[Scope] | None:
        """Return what an API token may do."""


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the console works with; `in_thread` runs the gate's calls, which block."""

    about: About
    figures: Figures
    upkeep: Upkeep
    installing: Installing
    gate: Gate
    in_thread: Callable[[Callable[[], T]], Awaitable[T]]
    certificate_pem: str = ""
