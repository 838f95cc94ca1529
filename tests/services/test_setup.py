"""Set-up by card with simulated parts: in which order, what is told, and what a failure leaves."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest

from counting_kit import moment
from fanlight.adapters.card_crypto import CardKey, signature_holds
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.setup_card import BadCard, CardSecrets, SetupCard, SignedCard
from fanlight.domain.setup_rules import ADVICE, CardTrouble, Ownership
from fanlight.ports.audit import AuditKind, Fact
from fanlight.ports.errors import ConfigError, Rejected, Transient
from fanlight.ports.wifi import WifiFault, WifiNetwork, WifiTrouble
from fanlight.services import setup as service
from fanlight.services.setup import SAME_CARD_AFTER_S, Setup, SetupNews, SetupParts
from setup_kit import CARD, ISSUED_S, MARKER, OWNER, STRANGER, later, public, signed

DEVICE_KEY = CardKey(bytes(range(32)))


class House:
    """A device's parts; each call is a word in `steps`, and raises what `breaks` has for it."""

    device_id = "fan-1"

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.breaks: dict[str, Exception] = {}
        self.waits: dict[str, threading.Event] = {}
        self.own = Ownership()
        self.networks: list[WifiNetwork] = []
        self.settings: list[tuple[SetupCard, CardSecrets]] = []
        self.entries: list[tuple[AuditKind, Mapping[str, Fact]]] = []
        self.news: list[SetupNews] = []
        self.told, self.joining = asyncio.Event(), asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.now_s = float(ISSUED_S)
        self.clock = SimulatedClock()

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if name in self.waits:
            self.waits[name].wait(30)
        if name in self.breaks:
            raise self.breaks[name]

    def holds(self, card: SignedCard) -> bool:
        self._step("verify")
        return signature_holds(card)

    def open(self, card: SignedCard) -> CardSecrets:
        self._step("open")
        return card.card.secrets or DEVICE_KEY.open(card.seal)

    def read(self) -> Ownership:
        self._step("read owner")
        return self.own

    def write(self, own: Ownership) -> None:
        self._step("pin")
        self.own = own

    def join(self, network: WifiNetwork) -> None:
        self.loop.call_soon_threadsafe(self.joining.set)
        self._step("join")
        self.networks.append(network)

    def take(self, card: SetupCard, secrets: CardSecrets) -> None:
        self._step("settings")
        self.settings.append((card, secrets))

    def audit(self, kind: AuditKind, facts: Mapping[str, Fact]) -> None:
        self._step("audit")
        self.entries.append((kind, facts))

    def passed_s(self) -> float:
        self._step("time")
        return self.now_s

    def hear(self, news: SetupNews) -> None:
        self.news.append(news)
        self.told.set()

    def setup(self, taken: bytes | None = None, *, radio: bool = True) -> Setup:
        join = self.join if radio else None
        parts = SetupParts(
            seals=self, owners=self, taker=self, join=join, passed_s=self.passed_s, audit=self.audit
        )
        return Setup(parts, self.clock, self.hear, taken)

    @property
    def is_untouched(self) -> bool:
        return not self.settings and self.own == Ownership()


@pytest.fixture
async def house() -> House:
    return House()


@contextlib.asynccontextmanager
async def running(setup: Setup) -> AsyncIterator[Setup]:
    task = asyncio.create_task(setup.run())
    try:
        yield setup
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        setup.close()


async def shown(house: House, setup: Setup, card: SignedCard | CardTrouble) -> SetupNews:
    """Show a card, and return what became of it."""
    house.told.clear()
    setup.hear(seeing(card))
    async with asyncio.timeout(20):
        await house.told.wait()
    return house.news[-1]


def seeing(card: SignedCard | CardTrouble | None) -> object:
    return replace(moment(0.0), card=card)


async def settled(setup: Setup) -> None:
    """Return once everything that was asked of the thread so far is done."""
    await setup._thread.run(lambda: None, 20)


async def test_a_card_is_taken_in_the_order_that_makes_failing_safe(house: House) -> None:
    card = signed()
    async with running(house.setup()) as setup:
        news = await shown(house, setup, card)
    assert (news.trouble, news.says, news.signature) == (None, "taken", card.signature)
    assert house.steps == [
        *("verify", "read owner", "time", "open", "join", "settings", "pin", "audit")
    ]
    assert house.networks == [WifiNetwork("Laden", MARKER)]
    assert house.settings == [(card.card, CARD.secrets)]
    assert house.own == Ownership(public(OWNER), ISSUED_S, (CARD.nonce,))
    kind, facts = house.entries[0]
    assert kind is AuditKind.SETUP_CARD_TAKEN
    assert (facts["pinned"], facts["clock_known"]) == (True, False)
    assert MARKER not in str(facts)


