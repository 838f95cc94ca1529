"""Random surfaces by the hundred, drawn from a seed: floors, cloth, signs; no photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Pixel = tuple[int, int]
Colour = tuple[float, float, float]
SIDE_PX = 256
SEED = 7
COUNT = 200
PLAIN = 0
NOISES = 8
"""The last layers are plain noise in three channels; shaders use them for cloth and dapples."""


def surface_bank(count: int = COUNT) -> np.ndarray:
    """Return (count, SIDE_PX, SIDE_PX, 3) uint8 in linear light; all repeat without a seam."""
    rng = np.random.default_rng(SEED)
    drawers = (_noisy, _tiles, _tiles, _boards, _stripes, _stones, _stones, _blotches, _carpet,
               _litter, _litter, _terrazzo, _chequers)  # fmt: skip
    white = np.full((SIDE_PX, SIDE_PX, 3), 0.96, np.float32)
    layers = [white * (0.94 + 0.06 * noise(rng))[..., None]]
    layers += [_worn(rng, drawers[k % len(drawers)](rng)) for k in range(1, count - NOISES)]
    layers += [np.dstack([noise(rng) for _ in range(3)]) for _ in range(NOISES)]
    return np.stack([np.clip(layer * 255.0, 0, 255).astype(np.uint8) for layer in layers])


def noise(rng: np.random.Generator, cells: int = 0, octaves: int = 5) -> np.ndarray:
    """Return tileable noise (SIDE_PX, SIDE_PX) in 0..1, `cells` across in the coarsest octave."""
    cells = cells or int(rng.integers(2, 10))
    total = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    fade = rng.uniform(0.35, 0.7)
    for octave in range(octaves):
        side = min(cells * 2**octave, SIDE_PX)
        coarse = np.pad(rng.random((side, side), np.float32), 2, mode="wrap")
        margin = 2 * SIDE_PX / side
        at = np.arange(SIDE_PX, dtype=np.float32)
        at = (at + 0.5 + margin) * side / SIDE_PX - 0.5
        x, y = np.meshgrid(at, at)
        total += fade**octave * cv2.remap(coarse, x, y, cv2.INTER_CUBIC)
    total -= total.min()
    return total / (total.max() + 1e-6)


def paint(rng: np.random.Generator) -> np.ndarray:
    """Return a surface's colour, (3,) linear: mostly greys and earths, some bright ones."""
    kind = rng.random()
    if kind < 0.5:
        return np.clip(rng.uniform(0.02, 0.85) + rng.normal(0.0, 0.03, 3), 0.0, 1.0)
    if kind < 0.86:
        warm = np.array([1.0, rng.uniform(0.6, 0.95), rng.uniform(0.3, 0.85)])
        return rng.uniform(0.05, 0.8) * warm
    return rng.random(3) ** 2


def _mix(first: np.ndarray, second: np.ndarray, share: np.ndarray) -> np.ndarray:
    return first + (second - first) * np.asarray(share, np.float32)[..., None]


def _grid() -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of every pixel in 0..1."""
    y, x = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32) / SIDE_PX
    return x, y


def _worn(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Return a surface with uneven brightness and stains."""
    picture = np.broadcast_to(picture, (SIDE_PX, SIDE_PX, 3))
    if rng.random() < 0.6:
        uneven = noise(rng, int(rng.integers(2, 40))) - 0.5
        picture = picture * (1.0 + uneven[..., None] * rng.uniform(0.0, 0.8))
    if rng.random() < 0.25:
        stains = (noise(rng) > 0.68) * rng.uniform(0.0, 0.6)
        picture = _mix(picture, 0.4 * paint(rng), stains)
    return picture


def _noisy(rng: np.random.Generator) -> np.ndarray:
    first = paint(rng)
    return _mix(first, 0.6 * first + 0.4 * paint(rng), noise(rng))


def _tiles(rng: np.random.Generator) -> np.ndarray:
    rows = int(rng.integers(1, 9))
    columns = rows if rng.random() < 0.6 else int(rng.integers(1, 9))
    x, y = _grid()
    row = np.minimum((y * rows).astype(int), rows - 1)
    across = x * columns + (0.5 * (row % 2) if rows % 2 == 0 and rng.random() < 0.4 else 0.0)
    column = np.floor(across).astype(int) % columns
    each = rng.random((rows, columns))[row, column] * rng.uniform(0.0, 0.4)
    joint = rng.uniform(0.004, 0.02)
    away_x = np.minimum(across % 1, 1 - across % 1) / columns
    away_y = np.minimum(y * rows % 1, 1 - y * rows % 1) / rows
    near = np.clip(1.5 - np.minimum(away_x, away_y) / joint, 0, 1) * rng.uniform(0.2, 1.0)
    first = paint(rng)
    return _mix(_mix(first, first * 0.6 + 0.4 * paint(rng), each), 0.7 * paint(rng), near)


def _chequers(rng: np.random.Generator) -> np.ndarray:
    count = 2 * int(rng.integers(1, 5))
    x, y = _grid()
    odd = ((x * count).astype(int) + (y * count).astype(int)) % 2
    return _mix(paint(rng), paint(rng), odd)


