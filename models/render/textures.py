"""Surfaces drawn from a seed: no photograph is used."""

from __future__ import annotations

import cv2
import numpy as np

SIDE_PX = 512
SEED = 11
NAMES = (
    "plain", "tiles", "mat", "plaster", "wood", "paving", "asphalt", "brick", "goods", "poster",
    "metal", "fabric",
)  # fmt: skip


def texture_bank() -> np.ndarray:
    """Return all textures in the order of NAMES, (n, SIDE_PX, SIDE_PX, 3) uint8, linear light."""
    rng = np.random.default_rng(SEED)
    drawers = {
        "plain": _plain, "tiles": _tiles, "mat": _mat, "plaster": _plaster, "wood": _wood,
        "paving": _paving, "asphalt": _asphalt, "brick": _brick, "goods": _goods,
        "poster": _poster, "metal": _metal, "fabric": _fabric,
    }  # fmt: skip
    return np.stack(
        [np.clip(drawers[name](rng) * 255.0, 0, 255).astype(np.uint8) for name in NAMES]
    )


def _noise(rng: np.random.Generator, cells: int, octaves: int = 5) -> np.ndarray:
    """Return tileable noise (SIDE_PX, SIDE_PX) in 0..1, `cells` across in the coarsest octave."""
    total = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    for octave in range(octaves):
        count = min(cells * 2**octave, SIDE_PX)
        coarse = np.tile(rng.random((count, count)).astype(np.float32), (3, 3))
        fine = cv2.resize(coarse, (3 * SIDE_PX, 3 * SIDE_PX), interpolation=cv2.INTER_CUBIC)
        total += 0.55**octave * fine[SIDE_PX : 2 * SIDE_PX, SIDE_PX : 2 * SIDE_PX]
    total -= total.min()
    return total / total.max()


def _shade(colour: tuple[float, float, float], amount: np.ndarray) -> np.ndarray:
    return np.asarray(colour, np.float32) * amount[..., None]


def _grid(rows: int, columns: int, joint: float, shift: float = 0.0) -> tuple[np.ndarray, ...]:
    """Return (joint mask, cell row, cell column); odd rows are shifted by `shift` of a cell."""
    y, x = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32) / SIDE_PX
    row = np.floor(y * rows).astype(int)
    across = x * columns + shift * (row % 2)
    column = np.floor(across).astype(int) % columns
    edge_y = np.minimum((y * rows) % 1, 1 - (y * rows) % 1) / rows
    edge_x = np.minimum(across % 1, 1 - across % 1) / columns
    mask = np.clip(1.5 - np.minimum(edge_x, edge_y) / joint, 0, 1)
    return mask, row, column


def _plain(rng: np.random.Generator) -> np.ndarray:
    return _shade((1, 1, 1), 0.94 + 0.06 * _noise(rng, 16))


def _tiles(rng: np.random.Generator) -> np.ndarray:
    mask, row, column = _grid(4, 4, 0.0028)
    each = rng.uniform(0.9, 1.08, (4, 4))[row, column]
    vein = 0.86 + 0.2 * _noise(rng, 6, 7)
    speck = np.where(_noise(rng, 128, 3) > 0.78, 0.84, 1.0)
    face = _shade((0.47, 0.44, 0.39), each * vein * speck)
    grout = _shade((0.2, 0.19, 0.17), 0.9 + 0.2 * _noise(rng, 32))
    dirt = 1.0 - 0.22 * np.clip(_noise(rng, 3, 4) - 0.45, 0, 1)
    return (face * (1 - mask[..., None]) + grout * mask[..., None]) * dirt[..., None]


def _mat(rng: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32) / SIDE_PX
    ribs = 0.75 + 0.25 * np.sin(2 * np.pi * 32 * y)
    bristle = 0.55 + 0.9 * _noise(rng, 128, 3)
    worn = 1.0 + 0.5 * _noise(rng, 4, 4)
    border = (np.minimum.reduce([x, 1 - x, y, 1 - y]) < 0.035).astype(np.float32)
    field = _shade((0.05, 0.047, 0.045), ribs * bristle * worn)
    return field * (1 - border[..., None]) + _shade((0.03, 0.03, 0.03), border)


def _plaster(rng: np.random.Generator) -> np.ndarray:
    return _shade((0.7, 0.68, 0.63), 0.9 + 0.1 * _noise(rng, 4, 7))


