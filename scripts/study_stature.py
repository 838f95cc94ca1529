# ruff: noqa: INP001, T201 - a program that prints
"""How well statures and classes can be read off boxes, on rendered people of known stature.

    .venv-render/bin/python scripts/study_stature.py render --out FOLDER [--scenes 400]
    .venv/bin/python scripts/study_stature.py judge FOLDER [--json]

`render` walks one to three people through each of so many views and writes the boxes of all they
show, carried things included; `judge` reads them with mounting facts as an installer would know
them: height to 5 cm, tilt to 2 degrees, no roll.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "firmware")]
WIDTH_PX, HEIGHT_PX = 320, 240
LOOKS, STEP_S = 8, 0.25
FIELDS = ("scene", "person", "stature_m", "x1", "y1", "x2", "y2", "visible")
VIEWS = {"straight down": (0.0, 15.0), "slanted": (15.0, 45.0), "oblique": (45.0, 70.0)}
CHILD_M = 1.40


def render(folder: Path, scenes: int, seed: int) -> None:
    """Write `statures.npz`: one row a look (FIELDS), and each scene's camera."""
    from models.render.bank import load_bank  # noqa: PLC0415 - OpenGL, in its own environment
    from models.render.painter import Painter  # noqa: PLC0415
    from models.render.surfaces import surface_bank  # noqa: PLC0415

    bank = load_bank()
    painter = Painter(surface_bank(), bank.faces)
    rows, cameras = [], []
    for scene in range(scenes):
        looks, camera = _walk(painter, bank, np.random.default_rng((seed, scene)))
        rows += [(scene, *look) for look in looks]
        cameras.append(camera)
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "statures.npz", rows=np.array(rows), cameras=np.array(cameras))


def _walk(painter, bank, rng):  # noqa: ANN001, ANN202 - the render environment's types
    """Return the looks at a few people who walk by, and height, tilt, field, barrel."""
    from models.render.crowd import floor_point  # noqa: PLC0415
    from models.render.gear import dress_up  # noqa: PLC0415
    from models.render.lights import draw_light  # noqa: PLC0415
    from models.render.mount import aim, draw_mount, field_deg  # noqa: PLC0415
    from models.render.people import draw_person, moved  # noqa: PLC0415
    from models.render.place import draw_place  # noqa: PLC0415
    from models.render.sensor import lens_of  # noqa: PLC0415
    from models.render.stills import labelled, staged, with_door  # noqa: PLC0415
    from models.render.things import Frame, Things  # noqa: PLC0415

    middle = None
    while middle is None:
        camera = draw_mount(rng)
        if 2.2 <= camera.height_m <= 4.2 and camera.tilt_deg <= 66.0:
            middle = floor_point(camera, rng, 0.8, 0.45)
    turn = rng.uniform(0.0, 2.0 * np.pi)
    way, beside = np.array([np.sin(turn), -np.cos(turn)]), np.array([np.cos(turn), np.sin(turn)])
    count = int(rng.choice((1, 2, 3), p=(0.6, 0.3, 0.1)))
    people = [
        draw_person(bank, rng, number + 1, Frame(turn_rad=turn), "walk") for number in range(count)
    ]
    speeds = rng.uniform(0.7, 1.5) * np.ones(count)
    gear_seed = int(rng.integers(1 << 30))
    looks = []
    for look in range(LOOKS):
        along = (look - LOOKS / 2) * STEP_S * speeds
        here = [
            moved(
                person,
                bank,
                Frame(*(middle + way * along[k] + beside * 0.75 * (k - count / 2)), turn_rad=turn),
                float(10.0 + along[k]),
                float(speeds[k]),
            )
            for k, person in enumerate(people)
        ]
        things, same = Things(), np.random.default_rng(gear_seed)
        door = draw_place(things, same, camera, aim(camera))
        for person in here:
            dress_up(things, person, same)
        mood = with_door(draw_light(same, aim(camera), camera.height_m), door, same)
        painting = painter.paint(staged(things, bank, here, {}, {}), camera, mood, 0)
        labels = labelled(painting, lens_of(camera), count, {})
        looks += [
            (number, people[number - 1].stature_m, *box, visible)
            for number, box, visible in zip(
                labels.numbers.tolist(), labels.boxes.tolist(), labels.visible, strict=True
            )
        ]
    return looks, (camera.height_m, camera.tilt_deg, field_deg(camera), camera.barrel)


