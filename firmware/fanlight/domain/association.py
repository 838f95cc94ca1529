"""Which detection is which body: rounds of assignment from the surest to the boldest guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fanlight.domain.assignment import FREE, assign
from fanlight.domain.motion import LAST, LOOK, P_XX, PLACE

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AssociationSettings:
    """How far from where it should be a body may be seen; lengths in body widths and heights.

    `reach` holds for a body seen on the frame before, and grows with the uncertainty of its
    place (times `patience`) up to `far_reach`. A change of width or height by a factor of e
    weighs as much as `shape_weight` body lengths.
    """

    reach: float = 0.6
    patience: float = 1.0
    far_reach: float = 1.5
    shape_weight: float = 0.5


def associate(  # noqa: PLR0913 - one frame's facts, spelled out
    states: NDArray[np.float64],
    fresh: NDArray[np.bool_],
    looks: NDArray[np.float64],
    *,
    sure: NDArray[np.bool_],
    maybe: NDArray[np.bool_],
    settings: AssociationSettings,
) -> NDArray[np.int64]:
    """Return for each track (n,) the detection it is seen in, or -1.

    First the `fresh` tracks (seen on the frame before) get the `sure` detections, then those
    that `maybe` are bodies as well, and last the tracks out of sight get what is left, where
    they should be by now or where they were last seen.

    Args:
        states: (FIELDS, n) of `motion`, predicted to now.
        fresh: (n,).
        looks: (4, m) x, y, log width, log height.
        sure: (m,).
        maybe: (m,), a superset of sure.
        settings: how far to look.
    """
    got = np.full(states.shape[1], FREE, dtype=np.int64)
    if not got.size or not maybe.any():
        return got
    apart = _apart(states[LOOK], looks, settings.shape_weight)
    gate = np.minimum(settings.reach**2 + settings.patience * states[P_XX], settings.far_reach**2)
    if fresh.all() and sure.all():
        return assign(apart, gate)
    _round(apart, gate, fresh, sure, got)
    _round(apart, gate, fresh, maybe, got)
    if not fresh.all():
        last_looks = states[LOOK].copy()
        last_looks[PLACE] = states[LAST]
        np.minimum(apart, _apart(last_looks, looks, settings.shape_weight), out=apart)
        _round(apart, gate, ~fresh, sure, got)
    return got


def _apart(
    track_looks: NDArray[np.float64], looks: NDArray[np.float64], shape_weight: float
) -> NDArray[np.float64]:
    """Return squared differences (n, m) in the tracks' body widths and heights."""
    weights = np.full_like(track_looks, shape_weight)
    np.exp(-track_looks[2:], out=weights[:2])
    differences = (looks[:, None, :] - track_looks[:, :, None]) * weights[:, :, None]
    apart: NDArray[np.float64] = np.einsum("fnm,fnm->nm", differences, differences)
    return apart


def _round(
    apart: NDArray[np.float64],
    gate: NDArray[np.float64],
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
    chosen = assign(apart[rows[:, None], columns], gate[rows])
    happy = chosen != FREE
    got[rows[happy]] = columns[chosen[happy]]
