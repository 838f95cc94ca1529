"""Set-up by card: verify, judge, join the network, write the settings, pin the owner.

The order is what makes it safe to fail anywhere: a card is spent, and its owner pinned, only when
network and settings are in place, so that a wrong password costs a new card or another try, never
the device.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

from fanlight.domain.setup_card import BadCard
from fanlight.domain.setup_rules import ADVICE, CardTrouble, trouble_with_card
from fanlight.ports.audit import AuditKind
from fanlight.ports.errors import ConfigError, Fault
from fanlight.ports.wifi import WifiFault, WifiNetwork, WifiTrouble
from fanlight.services.one_thread import OneThread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fanlight.domain.moment import Moment
    from fanlight.domain.setup_card import SetupCard, SignedCard
    from fanlight.ports.audit import Fact
    from fanlight.ports.clock import Clock
    from fanlight.ports.setup import CardSeals, CardTaker, OwnerStore

log = logging.getLogger(__name__)

SAME_CARD_AFTER_S: Final = 20.0
"""A card that stays before the camera is tried again after this long, if it was not taken."""
LONGEST_TRY_S: Final = 120.0
AUDIT_S: Final = 5.0

Trouble = CardTrouble | WifiTrouble
Said = CardTrouble | WifiTrouble | None


@dataclass(frozen=True, slots=True)
class SetupNews:
    """What became of a card: `trouble` is None where it was taken; `says` is for a person.

    `signature` is the card's, None for what is no card.
    """

    trouble: Trouble | str | None
    says: str
    at_ns: int
    signature: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupParts:
    """What setting up works with; every call may block.

    `join` is None on a device without Wi-Fi; `passed_s` is a time of UTC, in seconds since 1970,
    that has certainly passed.
    """

    seals: CardSeals
    owners: OwnerStore
    taker: CardTaker
    join: Callable[[WifiNetwork], None] | None
    passed_s: Callable[[], float]
    audit: Callable[[AuditKind, Mapping[str, Fact]], None]


class Setup:
    """Takes the cards that the room reads, one at a time; `on_news` hears what became of each.

    `taken` is the signature of a card that was taken just before this run: it may still be in
    sight, which is no news.
    """

    def __init__(
        self,
        parts: SetupParts,
        clock: Clock,
        on_news: Callable[[SetupNews], None],
        taken: bytes | None = None,
    ) -> None:
        self._parts = parts
        self._clock = clock
        self._on_news = on_news
        self._taken = taken
        self._thread = OneThread("fanlight-setup")
        self._inbox: asyncio.Queue[SignedCard | CardTrouble] = asyncio.Queue(maxsize=1)
        self._busy = False
        self._tried: dict[bytes | CardTrouble, int] = {}

    def close(self) -> None:
        """Let the thread go."""
        self._thread.close()

    def hear(self, moment: Moment) -> None:
        """Take the card of a Moment, unless one is being tried or this one has just been."""
        card = moment.card
        if card is None or self._busy or self._has_just_tried(card):
            return
        if _mark(card) == self._taken:
            return
        self._busy = True
        self._inbox.put_nowait(card)

    async def run(self) -> NoReturn:
        """Try cards as they come; never returns."""
        while True:
            card = await self._inbox.get()
            try:
                news = await self._try(card)
            finally:
                self._busy = False
                self._note_tried(card)
            log.info("set-up card: %s", news.says)
            self._on_news(news)

    async def _try(self, card: SignedCard | CardTrouble) -> SetupNews:
        given_up = threading.Event()
        try:
            trouble = await self._thread.run(lambda: self._take(card, given_up), LONGEST_TRY_S)
        except WifiFault as fault:
            return await self._refused(fault.trouble, str(fault))
        except (ConfigError, Fault) as error:
            return await self._refused("settings", str(error))
        except TimeoutError:
            return await self._refused(WifiTrouble.TIMEOUT, "the device did not answer in time")
        finally:
            given_up.set()
        if trouble is not None:
            return await self._refused(trouble, ADVICE[trouble])
        mark = _mark(card)
        signature = mark if isinstance(mark, bytes) else None
        self._taken = signature
        return SetupNews(None, "taken", self._clock.monotonic_ns(), signature)

    async def _refused(self, trouble: Trouble | str, says: str) -> SetupNews:
        facts: dict[str, Fact] = {"trouble": str(trouble)}
        try:
            await self._thread.run(
                lambda: self._enter(AuditKind.SETUP_CARD_REFUSED, facts), AUDIT_S
            )
        except TimeoutError:
            log.warning("not in the audit log: it does not answer")
        return SetupNews(trouble, says, self._clock.monotonic_ns())

    def _take(
        self, signed: SignedCard | CardTrouble, given_up: threading.Event
    ) -> CardTrouble | None:
        """Take a card, or say why not. Blocks on storage and network.

        Once nobody waits for it any more, nothing is written: whoever shows the card again may be
        told that it is taken, and nobody was told so before.

        Raises:
            WifiFault: its network cannot be joined; the one before is in use again.
            ConfigError, Fault: its settings cannot be written.
        """
        if isinstance(signed, CardTrouble):
            return signed
        parts = self._parts
        if not parts.seals.holds(signed):
            return CardTrouble.FORGED
        own, card = parts.owners.read(), signed.card
        trouble = trouble_with_card(
            card,
            signed.owner_key,
            own,
            device_id=parts.seals.device_id,
            at_least_s=parts.passed_s(),
        )
        if trouble is not None:
            return trouble
        try:
            secrets = parts.seals.open(signed)
        except BadCard:
            return CardTrouble.FOREIGN_DEVICE
        self._join(card, secrets.wifi_password)
        if given_up.is_set():
            raise WifiFault(WifiTrouble.TIMEOUT, card.wifi_name)
        parts.taker.take(card, secrets)
        parts.owners.write(own.after(signed.owner_key, card))
        self._enter(AuditKind.SETUP_CARD_TAKEN, self._facts(signed, pinned=own.owner_key is None))
        return None

    def _enter(self, kind: AuditKind, facts: Mapping[str, Fact]) -> None:
        """Enter it into the audit log; a card is taken, or not, even where that is broken."""
        try:
            self._parts.audit(kind, facts)
        except Fault as fault:
            log.warning("not in the audit log: %s", fault)

    def _join(self, card: SetupCard, password: str) -> None:
        if not card.wifi_name:
            return
        if self._parts.join is None:
            raise WifiFault(WifiTrouble.NO_RADIO, card.wifi_name)
        self._parts.join(WifiNetwork(card.wifi_name, password, card.wifi_hidden))

    def _facts(self, signed: SignedCard, *, pinned: bool) -> dict[str, Fact]:
        return {
            "owner": signed.owner_key.hex()[:16],
            "pinned": pinned,
            "issued_s": signed.card.issued_s,
            "clock_known": self._clock.utc() is not None,
        }

    def _has_just_tried(self, card: SignedCard | CardTrouble) -> bool:
        at_ns = self._tried.get(_mark(card))
        return at_ns is not None and self._clock.monotonic_ns() - at_ns < SAME_CARD_AFTER_S * 1e9

    def _note_tried(self, card: SignedCard | CardTrouble) -> None:
        """Remember a card, and forget those that may be tried again."""
        now_ns = self._clock.monotonic_ns()
        recent = {
            mark: at_ns
            for mark, at_ns in self._tried.items()
            if now_ns - at_ns < SAME_CARD_AFTER_S * 1e9
        }
        self._tried = {**recent, _mark(card): now_ns}


def _mark(card: SignedCard | CardTrouble) -> bytes | CardTrouble:
    return card if isinstance(card, CardTrouble) else card.signature
