"""The console's words, by language: one catalogue a language, with the same keys in each."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

CATALOGUES: Final = Path(__file__).parent / "words"
LANGUAGES: Final = ("en", "de")
_THIN: Final = "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Words:
    """Says things in one language."""

    language: str
    catalogue: dict[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key, with values in their places.

        Raises:
            KeyError: the catalogue has no such key.
        """
        return self.catalogue[key].format(**values)

    def of(self, group: str, name: object) -> str:
        """Return the words for one of a group of codes, or the code itself."""
        return self.catalogue.get(f"{group}.{name}", str(name))

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with the language's separators."""
        text = f"{value:,.{digits}f}"
        comma, point = (_THIN, ",") if self.language == "de" else (",", ".")
        return text.replace(",", "\0").replace(".", point).replace("\0", comma)

    def percent(self, share: float, digits: int = 0) -> str:
        """Write a share as a percentage."""
        return f"{self.number(100 * share, digits)}{_THIN}%"

    def day(self, day: date) -> str:
        """Write a day with its weekday."""
        weekday = self(f"weekday.{day.weekday()}")
        if self.language == "de":
            return f"{weekday}, {day.day}.{day.month}.{day.year}"
        return f"{weekday} {day.day} {self(f'month.{day.month}')} {day.year}"


@cache
def words_in(language: str) -> Words:
    """Return a language's words, English where there is none."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    text = (CATALOGUES / f"{chosen}.toml").read_text("utf-8")
    return Words(chosen, _flat(tomllib.loads(text)))


def preferred(header: str, configured: str) -> str:
    """Return the language that a browser prefers (RFC 9110, 12.5.4), else the device's."""
    wanted = [_weighed(part) for part in header[:200].split(",")]
    for weight, language in sorted(wanted, key=lambda each: -each[0]):
        if weight > 0 and language in LANGUAGES:
            return language
    return configured


def _weighed(part: str) -> tuple[float, str]:
    name, _, weight = part.partition(";q=")
    if not re.fullmatch(r"[01](\.\d{0,3})?", weight or "1"):
        return 0.0, ""
    return float(weight or 1), name.strip().lower().partition("-")[0]


def _flat(tree: dict[str, Any], above: Iterable[str] = ()) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            found |= _flat(value, (*above, name))
        else:
            found[".".join((*above, name))] = value
    return found
