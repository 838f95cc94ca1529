"""The certificate that a device makes for itself, and renews for as long as it keeps its key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fanlight.adapters.private_disk import PrivateDisk
from fanlight.adapters.server_certificate import (
    PART,
    ServerCertificate,
    certificate_in,
    key_in,
    spki_of,
)
from fanlight.adapters.system_clock import BUILT
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from fanlight.adapters.disk import Disk

VALID: Final = timedelta(days=397)
RENEWED_BEFORE: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)
_LONGEST_COMMON_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class ServerNames:
    """What the device is called in its network: DNS names, at least one, and IP addresses."""

    dns: tuple[str, ...]
    addresses: tuple[str, ...] = ()

    def general(self) -> list[x509.GeneralName]:
        """Return the names as a certificate holds them.

        Raises:
            Rejected: one of them is no name.
        """
        try:
            found: list[x509.GeneralName] = [x509.DNSName(each) for each in self.dns]
            return found + [x509.IPAddress(ip_address(each)) for each in self.addresses]
        except ValueError as error:
            raise Rejected(PART, f"not a name for a certificate: {error}") from error


def device_certificate(
    folder: Path, names: ServerNames, wall: datetime, *, trusted: bool, disk: Disk | None = None
) -> ServerCertificate:
    """Return the device's certificate, made where there is none and renewed where it is due.

    `wall` is what the clock shows. While that is not `trusted`, it is taken to be no earlier than
    the certificate before; it is never earlier than the firmware's build.

    Raises:
        Rejected: the key's file is damaged or readable by others, or a name is no name.
        Transient: the storage cannot take or give it now.
    """
    disk = disk or PrivateDisk(PART)
    disk.make_folder(folder)
    files = ServerCertificate(folder / "console.crt.pem", folder / "console.key.pem")
    key = _kept_key(files.key, disk)
    before = _kept_certificate(files.certificate, disk)
    now = max(wall, BUILT)
    if before is not None and not trusted:
        now = max(now, before.not_valid_before_utc + _DAY)
    if before is None or not _serves(before, key, names, now):
        made = _made(key, names, now)
        disk.replace(files.certificate, made.public_bytes(Encoding.PEM))
    return files


def _kept_key(path: Path, disk: Disk) -> ec.EllipticCurvePrivateKey:
    if disk.read(path) is None:
        made = ec.generate_private_key(ec.SECP256R1())
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        disk.replace(path, pem)
    key = key_in(path)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Rejected(PART, f"{path}: not the device's kind of key; remove it for a new one")
    return key


def _kept_certificate(path: Path, disk: Disk) -> x509.Certificate | None:
    pem = disk.read(path)
    try:
        return None if pem is None else certificate_in(pem, path)
    except Rejected:
        return None


def _serves(
    certificate: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    names: ServerNames,
    now: datetime,
) -> bool:
    """Tell whether a certificate is of this key and these names, and has time left."""
    due = certificate.not_valid_after_utc - RENEWED_BEFORE
    in_time = certificate.not_valid_before_utc <= now < due
    if not in_time or spki_of(certificate.public_key()) != spki_of(key.public_key()):
        return False
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return False
    return set(found.value) == set(names.general())


def _made(key: ec.EllipticCurvePrivateKey, names: ServerNames, now: datetime) -> x509.Certificate:
    common = names.dns[0][:_LONGEST_COMMON_NAME]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    begins = now.replace(microsecond=0) - _DAY
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + VALID)
    )
    for extension, critical in _extensions(key.public_key(), names):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key, SHA256())


def _extensions(
    public: ec.EllipticCurvePublicKey, names: ServerNames
) -> list[tuple[x509.ExtensionType, bool]]:
    """Return what a server's own leaf says of itself, and what must be understood to use it."""
    signs_only = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return [
        (x509.SubjectAlternativeName(names.general()), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (signs_only, True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(public), False),
    ]
