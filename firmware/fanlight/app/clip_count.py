"""Counting a recorded clip as fast as it goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from fanlight.domain.crossings import Crossing, Direction, UTurn
from fanlight.domain.moment import StageTimes

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.domain.crossings import Event
    from fanlight.domain.moment import Moment

STAGES = tuple(StageTimes.__dataclass_fields__)


@dataclass(slots=True)
class ClipCount:
    """What was counted on a clip, and how well the clip could be seen."""

    events: list[Event] = field(default_factory=list)
    paths: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    frames: int = 0
    sighted: int = 0
    last_at_ns: int = 0
    lifetimes_ms: list[float] = field(default_factory=list)
    embedding_lifetimes_ms: list[float] = field(default_factory=list)
    embedded: int = 0
    stages_ms: list[tuple[float, ...]] = field(default_factory=list)

    def add(self, moment: Moment) -> None:
        """Take in one Moment."""
        self.events += moment.events
        for point in moment.tracks:
            self.paths.setdefault(point.track, []).append((point.x, point.y))
        if moment.pixel_lifetime_ms > 0:
            self.frames += 1
            self.sighted += moment.sighted
            self.lifetimes_ms.append(moment.pixel_lifetime_ms)
            self.stages_ms.append(tuple(getattr(moment.stages, stage) for stage in STAGES))
        self.embedded += moment.embedded
        if moment.embedding_lifetime_ms > 0:
            self.embedding_lifetimes_ms.append(moment.embedding_lifetime_ms)
        self.last_at_ns = max(self.last_at_ns, moment.at_ns)

    @property
    def crossings(self) -> list[Crossing]:
        """The crossings in the order of their frames."""
        found = [event for event in self.events if isinstance(event, Crossing)]
        return sorted(found, key=lambda crossing: crossing.frame)

    def total(self, direction: Direction) -> int:
        """Return the crossings one way over all lines."""
        return sum(crossing.direction is direction for crossing in self.crossings)

    @property
    def u_turns(self) -> int:
        """The U-turns at all lines."""
        return sum(isinstance(event, UTurn) for event in self.events)

    @property
    def coverage(self) -> float:
        """The share of the frames on which the camera could see."""
        return self.sighted / self.frames if self.frames else 0.0

    def pixel_lifetime_ms(self) -> dict[str, float]:
        """Return how long pictures lived: median, 99th percentile and longest."""
        return _spread(self.lifetimes_ms)

    def embedding_lifetime_ms(self) -> dict[str, float]:
        """Return how long embeddings lived: median, 99th percentile and longest."""
        return _spread(self.embedding_lifetimes_ms)

    def stage_ms(self) -> dict[str, float]:
        """Return each stage's median time."""
        if not self.stages_ms:
            return {}
        medians = np.median(np.array(self.stages_ms), axis=0)
        names = (stage.removesuffix("_ms") for stage in STAGES)
        return {name: round(float(ms), 4) for name, ms in zip(names, medians, strict=True)}

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON form."""
        return {
            "in": self.total(Direction.IN),
            "out": self.total(Direction.OUT),
            "u_turns": self.u_turns,
            "crossings": [
                {"frame": c.frame, "direction": c.direction.value, "line": c.line}
                for c in self.crossings
            ],
            "frames": self.frames,
            "coverage": round(self.coverage, 4),
            "pixel_lifetime_ms": self.pixel_lifetime_ms(),
            "stage_ms": self.stage_ms(),
            "embedded": self.embedded,
            "embedding_lifetime_ms": self.embedding_lifetime_ms(),
        }


def _spread(times_ms: list[float]) -> dict[str, float]:
    if not times_ms:
        return {"p50": 0.0, "p99": 0.0, "max": 0.0}
    p50, p99, longest = np.percentile(times_ms, [50, 99, 100])
    return {"p50": round(p50, 3), "p99": round(p99, 3), "max": round(longest, 3)}


def count_clip(
    look: Callable[[], Moment | None], on_moment: Callable[[Moment], None] = lambda _: None
) -> ClipCount:
    """Look until the clip ends and return what was counted.

    Raises:
        Rejected: the clip cannot be used.
    """
    count = ClipCount()
    while (moment := look()) is not None:
        count.add(moment)
        on_moment(moment)
    return count
