"""One kit an uplink: a real receiver on loopback, uplinks to it, and what has arrived there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from certificates import Authority
from fanlight.adapters.uplink_https import HttpsSettings, HttpsUplink
from fanlight.ports.identity import Identity
from fanlight.ports.uplink import Uplink
from receiver_kit import Receiver, serving

DEADLINE_S = 1.0


class UplinkKit(Protocol):
    """What the contract asks of whoever brings an uplink."""

    def uplink(self) -> Uplink:
        """Return an uplink that works."""

    def to_nobody(self) -> Uplink:
        """Return one to a port at which nobody listens."""

    def to_silence(self) -> Uplink:
        """Return one to a receiver that takes connections and says nothing."""

    def mistrusted(self) -> dict[str, Uplink]:
        """Return uplinks to receivers that must be refused, by a word of the message."""

    def arrived(self) -> dict[str, int]:
        """Return the revision of each hour that has arrived."""


class HttpsKit:
    """A collector's interface over TLS."""

    def __init__(self, folder: Path, identity: Identity) -> None:
        self._folder = folder
        self._authority = Authority(folder)
        self.receiver = Receiver(keys={identity.device_id: identity.public_key})
        self._identity = identity
        self._urls: dict[str, str] = {}

    @contextmanager
    def running(self) -> Iterator[HttpsKit]:
        good = self._authority.issue("good")
        other_host = self._authority.issue("elsewhere", host="elsewhere.example")
        expired = self._authority.issue("expired", expired=True)
        foreign = Authority(self._folder, "strangers").issue("foreign")
        with (
            serving(self.receiver, good) as url,
            serving(Receiver(), other_host) as elsewhere,
            serving(Receiver(), expired) as old,
            serving(Receiver(), foreign) as strange,
        ):
            self._urls = {
                "good": url,
                "another name": elsewhere,
                "expired": old,
                "not signed by": strange,
            }
            yield self

    def uplink(self) -> HttpsUplink:
        return self._to(self._urls["good"])

    def to_nobody(self) -> HttpsUplink:
        return self._to("https://127.0.0.1:9")

    def to_silence(self) -> HttpsUplink:
        silence = threading.Event()
        self.receiver.first = lambda *_: silence.wait(10) or True
        return self.uplink()

    def mistrusted(self) -> dict[str, Uplink]:
        return {words: self._to(url) for words, url in self._urls.items() if words != "good"}

    def arrived(self) -> dict[str, int]:
        return {hour: report["revision"] for (_, hour), report in self.receiver.stored.items()}

    def _to(self, url: str) -> HttpsUplink:
        settings = HttpsSettings(url=url, ca_file=str(self._authority.file), timeout_s=DEADLINE_S)
        return HttpsUplink("headquarters", settings)
