"""The console's access with real files, a cheap argon2 and a simulated clock."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from fanlight.adapters.account_store import AccountFolder
from fanlight.adapters.audit_log import AuditFile
from fanlight.adapters.passwords import Argon2Passwords
from fanlight.adapters.private_disk import PrivateDisk
from fanlight.adapters.simulated_clock import SimulatedClock
from fanlight.domain.access import IDLE_S, LONGEST_S, Reason, Refused, Role, Scope, Session
from fanlight.domain.claim import LAMP_EXPIRES_S, ClaimCode, CodeKind
from fanlight.ports.audit import AuditKind, Fact
from fanlight.ports.errors import Transient
from fanlight.services.access import Access
from fanlight.services.access_notes import MOST_AN_HOUR
from fanlight.services.access_sessions import MOST_OF_ONE

HOME, AWAY = "192.168.1.20", "192.168.1.66"
LABEL, CARD, LAMP = "ABCDE-FGHJK", "ZYXWV-TSRQP", "482913"
HORSE, BATTERY, STAPLE = "correct horse", "battery staple", "staple correct"
NAMES = ("åsa", "bo", "cilla")


class FullDisk(PrivateDisk):
    """A disk that takes nothing while it is full."""

    full = False

    def _write_new(self, path: Path, data: bytes) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        super()._write_new(path, data)


class Device:
    """The parts that survive a restart, and those that do not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SimulatedClock(datetime(2026, 11, 27, 9, tzinfo=UTC))
        self.log = AuditFile(folder / "audit")
        self.disk = FullDisk("console")
        self.said: list[str] = []
        self.log_is_full = False
        self.restart()

    def restart(self) -> None:
        store = AccountFolder(self.folder / "console", self.disk, self.said.append)
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.access = Access(store, Argon2Passwords(hasher), self.clock, self.enter)

    def enter(self, kind: AuditKind, facts: Mapping[str, Fact]) -> None:
        if self.log_is_full:
            raise Transient("audit", "no room")
        self.log.append(kind, facts, None)

    def claim(self, name: str = "Åsa") -> Session:
        assert self.access.offer(ClaimCode.of(CodeKind.LABEL, LABEL)) is None
        return self.session(self.access.claim(LABEL, name, HORSE, HOME))

    def session(self, token: str | Refused) -> Session:
        assert isinstance(token, str)
        found = self.access.session(token)
        assert found is not None
        return found

    def log_in(self, name: str, typed: str = HORSE, address: str = HOME) -> str:
        token = self.access.log_in(name, typed, address)
        assert isinstance(token, str), token
        return token

    def lamp(self) -> ClaimCode:
        return ClaimCode.of(CodeKind.LAMP, LAMP, self.clock.monotonic_ns() / 1e9)

    def entries(self, kind: AuditKind) -> list[Mapping[str, Fact]]:
        return [each.facts for each in self.log.entries() if each.kind == kind]

    def everything_stored(self) -> bytes:
        raw = b""
        for path in self.folder.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                raw += content + (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else b"")
        return raw


@pytest.fixture
def device(tmp_path: Path) -> Device:
    return Device(tmp_path)


def reason(outcome: object) -> Reason:
    assert isinstance(outcome, Refused), outcome
    return outcome.reason


def test_the_labels_code_makes_the_first_owner_once(device: Device) -> None:
    assert device.access.waits_for() == set()
    owner = device.claim()
    assert (owner.account, owner.role) == ("Åsa", Role.OWNER)
    assert reason(device.access.claim(LABEL, "Eve", HORSE, AWAY)) is Reason.CLAIMED
    assert reason(device.access.offer(device.lamp())) is Reason.CLAIMED
    assert device.entries(AuditKind.CONSOLE_CLAIMED) == [
        {"account": "Åsa", "by": "label", "address": "192.168.1.x"}
    ]


