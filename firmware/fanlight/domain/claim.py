"""The one-time code that makes a camera somebody's: from its label, a card, or its lamp."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U."""
PRINTED_LENGTH: Final = 10
LAMP_LENGTHS: Final = range(6, 9)
LAMP_EXPIRES_S: Final = 10 * 60
LAMP_TRIES: Final = 5

_LONGEST_TYPED: Final = 64
_MISREAD: Final = str.maketrans("OIL", "011")


class CodeKind(StrEnum):
    """Where a code is read from."""

    LABEL = "label"
    CARD = "card"
    LAMP = "lamp"


@dataclass(frozen=True, slots=True)
class ClaimCode:
    """A code that is waited for, by its digest; `issued_s` and `wrong` count for the lamp's alone.

    Whoever keeps it replaces it by `after_wrong`, and drops it once it has been used.
    """

    kind: CodeKind
    digest: str = field(repr=False)
    issued_s: float = 0.0
    wrong: int = 0

    @classmethod
    def of(cls, kind: CodeKind, text: str, issued_s: float = 0.0) -> ClaimCode:
        """Return the code that a text is.

        Raises:
            ValueError: no code of this kind looks like that; the text is not part of the message.
        """
        code = normalised(text)
        lamp = kind is CodeKind.LAMP
        fits = len(code) in LAMP_LENGTHS and code.isdigit() if lamp else len(code) == PRINTED_LENGTH
        if not fits:
            wanted = "6 to 8 digits" if lamp else "10 symbols of Crockford's base32"
            raise ValueError(f"the code of a {kind.value} has {wanted}")
        return cls(kind, digest_of(code), issued_s)

    def is_open(self, now_s: float) -> bool:
        """Tell whether it may still be used, at a time of the clock that issued it."""
        if self.kind is not CodeKind.LAMP:
            return True
        return self.wrong < LAMP_TRIES and 0 <= now_s - self.issued_s < LAMP_EXPIRES_S

    def matches(self, typed: str) -> bool:
        """Tell whether somebody typed this code, in a time that says nothing about how nearly."""
        return hmac.compare_digest(self.digest, digest_of(normalised(typed)))

    def after_wrong(self) -> ClaimCode:
        """Return the code after a wrong try."""
        return replace(self, wrong=self.wrong + 1)


def normalised(typed: str) -> str:
    """Return what a person meant: no spaces or dashes, O as 0, I and L as 1; "" for no code."""
    if len(typed) > _LONGEST_TYPED:
        return ""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(_MISREAD)
    code = "".join(each for each in plain if not each.isspace() and not _is_dash(each))
    return code if all(each in SYMBOLS for each in code) else ""


def digest_of(code: str) -> str:
    """Return the digest that a normalised code is compared by; "" has one that no code has."""
    return hashlib.sha256(b"fanlight claim code\n" + code.encode()).hexdigest()


def grouped(code: str) -> str:
    """Return a printed code as people read it: ABCDE-FGHJK."""
    half = PRINTED_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def new_printed_code(random_below: Callable[[int], int]) -> str:
    """Make a code for a card or a label; `random_below` is a source fit for secrets."""
    return "".join(SYMBOLS[random_below(len(SYMBOLS))] for _ in range(PRINTED_LENGTH))


def new_lamp_code(random_below: Callable[[int], int], length: int = LAMP_LENGTHS.start) -> str:
    """Make a code of digits for the lamp.

    Raises:
        ValueError: too short to be secret, or too long to be counted.
    """
    if length not in LAMP_LENGTHS:
        raise ValueError(f"the lamp's code has 6 to 8 digits, not {length}")
    return "".join(str(random_below(10)) for _ in range(length))


def _is_dash(symbol: str) -> bool:
    return unicodedata.category(symbol) == "Pd" or symbol == "\N{MINUS SIGN}"
