"""Field problems 17-19: an accelerator that locks up, errs unnoticed, or is silently replaced."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fanlight.domain.moment import Cause
from fanlight.ports.errors import Gone, Rejected, Transient
from fanlight.vision.edgetpu import probe_in_child, replug_usb
from fanlight.vision.eye import RoomEye
from fanlight.vision.fallback import STRIKES, FallbackInterpreter
from vision.simulated import BlobFinder, FaultySource, SimulatedInterpreter, room_of

if TYPE_CHECKING:
    from pathlib import Path


class Bench:
    """A fallback interpreter between simulated parts, on a clock of its own."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.there = True
        self.refused_at_s: list[float] = []
        self.accelerators: list[SimulatedInterpreter] = []
        self.spare = SimulatedInterpreter("spare")
        self.network = FallbackInterpreter(
            self.open, self.spare, deadline_ms=50, now_s=lambda: self.now_s
        )

    def open(self) -> SimulatedInterpreter:
        if not self.there:
            self.refused_at_s.append(self.now_s)
            raise Gone("accelerator", "no Edge TPU")
        self.accelerators.append(SimulatedInterpreter("tpu"))
        self.accelerators[-1].pass_time = self.pass_time
        return self.accelerators[-1]

    def pass_time(self, takes_s: float) -> None:
        self.now_s += takes_s

    @property
    def tpu(self) -> SimulatedInterpreter:
        return self.accelerators[-1]

    def look(self, value: int = 5) -> int:
        self.network.rest()
        self.network.input()[...] = value
        self.network.invoke()
        answer = int(self.network.outputs()[0][0, 0])
        self.network.scrub()
        return answer


async def test_field_17_a_lock_up_is_noticed_within_the_deadline() -> None:
    locked = threading.Event()
    eye = RoomEye(lambda: room_of(FaultySource(), BlobFinder(locked.wait)), 0.05)
    with pytest.raises(Transient, match=r"no answer within 0\.05 s"):
        await eye.look()
    with pytest.raises(Gone, match="restart of the process"):
        await eye.reopen()
    locked.set()
    assert await eye.look() is not None
    await eye.close()


def test_field_17_a_lock_up_at_the_first_load_ends_with_the_child() -> None:
    with pytest.raises(Gone, match=r"first load hung for 0\.5 s; replug"):
        probe_in_child("m", "l", 0.5, probe="import time; time.sleep(60)")


def test_field_17_a_locked_up_stick_is_dropped_and_found_again(tmp_path: Path) -> None:
    stick = tmp_path / "2-1"
    stick.mkdir()
    assert not replug_usb(tmp_path)
    (stick / "idVendor").write_text("18d1\n")
    (stick / "idProduct").write_text("9302\n")
    (stick / "authorized").write_text("1\n")
    assert replug_usb(tmp_path)
    assert (stick / "authorized").read_text() == "1"
    (stick / "authorized").unlink()
    (stick / "authorized").mkdir()
    assert not replug_usb(tmp_path)


def test_field_17_after_three_errors_in_a_row_the_processor_takes_over() -> None:
    bench = Bench()
    assert bench.look() == 5
    bench.tpu.errs = True
    for _ in range(STRIKES):
        assert not bench.tpu.closed
        assert bench.look() == 5
    bench.look()
    assert bench.tpu.closed
    assert bench.spare.invoked == STRIKES + 1


def test_field_17_no_frame_is_lost_and_none_is_left_in_either_network() -> None:
    bench = Bench()
    bench.tpu.errs = True
    assert bench.look(77) == 77
    assert not bench.tpu.input().any()
    assert not bench.spare.input().any()


def test_field_17_single_errors_do_not_add_up_over_the_day() -> None:
    bench = Bench()
    for _ in range(3 * STRIKES):
        bench.tpu.errs = True
        bench.look()
        bench.tpu.errs = False
        bench.look()
    assert not bench.tpu.closed
    assert len(bench.accelerators) == 1


async def test_field_18_an_erring_accelerator_is_no_liveness() -> None:
    """Only results are a sign of life: each error reaches the caller as a fault, not a Moment."""

    def usb_error() -> None:
        raise Transient("accelerator", "USB transfer error 1 [Read]")

    eye = RoomEye(lambda: room_of(FaultySource(), BlobFinder(usb_error)), 1.0)
    for _ in range(3):
        with pytest.raises(Transient, match="USB transfer error"):
            await eye.look()
    await eye.close()


def test_field_19_every_result_of_the_processor_says_so() -> None:
    bench = Bench()
    bench.look()
    assert bench.network.causes == frozenset()
    bench.tpu.errs = True
    bench.look()
    assert bench.network.causes == {Cause.ACCELERATOR_FALLBACK}
    bench.tpu.errs = False
    bench.look()
    assert bench.network.causes == frozenset()


def test_field_19_a_device_that_starts_without_its_stick_counts_and_says_so() -> None:
    bench = Bench()
    bench.there = False
    missing = FallbackInterpreter(
        bench.open, SimulatedInterpreter("spare"), deadline_ms=50, now_s=lambda: bench.now_s
    )
    missing.invoke()
    assert missing.causes == {Cause.ACCELERATOR_FALLBACK}


async def test_field_19_the_moment_carries_the_cause() -> None:
    finder = BlobFinder()
    finder.causes = frozenset({Cause.ACCELERATOR_FALLBACK})
    moment = await asyncio.to_thread(room_of(FaultySource(), finder).look)
    assert moment is not None
    assert moment.sighted
    assert Cause.ACCELERATOR_FALLBACK in moment.causes


def test_field_19_the_stick_is_tried_again_after_ever_longer_waits() -> None:
    bench = Bench()
    bench.tpu.errs = True
    for _ in range(STRIKES):
        bench.look()
    bench.there = False
    start_s = bench.now_s
    for _ in range(600):
        bench.network.rest()
        bench.now_s += 1
    assert [at_s - start_s for at_s in bench.refused_at_s] == [60, 180, 420]
    bench.there = True
    bench.now_s += 3600
    bench.look()
    assert bench.network.causes == frozenset()
    assert len(bench.accelerators) == 2


def test_a_late_answer_counts_and_is_marked() -> None:
    bench = Bench()
    bench.tpu.takes_s = 0.2
    assert bench.look() == 5
    assert bench.network.causes == {Cause.TOO_SLOW}
    bench.tpu.takes_s = 0.01
    bench.look()
    assert bench.network.causes == frozenset()


def test_networks_that_do_not_fit_together_are_refused() -> None:
    other = SimulatedInterpreter("tpu", outputs=1)
    with pytest.raises(Rejected, match="another input or other outputs"):
        FallbackInterpreter(lambda: other, SimulatedInterpreter("spare"), deadline_ms=50)
    assert other.closed
    assert not np.any(other.input())
