"""A receiver for tests: real HTTPS on loopback; it checks signatures and keeps what is newest."""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from certificates import Pair
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fanlight.domain.dispatch import canonical_json

Handler = BaseHTTPRequestHandler
Misbehaviour = Callable[[Handler, bytes], bool]


@dataclass
class Receiver:
    """What has arrived, by device and hour; `first` may answer a request in its place."""

    keys: dict[str, bytes] = field(default_factory=dict)
    stored: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    unplaced: dict[tuple[str, str, int], dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    requests: int = 0
    first: Misbehaviour | None = None
    signer: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    utc_ms: int | None = None
    port: int = 0

    @property
    def key(self) -> bytes:
        return self.signer.public_key().public_bytes_raw()

    def take(self, handler: Handler, packed: bytes) -> None:
        self.requests += 1
        if self.first is not None and self.first(handler, packed):
            return
        wire = json.loads(gzip.decompress(packed))
        message = wire["message"]
        key = self.keys.get(message["device"])
        if key is None:
            reply(handler, 401, {})
            return
        Ed25519PublicKey.from_public_bytes(key).verify(
            base64.b64decode(wire["signature"]), canonical_json(message)
        )
        reply(handler, 200, self.keep(message))

    def keep(self, message: dict[str, Any]) -> dict[str, Any]:
        self.messages.append(message)
        device = message["device"]
        for hour in message["hours"]:
            known = self.stored.get((device, hour["hour"]))
            if known is None or known["revision"] < hour["revision"]:
                self.stored[device, hour["hour"]] = hour
        for each in message["unplaced"]:
            self.unplaced[device, each["boot"], each["boot_hour"]] = each
        answer: dict[str, Any] = {
            "stored": {
                "hours": [{k: h[k] for k in ("hour", "revision")} for h in message["hours"]],
                "unplaced": [{k: u[k] for k in ("boot", "boot_hour")} for u in message["unplaced"]],
            },
            "refused": [],
        }
        if self.utc_ms is not None:
            told = {"nonce": message["nonce"], "utc_ms": self.utc_ms}
            signature = self.signer.sign(canonical_json(told))
            answer["time"] = told | {"signature": base64.b64encode(signature).decode()}
        return answer


def reply(handler: Handler, status: int, body: object, **headers: str) -> None:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(text)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(text)


@contextmanager
def serving(receiver: Receiver, pair: Pair, client_authority: str = "") -> Iterator[str]:
    """Serve on loopback with TLS; yields the receiver's address."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            receiver.connections += 1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.take(self, body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Broken connections are what many tests are about."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    if client_authority:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_authority)
    server = Server(("127.0.0.1", 0), Door, bind_and_activate=True)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"https://127.0.0.1:{receiver.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
