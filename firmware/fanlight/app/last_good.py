"""The configuration that worked last, kept beside the one a person edits.

The copy carries its own SHA-256 in the first line, so that a half-written or flipped copy is
never mistaken for a good one.
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from fanlight.adapters.disk import Disk
from fanlight.app.config import Config, parse_config, read_config
from fanlight.ports.errors import ConfigError, Fault

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

_SEAL = b"# sha256 "


def load_or_last_good(path: Path) -> tuple[Config, ConfigError | None]:
    """Read the configuration, or else the last good copy, with the error that made it necessary.

    A good configuration becomes the last good one.

    Raises:
        ConfigError: neither the file nor its copy can be used.
    """
    copy = last_good_path(path)
    try:
        text = read_config(path)
        config = parse_config(text, str(path))
    except ConfigError as trouble:
        try:
            return parse_config(last_good_text(copy), str(copy)), trouble
        except ConfigError as second:
            raise ConfigError(f"{trouble} (and no last good copy: {second})") from trouble
    _keep(text, copy)
    return config, None


def last_good_path(path: Path) -> Path:
    """Return where the last good copy of a configuration lies."""
    return path.with_name(path.name + ".last-good")


def last_good_text(copy: Path) -> bytes:
    """Return the text of a last good copy.

    Raises:
        ConfigError: there is none, or its checksum does not match.
    """
    seal, _, text = read_config(copy).partition(b"\n")
    if seal != _SEAL + hashlib.sha256(text).hexdigest().encode():
        raise ConfigError(f"{copy}: its checksum does not match; it is not used")
    return text


def _keep(text: bytes, copy: Path) -> None:
    sealed = _SEAL + hashlib.sha256(text).hexdigest().encode() + b"\n" + text
    try:
        if not copy.exists() or copy.read_bytes() != sealed:
            Disk("configuration").replace(copy, sealed)
    except (OSError, Fault) as error:
        log.warning("no last good copy kept: %s", error)
