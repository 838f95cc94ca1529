"""Things are made of a few unit meshes, each stretched, turned and placed by a 3x4 matrix."""

from __future__ import annotations

import numpy as np

FLOATS = 17
"""Place 3, normal 3, picture 3 (u, v, layer), tint 3, gloss, glow, cut, owner, part."""
CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, -1), (1, 1), (-1, 1)], float)
ROUND = 14


def _box() -> tuple[np.ndarray, np.ndarray]:
    places, normals = [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            place, normal = np.zeros((6, 3)), np.zeros((6, 3))
            place[:, axis], normal[:, axis] = sign, sign
            place[:, (axis + 1) % 3], place[:, (axis + 2) % 3] = CORNERS.T
            places.append(place / 2.0)
            normals.append(normal)
    return np.concatenate(places), np.concatenate(normals)


def _turned(radius: list[float], height: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return a surface of revolution about z through a profile of radii at heights."""
    turn = np.linspace(0.0, 2.0 * np.pi, ROUND + 1)
    rim = np.stack([np.cos(turn), np.sin(turn)], 1)
    places, normals = [], []
    for low, high in zip(range(len(radius) - 1), range(1, len(radius)), strict=True):
        slope = np.array([height[high] - height[low], radius[low] - radius[high]])
        slope = slope / (np.linalg.norm(slope) + 1e-9)
        ring = [
            np.column_stack([rim * radius[k], np.full(len(rim), height[k])]) for k in (low, high)
        ]
        side = np.column_stack([rim * slope[0], np.full(len(rim), slope[1])])
        for which, step in ((0, 0), (0, 1), (1, 1), (0, 0), (1, 1), (1, 0)):
            places.append(ring[which][step : ROUND + step])
            normals.append(side[step : ROUND + step])
    order = np.arange(len(places) * ROUND).reshape(-1, 6, ROUND).transpose(0, 2, 1).ravel()
    return np.concatenate(places)[order], np.concatenate(normals)[order]


def _soft(power: float) -> tuple[np.ndarray, np.ndarray]:
    """Return a super-ellipsoid in the unit box: 1 a ball, towards 0 a box with round edges."""
    tilt = np.linspace(-np.pi / 2, np.pi / 2, 7)
    place, normal = _turned(list(np.cos(tilt) + 1e-4), list(np.sin(tilt)))
    place = place / np.linalg.norm(place, axis=1, keepdims=True)
    return np.sign(place) * np.abs(place) ** power / 2.0, normal


MESHES = {
    "box": _box(),
    "ball": _soft(1.0),
    "pouch": _soft(0.45),
    "can": _turned([0.0, 0.5, 0.5, 0.0], [-0.5, -0.5, 0.5, 0.5]),
    "tub": _turned([0.0, 0.4, 0.5, 0.46, 0.36, 0.0], [-0.45, -0.5, 0.5, 0.5, -0.4, -0.4]),
    "cone": _turned([0.5, 0.0], [-0.5, 0.5]),
    "skirt": _turned([0.5, 0.44, 0.3], [-0.5, -0.1, 0.5]),
    "brim": _turned([0.5, 0.52, 0.3, 0.28, 0.0], [-0.5, -0.42, -0.3, 0.4, 0.5]),
    "canopy": _turned([0.5, 0.4, 0.22, 0.0], [-0.5, 0.05, 0.38, 0.5]),
    "wheel": _turned([0.36, 0.5, 0.5, 0.36, 0.36], [-0.5, -0.5, 0.5, 0.5, -0.5]),
}
"""Unit meshes by name: places and normals of their triangles' corners, within +-0.5."""


def placed(mesh: str, matrices: np.ndarray, looks: np.ndarray) -> np.ndarray:
    """Return k copies of a mesh as vertices, (k * m, FLOATS) float32.

    `matrices` (k, 3, 4) take the unit mesh into the world; `looks` (k, 11): pictures per metre,
    layer, offset u, offset v, tint 3, gloss, glow, cut, owner + part / 4 (see `things.Things`).
    """
    place, normal = MESHES[mesh]
    sizes = np.linalg.norm(matrices[:, :, :3], axis=1)
    turned = matrices[:, :, :3] / sizes[:, None, :]
    out = np.zeros((len(matrices), len(place), FLOATS), np.float32)
    out[..., :3] = place @ matrices[:, :, :3].transpose(0, 2, 1) + matrices[:, None, :, 3]
    bent = normal[None] / sizes[:, None, :]
    bent /= np.linalg.norm(bent, axis=2, keepdims=True)
    out[..., 3:6] = bent @ turned.transpose(0, 2, 1)
    local = place[None] * sizes[:, None, :] * looks[:, None, :1]
    upright = np.abs(normal).argmax(axis=1)
    out[..., 6] = np.where(upright == 0, local[..., 1], local[..., 0]) + looks[:, None, 2]
    out[..., 7] = np.where(upright == 2, local[..., 1], -local[..., 2]) + looks[:, None, 3]
    out[..., 8] = looks[:, None, 1]
    out[..., 9:15] = looks[:, None, 4:10]
    out[..., 15] = np.floor(looks[:, None, 10])
    out[..., 16] = looks[:, None, 10] % 1.0 * 4.0
    return out.reshape(-1, FLOATS)
