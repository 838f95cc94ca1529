from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from fanlight.domain.crossings import Crossing, Direction
from fanlight.domain.moment import Cause
from fanlight.ports.errors import Gone, Transient
from fanlight.vision.sources.scene import SceneSource
from vision.simulated import SIZE, BlobFinder, FaultySource, noise, room_of, walker

if TYPE_CHECKING:
    from fanlight.domain.moment import Moment
    from fanlight.vision.frame import Frame, Pixels
    from fanlight.vision.room import Room


def looks(room: Room) -> list[Moment]:
    moments = []
    while (moment := room.look()) is not None:
        moments.append(moment)
    return moments


def test_a_walk_over_the_line_is_one_crossing_and_an_anonymous_path() -> None:
    moments = looks(room_of(SceneSource(walker, SIZE, frames=50)))
    events = [event for moment in moments for event in moment.events]
    assert [(type(e), e.line, e.direction) for e in events] == [(Crossing, "door", Direction.IN)]
    assert abs(events[0].frame - 25) <= 1
    path = [(point.x, point.y) for moment in moments for point in moment.tracks]
    assert len(path) > 40
    np.testing.assert_allclose([x for x, _y in path], 0.5, atol=0.03)
    assert all(0 <= y <= 1 for _x, y in path)


def test_each_moment_tells_its_frame_time_and_stages() -> None:
    moments = looks(room_of(SceneSource(noise, SIZE, fps=20.0, frames=5)))
    assert [moment.frame for moment in moments] == list(range(5))
    assert [moment.at_ns for moment in moments] == [50_000_000 * n for n in range(5)]
    for moment in moments:
        stages = moment.stages
        spent_ms = stages.convert_ms + stages.infer_ms + stages.decode_ms
        spent_ms += stages.track_ms + stages.cross_ms + stages.scrub_ms
        assert 0 < spent_ms <= moment.pixel_lifetime_ms
        assert moment.sighted
        assert moment.causes == frozenset()


def test_an_event_that_is_still_settling_at_the_end_comes_as_last_words() -> None:
    room = room_of(SceneSource(walker, SIZE, frames=30))
    moments = looks(room)
    assert [len(moment.events) for moment in moments] == [0] * 30 + [1]
    assert moments[-1].frame == 29
    assert room.look() is None


@pytest.mark.parametrize("stage", ["show", "infer", "detections"])
def test_a_fault_in_any_stage_still_scrubs_everything(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leased: list[Pixels] = []

    def fail(_self: BlobFinder, frame: Frame | None = None) -> None:
        raise Transient("detector", f"{stage} failed")

    source = SceneSource(noise, SIZE)
    read = source.read

    def remembered() -> Frame:
        frame = read()
        assert frame is not None
        assert frame.pixels.any()
        leased.append(frame.pixels)
        return frame

    monkeypatch.setattr(source, "read", remembered)
    finder = BlobFinder()
    monkeypatch.setattr(BlobFinder, stage, fail)
    room = room_of(source, finder)
    with pytest.raises(Transient, match=f"{stage} failed"):
        room.look()
    assert len(leased) == 1
    assert not leased[0].any()
    assert finder.scrubs == 1
    assert not any(buffer.any() for buffer in room._scratch._buffers.values())


def test_the_network_forgets_the_last_frame_once_no_other_comes() -> None:
    finder, source = BlobFinder(), FaultySource()
    room = room_of(source, finder)
    room.look()
    assert finder.forgotten == 0
    source.gone = True
    for _ in range(3):
        with pytest.raises(Gone):
            room.look()
    assert finder.forgotten == 1
    source.gone = False
    room.look()
    assert finder.forgotten == 1

    finder = BlobFinder()
    looks(room_of(SceneSource(noise, SIZE, frames=2), finder))
    assert finder.forgotten == 1


def test_a_traceback_that_somebody_keeps_holds_no_picture() -> None:
    def fail() -> None:
        raise Transient("detector", "USB transfer error")

    room = room_of(SceneSource(noise, SIZE), BlobFinder(fail))
    with pytest.raises(Transient) as caught:
        room.look()
    arrays = []
    traceback = caught.tb
    while traceback is not None:
        for value in traceback.tb_frame.f_locals.values():
            holder = getattr(value, "_pixels", getattr(value, "_mask", value))
            if isinstance(holder, np.ndarray):
                arrays.append(holder)
        traceback = traceback.tb_next
    assert arrays
    assert not any(array.any() for array in arrays)


def test_a_look_over_the_pixel_budget_is_reported() -> None:
    source = SceneSource(noise, SIZE, frames=2)
    slow = room_of(source, BlobFinder(lambda: time.sleep(0.03)), pixel_budget_ms=20)
    moment = slow.look()
    assert moment is not None
    assert moment.pixel_lifetime_ms > 30
    assert Cause.PIXEL_BUDGET in moment.causes
    assert moment.sighted


def test_a_dark_picture_is_not_counted_by() -> None:
    def night(pixels: Pixels, index: int) -> None:
        pixels[...] = np.random.default_rng(index).integers(0, 12, pixels.shape, np.uint8)

    room = room_of(SceneSource(night, SIZE, frames=3))
    for moment in looks(room):
        assert not moment.sighted
        assert moment.causes == {Cause.TOO_DARK}
        assert moment.tracks == ()


def test_a_covered_lens_is_not_counted_by() -> None:
    def covered(pixels: Pixels, _index: int) -> None:
        pixels.fill(120)

    moment = room_of(SceneSource(covered, SIZE)).look()
    assert moment is not None
    assert not moment.sighted


def test_a_recording_may_hold_still() -> None:
    def still(pixels: Pixels, _index: int) -> None:
        noise(pixels, 0)

    room = room_of(SceneSource(still, SIZE, fps=5.0, frames=20))
    assert all(moment.sighted for moment in looks(room))


def test_closing_the_room_closes_both_ends_even_if_one_fails() -> None:
    class Broken(BlobFinder):
        def close(self) -> None:
            raise RuntimeError("USB stack")

    source = SceneSource(noise, SIZE)
    room = room_of(source, Broken())
    with pytest.raises(RuntimeError, match="USB stack"):
        room.close()
    assert source._closed
