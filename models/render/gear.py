"""What people wear on top, carry and push: hats, bags, umbrellas, prams, trolleys, wheelchairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.render.things import BODY, CARRIED, HEAD, WIRE, Frame, Look, Things
from models.render.wardrobe import BARE_HEAD, CAP, cloth

if TYPE_CHECKING:
    from models.render.people import Person

PERSON, TROLLEY, PRAM = 0, 1, 2
KINDS = ("person", "trolley", "pram")
RUBBER = (0.02, 0.02, 0.022)
STEEL = (0.35, 0.36, 0.38)


def dress_up(things: Things, person: Person, rng: np.random.Generator) -> None:
    """Add a person's hat, bun, skirt, bags and umbrella."""
    _hat(things, person, rng)
    if rng.random() < 0.16:
        _skirt(things, person, rng)
    if person.stance in ("carry", "stand phone") and rng.random() < 0.5:
        _armful(things, person, rng)
    if rng.random() < 0.2:
        _backpack(things, person, rng)
    elif rng.random() < 0.14:
        _shoulder_bag(things, person, rng)
    if person.stance in ("walk", "stand", "phone", "call") and rng.random() < 0.22:
        _hand_bag(things, person, rng)
    if person.stance == "walk" and rng.random() < 0.05:
        _suitcase(things, person, rng)
    if rng.random() < person.umbrella_share:
        _umbrella(things, person, rng)


def _look(person: Person, rng: np.random.Generator, part: int, tint: np.ndarray) -> Look:
    layer = person.plain if rng.random() < 0.7 else int(rng.integers(person.surfaces))
    scale = rng.uniform(0.6, 4.0)
    gloss = rng.uniform(0.0, 0.4) if rng.random() < 0.3 else 0.0
    return Look(tint, layer, scale, tuple(rng.random(2)), gloss, owner=person.number, part=part)


def _hat(things: Things, person: Person, rng: np.random.Generator) -> None:
    radius, (x, y, z) = person.head_m, person.head
    colour = person.outfit[3, :3]
    look = _look(person, rng, HEAD, colour)
    top = z + radius * 1.1
    kind = rng.random()
    if person.cover == CAP and kind < 0.5:
        depth, wide = radius * rng.uniform(0.8, 1.2), radius * rng.uniform(1.2, 1.7)
        at = (x, y - radius * 1.15, z + radius * 0.6)
        things.add("ball", (wide, depth * 1.8, 0.03), at, look, person.frame, (0.25, 0.0, 0.0))
    elif person.cover == CAP and kind < 0.85:
        wide = 2.0 * radius * rng.uniform(1.5, 2.3)
        size = (wide, wide, radius * rng.uniform(0.9, 1.4))
        things.add("brim", size, (x, y, top - radius * 0.15), look, person.frame)
    elif person.cover == CAP and kind < 0.93:
        things.add("ball", (0.07,) * 3, (x, y, top + 0.06), look, person.frame)
    elif person.cover == BARE_HEAD and kind < 0.15:
        wide = radius * rng.uniform(0.6, 1.1)
        at = (x, y + radius * rng.uniform(0.4, 1.15), z + radius * rng.uniform(0.0, 1.1))
        things.add("ball", (wide, wide, wide), at, look, person.frame)
    elif person.cover == BARE_HEAD and kind < 0.25:
        wide = radius * rng.uniform(2.2, 3.2)
        things.add("ball", (wide, wide, wide), (x, y + 0.02, z + radius * 0.35), look, person.frame)


def _skirt(things: Things, person: Person, rng: np.random.Generator) -> None:
    if person.stance == "sit":
        return
    x, y, z = person.hips
    wide = person.shoulders_m * rng.uniform(1.0, 1.7)
    length = z * rng.uniform(0.4, 0.85)
    tint = person.outfit[5, :3] if rng.random() < 0.6 else person.outfit[4, :3]
    look = _look(person, rng, BODY, tint)
    at = (x, y, z + 0.1 - length / 2.0)
    things.add("skirt", (wide, wide * rng.uniform(0.8, 1.0), length), at, look, person.frame)


def _armful(things: Things, person: Person, rng: np.random.Generator) -> None:
    (x0, y0, z0), (x1, y1, z1) = person.left_hand, person.right_hand
    size = (rng.uniform(0.15, 0.5), rng.uniform(0.12, 0.4), rng.uniform(0.05, 0.4))
    card = np.array([0.4, 0.26, 0.13]) * rng.uniform(0.6, 1.3)
    look = _look(person, rng, CARRIED, card if rng.random() < 0.4 else cloth(rng))
    at = ((x0 + x1) / 2.0, (y0 + y1) / 2.0 - size[1] * 0.3, (z0 + z1) / 2.0)
    mesh = str(rng.choice(("box", "pouch", "ball"), p=(0.6, 0.3, 0.1)))
    things.add(mesh, size, at, look, person.frame)


