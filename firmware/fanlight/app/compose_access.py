"""The composition root of who may come in: accounts, codes, and the device's certificate."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fanlight.adapters.account_store import AccountFolder
from fanlight.adapters.device_certificate import ServerNames, device_certificate
from fanlight.adapters.passwords import Argon2Passwords
from fanlight.adapters.secret_file import write_secret
from fanlight.adapters.server_certificate import operator_certificate
from fanlight.app.compose_uplinks import open_identity
from fanlight.domain.claim import ClaimCode, CodeKind, digest_of, normalised
from fanlight.services.access import Access

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fanlight.adapters.server_certificate import ServerCertificate
    from fanlight.app.config import Config
    from fanlight.app.console_config import ConsoleSection
    from fanlight.ports.audit import AuditKind, Fact
    from fanlight.ports.clock import Clock

CODES = {CodeKind.CARD: "card.digest", CodeKind.LABEL: "label.digest"}


def open_access(
    config: Config,
    clock: Clock,
    audit: Callable[[AuditKind, Mapping[str, Fact]], object],
) -> Access:
    """Return who may come in, waiting for the codes of card and label that are not used yet.

    Raises:
        Transient, Rejected: the storage does not answer, or is of a newer firmware.
    """
    access = Access(AccountFolder(_folder(config)), Argon2Passwords(), clock, audit)
    for kind, name in CODES.items():
        path = _folder(config) / name
        if path.exists():
            access.offer(ClaimCode(kind, path.read_text("ascii").strip()))
    return access


def keep_code(config: Config, kind: CodeKind, code: str) -> None:
    """Keep the code of a first log-in, as its digest.

    Raises:
        Transient: the storage cannot take it.
        ValueError: it is no code of that kind.
    """
    ClaimCode.of(kind, code)
    write_secret(_folder(config) / CODES[kind], digest_of(normalised(code)), "console")


def open_certificate(config: Config, section: ConsoleSection, clock: Clock) -> ServerCertificate:
    """Return the certificate that the console shows, the owner's or the device's own.

    Raises:
        Rejected, Transient: its files cannot be used.
    """
    if section.certificate_file:
        return operator_certificate(Path(section.certificate_file), Path(section.key_file))
    name = open_identity(config).device_id
    names = ServerNames(
        (f"{host_name(name)}.local", "localhost", socket.gethostname()), ("127.0.0.1", "::1")
    )
    trusted = clock.utc() is not None
    return device_certificate(_folder(config), names, datetime.now(UTC), trusted=trusted)


def host_name(device_id: str) -> str:
    """Return what the device is called in its network."""
    return f"fanlight-{device_id.removeprefix('fl-')[:6]}"


def _folder(config: Config) -> Path:
    return Path(config.device.data_dir) / "console"
