"""People of a scene: a body of the bank in a stance, an outfit, a place; and their vertices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.render.bank import ANCHORS
from models.render.stances import rows_of
from models.render.surfaces import COUNT
from models.render.wardrobe import outfit

if TYPE_CHECKING:
    from models.render.bank import Bank
    from models.render.things import Frame

FLOATS = 17
"""Place 3, normal 3, rest 3, mark 3, head 3, hairy, row of the outfit."""
Place = tuple[float, float, float]
STANCES = ("walk", "carry", "phone", "call", "pockets", "push")
WALKING = (0.62, 0.12, 0.1, 0.05, 0.08, 0.03)
STANDING = ("stand", "stand phone", "stand arms crossed", "stand reaching")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at an instant; anchors are metres in their frame, which is scaled by their size."""

    number: int
    body: int
    stance: str
    row: float
    """Row of the bank within the stance; a fraction lies between two phases of the gait."""
    frame: Frame
    outfit: np.ndarray
    cover: str
    anchors: np.ndarray
    traits: np.ndarray
    speed_m_s: float
    umbrella_share: float = 0.0
    plain: int = 0
    surfaces: int = COUNT

    def _anchor(self, name: str) -> Place:
        x, y, z = self.anchors[ANCHORS.index(name)]
        return float(x), float(y), float(z)

    @property
    def head(self) -> Place:
        """The middle of the head."""
        return self._anchor("head")

    @property
    def chest(self) -> Place:
        """A joint between the shoulder blades."""
        return self._anchor("chest")

    @property
    def left_hand(self) -> Place:
        """The left palm."""
        return self._anchor("left hand")

    @property
    def right_hand(self) -> Place:
        """The right palm."""
        return self._anchor("right hand")

    @property
    def hips(self) -> Place:
        """The middle between the hip joints."""
        return self._anchor("hips")

    @property
    def stature_m(self) -> float:
        """How tall they stand."""
        return float(self.traits[0])

    @property
    def shoulders_m(self) -> float:
        """How wide their trunk is."""
        return float(self.traits[1])

    @property
    def head_m(self) -> float:
        """Half the width of their head."""
        return float(self.traits[2])

    @property
    def shoulder_z(self) -> float:
        """How high their shoulders are."""
        return self.head[2] - 2.0 * self.head_m


def draw_person(
    bank: Bank, rng: np.random.Generator, number: int, frame: Frame, stance: str = ""
) -> Person:
    """Draw a body, what it does and wears; `stance` is drawn as well unless given."""
    body = int(rng.integers(len(bank.marks)))
    if not stance:
        stance = str(rng.choice(STANCES, p=WALKING))
        stance = str(rng.choice(STANDING)) if rng.random() < 0.2 else stance
    rows = rows_of(stance)
    row = float(rng.uniform(0.0, len(rows))) if len(rows) > 1 else 0.0
    worn, cover = outfit(rng)
    standing = len(rows) == 1
    return Person(
        number, body, stance, row, frame, worn, cover,
        np.asarray(bank.anchors[body, rows[int(row) % len(rows)]], float),
        np.asarray(bank.traits[body], float),
        0.0 if standing else float(rng.uniform(0.4, 1.9)),
    )  # fmt: skip


def moved(person: Person, bank: Bank, frame: Frame, walked_m: float, speed_m_s: float) -> Person:
    """Return somebody who has walked that far and is there now."""
    rows = rows_of(person.stance)
    row = walked_m / max(float(person.traits[3]), 0.3) * len(rows) if len(rows) > 1 else 0.0
    low, share = int(row), row % 1.0
    first, second = (bank.anchors[person.body, rows[(low + k) % len(rows)]] for k in (0, 1))
    anchors = first * (1.0 - share) + second * share
    return replace(person, row=row, frame=frame, anchors=anchors, speed_m_s=speed_m_s)


