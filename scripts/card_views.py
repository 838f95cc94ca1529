# ruff: noqa: INP001 - for programs and tests
"""Set-up cards as a camera sees them: lens, distance, tilt, a trembling hand, glare and noise.

A card is a plane; each pixel of the frame looks at a place of it along the lens's ray (Brown's
radial model, as in fanlight.domain.ground_plane). Paper is 120 mm of code, lit unevenly; a phone's
screen is 62 mm, brighter than white, with a reflection. The frame is blurred by defocus and by the
motion of the exposure, then has shot noise. Only the part of the frame around the card is drawn;
the rest is grey.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import segno

from fanlight.domain.base45 import ALPHABET
from fanlight.domain.ground_plane import Lens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

SIZE = 2304, 1296
LENSES = {"Camera Module 3": Lens(66.0, 0.03), "Camera Module 3 Wide": Lens(102.0, 0.16)}
MEDIA = {"paper": (0.120, 520), "phone": (0.062, 330)}
"""Width of the code with its quiet zone in metres, and characters in it."""
FRAMES = 10
"""Two seconds at five looks a second."""
READABLE_PX = 2.0
"""The least projected length of a module's side that counts as readable by geometry."""
BORDER = 4


@dataclass(frozen=True)
class View:
    """One card before one camera: metres, degrees, and how the picture is made."""

    medium: str
    lens: str
    text: str
    distance_m: float
    turn_deg: tuple[float, float, float]
    aside: tuple[float, float]
    defocus_px: float
    tremor_px: float
    light: float
    glare: float

    @property
    def code(self) -> Grey:
        """The code, one pixel a module, dark 0 and light 255."""
        made = segno.make(self.text, error="m", boost_error=False)
        rows = [[0 if bit else 255 for bit in row] for row in made.matrix_iter(border=BORDER)]
        return np.array(rows, np.uint8)

    def module_px(self, modules: int) -> float:
        """Return the shortest side of the smallest module in the frame, at the card's corners."""
        steps = np.linspace(0.0, 1.0, 5)
        shortest = math.inf
        for across, down in ((1.0, 0.0), (0.0, 1.0)):
            places = [(x, y) for x in steps for y in steps]
            first = self._project(np.array(places))
            step = np.array([across, down]) / modules
            second = self._project(np.array(places) + step)
            shortest = min(shortest, float(np.hypot(*(second - first).T).min()))
        return shortest

    def inside(self) -> bool:
        """Whether the whole card is in the frame."""
        corners = self._project(np.array([(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0), (0, 0.5)]))
        margin = 8
        low, high = corners.min(axis=0), corners.max(axis=0)
        return bool((low > margin).all() and (high < np.array(SIZE) - margin).all())

    def frames(self, chance: np.random.Generator) -> Iterator[Grey]:
        """Draw the frames of two seconds."""
        for _ in range(FRAMES):
            yield self._frame(chance)

    def _axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Return corner, and the vectors along the card's sides, in the camera's metres."""
        a, b, c = np.radians(self.turn_deg)
        about_x = np.array(
            [[1, 0, 0], [0, math.cos(a), -math.sin(a)], [0, math.sin(a), math.cos(a)]]
        )
        about_y = np.array(
            [[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]]
        )
        about_z = np.array(
            [[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]]
        )
        turn = about_x @ about_y @ about_z
        side = MEDIA[self.medium][0]
        across, down = turn @ np.array([side, 0, 0]), turn @ np.array([0, side, 0])
        middle = self.distance_m * np.array([*self.aside, 1.0])
        return middle - across / 2 - down / 2, across, down

    def _project(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where places of the card (n, 2), 0 to 1, are in the frame (n, 2), in px."""
        corner, across, down = self._axes()
        points = corner + places[:, :1] * across + places[:, 1:] * down
        bent = LENSES[self.lens].bend(points[:, :2] / points[:, 2:])
        half = SIZE[0] / 2
        pixels: NDArray[np.float64] = bent * half + np.array(SIZE) / 2
        return pixels

    def _frame(self, chance: np.random.Generator) -> Grey:
        shift = chance.normal(0, self.tremor_px, 2)
        corners = (
            self._project(np.array([(x, y) for x in (0, 0.5, 1) for y in (0, 0.5, 1)])) + shift
        )
        left, top = np.floor(corners.min(axis=0) - 40).astype(int).clip(0)
        right, bottom = np.ceil(corners.max(axis=0) + 40).astype(int).clip(0, SIZE)
        patch = self._looked_at(np.arange(left, right), np.arange(top, bottom), shift, chance)
        frame = np.full((SIZE[1], SIZE[0]), 90, np.uint8)
        frame[top:bottom, left:right] = self._exposed(patch, chance)
        return frame

    def _looked_at(
        self,
        xs: NDArray[np.int64],
        ys: NDArray[np.int64],
        shift: NDArray[np.float64],
        chance: np.random.Generator,
    ) -> NDArray[np.float32]:
        """Return what the pixels of a patch look at, 0 to above 1."""
        grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2) - shift
        rays = LENSES[self.lens].spread((grid - np.array(SIZE) / 2) / (SIZE[0] / 2))
        corner, across, down = self._axes()
        normal = np.cross(across, down)
        ways = (corner @ normal) / (rays @ normal[:2] + normal[2])
        points = np.column_stack([rays, np.ones(len(rays))]) * ways[:, None] - corner
        side = across @ across
        u, v = points @ across / side, points @ down / side
        code = self.code
        finer = cv2.resize(code, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
        maps = [
            (each * len(finer) - 0.5).astype(np.float32).reshape(len(ys), len(xs))
            for each in (u, v)
        ]
        seen = cv2.remap(finer, *maps, cv2.INTER_LINEAR, borderValue=110).astype(np.float32) / 255
        lit = self.light * (0.8 + 0.4 * maps[0] / max(len(finer), 1))
        seen = (0.06 + 0.86 * seen) * np.clip(lit, 0.2, 2.0)
        spot = chance.uniform(0.1, 0.9, 2) * len(finer)
        far = ((maps[0] - spot[0]) ** 2 + (maps[1] - spot[1]) ** 2) / (0.16 * len(finer)) ** 2
        glare: NDArray[np.float32] = seen + self.glare * np.exp(-far)
        return glare

    def _exposed(self, patch: NDArray[np.float32], chance: np.random.Generator) -> Grey:
        if self.defocus_px > 0.2:
            patch = cv2.GaussianBlur(patch, (0, 0), self.defocus_px)
        length = int(abs(chance.normal(0, self.tremor_px / 2))) + 1
        if length > 1:
            kernel = np.zeros((length, length), np.float32)
            angle = chance.uniform(0, math.pi)
            end = (length - 1) / 2 * np.array([math.cos(angle), math.sin(angle)])
            middle = (length - 1) / 2
            first, last = (tuple(np.rint(middle + sign * end).astype(int)) for sign in (-1, 1))
            cv2.line(kernel, first, last, 1.0)
            patch = cv2.filter2D(patch, -1, kernel / kernel.sum())
        noise = chance.normal(0, 1, patch.shape) * np.sqrt(np.clip(patch, 0.02, None)) * 0.03
        picture: Grey = (np.clip(patch + noise, 0, 1) * 255).astype(np.uint8)
        return picture


def random_views(seed: int, number: int) -> Iterator[View]:
    """Draw views by chance: each medium before each lens, 0.3 to 1 m away, tilted to 35 degrees."""
    chance = np.random.default_rng(seed)
    for index in range(number):
        medium = list(MEDIA)[index % len(MEDIA)]
        lens = list(LENSES)[index // len(MEDIA) % len(LENSES)]
        reach = LENSES[lens].tan_half_field
        yield View(
            medium=medium,
            lens=lens,
            text="FANLIGHT1:" + "".join(chance.choice(list(ALPHABET), MEDIA[medium][1])),
            distance_m=chance.uniform(0.3, 1.0),
            turn_deg=(*chance.uniform(-35, 35, 2), chance.uniform(-180, 180)),
            aside=(chance.uniform(-0.5, 0.5) * reach, chance.uniform(-0.3, 0.3) * reach),
            defocus_px=abs(chance.normal(0, 0.7)),
            tremor_px=chance.uniform(0.5, 5.0),
            light=chance.uniform(0.35, 1.15) * (1.35 if medium == "phone" else 1.0),
            glare=chance.choice([0.0, 0.2, 0.5]),
        )


def is_readable(view: View) -> bool:
    """Whether geometry alone lets a view be read: all of it in the frame, modules large enough."""
    return view.inside() and view.module_px(len(view.code)) >= READABLE_PX
