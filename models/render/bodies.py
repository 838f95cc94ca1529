"""Bodies of all ages and builds, walking: baked from the parametric model `anny`."""

from __future__ import annotations

from dataclasses import dataclass, field

import anny
import numpy as np
import roma
import torch

from models.render.gait import Joints, Style, joints

PHASES = 24
TOPOLOGY = "notoes"
LANDMARKS = ("sole", "ankle", "knee", "hip", "waist", "shoulder", "chin", "top")
X, Y, Z = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Build:
    """A body's shape, each value 0..1 as the body model defines it (age: 0 baby, 1 old)."""

    gender: float = 0.5
    age: float = 0.67
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.5
    style: Style = field(default_factory=Style)


@dataclass(frozen=True, slots=True)
class Body:
    """One body's meshes, all in metres, facing -y, feet on z = 0, hips above the origin.

    `walk` and `walk_normals` are (PHASES, n, 3), `stand` and `stand_normals` (n, 3); `marks`
    (n, 9) tells the dresser where on the body a vertex is: rest position (3), landmark coordinate
    (0 sole ... 7 top of the head), arm coordinate (0 shoulder, 1 wrist), share of arm, and head
    coordinates (3, in half heads from the head's centre). `cycle_m` is the way of two steps, so
    that feet do not slide. `right_hand` and `chest` (PHASES + 1, 3) are joints, standing last.
    """

    walk: np.ndarray
    walk_normals: np.ndarray
    stand: np.ndarray
    stand_normals: np.ndarray
    marks: np.ndarray
    cycle_m: float
    right_hand: np.ndarray
    chest: np.ndarray


@dataclass(frozen=True, slots=True)
class Posed:
    """A build in n poses: `vertices` and `normals` (n, v, 3), `bones` (n, b, 3), `marks` (v, 9)."""

    vertices: np.ndarray
    normals: np.ndarray
    bones: np.ndarray
    marks: np.ndarray