def test_without_a_code_nobody_claims(device: Device) -> None:
    assert reason(device.access.claim("", "Eve", HORSE, AWAY)) is Reason.CODE
    assert reason(device.access.claim(LABEL, "Eve", HORSE, AWAY)) is Reason.CODE
    assert reason(device.access.log_in("Eve", "", AWAY)) is Reason.WRONG


def test_a_bad_name_or_password_does_not_use_up_the_code(device: Device) -> None:
    device.access.offer(ClaimCode.of(CodeKind.LABEL, LABEL))
    assert reason(device.access.claim(LABEL, "x", HORSE, HOME)) is Reason.NAME
    assert reason(device.access.claim(LABEL, "Åsa", "short", HOME)) is Reason.TOO_SHORT
    device.session(device.access.claim("abcde fghjk", "Åsa", HORSE, HOME))


def test_a_lamps_code_ends_after_ten_minutes_and_after_five_wrong_tries(device: Device) -> None:
    device.access.offer(device.lamp())
    device.clock.advance(LAMP_EXPIRES_S)
    assert device.access.waits_for() == set()
    assert reason(device.access.claim(LAMP, "Åsa", HORSE, HOME)) is Reason.CODE
    device.access.offer(device.lamp())
    for _ in range(5):
        assert device.access.waits_for() == {CodeKind.LAMP}
        device.clock.advance(60)
        device.access.claim("000000", "Åsa", HORSE, HOME)
    device.clock.advance(60)
    assert reason(device.access.claim(LAMP, "Åsa", HORSE, HOME)) is Reason.CODE
    device.clock.advance(60)
    device.access.offer(device.lamp())
    device.session(device.access.claim(LAMP, "Åsa", HORSE, HOME))


def test_guessing_a_labels_code_is_slow(device: Device) -> None:
    device.access.offer(ClaimCode.of(CodeKind.LABEL, LABEL))
    outcomes = [device.access.claim("00000-00000", "Eve", HORSE, AWAY) for _ in range(20)]
    assert [reason(each) for each in outcomes] == [Reason.CODE] * 5 + [Reason.WAIT] * 15
    assert reason(device.access.claim(LABEL, "Eve", HORSE, AWAY)) is Reason.WAIT
    assert device.entries(AuditKind.CONSOLE_LOCKED)[0]["of"] == "account"


def test_the_right_password_logs_in_whatever_the_capitals(device: Device) -> None:
    device.claim()
    token = device.log_in("a\u030aSA")
    assert device.session(token).account == "Åsa"
    assert reason(device.access.log_in("Åsa", BATTERY, HOME)) is Reason.WRONG
    assert reason(device.access.log_in("Eve", HORSE, HOME)) is Reason.WRONG
    assert reason(device.access.log_in("x" * 10_000, "y" * 10_000, "z" * 10_000)) is Reason.WRONG
    assert device.access.session("") is None
    assert device.access.session(token + "x") is None


@pytest.mark.parametrize("name", ["Åsa", "Nobody"])
def test_waits_come_before_the_password_for_known_and_unknown(device: Device, name: str) -> None:
    device.claim()
    outcomes = [device.access.log_in(name, BATTERY, AWAY) for _ in range(7)]
    assert [reason(each) for each in outcomes] == [Reason.WRONG] * 5 + [Reason.WAIT] * 2
    waiting = device.access.log_in(name, HORSE, AWAY)
    assert waiting == Refused(Reason.WAIT, 1.0)
    assert len(device.entries(AuditKind.CONSOLE_LOGIN_REFUSED)) == 5
    assert len(device.entries(AuditKind.CONSOLE_LOCKED)) == (1 if name == "Åsa" else 0)


def test_the_owner_gets_in_while_a_stranger_guesses(device: Device) -> None:
    device.claim()
    for _ in range(40):
        device.access.log_in("Åsa", BATTERY, AWAY)
        device.clock.advance(30)
    assert reason(device.access.log_in("Åsa", HORSE, AWAY)) is Reason.WAIT
    device.clock.advance(60)
    device.log_in("Åsa")


