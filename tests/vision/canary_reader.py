"""A process that reads cards from a picture in shared memory, for the canary tests.

    python canary_reader.py SHARED KEEP WIDTH HEIGHT

For each line on stdin it looks once, as the room does in set-up mode. KEEP "nothing" is the real
thing; "scratch" leaves the scrub out, "freed" lets the allocator keep what is freed.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from fanlight.vision import card_reader
from fanlight.vision.aim import Aim
from fanlight.vision.frame import Frame, Layout, Scratch, Stamp

shared, keep, width, height = sys.argv[1:]
SIZE = int(width), int(height)
memory = mmap.mmap(os.open(shared, os.O_RDWR), 0)
pixels = np.frombuffer(memory, np.uint8).reshape(SIZE[1], SIZE[0], 3)


@contextmanager
def nothing() -> Iterator[None]:
    yield


if keep == "scratch":
    Scratch.scrub = lambda _: None  # type: ignore[method-assign]
if keep == "freed":
    card_reader.freed_memory_overwritten = nothing
reader, aim, scratch = card_reader.CardReader(), Aim(*SIZE), Scratch()
sys.stdout.write("ready\n")
sys.stdout.flush()
for index, _line in enumerate(sys.stdin):
    frame = Frame(pixels, Layout.BGR, SIZE, Stamp(index * 500_000_000, 0, index))
    with frame:
        texts = reader.read(frame, scratch)
        aim.look(frame, scratch, np.zeros((0, 4)), frame.stamp.at_ns)
        scratch.scrub()
    sys.stdout.write(" ".join(["looked", *texts]) + "\n")
    sys.stdout.flush()
