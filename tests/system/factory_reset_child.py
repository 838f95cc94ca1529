"""Makes a device on a mounted file system, searches the raw image, resets, and searches again.

    python factory_reset_child.py IMAGE MOUNT

Every version of every file with a secret is noted as it comes to be, by a piece of its bytes.
Prints one JSON object: the files whose pieces were found before the reset and after it.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher

from fanlight.adapters.account_store import AccountFolder
from fanlight.adapters.audit_log import AuditFile
from fanlight.adapters.device_certificate import ServerNames, device_certificate
from fanlight.adapters.device_identity import FileIdentity
from fanlight.adapters.owner_store import OwnerFile
from fanlight.adapters.passwords import Argon2Passwords
from fanlight.adapters.secret_file import write_secret
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.app.factory_reset import reset
from fanlight.app.settings_file import SettingsFile
from fanlight.domain.access import Scope
from fanlight.domain.claim import ClaimCode, CodeKind
from fanlight.domain.setup_rules import Ownership
from fanlight.services.access import Access

CODE, PASSWORDS = "ABCDEFGH23", ("a first long password", "a second long password")
WITH_SECRETS = ("identity.key", "console", "owner", "secrets")
PIECE = 32


class Search:
    """The pieces of every version of the secret files, and where on the image they are."""

    def __init__(self, image: Path, data: Path, networks: Path) -> None:
        self._image = image
        self._folders = (*(data / name for name in WITH_SECRETS), networks)
        self._pieces: dict[bytes, str] = {}

    def note(self) -> None:
        """Note what the files hold now."""
        for top in self._folders:
            for path in (top, *top.rglob("*")) if top.is_dir() else (top,):
                if path.is_file() and not path.name.endswith(".crt.pem"):
                    content = path.read_bytes()
                    middle = max(0, len(content) // 2 - PIECE // 2)
                    self._pieces[content[middle : middle + PIECE]] = path.name.replace(".copy", "")

    def found(self) -> list[str]:
        """Return the files of which a piece is on the image."""
        os.sync()
        raw = self._image.read_bytes()
        return sorted({name for piece, name in self._pieces.items() if piece in raw})


def make_device(data: Path, networks: Path, settings: SettingsFile, search: Search) -> None:
    """Make a device with a history."""
    data.mkdir()
    settings.path.write_text('[device]\nname = "door"\n[console]\n')
    for name in ("one", "two", "three"):
        settings.change({"device": {"name": name}})
    FileIdentity(data / "identity.key")
    for token in ("a former token of more than twenty", "the enrolment token of twenty letters"):
        write_secret(data / "secrets/enrolment.token", token, "setup")
        search.note()
    write_secret(data / "secrets/lte.pin", "48151623", "setup")
    device_certificate(
        data / "console", ServerNames(("fanlight.local",)), datetime.now(UTC), trusted=True
    )
    networks.mkdir()
    (networks / "fanlight shop.nmconnection").write_text("psk=correct horse battery staple\n")
    for newest_s in range(1, 4):
        OwnerFile(data / "owner").write(Ownership(bytes(range(32)), newest_s))
        search.note()
    let_people_in(data, search)


def let_people_in(data: Path, search: Search) -> None:
    """Claim the device, log in, change a password and make tokens."""
    clock = SimulatedClock(datetime(2026, 11, 27, tzinfo=UTC))
    audit = AuditFile(data / "audit")
    quick = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    access = Access(
        AccountFolder(data / "console"),
        quick,
        clock,
        lambda kind, facts: audit.append(kind, facts, None),
    )
    access.offer(ClaimCode.of(CodeKind.CARD, CODE))
    by = access.session(str(access.claim(CODE, "Anna", PASSWORDS[0], "127.0.0.1")))
    assert by is not None
    search.note()
    access.make_token("till", [Scope.READ_COUNTS], by)
    search.note()
    access.change_password(*PASSWORDS, by, "127.0.0.1")
    access.log_in("Anna", PASSWORDS[1], "127.0.0.1")
    search.note()


def main() -> None:
    image, mount = Path(sys.argv[1]), Path(sys.argv[2])
    data, networks = mount / "device", mount / "networks"
    settings = SettingsFile(data / "fanlight.toml")
    search = Search(image, data, networks)
    make_device(data, networks, settings, search)
    before = search.found()
    reset(data, settings, networks)
    left = [str(path.relative_to(mount)) for path in mount.rglob("*") if path.is_file()]
    sys.stdout.write(json.dumps({"before": before, "after": search.found(), "files": left}))


main()
