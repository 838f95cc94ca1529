"""How many pixels each labelled one would cover alone: nothing before it, no border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import moderngl
import numpy as np

from models.render.mount import HEIGHT_PX, WIDTH_PX
from models.render.people import FLOATS
from models.render.uniforms import give

if TYPE_CHECKING:
    from models.render.vertices import Vertices

TILE_PX, TILES = 40, 8
MOST_LABELLED = TILES * TILES
WIDEST_NDC = 4.0


class Outlines:
    """Draws everybody alone into a tile that fits them, and counts what is covered.

    It shares the painter's buffers of `bodies` (people.FLOATS a vertex) and their `index`.
    """

    def __init__(
        self,
        gl: moderngl.Context,
        program: moderngl.Program,
        bodies: moderngl.Buffer,
        index: moderngl.Buffer,
    ) -> None:
        self._gl, self._program = gl, program
        self._tiles = gl.simple_framebuffer((TILE_PX * TILES, TILE_PX * TILES), 1)
        self._carts = gl.buffer(reserve=1 << 16, dynamic=True)
        program["side"], program["tile_px"] = TILES, TILE_PX
        names = ("in_place", "in_number")
        self._draw_people = gl.vertex_array(program, [(bodies, "3f 52x 1f", *names)], index)
        self._draw_carts = gl.vertex_array(program, [(self._carts, "3f 1f", *names)])

    def count(self, cast: Vertices, matrix: np.ndarray, corners: int) -> np.ndarray:
        """Return the pixels of everybody's outline by number from 1 on.

        `matrix` (4, 4) is the camera's; `corners` is how many indices one body has.
        """
        rows = len(cast.outfits)
        labelled = rows + len(cast.carts)
        bodies = cast.bodies.reshape(rows, -1, FLOATS)[..., :3] if rows else ()
        carts = cast.solid[np.isin(cast.solid[:, 15], cast.carts)][:, [0, 1, 2, 15]]
        everyone = [*bodies, *(carts[carts[:, 3] == cart, :3] for cart in cast.carts)]
        tiles = np.ones((MOST_LABELLED, 4), np.float32)
        for index, places in enumerate(everyone):
            tiles[index] = _tile(places, matrix)
        give(self._program, matrix=matrix, tiles=tiles)
        self._tiles.use()
        self._tiles.clear()
        self._gl.disable(moderngl.DEPTH_TEST)
        self._program["first"] = 0
        if rows:
            self._draw_people.render(vertices=rows * corners)
        self._program["first"] = -1
        if len(carts):
            self._carts.orphan(carts.nbytes)
            self._carts.write(carts.tobytes())
            self._draw_carts.render(vertices=len(carts))
        covered = self._covered() * WIDTH_PX * HEIGHT_PX / (TILE_PX**2 * tiles[:, 2] * tiles[:, 3])
        outlines = covered[:labelled].copy()
        outlines[cast.numbers - 1] = covered[:rows]
        return outlines

    def _covered(self) -> np.ndarray:
        """Return the covered pixels of every tile, (MOST_LABELLED,)."""
        image = np.frombuffer(self._tiles.read(components=1, alignment=1), np.uint8) > 127
        return image.reshape(TILES, TILE_PX, TILES, TILE_PX).sum(axis=(1, 3)).ravel()


def _tile(places: np.ndarray, matrix: np.ndarray) -> tuple[float, float, float, float]:
    """Return the middle and 1 / half size of where points appear, in picture coordinates +-1."""
    seen = places @ matrix[:, :3].T + matrix[:, 3]
    seen = seen[seen[:, 3] > 0.1]
    if not len(seen):
        return (0.0, 0.0, 1.0, 1.0)
    at = np.clip(seen[:, :2] / seen[:, 3:], -WIDEST_NDC, WIDEST_NDC)
    low, high = at.min(axis=0), at.max(axis=0)
    half = np.maximum((high - low) / 2.0 * 1.02, 1e-3)
    x, y = (low + high) / 2.0
    return (x, y, 1.0 / half[0], 1.0 / half[1])
