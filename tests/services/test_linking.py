"""The way to the network: Wi-Fi first, LTE when it does not get through, and what that costs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.adapters.spending_store import SpendingStore
from fanlight.domain.byte_budget import ByteBudget, Purpose
from fanlight.domain.reset_ladder import Rung
from fanlight.ports.errors import Fault, Transient
from fanlight.ports.modem import ModemRejected, ModemTransient, ModemTrouble
from fanlight.services.linking import Linking, LinkingSettings, Probes

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BUDGET = ByteBudget(1_000_000)


@dataclass
class SimulatedProbe:
    """Reaches the receiver or not."""

    reached: bool = True
    tries: int = 0

    def reach(self) -> None:
        self.tries += 1
        if not self.reached:
            raise Transient("links", "collector:443: does not answer in time")


@dataclass
class SimulatedLte:
    """A metered link whose coverage and counters a test sets."""

    fault: Fault | None = None
    carried: int = 0
    up: bool = False
    opened: int = 0
    climbed: list[Rung] = field(default_factory=list)
    tells: datetime | None = None
    name: str = "lte"
    rungs: tuple[Rung, ...] = tuple(Rung)

    def open(self) -> datetime | None:
        self.opened += 1
        if self.fault is not None:
            raise self.fault
        self.up, self.carried = True, 0
        return self.tells

    def climb(self, rung: Rung) -> None:
        self.climbed.append(rung)
        self.up = False

    def carried_bytes(self) -> int | None:
        return self.carried if self.up else None

    def close(self) -> None:
        self.up = False


class House:
    """A device with both links, a clock, and a folder for what was spent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SimulatedClock(NOON)
        self.wifi, self.far, self.lte = SimulatedProbe(), SimulatedProbe(), SimulatedLte()
        self.changes = 0
        self.told: list[int] = []
        self.linking = self.made()

    def made(self) -> Linking:
        return Linking(
            Probes(self.wifi, self.far),
            self.lte,
            SpendingStore(self.folder),
            self.clock,
            LinkingSettings(budget=BUDGET),
            on_change=self.changed,
            heard=lambda utc_ns, *_: self.told.append(utc_ns),
        )

    def changed(self) -> None:
        self.changes += 1

    async def live(self, seconds: float, *, sending: bool = True, carries: int = 0) -> list[str]:
        """Let time pass; say what sending was told, and let what is sent cost that many bytes."""
        told: list[str] = []
        for _ in range(round(seconds / 10)):
            self.clock.advance(10)
            if sending:
                reason = self.linking.may_send()
                if reason is not None:
                    told.append(reason)
                else:
                    gets_through = self.lte.up if self.linking.on_metered else self.wifi.reached
                    gets_through = gets_through and (self.far.reached or not self.lte.up)
                    self.lte.carried += carries if self.lte.up else 0
                    self.linking.sent(arrived=gets_through)
            await self.linking.turn()
        return told


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    yield made
    await made.linking.close()


async def test_a_free_link_that_works_is_never_probed(house: House) -> None:
    await house.live(3600)
    assert house.wifi.tries == 0
    assert house.lte.opened == 0
    assert house.linking.status().link == "wifi"


async def test_lte_is_taken_when_wifi_fails_and_left_when_it_is_good_again(house: House) -> None:
    house.wifi.reached = False
    told = await house.live(300)
    assert house.linking.on_metered
    assert house.lte.up
    assert any("lte is coming up" in each for each in told)
    assert house.linking.status().link == "lte"
    assert house.linking.status().trouble == ("wifi_lost",)
    assert house.changes >= 2, "senders are told, so that nothing waits its hour"
    house.wifi.reached = True
    await house.live(400)
    assert house.linking.on_metered, "not at the first good answer"
    await house.live(1200)
    assert not house.linking.on_metered
    assert not house.lte.up
    assert house.linking.status().trouble == ()


async def test_a_receiver_that_is_down_is_no_reason_for_lte(house: House) -> None:
    for _ in range(60):
        house.linking.sent(arrived=False)
        await house.live(30, sending=False)
    assert house.wifi.tries == 60
    assert house.lte.opened == 0


async def test_lte_is_down_while_nothing_is_to_be_sent(house: House) -> None:
    house.wifi.reached = False
    await house.live(300)
    assert house.lte.up
    await house.live(200, sending=False)
    assert not house.lte.up
    await house.live(20)
    assert house.lte.up


