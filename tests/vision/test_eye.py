from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from fanlight.domain.crossings import Crossing
from fanlight.ports.errors import Gone, Rejected, Transient
from fanlight.vision.eye import RoomEye
from fanlight.vision.sources.scene import SceneSource
from vision.simulated import SIZE, FaultySource, noise, room_of, walker

if TYPE_CHECKING:
    from fanlight.ports.eye import Eye
    from fanlight.vision.frame import Frame
    from fanlight.vision.room import Room


async def test_a_scene_seen_through_the_eye_to_its_end() -> None:
    eye: Eye = RoomEye(lambda: room_of(SceneSource(walker, SIZE, frames=50)), 2.0)
    events = []
    while (moment := await eye.look()) is not None:
        events += moment.events
    assert [type(event) for event in events] == [Crossing]
    assert await eye.look() is None
    await eye.close()


async def test_everything_happens_in_one_named_thread() -> None:
    threads = set()

    class Watched(SceneSource):
        def read(self) -> Frame | None:
            threads.add(threading.current_thread().name)
            return super().read()

        def close(self) -> None:
            threads.add(threading.current_thread().name)
            super().close()

    eye = RoomEye(lambda: room_of(Watched(noise, SIZE)), 2.0)
    for _ in range(3):
        await eye.look()
    await eye.reopen()
    await eye.look()
    await eye.close()
    assert len(threads) == 1
    assert next(iter(threads)).startswith("sealed-room")


async def test_the_loop_stays_free_while_the_room_looks() -> None:
    source = FaultySource()
    eye = RoomEye(lambda: room_of(source), 2.0)
    source.stalled.clear()
    look = asyncio.create_task(eye.look())
    ticks = 0
    for _ in range(5):
        await asyncio.sleep(0.005)
        ticks += 1
    assert not look.done()
    source.stalled.set()
    assert await look is not None
    assert ticks == 5
    await eye.close()


async def test_reopening_starts_with_fresh_tracks_and_closes_the_old_source() -> None:
    sources: list[FaultySource] = []

    def open_room() -> Room:
        sources.append(FaultySource(walker))
        return room_of(sources[-1])

    eye = RoomEye(open_room, 2.0)
    for _ in range(6):
        moment = await eye.look()
    assert moment is not None
    assert len(moment.tracks) == 1
    await eye.reopen()
    moment = await eye.look()
    assert moment is not None
    assert moment.frame == 0
    assert moment.tracks == ()
    assert [source.closed for source in sources] == [1, 0]
    await eye.close()
    assert [source.closed for source in sources] == [1, 1]


async def test_a_room_that_cannot_open_tells_why_each_time() -> None:
    def no_camera() -> Room:
        raise Gone("camera", "/dev/video0 is not there")

    eye = RoomEye(no_camera, 2.0)
    for attempt in (eye.look, eye.reopen, eye.look):
        with pytest.raises(Gone, match="is not there"):
            await attempt()
    await eye.close()


async def test_a_wrong_model_is_passed_on_as_such() -> None:
    def wrong() -> Room:
        raise Rejected("detector", "the manifest is broken")

    eye = RoomEye(wrong, 2.0)
    with pytest.raises(Rejected):
        await eye.look()
    await eye.close()


async def test_a_closed_eye_stays_closed() -> None:
    source = FaultySource()
    eye = RoomEye(lambda: room_of(source), 2.0)
    await eye.look()
    await eye.close()
    await eye.close()
    assert source.closed == 1
    with pytest.raises(Gone, match="has been closed"):
        await eye.look()
    with pytest.raises(Gone, match="has been closed"):
        await eye.reopen()


async def test_a_cancelled_look_is_taken_up_by_the_next_one() -> None:
    source = FaultySource()
    eye = RoomEye(lambda: room_of(source), 2.0)
    await eye.look()
    source.stalled.clear()
    look = asyncio.create_task(eye.look())
    await asyncio.sleep(0.01)
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    source.stalled.set()
    moment = await eye.look()
    assert moment is not None
    assert moment.frame == 1
    await eye.close()


async def test_what_is_settling_at_the_line_is_said_when_it_is_told_to_finish() -> None:
    """The walker is over the middle, at y = 120, but not yet clearly away from it."""
    eye = RoomEye(lambda: room_of(SceneSource(walker, SIZE, frames=50)), 2.0)
    for _ in range(31):
        moment = await eye.look()
        assert moment is not None
        assert moment.events == ()
    last = await eye.finish()
    assert last is not None
    assert [type(event) for event in last.events] == [Crossing]
    assert await eye.finish() is None
    await eye.close()


async def test_finishing_does_not_wait_for_a_camera_that_hangs() -> None:
    source = FaultySource()
    eye = RoomEye(lambda: room_of(source), 0.05)
    source.stalled.clear()
    with pytest.raises(Transient):
        await eye.look()
    with pytest.raises(Gone, match="an earlier call hangs"):
        await eye.finish()
    source.stalled.set()
    await eye.close()


async def test_an_eye_that_never_looked_has_nothing_to_finish() -> None:
    eye = RoomEye(lambda: room_of(SceneSource(walker, SIZE)), 2.0)
    assert await eye.finish() is None
    await eye.close()
