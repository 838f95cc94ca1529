"""Triangles of simple things, in the vertex layout of `shaders/thing.vert`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.render.textures import NAMES

if TYPE_CHECKING:
    from models.render.scene import Box, Colour

FLOATS = 14
"""Place 3, normal 3, picture 3 (u, v, layer), tint 3, gloss, glow."""
CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, -1), (1, 1), (-1, 1)], float)


def box_vertices(box: Box) -> np.ndarray:
    """Return the 36 vertices of a box, (36, FLOATS) float32."""
    half = np.array(box.size_m) / 2.0
    layer = NAMES.index(box.texture)
    sides = [_side(half, axis, sign, box.repeat_m, layer) for axis in range(3) for sign in (-1, 1)]
    vertices = np.concatenate(sides)
    turn = np.radians(box.turn_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    for columns in (slice(0, 2), slice(3, 5)):
        vertices[:, columns] = vertices[:, columns] @ spin.T
    vertices[:, :3] += (*box.centre_m, box.base_m + half[2])
    vertices[:, 9:12] = box.tint
    vertices[:, 12:] = (box.gloss, box.glow)
    return vertices.astype(np.float32)


def _side(half: np.ndarray, axis: int, sign: int, repeat_m: float, layer: int) -> np.ndarray:
    """Return one side of a box; pictures stand upright on walls."""
    across, up = [(1, 2), (0, 2), (0, 1)][axis]
    vertices = np.zeros((6, FLOATS))
    vertices[:, axis] = sign * half[axis]
    vertices[:, across] = CORNERS[:, 0] * half[across]
    vertices[:, up] = CORNERS[:, 1] * half[up]
    vertices[:, 3 + axis] = sign
    vertices[:, 6] = (vertices[:, across] + half[across]) / repeat_m
    vertices[:, 7] = (half[up] - vertices[:, up]) / repeat_m
    vertices[:, 8] = layer
    return vertices


def pouch(size_m: tuple[float, float, float], colour: Colour) -> np.ndarray:
    """Return a soft-edged bag round the origin, (n, FLOATS) float32."""
    turns = np.linspace(0.0, 2.0 * np.pi, 17)
    tilts = np.linspace(-np.pi / 2, np.pi / 2, 9)

    def rounded(value: np.ndarray) -> np.ndarray:
        return np.sign(value) * np.abs(value) ** 0.4

    tilt, turn = np.meshgrid(tilts, turns, indexing="ij")
    sphere = np.stack([np.cos(tilt) * np.cos(turn), np.cos(tilt) * np.sin(turn), np.sin(tilt)], -1)
    places = rounded(sphere) * np.array(size_m) / 2.0
    quads = [(slice(0, -1), slice(0, -1)), (slice(1, None), slice(0, -1))]
    quads += [(slice(1, None), slice(1, None)), (slice(0, -1), slice(1, None))]
    order = [0, 3, 2, 0, 2, 1]
    place = np.stack([places[quads[k]] for k in order], axis=2).reshape(-1, 3)
    normal = np.stack([sphere[quads[k]] for k in order], axis=2).reshape(-1, 3)
    vertices = np.zeros((len(place), FLOATS), np.float32)
    vertices[:, :3], vertices[:, 3:6] = place, normal
    vertices[:, 6:8] = place[:, [0, 2]] * 3.0
    vertices[:, 8] = NAMES.index("plain")
    vertices[:, 9:12] = colour
    return vertices
