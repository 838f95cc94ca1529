"""Opens the database and brings it to this collector's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event, inspect, select, text
from sqlalchemy.dialects import postgresql, sqlite

from fleet_collector.tables import SCHEMA_VERSION, meta, metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table
    from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
    from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

VERSION = "schema"


class WrongDatabase(Exception):
    """The database cannot be used; str() says why and what to do."""


def open_database(url: str) -> Engine:
    """Connect, and make the tables where they are missing.

    Several collectors may start on the same database at once.

    Raises:
        WrongDatabase: it is of a newer collector.
        sqlalchemy.exc.SQLAlchemyError: it does not answer, or refuses.
    """
    engine = create_engine(url, pool_pre_ping=True, **_pool(url))
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7274001)"))
        _bring_up(connection)
    return engine


def upsert(connection: Connection, table: Table) -> PostgresInsert | SqliteInsert:
    """Return an INSERT that knows ON CONFLICT, in the words of the connection's database."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def remember(connection: Connection, name: str, value: str) -> str:
    """Keep a value under a name unless there is one; return the one that is kept."""
    connection.execute(
        upsert(connection, meta).values(name=name, value=value).on_conflict_do_nothing()
    )
    return str(connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one())


def _bring_up(connection: Connection) -> None:
    if not inspect(connection).has_table(meta.name):
        metadata.create_all(connection)
        _cut_hours_by_time(connection)
    found = int(remember(connection, VERSION, str(SCHEMA_VERSION)))
    if found > SCHEMA_VERSION:
        raise WrongDatabase(
            f"the database is of a newer collector (schema {found}, this one knows "
            f"{SCHEMA_VERSION}); update the collector"
        )


def _cut_hours_by_time(connection: Connection) -> None:
    """Let TimescaleDB, where it is installed, keep the hours in pieces of thirty days."""
    if connection.dialect.name != "postgresql":
        return
    found = connection.execute(
        text("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'")
    ).scalar()
    if found:
        connection.execute(
            text("SELECT create_hypertable('hours', 'hour', chunk_time_interval => 720)")
        )


def _pool(url: str) -> dict[str, int]:
    return {} if url.startswith("sqlite") else {"pool_size": 10, "max_overflow": 20}


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined] # transactions are ours
        cursor = connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("PRAGMA busy_timeout=20000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
