"""Field problems 20-23: a slow USB link, heat, a stick that vanishes, libraries that crash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tflite_runtime
from hypothesis import given
from hypothesis import strategies as st

from fanlight.domain.moment import Cause
from fanlight.ports.errors import Gone, Rejected, Transient
from fanlight.vision import edgetpu
from fanlight.vision.edgetpu import burn_in, open_edgetpu, probe_in_child, usb_link_mbps
from fanlight.vision.fallback import FallbackInterpreter
from fanlight.vision.governor import Governor, HeatLimits, Throttle
from vision.simulated import FaultySource, SimulatedInterpreter, room_of

if TYPE_CHECKING:
    from pathlib import Path

FULL_FPS = 20.0


def plug_in(devices: Path, name: str, vendor: str, product: str, speed: str) -> None:
    device = devices / name
    device.mkdir(parents=True)
    for file, content in (("idVendor", vendor), ("idProduct", product), ("speed", speed)):
        (device / file).write_text(content + "\n")


@pytest.mark.parametrize(("vendor", "product"), [("1a6e", "089a"), ("18d1", "9302")])
@pytest.mark.parametrize("speed", ["480", "5000"])
def test_field_20_the_link_speed_is_known_before_and_after_the_first_use(
    tmp_path: Path, vendor: str, product: str, speed: str
) -> None:
    plug_in(tmp_path, "1-1", "0bda", "8153", "5000")
    assert usb_link_mbps(tmp_path) is None
    (tmp_path / "usb1").mkdir()
    plug_in(tmp_path, "2-1", vendor, product, speed)
    assert usb_link_mbps(tmp_path) == float(speed)


def test_field_20_a_slow_link_marks_every_result() -> None:
    network = FallbackInterpreter(
        lambda: SimulatedInterpreter("tpu"),
        SimulatedInterpreter("spare"),
        deadline_ms=50,
        slow_link=True,
    )
    network.invoke()
    assert network.causes == {Cause.ACCELERATOR_SLOW_LINK}


@given(st.lists(st.floats(20, 110), min_size=1, max_size=60))
def test_field_21_the_rate_stays_in_its_bounds_and_full_when_cool(readings: list[float]) -> None:
    limits = HeatLimits()
    governor = Governor(FULL_FPS, limits)
    for reading in readings:
        fps = governor.fps(reading)
        assert limits.slowest_fps <= fps <= FULL_FPS
        if reading >= limits.hot_c:
            assert fps == limits.slowest_fps
        if reading < limits.warm_c - limits.relief_c:
            assert fps == FULL_FPS
        assert governor.throttled == (fps < FULL_FPS)


@given(st.lists(st.floats(-1.9, 1.9), min_size=2, max_size=60), st.floats(60, 95))
def test_field_21_a_trembling_sensor_does_not_make_the_rate_tremble(
    tremble: list[float], around_c: float
) -> None:
    governor = Governor(FULL_FPS)
    governor.fps(around_c + max(tremble))
    rates = {governor.fps(around_c + each) for each in tremble}
    assert len(rates) == 1


def test_field_21_hotter_is_never_faster() -> None:
    rates = [Governor(FULL_FPS).fps(celsius) for celsius in range(40, 110)]
    assert rates == sorted(rates, reverse=True)
    assert len(set(rates)) == HeatLimits().steps + 1


def test_field_21_a_hot_room_pauses_between_looks_and_says_so() -> None:
    now, slept, heat = [0.0], [], [60.0]

    def sleep_s(pause_s: float) -> None:
        slept.append(pause_s)
        now[0] += pause_s

    throttle = Throttle(Governor(FULL_FPS), lambda: heat[0], now_s=lambda: now[0], sleep_s=sleep_s)
    room = room_of(FaultySource(), throttle=throttle)
    for _ in range(3):
        moment = room.look()
    assert moment is not None
    assert (slept, moment.causes) == ([], frozenset())
    heat[0] = 90.0
    for _ in range(3):
        moment = room.look()
        now[0] += 0.01
    assert moment is not None
    assert Cause.TOO_HOT in moment.causes
    np.testing.assert_allclose(slept[1:], 0.49)
    heat[0] = 50.0
    moment = room.look()
    assert moment is not None
    assert moment.causes == frozenset()


def test_field_22_a_stick_that_vanishes_in_burn_in_is_not_used() -> None:
    stick = SimulatedInterpreter("tpu")

    def vanish(_s: float) -> None:
        if stick.invoked == 7:
            raise Transient("accelerator", "device not found")

    stick.pass_time = vanish
    with pytest.raises(Gone, match=r"failed in burn-in look 7: .*device not found"):
        burn_in(stick)
    assert stick.closed


def test_field_22_a_stick_that_answers_differently_is_not_used() -> None:
    stick = SimulatedInterpreter("tpu")

    def glitch(_s: float) -> None:
        if stick.invoked == 11:
            stick.input()[0, 0, 0, 0] ^= 1

    stick.pass_time = glitch
    with pytest.raises(Gone, match="answered differently in burn-in look 11"):
        burn_in(stick)
    assert stick.closed


def test_field_22_a_good_stick_passes_and_is_left_clean() -> None:
    stick = SimulatedInterpreter("tpu")
    burn_in(stick)
    assert stick.invoked == edgetpu.BURN_IN_LOOKS
    assert not stick.input().any()


def test_field_23_a_crash_of_the_library_ends_only_the_child() -> None:
    crash = "import ctypes; ctypes.string_at(0)"
    with pytest.raises(Gone, match=r"libedgetpu\.so\.1 crashed on its first load \(signal 11\)"):
        probe_in_child("model", "libedgetpu.so.1", 20.0, probe=crash)


def test_field_23_a_missing_library_is_found_out_by_the_child(tmp_path: Path) -> None:
    with pytest.raises(Gone, match=r"first load failed.*libnowhere"):
        open_edgetpu(tmp_path / "model.tflite", library="libnowhere.so.1")


def test_field_23_other_versions_than_the_pinned_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tflite_runtime, "__version__", "2.17.0")
    with pytest.raises(Rejected, match=r"tflite-runtime is 2\.17\.0; .* pinned to 2\.14\.0"):
        open_edgetpu(tmp_path / "model.tflite")
