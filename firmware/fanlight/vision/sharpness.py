"""How sharp the still part of a picture is, so that a lens can be turned to where it is best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from fanlight.vision.frame import Layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fanlight.vision.frame import Frame, Pixels, Scratch

    Mask = NDArray[np.bool_]

LAG_PX: Final = 4
_RAMP: Final = 1.0 / LAG_PX**2
_STEP: Final = 1.0 / LAG_PX


def sharpness(frame: Frame, scratch: Scratch, edges: Mask, still: Mask) -> float:
    """Return from 0 (blurred over much more than 4 px, or no edge) to 1 (steps of one px).

    On one row and one column a cell, in full resolution, the energy of brightness differences
    over 1 px is compared with that over 4 px. A step gives 1/4, a long ramp 1/16: the share of
    the way between is the answer, however strong the contrast. Only cells at `edges` are
    measured; the `still` ones away from edges say how much of the energy is noise.
    """
    pixels = frame.pixels[: frame.height, : frame.width]
    light = pixels if frame.layout is Layout.I420 else pixels[..., 1]
    near = cv2.dilate(edges.view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    flat = still & ~near
    fine = coarse = 0.0
    for name, picture, at, away in (
        ("rows", light, near & still, flat),
        ("columns", light.T, (near & still).T, flat.T),
    ):
        energies = _energies(name, picture, at, away, scratch)
        fine += energies[0]
        coarse += energies[1]
    if fine <= 0.0 or coarse <= 0.0:
        return 0.0
    return min(max((fine / coarse - _RAMP) / (_STEP - _RAMP), 0.0), 1.0)


def _energies(
    name: str, picture: Pixels, at: Mask, away: Mask, scratch: Scratch
) -> tuple[float, float]:
    """Return the energy of differences along rows over 1 px and over the lag, without noise."""
    step = max(1, picture.shape[0] // at.shape[0])
    lines = picture[::step]
    levels, rises = (
        scratch.buffer(f"aim {name} {what}", (lines.shape[0], 2 * lines.shape[1])).view(np.int16)
        for what in ("levels", "rises")
    )
    np.copyto(levels, lines)
    rows = np.arange(lines.shape[0]) * step * at.shape[0] // picture.shape[0]
    columns = np.arange(lines.shape[1]) * at.shape[1] // picture.shape[1]
    measured, noise = (mask[np.ix_(rows, columns)].view(np.uint8) for mask in (at, away))
    found = []
    for lag in (1, LAG_PX):
        rise = rises[:, lag:]
        np.subtract(levels[:, lag:], levels[:, :-lag], out=rise)
        here, there = (np.ascontiguousarray(mask[:, lag:]) for mask in (measured, noise))
        quiet = cv2.norm(rise, cv2.NORM_L2SQR, mask=there) / max(cv2.countNonZero(there), 1)
        found.append(cv2.norm(rise, cv2.NORM_L2SQR, mask=here) - quiet * cv2.countNonZero(here))
    return found[0], found[1]
