# ruff: noqa: INP001, T201 - a program that prints, not a package
"""Look at one real clip in the firmware's own environment, for `bench_clips.py`.

Prints one JSON object: the crossings that Fanlight counts, and the detector's boxes and scores on
whole frames, for others to track.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from fanlight.adapters.clip_truth import truth_beside
from fanlight.app.cli.settings import with_clip, with_mount
from fanlight.app.clip_count import count_clip
from fanlight.app.compose import open_package, room_around
from fanlight.app.config import Config, Detector
from fanlight.domain.mount import Mount
from fanlight.vision.detector import load_detector
from fanlight.vision.sources.clip import ClipSource


def counted(clip: Path, mount: Mount, config: Config) -> list[tuple[float, str]]:
    """Return time and direction of the crossings that Fanlight counts."""
    truth = truth_beside(clip)
    assert truth is not None, f"{clip} has no truth beside it"  # noqa: S101
    config = with_clip(config, clip, (truth.counting_line,), mount)
    room = room_around(ClipSource(clip, paced=False), config, open_package(config))
    crossings = count_clip(room.look).crossings
    room.close()
    return [(each.at_ns / 1e9, each.direction.value) for each in crossings]


def detected(clip: Path, mount: Mount, config: Config) -> dict[str, Any]:
    """Return the size of the picture, and frame, box and score of everybody detected."""
    source = ClipSource(clip, paced=False)
    detector = load_detector(open_package(with_mount(config, mount)), mount)
    frames, boxes, scores = [], [], []
    while (frame := source.read()) is not None:
        with frame:
            detector.show(frame)
            detector.infer()
            found = detector.detections()
            detector.scrub()
        frames += [frame.stamp.index] * len(found)
        boxes += found.boxes.tolist()
        scores += found.scores.tolist()
    detector.close()
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
    parser.add_argument("--manifest", default="", help="another detector package")
    given = parser.parse_args()
    config = replace(Config(), detector=Detector(manifest=given.manifest))
    told = {
        "counted": counted(given.clip, given.mount, config),
        "detected": detected(given.clip, given.mount, config),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
