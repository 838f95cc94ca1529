from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from fanlight.domain.moment import Moment, StageTimes
from fanlight.ports.errors import Gone, Rejected, Transient
from fanlight.services.looking import LadderSettings, SteadyEye

MOMENT = Moment(0, 0, (), (), 1.0, StageTimes(0, 0, 0, 0, 0, 0))
QUICK = LadderSettings(first_wait_s=0.001, longest_wait_s=0.004, give_up_after_s=10.0)


@dataclass
class StepClock:
    """A clock that moves by a second at every question."""

    boot_id: str = "boot"
    now_s: float = 0.0

    def monotonic_ns(self) -> int:
        self.now_s += 1
        return int(self.now_s * 1e9)

    def utc(self) -> None:
        return None


@dataclass
class ScriptedEye:
    """An eye that plays a list of Moments, faults and the end of a recording."""

    script: list[Moment | Exception | None]
    reopen_faults: list[Exception] = field(default_factory=list)
    reopened: int = 0

    async def look(self) -> Moment | None:
        step = self.script.pop(0) if self.script else Gone("camera", "unplugged")
        if isinstance(step, Exception):
            raise step
        return step

    async def finish(self) -> Moment | None:
        return None

    async def reopen(self) -> None:
        self.reopened += 1
        if self.reopen_faults:
            raise self.reopen_faults.pop(0)

    async def close(self) -> None:
        pass


def steady(eye: ScriptedEye, beats: list[int] | None = None) -> SteadyEye:
    on_beat = (lambda: beats.append(1)) if beats is not None else (lambda: None)
    return SteadyEye(eye, StepClock(), QUICK, on_beat)


async def test_moments_and_the_end_pass_through() -> None:
    eye = steady(ScriptedEye([MOMENT, None]))
    assert await eye.look() is MOMENT
    assert await eye.look() is None


async def test_field_25_a_few_timeouts_are_only_looked_over() -> None:
    eye = ScriptedEye([Transient("camera", "late"), Transient("camera", "late"), MOMENT])
    assert await steady(eye).look() is MOMENT
    assert eye.reopened == 0


async def test_field_25_many_timeouts_reopen_the_camera() -> None:
    eye = ScriptedEye([Transient("camera", "late")] * 4 + [MOMENT])
    assert await steady(eye).look() is MOMENT
    assert eye.reopened == 1


async def test_a_lost_camera_is_reopened_until_it_is_back() -> None:
    eye = ScriptedEye([Gone("camera", "unplugged"), MOMENT], [Gone("camera", "not there")])
    steady_eye = steady(eye)
    assert await steady_eye.look() is MOMENT
    assert eye.reopened == 1
    assert steady_eye.reopens == 0


async def test_a_camera_that_never_comes_back_ends_the_process_with_beats_all_the_way() -> None:
    beats: list[int] = []
    eye = ScriptedEye([])
    with pytest.raises(Gone, match=r"camera: blind for 1\d s after \d+ reopenings"):
        await steady(eye, beats).look()
    assert eye.reopened >= 2
    assert len(beats) > eye.reopened


async def test_what_cannot_be_mended_is_not_tried_again() -> None:
    eye = ScriptedEye([Rejected("detector", "broken model file"), MOMENT])
    with pytest.raises(Rejected, match="broken model file"):
        await steady(eye).look()
    assert eye.reopened == 0


async def test_shutdown_is_possible_on_every_rung() -> None:
    slow = LadderSettings(first_wait_s=60.0)
    eye = SteadyEye(ScriptedEye([]), StepClock(), slow)
    task = asyncio.create_task(eye.look())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
