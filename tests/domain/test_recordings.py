from __future__ import annotations

import numpy as np
import pytest

from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.recordings import MalformedLine, Recording, parse
from fanlight.domain.replay import replay

JUELICH = """# framerate: 25 fps
# id frame x/cm y/cm z/cm
2 10 100.5 20 176
1 10 30 40 180
1 11 31 41 180
"""
OBSMAT = """  1.0000000e+00   7.0000000e+00   1.39   0.0   -5.74   -0.32   0.0   -1.68
  1.1000000e+01   7.0000000e+00   1.40   0.0   -5.10   -0.32   0.0   -1.68
"""
EDINBURGH = """% Total number of trajectories in file are  2

Properties.R1=[3 7 9 1.0 2.0 ];
 TRACK.R1=[[10 20 7];[11 21 8];[12 22 9]];
Properties.R2=[1 8 8 1.0 2.0 ];
 TRACK.R2=[[50 60 8];[ 51 61 9]];
"""
LINE = CountingLine("door", Point(-1, 0), Point(5, 0))
MOT = """1,-1,649.441,231.502,44.417,86.13,0.995474,-1,-1,-1
1,-1,252,207,36,96,0.5
2,-1,650,232,44,86,0.9,-1,-1,-1
"""


def test_juelich_text_is_read_by_frame_and_knows_its_unit() -> None:
    recording = parse(JUELICH.splitlines())
    assert recording.frames.tolist() == [10, 10, 11]
    assert recording.people.tolist() == [2, 1, 1]
    assert recording.points.tolist() == [[100.5, 20.0], [30.0, 40.0], [31.0, 41.0]]
    assert recording.body == pytest.approx(45.0)
    assert recording.names_people


def test_juelich_text_in_metres_has_bodies_in_metres() -> None:
    recording = parse(["1\t0\t2.1569\t2.659\t1.76", "1\t1\t2.1498\t2.6653\t1.76"])
    assert recording.body == pytest.approx(0.45)
    assert recording.points[1].tolist() == [2.1498, 2.6653]


def test_obsmat_takes_the_ground_plane() -> None:
    recording = parse(OBSMAT.splitlines())
    assert recording.frames.tolist() == [1, 11]
    assert recording.people.tolist() == [7, 7]
    assert recording.points.tolist() == [[1.39, -5.74], [1.40, -5.10]]


def test_edinburgh_tracks_are_read_across_their_lines() -> None:
    recording = parse(EDINBURGH.splitlines())
    assert recording.frames.tolist() == [7, 8, 8, 9, 9]
    assert recording.people.tolist() == [1, 1, 2, 1, 2]
    assert recording.points[-1].tolist() == [51.0, 61.0]
    assert recording.body == pytest.approx(0.45 / 0.0247)


def test_mot_detections_have_boxes_and_scores_and_nobody() -> None:
    recording = parse(MOT.splitlines())
    assert recording.boxes is not None
    assert recording.scores is not None
    assert recording.boxes[1].tolist() == [252.0, 207.0, 288.0, 303.0]
    assert recording.points[1].tolist() == [270.0, 255.0]
    assert recording.scores.tolist() == [0.995474, 0.5, 0.9]
    assert not recording.names_people


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (JUELICH + "1 12 31\n", 6, "person, frame, x, y"),
        (JUELICH + "1 12 31 forty 180\n", 6, "person, frame, x, y"),
        (JUELICH + "1 12 31 nan 180\n", 6, "person, frame, x, y"),
        (JUELICH + "1 12.5 31 40 180\n", 6, "person, frame, x, y"),
        (OBSMAT + "2.1e+01 7.0 1.4 0.0 -5.1\n", 3, "eight numbers"),
        (EDINBURGH + " TRACK.R3=[[10 20 7];[11 21]];\n", 7, r"TRACK\.Rn="),
        (EDINBURGH + " TRUCK.R3=[[10 20 7]];\n", 7, r"TRACK\.Rn="),
        (MOT + "3,-1,650,232,44,86\n", 4, "frame,person,left"),
        (MOT + "3,-1,650,232,0,86,1\n", 4, "frame,person,left"),
        ("hello world\n", 1, "one of: person, frame"),
    ],
)
def test_a_malformed_line_is_named_with_what_was_expected(
    text: str, line: int, expected: str
) -> None:
    with pytest.raises(MalformedLine, match=f"^line {line}: expected {expected}") as caught:
        parse(text.splitlines())
    assert caught.value.number == line


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_recording_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it is empty"):
        parse(text.splitlines())


def test_a_person_twice_on_a_frame_is_one_person() -> None:
    path = [f"1 {frame} 0.0 {0.1 * (frame - 20):.2f} 1.7" for frame in range(40)]
    recording = parse([*path, "1 10 0.1 -0.9 1.7"])
    result = replay(recording, [LINE], 20, recorded=True)
    assert (result.ins, result.outs) == (1, 0)


def walkers(people: int = 4, frames: int = 80) -> Recording:
    ids, clock = np.meshgrid(np.arange(people), np.arange(frames))
    ids, clock = ids.ravel(), clock.ravel()
    down = ids % 2 == 0
    y = np.where(down, 0.05, -0.05) * (clock - 40) + 0.02
    points = np.stack([ids * 0.9, y], axis=1)
    return Recording(clock.astype(np.int64), ids.astype(np.int64), points, 0.45)


@pytest.mark.parametrize("recorded", [True, False])
def test_a_replay_counts_each_way(recorded: bool) -> None:  # noqa: FBT001 - a test's parameter
    result = replay(walkers(), [LINE], 20, recorded=recorded)
    assert (result.ins, result.outs, result.u_turns, result.frames) == (2, 2, 0, 80)


def test_identities_that_are_not_there_cannot_be_believed() -> None:
    with pytest.raises(ValueError, match="does not say who is who"):
        replay(parse(MOT.splitlines()), [LINE], 25, recorded=True)


@pytest.mark.parametrize("fps", [0.0, -5.0, float("nan")])
def test_a_senseless_rate_is_refused(fps: float) -> None:
    with pytest.raises(ValueError, match="frames a second make no sense"):
        replay(walkers(), [LINE], fps, recorded=True)
