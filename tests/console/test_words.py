"""The catalogues say the same things, and everything that is asked of them is there."""

from __future__ import annotations

import re
import string
from datetime import date
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.console.install_pages import KINDS
from fanlight.console.pages import FIGURES
from fanlight.console.visit import MENU
from fanlight.console.words import LANGUAGES, preferred, words_in
from fanlight.domain.access import Reason, Role, Scope
from fanlight.domain.counts import Segment
from fanlight.domain.setup_rules import CardTrouble
from fanlight.domain.sizing import AdviceCode
from fanlight.domain.walk_test import WalkAdvice, WalkOutcome
from fanlight.ports.wifi import WifiTrouble
from fanlight.services.health.finding import Verdict

CONSOLE = Path(__file__).resolve().parents[2] / "firmware/fanlight/console"
SOURCES = [*CONSOLE.glob("*.py"), *CONSOLE.glob("templates/*.html")]
TEXT = "\n".join(path.read_text() for path in SOURCES)
LITERAL = set(re.findall(r"""(?:\bt|words)\(\s*f?["']([a-z_]+(?:\.[a-z_]+)?)["']""", TEXT))
CODES: dict[str, tuple[type[Enum] | list[str], bool]] = {
    "card": (CardTrouble, False),
    "verdict": (Verdict, False),
    "walk": (WalkOutcome, False),
    "walk_advice": (WalkAdvice, False),
    "advice": (AdviceCode, False),
    "scope": (Scope, False),
    "role": (Role, True),
    "reason": (Reason, True),
    "segment": (Segment, False),
}
BUILT = {
    *(f"page.{name}" for name, _, _ in MENU),
    *(f"page.{name}" for name in ("account", "login", "claim", "public", "problem")),
    *(f"insights.{name}{more}" for name, _ in FIGURES for more in ("", "_is")),
    *(f"weekday.{day}" for day in range(7)),
    *(f"month.{month}" for month in range(1, 13)),
    *(f"card.{trouble}" for trouble in WifiTrouble),
    *("card.taken", "card.settings", "today.in", "today.out"),
    *(f"settings.{name}" for name in ("overhead", "oblique", "height_m", "tilt_deg", "field_deg")),
}
SAME_IN_BOTH = {
    "login.name",
    "claim.code",
    "month.4",
    "month.8",
    "month.9",
    "month.11",
}


def codes() -> set[str]:
    found = set(BUILT)
    for group, (members, by_name) in CODES.items():
        for member in members:
            assert isinstance(member, Enum)
            found.add(f"{group}.{member.name if by_name else member.value}")
    return found


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_asked_for_is_there(language: str) -> None:
    asked = LITERAL | codes()
    assert len(LITERAL) > 80
    assert asked - set(words_in(language).catalogue) == set()


def test_nothing_is_there_that_nobody_asks_for() -> None:
    assert set(words_in("en").catalogue) - LITERAL - codes() == set()


def test_the_catalogues_have_the_same_keys_and_holes() -> None:
    english, german = (words_in(language).catalogue for language in ("en", "de"))
    assert set(english) == set(german)
    for key, text in english.items():
        assert holes(text) == holes(german[key]), key


def test_german_is_german() -> None:
    english, german = (words_in(language).catalogue for language in ("en", "de"))
    assert {key for key, text in english.items() if german[key] == text} == SAME_IN_BOTH


def test_numbers_and_days_are_written_as_each_language_does() -> None:
    english, german = words_in("en"), words_in("de")
    assert (english.number(12345.6, 1), german.number(12345.6, 1)) == ("12,345.6", "12\u202f345,6")
    assert (english.percent(0.256), german.percent(0.256, 1)) == ("26\u202f%", "25,6\u202f%")
    assert english.day(date(2026, 11, 27)) == "Friday 27 November 2026"
    assert german.day(date(2026, 11, 27)) == "Freitag, 27.11.2026"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-CH, en;q=0.9", "de"),
        ("en;q=0.5, de;q=0.8", "de"),
        ("fr, sv;q=0.9", "en"),
        ("de;q=0", "en"),
        ("de;q=nan", "en"),
    ],
)
def test_a_browser_is_answered_in_its_language(header: str, language: str) -> None:
    assert preferred(header, "en") == language


@given(st.text(max_size=300))
def test_no_header_breaks_the_choice(header: str) -> None:
    assert preferred(header, "en") in LANGUAGES


def test_the_kinds_of_places_have_words() -> None:
    assert len(KINDS) == 3
