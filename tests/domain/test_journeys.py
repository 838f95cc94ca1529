"""Paths become sums at once, each track counted once, and end with their tracks."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from counting_kit import PLACES, S, moment
from fanlight.adapters.journeys_codec import journeys_from_plain, journeys_to_plain
from fanlight.domain.books import Books, BooksSettings
from fanlight.domain.events import ZoneVisit
from fanlight.domain.ground_plane import GroundPlane, Lens
from fanlight.domain.hours import HOUR_NS, UtcHour
from fanlight.domain.journeys import Journeys, Spell
from fanlight.domain.moment import Moment, TrackPoint
from fanlight.domain.placing import Placing
from fanlight.domain.roaming import Floor, Roaming

OVERHEAD = Floor(GroundPlane.of_picture(3.0, 0.0, Lens(90.0), 1.0, 0.75), 0.75)
HERE, THERE = (0.55, 0.45), (0.9, 0.2)

names = st.sampled_from(["shelf", "till", "door", "å:1"])
spells = st.builds(Spell, st.integers(0, 9), st.integers(0, 10**7))
journeys = st.builds(
    Journeys,
    st.dictionaries(st.tuples(names, names), st.integers(1, 99), max_size=4),
    st.dictionaries(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), spells, max_size=6),
    st.integers(0, 3_600_000),
)


def seen(at_s: float, *places: tuple[int, tuple[float, float]]) -> Moment:
    points = tuple(TrackPoint(track, *place) for track, place in places)
    return replace(moment(at_s), tracks=points)


def visit(zone: str, at_s: float, track: int = 1) -> ZoneVisit:
    return ZoneVisit(zone, 1000, round(at_s * S), 1, track)


@given(journeys, journeys, journeys)
def test_merging_is_associative_and_commutative_and_nothing_is_its_empty_element(
    one: Journeys, two: Journeys, three: Journeys
) -> None:
    assert one.merged(two).merged(three) == one.merged(two.merged(three))
    assert one.merged(two) == two.merged(one)
    assert one.merged(Journeys()) == one


@given(journeys)
def test_what_is_written_down_comes_back(written: Journeys) -> None:
    assert journeys_from_plain(journeys_to_plain(written)) == written


def test_a_part_from_before_there_were_journeys_has_none() -> None:
    assert journeys_from_plain({}) == Journeys()


def test_somebody_who_stands_fills_one_cell_with_time_and_counts_once() -> None:
    roaming, whole = Roaming(OVERHEAD), Journeys()
    for second in range(5):
        whole = whole.merged(roaming.floor(seen(second, (1, HERE)), 1000))
    assert whole == Journeys(cells={(0, 0): Spell(1, 5000)}, watched_ms=5000)


def test_two_people_in_a_cell_are_two_tracks_and_twice_the_time() -> None:
    found = Roaming(OVERHEAD).floor(seen(0, (1, HERE), (2, HERE), (3, THERE)), 200)
    assert sorted(found.cells.values(), key=lambda spell: spell.tracks) == [
        Spell(1, 200),
        Spell(2, 400),
    ]


def test_who_comes_back_to_a_cell_is_no_second_track_there() -> None:
    roaming, whole = Roaming(OVERHEAD), Journeys()
    for second, place in enumerate([HERE, THERE, HERE]):
        whole = whole.merged(roaming.floor(seen(second, (1, place)), 1000))
    assert {spell.tracks for spell in whole.cells.values()} == {1}


def test_a_track_that_ended_is_forgotten() -> None:
    roaming = Roaming(OVERHEAD)
    roaming.way(visit("shelf", 1))
    roaming.floor(seen(1, (1, HERE)), 1000)
    roaming.floor(seen(2), 1000)
    assert roaming._trails == {}
    assert roaming.way(visit("till", 3)) is None


def test_a_blind_frame_ends_no_track() -> None:
    roaming = Roaming(OVERHEAD)
    roaming.floor(seen(1, (1, HERE)), 1000)
    roaming.floor(moment(2, sighted=False), 0)
    assert roaming.floor(seen(3, (1, HERE)), 1000).cells == {(0, 0): Spell(0, 1000)}


def test_a_way_leads_from_one_zone_to_the_next_once_a_track() -> None:
    roaming = Roaming(None)
    zones = ["shelf", "till", "shelf", "till", "till"]
    ways = [roaming.way(visit(zone, at_s)) for at_s, zone in enumerate(zones)]
    assert ways == [None, ("shelf", "till"), ("till", "shelf"), None, None]
    assert roaming.way(visit("till", 9, track=2)) is None


def test_journeys_are_saved_at_once_and_then_every_five_minutes_and_committed_whole() -> None:
    books = Books("run", Placing("boot"), PLACES, BooksSettings(floor=OVERHEAD))
    books.observe(0, 490_000 * HOUR_NS)
    saved = []
    for second in range(900):
        books.note(seen(second, (1, HERE)))
        due = books.unsaved(second * S)
        saved += [second for part in due if part.is_journeys]
        books.saved(due, second * S)
    assert saved == [0, 300, 600]
    (whole,) = [part.journeys for part in books.everything(900 * S) if part.is_journeys]
    assert whole == Journeys(cells={(0, 0): Spell(1, 899_000)}, watched_ms=899_000)


def test_a_way_goes_to_the_hour_in_which_its_second_visit_ends() -> None:
    books = Books("run", Placing("boot"), PLACES)
    books.observe(0, 490_000 * HOUR_NS)
    here = (1, HERE)
    books.note(replace(seen(3590, here), events=(visit("shelf", 3590),)))
    books.note(replace(seen(3605, here), events=(visit("till", 3605),)))
    parts = [part for part in books.everything(3605 * S) if part.is_journeys]
    assert [(part.slot, part.journeys.ways) for part in parts] == [
        (UtcHour(490_001), {("shelf", "till"): 1})
    ]


def test_without_a_measured_mounting_there_is_no_map() -> None:
    assert not Roaming(None).floor(seen(0, (1, HERE)), 1000)


def test_a_pixel_at_the_horizon_is_on_no_cell() -> None:
    level = Floor(GroundPlane.of_picture(3.0, 80.0, Lens(90.0), 1.0, 0.75), 0.75)
    assert Roaming(level).floor(seen(0, (1, (0.5, 0.01))), 1000).cells == {}
