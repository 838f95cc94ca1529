from __future__ import annotations

from pathlib import Path

import pytest

from fanlight.app.last_good import last_good_path, load_or_last_good
from fanlight.ports.errors import ConfigError

GOOD = b"[device]\nname = 'shop'\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "fanlight.toml"
    file.write_bytes(GOOD)
    return file


def test_a_good_file_is_used_and_kept(file: Path) -> None:
    config, trouble = load_or_last_good(file)
    assert (config.device.name, trouble) == ("shop", None)
    assert last_good_path(file).read_bytes().endswith(GOOD)


@pytest.mark.parametrize("edit", [b"[device]\nnam = 'typo'", b"\xff\xfe", b"[device"])
def test_field_32_a_bad_edit_leaves_the_device_on_the_last_good_file(
    file: Path, edit: bytes
) -> None:
    load_or_last_good(file)
    file.write_bytes(edit)
    config, trouble = load_or_last_good(file)
    assert config.device.name == "shop"
    assert trouble is not None
    assert str(file) in str(trouble)


def test_field_32_a_lost_file_leaves_the_device_on_the_last_good_one(file: Path) -> None:
    load_or_last_good(file)
    file.unlink()
    config, trouble = load_or_last_good(file)
    assert config.device.name == "shop"
    assert "cannot be read" in str(trouble)


def test_field_32_a_flipped_byte_in_the_copy_is_noticed(file: Path) -> None:
    load_or_last_good(file)
    copy = last_good_path(file)
    flipped = bytearray(copy.read_bytes())
    flipped[-4] ^= 1
    copy.write_bytes(flipped)
    file.write_bytes(b"[device")
    with pytest.raises(ConfigError, match="checksum does not match") as caught:
        load_or_last_good(file)
    assert "not valid TOML" in str(caught.value)


def test_an_unchanged_file_is_not_written_again(file: Path) -> None:
    load_or_last_good(file)
    before = last_good_path(file).stat()
    load_or_last_good(file)
    after = last_good_path(file).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
