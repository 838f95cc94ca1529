"""Staff are known by what they wear, in every layout of a frame, and nothing of it stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fanlight.domain.counts import Segment
from fanlight.domain.events import Crossing, Direction, Event, UTurn
from fanlight.domain.sightings import Tracks
from fanlight.vision.frame import Frame, Layout, Stamp
from fanlight.vision.marker import Marker, MarkerKind, MarkerSettings

SIZE = WIDTH, HEIGHT = 160, 120
BOX = (40, 20, 80, 100)
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


def tracks(*, observed: bool = True) -> Tracks:
    return Tracks(
        ids=np.array([7]),
        anchors=np.array([[30.0, 50.0]]),
        boxes=np.array([BOX], dtype=float) - [[30, 10, 30, 10]],
        observed=np.array([observed]),
        bodies=np.array([50.0]),
        births=np.array([[30.0, 50.0]]),
        born_ns=np.array([0]),
    )


def crossing(track: int = 7, segment: Segment | None = Segment.ADULT) -> Crossing:
    return Crossing("door", Direction.IN, 1, 1, track, segment=segment)


def judged(marker: Marker, vest: tuple[int, int, int], event: Event, *, seen: bool = True) -> Event:
    (found,) = marker.judged(frame(vest), (event,), tracks(observed=seen), (30, 10))
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


def test_who_is_out_of_sight_or_only_turns_round_is_not_looked_at() -> None:
    assert judged(BY_HUE, YELLOW, crossing(), seen=False) == crossing()
    assert judged(BY_HUE, YELLOW, crossing(track=8)) == crossing(track=8)
    turn = UTurn("door", 1, 1, 7)
    assert judged(BY_HUE, YELLOW, turn) == turn


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