def test_sessions_end_by_the_clock(device: Device) -> None:
    device.claim()
    token = device.log_in("Åsa")
    device.clock.advance(IDLE_S - 1)
    assert device.access.session(token)
    device.clock.advance(IDLE_S)
    assert device.access.session(token) is None
    token = device.log_in("Åsa")
    for _ in range(int(LONGEST_S / 600) - 1):
        device.clock.advance(600)
        assert device.access.session(token)
    device.clock.advance(600)
    assert device.access.session(token) is None


def test_a_restart_logs_nobody_out_and_a_reboot_everybody(device: Device) -> None:
    device.claim()
    token = device.log_in("Åsa")
    device.restart()
    assert device.session(token).account == "Åsa"
    device.clock.reboot("boot-2")
    device.restart()
    assert device.access.session(token) is None


def test_logging_out_survives_a_restart(device: Device) -> None:
    owner = device.claim()
    first, second = device.log_in("Åsa"), device.log_in("Åsa")
    device.access.log_out(first)
    device.restart()
    assert device.access.session(first) is None
    assert device.access.session(second)
    device.access.log_out_everywhere("åsa", owner)
    device.restart()
    assert device.access.session(second) is None


def test_nobody_has_more_sessions_than_a_few(device: Device) -> None:
    owner = device.claim()
    device.access.add_account("Bo", Role.VIEWER, HORSE, owner)
    mine, theirs = device.log_in("Åsa"), []
    for _ in range(MOST_OF_ONE + 3):
        device.clock.advance(1)
        theirs.append(device.log_in("Bo"))
    assert device.access.session(mine)
    assert sum(device.access.session(token) is not None for token in theirs) == MOST_OF_ONE
    assert device.access.session(theirs[-1])


def test_only_owners_manage_accounts_and_tokens(device: Device) -> None:
    owner = device.claim()
    assert device.access.add_account("Bo", Role.INSTALLER, HORSE, owner) is None
    bo = device.session(device.log_in("Bo"))
    tried = [
        device.access.add_account("Eve", Role.OWNER, HORSE, bo),
        device.access.remove_account("Åsa", bo),
        device.access.log_out_everywhere("Åsa", bo),
        device.access.make_token("till", [Scope.READ_HEALTH], bo),
        device.access.revoke_token("till", bo),
    ]
    assert [reason(each) for each in tried] == [Reason.NOT_ALLOWED] * 5
    device.access.remove_account("Bo", owner)
    assert reason(device.access.add_account("Eve", Role.OWNER, HORSE, bo)) is Reason.NOT_ALLOWED


def test_accounts_come_and_go_but_the_last_owner_stays(device: Device) -> None:
    owner = device.claim()
    add = device.access.add_account
    assert reason(add("ÅSA", Role.VIEWER, HORSE, owner)) is Reason.TAKEN
    assert reason(add("Bo Ek Ask", Role.VIEWER, "bo ek ask", owner)) is Reason.TOO_SHORT
    assert add("Bo", Role.OWNER, HORSE, owner) is None
    token = device.log_in("Bo")
    assert device.access.remove_account("bo", owner) is None
    assert device.access.session(token) is None
    assert reason(device.access.remove_account("bo", owner)) is Reason.UNKNOWN
    assert reason(device.access.remove_account("Åsa", owner)) is Reason.LAST_OWNER
    assert add("Bo", Role.VIEWER, HORSE, owner) is None
    device.restart()
    assert device.access.session(token) is None
    assert [each.name for each in device.access.accounts] == ["Åsa", "Bo"]
    assert device.entries(AuditKind.CONSOLE_ACCOUNT_ADDED)[0] == {
        "account": "Bo",
        "role": "owner",
        "by": "Åsa",
    }


