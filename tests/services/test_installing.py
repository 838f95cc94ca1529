"""What an installer works with while the device counts: aiming view, walk test, better lines."""

from __future__ import annotations

import numpy as np
import pytest

from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.aim import AimView
from fanlight.domain.events import Crossing, Direction
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.line_suggestion import TrialSums
from fanlight.domain.line_trial import LineTrial
from fanlight.domain.moment import Moment, StageTimes, TrackPoint
from fanlight.domain.walk_test import WalkOutcome
from fanlight.ports.audit import AuditKind
from fanlight.ports.errors import Transient
from fanlight.services.aiming import WATCHED_FOR_S, Aiming
from fanlight.services.learning import Learning
from fanlight.services.walking import Walking

STAGES = StageTimes(0, 0, 0, 0, 0, 0)
LINE = CountingLine("door", Point(0.1, 0.5), Point(0.9, 0.5))


def view() -> AimView:
    cells = np.zeros((120, 160), bool)
    return AimView.of_cells(cells, cells, 0.5, 0.5)


def moment(at_s: float = 0.0, **more: object) -> Moment:
    return Moment(
        int(at_s * 1e9),
        0,
        more.pop("events", ()),
        more.pop("tracks", ()),
        1.0,
        STAGES,
        **more,  # type: ignore[arg-type]
    )


class House:
    """An aiming view with its clock and what was entered."""

    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.entered: list[tuple[AuditKind, dict[str, object]]] = []
        self.aiming = Aiming(self.clock, self.enter)

    def enter(self, kind: AuditKind, facts: object) -> None:
        self.entered.append((kind, dict(facts)))  # type: ignore[call-overload]


def test_the_view_is_made_only_while_somebody_watches() -> None:
    house = House()
    assert not house.aiming.watched()
    assert house.aiming.view("Anna") is None
    assert house.aiming.watched()
    house.aiming.hear(moment(aim=view()))
    assert house.aiming.view("Anna") == view()
    house.clock.advance(WATCHED_FOR_S + 0.1)
    assert not house.aiming.watched()


def test_a_session_is_entered_once_and_its_view_forgotten() -> None:
    house = House()
    for _ in range(10):
        house.aiming.view("Anna")
        house.aiming.hear(moment(aim=view()))
        house.clock.advance(1)
    house.clock.advance(WATCHED_FOR_S)
    house.aiming.hear(moment())
    assert house.entered == [
        (AuditKind.AIMING_VIEW_OPENED, {"account": "Anna"}),
        (AuditKind.AIMING_VIEW_CLOSED, {"seconds": 9}),
    ]
    assert house.aiming.view("Bo") is None


def test_a_walk_test_counts_from_its_beginning_and_enters_its_verdict() -> None:
    entered: list[dict[str, object]] = []
    walking = Walking(lambda _, facts: entered.append(dict(facts)))
    crossing = [Crossing("door", direction, 0, 0, 1) for direction in Direction]
    walking.hear(moment(events=tuple(crossing)))
    assert walking.progress is None
    walking.begin()
    for _ in range(5):
        walking.hear(moment(events=tuple(crossing)))
    assert walking.progress is not None
    assert (walking.progress.ins, walking.progress.outs) == (5, 5)
    verdict = walking.end(5, 5)
    assert verdict is not None
    assert verdict.outcome is WalkOutcome.PASSED
    assert verdict.share_at_least == pytest.approx(0.741, abs=0.001)
    assert entered == [
        {"outcome": "passed", "walked_in": 5, "counted_in": 5, "walked_out": 5, "counted_out": 5}
    ]
    assert walking.end(5, 5) is None


def test_a_walk_test_goes_on_in_another_run_and_enters_there() -> None:
    first: list[object] = []
    second: list[object] = []
    walking = Walking(lambda *entry: first.append(entry))
    walking.begin()
    walking.hear(moment(events=(Crossing("door", Direction.IN, 0, 0, 1),)))
    walking.enter_by(lambda *entry: second.append(entry))
    assert walking.progress is not None
    assert walking.progress.ins == 1
    walking.end(1, 0)
    assert (len(first), len(second)) == (0, 1)


class Store:
    """Keeps sums, or refuses."""

    def __init__(self) -> None:
        self.kept: list[TrialSums] = []
        self.is_full = False

    def write(self, trials: object) -> None:
        if self.is_full:
            raise Transient("line_trial", "no room")
        self.kept = list(trials)  # type: ignore[call-overload]


async def test_what_was_learnt_is_kept_at_the_end_even_after_a_refusal() -> None:
    store = Store()
    learning = Learning([LineTrial(LINE)], store)
    for step in range(60):
        place = TrackPoint(1, 0.5, 0.1 + step * 0.013)
        learning.hear(moment(step * 0.05, tracks=(place,)))
    learning.hear(moment(3.05))
    assert learning.sums()[0].tallies[0].clean == 1
    store.is_full = True
    await learning.keep()
    assert store.kept == []
    store.is_full = False
    await learning.close()
    assert store.kept == list(learning.sums())
    assert learning.suggestions() == ()
