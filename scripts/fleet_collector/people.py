"""Who may look at the collector: users with roles, sessions, and keys for exports."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from fleet_collector.audit import enter
from fleet_collector.store import digest
from fleet_collector.tables import export_keys, sessions, users

if TYPE_CHECKING:
    from sqlalchemy import Engine

SESSION_S: Final = 12 * 3600
TRIES: Final = 5
LOCKED_S: Final = 15 * 60
SHORTEST_PASSWORD: Final = 12


class Role(StrEnum):
    """What a user may do; each role may do what the ones before it may."""

    VIEWER = "viewer"
    INSTALLER = "installer"
    OWNER = "owner"

    def may(self, wanted: Role) -> bool:
        """Tell whether this role includes another."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(wanted)


class Refused(Exception):
    """It may not be; str() says why, in words for the person before the screen."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has logged in; `form_token` has to come back with every form."""

    name: str
    role: Role
    form_token: str


class People:
    """The part of the database that knows users; calls block, those with passwords for long."""

    def __init__(self, engine: Engine, hasher: PasswordHasher | None = None) -> None:
        self._engine = engine
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def is_empty(self) -> bool:
        """Tell whether nobody may log in yet."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(users)).scalar_one() == 0

    def add(self, name: str, password: str, role: Role, made_by: str, now_s: int) -> None:
        """Add a user.

        Raises:
            Refused: the name is taken or empty, or the password too short.
        """
        name = name.strip()
        if not 1 <= len(name) <= 80 or not name.isprintable():
            raise Refused("a name has 1 to 80 letters")
        if len(password) < SHORTEST_PASSWORD:
            raise Refused(f"a password has at least {SHORTEST_PASSWORD} characters")
        hashed = self._hasher.hash(password)
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(users).values(name=name, role=role, password=hashed))
                enter(connection, now_s, made_by, "user_added", {"name": name, "role": role})
        except IntegrityError as error:
            raise Refused(f"there is a user {name!r} already") from error

    def remove(self, name: str, removed_by: str, now_s: int) -> None:
        """Remove a user and all of their sessions.

        Raises:
            Refused: it is the last owner, or nobody.
        """
        with self._engine.begin() as connection:
            owners = connection.execute(
                select(users.c.name).where(users.c.role == Role.OWNER, users.c.name != name)
            ).first()
            if owners is None:
                raise Refused("the last owner stays")
            if connection.execute(delete(users).where(users.c.name == name)).rowcount == 0:
                raise Refused(f"there is no user {name!r}")
            enter(connection, now_s, removed_by, "user_removed", {"name": name})

    def log_in(self, name: str, password: str, now_s: int) -> tuple[str, Session]:
        """Check a password; return the session's secret and the session.

        Raises:
            Refused: wrong name or password, or locked for a while after five wrong ones.
        """
        with self._engine.connect() as connection:
            row = connection.execute(select(users).where(users.c.name == name)).mappings().first()
        if row is not None and row["locked_until_s"] > now_s:
            raise Refused("too many wrong passwords; wait a quarter of an hour")
        if not self._holds(row["password"] if row else self._nobody, password) or row is None:
            self._note_failure(name, now_s)
            raise Refused("the name or the password is wrong")
        secret = secrets.token_urlsafe(32)
        session = Session(row["name"], Role(row["role"]), secrets.token_urlsafe(32))
        with self._engine.begin() as connection:
            connection.execute(
                update(users).where(users.c.name == name).values(failures=0, locked_until_s=0)
            )
            connection.execute(delete(sessions).where(sessions.c.expires_s < now_s))
            connection.execute(
                insert(sessions).values(
                    digest=digest(secret),
                    name=name,
                    form_token=session.form_token,
                    expires_s=now_s + SESSION_S,
                )
            )
            enter(connection, now_s, name, "login", {})
        return secret, session

    def session(self, secret: str, now_s: int) -> Session | None:
        """Return the session of a secret, None where there is none any more."""
        query = (
            select(sessions.c.name, sessions.c.form_token, users.c.role)
            .join(users, users.c.name == sessions.c.name)
            .where(sessions.c.digest == digest(secret), sessions.c.expires_s > now_s)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else Session(row.name, Role(row.role), row.form_token)

    def log_out(self, secret: str) -> None:
        """End a session."""
        with self._engine.begin() as connection:
            connection.execute(delete(sessions).where(sessions.c.digest == digest(secret)))

    def make_export_key(self, label: str, made_by: str, expires_s: int, now_s: int) -> str:
        """Return a new key that may read exports, and nothing else; only its digest is kept."""
        key = secrets.token_urlsafe(32)
        row = {"digest": digest(key), "label": label[:80], "made_by": made_by}
        with self._engine.begin() as connection:
            connection.execute(insert(export_keys).values(row | {"expires_s": expires_s}))
            enter(connection, now_s, made_by, "export_key_made", {"label": label[:80]})
        return key

    def may_export(self, key: str, now_s: int) -> bool:
        """Tell whether an export key holds."""
        query = select(export_keys.c.label).where(
            export_keys.c.digest == digest(key), export_keys.c.expires_s > now_s
        )
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def _holds(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def _note_failure(self, name: str, now_s: int) -> None:
        with self._engine.begin() as connection:
            row = connection.execute(
                select(users.c.failures).where(users.c.name == name).with_for_update()
            ).first()
            if row is None:
                return
            failures = row.failures + 1
            locked_s = now_s + LOCKED_S if failures >= TRIES else 0
            connection.execute(
                update(users)
                .where(users.c.name == name)
                .values(failures=0 if locked_s else failures, locked_until_s=locked_s)
            )
            what = "login_locked" if locked_s else "login_refused"
            enter(connection, now_s, name, what, {})
