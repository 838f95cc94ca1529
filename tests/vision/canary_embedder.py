"""An embedder for the canary test: embeds whatever its parent puts into shared memory.

    python canary_embedder.py SHARED PACKAGE KEEP

KEEP "scrub" is the real embedder; "keep" leaves its scrub out. For each line on stdin it embeds the
boxes of `BOXES` once, overwrites the shared frame and answers with the vectors' bytes in hex.
"""

from __future__ import annotations

import mmap
import os
import sys
from pathlib import Path

import numpy as np

from fanlight.vision.embedder import TfLiteEmbedder, load_embedder
from fanlight.vision.frame import Frame, Layout, Stamp

WIDTH, HEIGHT = 320, 240
BOXES = np.array([[20, 30, 120, 200], [150, 10, 300, 110]], np.float32)


def nothing(*_arguments: object) -> None:
    pass


def main() -> None:
    shared, package, keep = sys.argv[1:]
    memory = mmap.mmap(os.open(shared, os.O_RDWR), 0)
    pixels = np.frombuffer(memory, np.uint8).reshape(HEIGHT, WIDTH, 3)
    if keep == "keep":
        TfLiteEmbedder.scrub = nothing  # type: ignore[method-assign]
    embedder = load_embedder(Path(package))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _line in sys.stdin:
        with Frame(pixels, Layout.BGR, (WIDTH, HEIGHT), Stamp(0, 0, 0)) as frame:
            embedder.embed(frame, BOXES)
            embedder.scrub()
        sys.stdout.write("embedded\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
