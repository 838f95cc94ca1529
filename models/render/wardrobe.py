"""What people wear: colours, patterns and where each garment ends, as rows for the shader."""

from __future__ import annotations

import numpy as np

from models.render.surfaces import COUNT, NOISES

OUTFIT = (8, 4)
"""Rows of numbers for each person (see `shaders/still/people.frag`):

0 sleeve, hem, trouser end, collar (landmarks as in `scene.Outfit`); 1 front hairline, back
hairline (half heads), hair volume, looseness (m); 2 skin, pattern; 3 hair, pattern per metre; 4
top, width of the open front; 5 bottom, layer of cloth noise; 6 shoes, pattern of the bottom; 7
accent, gloss.
"""
SKIN = np.array([0.80, 0.56, 0.44])
HAIR = np.array(
    [[0.012, 0.011, 0.01], [0.05, 0.03, 0.018], [0.2, 0.11, 0.05], [0.5, 0.36, 0.18],
     [0.42, 0.41, 0.4], [0.75, 0.74, 0.72], [0.25, 0.06, 0.02]]
)  # fmt: skip
HAIR_SHARE = (0.34, 0.26, 0.15, 0.09, 0.08, 0.05, 0.03)
BARE_HEAD, BALD, CAP, HOOD, SCARF = "hair", "bald", "cap", "hood", "scarf"
COVERS = (BARE_HEAD, BALD, CAP, HOOD, SCARF)


def cloth(rng: np.random.Generator) -> np.ndarray:
    """Return a garment's colour, (3,) linear: dark and grey ones as often as in a street."""
    kind = rng.random()
    if kind < 0.36:
        return np.clip(rng.uniform(0.006, 0.1) + rng.normal(0.0, 0.008, 3), 0.004, 1.0)
    if kind < 0.5:
        return np.clip(rng.uniform(0.45, 0.92) + rng.normal(0.0, 0.03, 3), 0.0, 0.95)
    if kind < 0.64:
        return np.clip(rng.uniform(0.08, 0.5) + rng.normal(0.0, 0.02, 3), 0.0, 1.0)
    if kind < 0.75:
        return np.array([0.04, 0.07, 0.18]) * rng.uniform(0.3, 2.4)
    if kind < 0.83:
        return np.array([0.42, 0.28, 0.15]) * rng.uniform(0.3, 1.6)
    return rng.random(3) ** 1.6


def outfit(rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """Draw an outfit: (OUTFIT float32, what covers the head)."""
    rows = np.zeros(OUTFIT, np.float32)
    top, bottom = cloth(rng), cloth(rng)
    cover = str(rng.choice(COVERS, p=(0.7, 0.06, 0.12, 0.07, 0.05)))
    rows[0] = _cuts(rng)
    rows[2, :3] = SKIN * (0.1 + 1.0 * rng.beta(1.6, 1.1))
    rows[2, 3] = rng.choice(6, p=(0.5, 0.12, 0.08, 0.12, 0.06, 0.12))
    rows[3, 3] = rng.uniform(3.0, 26.0)
    loose = rng.uniform(0.0, 0.015) if rng.random() < 0.5 else rng.uniform(0.015, 0.055)
    rows[1], rows[3, :3] = _hair(rng, cover, top)
    rows[1, 3] = loose
    rows[4, :3], rows[5, :3] = top, bottom if rng.random() < 0.88 else top
    rows[4, 3] = rng.uniform(0.02, 0.09) if rng.random() < 0.25 else 0.0
    rows[5, 3] = COUNT - NOISES + rng.integers(NOISES)
    rows[6, :3] = 0.7 * cloth(rng)
    rows[6, 3] = rng.choice(4, p=(0.82, 0.06, 0.06, 0.06))
    rows[7, :3] = cloth(rng)
    rows[7, 3] = rng.uniform(0.1, 0.5) if rng.random() < 0.12 else 0.0
    return rows, cover


def _cuts(rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Return where sleeve, hem, trousers and collar end."""
    sleeve = 0.97 if rng.random() < 0.65 else rng.uniform(0.18, 0.6)
    if rng.random() < 0.06:
        sleeve = -1.0
    hem = rng.uniform(3.1, 3.8)
    if rng.random() < 0.18:
        hem = rng.uniform(1.8, 3.0)
    trouser_end = 0.95 if rng.random() < 0.78 else rng.uniform(1.2, 2.7)
    return sleeve, hem, trouser_end, rng.uniform(5.2, 5.95)


def _hair(
    rng: np.random.Generator, cover: str, top: np.ndarray
) -> tuple[tuple[float, float, float, float], np.ndarray]:
    """Return (hairlines, volume, 0) and the colour of what is on the head."""
    natural = HAIR[rng.choice(len(HAIR), p=HAIR_SHARE)] * rng.uniform(0.6, 1.4)
    if cover == BALD:
        return (3.0, rng.choice((3.0, 0.0, -0.2)), 0.004, 0.0), natural
    if cover == CAP:
        return (rng.uniform(0.35, 0.6), rng.uniform(-0.1, 0.4), 0.022, 0.0), cloth(rng)
    if cover == HOOD:
        return (rng.uniform(0.5, 0.95), -1.6, rng.uniform(0.025, 0.045), 0.0), top
    if cover == SCARF:
        return (rng.uniform(0.5, 0.7), -1.8, rng.uniform(0.015, 0.03), 0.0), cloth(rng)
    back = rng.choice((-0.45, -0.7, rng.uniform(-3.4, -1.2)), p=(0.45, 0.2, 0.35))
    return (rng.uniform(0.6, 0.9), back, rng.uniform(0.006, 0.05), 0.0), natural