def judge(folder: Path, threshold_m: float) -> dict[str, dict[str, object]]:
    """Return errors and confusion by kind of view, classes as the device decides them."""
    from fanlight.domain.classes import ClassSettings, Looks  # noqa: PLC0415

    with np.load(folder / "statures.npz") as data:
        rows, cameras = data["rows"], data["cameras"]
    rng = np.random.default_rng(1)
    settings = ClassSettings(adult_m=threshold_m)
    said: dict[str, list[tuple[float, float, str]]] = {view: [] for view in VIEWS}
    for scene, camera in enumerate(cameras):
        scale = _scale(camera, rng)
        view = next(name for name, (low, high) in VIEWS.items() if low <= camera[1] < high)
        mine = rows[rows[:, 0] == scene]
        for person in np.unique(mine[:, 1]):
            looks = mine[mine[:, 1] == person]
            estimates = scale.estimate(looks[:, 3:7])
            known = Looks(settings)
            for mean_m, spread_m in estimates.tolist():
                known.add(mean_m, spread_m)
            segment = known.segment()
            said[view].append(
                (
                    float(looks[0, 2]),
                    known.stature_m or np.nan,
                    "unknown" if segment is None else segment,
                )
            )
    everything = [one for found in said.values() for one in found]
    return {view: _verdict(found) for view, found in (*said.items(), ("all", everything)) if found}


def _scale(camera: np.ndarray, rng: np.random.Generator):  # noqa: ANN202 - imported late
    from fanlight.domain.ground_plane import GroundPlane, Lens  # noqa: PLC0415
    from fanlight.domain.stature import StatureScale  # noqa: PLC0415

    height_m, tilt_deg, field_deg, barrel = camera.tolist()
    plane = GroundPlane.of_picture(
        height_m + rng.normal(0.0, 0.05),
        float(np.clip(tilt_deg + rng.normal(0.0, 2.0), 0.0, 90.0)),
        Lens(field_deg, barrel),
        WIDTH_PX,
        HEIGHT_PX,
    )
    return StatureScale(plane, WIDTH_PX, HEIGHT_PX)


def _verdict(found: list[tuple[float, float, str]]) -> dict[str, object]:
    true_m = np.array([one[0] for one in found])
    error_m = np.array([one[1] for one in found]) - true_m
    error_m = error_m[~np.isnan(error_m)]
    confusion = {
        truth: {
            said: sum((one[0] < CHILD_M) == (truth == "child") and one[2] == said for one in found)
            for said in ("child", "adult", "unknown")
        }
        for truth in ("child", "adult")
    }
    return {
        "people": len(found),
        "bias_cm": round(float(error_m.mean()) * 100, 1),
        "sd_cm": round(float(error_m.std()) * 100, 1),
        "confusion": confusion,
    }


def main() -> None:
    """Run one of the two steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    drawing = steps.add_parser("render")
    drawing.add_argument("--out", type=Path, required=True)
    drawing.add_argument("--scenes", type=int, default=400)
    drawing.add_argument("--seed", type=int, default=1)
    judging = steps.add_parser("judge")
    judging.add_argument("folder", type=Path)
    judging.add_argument("--threshold-m", type=float, default=1.40)
    judging.add_argument("--json", action="store_true", dest="as_json")
    chosen = parser.parse_args()
    if chosen.step == "render":
        render(chosen.out, chosen.scenes, chosen.seed)
        return
    found = judge(chosen.folder, chosen.threshold_m)
    if chosen.as_json:
        print(json.dumps(found))
        return
    for view, verdict in found.items():
        print(f"{view}: {json.dumps(verdict)}")


if __name__ == "__main__":
    main()
