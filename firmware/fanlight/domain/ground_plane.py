"""Where on the floor a pixel is: the ground plane from mounting height, tilt and lens.

World axes in metres, from the point of the floor below the lens: x to the right as seen on the
screen, y away from the camera along the floor, z up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEWTON_STEPS = 5
_LEAST_DEPTH_M = 0.05


@dataclass(frozen=True, slots=True)
class Lens:
    """What a lens shows: `field_deg` across the picture, `barrel` distortion.

    A picture point at radius r from the middle (1 = half the width) shows the pinhole point at
    radius r (1 + barrel r^2), the one-term division-free radial model of Brown, "Close-range
    camera calibration" (Photogrammetric Engineering 37, 1971).

    Raises:
        ValueError: the field is not above 0 and below 170 degrees, or barrel is outside 0 to 0.5.
    """

    field_deg: float
    barrel: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.field_deg < 170.0:
            raise ValueError(f"a lens cannot show {self.field_deg:g} degrees; give 1 to 169")
        if not 0.0 <= self.barrel <= 0.5:
            raise ValueError(f"barrel distortion {self.barrel:g} lies outside 0 to 0.5")

    @property
    def tan_half_field(self) -> float:
        """Half the width that the picture shows at a distance of 1."""
        return math.tan(math.radians(self.field_deg) / 2.0)

    @property
    def across(self) -> float:
        """The same if the middle of the picture went on without distortion."""
        return self.tan_half_field / (1.0 + self.barrel)

    def spread(self, bent: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the pinhole points (n, 2) that picture points (n, 2) show, in half widths."""
        squares = (bent**2).sum(axis=1, keepdims=True)
        pinhole: NDArray[np.float64] = bent * (1.0 + self.barrel * squares) * self.across
        return pinhole

    def bend(self, pinhole: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the picture points (n, 2) that show pinhole points (n, 2), by Newton's method."""
        target = np.hypot(pinhole[:, 0], pinhole[:, 1]) / self.across
        radius = np.minimum(target, 2.0)
        for _ in range(_NEWTON_STEPS):
            error = radius * (1.0 + self.barrel * radius**2) - target
            radius = radius - error / (1.0 + 3.0 * self.barrel * radius**2)
        shrink = np.where(target > 0.0, radius / np.maximum(target, 1e-12), 1.0)
        return pinhole * (shrink / self.across)[:, None]


@dataclass(frozen=True)
class GroundPlane:
    """The floor as a camera sees it; lengths of the picture in px.

    `tilt_deg` counts from straight down, `roll_deg` turns the camera about its own axis, to the
    right side's advantage. The picture's middle is at `middle`, half its width is `half_width`;
    `of_picture` makes both from its size.

    Raises:
        ValueError: the height is not 0.5 to 30 m, or the tilt is not 0 to 90 degrees.
    """

    height_m: float
    tilt_deg: float
    lens: Lens
    middle: tuple[float, float]
    half_width: float
    roll_deg: float = 0.0

    def __post_init__(self) -> None:
        if not 0.5 <= self.height_m <= 30.0:
            raise ValueError(f"a camera cannot hang {self.height_m:g} m above the floor")
        if not 0.0 <= self.tilt_deg <= 90.0:
            raise ValueError(f"a tilt of {self.tilt_deg:g} degrees is not between 0 and 90")

    @staticmethod
    def of_picture(
        height_m: float, tilt_deg: float, lens: Lens, width: float, height: float
    ) -> GroundPlane:
        """Return the plane seen in a picture of that width and height."""
        return GroundPlane(height_m, tilt_deg, lens, (width / 2.0, height / 2.0), width / 2.0)

    def moved(self, x: float, y: float) -> GroundPlane:
        """Return the plane as seen in a picture whose corner was moved by that many px."""
        return GroundPlane(
            self.height_m,
            self.tilt_deg,
            self.lens,
            (self.middle[0] + x, self.middle[1] + y),
            self.half_width,
            self.roll_deg,
        )

    @cached_property
    def turn(self) -> NDArray[np.float64]:
        """The rotation (3, 3) from world axes to the camera's: right, up in the picture, ahead."""
        tilt, roll = math.radians(self.tilt_deg), math.radians(self.roll_deg)
        right = np.array([1.0, 0.0, 0.0])
        ahead = np.array([0.0, math.sin(tilt), -math.cos(tilt)])
        up = np.array([0.0, math.cos(tilt), math.sin(tilt)])
        return np.stack(
            [
                right * math.cos(roll) + up * math.sin(roll),
                up * math.cos(roll) - right * math.sin(roll),
                ahead,
            ]
        )

    def rays(self, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the directions (n, 3) in world axes of pixels (n, 2), 1 along the axis."""
        bent = (pixels - np.array(self.middle)) * (np.array([1.0, -1.0]) / self.half_width)
        local = np.concatenate([self.lens.spread(bent), np.ones((len(pixels), 1))], axis=1)
        return local @ self.turn

    def places(self, pixels: NDArray[np.float64], level_m: float = 0.0) -> NDArray[np.float64]:
        """Return where (n, 2) m pixels (n, 2) look at a height above the floor.

        nan where a pixel looks past that level, such as above the horizon.
        """
        rays = self.rays(pixels)
        with np.errstate(divide="ignore", invalid="ignore"):
            ways = (level_m - self.height_m) / rays[:, 2:]
            return np.where(ways > 0.0, rays[:, :2] * ways, np.nan)

    def pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where points (n, 3) m of the world appear (n, 2); nan behind the lens."""
        local = (points - np.array([0.0, 0.0, self.height_m])) @ self.turn.T
        depth = np.where(local[:, 2:] > _LEAST_DEPTH_M, local[:, 2:], np.nan)
        bent = self.lens.bend(local[:, :2] / depth)
        scale = np.array([self.half_width, -self.half_width])
        pixels: NDArray[np.float64] = bent * scale + np.array(self.middle)
        return pixels
