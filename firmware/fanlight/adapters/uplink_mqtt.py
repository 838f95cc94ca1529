"""The MQTT 5 uplink: dispatches, and retained states that Home Assistant finds by itself."""

from __future__ import annotations

import math
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from fanlight.adapters.receiver_answer import everything
from fanlight.adapters.tls_trouble import connection_fault
from fanlight.domain.dispatch import SCHEMA, wire_bytes
from fanlight.domain.home_assistant import discovery, states
from fanlight.ports.errors import Rejected, Transient
from fanlight.ports.uplink import Later, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from paho.mqtt.reasoncodes import ReasonCode

    from fanlight.domain.dispatch import Acknowledgement, SignedDispatch
    from fanlight.domain.home_assistant import Message
    from fanlight.ports.errors import Fault

NOBODY: Final = 0x10
_REFUSED: Final = frozenset({0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 0x90})
_TOO_LARGE: Final = 0x95
_QUOTA: Final = 0x97
WAIT_S: Final = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """Where the broker is and how it knows this device.

    `password` reads the password, or gives "". With `needs_subscriber` a dispatch that nobody
    subscribes to is not delivered; otherwise what the broker has taken is.
    """

    host: str
    port: int = 8883
    prefix: str = "fanlight"
    tls: bool = True
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    user: str = ""
    password: Callable[[], str] = str
    needs_subscriber: bool = False
    home_assistant: bool = True
    timeout_s: float = 30.0


class MqttUplink:
    """Publishes with quality of service 1; see ports/uplink.py.

    A connection lasts for one dispatch: an hour of keep-alives would cost more than another one.

    Raises:
        Rejected: a file that the settings name is missing or unusable.
    """

    def __init__(self, name: str, settings: MqttSettings) -> None:
        self._name = name
        self._settings = settings
        self._broker = f"{settings.host}:{settings.port}"
        self._context = _context(name, settings) if settings.tls else None

    @property
    def name(self) -> str:
        """What the configuration calls it."""
        return self._name

    def send(self, dispatch: SignedDispatch) -> Acknowledgement:
        """Deliver, and return what the broker has taken: everything, or an error."""
        message, settings = dispatch.message, self._settings
        topic = f"{settings.prefix}/{message.device}/dispatch"
        retained: list[Message] = []
        if settings.home_assistant:
            retained = discovery(settings.prefix, message) + states(settings.prefix, message)
        session = _Session(self._client(message.device), settings.timeout_s)
        try:
            self._open(session)
            code = session.publish(topic, wire_bytes(dispatch), retain=False)
            if code == NOBODY and settings.needs_subscriber:
                raise Transient(self._name, f"{self._broker}: nobody subscribes to {topic}")
            self._check(code, topic)
            for place, body in retained:
                self._check(session.publish(place, body, retain=True), place)
        except TimeoutError as error:
            raise Transient(
                self._name, f"{self._broker}: no answer within {settings.timeout_s:g} s"
            ) from error
        finally:
            session.close()
        return everything(dispatch)

    def close(self) -> None:
        """Do nothing: no connection outlives a dispatch."""

    def _client(self, device: str) -> Client:
        settings = self._settings
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=device,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = settings.timeout_s
        if self._context is not None:
            client.tls_set_context(self._context)
        if settings.user:
            client.username_pw_set(settings.user, settings.password() or None)
        return client

    def _open(self, session: _Session) -> None:
        settings = self._settings
        try:
            code = session.connect(settings.host, settings.port)
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise connection_fault(self._name, self._broker, error) from error
        self._check(code, "the connection")

    def _check(self, code: int, what: str) -> None:
        if code >= 0x80:
            raise self._fault(code, what)

    def _fault(self, code: int, what: str) -> Fault:
        at = f"{self._broker}: refuses {what} (reason {code:#04x})"
        if code in _REFUSED:
            return Rejected(self._name, f"{at}; check user, password and the broker's access list")
        if code == _TOO_LARGE:
            return TooLarge(self._name, f"{at}: the dispatch is too large for it")
        if code == _QUOTA:
            return Later(self._name, f"{at}: its quota is used up", WAIT_S)
        return Transient(self._name, at)


class _Session:
    """One connection, which ends by a deadline whatever the broker does."""

    def __init__(self, client: Client, timeout_s: float) -> None:
        self._client = client
        self._ends_s = time.monotonic() + timeout_s
        self._keepalive_s = math.ceil(timeout_s) + 1
        self._heard = threading.Condition()
        self._connected: int | None = None
        self._taken: dict[int, int] = {}
        client.on_connect = self._on_connect
        client.on_publish = self._on_publish

    def connect(self, host: str, port: int) -> int:
        """Return the broker's reason code.

        Raises:
            TimeoutError: it did not answer.
            OSError: there is no connection.
        """
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = 0
        self._client.connect(host, port, self._keepalive_s, properties=properties)
        self._client.loop_start()
        return self._wait(lambda: self._connected)

    def publish(self, topic: str, body: bytes, *, retain: bool) -> int:
        """Return the broker's reason code for a message.

        Raises:
            TimeoutError: it did not answer.
        """
        properties = Properties(PacketTypes.PUBLISH)
        properties.ContentType = "application/json"
        properties.UserProperty = ("schema", str(SCHEMA))
        sent = self._client.publish(topic, body, qos=1, retain=retain, properties=properties)
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise TimeoutError
        return self._wait(lambda: self._taken.get(sent.mid))

    def close(self) -> None:
        """Say good-bye, and let the thread end."""
        self._client.disconnect()
        self._client.loop_stop()

    def _wait(self, answer: Callable[[], int | None]) -> int:
        with self._heard:
            while (code := answer()) is None:
                left_s = self._ends_s - time.monotonic()
                if left_s <= 0 or not self._heard.wait(left_s):
                    raise TimeoutError
        return code

    def _on_connect(self, _c: Any, _u: Any, _f: Any, code: ReasonCode, _p: Any) -> None:  # noqa: ANN401 - paho's callback
        with self._heard:
            self._connected = code.value
            self._heard.notify_all()

    def _on_publish(self, _c: Any, _u: Any, mid: int, code: ReasonCode, _p: Any) -> None:  # noqa: ANN401 - paho's callback
        with self._heard:
            self._taken[mid] = code.value
            self._heard.notify_all()


def _context(name: str, settings: MqttSettings) -> ssl.SSLContext:
    for file in (settings.ca_file, settings.certificate_file, settings.key_file):
        if file and not Path(file).is_file():
            raise Rejected(name, f"{file}: there is no such file; see the uplink's settings")
    try:
        context = ssl.create_default_context(cafile=settings.ca_file or None)
        if settings.certificate_file:
            context.load_cert_chain(settings.certificate_file, settings.key_file or None)
    except ssl.SSLError as error:
        raise Rejected(name, "ca_file, certificate_file or key_file holds no PEM") from error
    return context
