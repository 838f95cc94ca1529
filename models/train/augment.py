"""A rendered still -> another picture of it: cut out, mirrored, recoloured, blurred, noisy.

Everything stays in bytes: two processor cores have to feed the training as well as do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.train.shards import Still

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

NOISES = 6
COVERED = 0.5
LEAST_SIDE_PX = 5.0
CUT_OFF = 0.3


class Augment:
    """Makes pictures of one size out of stills; the same `chance` gives the same pictures."""

    def __init__(self, width: int, height: int, chance: Generator) -> None:
        self._width, self._height = width, height
        self._chance = chance
        shape = (height + 32, width + 32, 3)
        fine = [chance.normal(0, 1, shape).astype(np.float32) for _ in range(NOISES // 2)]
        coarse = [cv2.GaussianBlur(noise, (0, 0), 0.8) * 2.4 for noise in fine]
        self._noises = fine + coarse

    def __call__(self, still: Still) -> Still:
        """Return the still as another camera might have seen it, people cut off left out."""
        return self._cover(self._colour(self._frame(still)))

    def _frame(self, still: Still) -> Still:
        """Zoom, stretch, shift and mirror."""
        chance, width, height = self._chance, self._width, self._height
        rows, columns = still.picture.shape[:2]
        zoom = np.exp(chance.uniform(np.log(0.85), np.log(2.2 if chance.random() < 0.4 else 1.4)))
        stretch = np.exp(chance.normal(0, 0.1))
        across = width / columns * zoom * stretch
        down = width / columns * zoom / stretch
        centre = chance.uniform((0, 0), (columns, rows))
        if len(still.heads) and chance.random() < 0.6:
            spread = (columns / 5 / zoom, rows / 5 / zoom)
            centre = still.heads[chance.integers(len(still.heads))] + chance.normal(0, spread)
        half = np.array((width / 2 / across, height / 2 / down))
        room = np.array((columns, rows))
        centre = np.clip(centre, np.minimum(half, room - half), np.maximum(half, room - half))
        if chance.random() < 0.5:
            across = -across
        scale = np.array((across, down))
        shift = np.array((width, height)) / 2 - scale * centre
        matrix = np.array([[across, 0, shift[0]], [0, down, shift[1]]])
        picture = cv2.warpAffine(
            still.picture,
            matrix,
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=tuple(chance.integers(0, 256, 3).tolist()),
        )
        corners = still.boxes.reshape(-1, 2, 2) * scale + shift
        corners = np.sort(corners, axis=1)
        whole = np.prod(corners[:, 1] - corners[:, 0], axis=1)
        corners = np.clip(corners, 0, (width, height))
        sides = corners[:, 1] - corners[:, 0]
        area = np.prod(sides, axis=1)
        heads = still.heads * scale + shift
        there = area > 1
        inside = ((heads >= 0) & (heads < (width, height))).all(axis=1)
        seen = still.seen & (sides >= LEAST_SIDE_PX).all(axis=1)
        seen &= inside | (area >= CUT_OFF * whole)
        heads = np.clip(heads, corners[:, 0], corners[:, 1])
        return Still(
            picture,
            corners.reshape(-1, 4)[there].astype(np.float32),
            heads[there].astype(np.float32),
            seen[there],
        )

    def _colour(self, still: Still) -> Still:
        chance, picture = self._chance, still.picture
        if chance.random() < 0.25:
            grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
            picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB)
        picture = cv2.LUT(picture, self._curve())
        if chance.random() < 0.25:
            picture = self._shade(picture)
        kind = chance.random()
        if kind < 0.1:
            picture = cv2.GaussianBlur(picture, (0, 0), chance.uniform(0.4, 1.6))
        elif kind < 0.18:
            picture = cv2.filter2D(picture, -1, self._smear())
        elif kind < 0.28:
            picture = self._coarsen(picture)
        if chance.random() < 0.2:
            picture = self._noise(picture)
        if chance.random() < 0.05:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(20, 80))]
            picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR)
        return Still(picture, still.boxes, still.heads, still.seen)

    def _curve(self) -> Bytes:
        """A table for each colour: brightness, contrast, gamma, white balance."""
        chance = self._chance
        contrast, gamma = np.exp(chance.normal(0, 0.25, 2))
        black = chance.uniform(-0.1, 0.12) if chance.random() < 0.4 else 0.0
        balance = np.exp(chance.normal(0, 0.2 if chance.random() < 0.3 else 0.05, 3))
        levels = np.arange(256)[:, None] / 255
        bright = np.clip((levels - black) * contrast * balance, 0, 1) ** gamma
        return (bright * 255).astype(np.uint8).reshape(1, 256, 3)

    def _shade(self, picture: Bytes) -> Bytes:
        """Light and dark areas with soft borders."""
        chance = self._chance
        coarse = chance.uniform(0.35, 1.4, chance.integers(2, 7, 2)).astype(np.float32)
        light = cv2.resize(coarse, (self._width, self._height), interpolation=cv2.INTER_LINEAR)
        if chance.random() < 0.4:
            light = np.where(light > 0.9, np.float32(1.15), np.float32(chance.uniform(0.4, 0.8)))
        return cv2.multiply(picture, cv2.merge([light] * 3), dtype=cv2.CV_8U)

    def _smear(self) -> NDArray[np.float32]:
        """A motion blur's kernel."""
        length = int(self._chance.integers(3, 10))
        angle = self._chance.uniform(0, np.pi)
        half = (length - 1) / 2
        reach = np.array((np.cos(angle), np.sin(angle))) * half
        kernel = np.zeros((length, length), np.float32)
        start, end = (np.round(half + sign * reach).astype(int).tolist() for sign in (-1, 1))
        cv2.line(kernel, start, end, 1.0)
        return kernel / kernel.sum()

    def _coarsen(self, picture: Bytes) -> Bytes:
        factor = self._chance.uniform(1.3, 2.3)
        size = (int(self._width / factor), int(self._height / factor))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (self._width, self._height), interpolation=cv2.INTER_LINEAR)

    def _noise(self, picture: Bytes) -> Bytes:
        chance = self._chance
        noise = self._noises[chance.integers(NOISES)]
        top, left = chance.integers(0, 32, 2)
        cut = noise[top : top + self._height, left : left + self._width]
        strength = abs(chance.normal(0, 6))
        return cv2.add(picture, cut * np.float32(strength), dtype=cv2.CV_8U)

    def _cover(self, still: Still) -> Still:
        """Hide a rectangle; people of whom half is gone are no longer seen."""
        chance = self._chance
        if chance.random() > 0.15:
            return still
        size = chance.uniform(0.08, 0.35, 2) * (self._width, self._height)
        start = chance.uniform((0, 0), (self._width, self._height)) - size / 2
        cover = np.concatenate((start, start + size))
        left, top, right, bottom = np.maximum(cover, 0).astype(int)
        picture = still.picture.copy()
        picture[top:bottom, left:right] = chance.integers(0, 256, 3)
        boxes = still.boxes
        shared = np.minimum(boxes[:, 2:], cover[2:]) - np.maximum(boxes[:, :2], cover[:2])
        hidden = np.prod(np.maximum(shared, 0), axis=1)
        area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
        return Still(picture, boxes, still.heads, still.seen & (hidden < COVERED * area))
