from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fanlight.domain.moment import Cause, Moment, StageTimes
from fanlight.ports.errors import Gone
from fanlight.services.health.clock import check_clock
from fanlight.services.health.eyesight import check_eyesight
from fanlight.services.health.finding import Verdict
from fanlight.services.health.memory import check_memory
from fanlight.services.health.storage import check_storage
from fanlight.services.health.temperature import check_temperature


def moment(*, sighted: bool = True, causes: frozenset[Cause] = frozenset()) -> Moment:
    stages = StageTimes(0.2, 3.0, 0.1, 0.1, 0.0, 0.1)
    return Moment(0, 0, (), (), 4.0, stages, sighted=sighted, causes=causes)


class FixedClock:
    """A clock at a given time, or one that is not trusted."""

    boot_id = "boot"

    def __init__(self, now: datetime | None) -> None:
        self.now = now

    def monotonic_ns(self) -> int:
        return 0

    def utc(self) -> datetime | None:
        return self.now


@dataclass
class StillRoom:
    """A room in which every look is the same."""

    seen: Moment | None

    def look(self) -> Moment | None:
        return self.seen

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("available_kb", "cma", "verdict"),
    [
        (900_000, "", Verdict.OK),
        (50_000, "", Verdict.WARN),
        (900_000, "CmaTotal: 65536 kB\nCmaFree: 60000 kB\n", Verdict.OK),
        (900_000, "CmaTotal: 65536 kB\nCmaFree: 4000 kB\n", Verdict.WARN),
        (900_000, "CmaTotal: 0 kB\nCmaFree: 0 kB\n", Verdict.OK),
    ],
)
def test_field_24_memory(tmp_path: Path, available_kb: int, cma: str, verdict: Verdict) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemTotal: 1000000 kB\nMemAvailable: {available_kb} kB\n{cma}")
    finding = check_memory(meminfo)
    assert finding.verdict is verdict
    assert bool(finding.advice) == (verdict is not Verdict.OK)


def test_this_machine_tells_its_memory() -> None:
    assert "MB free" in check_memory().says


def test_an_unreadable_kernel_is_a_warning(tmp_path: Path) -> None:
    assert check_memory(tmp_path / "nothing").verdict is Verdict.WARN


@pytest.mark.parametrize(
    ("readings", "verdict"),
    [
        ([], Verdict.OK),
        (["51000"], Verdict.OK),
        (["51000", "76000"], Verdict.WARN),
        (["83000", "rubbish"], Verdict.FAIL),
    ],
)
def test_field_21_temperature(tmp_path: Path, readings: list[str], verdict: Verdict) -> None:
    for index, reading in enumerate(readings):
        zone = tmp_path / f"thermal_zone{index}"
        zone.mkdir()
        (zone / "temp").write_text(reading)
    assert check_temperature(tmp_path).verdict is verdict


def test_storage_that_can_be_written(tmp_path: Path) -> None:
    finding = check_storage(tmp_path / "books")
    assert finding.verdict in (Verdict.OK, Verdict.WARN)
    assert list((tmp_path / "books").iterdir()) == []


def test_storage_that_cannot(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    finding = check_storage(file / "books")
    assert finding.verdict is Verdict.FAIL
    assert str(file) in finding.says


def test_field_30_an_untrusted_clock_is_said() -> None:
    assert check_clock(FixedClock(None)).verdict is Verdict.WARN
    assert check_clock(FixedClock(datetime(2026, 11, 1, tzinfo=UTC))).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("seen", "verdicts"),
    [
        (moment(), {"camera": Verdict.OK, "accelerator": Verdict.OK}),
        (moment(sighted=False), {"camera": Verdict.FAIL, "accelerator": Verdict.OK}),
        (
            moment(causes=frozenset({Cause.ACCELERATOR_FALLBACK})),
            {"camera": Verdict.OK, "accelerator": Verdict.WARN},
        ),
        (
            moment(causes=frozenset({Cause.ACCELERATOR_SLOW_LINK})),
            {"camera": Verdict.OK, "accelerator": Verdict.WARN},
        ),
        (
            moment(causes=frozenset({Cause.PIXEL_BUDGET})),
            {"camera": Verdict.WARN, "accelerator": Verdict.OK},
        ),
    ],
)
def test_field_19_eyesight(seen: Moment, verdicts: dict[str, Verdict]) -> None:
    findings = check_eyesight(lambda: StillRoom(seen))
    assert {finding.check: finding.verdict for finding in findings} == verdicts


def test_a_camera_that_is_not_there_is_named() -> None:
    def gone() -> StillRoom:
        raise Gone("camera", "no camera on this port; check the cable")

    finding, accelerator = check_eyesight(gone)
    assert accelerator.verdict is Verdict.WARN
    assert finding.verdict is Verdict.FAIL
    assert "check the cable" in finding.says


def test_an_empty_recording_is_named() -> None:
    finding, _ = check_eyesight(lambda: StillRoom(None))
    assert finding.verdict is Verdict.FAIL
