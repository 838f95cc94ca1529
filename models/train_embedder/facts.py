"""What the renderer knows about somebody, as numbers: a network learns faster if asked for it.

Only in training: the device's network gives the vector alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from models.render.bank import CACHE, FOLDER
from models.render.lineup_files import lineup_of
from models.render.lineups import PEOPLE
from models.render.wardrobe import BARE_HEAD

if TYPE_CHECKING:
    from models.render.identities import Identity

COUNTS = {"appearance": 14, "build": 13}
"""How many facts there are of each kind."""


@cache
def facts_of(kind: str, split: str, person: int, day: int) -> np.ndarray:
    """Return about 0..1 each: colours and cuts of hair, top and bottom; or body, skin, hair."""
    identity = lineup_of(split, person // PEOPLE).identities[person % PEOPLE]
    rows, cover = identity.worn(day)
    if kind == "build":
        return _build(identity, rows)
    colours = np.clip(rows[[3, 4, 5], :3], 0.0, 1.0) ** (1 / 2.2)
    cuts = (rows[0, :3] - (0.0, 2.0, 1.0)) / (1.0, 2.0, 2.0)
    rest = (rows[2, 3] > 0, cover == BARE_HEAD)
    return np.concatenate([colours.ravel(), cuts, rest]).astype(np.float32)


def _build(identity: Identity, rows: np.ndarray) -> np.ndarray:
    stature, shoulders, head, stride = _traits()[identity.body].astype(float)
    body = (stature - 1.0, 3.0 * shoulders / stature, 12.0 * head / stature, stride / stature)
    colours = np.clip(rows[[2, 3], :3], 0.0, 1.0) ** (1 / 2.2)
    hair = (rows[1, 0], rows[1, 1] / 3.0, rows[1, 2] * 20.0)
    return np.concatenate([body, colours.ravel(), hair]).astype(np.float32)


@cache
def _traits() -> np.ndarray:
    traits: np.ndarray = np.load(CACHE / FOLDER / "traits.npy")
    return traits