async def test_sealed_secrets_are_opened_and_a_later_card_pins_nobody_anew(house: House) -> None:
    async with running(house.setup()) as setup:
        await shown(house, setup, signed())
        again = replace(later(5, 8), secrets=CARD.secrets, wifi_name="")
        await shown(house, setup, signed(again, sealed_for=DEVICE_KEY.public))
    assert house.settings[-1][1] == CARD.secrets
    assert len(house.networks) == 1, "a card without a network leaves the one there is"
    assert house.entries[-1][1]["pinned"] is False
    assert house.own.nonces == (CARD.nonce, 8)


LEFT_ALONE: dict[str, tuple[SignedCard | CardTrouble, CardTrouble]] = {
    "no card": (CardTrouble.BROKEN, CardTrouble.BROKEN),
    "later format": (CardTrouble.NEWER, CardTrouble.NEWER),
    "forged": (replace(signed(), signature=bytes(64)), CardTrouble.FORGED),
    "other device": (signed(replace(CARD, device_id="fan-2")), CardTrouble.FOREIGN_DEVICE),
    "other seal": (signed(sealed_for=CardKey(bytes(32)).public), CardTrouble.FOREIGN_DEVICE),
    "expired": (signed(replace(CARD, issued_s=1, expires_s=2)), CardTrouble.EXPIRED),
}


@pytest.mark.parametrize(("card", "trouble"), LEFT_ALONE.values(), ids=LEFT_ALONE)
async def test_a_card_that_is_refused_changes_nothing_and_says_why(
    house: House, card: SignedCard | CardTrouble, trouble: CardTrouble
) -> None:
    async with running(house.setup()) as setup:
        news = await shown(house, setup, card)
    assert (news.trouble, news.says, news.signature) == (trouble, ADVICE[trouble], None)
    assert house.is_untouched
    assert not house.networks
    assert house.entries == [(AuditKind.SETUP_CARD_REFUSED, {"trouble": str(trouble)})]


async def test_a_card_of_somebody_else_is_refused_once_there_is_an_owner(house: House) -> None:
    async with running(house.setup()) as setup:
        await shown(house, setup, signed())
        news = await shown(house, setup, signed(later(5, 8), STRANGER))
    assert news.trouble is CardTrouble.FOREIGN_OWNER
    assert len(house.settings) == 1
    assert house.own.owner_key == public(OWNER)


WRONG = WifiFault(WifiTrouble.PASSWORD, "Laden")
FAILURES: dict[str, tuple[str, Exception, str]] = {
    "wrong password": ("join", WRONG, WifiTrouble.PASSWORD),
    "a rule is broken": ("settings", ConfigError("links.lte is there, but no uplinks"), "settings"),
    "no room": ("settings", Transient("setup", "the disk is full"), "settings"),
    "owner damaged": ("read owner", Rejected("owner", "both copies are damaged"), "settings"),
}


@pytest.mark.parametrize(("step", "error", "trouble"), FAILURES.values(), ids=FAILURES)
async def test_what_fails_spends_nothing_and_the_same_card_works_later(
    house: House, step: str, error: Exception, trouble: str
) -> None:
    card = signed()
    house.breaks[step] = error
    async with running(house.setup()) as setup:
        news = await shown(house, setup, card)
        assert (news.trouble, news.says, news.signature) == (trouble, str(error), None)
        assert house.is_untouched
        assert house.entries == [(AuditKind.SETUP_CARD_REFUSED, {"trouble": trouble})]
        house.breaks.clear()
        house.clock.advance(SAME_CARD_AFTER_S)
        assert (await shown(house, setup, card)).trouble is None
    assert house.own.owner_key == public(OWNER)
    assert MARKER not in str(house.news)


async def test_settings_that_were_written_before_the_owner_could_be_are_written_again(
    house: House,
) -> None:
    house.breaks["pin"] = Transient("owner", "the disk is full")
    async with running(house.setup()) as setup:
        assert (await shown(house, setup, signed())).trouble == "settings"
        assert house.own == Ownership()
        house.breaks.clear()
        house.clock.advance(SAME_CARD_AFTER_S)
        assert (await shown(house, setup, signed())).trouble is None


async def test_a_device_without_a_radio_says_so(house: House) -> None:
    async with running(house.setup(radio=False)) as setup:
        assert (await shown(house, setup, signed())).trouble is WifiTrouble.NO_RADIO
        wired = signed(replace(later(1, 8), wifi_name=""))
        assert (await shown(house, setup, wired)).trouble is None


