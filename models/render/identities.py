"""People who are seen more than once: one body and hair for good, other clothes every day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.render import gear
from models.render.people import STANCES, STANDING, WALKING, Person
from models.render.stances import rows_of
from models.render.things import CARRIED, FLOOR, Frame, Look, Things, Triple
from models.render.wardrobe import BALD, BARE_HEAD, outfit

if TYPE_CHECKING:
    from models.render.bank import Bank

STANDING_SHARE = 0.2
UNBURDENED_SHARE = 0.2
"""How often somebody comes without what they carry on other pictures of the day."""
HAIR_STREAM, DAY_STREAM = 0, 1
"""Random streams of one identity: of the hair, and of each day's clothes."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody: `seed` fixes hair, skin and every day's clothes and bags."""

    seed: int
    body: int

    def worn(self, day: int) -> tuple[np.ndarray, str]:
        """Return the day's outfit, as `wardrobe.outfit`, with the hair and skin of always."""
        always = self._always()
        rows, cover = outfit(self._stream(DAY_STREAM, day))
        rows[2, :3] = always[2, :3]
        if cover in (BARE_HEAD, BALD):
            rows[1, :3], rows[3, :3] = always[1, :3], always[3, :3]
            cover = BARE_HEAD
        return rows, cover

    def dress_up(self, things: Things, person: Person, day: int, *, burdened: bool) -> None:
        """Add the day's hat, skirt and, if `burdened`, bags of this person."""
        kept = things if burdened else Unburdened(things)
        gear.dress_up(kept, person, self._stream(DAY_STREAM, day, 1))

    def _always(self) -> np.ndarray:
        rng = self._stream(HAIR_STREAM)
        while True:
            rows, cover = outfit(rng)
            if cover in (BARE_HEAD, BALD):
                return rows

    def _stream(self, *which: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, *which))


class Unburdened(Things):
    """Passes on what is worn and leaves out what is carried."""

    def __init__(self, things: Things) -> None:
        super().__init__()
        self._things = things

    def add(  # noqa: PLR0913, PLR0917 - as Things.add
        self,
        mesh: str,
        size_m: Triple,
        at_m: Triple,
        look: Look,
        frame: Frame = FLOOR,
        lean_rad: Triple = (0.0, 0.0, 0.0),
    ) -> None:
        """Add a mesh unless it is carried."""
        if look.part != CARRIED:
            self._things.add(mesh, size_m, at_m, look, frame, lean_rad)


def appear(  # noqa: PLR0913, PLR0917 - who, when, and where
    bank: Bank,
    identity: Identity,
    day: int,
    number: int,
    frame: Frame,
    rng: np.random.Generator,
) -> Person:
    """Return somebody at a place on a day, in a stance drawn from `rng`."""
    stance = str(rng.choice(STANCES, p=WALKING))
    stance = "walk" if stance == "push" else stance
    stance = str(rng.choice(STANDING)) if rng.random() < STANDING_SHARE else stance
    rows = rows_of(stance)
    row = float(rng.uniform(0.0, len(rows))) if len(rows) > 1 else 0.0
    worn, cover = identity.worn(day)
    return Person(
        number, identity.body, stance, row, frame, worn, cover,
        np.asarray(bank.anchors[identity.body, rows[int(row) % len(rows)]], float),
        np.asarray(bank.traits[identity.body], float),
        0.0 if len(rows) == 1 else float(rng.uniform(0.4, 1.9)),
    )  # fmt: skip
