# ruff: noqa: INP001 - a part of programs and tests, not a package
"""A collector on loopback over TLS, in a thread of this process, and a device that reports."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import uvicorn
from argon2 import PasswordHasher
from certificates import Authority
from fleet_collector.app import Settings, make_app

from fanlight.adapters.ledger_tinydb import TinyLedger
from fanlight.adapters.outbox_store import OutboxStore
from fanlight.adapters.uplink_https import HttpsSettings, HttpsUplink
from fanlight.domain.rates import UNCHECKED
from fanlight.domain.suppression import MinimumCount
from fanlight.services.drafting import Drafting, Letterhead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI

    from fanlight.adapters.device_identity import FileIdentity
    from fanlight.ports.clock import Clock

Asgi = Any
"""An application as servers take it."""

HEAD = Letterhead(
    door="Main door",
    firmware="0.1.0",
    config="0123456789ab",
    zone=ZoneInfo("Europe/Stockholm"),
    rates=UNCHECKED,
    minimum_count=MinimumCount(),
)


@dataclass(frozen=True, slots=True)
class Served:
    """A collector that is being served: its application, port and authority."""

    app: FastAPI
    port: int
    authority: Authority
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        """The collector's address."""
        return f"https://{self.host}:{self.port}"

    def uplink(self, url: str = "", timeout_s: float = 0.6) -> HttpsUplink:
        """Return a way to the collector, or to another address under the same authority."""
        settings = HttpsSettings(
            url=url or self.url, ca_file=str(self.authority.file), timeout_s=timeout_s
        )
        return HttpsUplink("headquarters", settings)

    def enrol(self, identity: FileIdentity) -> None:
        """Make a device known."""
        token = secrets.token_urlsafe(24)
        self.app.state.store.make_token(token, "Bakery", "chaos", 2**40, 0)
        uplink = self.uplink(timeout_s=20.0)
        uplink.enrol(identity.public_key, token, HEAD.door)
        uplink.close()


@contextmanager
def serving(
    folder: Path,
    around: Callable[[Asgi], Asgi] = lambda app: app,
    host: str = "127.0.0.1",
) -> Iterator[Served]:
    """Serve a collector on SQLite; `around` may stand between it and the network."""
    authority = Authority(folder)
    pair = authority.issue("collector", host=host)
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    database = f"sqlite:///{folder / 'collector.db'}"
    app = make_app(Settings(database=database, setup_code="none", hasher=quick))
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, 0))
        server = uvicorn.Server(
            uvicorn.Config(
                around(app),
                log_level="critical",
                ssl_certfile=str(pair.certificate),
                ssl_keyfile=str(pair.key),
                timeout_graceful_shutdown=1,
                timeout_keep_alive=75,
            )
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield Served(app, listening.getsockname()[1], authority, host)
        finally:
            server.should_exit = True
            thread.join()
            app.state.engine.dispose()


def drafting_of(folder: Path, clock: Clock, identity: FileIdentity) -> Drafting:
    """Return what a device whose data lie in a folder reads its ledger with, as after a start."""
    ledger, outbox = TinyLedger(folder / "ledger"), OutboxStore(folder / "outbox")
    return Drafting("headquarters", ledger, outbox, identity, clock, HEAD)
