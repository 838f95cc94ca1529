"""What the collector keeps: one schema for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION: Final = 1
"""Grows with every change of the tables; a collector refuses a database of a newer one."""

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("shop", String(80), nullable=False),
    Column("door", String(80), nullable=False),
    Column("enrolled_s", BigInteger, nullable=False),
    Column("blocked", Boolean, nullable=False, default=False),
    Column("heard_s", BigInteger),
    Column("firmware", String(40), nullable=False, default=""),
    Column("config", String(40), nullable=False, default=""),
    Column("boot", String(64), nullable=False, default=""),
    Column("link", String(20), nullable=False, default=""),
    Column("trouble", Text, nullable=False, default=""),
    Column("waiting_hours", Integer, nullable=False, default=0),
    Column("spent_bytes", BigInteger),
    Column("budget_bytes", BigInteger),
    Column("newest_hour", Integer),
)

hours = Table(
    "hours",
    metadata,
    Column("device", String(40), ForeignKey("devices.id"), primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("exits", Integer, nullable=False),
    Column("passed", Integer, nullable=False),
    Column("seen_ms", Integer, nullable=False),
    Column("total_entries", BigInteger, nullable=False),
    Column("total_exits", BigInteger, nullable=False),
    Column("received_s", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("hours_by_hour", "hour", "device"),
)

unplaced = Table(
    "unplaced",
    metadata,
    Column("device", String(40), ForeignKey("devices.id"), primary_key=True),
    Column("boot", String(64), primary_key=True),
    Column("boot_hour", Integer, primary_key=True, autoincrement=False),
    Column("received_s", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

tokens = Table(
    "enrolment_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("shop", String(80), nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("expires_s", BigInteger, nullable=False),
    Column("device", String(40)),
)

users = Table(
    "users",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("password", Text, nullable=False),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until_s", BigInteger, nullable=False, default=0),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("name", String(80), ForeignKey("users.name", ondelete="CASCADE"), nullable=False),
    Column("form_token", String(64), nullable=False),
    Column("expires_s", BigInteger, nullable=False),
)

export_keys = Table(
    "export_keys",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("label", String(80), nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("expires_s", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at_s", BigInteger, nullable=False),
    Column("who", String(80), nullable=False),
    Column("what", String(40), nullable=False),
    Column("facts", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)