def test_changing_a_password_needs_the_old_and_ends_other_sessions(device: Device) -> None:
    device.claim()
    here, there = device.log_in("Åsa"), device.log_in("Åsa", address=AWAY)
    me = device.session(here)
    change = device.access.change_password
    assert reason(change(BATTERY, STAPLE, me, HOME)) is Reason.WRONG
    assert reason(change(HORSE, "short", me, HOME)) is Reason.TOO_SHORT
    assert change(HORSE, STAPLE, me, HOME) is None
    assert device.access.session(here)
    assert device.access.session(there) is None
    assert reason(device.access.log_in("Åsa", HORSE, HOME)) is Reason.WRONG
    device.restart()
    device.log_in("Åsa", STAPLE)
    assert len(device.entries(AuditKind.CONSOLE_PASSWORD_CHANGED)) == 1


def test_a_stolen_session_does_not_guess_the_password(device: Device) -> None:
    me = device.claim()
    outcomes = [device.access.change_password(BATTERY, STAPLE, me, AWAY) for _ in range(8)]
    assert [reason(each) for each in outcomes][5:] == [Reason.WAIT] * 3


def test_a_token_does_what_it_is_for_until_it_is_revoked(device: Device) -> None:
    owner = device.claim()
    token = device.access.make_token("till", [Scope.READ_HEALTH], owner)
    assert isinstance(token, str)
    assert reason(device.access.make_token("TILL", [], owner)) is Reason.TAKEN
    assert device.access.token(token) == {Scope.READ_HEALTH}
    assert device.access.token("") is None
    device.restart()
    assert device.access.token(token) == {Scope.READ_HEALTH}
    assert device.access.tokens[0].last_used == "2026-11-27"
    assert device.access.session(token) is None
    assert device.access.revoke_token("Till", owner) is None
    assert reason(device.access.revoke_token("Till", owner)) is Reason.UNKNOWN
    device.restart()
    assert device.access.token(token) is None
    made, revoked = AuditKind.CONSOLE_TOKEN_MADE, AuditKind.CONSOLE_TOKEN_REVOKED
    assert device.entries(made) == [{"name": "till", "scopes": "read_health", "by": "Åsa"}]
    assert len(device.entries(revoked)) == 1


def test_a_form_comes_back_with_its_own_sessions_word(device: Device) -> None:
    device.claim()
    one, other = device.log_in("Åsa"), device.log_in("Åsa")
    word = device.access.csrf_of(one)
    device.restart()
    assert device.access.csrf_holds(one, word)
    assert not device.access.csrf_holds(other, word)
    assert not device.access.csrf_holds(one, "")
    assert one not in word


def test_an_owners_card_gives_a_forgotten_password_anew_and_ends_what_was(device: Device) -> None:
    owner = device.claim()
    device.access.add_account("Bo", Role.VIEWER, HORSE, owner)
    token = device.log_in("Åsa")
    assert device.access.offer(ClaimCode.of(CodeKind.CARD, CARD)) is None
    assert device.access.waits_for() == {CodeKind.CARD}
    assert device.access.session(token) is not None
    assert reason(device.access.claim(LABEL, "Eve", HORSE, AWAY)) is Reason.CODE
    device.session(device.access.claim(CARD, "Åsa", STAPLE, HOME))
    assert device.access.session(token) is None
    device.log_in("Åsa", STAPLE)
    assert reason(device.access.log_in("Åsa", HORSE, HOME)) is Reason.WRONG
    device.log_in("Bo")
    assert reason(device.access.claim(CARD, "Eve", HORSE, HOME)) is Reason.CLAIMED


def test_a_printed_code_is_used_once_over_all_restarts(device: Device) -> None:
    device.claim()
    label, card = ClaimCode.of(CodeKind.LABEL, LABEL), ClaimCode.of(CodeKind.CARD, CARD)
    assert reason(device.access.offer(label)) is Reason.CLAIMED
    assert device.access.offer(card) is None
    device.session(device.access.claim(CARD, "Åsa", HORSE, HOME))
    device.restart()
    assert reason(device.access.offer(card)) is Reason.CODE
    assert device.access.waits_for() == set()