def vertices(people: list[Person], bank: Bank) -> np.ndarray:
    """Return everybody's vertices in the world, (p * v, FLOATS) float32.

    Clothes, shoes and hair swell the body as `shaders/person.vert` does for the demo.
    """
    count = bank.marks.shape[1]
    out = np.zeros((len(people), count, FLOATS), np.float32)
    for index, person in enumerate(people):
        rows = rows_of(person.stance)
        low, share = int(person.row), person.row % 1.0
        first, second = rows[low % len(rows)], rows[(low + 1) % len(rows)]
        for column, poses in ((0, bank.places), (3, bank.normals)):
            pair = poses[person.body, [first, second]].astype(np.float32)
            out[index, :, column : column + 3] = pair[0] * (1.0 - share) + pair[1] * share
        out[index, :, 16] = index
    marks = bank.marks[[person.body for person in people]]
    out[..., 6:9] = marks[..., :3]
    out[..., 9:12] = marks[..., 3:6]
    out[..., 12:15] = marks[..., 6:9]
    worn = np.stack([person.outfit for person in people])
    out[..., 15] = _hairy(marks, worn)
    swell = _swell(marks, worn, out[..., 15])
    out[..., :3] += out[..., 3:6] * swell[..., None]
    frames = np.stack([person.frame.matrix() for person in people]).astype(np.float32)
    out[..., :3] = out[..., :3] @ frames[:, :3, :3].transpose(0, 2, 1) + frames[:, None, :3, 3]
    out[..., 3:6] = out[..., 3:6] @ frames[:, :3, :3].transpose(0, 2, 1)
    return out.reshape(-1, FLOATS)


def _ramp(low: np.ndarray | float, high: np.ndarray | float, value: np.ndarray) -> np.ndarray:
    """Return GLSL's smoothstep, falling where `high` lies below `low`."""
    share = np.clip((value - low) / (np.subtract(high, low)), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _hairy(marks: np.ndarray, worn: np.ndarray) -> np.ndarray:
    """Return how far inside the hair (or what covers it) every vertex is, 0..1."""
    front, back = worn[:, 1, 0, None], worn[:, 1, 1, None]
    x, y, z = marks[..., 6], marks[..., 7], marks[..., 8]
    line = front + (np.maximum(back, -0.45) - front) * _ramp(-0.5, 0.4, y)
    line = line + (np.minimum(back, line) - line) * _ramp(0.15, 0.4, y)
    wide = np.where(z < -0.7, _ramp(0.75, 0.95, np.abs(x)) * 4.0, 0.0)
    near = (np.abs(x) < 1.4) & (marks[..., 5] < 0.5) & (marks[..., 3] > 4.0)
    return near * _ramp(-0.06, 0.06, z - line - wide)


def _swell(marks: np.ndarray, worn: np.ndarray, hairy: np.ndarray) -> np.ndarray:
    """Return how far clothes, shoes and hair stand off the skin, in metres."""
    sleeve_end, hem, trouser_end, collar = (worn[:, 0, k, None] for k in range(4))
    volume, loose = worn[:, 1, 2, None], worn[:, 1, 3, None]
    level, along, arm = marks[..., 3], marks[..., 4], marks[..., 5]
    sleeve = arm * _ramp(sleeve_end + 0.04, sleeve_end - 0.02, along)
    trunk = (1.0 - arm) * _ramp(hem - 0.05, hem + 0.1, level)
    trunk = trunk * _ramp(collar + 0.1, collar - 0.3, level)
    legs = _ramp(trouser_end - 0.1, trouser_end + 0.1, level) * _ramp(hem + 0.1, hem - 0.2, level)
    legs = legs * (1.0 - arm)
    shoe = (1.0 - arm) * _ramp(1.0, 0.7, level)
    cloth = loose * np.maximum(0.8 * sleeve, trunk) + 0.008 * (legs + shoe)
    cloth = cloth + 0.6 * loose * legs * _ramp(2.6, 1.2, level)
    return hairy * volume + np.where(hairy > 0.5, 0.5, 1.0) * cloth
