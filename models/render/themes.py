"""What a still is about: anything, or one of the things that detectors find hard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.render.mount import OBLIQUE, OVERHEAD, SLANTED, draw_mount

if TYPE_CHECKING:
    from models.render.camera import Camera
    from models.render.people import Person
    from models.render.sensor import Film

DARKEST, DARK = 0.003, 0.03
GREY_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Theme:
    """How a still departs from the usual ones; the defaults do not.

    `view` is one of the mounts, `heights_m` and `people` (how many) are bounds. People stand at
    `edge` to `reach` from the picture's middle (1 is its border) and at least `away_m` from the
    point below the camera. `clutter` things are added, `gains` bounds how much brighter than
    metered the picture is, `exposure_s` how long is exposed.
    """

    view: int | None = None
    heights_m: tuple[float, float] | None = None
    empty: bool = False
    people: tuple[int, int] | None = None
    edge: float = 0.0
    reach: float = 1.15
    away_m: float = 0.0
    apart_m: tuple[float, float] = (0.34, 0.5)
    dark: bool = False
    clutter: tuple[int, int] = (0, 0)
    grey: bool = False
    gains: tuple[float, float] | None = None
    exposure_s: tuple[float, float] | None = None


USUAL = Theme()
HARD: tuple[tuple[float, Theme], ...] = (
    (0.18, USUAL),
    (0.1, Theme(empty=True, clutter=(4, 14))),
    (0.06, Theme(view=OVERHEAD, empty=True, clutter=(3, 12))),
    (0.05, Theme(people=(2, 6), edge=1.12, reach=1.7, clutter=(0, 6), grey=True)),
    (0.04, Theme(empty=True, clutter=(0, 4), grey=True)),
    (0.12, Theme(view=OVERHEAD, heights_m=(2.6, 5.5), people=(10, 26), apart_m=(0.28, 0.42))),
    (0.09, Theme(view=OVERHEAD, heights_m=(3.4, 6.2), people=(20, 46), apart_m=(0.26, 0.4))),
    (0.07, Theme(view=SLANTED, heights_m=(3.0, 5.5), people=(14, 40), apart_m=(0.28, 0.42))),
    (0.04, Theme(view=OBLIQUE, heights_m=(2.6, 5.5), people=(10, 26), apart_m=(0.3, 0.45))),
    (0.1, Theme(view=OVERHEAD, heights_m=(2.15, 2.8), people=(1, 7), dark=True)),
    (0.09, Theme(people=(1, 6), edge=0.6, gains=(1.5, 4.0), exposure_s=(0.03, 0.12))),
    (0.06, Theme(view=OBLIQUE, heights_m=(2.4, 6.5), people=(2, 12), away_m=6.0)),
)  # fmt: skip
"""Shares of hard stills: clutter and hard shadows without people (also of people outside the
picture), crowds, denser ones of small people, dark clothes below a low camera, blurred and
overexposed people at the border, small people far away."""


def draw_theme(seed: tuple[int, ...]) -> Theme:
    """Draw what a hard still is about; the scene's own chance is left alone."""
    rng = np.random.default_rng((*seed, 5))
    return HARD[int(rng.choice(len(HARD), p=[share for share, _ in HARD]))][1]


def mounted(theme: Theme, rng: np.random.Generator) -> Camera:
    """Draw a camera as the theme wants it."""
    camera = draw_mount(rng, theme.view)
    if theme.heights_m:
        camera = replace(camera, height_m=float(rng.uniform(*theme.heights_m)))
    return camera


def dressed(theme: Theme, people: list[Person], rng: np.random.Generator) -> list[Person]:
    """Return the people, most of them in dark clothes where the theme wants that."""
    if not theme.dark:
        return people
    return [_darkened(person, rng) if rng.random() < 0.85 else person for person in people]


def filmed(theme: Theme, film: Film, rng: np.random.Generator) -> Film:
    """Return how the theme's pictures are taken."""
    if theme.gains:
        film = replace(film, exposure=film.exposure * float(rng.uniform(*theme.gains)))
    if theme.grey and film.grey is None and rng.random() < GREY_SHARE:
        film = replace(film, grey=rng.dirichlet((2.0, 2.0, 2.0)).astype(np.float32))
    return film


def _darkened(person: Person, rng: np.random.Generator) -> Person:
    outfit = person.outfit.copy()
    outfit[4:7, :3] = np.clip(
        rng.uniform(DARKEST, DARK, (3, 1)) + rng.normal(0.0, 0.003, (3, 3)), 0.002, 1.0
    )
    return replace(person, outfit=outfit)
