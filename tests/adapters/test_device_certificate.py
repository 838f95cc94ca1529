"""The console's certificate: made, shown in a real handshake, renewed, and brought by somebody."""

from __future__ import annotations

import hashlib
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from fanlight.adapters.device_certificate import VALID, ServerNames, device_certificate
from fanlight.adapters.server_certificate import ServerCertificate, operator_certificate
from fanlight.adapters.system_clock import BUILT
from fanlight.ports.errors import Rejected, Transient

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
NAMES = ServerNames(("fanlight-ab12.local", "localhost"), ("127.0.0.1", "fe80::1"))


def made(folder: Path, wall: datetime = NOW, *, trusted: bool = True) -> ServerCertificate:
    return device_certificate(folder, NAMES, wall, trusted=trusted)


def leaf_of(files: ServerCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(files.certificate.read_bytes())


def shaken(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> tuple[bytes, str]:
    """Return the certificate that a client of loopback was shown, and the version."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            plain, _ = listener.accept()
            try:
                with server.wrap_socket(plain, server_side=True) as wrapped:
                    wrapped.sendall(wrapped.recv(5))
            except OSError:
                plain.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            address = listener.getsockname()
            with (
                socket.create_connection(address, timeout=10) as plain,
                client.wrap_socket(plain, server_hostname=name) as wrapped,
            ):
                wrapped.sendall(b"hello")
                assert wrapped.recv(5) == b"hello"
                return wrapped.getpeercert(binary_form=True) or b"", wrapped.version() or ""
        finally:
            thread.join(10)


def trusting(files: ServerCertificate) -> ssl.SSLContext:
    client = ssl.create_default_context(cafile=str(files.certificate))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    return client


@pytest.mark.parametrize("name", ["fanlight-ab12.local", "localhost", "127.0.0.1"])
def test_a_client_that_trusts_it_talks_to_it_by_every_name(tmp_path: Path, name: str) -> None:
    files = made(tmp_path)
    shown, version = shaken(files.server_context(), trusting(files), name)
    assert version == "TLSv1.3"
    spki = x509.load_der_x509_certificate(shown).public_key()
    public = spki.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert files.spki_fingerprint() == hashlib.sha256(public).hexdigest()


def test_another_name_is_not_believed(tmp_path: Path) -> None:
    files = made(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(files.server_context(), trusting(files), "fanlight-cd34.local")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("old", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused_and_1_2_is_not(tmp_path: Path, old: ssl.TLSVersion) -> None:
    files = made(tmp_path)
    client = trusting(files)
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    assert shaken(files.server_context(), client, "localhost")[1] == "TLSv1.2"
    client.minimum_version = client.maximum_version = old
    client.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(OSError, match=r"(?i)ssl|reset"):
        shaken(files.server_context(), client, "localhost")


def test_it_is_a_leaf_of_397_days_and_its_key_is_its_own(tmp_path: Path) -> None:
    files = made(tmp_path / "tls")
    leaf = leaf_of(files)
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == VALID
    assert leaf.not_valid_before_utc < NOW
    constraints = leaf.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert not constraints.ca
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.key.parent.stat().st_mode) == 0o700


def test_it_is_renewed_in_its_last_month_with_the_same_key(tmp_path: Path) -> None:
    first = made(tmp_path)
    serial, fingerprint = leaf_of(first).serial_number, first.spki_fingerprint()
    assert leaf_of(made(tmp_path, NOW + 300 * DAY)).serial_number == serial
    renewed = made(tmp_path, NOW + 370 * DAY)
    assert leaf_of(renewed).serial_number != serial
    assert leaf_of(renewed).not_valid_after_utc > NOW + 700 * DAY
    assert renewed.spki_fingerprint() == fingerprint


def test_other_names_and_a_damaged_file_renew_it_too(tmp_path: Path) -> None:
    first = made(tmp_path)
    fingerprint = first.spki_fingerprint()
    other = ServerNames(("fanlight-ab12.local",), ("10.0.0.9",))
    renewed = device_certificate(tmp_path, other, NOW, trusted=True)
    names = leaf_of(renewed).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["fanlight-ab12.local"]
    first.certificate.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n")
    assert made(tmp_path).spki_fingerprint() == fingerprint


def test_field_30_a_clock_without_battery_begins_at_the_build(tmp_path: Path) -> None:
    files = made(tmp_path, datetime(1970, 1, 1, tzinfo=UTC), trusted=False)
    assert leaf_of(files).not_valid_before_utc == BUILT - DAY


def test_field_30_a_clock_without_battery_makes_no_certificate_older(tmp_path: Path) -> None:
    serial = leaf_of(made(tmp_path, NOW + 200 * DAY)).serial_number
    kept = made(tmp_path, datetime(1970, 1, 1, tzinfo=UTC), trusted=False)
    assert leaf_of(kept).serial_number == serial


def test_a_certificate_of_a_clock_that_was_ahead_is_made_anew(tmp_path: Path) -> None:
    made(tmp_path, NOW + 5000 * DAY, trusted=False)
    assert leaf_of(made(tmp_path)).not_valid_before_utc < NOW


def test_a_key_that_others_read_or_nobody_can_is_refused(tmp_path: Path) -> None:
    files = made(tmp_path)
    files.key.chmod(0o640)
    with pytest.raises(Rejected, match="chmod 600"):
        made(tmp_path)
    files.key.chmod(0o600)
    files.key.write_bytes(b"no key")
    with pytest.raises(Rejected, match="restore it from a backup"):
        made(tmp_path)


def test_what_is_no_name_and_what_is_no_folder_are_refused(tmp_path: Path) -> None:
    for names in (ServerNames(("käse.local",)), ServerNames(("a.local",), ("10.0.0",))):
        with pytest.raises(Rejected, match="not a name"):
            device_certificate(tmp_path, names, NOW, trusted=True)
    (tmp_path / "file").touch()
    with pytest.raises(Transient):
        made(tmp_path / "file")


def own_key(folder: Path, name: str, password: bytes | None = None) -> Path:
    key = rsa.generate_private_key(65537, 2048)
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    path = folder / name
    path.touch(0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return path


def test_an_operators_own_pair_is_served(tmp_path: Path) -> None:
    files = made(tmp_path)
    own = operator_certificate(files.certificate, files.key)
    assert shaken(own.server_context(), trusting(own), "localhost")[1] == "TLSv1.3"
    assert own.spki_fingerprint() == files.spki_fingerprint()


def test_an_operators_pair_that_is_none_is_refused_with_a_reason(tmp_path: Path) -> None:
    files = made(tmp_path)
    with pytest.raises(Rejected, match="not the key of the first certificate"):
        operator_certificate(files.certificate, own_key(tmp_path, "other.pem"))
    with pytest.raises(Rejected, match="locked with a password"):
        operator_certificate(files.certificate, own_key(tmp_path, "locked.pem", b"correct horse"))
    with pytest.raises(Rejected, match="No such file"):
        operator_certificate(tmp_path / "none.pem", files.key)
    with pytest.raises(Rejected, match="no certificate in PEM"):
        operator_certificate(files.key, files.key)
    (tmp_path / "public.pem").touch(0o600)
    with pytest.raises(Rejected, match="no private key in PEM"):
        operator_certificate(files.certificate, tmp_path / "public.pem")


def test_no_key_is_in_a_repr_or_an_error(tmp_path: Path) -> None:
    files = made(tmp_path)
    body = files.key.read_text().splitlines()[1]
    assert load_pem_private_key(files.key.read_bytes(), None)
    with pytest.raises(Rejected) as caught:
        operator_certificate(files.key, files.key)
    assert body not in repr(files) + str(caught.value) + repr(caught.value.__cause__)
