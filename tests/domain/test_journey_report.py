"""Of journeys only what several tracks did is published, and a day settles no hidden hour."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.hours import UtcHour
from fanlight.domain.journey_report import JourneyReport, journey_report
from fanlight.domain.journeys import Journeys, Spell
from fanlight.domain.parts import HourJourneys

H0 = UtcHour(490_000)
WAY = ("shelf", "till")


def published(counts: tuple[int, ...], least: int = 3) -> JourneyReport:
    """Hours with so many tracks from shelf to till, somebody being about in each of them."""
    hours = [H0.plus(number) for number in range(len(counts))]
    found = [
        HourJourneys(hour, Journeys({WAY: tracks, ("a", "b"): 1} if tracks else {("a", "b"): 1}))
        for hour, tracks in zip(hours, counts, strict=True)
    ]
    return journey_report(hours, found, least)


@pytest.mark.parametrize("hours", [1, 2, 3, 4])
def test_no_hidden_hour_can_be_told_from_the_day_and_the_hours_that_are_shown(hours: int) -> None:
    """By trying every day there is: what is hidden and is not nobody has two values that fit."""
    groups: dict[str, list[tuple[int, ...]]] = {}
    for counts in product(range(6), repeat=hours):
        found = published(counts)
        output = repr((sorted(found.by_hour.items()), found.ways.get(WAY)))
        groups.setdefault(output, []).append(counts)
    for output, fitting in groups.items():
        for number in range(hours):
            values = {counts[number] for counts in fitting}
            shown = values == {fitting[0][number]} and fitting[0][number] >= 3
            assert shown or values == {0} or len(values) > 1, (output, number)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=24))
def test_nothing_is_shown_that_fewer_tracks_did(counts: list[int]) -> None:
    found = published(tuple(counts), least=5)
    shown = [tracks for ways in found.by_hour.values() for tracks in ways.values()]
    assert all(tracks >= 5 for tracks in (*shown, *found.ways.values()))


def test_a_day_of_quiet_hours_shows_what_its_hours_hide() -> None:
    found = published((2, 1, 2, 2))
    assert found.ways == {WAY: 7, ("a", "b"): 4}
    assert not any(found.by_hour.values())


def test_a_day_that_would_settle_its_one_quiet_hour_is_hidden() -> None:
    assert WAY not in published((9, 2, 9)).ways
    assert published((9, 0, 9)).ways[WAY] == 18


def test_a_cell_shows_from_so_many_tracks_of_the_whole_day() -> None:
    cells = {(0, 0): Spell(2, 60_000), (1, 0): Spell(1, 999_000)}
    found = [HourJourneys(H0.plus(n), Journeys({}, cells, 1000)) for n in range(2)]
    report = journey_report([H0, H0.plus(1)], found, 3)
    assert report.person_s == {(0, 0): 120.0}
    assert report.watched_s == 2.0
