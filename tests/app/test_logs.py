from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fanlight.app.logs import start_logs
from fanlight.ports.errors import Transient


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    start_logs("info", stream)
    yield stream
    root.handlers[:], level = before
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_record_is_one_json_object_with_its_facts(stream: io.StringIO) -> None:
    logging.getLogger("door").info("opened %s", Path("clip.mp4"), extra={"frames": 3})
    (line,) = lines(stream)
    assert (line["say"], line["from"], line["frames"]) == ("opened clip.mp4", "door", 3)


def test_no_picture_reaches_a_log(stream: io.StringIO) -> None:
    picture = np.full((4, 4), 173, np.uint8)
    log = logging.getLogger("door")
    log.warning("frame %s", picture, extra={"frame": picture, "raw": picture.tobytes()})
    log.warning("nested", extra={"facts": {"frame": [picture]}})
    assert "173" not in stream.getvalue()
    assert "xad" not in stream.getvalue()
    assert lines(stream)[0]["frame"] == "<ndarray>"


def test_faults_are_told_in_full(stream: io.StringIO) -> None:
    logging.getLogger("door").warning("%s", Transient("camera", "no frame for 2 s"))
    assert lines(stream)[0]["say"] == "camera: no frame for 2 s"


def test_field_33_a_failing_part_writes_little(stream: io.StringIO) -> None:
    log = logging.getLogger("door")
    started = 1_000_000.0
    for second in range(24 * 3600):
        record = log.makeRecord("door", logging.WARNING, __file__, 1, "no frame", (), None)
        record.created = started + second
        log.handle(record)
    assert len(stream.getvalue()) < 500_000
    assert lines(stream)[1]["held_back"] == 59


def test_field_34_one_record_is_bounded(stream: io.StringIO) -> None:
    logging.getLogger("door").info("x" * 10**6, extra={"more": "y" * 10**6, "list": ["z"] * 10**4})
    assert len(stream.getvalue()) < 2_000