async def test_field_35_the_budget_ends_sending_until_the_next_month(house: House) -> None:
    house.wifi.reached = False
    told = await house.live(1200, carries=20_000)
    assert "1,000,000 bytes over lte are spent; hours wait for wifi" in told[-1]
    assert not house.lte.up
    spending = house.linking.status().spending
    assert spending is not None
    assert spending.month == "2026-11"
    assert 1_000_000 <= spending.spent_bytes <= 1_040_000
    assert house.linking.left_bytes(Purpose.UPDATES) == 0
    house.clock.set_wall(datetime(2026, 12, 1, 0, 5, tzinfo=UTC))
    assert not await house.live(60) or house.lte.up
    assert house.linking.status().spending.month == "2026-12"  # type: ignore[union-attr]


async def test_field_35_what_was_spent_outlives_a_restart(house: House) -> None:
    house.wifi.reached = False
    await house.live(400, carries=5000)
    before = house.linking.status().spending
    assert before is not None
    assert before.spent_bytes > 50_000
    await house.linking.close()
    house.lte.up = False
    house.linking = house.made()
    await house.linking.turn()
    assert house.linking.status().spending == before


async def test_field_35_a_power_cut_hides_at_most_one_dispatch(house: House) -> None:
    house.wifi.reached = False
    await house.live(400, carries=5000)
    known = house.linking.status().spending
    other = house.made()
    await other.turn()
    found = other.status().spending
    await other.close()
    assert known is not None
    assert found is not None
    assert known.spent_bytes - found.spent_bytes < 10_000


async def test_field_36_a_link_that_is_up_and_mute_climbs_the_ladder(house: House) -> None:
    house.wifi.reached = house.far.reached = False
    await house.live(4 * 3600)
    assert house.lte.climbed[:4] == list(Rung)
    assert len(house.lte.climbed) < 14
    house.far.reached = True
    await house.live(1800)
    assert house.lte.up
    assert house.linking.trouble is None
    climbed = len(house.lte.climbed)
    await house.live(3600)
    assert len(house.lte.climbed) == climbed


async def test_a_receiver_that_refuses_resets_no_modem(house: House) -> None:
    house.wifi.reached = False
    await house.live(300)
    for _ in range(40):
        house.linking.may_send()
        house.linking.sent(arrived=False)
        await house.live(30, sending=False)
    assert house.lte.climbed == []
    assert house.lte.up


async def test_no_coverage_climbs_and_what_a_person_must_mend_does_not(house: House) -> None:
    house.wifi.reached = False
    house.lte.fault = ModemTransient(ModemTrouble.NO_COVERAGE)
    told = await house.live(900)
    assert "no network is found" in told[-1]
    assert house.linking.status().trouble == ("wifi_lost", "no_coverage")
    assert house.lte.climbed
    house.lte.fault = ModemRejected(ModemTrouble.PUK_WANTED)
    climbed = list(house.lte.climbed)
    told = await house.live(1800)
    assert "unlock it in a telephone" in told[-1]
    opened = house.lte.opened
    await house.live(1800)
    assert house.lte.opened <= opened + 1, "a person has to act first"
    assert house.lte.climbed == climbed


async def test_a_storage_that_refuses_stops_no_sending(house: House) -> None:
    (house.folder / "spent.json.gz.tmp").symlink_to("/dev/full")
    house.wifi.reached = False
    await house.live(600, carries=9000)
    assert house.lte.up


async def test_the_networks_time_is_told(house: House) -> None:
    house.wifi.reached = False
    house.clock.distrust()
    house.lte.tells = NOON + timedelta(hours=1)
    await house.live(300)
    assert house.told == [1_763_643_600_000_000_000 + 365 * 86_400 * 1_000_000_000]
    assert house.linking.status().spending is None, "no month is known"
    assert house.linking.left_bytes(Purpose.COUNTS) == BUDGET.monthly_bytes


async def test_a_damaged_spending_book_counts_as_nothing_spent(house: House) -> None:
    store = SpendingStore(house.folder)
    store.write({"2026-11": 5})
    for path in house.folder.glob("spent*"):
        path.write_bytes(b"rubbish")
    assert SpendingStore(house.folder).read() == {}
