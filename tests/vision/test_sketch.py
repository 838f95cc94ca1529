"""Who is added to the sketch, when, and what is left of them: nothing."""

from __future__ import annotations

import statistics
import sys
from datetime import date
from time import perf_counter_ns
from types import SimpleNamespace

import numpy as np
import pytest

from chance_kit import dice
from fanlight.domain.counts import Segment
from fanlight.domain.crossings import Crossing, Direction
from fanlight.domain.moment import Moment
from fanlight.domain.privacy_budget import Noise
from fanlight.domain.revisit_features import FEATURES, QuadFeatures, Workbench
from fanlight.ports.errors import Transient
from fanlight.vision.frame import Frame
from fanlight.vision.marker import Marker, MarkerKind, MarkerSettings
from fanlight.vision.room import Room
from fanlight.vision.sketch import Entrance, LiveSketch
from fanlight.vision.sources.scene import SceneSource
from vision.simulated import SIZE, BlobFinder, backwards, noise, room_of, walker

DAY = date(2026, 11, 22)
QUIET = Noise(0.001, 0.001)
MEAN = np.zeros(32, np.float32)
AXES = np.random.default_rng(0).standard_normal((16, 32)).astype(np.float32)
PER_VISITOR_MS = 0.2


class SimulatedEmbedder:
    """Gives everybody the same vector and remembers what it was asked."""

    manifest = projection = SimpleNamespace()
    lifetime_ms = 1.5

    def __init__(self) -> None:
        self.vectors = np.zeros((4, 32), np.float32)
        self.asked: list[tuple[int, np.ndarray]] = []
        self.seen: list[float] = []
        self.scrubs = 0
        self.fails = False
        self.closed = False

    def embed(self, frame: Frame, boxes_px: np.ndarray) -> np.ndarray:
        if self.fails:
            raise Transient("embedder", "one inference failed")
        self.asked.append((frame.stamp.index, boxes_px.copy()))
        for x1, y1, x2, y2 in boxes_px.astype(int):
            self.seen.append(float(frame.pixels[y1:y2, x1:x2].mean()))
        self.vectors[: len(boxes_px)] = np.linspace(-1, 1, 32)
        return self.vectors[: len(boxes_px)]

    def scrub(self) -> None:
        self.vectors.fill(0)
        self.scrubs += 1

    def close(self) -> None:
        self.closed = True


def entrance_of(embedder: SimulatedEmbedder, live: LiveSketch) -> Entrance:
    return Entrance(embedder, QuadFeatures.of_seed(MEAN, AXES, b"x"), live)


def opened() -> LiveSketch:
    live = LiveSketch(dice(0))
    live.begin(QUIET)
    return live


def looks(room: Room) -> list[Moment]:
    moments = []
    while (moment := room.look()) is not None:
        moments.append(moment)
    return moments


def test_who_comes_in_is_embedded_once_on_the_frame_where_the_in_side_is_held() -> None:
    embedder, live = SimulatedEmbedder(), opened()
    moments = looks(
        room_of(SceneSource(walker, SIZE, frames=54), entrance=entrance_of(embedder, live))
    )
    (noted,) = [moment for moment in moments if moment.embedded]
    (told,) = [moment for moment in moments if moment.events]
    ((frame, boxes),) = embedder.asked
    assert (noted.frame, noted.embedded, noted.embedding_lifetime_ms) == (frame, 1, 1.5)
    assert isinstance(told.events[0], Crossing)
    assert told.events[0].frame <= frame <= told.frame
    assert boxes.shape == (1, 4)
    assert embedder.seen[0] > 200, "the box shows the bright body and not the floor"
    assert sum(moment.embedded for moment in moments) == 1
    sketch = live.finish(DAY)
    assert sketch is not None
    assert sketch.visits == 1
    vector = Workbench(QuadFeatures.of_seed(MEAN, AXES, b"x")).vectors(
        np.linspace(-1, 1, 32, dtype=np.float32)[None]
    )[0]
    assert np.abs(np.array(sketch.sums) - vector).max() <= 8


