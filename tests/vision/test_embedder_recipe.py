"""The parts of the embedders' recipe that need neither training nor drawing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models.render.crops import CONTEXT, Crop, Crops, cut, read_crops, write_crops
from models.render.identities import Identity, Unburdened
from models.render.lineup_files import BODIES, lineup_of
from models.render.things import BODY, CARRIED, FLOOR, Look, Things
from models.train_embedder.pairs import area, interval, pairs_of

LINEUPS, PEOPLE, DAYS, SCENES = 2, 3, 2, 3


def crops(tmp_path: Path) -> Crops:
    """Everybody once in every scene."""
    rng = np.random.default_rng(0)
    made = [
        Crop(
            rng.integers(0, 256, (9 + person, 7, 3), np.uint8),
            np.array([1, 1, 6, 8], np.float32),
            lineup * PEOPLE + person, day, day * SCENES + scene, 0, 0, 0, 30.0, 1.0,
        )
        for lineup in range(LINEUPS)
        for person in range(PEOPLE)
        for day in range(DAYS)
        for scene in range(SCENES)
    ]  # fmt: skip
    write_crops(tmp_path / "lineup-a.npz", made[:20])
    write_crops(tmp_path / "lineup-b.npz", made[20:])
    read = read_crops(sorted(tmp_path.glob("lineup-*.npz")))
    for crop, pixels, person in zip(made, read.pixels, read.person, strict=True):
        assert np.array_equal(crop.pixels, pixels)
        assert crop.person == person
    return read


@pytest.mark.parametrize("kind", ["appearance", "build"])
def test_pairs_follow_their_rule(tmp_path: Path, kind: str) -> None:
    read = crops(tmp_path)
    lineup = read.person // PEOPLE
    pairs = pairs_of(read, lineup, kind, np.random.default_rng(0))
    first, second = pairs.rows.T
    assert np.array_equal(read.person[first] == read.person[second], pairs.same)
    assert (lineup[first] == lineup[second]).all()
    assert (read.scene[first] != read.scene[second]).all()
    assert ((read.day[first] == read.day[second]) == (kind == "appearance")).all()
    a_person = {"appearance": DAYS * 3, "build": SCENES**2}[kind]
    assert pairs.same.sum() == LINEUPS * PEOPLE * a_person


def test_no_files_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="render some"):
        read_crops(tmp_path.glob("lineup-*.npz"))


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40))
def test_area_counts_pairs(values: list[tuple[int, bool]]) -> None:
    likeness = np.array([value for value, _ in values], float)
    same = np.array([is_same for _, is_same in values])
    if same.all() or not same.any():
        assert np.isnan(area(likeness, same))
        return
    difference = likeness[same][:, None] - likeness[~same][None]
    assert area(likeness, same) == pytest.approx(
        ((difference > 0) + 0.5 * (difference == 0)).mean()
    )


def test_the_interval_holds_the_area() -> None:
    rng = np.random.default_rng(2)
    people = rng.integers(0, 30, (3000, 2))
    same = rng.random(3000) < 0.2
    people[same, 1] = people[same, 0]
    likeness = rng.normal(same * 1.0, 1.0)
    low, high = interval(likeness, same, people, rng)
    assert low < area(likeness, same) < high < low + 0.15


def test_a_crop_keeps_room_and_stays_in_the_picture() -> None:
    image = np.arange(40 * 50 * 3, dtype=np.uint8).reshape(40, 50, 3)
    pixels, box = cut(image, np.array([0, 10, 20, 30], np.float32))
    assert pixels.shape == (int(20 * (1 + 2 * CONTEXT)), int(20 * (1 + CONTEXT)), 3)
    assert np.array_equal(pixels, image[4:36, :26])
    assert box.tolist() == [0, 6, 20, 26]


def test_splits_share_no_body() -> None:
    splits = {
        split: {
            identity.body for number in range(9) for identity in lineup_of(split, number).identities
        }
        for split in BODIES
    }
    assert sum(map(len, splits.values())) == len(set().union(*splits.values()))


def test_a_person_keeps_skin_and_changes_clothes() -> None:
    identity = Identity(5, 0)
    days = [identity.worn(day)[0] for day in (0, 1, 1)]
    assert np.array_equal(days[1], days[2])
    assert np.array_equal(days[0][2, :3], days[1][2, :3])
    assert not np.array_equal(days[0][4, :3], days[1][4, :3])


def test_what_is_carried_can_be_left_at_home() -> None:
    things = Things()
    light = Unburdened(things)
    for part in (BODY, CARRIED):
        light.add("box", (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), Look(part=part))
    light.bar((0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 0.1, Look(part=CARRIED), FLOOR)
    only = Things()
    only.add("box", (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), Look(part=BODY))
    assert np.array_equal(things.solid(), only.solid())
