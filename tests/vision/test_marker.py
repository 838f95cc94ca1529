"""Staff are known by what they wear, in every layout of a frame, and nothing of it stays."""

from __future__ import annotations

import sys
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from fanlight.domain.counts import Segment
from fanlight.domain.events import Crossing, Direction, Event, UTurn
from fanlight.domain.sightings import Tracks
from fanlight.vision.frame import Frame, Layout, Stamp
from fanlight.vision.marker import Marker, MarkerKind, MarkerSettings
from fanlight.vision.sources.scene import SceneSource
from vision.dressed import GOLDEN, body, vest
from vision.simulated import SIZE as SCENE_SIZE
from vision.simulated import backwards, noise, room_of, walker

SIZE = WIDTH, HEIGHT = 160, 120
BOX = (40, 20, 80, 100)
YELLOW_GREEN = (30, 235, 220)
YELLOW, RED, GREY, WHITE = (20, 230, 240), (20, 20, 230), (120, 120, 120), (255, 255, 255)
BY_HUE = Marker(MarkerSettings(hue_deg=58.0))


def frame(vest: tuple[int, int, int], layout: Layout = Layout.BGR) -> Frame:
    """A grey hall with somebody in blue trousers and a vest of that colour (BGR)."""
    pixels = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    x1, y1, x2, y2 = BOX
    pixels[y1:y2, x1:x2] = (140, 60, 40)
    pixels[y1 + 20 : y1 + 45, x1 + 8 : x2 - 8] = vest
    if layout is Layout.RGB:
        pixels = np.ascontiguousarray(pixels[..., ::-1])
    elif layout is Layout.I420:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420)
    return Frame(pixels, layout, SIZE, Stamp(0, 0, 0))


def tracks() -> Tracks:
    return Tracks(
        ids=np.array([7]),
        anchors=np.array([[30.0, 50.0]]),
        boxes=np.array([BOX], dtype=float) - [[30, 10, 30, 10]],
        observed=np.array([True]),
        bodies=np.array([50.0]),
        births=np.array([[30.0, 50.0]]),
        born_ns=np.array([0]),
    )


def crossing(
    track: int = 7,
    segment: Segment | None = Segment.ADULT,
    direction: Direction = Direction.IN,
) -> Crossing:
    return Crossing("door", direction, 1, 1, track, segment=segment)


def shares(marker: Marker, bodies: list[np.ndarray]) -> np.ndarray:
    """Return what share of each drawn body shows the marker."""
    return np.array(
        [
            marker.share(
                Frame(body, Layout.BGR, (body.shape[1], body.shape[0]), Stamp(0, 0, 0)),
                (0, 0, body.shape[1], body.shape[0]),
            )
            for body in bodies
        ]
    )


def judged(marker: Marker, vest: tuple[int, int, int], event: Crossing) -> Event:
    marker.look(frame(vest), (event,), tracks(), (30, 10))
    (found,) = marker.settled((event,), [event.track])
    return found


@pytest.mark.parametrize("layout", list(Layout))
def test_the_share_of_the_colour_is_measured_in_every_layout(layout: Layout) -> None:
    assert BY_HUE.share(frame(YELLOW, layout), BOX) == pytest.approx(25 * 24 / (40 * 80), abs=0.03)
    assert BY_HUE.share(frame(GREY, layout), BOX) < 0.01


def test_who_wears_it_is_staff_and_who_does_not_keeps_their_class() -> None:
    assert judged(BY_HUE, YELLOW, crossing()) == crossing(segment=Segment.STAFF)
    assert judged(BY_HUE, GREY, crossing()) == crossing()
    assert judged(BY_HUE, RED, crossing()) == crossing()


def test_red_lies_on_both_ends_of_the_hues() -> None:
    for hue_deg in (0.0, 355.0, 5.0):
        marker = Marker(MarkerSettings(hue_deg=hue_deg))
        assert judged(marker, RED, crossing()) == crossing(segment=Segment.STAFF)


def test_a_reflector_is_what_blinds_the_sensor() -> None:
    marker = Marker(MarkerSettings(MarkerKind.REFLECTIVE))
    assert judged(marker, WHITE, crossing()) == crossing(segment=Segment.STAFF)
    assert judged(marker, YELLOW, crossing()) == crossing()


def test_what_was_seen_at_the_line_is_told_when_the_crossing_is_settled() -> None:
    marker = Marker(MarkerSettings())
    (held,) = marker.look(frame(YELLOW_GREEN), (crossing(),), tracks(), (30, 10))
    assert held == crossing(segment=Segment.STAFF)
    assert marker.settled((), [7]) == ()
    told = marker.settled((crossing(), crossing(8), UTurn("door", 1, 1, 7)), [])
    assert told == (crossing(segment=Segment.STAFF), crossing(8), UTurn("door", 1, 1, 7))


