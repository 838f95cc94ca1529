"""The sealed room: one look at one frame, and nothing of it left but a Moment."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import pairwise
from time import monotonic_ns
from typing import TYPE_CHECKING, Protocol, TypedDict

import numpy as np

from fanlight.domain.counts import Segment
from fanlight.domain.events import Direction
from fanlight.domain.moment import Cause, Moment, StageTimes, TrackPoint
from fanlight.domain.window import Window
from fanlight.vision.frame import Scratch
from fanlight.vision.sight import Sight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fanlight.domain.aim import AimView
    from fanlight.domain.crossings import Crossing, Doorway, Event
    from fanlight.domain.setup_card import SignedCard
    from fanlight.domain.setup_rules import CardTrouble
    from fanlight.domain.tracking import Detections, Tracker, Tracks
    from fanlight.vision.frame import Frame, Stamp
    from fanlight.vision.governor import Throttle
    from fanlight.vision.marker import Marker
    from fanlight.vision.setup_desk import SetupDesk
    from fanlight.vision.sketch import Entrance
    from fanlight.vision.sources.port import FrameSource


class _Shown(TypedDict, total=False):
    """What set-up mode adds to a Moment."""

    card: SignedCard | CardTrouble | None
    aim: AimView | None


class Finder(Protocol):
    """What the room asks of a detector; see `fanlight.vision.detector.Detector`."""

    @property
    def causes(self) -> frozenset[Cause]:
        """Why its detections come worse or slower than they should just now."""

    def show(self, frame: Frame) -> None:
        """Write the frame into the network's input."""

    def infer(self) -> None:
        """Run the network on it."""

    def detections(self) -> Detections:
        """Return the people found, in px of the frame."""

    def scrub(self) -> None:
        """Overwrite every pixel that it holds."""

    def forget(self) -> None:
        """Overwrite what the last frame left inside the network; takes an inference."""

    def rest(self) -> None:
        """Do what takes time; called while no frame is on lease."""

    def close(self) -> None:
        """Scrub and release the network."""


