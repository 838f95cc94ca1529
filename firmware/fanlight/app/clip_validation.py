"""Counting a clip while listening at its doorway, so that the count can be checked and repeated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fanlight.adapters.validation_recording import Head, HeardLine, TruePassage, read_heard
from fanlight.app.clip_count import count_clip
from fanlight.app.compose import open_package, room_around
from fanlight.domain.heard import ListeningDoorway, count_again
from fanlight.domain.rates import POOR_SIGHT, Light
from fanlight.domain.validation import ClipFacts
from fanlight.vision.sources.clip import ClipSource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fanlight.adapters.clip_truth import ClipTruth
    from fanlight.app.config import Config
    from fanlight.domain.crossings import Doorway, DoorwaySettings
    from fanlight.domain.events import Event
    from fanlight.domain.geometry import CountingLine
    from fanlight.domain.heard import HeardFrame
    from fanlight.domain.moment import Moment
    from fanlight.domain.scoring import Passage


@dataclass(frozen=True, slots=True)
class Heard:
    """A clip's count, what was heard of it, and its truth; no picture."""

    head: Head
    frames: list[HeardFrame]
    events: list[Event]

    @property
    def facts(self) -> ClipFacts:
        """What the check needs to know of the clip."""
        head = self.head
        return ClipFacts(head.clip, head.passages, head.optional_passages, head.light)


@dataclass(slots=True)
class _Listener:
    """Notes what a room's doorway hears, and in which light."""

    frames: list[HeardFrame] = field(default_factory=list)
    lines: tuple[CountingLine, ...] = ()
    looks: int = 0
    poor: int = 0

    def doorway(
        self, settings: DoorwaySettings, lines: Sequence[CountingLine], *others: object
    ) -> Doorway:
        """Make the room's doorway, and listen at it."""
        self.lines = tuple(lines)
        doorway = ListeningDoorway(settings, lines, *others)  # type: ignore[arg-type]
        doorway.listener = self.frames.append
        return doorway

    def note(self, moment: Moment) -> None:
        """Note how well a frame could be seen."""
        self.looks += 1
        self.poor += bool(moment.causes & POOR_SIGHT)

    @property
    def light(self) -> Light:
        """Poor, if more than half of the frames were seen poorly."""
        return Light.POOR if 2 * self.poor > self.looks else Light.CLEAR


def count_and_listen(clip: Path, config: Config, truth: ClipTruth) -> Heard:
    """Count a clip with the configured detector, as fast as it goes.

    Raises:
        Rejected: the clip or the detector cannot be used.
    """
    listener = _Listener()
    source = ClipSource(clip, paced=False)
    room = room_around(source, config, open_package(config), make_doorway=listener.doorway)
    try:
        events = count_clip(room.look, listener.note).events
    finally:
        room.close()
    head = Head(
        clip.name,
        tuple(
            HeardLine(line.name, (line.start.x, line.start.y), (line.end.x, line.end.y))
            for line in listener.lines
        ),
        config.mount.kind,
        listener.light,
        _passages(truth.passages),
        _passages(truth.optional_passages),
    )
    return Heard(head, listener.frames, events)


def hear_again(recording: Path) -> Heard:
    """Repeat the count of a recording.

    Raises:
        Rejected: the recording cannot be read.
    """
    head, frames = read_heard(recording)
    return Heard(head, frames, count_again(frames, head.counting_lines, head.mount))


def _passages(passages: list[Passage]) -> tuple[TruePassage, ...]:
    return tuple(TruePassage(each.at_s, each.direction) for each in passages)