class BodyShop:
    """Bakes builds into bodies; all bodies share `faces`, (m, 3) int32."""

    def __init__(self, topology: str = TOPOLOGY) -> None:
        self._model = anny.Anny(topology=topology)
        self._bones = list(self._model.bone_labels)
        self.faces = np.asarray(self._model.faces).astype(np.int32)
        self._weights = self._dense_weights()

    def bake(self, build: Build) -> Body:
        """Return the body of a build, walking and standing."""
        phase = np.arange(PHASES) / PHASES
        poses = (joints(phase, build.style, 1.0), joints(phase[:1], build.style, 0.0))
        posed = self.posed(build, *poses)
        return Body(
            walk=posed.vertices[:-1],
            walk_normals=posed.normals[:-1],
            stand=posed.vertices[-1],
            stand_normals=posed.normals[-1],
            marks=posed.marks,
            cycle_m=self.cycle_m(posed.vertices[:-1]),
            right_hand=posed.bones[:, self.bone("finger3-1.R")],
            chest=posed.bones[:, self.bone("spine02")],
        )

    def posed(self, build: Build, *angles: Joints) -> Posed:
        """Return a build in every pose of all `angles`."""
        pose = np.concatenate([self._pose(some) for some in angles])
        shape = {
            key: torch.full((len(pose),), float(getattr(build, key)), dtype=torch.float64)
            for key in self._model.phenotype_labels
        }
        with torch.no_grad():
            result = self._model(pose_parameters=torch.from_numpy(pose), phenotype_kwargs=shape)
        vertices = result["vertices"].numpy()
        bones = result["bone_poses"].numpy()[:, :, :3, 3]
        shift = self._to_floor(vertices, bones)
        vertices, bones = vertices + shift, bones + shift
        rest = result["rest_vertices"].numpy()[0]
        heads = result["rest_bone_heads"].numpy()[0]
        return Posed(
            vertices.astype(np.float32),
            vertex_normals(vertices, self.faces).astype(np.float32),
            bones.astype(np.float32),
            self._marks(rest, heads).astype(np.float32),
        )

    def bone(self, name: str) -> int:
        """Return a bone's row in `Posed.bones`."""
        return self._bones.index(name)

    def _dense_weights(self) -> np.ndarray:
        """Return skinning weights as (n, bones)."""
        weights = self._model.vertex_bone_weights.numpy()
        indices = self._model.vertex_bone_indices.numpy()
        dense = np.zeros((len(weights), len(self._bones)))
        np.add.at(dense, (np.arange(len(weights))[:, None], indices), weights)
        return dense

    def _share(self, *stems: str) -> np.ndarray:
        """Return how much of each vertex hangs on bones whose names start with one of `stems`."""
        chosen = [index for index, name in enumerate(self._bones) if name.startswith(stems)]
        return self._weights[:, chosen].sum(axis=1)

    def _pose(self, angles: Joints) -> np.ndarray:
        """Return bone transforms (n, bones, 4, 4) for n poses."""
        trunk = angles["trunk"]
        count = len(trunk["lean"])
        flat = np.zeros(count)
        pose = np.tile(np.eye(4), (count, len(self._bones), 1, 1))

        def turn(bone: str, *steps: tuple[int, np.ndarray]) -> None:
            total = np.tile(np.eye(3), (count, 1, 1))
            for axis, degrees in steps:
                vector = np.zeros((count, 3))
                vector[:, axis] = np.radians(degrees)
                total = total @ roma.rotvec_to_rotmat(torch.from_numpy(vector)).numpy()
            pose[:, self._bones.index(bone), :3, :3] = total

        for side, sign in (("L", 1.0), ("R", -1.0)):
            limb = angles[side]
            turn(f"upperleg01.{side}", (X, -limb["hip"]), (Y, flat + sign * 5.0))
            turn(f"lowerleg01.{side}", (X, limb["knee"]))
            turn(f"foot.{side}", (X, -limb["ankle"]))
            inward = -sign * limb["forearm_in"]
            turn(f"upperarm01.{side}", (X, -limb["shoulder"]), (Y, sign * limb["arm_down"]))
            turn(f"lowerarm01.{side}", (Z, inward), (X, -limb["elbow"]))
        turn("root", (Z, trunk["pelvis_turn"]))
        turn("spine04", (Y, trunk["sway"]))
        turn("spine03", (X, trunk["lean"]), (Z, trunk["chest_turn"]))
        look = trunk["head_turn"] - 0.5 * trunk["chest_turn"]
        turn("neck02", (X, trunk["head_down"] - trunk["lean"]), (Z, look))
        return pose

    def _to_floor(self, vertices: np.ndarray, bones: np.ndarray) -> np.ndarray:
        """Return the shift (n, 1, 3) that puts the lowest foot on the floor below the hips."""
        shift = np.zeros((len(vertices), 1, 3))
        shift[:, 0, Z] = -vertices[:, :, Z].min(axis=1)
        shift[:, 0, :2] = -bones[:, self._bones.index("root"), :2]
        return shift

    def cycle_m(self, walk: np.ndarray) -> float:
        """Return the way of two steps: twice the widest stance."""
        feet = [self._share(f"foot.{side}", f"toe1-1.{side}") > 0.6 for side in "LR"]
        left, right = (walk[:, foot, Y].mean(axis=1) for foot in feet)
        return float(2.0 * np.abs(left - right).max())

    def _marks(self, rest: np.ndarray, heads: np.ndarray) -> np.ndarray:
        """Return where on the body every vertex is (see `Body`)."""
        at = {name: heads[index] for index, name in enumerate(self._bones)}
        head = self._share("head", "eye") > 0.5
        chin, top = rest[head, Z].min(), rest[head, Z].max()
        levels = np.array(
            [
                rest[:, Z].min(),
                at["foot.L"][Z],
                at["lowerleg01.L"][Z],
                at["upperleg01.L"][Z],
                at["spine04"][Z],
                at["upperarm01.L"][Z],
                chin,
                top,
            ]
        )
        landmark = np.interp(rest[:, Z], levels, np.arange(len(LANDMARKS)))
        left = rest[:, X] > 0
        along = np.where(left, self._along(rest, at, "L"), self._along(rest, at, "R"))
        arm = self._share("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
        half = (top - chin) / 2.0
        centre = np.array([0.0, rest[head, Y].mean(), (top + chin) / 2.0])
        local = (rest - centre) / half
        rest_on_floor = rest - np.array([0.0, 0.0, levels[0]])
        return np.column_stack([rest_on_floor, landmark, along, arm, local])

    @staticmethod
    def _along(rest: np.ndarray, at: dict[str, np.ndarray], side: str) -> np.ndarray:
        """Return how far along the arm of one side each vertex is: 0 shoulder, 1 wrist."""
        shoulder = at[f"upperarm01.{side}"]
        axis = at[f"wrist.{side}"] - shoulder
        return (rest - shoulder) @ axis / (axis @ axis)


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return unit normals (..., n, 3) of meshes (..., n, 3) that share faces (m, 3)."""
    flat = vertices.reshape(-1, *vertices.shape[-2:])
    normals = np.zeros_like(flat)
    for mesh, normal in zip(flat, normals, strict=True):
        corners = mesh[faces]
        face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        for axis in range(3):
            normal[:, axis] = sum(
                np.bincount(faces[:, corner], face[:, axis], len(mesh)) for corner in range(3)
            )
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True) + 1e-12
    return normals.reshape(vertices.shape)