def _wood(rng: np.random.Generator) -> np.ndarray:
    y, _ = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32) / SIDE_PX
    mask, row, column = _grid(8, 1, 0.0025)
    stretched = cv2.resize(_noise(rng, 8, 6)[:, :64], (SIDE_PX, SIDE_PX))
    grain = 0.5 + 0.5 * np.sin(2 * np.pi * (14 * y + 2.2 * stretched + 0.37 * row))
    each = rng.uniform(0.8, 1.1, (8, 1))[row, column]
    board = _shade((0.36, 0.2, 0.1), each * (0.75 + 0.2 * grain + 0.15 * stretched))
    return board * (1 - 0.6 * mask[..., None])


def _paving(rng: np.random.Generator) -> np.ndarray:
    mask, row, column = _grid(4, 3, 0.004, 0.5)
    each = rng.uniform(0.82, 1.1, (4, 3))[row, column]
    face = _shade((0.36, 0.34, 0.32), each * (0.75 + 0.4 * _noise(rng, 24, 5)))
    return face * (1 - 0.55 * mask[..., None])


def _asphalt(rng: np.random.Generator) -> np.ndarray:
    return _shade((0.1, 0.1, 0.105), 0.6 + 0.8 * _noise(rng, 64, 4))


def _brick(rng: np.random.Generator) -> np.ndarray:
    mask, row, column = _grid(16, 6, 0.004, 0.5)
    each = rng.uniform(0.7, 1.15, (16, 6))[row, column]
    face = _shade((0.32, 0.15, 0.1), each * (0.8 + 0.35 * _noise(rng, 32)))
    mortar = _shade((0.4, 0.37, 0.33), np.ones_like(each))
    return face * (1 - mask[..., None]) + mortar * mask[..., None]


def _goods(rng: np.random.Generator) -> np.ndarray:
    """Rows of boxes and bottles as they stand on a shelf."""
    picture = np.full((SIDE_PX, SIDE_PX, 3), 0.03, np.float32)
    rows = 4
    for row in range(rows):
        floor = (row + 1) * SIDE_PX // rows - 10
        cv2.rectangle(picture, (0, floor), (SIDE_PX, floor + 10), (0.5, 0.48, 0.45), -1)
        left = 0
        while left < SIDE_PX:
            width, count = int(rng.integers(16, 44)), int(rng.integers(2, 6))
            height = int(rng.integers(50, 108))
            body = tuple(float(part) for part in rng.random(3) ** 1.8 * 0.8)
            label = tuple(float(part) for part in rng.random(3) ** 0.8)
            for _ in range(count):
                right = left + width - 2
                cv2.rectangle(picture, (left, floor - height), (right, floor - 1), body, -1)
                stripe = floor - int(height * 0.65)
                low = stripe + height // 3
                cv2.rectangle(picture, (left, stripe), (right, low), label, -1)
                left += width
    return cv2.GaussianBlur(picture, (0, 0), 0.8) * (0.8 + 0.3 * _noise(rng, 8)[..., None])


def _poster(rng: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32) / SIDE_PX
    picture = _shade((0.75, 0.28, 0.1), 1.0 - 0.4 * y) + _shade((0.1, 0.3, 0.5), 0.5 * x)
    cv2.circle(picture, (300, 190), 120, (0.85, 0.75, 0.3), -1, cv2.LINE_AA)
    cv2.circle(picture, (240, 230), 70, (0.6, 0.1, 0.08), -1, cv2.LINE_AA)
    cv2.putText(picture, "50%", (60, 440), cv2.FONT_HERSHEY_DUPLEX, 4.6, (0.9,) * 3, 14)
    return picture * (0.95 + 0.05 * _noise(rng, 16)[..., None])


def _metal(rng: np.random.Generator) -> np.ndarray:
    brushed = cv2.resize(_noise(rng, 64, 3)[:, :16], (SIDE_PX, SIDE_PX))
    return _shade((0.42, 0.43, 0.45), 0.85 + 0.2 * brushed)


def _fabric(rng: np.random.Generator) -> np.ndarray:
    """Red: weave, green: soft folds, blue: blotches; the dresser uses them as noise."""
    weave = _noise(rng, 128, 2)
    return np.dstack([weave, _noise(rng, 5, 4), _noise(rng, 12, 5)])
