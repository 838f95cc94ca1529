"""Why a connection failed, in words that tell a person what to mend."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Final

from fanlight.ports.errors import Rejected, Transient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fanlight.ports.errors import Fault

_EXPIRED: Final = 10
_NOT_YET: Final = 9
_WRONG_HOST: Final = frozenset({62, 63, 64})


def connection_fault(part: str, receiver: str, error: BaseException) -> Fault:
    """Turn whatever a client library raised into a fault about `receiver` (host and port).

    A certificate that does not fit is Rejected: sending again cannot help, and must not be tried
    without checking it.
    """
    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, ssl.SSLCertVerificationError):
            return Rejected(part, _certificate_trouble(receiver, each))
    for each in chain:
        if isinstance(each, ssl.SSLError):
            return _tls_fault(part, receiver, each)
    if any(isinstance(each, socket.gaierror) for each in chain):
        return Transient(
            part, f"{receiver}: the name is not known; is there a network, and is the name right?"
        )
    if any(isinstance(each, ConnectionRefusedError) for each in chain):
        return Transient(part, f"{receiver}: refuses connections; is the receiver running there?")
    if any(isinstance(each, TimeoutError) for each in chain):
        return Transient(part, f"{receiver}: does not answer in time")
    return Transient(part, f"{receiver}: the connection broke ({_last_words(chain)})")


def _certificate_trouble(receiver: str, error: ssl.SSLCertVerificationError) -> str:
    code = error.verify_code
    if code == _EXPIRED:
        return f"{receiver}: its certificate has expired; renew it there"
    if code == _NOT_YET:
        return f"{receiver}: its certificate is not valid yet; is the device's clock right?"
    if code in _WRONG_HOST:
        return f"{receiver}: its certificate is for another name; is the address right?"
    return (
        f"{receiver}: its certificate is not signed by an authority that this device trusts "
        f"({error.verify_message}); name the right one in ca_file"
    )


def _tls_fault(part: str, receiver: str, error: ssl.SSLError) -> Fault:
    reason = error.reason or ""
    if "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
        return Rejected(
            part,
            f"{receiver}: does not accept this device's certificate ({reason}); check "
            "certificate_file and key_file",
        )
    return Transient(part, f"{receiver}: no secure connection ({reason or error})")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Return an error and all that it was made from, as libraries wrap them."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = (each.__cause__, each.__context__, getattr(each, "reason", None), *each.args)
        waiting += [one for one in inner if isinstance(one, BaseException)]


def _last_words(chain: list[BaseException]) -> str:
    for each in reversed(chain):
        if isinstance(each, OSError) and each.strerror:
            return each.strerror
    return type(chain[-1]).__name__
