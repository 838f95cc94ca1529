"""Which detection is which body: rounds of assignment from the surest to the boldest guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from fanlight.domain.assignment import FREE, assign
from fanlight.domain.motion import LAST, LOOK, P_XX, PLACE, SHAPE

if TYPE_CHECKING:
    from numpy.typing import NDArray


_ALONE: Final = 1e3
"""What it costs a track to get nothing: more than any detection within its reach."""
_OUT: Final = 1e6
"""What a detection out of reach costs."""


@dataclass(frozen=True, slots=True)
class AssociationSettings:
    """How far from where it should be a body may be seen; lengths in body widths and heights.

    Detections from `high_score` on are sure to be bodies, those from `low_score` on may be.
    `reach` holds for a body seen on the frame before, and grows with the uncertainty of its
    place (times `patience`) up to `far_reach`. A change of width or height by a factor of e
    weighs as much as `shape_weight` body lengths, a second out of sight as much as
    `lost_weight`. Where a body out of sight might be seen within `contest` as well, a detection
    may be a picture of both.
    """

    low_score: float = 0.15
    high_score: float = 0.35
    reach: float = 0.58
    patience: float = 1.8
    far_reach: float = 1.8
    shape_weight: float = 0.45
    lost_weight: float = 0.7
    contest: float = 0.55


@dataclass(frozen=True, slots=True)
class Association:
    """Which detection each track got (n,), or -1.

    `seen` (n,) says which got one, None that all did; `contested` (n,) which of these may be a
    picture of another body as well, None that none is.
    """

    got: NDArray[np.int64]
    seen: NDArray[np.bool_] | None
    contested: NDArray[np.bool_] | None


def associate(
    states: NDArray[np.float64],
    lost_s: NDArray[np.float64] | None,
    looks: NDArray[np.float64],
    scores: NDArray[np.float64],
    settings: AssociationSettings,
) -> Association:
    """Give detections to tracks.

    First all tracks share the sure detections, then those tracks that were in sight on the
    frame before get what may be a body as well, and last the others may have been where they
    were last seen rather than where they should be by now.

    Args:
        states: (FIELDS, n) of `motion`, predicted to now.
        lost_s: (n,) for how long each was out of sight before this frame, None if none was.
        looks: (4, m) log width, log height, x, y.
        scores: (m,).
        settings: how far to look.
    """
    apart = _apart(states[LOOK], looks, settings.shape_weight)
    gate = np.minimum(settings.reach**2 + settings.patience * states[P_XX], settings.far_reach**2)
    handicapped = apart if lost_s is None else apart + settings.lost_weight**2 * lost_s[:, None]
    cost = np.where(apart <= gate[:, None], handicapped, _OUT)
    sure = scores >= settings.high_score
    if sure.all():
        got = assign(cost, np.full(len(cost), _ALONE))
    else:
        got = np.full(len(cost), FREE, dtype=np.int64)
        fresh = np.ones(len(cost), dtype=np.bool_)
        _round(cost, fresh, sure, got)
        fresh = fresh if lost_s is None else lost_s == 0.0
        _round(cost, fresh, scores >= settings.low_score, got)
    if lost_s is not None:
        last_looks = states[LOOK].copy()
        last_looks[PLACE] = states[LAST]
        from_last = _apart(last_looks, looks, settings.shape_weight)
        from_last = np.where(from_last <= gate[:, None], from_last, _OUT)
        _round(from_last, lost_s > 0.0, sure, got)
    if FREE not in got:
        return Association(got, None, None)
    seen = got != FREE
    if not seen.any():
        return Association(got, seen, None)
    contested = (apart[~seen][:, got] <= settings.contest**2).any(axis=0)
    return Association(got, seen, contested & seen)


def _apart(
    track_looks: NDArray[np.float64], looks: NDArray[np.float64], shape_weight: float
) -> NDArray[np.float64]:
    """Return squared differences (n, m) in the tracks' body widths and heights."""
    weights = np.full_like(track_looks, shape_weight)
    np.exp(-track_looks[SHAPE], out=weights[PLACE])
    differences = (looks[:, None, :] - track_looks[:, :, None]) * weights[:, :, None]
    apart: NDArray[np.float64] = np.einsum("fnm,fnm->nm", differences, differences)
    return apart


def _round(
    cost: NDArray[np.float64],
    tracks: NDArray[np.bool_],
    detections: NDArray[np.bool_],
    got: NDArray[np.int64],
) -> None:
    """Let those of the tracks that have nothing choose among those detections that are free."""
    rows = np.flatnonzero(tracks & (got == FREE))
    free = detections.copy()
    free[got[got != FREE]] = False
    columns = np.flatnonzero(free)
    if not rows.size or not columns.size:
        return
    chosen = assign(cost[rows[:, None], columns], np.full(len(rows), _ALONE))
    happy = chosen != FREE
    got[rows[happy]] = columns[chosen[happy]]
