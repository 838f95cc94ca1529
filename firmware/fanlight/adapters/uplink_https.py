"""The HTTPS uplink: dispatches to a collector, or to any web address that takes JSON."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import urlsplit

import msgspec
import requests

from fanlight.adapters.bounded_http import AnswerTooLong, BoundedSession, OverDeadline
from fanlight.adapters.receiver_answer import NoAnswer, everything, read_answer
from fanlight.adapters.tls_trouble import connection_fault
from fanlight.domain.dispatch import wire_bytes
from fanlight.ports.errors import Rejected, Transient
from fanlight.ports.uplink import Later, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.adapters.bounded_http import Answer
    from fanlight.domain.dispatch import Acknowledgement, SignedDispatch

DISPATCHES: Final = "/api/v1/dispatches"
DEVICES: Final = "/api/v1/devices"
LONGEST_WAIT_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsSettings:
    """Where dispatches go and how the receiver is known.

    `url` is the collector's address, or with `plain` the address that is posted to as it is, and
    whose 2xx alone says that everything was stored. `token` reads a bearer token, or gives "".
    `receiver_key` are the 32 bytes that sign the receiver's time, None where it signs none.
    """

    url: str
    plain: bool = False
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    token: Callable[[], str] = str
    receiver_key: Callable[[], bytes | None] = lambda: None
    timeout_s: float = 30.0


class HttpsUplink:
    """Posts dispatches, gzipped, over one kept connection; see ports/uplink.py.

    Raises:
        Rejected: a file that the settings name is missing.
    """

    def __init__(self, name: str, settings: HttpsSettings) -> None:
        self._name = name
        self._settings = settings
        self._receiver = urlsplit(settings.url).netloc
        for file in (settings.ca_file, settings.certificate_file, settings.key_file):
            if file and not Path(file).is_file():
                raise Rejected(name, f"{file}: there is no such file; see the uplink's settings")
        certificate = (settings.certificate_file, settings.key_file or settings.certificate_file)
        self._session = BoundedSession(
            settings.timeout_s,
            settings.ca_file or True,
            certificate if settings.certificate_file else None,
        )

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        return self._name

    def send(self, dispatch: SignedDispatch) -> Acknowledgement:
        """Deliver, and return what the receiver said it has stored."""
        settings = self._settings
        url = settings.url if settings.plain else settings.url.rstrip("/") + DISPATCHES
        answer = self._post(url, wire_bytes(dispatch))
        if not 200 <= answer.status < 300:
            self._refuse(answer)
        if settings.plain:
            return everything(dispatch)
        try:
            return read_answer(answer.body, dispatch.message.nonce, settings.receiver_key())
        except NoAnswer as error:
            raise Transient(
                self._name,
                f"{self._receiver}: answers, but not as a receiver does ({error}); is it a log-in "
                "page of the network?",
            ) from error

    def enrol(self, public_key: bytes, token: str, door: str) -> bytes:
        """Make this device known to the collector; return the key that signs the collector's time.

        Doing so again with the same key and token is harmless.

        Raises:
            Transient, Rejected: as `send`; a spent or wrong token is Rejected.
        """
        asked = {
            "public_key": base64.b64encode(public_key).decode(),
            "token": token,
            "door": door,
        }
        answer = self._post(self._settings.url.rstrip("/") + DEVICES, msgspec.json.encode(asked))
        if answer.status not in (200, 201):
            self._refuse(answer)
        try:
            key = base64.b64decode(msgspec.json.decode(answer.body)["receiver_key"], validate=True)
        except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
            raise Transient(
                self._name, f"{self._receiver}: its answer to the enrolment cannot be read"
            ) from error
        return key

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def _post(self, url: str, body: bytes) -> Answer:
        headers = {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "Accept": "application/json",
            "User-Agent": "fanlight",
        }
        if token := self._settings.token():
            headers["Authorization"] = f"Bearer {token}"
        packed = gzip.compress(body, compresslevel=9, mtime=0)
        try:
            return self._session.post(url, packed, headers)
        except OverDeadline as error:
            raise Transient(
                self._name, f"{self._receiver}: no answer within {self._settings.timeout_s:g} s"
            ) from error
        except AnswerTooLong as error:
            raise Transient(
                self._name, f"{self._receiver}: its answer has no end; nothing was delivered"
            ) from error
        except (requests.RequestException, OSError) as error:
            raise connection_fault(self._name, self._receiver, error) from error

    def _refuse(self, answer: Answer) -> NoReturn:
        """Say what a status means that is not a success."""
        at, status = f"{self._receiver}: answers {answer.status}", answer.status
        if status in (401, 403):
            raise Rejected(
                self._name,
                f"{at}: it does not know or does not admit this device; enrol it again "
                "(fanlight outbox --enrol), or check token and certificate",
            )
        if status == 413:
            raise TooLarge(self._name, f"{at}: the dispatch is too large for it")
        if status in (429, 503) and (wait := answer.headers.get("retry-after", "")).isdecimal():
            raise Later(self._name, f"{at}: asks to wait", min(float(wait), LONGEST_WAIT_S))
        if status in (400, 422):
            raise TooLarge(self._name, f"{at}: it cannot read the dispatch; smaller ones are tried")
        if status in (404, 405, 410, 415) or 300 <= status < 400:
            raise Rejected(self._name, f"{at}: that address takes no dispatches; check url")
        if status == 409:
            raise Rejected(
                self._name, f"{at}: the token was used by another device; make a new one"
            )
        raise Transient(self._name, f"{at}: it is in trouble itself, and is tried again later")
