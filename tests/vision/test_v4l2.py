from __future__ import annotations

from pathlib import Path

import pytest

from fanlight.ports.errors import Gone
from fanlight.vision.sources.v4l2 import V4l2Source


def test_a_missing_camera_is_gone_until_it_is_plugged_in(tmp_path: Path) -> None:
    with pytest.raises(Gone, match="video7 is not there; plug the camera in"):
        V4l2Source(str(tmp_path / "video7"), 640, 480, 15.0)


def test_a_device_that_is_no_camera_is_refused_without_noise(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(Gone, match="/dev/null cannot be opened"):
        V4l2Source("/dev/null", 640, 480, 15.0)
    assert capfd.readouterr().err == ""
