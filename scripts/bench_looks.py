# ruff: noqa: INP001, T201 - a program that prints, not a package
"""Look at one real clip in the firmware's own environment, for `bench_clips.py`.

Prints one JSON object: the crossings that Fanlight counts with a detector, and that detector's
boxes and scores on whole frames, for others to track.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bench_detectors import finder, room

from fanlight.adapters.clip_truth import truth_beside
from fanlight.app.cli.settings import with_clip
from fanlight.app.clip_count import count_clip
from fanlight.app.config import Config
from fanlight.domain.mount import Mount
from fanlight.domain.window import Window
from fanlight.vision.sources.clip import ClipSource


def counted(clip: Path, detector: str, config: Config) -> list[tuple[float, str]]:
    """Return time and direction of the crossings that Fanlight counts."""
    looking = room(detector, ClipSource(clip, paced=False), config)
    crossings = count_clip(looking.look).crossings
    looking.close()
    return [(each.at_ns / 1e9, each.direction.value) for each in crossings]


def detected(clip: Path, detector: str, config: Config) -> dict[str, Any]:
    """Return the size of the picture, and frame, box and score of everybody detected."""
    source = ClipSource(clip, paced=False)
    eye = finder(detector, config, Window.whole(source.width, source.height))
    frames, boxes, scores = [], [], []
    while (frame := source.read()) is not None:
        with frame:
            eye.show(frame)
            eye.infer()
            found = eye.detections()
            eye.scrub()
        frames += [frame.stamp.index] * len(found)
        boxes += found.boxes.tolist()
        scores += found.scores.tolist()
    eye.close()
    source.close()
    return {
        "size": (source.width, source.height),
        "count": source.frames_read,
        "frames": frames,
        "boxes": boxes,
        "scores": scores,
    }


def main() -> None:
    """Look and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--mount", type=Mount, default=Mount.OBLIQUE)
    parser.add_argument("--detector", default="shipped", help="see bench_detectors.py")
    given = parser.parse_args()
    truth = truth_beside(given.clip)
    assert truth is not None, f"{given.clip} has no truth beside it"  # noqa: S101
    config = with_clip(Config(), given.clip, (truth.counting_line,), given.mount)
    told = {
        "counted": counted(given.clip, given.detector, config),
        "detected": detected(given.clip, given.detector, config),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
