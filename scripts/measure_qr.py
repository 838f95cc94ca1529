# ruff: noqa: INP001 - a program, not a package
"""Measures the reader of set-up cards, on photographs or on rendered cards.

    scripts/measure-qr FOLDER [--json]
    scripts/measure-qr --cards [--seed N] [--json]

Line ends are compared as manifests write them: one line feed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from card_views import LENSES, MEDIA, SIZE, View, is_readable, random_views

from fanlight.vision.card_reader import CardReader
from fanlight.vision.frame import Frame, Layout, Scratch, Stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

READABLE = 240


class BadFolder(Exception):
    """A folder that cannot be measured; str() says why."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--cards", action="store_true", help="rendered cards")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.cards == (asked.folder is not None):
        parser.error("give a folder of photographs, or --cards")
    try:
        found = cards(asked.seed, READABLE) if asked.cards else photographs(asked.folder)
    except BadFolder as error:
        sys.exit(f"measure-qr: {error}")
    unread = found.pop("not_read")
    if asked.json:
        print(json.dumps(found))  # noqa: T201 - a program
        return
    for name in unread:
        print(f"not read: {name}")  # noqa: T201
    print(", ".join(f"{name} {value}" for name, value in found.items()))  # noqa: T201


def photographs(folder: Path) -> dict[str, Any]:
    """Read every photograph of a manifest, as {file, expected}.

    Raises:
        BadFolder: manifest or picture is missing or of another form.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        wanted = {str(each["file"]): str(each["expected"]) for each in manifest}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFolder(f"{folder / 'manifest.json'}: {error}") from error
    unread = []
    for file, expected in wanted.items():
        grey = cv2.imread(str(folder / file), cv2.IMREAD_GRAYSCALE)
        if grey is None:
            raise BadFolder(f"{folder / file}: no picture that can be read")
        texts = [text.replace("\r\n", "\n") for text in CardReader.texts(grey)]
        if expected not in texts:
            unread.append(file)
    return {"read": len(wanted) - len(unread), "of": len(wanted), "not_read": unread}


def cards(seed: int, number: int) -> dict[str, Any]:
    """Read so many rendered cards that geometry lets be read, within two seconds of frames each."""
    chance = np.random.default_rng(seed)
    tally: Counter[str] = Counter()
    unread, seen = [], 0
    for view in readable(random_views(seed, 20 * number), number):
        seen += 1
        name = f"{view.medium}, {view.lens}"
        tally[f"{name}: readable"] += 1
        if read_in_time(view, chance):
            tally[f"{name}: read"] += 1
        else:
            unread.append(
                f"{name} at {view.distance_m:.2f} m, {view.module_px(len(view.code)):.1f} px"
            )
    by_kind = {
        f"{medium}, {lens}": [tally[f"{medium}, {lens}: {each}"] for each in ("read", "readable")]
        for medium in MEDIA
        for lens in LENSES
    }
    return {"read": seen - len(unread), "of": seen, "by_kind": by_kind, "not_read": unread}


def readable(views: Iterable[View], number: int) -> Iterable[View]:
    """Return the first views that geometry lets be read."""
    found = 0
    for view in views:
        if found == number:
            return
        if is_readable(view):
            found += 1
            yield view


def read_in_time(view: View, chance: np.random.Generator) -> bool:
    """Whether the room's reader, one look a frame, reads the card in one of the frames."""
    reader, scratch = CardReader(), Scratch()
    for index, grey in enumerate(view.frames(chance)):
        pixels = np.vstack([grey, np.full((SIZE[1] // 2, SIZE[0]), 128, np.uint8)])
        frame = Frame(pixels, Layout.I420, SIZE, Stamp(index * 200_000_000, 0, index))
        if view.text in reader.read(frame, scratch):
            return True
    return False


if __name__ == "__main__":
    main()
