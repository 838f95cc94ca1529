"""A TLS certificate and its key in files: read, checked against each other, and served."""

from __future__ import annotations

import hashlib
import ssl
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

PART: Final = "console"
_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """The files of a certificate, followed by those that signed it, and of its key, in PEM."""

    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """Return what a server of TLS 1.2 and newer shows this certificate with.

        Raises:
            Rejected: OpenSSL does not take the files.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(_CIPHERS)
        try:
            context.load_cert_chain(self.certificate, self.key)
        except OSError as error:
            raise Rejected(PART, f"{self.certificate}: {error}; bring another one") from error
        return context

    def spki_fingerprint(self) -> str:
        """Return the SHA-256 of the public key (SPKI) in hex: it stays when a key is kept.

        Raises:
            Rejected: the file cannot be read, or is no certificate.
        """
        leaf = certificate_in(_bytes_of(self.certificate), self.certificate)
        return hashlib.sha256(spki_of(leaf.public_key())).hexdigest()


def operator_certificate(certificate: Path, key: Path) -> ServerCertificate:
    """Return the operator's own certificate, checked.

    Raises:
        Rejected: a file is missing, is not what it should be, or the two do not match.
    """
    leaf = certificate_in(_bytes_of(certificate), certificate)
    if spki_of(key_in(key).public_key()) != spki_of(leaf.public_key()):
        raise Rejected(
            PART,
            f"{key}: not the key of the first certificate in {certificate}; put the server's own "
            "certificate first, and name the key that it was made with",
        )
    return ServerCertificate(certificate, key)


def certificate_in(pem: bytes, path: Path) -> x509.Certificate:
    """Return the first certificate of a file's bytes.

    Raises:
        Rejected: there is none that can be read.
    """
    try:
        certificate = x509.load_pem_x509_certificates(pem)[0]
        certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Rejected(PART, f"{path}: no certificate in PEM; bring another one") from error
    return certificate


def key_in(path: Path) -> PrivateKeyTypes:
    """Return the private key in a file; nothing of it is part of a message.

    Raises:
        Rejected: the file is missing, readable by others, locked with a password, or no key.
    """
    pem = _bytes_of(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Rejected(PART, f"{path}: others may read the key; chmod 600 {path}")
    try:
        return load_pem_private_key(pem, password=None)
    except TypeError:
        why = f"the key is locked with a password; unlock it: openssl pkey -in {path} -out ..."
    except (ValueError, UnsupportedAlgorithm):
        why = "no private key in PEM; restore it from a backup, or remove it for a new one"
    raise Rejected(PART, f"{path}: {why}")


def spki_of(key: PublicKeyTypes) -> bytes:
    """Return a public key as certificates hold it."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Rejected(
            PART, f"{path}: {error.strerror}; name a file that the fanlight user may read"
        ) from error
