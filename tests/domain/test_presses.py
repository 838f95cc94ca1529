"""The button: which presses mean something, and which never do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.presses import BOUNCE_MS, ERASE_MS, SETUP_MS, Press, Presses

Change = tuple[int, bool]
TICK_MS = 10
REST_MS = 200


def at(ms: float) -> int:
    return int(ms * 1_000_000)


def played(changes: list[Change], until_ms: int) -> list[tuple[int, Press]]:
    """Play changes at their ms, ticking in between; return what was told, and when."""
    presses, told, pending = Presses(), [], sorted(changes)
    moments = sorted({*range(0, until_ms, TICK_MS), *(ms for ms, _ in pending)})
    for now_ms in moments:
        while pending and pending[0][0] == now_ms:
            told.append((now_ms, presses.edge(at(now_ms), pressed=pending.pop(0)[1])))
        told.append((now_ms, presses.tick(at(now_ms))))
    return [(ms, press) for ms, press in told if press is not None]


def meaning(held_ms: int) -> list[Press]:
    if held_ms >= ERASE_MS:
        return [Press.ERASE]
    if held_ms >= SETUP_MS:
        return [Press.SETUP]
    return [Press.SHORT] if 50 <= held_ms <= 1000 else []


def held(held_ms: int, begun_ms: int = REST_MS) -> list[Press]:
    end_ms = begun_ms + held_ms
    told = played([(begun_ms, True), (end_ms, False)], end_ms + REST_MS)
    return [press for _, press in told]


def test_each_length_has_its_meaning_and_its_borders() -> None:
    for held_ms, expected in (
        (29, []),
        (49, []),
        (50, [Press.SHORT]),
        (1000, [Press.SHORT]),
        (1001, []),
        (4999, []),
        (5000, [Press.SETUP]),
        (14_999, [Press.SETUP]),
        (15_010, [Press.ERASE]),
        (40_000, [Press.ERASE]),
    ):
        assert held(held_ms) == expected, held_ms


# Between the last tick and the release, erasing is not told any more: lengths keep off that border.
LENGTHS = st.integers(1, 20_000).filter(lambda ms: not ERASE_MS <= ms <= ERASE_MS + TICK_MS)


@given(LENGTHS, st.integers(0, 5000))
def test_a_press_means_what_its_length_says(held_ms: int, begun_ms: int) -> None:
    assert held(held_ms, begun_ms) == meaning(held_ms if held_ms >= BOUNCE_MS else 0)


@given(st.lists(LENGTHS.filter(lambda ms: ms >= BOUNCE_MS), max_size=4))
def test_presses_do_not_disturb_one_another(lengths: list[int]) -> None:
    changes, now_ms, expected = [], REST_MS, []
    for held_ms in lengths:
        changes += [(now_ms, True), (now_ms + held_ms, False)]
        now_ms += held_ms + REST_MS
        expected += meaning(held_ms)
    assert [press for _, press in played(changes, now_ms)] == expected


def bounced(ms: int, gaps: list[int], *, pressed: bool) -> list[Change]:
    """A change that flickers in these steps before it holds."""
    changes = [(ms, pressed)]
    for index, gap in enumerate(gaps):
        changes.append((changes[-1][0] + gap, pressed if index % 2 else not pressed))
    return changes if changes[-1][1] == pressed else changes[:-1]


BOUNCES = st.lists(st.integers(1, 9), max_size=8)


@given(st.integers(200, 16_000), BOUNCES, BOUNCES)
def test_bouncing_contacts_make_one_press(held_ms: int, first: list[int], last: list[int]) -> None:
    down = bounced(REST_MS, first, pressed=True)
    up = bounced(down[-1][0] + held_ms, last, pressed=False)
    told = [press for _, press in played(down + up, up[-1][0] + REST_MS)]
    longest, shortest = up[-1][0] - down[-1][0], up[0][0] - down[-1][0]
    assert told in (meaning(longest), meaning(shortest))


@given(st.lists(st.tuples(st.integers(31, 500), st.integers(1, BOUNCE_MS - 1)), max_size=20))
def test_flicker_alone_is_never_a_press(flickers: list[tuple[int, int]]) -> None:
    changes, now_ms = [], 0
    for quiet_ms, closed_ms in flickers:
        changes += [(now_ms + quiet_ms, True), (now_ms + quiet_ms + closed_ms, False)]
        now_ms += quiet_ms + closed_ms
    assert played(changes, now_ms + REST_MS) == []


def test_a_contact_that_lets_go_for_a_moment_is_still_held() -> None:
    changes = [(0, True), (7000, False), (7029, True), (14_000, False), (14_020, True)]
    assert played(changes, 16_000) == [(15_000, Press.ERASE)]
    longer = [(0, True), (7000, False), (7031, True)]
    assert played(longer, 16_000) == [(7030, Press.SETUP)]


def test_erasing_is_told_once_while_the_button_is_still_held() -> None:
    told = played([(500, True), (60_000, False)], 61_000)
    assert told == [(15_500, Press.ERASE)]


def test_a_release_that_is_seen_late_erases_nothing() -> None:
    presses = Presses()
    presses.edge(at(0), pressed=True)
    assert presses.tick(at(9000)) is None
    assert presses.edge(at(16_000), pressed=False) is None
    assert presses.tick(at(16_100)) is None


def test_nothing_is_erased_while_the_contact_lets_go() -> None:
    presses = Presses()
    presses.edge(at(0), pressed=True)
    presses.tick(at(100))
    presses.edge(at(14_990), pressed=False)
    assert presses.tick(at(15_005)) is None
    assert presses.tick(at(15_020)) is Press.SETUP


def test_a_button_held_at_power_on_counts_from_then() -> None:
    presses = Presses()
    presses.edge(at(3000), pressed=True)
    presses.tick(at(3030))
    assert presses.held_ms(at(13_000)) == 10_000
    assert presses.tick(at(17_999)) is None
    assert presses.tick(at(18_000)) is Press.ERASE


def test_how_long_it_is_held_begins_at_the_press_and_ends_with_it() -> None:
    presses = Presses()
    presses.edge(at(100), pressed=True)
    assert presses.held_ms(at(120)) == 0
    presses.tick(at(140))
    assert presses.held_ms(at(140)) == 40
    presses.edge(at(600), pressed=False)
    presses.tick(at(640))
    assert presses.held_ms(at(700)) == 0


def test_being_told_the_same_again_changes_nothing() -> None:
    presses = Presses()
    told = [presses.edge(at(ms), pressed=True) for ms in range(0, 16_000, 20)]
    assert [press for press in told if press] == [Press.ERASE]
    assert told[15_000 // 20] is Press.ERASE


@given(st.lists(st.tuples(st.integers(1, 16_000), st.booleans()), max_size=30))
def test_whatever_the_contact_does_erasing_needs_fifteen_seconds_of_it(
    steps: list[tuple[int, bool]],
) -> None:
    changes, now_ms = [], 0
    for gap_ms, pressed in steps:
        now_ms += gap_ms
        changes.append((now_ms, pressed))
    presses, erased = Presses(), 0
    for ms, pressed in changes:
        if presses.edge(at(ms), pressed=pressed) is Press.ERASE:
            erased += 1
            assert presses.held_ms(at(ms)) >= ERASE_MS
    downs = [ms for ms, pressed in changes if pressed]
    assert erased <= sum(pressed for _, pressed in changes)
    assert erased == 0 or downs[-1] - downs[0] >= ERASE_MS
