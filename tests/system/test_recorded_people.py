"""Tracker and doorway on people who were recorded from above, against the recordings' truth."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from spoiling import every_second, spoilt

from fanlight.adapters.recordings import read_recording
from fanlight.domain.geometry import CountingLine, Heading, Point
from fanlight.domain.replay import replay

if TYPE_CHECKING:
    from pathlib import Path


STABLE = [
    "juelich/bi_corr_400_b_03.txt",
    "juelich/uo-050-180-180.txt",
    "hermes/bo-360-050-050.txt",
    "hermes/bo-360-090-090.txt",
    "hermes/bot-360-075-075.txt",
    "eth_ucy/zara01/obsmat.txt",
]


def truth(folder: Path, name: str) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((folder / "line_crossings.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = known[name]
    return found


def line_of(entry: dict[str, Any]) -> CountingLine:
    x1, y1, x2, y2 = entry["line"]
    return CountingLine("line", Point(x1, y1), Point(x2, y2))


@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "tracked"])
@pytest.mark.parametrize("name", STABLE)
def test_recorded_people_are_counted_exactly_at_both_rates(
    shared_data: Path,
    name: str,
    recorded: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    folder = shared_data / "trajectories"
    entry = truth(folder, name)
    recording, line = read_recording(folder / name), line_of(entry)
    wanted = entry["counts_at_hysteresis"]["0"]
    for given in (recording, every_second(recording)):
        result = replay(given, [line], entry["fps"], recorded=recorded)
        assert (result.ins, result.outs) == (wanted["pos"], wanted["neg"])


@pytest.mark.slow
def test_spoilt_recordings_are_counted_within_one_per_cent(shared_data: Path) -> None:
    folder = shared_data / "trajectories"
    wrong = people = 0
    for name in STABLE:
        entry = truth(folder, name)
        wanted = entry["counts_at_hysteresis"]["0"]
        given = spoilt(read_recording(folder / name), entry["fps"], seed=1)
        result = replay(given, [line_of(entry)], entry["fps"], recorded=False)
        wrong += abs(result.ins - wanted["pos"]) + abs(result.outs - wanted["neg"])
        people += wanted["pos"] + wanted["neg"]
    assert wrong <= 0.01 * people


@pytest.mark.parametrize("name", ["PETS09-S2L1", "TUD-Stadtmitte"])
def test_public_detections_of_oblique_scenes_are_counted_exactly(
    shared_data: Path, name: str
) -> None:
    known = json.loads((shared_data / "mot/line_crossings.json").read_text(encoding="utf-8"))
    width, height, fps = {"PETS09-S2L1": (768, 576, 7), "TUD-Stadtmitte": (640, 480, 25)}[name]
    line = line_of(known[name]).turned(Heading.RIGHT).scaled(width, height)
    result = replay(
        read_recording(shared_data / f"mot/{name}/det/det.txt"), [line], fps, recorded=False
    )
    assert (result.ins, result.outs) == tuple(
        known[name]["counts_in_out_by_hysteresis_0_1_2_3pct"][0]
    )


def test_a_day_in_edinburgh_can_be_read_and_counted(shared_data: Path) -> None:
    recording = read_recording(shared_data / "trajectories/edinburgh/tracks.01Aug.txt")
    assert len(np.unique(recording.people)) == 146
    line = CountingLine("hall", Point(320, 0), Point(320, 480))
    believed = replay(recording, [line], 9, recorded=True)
    tracked = replay(recording, [line], 9, recorded=False)
    assert believed.ins + believed.outs > 30
    # The recorded identities are a tracker's too: some people have two at once.
    assert abs(believed.ins - tracked.ins) <= 0.1 * believed.ins
    assert abs(believed.outs - tracked.outs) <= 0.1 * believed.outs
