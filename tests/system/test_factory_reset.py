"""A factory reset erases: the raw bytes of the storage are searched for everything secret."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CHILD = HERE / "factory_reset_child.py"
SECRETS = {
    *("accounts.json.gz", "console.key.pem", "enrolment.token", "fanlight shop.nmconnection"),
    *("identity.key", "lte.pin", "owner.json.gz", "sessions.json.gz", "tokens.json.gz"),
}


@pytest.mark.slow
def test_no_secret_is_left_on_the_storage(tmp_path: Path) -> None:
    if os.geteuid() != 0 or shutil.which("mke2fs") is None:
        pytest.skip("needs root and mke2fs, to mount a file system of its own")
    image, mount = tmp_path / "card.img", tmp_path / "mount"
    mount.mkdir()
    with image.open("wb") as file:
        file.truncate(48 << 20)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", str(image)], check=True)
    shell = 'mount -o loop "$1" "$2" && exec "$3" "$4" "$1" "$2"'
    ended = subprocess.run(
        ["unshare", "-m", "sh", "-c", shell, "sh", image, mount, sys.executable, CHILD],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    if "mount:" in ended.stderr or "unshare" in ended.stderr:
        assert not os.environ.get("CI"), ended.stderr
        pytest.skip(f"this machine lets no test mount a file system: {ended.stderr.strip()}")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert set(told["before"]) >= SECRETS
    assert told["after"] == []
    assert told["files"] == []