def test_lost_accounts_open_nothing_but_the_way_by_button_or_card(device: Device) -> None:
    device.claim()
    token = device.log_in("Åsa")
    for path in (device.folder / "console").glob("accounts*"):
        path.write_bytes(b"\x00" * 64)
    device.restart()
    assert device.access.were_lost
    assert device.access.session(token) is None
    assert reason(device.access.log_in("Åsa", HORSE, HOME)) is Reason.WRONG
    assert reason(device.access.offer(ClaimCode.of(CodeKind.LABEL, LABEL))) is Reason.CODE
    assert device.access.offer(device.lamp()) is None
    device.session(device.access.claim(LAMP, "Åsa", STAPLE, HOME))
    assert not device.access.were_lost
    assert device.access.session(token) is None
    assert "claim the camera again" in device.said[-1]


def test_on_a_full_card_people_get_in_but_change_nothing(device: Device) -> None:
    owner = device.claim()
    device.disk.full = True
    token = device.log_in("Åsa")
    assert device.access.session(token)
    with pytest.raises(Transient, match="full"):
        device.access.add_account("Bo", Role.VIEWER, HORSE, owner)
    assert [each.name for each in device.access.accounts] == ["Åsa"]
    with pytest.raises(Transient, match="full"):
        device.access.log_out(token)
    assert device.access.session(token) is None


def test_what_cannot_be_entered_is_not_done(device: Device) -> None:
    owner = device.claim()
    device.log_is_full = True
    device.log_in("Åsa")
    assert reason(device.access.log_in("Åsa", BATTERY, HOME)) is Reason.WRONG
    with pytest.raises(Transient, match="no room"):
        device.access.make_token("till", [Scope.READ_HEALTH], owner)
    assert device.access.tokens == ()
    assert device.access.is_claimed


def test_strangers_do_not_fill_the_audit_log(device: Device) -> None:
    device.claim()
    for number in range(MOST_AN_HOUR + 40):
        device.access.log_in(f"made up {number}", HORSE, f"10.0.{number}.7")
    refused = AuditKind.CONSOLE_LOGIN_REFUSED
    assert len(device.entries(refused)) == MOST_AN_HOUR
    device.clock.advance(3600)
    device.access.log_in("made up", HORSE, AWAY)
    assert device.entries(refused)[-1]["left_out_before"] == 40


def test_no_secret_is_stored_entered_said_or_shown(
    device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    owner = device.claim()
    device.access.add_account("Bo", Role.VIEWER, BATTERY, owner)
    session = device.log_in("Bo", BATTERY)
    bearer = device.access.make_token("till", [Scope.READ_COUNTS], owner)
    assert isinstance(bearer, str)
    device.access.token(bearer)
    device.access.change_password(BATTERY, STAPLE, device.session(session), HOME)
    device.access.log_in(HORSE, "Åsa", HOME)
    for _ in range(6):
        device.access.log_in("Bo", "wrong wrong wrong", AWAY)
    device.access.offer(ClaimCode.of(CodeKind.CARD, CARD))
    device.access.claim(CARD, "Åsa", HORSE, HOME)
    shown = repr([device.access.session(session), device.access.tokens, device.access.accounts])
    shown += repr(device.lamp()) + caplog.text + "".join(device.said)
    everything = device.everything_stored() + shown.encode()
    printed = LABEL.replace("-", "")
    secrets = [HORSE, BATTERY, STAPLE, "wrong wrong", session, bearer, LABEL, printed, LAMP]
    for secret in [*secrets, HOME, AWAY, device.access.csrf_of(session)]:
        assert secret.encode() not in everything
        assert json.dumps(secret).encode() not in everything
    assert b"$argon2id$" not in shown.encode()
    assert device.log.verify().faults == ()
