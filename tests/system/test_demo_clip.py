"""The demo clip that ships with the project, and what its truth says of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

DEMO = Path(__file__).resolve().parents[2] / "models" / "render" / "demo"
U_TURN_S = 1.5
MOST_CLIP_BYTES = 3_000_000
MOST_TRACK_BYTES = 300_000


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return json.loads((DEMO / "doorway.json").read_text())


@pytest.fixture(scope="module")
def people() -> list[dict[str, Any]]:
    return json.loads((DEMO / "doorway_tracks.json").read_text())["people"]


def boxes_of(person: dict[str, Any]) -> np.ndarray:
    """One x1, y1, x2, y2 a frame, (n, 4); nan where nothing of the person shows."""
    return np.array([[np.nan] * 4 if row is None else row[:4] for row in person["rows"]], float)


@pytest.fixture(scope="module")
def pictures(truth: dict[str, Any]) -> np.ndarray:
    """Every frame at a quarter of its size, grey: (frames, height, width) uint8."""
    clip = cv2.VideoCapture(str(DEMO / truth["file"]))
    small = []
    while True:
        read, picture = clip.read()
        if not read:
            break
        assert picture.shape == (truth["height"], truth["width"], 3)
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        small.append(cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA))
    assert clip.get(cv2.CAP_PROP_FPS) == truth["fps"]
    return np.array(small)


def line_meetings(truth: dict[str, Any], person: dict[str, Any]) -> list[tuple[int, str]]:
    """Frames and ways in which a person's box centre steps over the level line of the truth."""
    left, top, right, also_top = truth["line"]
    assert top == also_top
    assert left < right, "in is downward only for a line from left to right"
    boxes = boxes_of(person)
    x = (boxes[:, 0] + boxes[:, 2]) / 2 / truth["width"]
    y = (boxes[:, 1] + boxes[:, 3]) / 2 / truth["height"]
    below = y >= top
    return [
        (person["first_frame"] + row, "in" if below[row] else "out")
        for row in range(1, len(below))
        if below[row] != below[row - 1]
        and not np.isnan(y[row - 1 : row + 1]).any()
        and left <= x[row] <= right
    ]


def test_clip_is_small_and_free_to_ship(truth: dict[str, Any]) -> None:
    assert (DEMO / truth["file"]).stat().st_size <= MOST_CLIP_BYTES
    assert (DEMO / "doorway_tracks.json").stat().st_size <= MOST_TRACK_BYTES
    assert truth["licence"].startswith("Apache-2.0")


def test_clip_decodes_to_the_last_frame(truth: dict[str, Any], pictures: np.ndarray) -> None:
    assert len(pictures) == truth["frames"]
    assert 45 <= truth["frames"] / truth["fps"] <= 75


def test_totals_are_the_crossings(truth: dict[str, Any]) -> None:
    ways = Counter(crossing["dir"] for crossing in truth["crossings"])
    assert truth["totals"] == {"in": ways["in"], "out": ways["out"]}
    assert 12 <= len(truth["crossings"]) <= 20
    frames = [crossing["frame"] for crossing in truth["crossings"]]
    assert frames == sorted(frames)
    assert frames[0] >= 0
    assert frames[-1] < truth["frames"]


def test_crossings_and_u_turns_follow_from_the_tracks(
    truth: dict[str, Any], people: list[dict[str, Any]]
) -> None:
    crossings = {(c["who"], c["frame"], c["dir"]) for c in truth["crossings"]}
    turns = {(t["who"], t["frame"], t["back"], t["dir"]) for t in truth["u_turns"]}
    assert turns
    for person in people:
        met = line_meetings(truth, person)
        if len(met) == 2 and met[1][0] - met[0][0] <= U_TURN_S * truth["fps"]:
            (there, way), (back, _) = met
            turns.remove((person["who"], there, back, way))
            continue
        for frame, way in met:
            near = {(person["who"], frame + shift, way) for shift in (-1, 0, 1)} & crossings
            assert near, f"{person['who']} crosses in {frame}, unknown to the truth"
            crossings -= near
    assert not crossings
    assert not turns


def test_somebody_waits_at_the_line_and_never_crosses(
    truth: dict[str, Any], people: list[dict[str, Any]]
) -> None:
    waiting = next(person for person in people if person["who"] == "waiting")
    boxes = boxes_of(waiting)
    away = truth["line"][1] - (boxes[:, 1] + boxes[:, 3]) / 2 / truth["height"]
    assert np.nanmin(away) > 0
    assert (away < 0.05).sum() >= 5 * truth["fps"]


def test_two_ways_at_once(truth: dict[str, Any]) -> None:
    """At least one pair goes in and out within half a second."""
    crossings = truth["crossings"]
    pairs = [
        (one, other)
        for one in crossings
        for other in crossings
        if one["dir"] == "in"
        and other["dir"] == "out"
        and abs(one["frame"] - other["frame"]) <= truth["fps"] / 2
    ]
    assert pairs


def test_pictures_show_the_people_of_the_tracks(
    truth: dict[str, Any], people: list[dict[str, Any]], pictures: np.ndarray
) -> None:
    empty = np.median(pictures[::12], axis=0).astype(np.int16)
    tracks = {person["who"]: person for person in people}
    for crossing in truth["crossings"]:
        person = tracks[crossing["who"]]
        row = person["rows"][crossing["frame"] - person["first_frame"]]
        x1, y1, x2, y2 = (value // 4 for value in row[:4])
        change = np.abs(pictures[crossing["frame"]].astype(np.int16) - empty)
        within = change[y1:y2, x1:x2].mean()
        assert within > 2.0 * change.mean(), f"nobody in the box of {crossing}"
        assert within > 8.0
