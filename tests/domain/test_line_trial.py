"""A better line learnt from walks: near the truth where there is one, else silence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import comb
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from spoiling import kept

from fanlight.adapters.recordings import read_recording
from fanlight.domain.events import Crossing
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.line_suggestion import LineTally, TrialSums, doubt, gain_bounds
from fanlight.domain.line_trial import MOST_TRACKS, LineTrial, TrialSettings, variants
from fanlight.domain.moment import Moment, StageTimes, TrackPoint
from fanlight.domain.recordings import Recording
from fanlight.domain.replay import replay
from walking_kit import BODY_W, HEIGHT, WIDTH, Place, straight

Walk = NDArray[np.float64]
Way = Callable[[np.random.Generator], Walk]
FPS = 10
MIDDLE = CountingLine("door", Point(0.2, 0.5), Point(0.8, 0.5))
EDGE = CountingLine("door", Point(0.2, 0.15), Point(0.8, 0.15))
SEEDS, WALKS = range(100), 400
TURNING, LATE = 0.2, 0.3


def moment(frame: int, *points: TrackPoint, fps: float = FPS, sighted: bool = True) -> Moment:
    none = StageTimes(0, 0, 0, 0, 0, 0)
    return Moment(round(frame / fps * 1e9), frame, (), points, 0.0, none, sighted=sighted)


def walk_past(
    trial: LineTrial, walks: Sequence[Walk], together: int = 50, start: int = 0, fps: float = FPS
) -> int:
    """Feed walks, some of them at once, each a place a frame; return the next frame."""
    frame = start
    for first in range(0, len(walks), together):
        group = walks[first : first + together]
        for step in range(max(map(len, group)) + 1):
            here = [(n, walk[step]) for n, walk in enumerate(group, first) if step < len(walk)]
            points = (TrackPoint(n, x, y) for n, (x, y) in here)
            trial.note(moment(frame, *points, fps=fps))
            frame += 1
    return frame


def path(*stops: float, x: float = 0.5) -> Walk:
    """Down or up the picture by way of these heights, 0.03 of it a frame."""
    legs = [np.array(stops[:1])]
    for a, b in pairwise(stops):
        legs.append(np.linspace(a, b, int(np.ceil(abs(b - a) / 0.03)) + 1)[1:])
    heights = np.concatenate(legs)
    return np.stack([np.full(len(heights), x), heights], axis=1)


def shaken(rng: np.random.Generator, *stops: float) -> Walk:
    walk = path(*stops) if rng.random() < 0.5 else path(*stops)[::-1]
    aslant = np.linspace(rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2), len(walk))
    return walk + np.stack([aslant, np.zeros(len(walk))], axis=1) + rng.normal(0, 0.004, walk.shape)


def turning(rng: np.random.Generator) -> Walk:
    """Some turn round twice right at the line in the middle before they go through."""
    return shaken(rng, 0.05, *((0.55, 0.45) if rng.random() < TURNING else ()), 0.95)


def late(rng: np.random.Generator) -> Walk:
    """Some are seen only once they stand on the line at the edge, or lost there."""
    return shaken(rng, 0.16 if rng.random() < LATE else 0.03, 0.95)


def anywhere(rng: np.random.Generator) -> Walk:
    """Some turn round twice, but anywhere: no line is better."""
    place = rng.uniform(0.15, 0.85)
    return shaken(rng, 0.0, *((place + 0.06, place - 0.06) if rng.random() < 0.3 else ()), 1.0)


badly_drawn = pytest.mark.parametrize(
    ("line", "way", "truth"), [(MIDDLE, turning, TURNING), (EDGE, late, LATE)]
)


def tried(seed: int, line: CountingLine, way: Way) -> LineTrial:
    rng, trial = np.random.default_rng(seed), LineTrial(line)
    walk_past(trial, [way(rng) for _ in range(WALKS)])
    return trial


def clean_and_broken(*walks: Walk) -> tuple[int, int]:
    trial = LineTrial(MIDDLE)
    walk_past(trial, walks)
    return trial.sums.tallies[0].clean, trial.sums.tallies[0].broken


def test_a_walk_straight_over_is_clean_and_one_elsewhere_is_apart() -> None:
    assert clean_and_broken(path(0.1, 0.9), path(0.9, 0.1)) == (2, 0)
    assert clean_and_broken(path(0.1, 0.3), path(0.1, 0.9, x=0.05), path(0.1, 0.42, 0.1)) == (0, 0)


def test_what_may_be_missed_or_doubled_is_broken() -> None:
    born, ended, turned = path(0.49, 0.9), path(0.1, 0.51), path(0.1, 0.55, 0.1)
    at_its_end, beside_its_end = path(0.1, 0.9, x=0.22), path(0.1, 0.9, x=0.82)
    leap = np.array([[0.5, 0.2], [0.5, 0.3], [0.5, 0.7]])
    walks = (born, ended, turned, at_its_end, beside_its_end, leap, leap[::-1])
    assert clean_and_broken(*walks) == (0, len(walks))


@badly_drawn
def test_a_line_where_people_turn_or_are_born_is_to_be_moved(
    line: CountingLine, way: Way, truth: float
) -> None:
    found = tried(1, line, way).suggestion()
    assert found is not None
    assert found.low <= truth <= found.high
    assert found.walks == WALKS
    assert abs(found.line.start.y - line.start.y) > 0.05


def test_a_good_line_gets_no_other() -> None:
    assert tried(1, MIDDLE, late).suggestion() is None


def test_few_walks_other_people_and_chance_among_many_lines_are_no_reason() -> None:
    assert tried(1, MIDDLE, turning).suggestion(least_walks=WALKS + 1) is None
    same, others = LineTally(200, 40, 180, 0, 250), LineTally(200, 60, 180, 0, 280)
    little = LineTally(34, 206, 20, 6, 240)
    cases = ((same, 9, EDGE), (others, 1, None), (little, 9, None), (little, 1, EDGE))
    for tally, times, wanted in cases:
        tallies = (LineTally(20, 220, 0, 0, 240), *(tally,) * times)
        found = TrialSums((MIDDLE, *(EDGE,) * times), 0.1, tallies).suggestion()
        assert (found and found.line) == wanted


@pytest.mark.slow
@badly_drawn
def test_the_interval_holds_the_truth_at_its_rate(
    line: CountingLine, way: Way, truth: float
) -> None:
    found = [each for seed in SEEDS if (each := tried(seed, line, way).suggestion())]
    assert len(found) == len(SEEDS)
    held = sum(each.low <= truth <= each.high for each in found)
    assert held >= 0.95 * len(SEEDS) - 2 * (len(SEEDS) * 0.95 * 0.05) ** 0.5
    assert np.mean([each.gain for each in found]) == pytest.approx(truth, abs=0.01)


@pytest.mark.slow
def test_seldom_is_a_line_suggested_where_none_is_better() -> None:
    assert sum(tried(seed, MIDDLE, anywhere).suggestion() is not None for seed in SEEDS) <= 5


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(20, 620), st.floats(20, 460)), min_size=2, max_size=6))
def test_a_clean_walk_is_one_that_the_product_counts_once(stops: list[Place]) -> None:
    points = np.array([place for a, b in pairwise(stops) for place in straight(a, b, 12)])
    line, frames = MIDDLE.scaled(WIDTH, HEIGHT), np.arange(len(points))
    recording = Recording(frames, np.zeros(len(points), dtype=np.int64), points, BODY_W)
    counted = replay(recording, [line], FPS, recorded=True)
    trial = LineTrial(MIDDLE, TrialSettings(HEIGHT / WIDTH, BODY_W / WIDTH))
    walk_past(trial, [points / (WIDTH, HEIGHT)])
    assert counted.ins + counted.outs == len(counted.events) == 1 or not trial.sums.tallies[0].clean


places = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda xy: Point(*xy))


@given(places, places, st.floats(0.4, 2.0))
def test_variants_lie_in_the_picture_and_the_line_itself_comes_first(
    start: Point, end: Point, aspect: float
) -> None:
    assume(abs(start.x - end.x) + abs(start.y - end.y) > 0.01)
    line = CountingLine("door", start, end)
    lines = variants(line, aspect)
    assert lines[0] is line
    assert len({*lines}) == len(lines) <= 31
    assert all(each.inside_picture().name == "door" for each in lines)


def test_open_walks_are_bounded_and_who_found_no_room_is_never_half_a_walk() -> None:
    trial = LineTrial(MIDDLE)
    crowd = [path(0.1, 0.3)] + [path(0.1, 0.9)] * (MOST_TRACKS + 50)
    walk_past(trial, crowd, together=len(crowd))
    assert trial.sums.tallies[0] == LineTally(clean=MOST_TRACKS - 1, either=MOST_TRACKS - 1)


def test_blind_moments_end_no_walk_and_a_long_gap_forgets_all() -> None:
    trial = LineTrial(MIDDLE)
    half = walk_past(trial, [path(0.1, 0.4)[:-1]])
    trial.note(moment(half, TrackPoint(7, 0.5, 0.1)))
    trial.note(moment(half + 1, sighted=False))
    walk_past(trial, [path(0.1, 0.9)], start=half + 100)
    assert trial.sums.tallies[0].clean == 1


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 500))
def test_doubt_is_the_coins_and_the_interval_holds_the_gain(
    gained: int, lost: int, same: int
) -> None:
    pairs = gained + lost
    tail = sum(comb(pairs, hits) for hits in range(min(gained, lost) + 1)) / 2**pairs
    assert doubt(gained, lost) == pytest.approx(min(1.0, 2 * tail))
    low, high = gain_bounds(gained, lost, pairs + same + 1)
    assert low <= (gained - lost) / (pairs + same + 1) <= high


def clean_share(recording: Recording, line: CountingLine, fps: float) -> float:
    events = replay(recording, [line], fps, recorded=True).events
    told = Counter(event.track for event in events)
    once = sum(told[event.track] == 1 for event in events if isinstance(event, Crossing))
    return once / len(np.unique(recording.people))


@pytest.mark.parametrize(
    ("name", "ends", "least_walks"),
    [
        ("juelich/bi_corr_400_b_03.txt", (-553, 0, -553, 420), 200),
        ("hermes/bo-360-090-090.txt", (-130, 685, 480, 685), 40),
        ("juelich/uo-050-180-180.txt", (1, 780, 210, 780), 20),
    ],
)
def test_recorded_people_are_counted_better_over_the_line_that_others_taught(
    shared_data: Path, name: str, ends: tuple[float, float, float, float], least_walks: int
) -> None:
    folder = shared_data / "trajectories"
    fps = json.loads((folder / "line_crossings.json").read_text(encoding="utf-8"))[name]["fps"]
    recording = read_recording(folder / name)
    corner = recording.points.min(axis=0) - recording.body
    width, height = recording.points.max(axis=0) + recording.body - corner
    bad = CountingLine("bad", Point(*ends[:2]), Point(*ends[2:]))
    drawn = bad.moved(*-corner).scaled(1 / width, 1 / height)
    trial = LineTrial(drawn, TrialSettings(height / width, recording.body / width))
    people, first = np.unique(recording.people, return_index=True)
    teachers = people[np.argsort(first)][: len(people) // 2]
    places = (recording.points - corner) / (width, height)
    walk_past(trial, [places[recording.people == person] for person in teachers], fps=fps)
    found = trial.suggestion(least_walks)
    assert found is not None
    better = found.line.scaled(width, height).moved(*corner)
    others = kept(recording, ~np.isin(recording.people, teachers))
    assert clean_share(others, better, fps) > clean_share(others, bad, fps) + 0.3
