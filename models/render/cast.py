"""Actors at one instant: posed, placed meshes and what they carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.render.bodies import PHASES, Body, BodyShop, X, Y, Z
from models.render.motion import Way
from models.render.shapes import FLOATS, pouch

if TYPE_CHECKING:
    from models.render.motion import State
    from models.render.scene import Actor, Outfit

SWINGING_HANDLE_M = 0.16
NO_LOAD = np.zeros((0, FLOATS), np.float32)
FOOT_HEIGHT_M = 0.12


@dataclass(frozen=True, slots=True)
class Figure:
    """One actor at one instant.

    `vertices` (n, 6) float32 are place and normal in the world, `load` (k, FLOATS) triangles of
    what they carry.
    """

    name: str
    body: Body
    outfit: Outfit
    vertices: np.ndarray
    load: np.ndarray

    def feet(self) -> list[tuple[float, float, float]]:
        """Return x, y in metres of both feet and how dark each makes the floor, 0..1."""
        landmark, left = self.body.marks[:, 3], self.body.marks[:, X] > 0
        prints = []
        for side in (left, ~left):
            foot = self.vertices[(landmark < 1.0) & side, :3]
            height = float(foot[:, Z].min())
            dark = 0.6 * float(np.clip(1.0 - height / FOOT_HEIGHT_M, 0.0, 1.0))
            prints.append((float(foot[:, X].mean()), float(foot[:, Y].mean()), dark))
        return prints

    def points(self) -> np.ndarray:
        """Return the mesh's points (n, 3), what they carry included."""
        return np.concatenate([self.vertices[:, :3], self.load[:, :3]])

    def head_top(self) -> np.ndarray:
        """Return the middle of the top of the head, (3,)."""
        return self.vertices[self.body.marks[:, 3] > 6.6, :3].mean(axis=0)


class Cast:
    """Everybody of a scene, ready to be asked for any instant."""

    def __init__(self, actors: tuple[Actor, ...], shop: BodyShop) -> None:
        self._actors = actors
        self._bodies = [shop.bake(actor.build) for actor in actors]
        self._ways = [Way(actor) for actor in actors]

    def at(self, time_s: float) -> list[Figure]:
        """Return whoever is in the scene."""
        figures = []
        for actor, body, way in zip(self._actors, self._bodies, self._ways, strict=True):
            state = way.at(time_s)
            if state is not None:
                figures.append(_figure(actor, body, state))
        return figures


def _figure(actor: Actor, body: Body, state: State) -> Figure:
    phase = state.walked_m / body.cycle_m * PHASES
    low, share = int(phase) % PHASES, phase % 1.0
    high = (low + 1) % PHASES

    def posed(walk: np.ndarray, stand: np.ndarray) -> np.ndarray:
        stepping = walk[low] * (1.0 - share) + walk[high] * share
        return stepping * state.stepping + stand * (1.0 - state.stepping)

    turn = np.radians(state.heading_deg)
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]], np.float32)
    place = posed(body.walk, body.stand)
    normal = posed(body.walk_normals, body.stand_normals)
    vertices = np.concatenate([place, normal], axis=1)
    for columns in (slice(0, 2), slice(3, 5)):
        vertices[:, columns] = vertices[:, columns] @ spin
    vertices[:, :2] += np.array([state.x_m, state.y_m], np.float32)
    load = NO_LOAD
    if actor.carries:
        joint = body.right_hand if actor.carries == "shopping bag" else body.chest
        load = _bag(actor, posed(joint[:-1], joint[-1]))
        for columns in (slice(0, 2), slice(3, 5)):
            load[:, columns] = load[:, columns] @ spin
        load[:, :2] += np.array([state.x_m, state.y_m], np.float32)
    return Figure(actor.name, body, actor.outfit, vertices.astype(np.float32), load)


def _bag(actor: Actor, joint: np.ndarray) -> np.ndarray:
    """Return the bag's triangles in the body's own axes, hanging from or lying on a joint."""
    if actor.carries == "shopping bag":
        load = pouch((0.14, 0.32, 0.34), actor.bag)
        load[:, :3] += joint - np.array([0.03, 0.0, SWINGING_HANDLE_M + 0.1], np.float32)
    else:
        load = pouch((0.3, 0.2, 0.44), actor.bag)
        load[:, :3] += joint + np.array([0.0, 0.16, -0.06], np.float32)
    return load
