"""Devices and people before a collector."""

from __future__ import annotations

import base64
import gzip
import re
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dispatch_kit import dispatch_of, hour_of
from fanlight.domain.dispatch import (
    Dispatch,
    HourReport,
    SignedDispatch,
    canonical_dispatch,
    device_id_of,
    wire_bytes,
)

if TYPE_CHECKING:
    from fastapi import FastAPI
    from httpx2 import Response
    from starlette.testclient import TestClient

NOW_S = 1_743_300_000
PASSWORD = "a long enough one"  # noqa: S105 - of users who live for a test


@dataclass
class Clock:
    """The collector's wall clock."""

    at_s: float = NOW_S

    def __call__(self) -> float:
        return self.at_s


@dataclass
class Camera:
    """A device: its key, and what it sends."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    @property
    def name(self) -> str:
        return device_id_of(self.public)

    def dispatch(self, *hours: HourReport, **more: Any) -> Dispatch:  # noqa: ANN401 - any field
        return replace(dispatch_of(*hours, device=self.name), **more)

    def sign(self, dispatch: Dispatch) -> bytes:
        signature = base64.b64encode(self.key.sign(canonical_dispatch(dispatch))).decode()
        return wire_bytes(SignedDispatch(message=dispatch, signature=signature))


@dataclass
class House:
    """A collector, its client, and its clock."""

    app: FastAPI
    client: TestClient
    clock: Clock

    def enrolled(self, shop: str = "Bakery") -> Camera:
        camera, token = Camera(), secrets.token_urlsafe(24)
        now_s = int(self.clock())
        self.app.state.store.make_token(token, shop, "test", now_s + 3600, now_s)
        assert self.enrol(camera, token).status_code == 201
        return camera

    def enrol(self, camera: Camera, token: str) -> Response:
        asked = {"public_key": base64.b64encode(camera.public).decode(), "token": token}
        return self.client.post("/api/v1/devices", json=asked | {"door": "Main door"})

    def send(self, camera: Camera, *hours: HourReport, **more: Any) -> Response:  # noqa: ANN401
        return self.post(camera.sign(camera.dispatch(*hours, **more)))

    def post(self, body: bytes) -> Response:
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        packed = gzip.compress(body)
        return self.client.post("/api/v1/dispatches", content=packed, headers=headers)

    def log_in_as(self, role: str) -> str:
        """Log in as somebody of that role; returns the token that forms bring back."""
        name = f"{role}-{secrets.token_hex(4)}"
        self.app.state.people.add(name, PASSWORD, role, "test", int(self.clock()))
        return self.log_in(name, PASSWORD)

    def log_in(self, name: str, password: str) -> str:
        self.client.cookies.clear()
        answer = self.client.post("/login", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        page = self.client.get("/").text
        found = re.search(r'name="form_token" value="([^"]+)"', page)
        assert found
        return found[1]

    def entries(self) -> dict[str, int]:
        """The entries of each hour, as the export tells them."""
        self.log_in_as("viewer")
        lines = self.client.get("/export.csv?first=2025-03-01T00Z&last=2025-04-30T00Z").text
        rows = [line.split(",") for line in lines.splitlines()]
        hour, entries = rows[0].index("hour_utc"), rows[0].index("entries")
        return {row[hour]: int(row[entries]) for row in rows[1:]}


__all__ = ["NOW_S", "PASSWORD", "Camera", "Clock", "House", "hour_of"]
