"""Adults and children by their height above the floor, decided from several looks at a track."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Final

from fanlight.domain.counts import Segment
from fanlight.domain.moment import Cause

if TYPE_CHECKING:
    from fanlight.domain.sightings import Tracks
    from fanlight.domain.stature import StatureScale

_CHECKED_TRACKS: Final = 200
_LEAST_CHECKED: Final = 30
_USUAL_M: Final = (1.42, 1.88)
"""Between these lies the median of any day's visitors; beyond, the mounting facts are wrong."""


@dataclass(frozen=True, slots=True)
class ClassSettings:
    """Who counts as an adult: whoever is `adult_m` tall, or taller.

    It takes `least_looks` looks that tell something, of which the last `most_looks` count. Whose
    stature lies within `doubt` standard deviations of one look from the threshold is neither.
    """

    adult_m: float = 1.40
    least_looks: int = 3
    most_looks: int = 15
    doubt: float = 0.5


@dataclass(frozen=True, slots=True)
class Looks:
    """What the looks at one body say about its stature; nothing else of it is kept."""

    settings: ClassSettings = ClassSettings()
    means_m: deque[float] = field(default_factory=deque)
    spreads_m: deque[float] = field(default_factory=deque)

    def add(self, mean_m: float, spread_m: float) -> None:
        """Take a look as `StatureScale.estimate` gives it; one that tells nothing is nan."""
        if mean_m != mean_m:  # noqa: PLR0124 - nan is the only number that differs from itself
            return
        for kept, value in ((self.means_m, mean_m), (self.spreads_m, spread_m)):
            kept.append(value)
            if len(kept) > self.settings.most_looks:
                kept.popleft()

    @property
    def stature_m(self) -> float | None:
        """The median stature, None after too few looks."""
        return median(self.means_m) if len(self.means_m) >= self.settings.least_looks else None

    def segment(self) -> Segment | None:
        """Return adult or child, None where that is not known."""
        stature_m = self.stature_m
        if stature_m is None:
            return None
        above_m = stature_m - self.settings.adult_m
        if abs(above_m) < self.settings.doubt * median(self.spreads_m):
            return None
        return Segment.ADULT if above_m > 0.0 else Segment.CHILD


class StatureClasses:
    """Judges tracks by their stature, and the mounting facts by everybody's.

    What is known of a track is forgotten one step after it ended.
    """

    def __init__(self, scale: StatureScale, settings: ClassSettings = ClassSettings()) -> None:
        self._scale = scale
        self._settings = settings
        self._looks: dict[int, Looks] = {}
        self._ended: set[int] = set()
        self._statures_m: deque[float] = deque(maxlen=_CHECKED_TRACKS)

    def step(self, tracks: Tracks) -> None:
        """Look at the boxes of one frame."""
        for track in self._ended:
            if (stature_m := self._looks.pop(track).stature_m) is not None:
                self._statures_m.append(stature_m)
        self._ended = self._looks.keys() - set(tracks.ids.tolist())
        observed = tracks.observed
        if not observed.any():
            return
        estimates = self._scale.estimate(tracks.boxes[observed])
        for track, (mean_m, spread_m) in zip(
            tracks.ids[observed].tolist(), estimates.tolist(), strict=True
        ):
            self._looks.setdefault(track, Looks(self._settings)).add(mean_m, spread_m)

    def segment(self, track: int) -> Segment | None:
        """Return the class of a track, None where it is not known."""
        looks = self._looks.get(track)
        return looks.segment() if looks else None

    @property
    def causes(self) -> frozenset[Cause]:
        """Whether people look larger or smaller than people are, over the last tracks that ended.

        Then the camera hangs lower or higher than its mounting facts say, or is tilted otherwise.
        """
        if len(self._statures_m) < _LEAST_CHECKED:
            return frozenset()
        typical_m = median(self._statures_m)
        if typical_m > _USUAL_M[1]:
            return frozenset({Cause.BODIES_TOO_LARGE})
        return frozenset({Cause.BODIES_TOO_SMALL}) if typical_m < _USUAL_M[0] else frozenset()
