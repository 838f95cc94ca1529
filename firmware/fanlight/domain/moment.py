"""What leaves the sealed room after one look at one frame."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fanlight.domain.aim import AimView
    from fanlight.domain.crossings import Event
    from fanlight.domain.setup_card import SignedCard
    from fanlight.domain.setup_rules import CardTrouble


class Cause(StrEnum):
    """Why the counts of some seconds are worth less than they could be."""

    ACCELERATOR_FALLBACK = "accelerator_fallback"
    ACCELERATOR_SLOW_LINK = "accelerator_slow_link"
    TOO_DARK = "too_dark"
    TOO_SLOW = "too_slow"
    TOO_HOT = "too_hot"
    CAMERA_STALLED = "camera_stalled"
    CAMERA_REPEATS = "camera_repeats"
    PIXEL_BUDGET = "pixel_budget"
    BODIES_TOO_LARGE = "bodies_too_large"
    BODIES_TOO_SMALL = "bodies_too_small"
    CLOCK_UNTRUSTED = "clock_untrusted"
    LOST_ON_POWER_CUT = "lost_on_power_cut"


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """Where an anonymous track is, as fractions of the picture's width and height."""

    track: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class StageTimes:
    """How long each stage of one look took, in milliseconds."""

    convert_ms: float
    infer_ms: float
    decode_ms: float
    track_ms: float
    cross_ms: float
    scrub_ms: float


@dataclass(frozen=True, slots=True)
class Moment:
    """One look at one frame, with nothing of a person but anonymous positions and events.

    `at_ns` is the frame's time on the device's monotonic clock (for a recorded clip: since its
    first frame), `frame` its 0-based index in the source, `skipped` how many newer-wins frames
    were dropped and scrubbed before it, `sighted` whether the picture was good enough to count
    by, `causes` why not or why less well. `embedded` is how many who came in were added to the
    anonymous sketch of the day, `embedding_lifetime_ms` how long their embeddings existed. Only in
    set-up mode: `card` is a set-up card before the camera, or why it is none; `aim` is the view
    for the installer, without people.
    """

    at_ns: int
    frame: int
    events: tuple[Event, ...]
    tracks: tuple[TrackPoint, ...]
    pixel_lifetime_ms: float
    stages: StageTimes
    skipped: int = 0
    sighted: bool = True
    causes: frozenset[Cause] = frozenset()
    embedded: int = 0
    embedding_lifetime_ms: float = 0.0
    card: SignedCard | CardTrouble | None = None
    aim: AimView | None = None
