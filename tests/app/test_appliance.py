"""Run after run: why another begins, and when none does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from fanlight.adapters.systemd import SilentNotifier
from fanlight.app import appliance
from fanlight.app.appliance import run_appliance
from fanlight.app.config import Config, Device
from fanlight.app.settings_file import SettingsFile
from fanlight.app.station import Reason, Station
from fanlight.domain.setup_mode import Arming

Run = Callable[[Station], None]


class Appliance:
    """A device whose runs are played by a test, one after the other."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.station = Station(SettingsFile(folder / "data/fanlight.toml"))
        self.config = Config(device=Device(data_dir=str(folder / "data")))
        self.loaded = 0
        self.runs: list[Run] = []
        monkeypatch.setattr(appliance, "run_device", self._run)

    async def live(self, *runs: Run) -> int:
        """Run until no other run begins; return how many began."""
        self.runs = list(runs)
        await run_appliance(self._load, self.station, SilentNotifier())
        return len(runs) - len(self.runs)

    def make_identity(self) -> None:
        data = Path(self.config.device.data_dir)
        data.mkdir()
        (data / "identity.key").write_bytes(b"\1" * 32)

    def files(self) -> list[Path]:
        return list(Path(self.config.device.data_dir).iterdir())

    def _load(self) -> Config:
        self.loaded += 1
        return replace(self.config)

    async def _run(self, _config: Config, *_heard: object) -> str:
        assert self.station.rerun.reason is None
        self.runs.pop(0)(self.station)
        return "tally"


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Appliance:
    return Appliance(tmp_path, monkeypatch)


def asks(reason: Reason) -> Run:
    return lambda station: station.rerun.ask(reason)


def ends(_station: Station) -> None:
    """End as a recording does."""


async def test_each_wish_begins_a_run_with_settings_read_anew(device: Appliance) -> None:
    wishes = (Reason.NEW_SETTINGS, Reason.SETUP_ARMED, Reason.SETUP_ENDED)
    assert await device.live(*map(asks, wishes), ends, ends) == 4
    assert device.loaded == 4


async def test_whoever_is_told_to_stop_begins_no_other_run(device: Appliance) -> None:
    def stopped_while_asking(station: Station) -> None:
        station.rerun.ask(Reason.NEW_SETTINGS)
        station.rerun.stop()

    assert await device.live(stopped_while_asking, ends) == 1


async def test_a_reset_goes_before_other_wishes_and_forgets_the_station(
    device: Appliance,
) -> None:
    device.make_identity()

    def reset_and_more(station: Station) -> None:
        station.has_begun = True
        station.setup_mode.arm(0, Arming.BUTTON)
        station.rerun.ask(Reason.FACTORY_RESET)
        station.rerun.ask(Reason.NEW_SETTINGS)

    assert await device.live(reset_and_more, ends) == 2
    assert device.files() == []
    assert not device.station.has_begun
    assert not device.station.setup_mode.armed(1)


async def test_a_reset_is_done_even_when_the_system_stops_the_device(device: Appliance) -> None:
    device.make_identity()

    def reset_then_stop(station: Station) -> None:
        station.rerun.ask(Reason.FACTORY_RESET)
        station.rerun.stop()

    assert await device.live(reset_then_stop, ends) == 1
    assert device.files() == []