def _backpack(things: Things, person: Person, rng: np.random.Generator) -> None:
    x, y, z = person.chest
    wide, unit = person.shoulders_m, person.stature_m / 1.75
    deep, high = rng.uniform(0.1, 0.26) * unit, rng.uniform(0.3, 0.55) * unit
    at = (x, y + 0.09 * unit + deep / 2.0, z - 0.02 * unit)
    look = _look(person, rng, CARRIED, cloth(rng))
    things.add("pouch", (wide * rng.uniform(0.65, 1.0), deep, high), at, look, person.frame)


def _shoulder_bag(things: Things, person: Person, rng: np.random.Generator) -> None:
    side = rng.choice((-1.0, 1.0))
    x, y, z = person.hips
    size = (rng.uniform(0.08, 0.18), rng.uniform(0.22, 0.42), rng.uniform(0.18, 0.36))
    at = (x + side * (person.shoulders_m * 0.5 + 0.04), y, z + rng.uniform(-0.1, 0.2))
    look = _look(person, rng, CARRIED, cloth(rng))
    things.add("pouch", size, at, look, person.frame)
    chest = person.chest
    top = (x - side * 0.12, chest[1] - 0.1, person.shoulder_z)
    things.bar(top, (at[0], at[1] - 0.05, at[2] + 0.1), 0.03, look, person.frame)


def _hand_bag(things: Things, person: Person, rng: np.random.Generator) -> None:
    hand = person.left_hand if person.stance != "call" and rng.random() < 0.5 else person.right_hand
    if person.stance == "phone":
        hand = person.left_hand
    high = min(rng.uniform(0.2, 0.45), max(hand[2] - 0.12, 0.1))
    size = (rng.uniform(0.08, 0.22), rng.uniform(0.2, 0.48), high)
    at = (hand[0], hand[1], hand[2] - 0.06 - high / 2.0)
    look = _look(person, rng, CARRIED, cloth(rng))
    things.add(str(rng.choice(("pouch", "box"))), size, at, look, person.frame)


def _suitcase(things: Things, person: Person, rng: np.random.Generator) -> None:
    x, y, _ = person.right_hand
    size = (rng.uniform(0.3, 0.48), rng.uniform(0.2, 0.3), rng.uniform(0.45, 0.75))
    look = _look(person, rng, CARRIED, cloth(rng))
    at = (x, y + 0.45, size[2] / 2.0 + 0.05)
    things.add("pouch", size, at, look, person.frame, (-0.35, 0.0, 0.0))
    steel = Look(STEEL, person.plain, owner=person.number)
    things.bar(person.right_hand, (x, y + 0.4, size[2]), 0.025, steel, person.frame)


def _umbrella(things: Things, person: Person, rng: np.random.Generator) -> None:
    x, y, z = person.head
    wide, high = rng.uniform(0.85, 1.25), rng.uniform(0.2, 0.32)
    at = (x + rng.normal(0.0, 0.12), y - 0.1 + rng.normal(0.0, 0.12), z + rng.uniform(0.25, 0.4))
    look = _look(person, rng, HEAD, cloth(rng))
    lean = (*rng.normal(0.0, 0.15, 2), rng.uniform(0.0, 6.0))
    things.add("canopy", (wide, wide, high), at, look, person.frame, lean)
    stick = Look(STEEL, person.plain, owner=person.number)
    things.bar(person.right_hand, at, 0.02, stick, person.frame)


def trolley(things: Things, number: int, frame: Frame, rng: np.random.Generator) -> None:
    """Add a shopping trolley in front of who faces -y in the frame; its handle is at 0.4 m."""
    wide, long, unit = rng.uniform(0.45, 0.6), rng.uniform(0.65, 1.0), rng.uniform(0.9, 1.05)
    tint = STEEL if rng.random() < 0.7 else cloth(rng)
    wire = Look(tint, 0, 26.0, cut=WIRE, owner=number, part=BODY)
    bar = Look(tint, 0, gloss=0.3, owner=number, part=BODY)
    y = -0.48 - long / 2.0
    low, high = 0.5 * unit, 0.98 * unit
    for side in (-1.0, 1.0):
        things.add("box", (0.012, long, high - low), (side * wide / 2, y, (low + high) / 2), wire,
                   frame)  # fmt: skip
        things.bar((side * wide / 2, -0.42, high), (side * wide / 2, -0.6, 0.12), 0.03, bar, frame)
        for along in (-0.36, 0.36):
            at = (side * wide * 0.42, y + along * long, 0.06)
            rubber = Look(RUBBER, 0, owner=number, part=BODY)
            things.add("wheel", (0.12, 0.12, 0.03), at, rubber, frame, (0.0, np.pi / 2, 0.0))
    for end in (-0.5, 0.5):
        at = (0.0, y + end * long, (low + high) / 2)
        things.add("box", (wide, 0.012, high - low), at, wire, frame)
    things.add("box", (wide, long, 0.012), (0.0, y, low), wire, frame)
    things.add("box", (wide * 0.9, long * 0.9, 0.03), (0.0, y, 0.16), wire, frame)
    grip = Look(cloth(rng), 0, owner=number, part=BODY)
    things.bar((-wide / 2, -0.4, high + 0.02), (wide / 2, -0.4, high + 0.02), 0.035, grip, frame)
    for _ in range(int(rng.integers(0, 9))):
        size = tuple(rng.uniform(0.08, 0.3, 3))
        at = (rng.uniform(-0.15, 0.15), y + rng.uniform(-0.3, 0.3) * long, low + size[2] / 2 + 0.02)
        goods = Look(cloth(rng), int(rng.integers(8, 60)), 3.0, owner=number, part=BODY)
        things.add(str(rng.choice(("box", "pouch", "can"))), size, at, goods, frame)


