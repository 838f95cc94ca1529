"""A collector on SQLite, and the same on a real PostgreSQL that is started for the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fleet_collector.app import Settings, make_app
from private_postgres import is_installed, private_postgres
from starlette.testclient import TestClient

from collector_kit import Clock, House

CODE = "the-code-of-the-terminal"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A private PostgreSQL on loopback; yields the URL of its server, without a database."""
    if not is_installed():
        if os.environ.get("CI"):
            pytest.fail("CI has no PostgreSQL: scripts/install-test-services installs it")
        pytest.skip("needs PostgreSQL: sudo apt-get install postgresql")
    with private_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hours.db'}"
    server = request.getfixturevalue("postgres")
    name = f"test_{abs(hash(request.node.nodeid)):x}"
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is

    address = server.replace("+psycopg", "") + "/postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


@pytest.fixture
def house(database: str) -> Iterator[House]:
    """A collector with a clock that stands still, as its clients see it."""
    clock = Clock()
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    settings = Settings(database=database, setup_code=CODE, now_s=clock, hasher=quick)
    app = make_app(settings)
    with TestClient(app, follow_redirects=False) as client:
        yield House(app, client, clock)
    app.state.engine.dispose()
