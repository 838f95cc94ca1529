"""A list of placed things: boxes, cans, wheels ... with their looks, grouped into frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.render.meshes import FLOATS, placed

SOLID, WIRE, LEAVES, GLASS = 0.0, 1.0, 2.0, 3.0
CARRIED, BODY, HEAD = 0, 1, 2
WHITE = (1.0, 1.0, 1.0)
Triple = tuple[float, float, float]


class Look(NamedTuple):
    """How a thing looks: its surface, repeated `per_m` times a metre, tinted; see `surfaces.py`.

    `cut` is SOLID, WIRE, LEAVES or GLASS. `owner` is the number of the labelled person, trolley or
    pram that it belongs to, 0 of none; `part` is CARRIED, BODY or HEAD.
    """

    tint: Triple | np.ndarray = WHITE
    layer: int = 0
    per_m: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)
    gloss: float = 0.0
    glow: float = 0.0
    cut: float = SOLID
    owner: int = 0
    part: int = CARRIED

    def row(self) -> list[float]:
        """Return the numbers that `meshes.placed` takes."""
        red, green, blue = (float(value) for value in self.tint)
        owner = self.owner + self.part / 4.0
        return [
            self.per_m, self.layer, *self.shift, red, green, blue,
            self.gloss, self.glow, self.cut, owner,
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """A place on the floor and a way to face: what is built in a frame stands there.

    A frame at turn 0 faces -y as bodies do; turns are counter-clockwise from above.
    """

    x_m: float = 0.0
    y_m: float = 0.0
    z_m: float = 0.0
    turn_rad: float = 0.0
    scale: float = 1.0

    def matrix(self) -> np.ndarray:
        """Return the 4x4 matrix from the frame into the world."""
        sin, cos = np.sin(self.turn_rad) * self.scale, np.cos(self.turn_rad) * self.scale
        return np.array(
            [
                [cos, -sin, 0.0, self.x_m],
                [sin, cos, 0.0, self.y_m],
                [0.0, 0.0, self.scale, self.z_m],
                [0.0, 0.0, 0.0, 1.0],
            ]
        )

    def point(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Return where a point of the frame lies in the world."""
        place = self.matrix() @ (x_m, y_m, 0.0, 1.0)
        return float(place[0]), float(place[1])


FLOOR = Frame()


def turned(x_rad: float, y_rad: float, z_rad: float) -> np.ndarray:
    """Return the rotation (3, 3) about x, then y, then z."""
    (cx, cy, cz), (sx, sy, sz) = np.cos((x_rad, y_rad, z_rad)), np.sin((x_rad, y_rad, z_rad))
    return np.array(
        [
            [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx],
            [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
            [-sy, cy * sx, cy * cx],
        ]
    )


class Things:
    """Collects things; `solid` and `panes` turn them into vertices of `meshes.FLOATS` numbers."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, bool], list[tuple[np.ndarray, list[float]]]] = {}

    def add(  # noqa: PLR0913, PLR0917 - what, how large, where, how it looks, and how it leans
        self,
        mesh: str,
        size_m: Triple,
        at_m: Triple,
        look: Look,
        frame: Frame = FLOOR,
        lean_rad: Triple = (0.0, 0.0, 0.0),
    ) -> None:
        """Add a mesh of a size, its centre at a point of the frame, leaning about x, y and z."""
        local = np.empty((4, 4))
        rotation = turned(*lean_rad) if any(lean_rad) else np.eye(3)
        local[:3, :3] = rotation * np.maximum(size_m, 1e-3)
        local[:3, 3] = at_m
        local[3] = (0.0, 0.0, 0.0, 1.0)
        matrix = local if frame is FLOOR else frame.matrix() @ local
        key = (mesh, look.cut == GLASS)
        self._rows.setdefault(key, []).append((matrix[:3], look.row()))

    def copy(self) -> Things:
        """Return the same things, to which more can be added."""
        other = Things()
        other._rows = {key: list(rows) for key, rows in self._rows.items()}
        return other

    def stand(self, mesh: str, size_m: Triple, at_m: Triple, look: Look, frame: Frame) -> None:
        """Add a mesh that stands on a point of the frame."""
        self.add(mesh, size_m, (at_m[0], at_m[1], at_m[2] + size_m[2] / 2.0), look, frame)

    def bar(self, start_m: Triple, end_m: Triple, width_m: float, look: Look, frame: Frame) -> None:
        """Add a round bar between two points of the frame."""
        start, end = np.array(start_m), np.array(end_m)
        way = end - start
        length = float(np.linalg.norm(way))
        tilt, turn = np.arccos(way[2] / length), np.arctan2(way[1], way[0])
        middle = tuple((start + end) / 2.0)
        self.add("can", (width_m, width_m, length), middle, look, frame, (0.0, tilt, turn))

    def solid(self) -> np.ndarray:
        """Return what is not glass, (n, FLOATS) float32."""
        return self._vertices(glass=False)

    def panes(self) -> np.ndarray:
        """Return what is glass, (n, FLOATS) float32."""
        return self._vertices(glass=True)

    def _floor_last(self) -> list[tuple[tuple[str, bool], list[tuple[np.ndarray, list[float]]]]]:
        """Return the things in reverse: what is hidden is rarely shaded when the floor is last."""
        return [(key, rows[::-1]) for key, rows in reversed(self._rows.items())]

    def _vertices(self, *, glass: bool) -> np.ndarray:
        parts = [
            placed(mesh, np.stack([row[0] for row in rows]), np.array([row[1] for row in rows]))
            for (mesh, is_glass), rows in self._floor_last()
            if is_glass == glass
        ]
        return np.concatenate(parts) if parts else np.zeros((0, FLOATS), np.float32)