def pram(things: Things, number: int, frame: Frame, rng: np.random.Generator) -> None:
    """Add a pram in front of who faces -y in the frame."""
    fabric = Look(cloth(rng), 0, 2.0, owner=number, part=BODY)
    steel = Look(STEEL if rng.random() < 0.5 else RUBBER, 0, gloss=0.2, owner=number, part=BODY)
    rubber = Look(RUBBER, 0, owner=number, part=BODY)
    wide, long = rng.uniform(0.36, 0.46), rng.uniform(0.7, 0.9)
    y, seat = -0.5 - long / 2.0, rng.uniform(0.45, 0.62)
    things.add("pouch", (wide, long, 0.26), (0.0, y, seat), fabric, frame)
    inside = Look(cloth(rng), 0, 2.0, owner=number, part=BODY)
    things.add("pouch", (wide * 0.8, long * 0.75, 0.2), (0.0, y - 0.06, seat + 0.1), inside, frame)
    if rng.random() < 0.8:
        deep = rng.uniform(0.3, 0.5)
        hood = (wide * 1.08, deep, rng.uniform(0.35, 0.5))
        things.add("ball", hood, (0.0, y + long / 2 - deep / 2, seat + 0.22), fabric, frame)
    else:
        child = Look((0.5, 0.33, 0.25), 0, owner=number, part=BODY)
        things.add("ball", (0.15, 0.16, 0.16), (0.0, y + 0.12, seat + 0.3), child, frame)
    things.bar((-wide / 2, -0.42, 1.0), (wide / 2, -0.42, 1.0), 0.035, rubber, frame)
    for side in (-1.0, 1.0):
        things.bar((side * wide / 2, -0.42, 1.0), (side * wide / 2, y - 0.3, 0.18), 0.025, steel,
                   frame)  # fmt: skip
        for along, size in ((0.36, rng.uniform(0.2, 0.3)), (-0.36, rng.uniform(0.14, 0.24))):
            at = (side * (wide / 2 + 0.04), y + along * long, size / 2)
            things.add("wheel", (size, size, 0.05), at, rubber, frame, (0.0, np.pi / 2, 0.0))
    basket = Look(RUBBER, 0, owner=number, part=BODY)
    things.add("pouch", (wide * 0.8, long * 0.6, 0.16), (0.0, y, 0.26), basket, frame)


def wheelchair(things: Things, person: Person, rng: np.random.Generator) -> None:
    """Add an unlabelled wheelchair under somebody who sits."""
    x, y, z = person.hips
    cloth_look = Look(cloth(rng) * 0.4, 0)
    steel, rubber = Look(STEEL, 0, gloss=0.3), Look(RUBBER, 0)
    seat = max(z - 0.1, 0.25)
    things.add("box", (0.44, 0.42, 0.05), (x, y - 0.12, seat), cloth_look, person.frame)
    things.add("box", (0.44, 0.05, 0.45), (x, y + 0.16, seat + 0.25), cloth_look, person.frame)
    for side in (-1.0, 1.0):
        at = (x + side * 0.29, y, 0.3)
        things.add("wheel", (0.6, 0.6, 0.03), at, rubber, person.frame, (0.0, np.pi / 2, 0.0))
        front = (x + side * 0.22, y - 0.5, 0.1)
        things.add("wheel", (0.18, 0.18, 0.03), front, rubber, person.frame, (0.0, np.pi / 2, 0.0))
        arm = (x + side * 0.26, y - 0.1, seat + 0.22)
        things.add("box", (0.05, 0.36, 0.03), arm, steel, person.frame)
        grip = ((x + side * 0.22, y + 0.16, seat + 0.45), (x + side * 0.22, y + 0.28, seat + 0.5))
        things.bar(*grip, 0.03, rubber, person.frame)
