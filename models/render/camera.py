"""A pinhole camera with mild barrel distortion, hung at a height and tilted from straight down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEAR_M, FAR_M = 0.1, 60.0
INVERSE_STEPS = 8


@dataclass(frozen=True, slots=True)
class Camera:
    """Where a camera hangs and what it sees.

    World axes in metres: x to the right on the screen, y away from the camera along the floor,
    z up. `tilt_deg` counts from straight down. `barrel` k bends rays: a picture point at radius r
    from the centre (1 = half the width) shows the pinhole point at radius r (1 + k r^2).
    """

    x_m: float
    y_m: float
    height_m: float
    tilt_deg: float
    hfov_deg: float
    width_px: int
    height_px: int
    barrel: float = 0.0
    pan_deg: float = 0.0
    roll_deg: float = 0.0

    @property
    def eye(self) -> np.ndarray:
        """The optical centre, (3,) in metres."""
        return np.array([self.x_m, self.y_m, self.height_m])

    @property
    def margin(self) -> float:
        """How much wider than the picture the pinhole image must be to fill its corners."""
        aspect = self.height_px / self.width_px
        return 1.0 + self.barrel * (1.0 + aspect * aspect)

    def view(self) -> np.ndarray:
        """Return the 4x4 matrix from world to camera axes (right, up, backward)."""
        tilt, pan = np.radians(self.tilt_deg), np.radians(self.pan_deg)
        ahead = np.array([np.sin(pan), np.cos(pan), 0.0])
        right = np.array([np.cos(pan), -np.sin(pan), 0.0])
        forward = ahead * np.sin(tilt) - np.array([0.0, 0.0, np.cos(tilt)])
        up = np.cross(right, forward)
        sin, cos = np.sin(np.radians(self.roll_deg)), np.cos(np.radians(self.roll_deg))
        turn = np.stack([right * cos + up * sin, up * cos - right * sin, -forward])
        matrix = np.eye(4)
        matrix[:3, :3] = turn
        matrix[:3, 3] = -turn @ self.eye
        return matrix

    def projection(self) -> np.ndarray:
        """Return the 4x4 OpenGL projection of the pinhole image, `margin` times as wide."""
        across = np.tan(np.radians(self.hfov_deg) / 2.0) * self.margin
        matrix = np.zeros((4, 4))
        matrix[0, 0] = 1.0 / across
        matrix[1, 1] = self.width_px / self.height_px / across
        matrix[2, 2] = -(FAR_M + NEAR_M) / (FAR_M - NEAR_M)
        matrix[2, 3] = -2.0 * FAR_M * NEAR_M / (FAR_M - NEAR_M)
        matrix[3, 2] = -1.0
        return matrix

    def project(self, points_m: np.ndarray) -> np.ndarray:
        """Return where world points (n, 3) appear, (n, 2) px; points behind the camera are nan."""
        local = points_m @ self.view()[:3, :3].T + self.view()[:3, 3]
        depth = np.where(-local[:, 2] > NEAR_M, -local[:, 2], np.nan)
        across = np.tan(np.radians(self.hfov_deg) / 2.0)
        pinhole = local[:, :2] / depth[:, None] / across
        bent = self._bend(pinhole)
        half = self.width_px / 2.0
        return np.stack([half + bent[:, 0] * half, self.height_px / 2.0 - bent[:, 1] * half], 1)

    def _bend(self, pinhole: np.ndarray) -> np.ndarray:
        """Solve r (1 + k r^2) = pinhole radius for the picture's radius r by Newton's method."""
        target = np.linalg.norm(pinhole, axis=1)
        radius = np.minimum(target, 2.0)
        for _ in range(INVERSE_STEPS):
            error = radius * (1.0 + self.barrel * radius**2) - target
            radius = radius - error / (1.0 + 3.0 * self.barrel * radius**2)
        return pinhole * (radius / np.maximum(target, 1e-9))[:, None]
