"""Real people at real doors, seen from the side: the main job, end to end."""

from __future__ import annotations

from pathlib import Path

import pytest

from fanlight.adapters.clip_truth import truth_beside
from fanlight.app.cli.settings import with_clip
from fanlight.app.clip_count import ClipCount, count_clip
from fanlight.app.compose import open_package, room_around
from fanlight.app.config import Config
from fanlight.domain.scoring import Agreement, Passage, compare
from fanlight.vision.sources.clip import ClipSource

FROM_THE_SIDE = (
    "pets_vtest.avi",
    "one_by_one.mp4",
    "corridor_two_opposite.mp4",
    "corridor_two_abreast.mp4",
)


def count(clip: Path) -> tuple[ClipCount, Agreement]:
    truth = truth_beside(clip)
    assert truth is not None
    config = with_clip(Config(), clip, (truth.counting_line,), "oblique")
    room = room_around(ClipSource(clip, paced=False), config, open_package(config))
    counted = count_clip(room.look)
    room.close()
    passages = [Passage(each.at_ns / 1e9, each.direction) for each in counted.crossings]
    return counted, compare(passages, truth.passages, truth.optional_passages)


@pytest.mark.slow
def test_at_most_two_of_forty_two_crossings_are_missed_or_false(shared_data: Path) -> None:
    results = [count(shared_data / "clips" / name) for name in FROM_THE_SIDE]
    assert sum(agreement.matched + len(agreement.missed) for _, agreement in results) == 42
    errors = {name: agreement for name, (_, agreement) in zip(FROM_THE_SIDE, results, strict=True)}
    assert sum(agreement.errors for agreement in errors.values()) <= 2, errors
    assert all(counted.coverage > 0.99 for counted, _ in results)
