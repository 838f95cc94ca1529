"""The sums of a line's trial outlive a restart, but neither damage nor a redrawn line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.adapters.line_trial_store import LineTrialStore
from fanlight.domain.geometry import CountingLine, Point
from fanlight.domain.line_suggestion import LineTally, TrialSums
from fanlight.domain.line_trial import LineTrial

DOOR = CountingLine("door", Point(0.2, 0.5), Point(0.8, 0.5))
REDRAWN = CountingLine("door", Point(0.2, 0.4), Point(0.8, 0.4))
FRESH = LineTrial(DOOR).sums


def learnt() -> TrialSums:
    return replace(
        FRESH, tallies=tuple(LineTally(n, 1, n, 0, n + 1) for n, _ in enumerate(FRESH.lines))
    )


def test_nothing_kept_is_a_fresh_trial(tmp_path: Path) -> None:
    assert LineTrialStore(tmp_path / "new").read(FRESH) == FRESH


def test_a_trial_goes_on_where_it_was_left(tmp_path: Path) -> None:
    side = LineTrial(replace(DOOR, name="side")).sums
    LineTrialStore(tmp_path / "new").write([side, learnt()])
    kept = LineTrialStore(tmp_path / "new").read(FRESH)
    assert kept == learnt()
    assert LineTrial(DOOR, earlier=kept).sums == learnt()


def test_sums_of_a_redrawn_line_are_dropped(tmp_path: Path) -> None:
    store = LineTrialStore(tmp_path)
    store.write([learnt()])
    assert store.read(LineTrial(REDRAWN).sums) == LineTrial(REDRAWN).sums
    assert LineTrial(REDRAWN, earlier=learnt()).sums == LineTrial(REDRAWN).sums


def test_a_damaged_file_begins_anew_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = LineTrialStore(tmp_path)
    store.write([learnt()])
    copies = sorted(tmp_path.iterdir())
    copies[0].write_bytes(b"rubbish")
    assert store.read(FRESH) == learnt()
    for file in copies:
        file.write_bytes(b"rubbish")
    assert store.read(FRESH) == FRESH
    assert "damaged" in caplog.text


@pytest.mark.parametrize("data", [b"rubbish", b"7", b'[{"line": "door"}]', b"[7]"])
def test_a_whole_file_without_sums_begins_anew_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    store = LineTrialStore(tmp_path)
    store.write([])
    store._file.write(data)
    assert store.read(FRESH) == FRESH
    assert "begins anew" in caplog.text


counts = st.tuples(*[st.integers(0, 500)] * 5).map(lambda five: LineTally(*five))


@given(counts, counts, counts)
def test_sums_survive_storage_and_add_up(one: LineTally, two: LineTally, three: LineTally) -> None:
    sums = TrialSums((DOOR, REDRAWN), 0.042, (one, two))
    assert TrialSums.from_plain(json.loads(json.dumps(sums.to_plain()))) == sums
    more = TrialSums((DOOR, REDRAWN), 0.042, (three, one))
    assert sums.plus(more) == more.plus(sums)
    with pytest.raises(ValueError, match="cannot be added"):
        sums.plus(replace(more, lines=(REDRAWN, DOOR)))