async def test_a_card_that_stays_is_told_once_in_twenty_seconds(house: House) -> None:
    house.breaks["join"] = WRONG
    first, second = signed(), signed(later(1, 8))
    async with running(house.setup()) as setup:
        await shown(house, setup, first)
        await shown(house, setup, second)
        for _ in range(39):
            house.clock.advance(0.5)
            setup.hear(seeing(first))
            setup.hear(seeing(second))
            setup.hear(seeing(None))
            await settled(setup)
        assert len(house.news) == 2, "even if two are in sight by turns"
        house.clock.advance(0.5)
        await shown(house, setup, first)
        await shown(house, setup, second)
    assert len(house.news) == 4


async def test_a_card_that_stays_while_it_is_tried_is_tried_once(house: House) -> None:
    house.waits["join"] = threading.Event()
    card = signed()
    async with running(house.setup()) as setup:
        setup.hear(seeing(card))
        await asyncio.sleep(0)
        for each in (card, card, signed(later(1, 8)), CardTrouble.BROKEN, card):
            setup.hear(seeing(each))
            await asyncio.sleep(0)
        house.waits["join"].set()
        async with asyncio.timeout(20):
            await house.told.wait()
        setup.hear(seeing(card))
        await settled(setup)
        house.clock.advance(3600)
        setup.hear(seeing(card))
        await settled(setup)
    assert [news.trouble for news in house.news] == [None], "a card that was taken is no news"
    assert house.steps.count("verify") == 1


async def test_a_card_that_the_last_run_took_is_no_news(house: House) -> None:
    card, other = signed(), signed(later(1, 8))
    async with running(house.setup(taken=card.signature)) as setup:
        setup.hear(seeing(card))
        await shown(house, setup, other)
    assert [news.signature for news in house.news] == [other.signature]


@pytest.mark.parametrize("taken", [True, False])
async def test_a_broken_audit_log_neither_ends_the_service_nor_refuses_a_card(
    house: House, caplog: pytest.LogCaptureFixture, *, taken: bool
) -> None:
    house.breaks["audit"] = Transient("audit", "the disk is full")
    card = signed() if taken else signed(owner=STRANGER)
    house.own = Ownership(public(OWNER))
    async with running(house.setup()) as setup:
        news = await shown(house, setup, card)
        assert news.trouble is (None if taken else CardTrouble.FOREIGN_OWNER)
        assert await shown(house, setup, CardTrouble.BROKEN)
    assert "not in the audit log" in caplog.text
    assert len(house.settings) == taken


async def test_a_join_that_takes_too_long_is_told_and_writes_nothing_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "LONGEST_TRY_S", 0.05)
    monkeypatch.setattr(service, "AUDIT_S", 0.05)
    house.waits["join"] = threading.Event()
    async with running(house.setup()) as setup:
        news = await shown(house, setup, signed())
        assert news.trouble is WifiTrouble.TIMEOUT
        house.waits["join"].set()
        await settled(setup)
        assert house.is_untouched, "nobody was told that the card was taken"
        monkeypatch.undo()
        house.clock.advance(SAME_CARD_AFTER_S)
        assert (await shown(house, setup, signed())).trouble is None


async def test_an_end_in_the_middle_of_a_try_writes_nothing(house: House) -> None:
    house.waits["join"] = threading.Event()
    setup = house.setup()
    async with running(setup):
        setup.hear(seeing(signed()))
        async with asyncio.timeout(20):
            await house.joining.wait()
    house.waits["join"].set()
    setup._thread._thread.join(20)
    assert not setup._thread._thread.is_alive()
    assert house.is_untouched
    assert not house.news


async def test_a_bug_in_a_part_costs_one_try_and_not_the_next(house: House) -> None:
    house.breaks["verify"] = RuntimeError("a bug")
    setup = house.setup()
    setup.hear(seeing(signed()))
    with pytest.raises(RuntimeError, match="a bug"):
        await asyncio.wait_for(setup.run(), 20)
    house.breaks.clear()
    house.clock.advance(SAME_CARD_AFTER_S)
    async with running(setup):
        assert (await shown(house, setup, signed())).trouble is None


async def test_secrets_that_do_not_open_are_another_devices(house: House) -> None:
    house.breaks["open"] = BadCard("secrets: there are none")
    async with running(house.setup()) as setup:
        assert (await shown(house, setup, signed())).trouble is CardTrouble.FOREIGN_DEVICE