def test_who_wears_the_staffs_marker_is_staff_and_not_embedded() -> None:
    embedder, live = SimulatedEmbedder(), opened()
    marker = Marker(MarkerSettings(MarkerKind.REFLECTIVE))
    source = SceneSource(walker, SIZE, frames=54)
    moments = looks(room_of(source, entrance=entrance_of(embedder, live), marker=marker))
    (crossing,) = [event for moment in moments for event in moment.events]
    assert crossing.segment is Segment.STAFF
    assert sum(len(boxes) for _, boxes in embedder.asked) == 0
    assert not any(buffer.any() for buffer in marker._scratch._buffers.values())


def test_who_goes_out_is_not_embedded() -> None:
    embedder, live = SimulatedEmbedder(), opened()
    moments = looks(
        room_of(SceneSource(backwards, SIZE, frames=50), entrance=entrance_of(embedder, live))
    )
    events = [event for moment in moments for event in moment.events]
    assert [event.direction for event in events if isinstance(event, Crossing)] == [Direction.OUT]
    assert embedder.asked == []


def test_who_is_out_of_sight_before_the_far_side_is_held_is_not_embedded() -> None:
    def vanishing(pixels: np.ndarray, index: int) -> None:
        (walker if index < 27 else noise)(pixels, index)

    embedder, live = SimulatedEmbedder(), opened()
    moments = looks(
        room_of(SceneSource(vanishing, SIZE, frames=120), entrance=entrance_of(embedder, live))
    )
    assert sum(moment.embedded for moment in moments) == 0
    assert embedder.asked == []


def test_while_the_shop_is_closed_nobody_is_embedded() -> None:
    embedder, live = SimulatedEmbedder(), LiveSketch(dice(0))
    moments = looks(
        room_of(SceneSource(walker, SIZE, frames=54), entrance=entrance_of(embedder, live))
    )
    assert sum(len(moment.events) for moment in moments) == 1
    assert embedder.asked == []
    assert live.finish(DAY) is None


def test_an_embedder_that_fails_costs_no_count() -> None:
    embedder, live = SimulatedEmbedder(), opened()
    embedder.fails = True
    moments = looks(
        room_of(SceneSource(walker, SIZE, frames=54), entrance=entrance_of(embedder, live))
    )
    assert sum(len(moment.events) for moment in moments) == 1
    assert embedder.scrubs == 1
    sketch = live.finish(DAY)
    assert sketch is not None
    assert sketch.visits == 0


def test_everything_is_overwritten_even_when_the_sketch_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    embedder, live = SimulatedEmbedder(), opened()
    entrance = entrance_of(embedder, live)

    def fail(_self: LiveSketch, _vectors: np.ndarray) -> int:
        raise MemoryError

    monkeypatch.setattr(LiveSketch, "add", fail)
    room = room_of(SceneSource(walker, SIZE, frames=54), entrance=entrance)
    with pytest.raises(MemoryError):
        looks(room)
    assert not embedder.vectors.any()
    buffers = [value for value in vars(entrance._bench).values() if isinstance(value, np.ndarray)]
    assert buffers
    assert not any(buffer.any() for buffer in buffers)


def test_a_zero_vector_is_nobody() -> None:
    live = opened()
    assert live.add(np.array([[0] * FEATURES, [5] * FEATURES], np.int32)) == 1
    sketch = live.finish(DAY)
    assert sketch is not None
    assert sketch.visits == 1


def test_closing_the_room_releases_the_embedder_and_keeps_the_sketch() -> None:
    embedder, live = SimulatedEmbedder(), opened()
    room = room_of(SceneSource(walker, SIZE), BlobFinder(), entrance=entrance_of(embedder, live))
    room.close()
    assert embedder.closed
    assert live.is_open


def test_a_visitor_takes_a_fifth_of_a_millisecond() -> None:
    """128 dimensions, 64 axes: from embedding to sum, scrub included (-s: how long)."""
    rng = np.random.default_rng(1)
    axes = rng.standard_normal((64, 128)).astype(np.float32)
    bench = Workbench(QuadFeatures.of_seed(np.zeros(128, np.float32), axes, b"x"))
    live = opened()
    looked = rng.standard_normal((600, 128)).astype(np.float32)
    times_ns = []
    for embedding in looked:
        began_ns = perf_counter_ns()
        live.add(bench.vectors(embedding[None]))
        bench.scrub()
        times_ns.append(perf_counter_ns() - began_ns)
    median_ms = statistics.median(times_ns) / 1e6
    sys.stdout.write(f"sketch of one visitor: {median_ms:.3f} ms\n")
    assert median_ms <= PER_VISITOR_MS