class Room:
    """Looks at one frame at a time: lease, convert, infer, decode, track, cross, scrub.

    Frame, scratch buffers and input tensor are overwritten in a `finally`, before anything is
    said. Every call comes from one thread. `pixel_budget_ms` bounds the time from the instant
    when the pixels came to exist to the scrub; a longer look gets `Cause.PIXEL_BUDGET`. A
    `throttle` keeps the room cool by pausing between looks. Detector, tracker and doorway work
    in px of `window`, the whole frame unless told otherwise. An `entrance` adds people who come in
    to the day's sketch, on the frame on which they hold the in side; a `marker` tells staff by what
    they wear, on that frame or the one on which they hold the out side; a `desk` is there in
    set-up mode only.
    """

    def __init__(  # noqa: PLR0913 - the parts of the room
        self,
        source: FrameSource,
        detector: Finder,
        tracker: Tracker,
        doorway: Doorway,
        *,
        pixel_budget_ms: float,
        window: Window | None = None,
        throttle: Throttle | None = None,
        entrance: Entrance | None = None,
        marker: Marker | None = None,
        desk: SetupDesk | None = None,
    ) -> None:
        window = window or Window.whole(source.width, source.height)
        self._corner_px = (window.left, window.top)
        self._source = source
        self._detector = detector
        self._tracker = tracker
        self._doorway = doorway
        self._pixel_budget_ms = pixel_budget_ms
        self._throttle = throttle
        self._entrance = entrance
        self._marker = marker
        self._desk = desk
        self._shown: _Shown = {}
        self._boxes_px = np.zeros((0, 4))
        self._scratch = Scratch()
        self._sight = Sight(live=source.live)
        self._at_ns = 0
        self._index = 0
        self._ended = False
        self._forgotten = True

    def look(self) -> Moment | None:
        """Look at the newest frame; None once a recording has ended.

        The last Moment of a recording holds the events that were still waiting to settle.

        Raises:
            Transient: no frame, or one that could not be used; its pixels are scrubbed.
            Gone: source or accelerator must be opened again.
        """
        self._rest()
        frame = self._read()
        if frame is None:
            return self.finish()
        self._at_ns, self._index = frame.stamp.at_ns, frame.stamp.index
        laps = [monotonic_ns()]
        try:
            blind = self._sight.judge(frame, self._scratch)
            events, tracks = ((), None) if blind else self._follow(frame, laps)
            self._shown = self._at_the_desk(frame) if tracks is not None else {}
            laps += [monotonic_ns()] * (6 - len(laps))
        finally:
            self._scrub(frame)
        laps.append(monotonic_ns())
        points = () if tracks is None else self._points(tracks)
        return self._moment(frame.stamp, events, points, blind, laps)

    def finish(self) -> Moment | None:
        """Settle what is open at the lines, once; None when there is nothing to say."""
        if self._ended:
            return None
        self._ended = True
        events = tuple(self._doorway.close(self._at_ns, self._index))
        if self._marker is not None:
            events = self._marker.settled(events, ())
        if not events:
            return None
        return Moment(self._at_ns, self._index, events, (), 0.0, StageTimes(0, 0, 0, 0, 0, 0))

    def close(self) -> None:
        """Scrub and release source and detector; harmless when already closed."""
        with ExitStack() as both:
            if self._desk is not None:
                both.callback(self._desk.close)
            both.callback(self._scratch.scrub)
            if self._entrance is not None:
                both.callback(self._entrance.close)
            both.callback(self._detector.close)
            both.callback(self._source.close)

    def _read(self) -> Frame | None:
        """Wait for a frame; when none comes, let the network forget the one before it."""
        frame = None
        try:
            frame = self._source.read()
        finally:
            if frame is None and not self._forgotten:
                self._detector.forget()
            self._forgotten = frame is None
        return frame

    def _rest(self) -> None:
        """Spend waiting times before the lease, so that no picture lives through them."""
        self._detector.rest()
        if self._throttle is not None:
            self._throttle.pause()

    def _follow(self, frame: Frame, laps: list[int]) -> tuple[tuple[Event, ...], Tracks]:
        """Turn the frame into events and tracks, noting the time of each stage."""
        self._detector.show(frame)
        laps.append(monotonic_ns())
        self._detector.infer()
        laps.append(monotonic_ns())
        detections = self._detector.detections()
        self._boxes_px = detections.boxes
        laps.append(monotonic_ns())
        tracks = self._tracker.step(frame.stamp.at_ns, detections)
        laps.append(monotonic_ns())
        events = tuple(self._doorway.step(frame.stamp.at_ns, frame.stamp.index, tracks))
        holding = self._doorway.holding
        if self._marker is not None:
            holding = self._marker.look(frame, holding, tracks, self._corner_px)
            events = self._marker.settled(events, tracks.ids.tolist())
        if self._entrance is not None and holding:
            self._entrance.note(frame, self._boxes_of_visitors(holding, tracks))
        return events, tracks

    def _at_the_desk(self, frame: Frame) -> _Shown:
        """Read a card and draw the aiming view, in set-up mode."""
        if self._desk is None:
            return {}
        boxes = self._boxes_px + np.tile(self._corner_px, 2)
        return {
            "card": self._desk.read(frame, self._scratch),
            "aim": self._desk.view(frame, self._scratch, boxes),
        }

    def _boxes_of_visitors(
        self, holding: tuple[Crossing, ...], tracks: Tracks
    ) -> NDArray[np.float64]:
        """Return the boxes, in px of the frame, of visitors who have just come in.

        Staff come back every day, so they would pass for returning visitors.
        """
        visitors = [
            each.track
            for each in holding
            if each.direction is Direction.IN and each.segment is not Segment.STAFF
        ]
        boxes: NDArray[np.float64] = tracks.boxes[np.isin(tracks.ids, visitors)]
        boxes += np.tile(self._corner_px, 2)
        return boxes

    def _scrub(self, frame: Frame) -> None:
        """Overwrite every pixel, each even if another fails."""
        with ExitStack() as everything:
            if self._entrance is not None:
                everything.callback(self._entrance.scrub)
            if self._marker is not None:
                everything.callback(self._marker.scrub)
            everything.callback(frame.scrub)
            everything.callback(self._scratch.scrub)
            everything.callback(self._detector.scrub)

    def _points(self, tracks: Tracks) -> tuple[TrackPoint, ...]:
        places = (tracks.anchors + self._corner_px) / (self._source.width, self._source.height)
        return tuple(
            TrackPoint(track, x, y)
            for track, (x, y) in zip(tracks.ids.tolist(), places.tolist(), strict=True)
        )

    def _moment(
        self,
        stamp: Stamp,
        events: tuple[Event, ...],
        points: tuple[TrackPoint, ...],
        blind: frozenset[Cause],
        laps: list[int],
    ) -> Moment:
        pixel_lifetime_ms = (laps[-1] - stamp.exposed_ns) / 1e6
        causes = blind | self._detector.causes | self._doorway.causes
        if self._throttle is not None:
            causes |= self._throttle.causes
        if pixel_lifetime_ms > self._pixel_budget_ms:
            causes |= {Cause.PIXEL_BUDGET}
        stages = [(end - start) / 1e6 for start, end in pairwise(laps)]
        return Moment(
            stamp.at_ns,
            stamp.index,
            events,
            points,
            pixel_lifetime_ms,
            StageTimes(*stages),
            skipped=stamp.skipped,
            sighted=not blind,
            causes=causes,
            embedded=self._entrance.added if self._entrance else 0,
            embedding_lifetime_ms=self._entrance.lifetime_ms if self._entrance else 0.0,
            **self._shown,
        )
