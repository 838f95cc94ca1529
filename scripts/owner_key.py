# ruff: noqa: INP001 - a program, not a package
"""The owner's Ed25519 key in a file: PEM (PKCS #8), with a passphrase where one is given."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

if TYPE_CHECKING:
    from pathlib import Path


class BadKeyFile(Exception):
    """A key file that cannot be used; str() says what to do."""


def make_owner_key(path: Path, passphrase: str = "") -> Ed25519PrivateKey:
    """Make a key in a new file of mode 0600.

    Raises:
        BadKeyFile: the file is there already, or cannot be made.
    """
    key = Ed25519PrivateKey.generate()
    lock: KeySerializationEncryption = NoEncryption()
    if passphrase:
        lock = BestAvailableEncryption(passphrase.encode())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BadKeyFile(f"{path}: is there already; leave out --new-owner to use it") from error
    except OSError as error:
        raise BadKeyFile(f"{path}: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as out:
        out.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return key


def read_owner_key(path: Path, passphrase: str = "") -> Ed25519PrivateKey:
    """Read a key.

    Raises:
        BadKeyFile: it is missing, readable by others, locked, or another kind of key.
    """
    try:
        mode, pem = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise BadKeyFile(f"{path}: {error.strerror}; make one with --new-owner") from error
    if mode & 0o077:
        raise BadKeyFile(f"{path}: others may read it; chmod 600 {path}")
    try:
        key = load_pem_private_key(pem, passphrase.encode() or None)
    except TypeError as error:
        do = "it has no passphrase; leave out" if passphrase else "give its passphrase with"
        raise BadKeyFile(f"{path}: {do} --passphrase") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKeyFile(f"{path}: wrong passphrase, or no key in PEM form") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKeyFile(f"{path}: holds another kind of key; an owner has an Ed25519 key")
    return key
