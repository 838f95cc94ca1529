"""A factory reset that a power cut interrupts is finished by whoever starts next."""

from __future__ import annotations

from pathlib import Path

import pytest

from fanlight.adapters import erasure
from fanlight.app.factory_reset import finish_reset, mark_of, reset
from fanlight.app.settings_file import SettingsFile
from fanlight.ports.errors import Transient

FILES = ("identity.key", "secrets/token", "console/accounts.json.gz", "ledger/2026-11.json")


class PowerCut(Exception):
    """The power went."""


def device(folder: Path, *, settings_inside: bool) -> tuple[Path, SettingsFile, Path]:
    data, networks = folder / "data", folder / "networks"
    for name in FILES:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(f"what {name} holds")
    path = (data if settings_inside else folder) / "fanlight.toml"
    path.write_text('[device]\nname = "mine"\n')
    path.with_name("fanlight.toml.last-good").write_text("a copy")
    networks.mkdir()
    (networks / "fanlight shop.nmconnection").write_text("psk=secret")
    (networks / "somebody else's.nmconnection").write_text("psk=theirs")
    return data, SettingsFile(path), networks


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("settings_inside", [True, False])
def test_everything_goes_but_what_is_somebody_elses(
    tmp_path: Path, *, settings_inside: bool
) -> None:
    data, settings, networks = device(tmp_path, settings_inside=settings_inside)
    assert reset(data, settings, networks) == len(FILES) + 3
    assert left(tmp_path) == ["networks/somebody else's.nmconnection"]
    assert finish_reset(settings, networks) is None


@pytest.mark.parametrize("settings_inside", [True, False])
@pytest.mark.parametrize("cut_at", range(len(FILES) + 3))
def test_a_cut_at_any_file_is_made_good_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_at: int, *, settings_inside: bool
) -> None:
    data, settings, networks = device(tmp_path, settings_inside=settings_inside)
    real, done = erasure.overwrite, []

    def until_the_cut(path: Path) -> None:
        if len(done) == cut_at:
            raise PowerCut
        done.append(path)
        real(path)

    monkeypatch.setattr(erasure, "overwrite", until_the_cut)
    with pytest.raises(PowerCut):
        reset(data, settings, networks)
    monkeypatch.setattr(erasure, "overwrite", real)
    assert mark_of(settings).exists()
    assert finish_reset(settings, networks) is not None
    assert left(tmp_path) == ["networks/somebody else's.nmconnection"]


def test_what_cannot_be_erased_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, settings, networks = device(tmp_path, settings_inside=True)
    real = erasure.overwrite

    def refusing(path: Path) -> None:
        if path.name == "token":
            raise OSError(5, "Input/output error", str(path))
        real(path)

    monkeypatch.setattr(erasure, "overwrite", refusing)
    with pytest.raises(Transient, match=r"token: Input/output error.*replace the card"):
        reset(data, settings, networks)
    assert mark_of(settings).exists()
    assert "data/secrets/token" in left(tmp_path)
    monkeypatch.setattr(erasure, "overwrite", real)
    finish_reset(settings, networks)
    assert left(tmp_path) == ["networks/somebody else's.nmconnection"]
