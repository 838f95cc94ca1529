"""One kit an uplink: a real receiver on loopback, uplinks to it, and what has arrived there."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest
from certificates import Authority, Pair
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from fanlight.adapters.uplink_https import HttpsSettings, HttpsUplink
from fanlight.adapters.uplink_mqtt import MqttSettings, MqttUplink
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


class MqttKit:
    """A real mosquitto over TLS, with somebody who subscribes to everything."""

    def __init__(self, folder: Path, identity: Identity) -> None:
        self._folder = folder
        self._authority = Authority(folder)
        self._ports: dict[str, int] = {}
        self.retained: dict[str, bytes] = {}
        self._arrived: dict[str, int] = {}
        self._parts = ExitStack()

    @contextmanager
    def running(self) -> Iterator[MqttKit]:
        good = self._authority.issue("good")
        bad = {
            "another name": self._authority.issue("elsewhere", host="elsewhere.example"),
            "expired": self._authority.issue("expired", expired=True),
            "not signed by": Authority(self._folder, "strangers").issue("foreign"),
        }
        with self._parts:
            self._ports["good"] = self._parts.enter_context(mosquitto(self._folder, "good", good))
            for words, pair in bad.items():
                name = words.replace(" ", "-")
                self._ports[words] = self._parts.enter_context(mosquitto(self._folder, name, pair))
            self._listen()
            yield self

    def uplink(self, **more: object) -> MqttUplink:
        return self._to(self._ports["good"], **more)

    def to_nobody(self) -> MqttUplink:
        return self._to(9)

    def to_silence(self) -> MqttUplink:
        listening = self._parts.enter_context(socket.create_server(("127.0.0.1", 0)))
        return self._to(listening.getsockname()[1])

    def mistrusted(self) -> dict[str, Uplink]:
        return {words: self._to(port) for words, port in self._ports.items() if words != "good"}

    def arrived(self) -> dict[str, int]:
        """Wait until everything that the broker took so far has been passed on."""
        fence = threading.Event()
        self._fences.append(fence)
        self._listener.publish("fence", b"", qos=1)
        assert fence.wait(5)
        return self._arrived

    def _listen(self) -> None:
        self._fences: list[threading.Event] = []
        subscribed = threading.Event()
        listener = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        listener.tls_set(str(self._authority.file))
        listener.on_subscribe = lambda *_: subscribed.set()
        listener.on_message = lambda _c, _u, message: self._hear(message)
        listener.connect("127.0.0.1", self._ports["good"])
        listener.loop_start()
        listener.subscribe("#", qos=1)
        assert subscribed.wait(5)
        self._listener = listener
        self._parts.callback(listener.loop_stop)
        self._parts.callback(listener.disconnect)

    def _hear(self, message: MQTTMessage) -> None:
        if message.topic == "fence":
            self._fences.pop().set()
        elif message.topic.endswith("/dispatch"):
            for hour in json.loads(message.payload)["message"]["hours"]:
                known = self._arrived.get(hour["hour"], 0)
                self._arrived[hour["hour"]] = max(known, hour["revision"])
        else:
            self.retained[message.topic] = message.payload

    def _to(self, port: int, **more: object) -> MqttUplink:
        fields = {"host": "127.0.0.1", "ca_file": str(self._authority.file), **more}
        settings = MqttSettings(port=port, timeout_s=DEADLINE_S, **fields)  # type: ignore[arg-type]
        return MqttUplink("home", settings)


@contextmanager
def mosquitto(folder: Path, name: str, pair: Pair, *more: str) -> Iterator[int]:
    """Run a broker with TLS on a free port of loopback."""
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no mosquitto: scripts/install-test-services installs it")
        pytest.skip("needs mosquitto: sudo apt-get install mosquitto")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = [
        f"listener {port} 127.0.0.1",
        f"certfile {pair.certificate}",
        f"keyfile {pair.key}",
        *(more or ("allow_anonymous true",)),
    ]
    if os.geteuid() == 0:
        lines.append("user root")
    config = folder / f"mosquitto-{name}.conf"
    config.write_text("\n".join(lines) + "\n")
    process = subprocess.Popen(
        [program, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(5)