def _boards(rng: np.random.Generator) -> np.ndarray:
    rows = int(rng.integers(3, 12))
    x, y = _grid()
    row = np.minimum((y * rows).astype(int), rows - 1)
    along = (x + rng.random(rows)[row]) % 1.0
    board = rng.random((rows, 3))[row, (along * 3).astype(int)]
    grain = np.sin(2 * np.pi * (y * rows * 3 + noise(rng, 2, 4) * rng.uniform(1, 4)))
    tone = rng.uniform(0.08, 0.6) * np.array([1.0, rng.uniform(0.5, 0.85), rng.uniform(0.2, 0.6)])
    joint = np.minimum(y * rows % 1, 1 - y * rows % 1) < 0.05
    return tone * ((0.7 + 0.3 * board) * (0.9 + 0.1 * grain) * (1 - 0.5 * joint))[..., None]


def _stripes(rng: np.random.Generator) -> np.ndarray:
    x, y = _grid()
    turn = x * int(rng.integers(1, 24)) + y * int(rng.integers(0, 3))
    return _mix(paint(rng), paint(rng), turn % 1 < rng.uniform(0.15, 0.85))


def _cells(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (distance to the nearest of `count` random points, that point's number)."""
    points = rng.integers(0, SIDE_PX, (count, 2))
    field = np.full((SIDE_PX, SIDE_PX), 255, np.uint8)
    field[points[:, 1], points[:, 0]] = 0
    wide = np.tile(field, (3, 3))
    away, label = cv2.distanceTransformWithLabels(wide, cv2.DIST_L2, 3)
    middle = slice(SIDE_PX, 2 * SIDE_PX)
    return away[middle, middle], label[middle, middle]


def _stones(rng: np.random.Generator) -> np.ndarray:
    away, label = _cells(rng, int(rng.integers(15, 260)))
    each = rng.random(label.max() + 1)[label]
    picture = _mix(paint(rng), paint(rng), each * rng.uniform(0.1, 0.7))
    return picture * (1.1 - away / away.max() * rng.uniform(0.0, 0.9))[..., None]


def _terrazzo(rng: np.random.Generator) -> np.ndarray:
    away, label = _cells(rng, int(rng.integers(150, 900)))
    each = rng.random((label.max() + 1, 3))[label]
    chip = away < rng.uniform(1.5, 5.0)
    base = paint(rng)
    return np.where(chip[..., None], 0.5 * base + 0.5 * each * rng.uniform(0.2, 1.0), base)


def _blotches(rng: np.random.Generator) -> np.ndarray:
    return _mix(paint(rng), paint(rng), (noise(rng) > rng.uniform(0.3, 0.7)) * rng.uniform(0.2, 1))


def _carpet(rng: np.random.Generator) -> np.ndarray:
    side = int(rng.choice([16, 32, 64]))
    motif = cv2.GaussianBlur(rng.random((side, side, 3), np.float32), (0, 0), rng.uniform(0.6, 3))
    motif = (motif - motif.min()) / np.ptp(motif)
    motif = np.hstack([motif, motif[:, ::-1]])
    motif = np.vstack([motif, motif[::-1]])
    repeat = SIDE_PX // len(motif)
    return np.tile(motif, (repeat, repeat, 1)) * 0.6 * paint(rng) + 0.4 * paint(rng)


def _litter(rng: np.random.Generator) -> np.ndarray:
    """Discs, blocks, lines and letters: posters, goods, and what must not be taken for heads."""
    picture = np.ascontiguousarray(_noisy(rng).astype(np.float32))
    drawers: tuple[Callable[..., None], ...] = (_disc, _disc, _block, _line, _letters)
    for _ in range(int(rng.integers(3, 40))):
        at = tuple(int(part) for part in rng.integers(0, SIDE_PX, 2))
        colour = tuple(float(part) for part in paint(rng))
        drawers[int(rng.integers(len(drawers)))](rng, picture, at, colour)
    return picture


def _disc(rng: np.random.Generator, picture: np.ndarray, at: Pixel, colour: Colour) -> None:
    axes = tuple(int(part) for part in rng.integers(3, 40, 2))
    width = -1 if rng.random() < 0.6 else 2
    cv2.ellipse(picture, at, axes, rng.uniform(0, 180), 0, 360, colour, width, cv2.LINE_AA)


def _block(rng: np.random.Generator, picture: np.ndarray, at: Pixel, colour: Colour) -> None:
    far = (at[0] + int(rng.integers(4, 80)), at[1] + int(rng.integers(4, 80)))
    cv2.rectangle(picture, at, far, colour, -1 if rng.random() < 0.6 else 2)


def _line(rng: np.random.Generator, picture: np.ndarray, at: Pixel, colour: Colour) -> None:
    far = tuple(int(part) for part in rng.integers(0, SIDE_PX, 2))
    cv2.line(picture, at, far, colour, int(rng.integers(1, 8)), cv2.LINE_AA)


def _letters(rng: np.random.Generator, picture: np.ndarray, at: Pixel, colour: Colour) -> None:
    word = "".join(chr(code) for code in rng.integers(48, 122, int(rng.integers(1, 8))))
    font, size = int(rng.integers(0, 5)), rng.uniform(0.4, 2.0)
    cv2.putText(picture, word, at, font, size, colour, int(rng.integers(1, 5)), cv2.LINE_AA)
