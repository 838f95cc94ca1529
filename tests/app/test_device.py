"""Counting does without what it can do without."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from fanlight.adapters.systemd import SilentNotifier
from fanlight.app import device
from fanlight.app.config import ClipCamera, ClockSection, Config, Device
from fanlight.app.device import run_device
from fanlight.app.settings_file import SettingsFile
from fanlight.app.station import Station
from fanlight.ports.errors import Rejected


def short_clip(path: Path) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10, (320, 240))
    coin = np.random.default_rng(1)
    for _ in range(8):
        writer.write(coin.integers(60, 200, (240, 320, 3), dtype=np.uint8))
    writer.release()
    return path


async def test_a_broken_console_does_not_stop_the_counting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_parts: object) -> None:
        raise Rejected("console", "accounts of a newer firmware")

    monkeypatch.setattr(device, "open_fittings", broken)
    config = Config(
        device=Device(data_dir=str(tmp_path / "data")),
        camera=ClipCamera(path=str(short_clip(tmp_path / "clip.mp4"))),
        clock=ClockSection(trust="always"),
    )
    station = Station(SettingsFile(tmp_path / "fanlight.toml"))
    tally = await run_device(config, SilentNotifier(), station=station)
    assert tally.frames > 0
    assert "accounts of a newer firmware" in caplog.text