def test_nothing_is_remembered_beyond_the_track() -> None:
    marker = Marker(MarkerSettings())
    marker.look(frame(YELLOW_GREEN), (crossing(),), tracks(), (30, 10))
    assert marker.settled((), [8]) == ()
    assert marker.settled((crossing(),), [7]) == (crossing(),)
    assert not marker._staff


def test_each_crossing_of_a_track_is_judged_by_its_own_look() -> None:
    marker = Marker(MarkerSettings())
    out = crossing(direction=Direction.OUT)
    marker.look(frame(YELLOW_GREEN), (crossing(),), tracks(), (30, 10))
    marker.look(frame(GREY), (out,), tracks(), (30, 10))
    assert marker.settled((crossing(), out), [7]) == (crossing(segment=Segment.STAFF), out)
    marker.look(frame(GREY), (crossing(),), tracks(), (30, 10))
    assert marker.settled((crossing(),), [7]) == (crossing(),)


@pytest.mark.parametrize("draw", [walker, backwards])
def test_who_leaves_the_picture_before_the_crossing_is_settled_is_still_staff(
    draw: Callable[[np.ndarray, int], None],
) -> None:
    """The body is gone eight frames after the line, well before a U-turn is impossible."""

    def leaving(pixels: np.ndarray, index: int) -> None:
        (draw if index < 33 else noise)(pixels, index)

    marker = Marker(MarkerSettings(MarkerKind.REFLECTIVE))
    for frames in (120, 36):
        room = room_of(SceneSource(leaving, SCENE_SIZE, frames=frames), marker=marker)
        moments = list(iter(room.look, None))
        ((crossed, told),) = [(e, m) for m in moments for e in m.events]
        assert isinstance(crossed, Crossing)
        assert crossed.segment is Segment.STAFF
        assert told.frame > 33
        assert not marker._staff
        assert not any(buffer.any() for buffer in marker._scratch._buffers.values())


def test_vests_are_found_and_few_clothes_are_taken_for_one() -> None:
    """Bodies of the rendered wardrobe under changing light (-s: how often)."""
    rng = np.random.default_rng(3)
    settings = MarkerSettings()
    plain = [body(rng) for _ in range(1000)]
    worn = [body(rng, worn=vest(rng)) for _ in range(500)]
    marker = Marker(settings)
    missed = float((shares(marker, worn) < settings.least_share).mean())
    false = float((shares(marker, plain) >= settings.least_share).mean())
    any_yellow = Marker(MarkerSettings(hue_deg=60.0, hue_width_deg=30.0, least_saturation=0.5))
    sys.stdout.write(f"vests missed {missed:.3f}, others taken for staff {false:.3f}\n")
    assert missed < 0.06
    assert false < 0.04
    assert false < float((shares(any_yellow, plain) >= 0.04).mean())
    assert missed < float((shares(any_yellow, worn) < 0.04).mean())


def test_a_golden_jumper_is_seldom_a_vest() -> None:
    """Only in light that turns it greenish; every yellow together would take nearly all."""
    rng = np.random.default_rng(4)
    jumpers = [body(rng, top=GOLDEN) for _ in range(300)]
    settings = MarkerSettings()
    any_yellow = Marker(MarkerSettings(hue_deg=60.0, hue_width_deg=30.0, least_saturation=0.5))
    taken = float((shares(Marker(settings), jumpers) >= settings.least_share).mean())
    before = float((shares(any_yellow, jumpers) >= 0.04).mean())
    sys.stdout.write(f"golden jumpers taken for a vest {taken:.3f}, by any yellow {before:.3f}\n")
    assert taken < 0.3
    assert before > 0.8


@pytest.mark.parametrize("box", [(-50, -50, -20, -20), (156, 30, 400, 90), (50, 50, 50, 50)])
def test_a_box_that_is_hardly_on_the_frame_shows_nothing(box: tuple[float, ...]) -> None:
    assert BY_HUE.share(frame(YELLOW), box) == 0.0


def test_nothing_that_was_read_survives_the_scrub() -> None:
    marker = Marker(MarkerSettings(hue_deg=58.0))
    assert marker.share(frame(YELLOW), BOX) > 0.1
    buffers = list(marker._scratch._buffers.values())
    assert any(buffer.any() for buffer in buffers)
    marker.scrub()
    assert not any(buffer.any() for buffer in buffers)
