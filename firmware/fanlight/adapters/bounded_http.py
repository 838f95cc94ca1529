"""HTTPS with an end: no answer, however slow, holds a call beyond its deadline."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_ANSWER_BYTES: Final = 256 * 1024
CONNECT_S: Final = 10.0


class OverDeadline(Exception):
    """The answer was not complete when the time was up."""


class AnswerTooLong(Exception):
    """The other side sent more than an answer can be."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers by lower-case name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class BoundedSession:
    """One receiver's connection, kept open between calls; one call at a time.

    `verify` is a file of certificate authorities, or True for those of the system; `certificate`
    are the files of a client certificate and its key. No redirect is followed and no proxy or
    password is taken from the environment.
    """

    def __init__(
        self,
        timeout_s: float,
        verify: str | bool = True,  # noqa: FBT001, FBT002 - as requests takes it
        certificate: tuple[str, str] | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = verify
        self._session.cert = certificate
        self._sockets = _OpenSockets()
        adapter = _Adapter(self._sockets)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body and return the answer.

        Raises:
            OverDeadline: the time was up first.
            AnswerTooLong: the answer is none.
            requests.RequestException: anything else that can go wrong.
        """
        ends_s = time.monotonic() + self._timeout_s
        alarm = threading.Timer(self._timeout_s, self._sockets.cut)
        alarm.daemon = True
        alarm.start()
        try:
            with self._session.post(
                url,
                data=body,
                headers=dict(headers),
                timeout=(min(CONNECT_S, self._timeout_s), self._timeout_s),
                allow_redirects=False,
                stream=True,
            ) as response:
                whole = _body(response)
                if time.monotonic() >= ends_s:  # a cut reads like an early, well-formed end
                    raise OverDeadline
                names = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, names, whole)
        except requests.RequestException as error:
            if time.monotonic() >= ends_s:
                raise OverDeadline from error
            raise
        finally:
            alarm.cancel()

    def close(self) -> None:
        """Let the connection go; harmless when already closed."""
        self._session.close()


class _OpenSockets:
    """The sockets that connections of one session have opened, to be cut from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []

    def add(self, opened: socket.socket) -> None:
        with self._lock:
            self._open = [each for each in self._open if each.fileno() >= 0] + [opened]

    def cut(self) -> None:
        """End every transfer: whoever waits for bytes gets an error at once."""
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)


class _Adapter(HTTPAdapter):
    """Requests' adapter, with connections that make their sockets known."""

    def __init__(self, sockets: _OpenSockets) -> None:
        self._sockets = sockets
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().init_poolmanager(*args, **kwargs)
        sockets = self._sockets

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                opened = super()._new_conn()
                sockets.add(opened)
                return opened

            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(16 * 1024):
        body += chunk
        if len(body) > LARGEST_ANSWER_BYTES:
            raise AnswerTooLong
    return bytes(body)
