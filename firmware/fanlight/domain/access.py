"""Who may do what at the console: roles, scopes, names, passwords and sessions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import Enum, IntEnum, StrEnum
from typing import Final

NAME_LENGTHS: Final = range(2, 41)
PASSWORD_LENGTHS: Final = range(10, 201)
IDLE_S: Final = 30 * 60
LONGEST_S: Final = 12 * 3600

# The commonest of leaked lists that are long enough, and what people call this device.
_COMMON: Final = frozenset(
    """
    0123456789 1234567890 12345678910 1234567890a 123456789a a123456789 a1234567890 9876543210
    0987654321 1234512345 123123123123 123321123321 11223344556 1122334455 112233445566
    1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 q1w2e3r4t5y6 1qaz2wsx3edc 1qazxsw23edc zaq12wsxcde3
    qwertyuiop qwertyuiop1 qwertyuiop123 qwerty1234 qwerty12345 qwerty123456 qwertz12345
    azertyuiop asdfghjkl1 asdfghjkl123 qazwsxedcrfv qweasdzxc123 abcdefghij abcd123456 abc1234567
    password12 password123 password1234 password12345 passw0rd123 p@ssw0rd123 password1! mypassword
    passwordpassword iloveyou123 iloveyou12 welcome123 welcome1234 letmein123 letmein1234
    changeme123 changemenow admin12345 admin123456 administrator adminadmin rootroot123
    sunshine123 princess123 football123 superman123 michael123 monkey12345 dragon12345 liverpool123
    spongebob1 basketball jordan2323 charlie123 computer123 internet123 schalke04schalke04
    raspberrypi raspberry1 raspberry123 fanlight123 fanlight1234 fanlightfanlight peoplecounter
    """.split()  # noqa: SIM905 - a column of literals would be no easier to read
)


class Role(IntEnum):
    """What an account may do; each role may do what the ones before it may."""

    VIEWER = 1
    INSTALLER = 2
    OWNER = 3


class Scope(StrEnum):
    """What an API token may do, and nothing else."""

    READ_COUNTS = "read_counts"
    READ_HEALTH = "read_health"


class Reason(Enum):
    """Why something was refused, in words for the person before the screen."""

    WRONG = "the name or the password is wrong"
    WAIT = "too many wrong tries; wait a little"
    NOT_ALLOWED = "this account may not do that"
    NAME = "a name has 2 to 40 letters, digits or signs that can be printed"
    TOO_SHORT = "a password has at least 10 characters"
    TOO_LONG = "a password has at most 200 characters"
    IS_NAME = "the password is the account's name"
    COMMON = "the password is among the commonest; choose a rarer one"
    TAKEN = "that name is taken"
    UNKNOWN = "there is nobody and nothing of that name"
    LAST_OWNER = "the last owner stays"
    TOO_MANY = "there are too many; remove one first"
    CLAIMED = "the camera has an owner already"
    CODE = "the code is wrong, used or too old"


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be; with a `wait_s` it may be tried again after so many seconds."""

    reason: Reason
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in; `key` is what names are compared by."""

    name: str
    role: Role
    password_hash: str = field(repr=False)

    @property
    def key(self) -> str:
        """The name as it is compared."""
        return name_key(self.name)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A machine's way in: `made_at` in UTC and `last_used` as a day, None while unknown."""

    name: str
    scopes: frozenset[Scope]
    token_hash: str = field(repr=False)
    made_at: str | None
    last_used: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has logged in; the seconds are those of one boot's monotonic clock."""

    token_hash: str = field(repr=False)
    account: str
    role: Role
    begun_s: float
    seen_s: float

    def holds(self, now_s: float) -> bool:
        """Tell whether it goes on: neither idle for too long nor too old, nor of the future."""
        in_order = self.begun_s <= self.seen_s <= now_s
        return in_order and now_s - self.seen_s < IDLE_S and now_s - self.begun_s < LONGEST_S


def clean_name(name: str) -> str:
    """Return a name as it is kept and shown."""
    return unicodedata.normalize("NFC", name).strip()


def name_key(name: str) -> str:
    """Return what names are compared by: capitals and ways of writing an accent do not matter."""
    folded = unicodedata.normalize("NFD", name).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded).casefold()).strip()


def name_fault(name: str) -> Reason | None:
    """Return why a name is none, None for a good one."""
    clean = clean_name(name)
    good = len(clean) in NAME_LENGTHS and clean.isprintable()
    return None if good else Reason.NAME


def clean_password(password: str) -> str:
    """Return a password as it is hashed: the same on every keyboard, never longer than allowed."""
    return unicodedata.normalize("NFC", password[: PASSWORD_LENGTHS.stop])[: PASSWORD_LENGTHS.stop]


def password_fault(password: str, name: str) -> Reason | None:
    """Return why a password is none, None for a good one: length and rarity count, nothing else."""
    clean = clean_password(password)
    if len(password) >= PASSWORD_LENGTHS.stop or len(clean) >= PASSWORD_LENGTHS.stop:
        return Reason.TOO_LONG
    if len(clean) < PASSWORD_LENGTHS.start:
        return Reason.TOO_SHORT
    if name_key(clean) == name_key(name):
        return Reason.IS_NAME
    common = clean.casefold() in _COMMON or len(set(clean)) == 1
    return Reason.COMMON if common else None
