"""No field that leaves the room, is stored or is told can hold a person.

A picture or an embedding needs many numbers in a row, bytes or an array; an identifier needs text
or a number that means somebody. So every field is walked, from the types themselves: none is of a
type that could hold anything, the rows of numbers are known one by one, and so are the texts.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime

import numpy as np
import pytest
from data_flow import GATES, PAGE, Field, as_page, fields_of

from fanlight.domain.aim import AimView
from fanlight.domain.revisits import DaySketch
from fanlight.domain.setup_card import PREFIX, BadCard, read_card

PLAIN = {bool, int, float, str, type(None), date, datetime}
STORED = {title: roots for title, roots in GATES.items() if "leaves" not in title}
FIELDS = list(dict.fromkeys(field for roots in STORED.values() for field in fields_of(roots)))
ROWS_OF_NUMBERS = {
    ("DaySketch", "sums"): "128 noised sums over everybody of a day; the constructor bounds them",
    ("Counts", "entries_when"): "entries in each twelfth of the hour",
    ("Counts", "exits_when"): "exits in each twelfth of the hour",
    ("Journeys", "cells"): "time on each square of floor, summed over everybody",
}
TEXTS = {
    ("Journeys", "ways"): "names of two zones, from the configuration",
    ("RowKey", "name"): "a line's or zone's name, from the configuration",
    ("Part", "run"): "a random name of the process's run",
    ("Part", "part_id"): "run and hour",
    ("BootMinute", "boot_id"): "a random name of the boot",
    ("UnplacedRow", "boot_id"): "a random name of the boot",
    ("SeriesKey", "embedder"): "the hash of the embedder's model file",
    ("SeriesKey", "seed"): "random, from which the features are made",
    ("AuditEntry", "at"): "when",
    ("AuditEntry", "kind"): "one of AuditKind",
    ("AuditEntry", "facts"): "numbers and short words, bounded by the log",
    ("AuditEntry", "hash"): "of this entry and the one before",
    ("ReportRow", "label"): "an hour in local time",
    ("Report", "notices"): "what is wrong with the storage",
    ("Answer", "because"): "why there is not enough data",
    ("RetentionReport", "dropped"): "a day, and why it has no sketch",
}
SETUP_FIELDS = {("Moment", "card"), ("Moment", "aim")}
OF_A_PERSON = ("track", "person", "face", "embedding", "vector", "image", "pixel", "crop", "plate",
               "mac", "phone", "card", "customer", "gender", "ethnic", "emotion")  # fmt: skip

SETUP_ONLY = {
    "SignedCard": "a signed set-up card, at most 2 KiB, of a QR code that says that it is one",
    "SetupCard": "what it says, each field bounded",
    "CardSecrets": "its secrets, each bounded; in no repr",
    "AimView": "edges that stand still, one bit a cell, of a size that its constructor holds",
}
"""What leaves the room in set-up mode alone, and is stored nowhere."""

SUMS_OVER_PEOPLE = {
    ("Spell", "tracks"): "how many tracks were on a square of floor",
    ("Spell", "person_ms"): "time on it, summed over everybody",
    ("StageTimes", "track_ms"): "how long the tracker took",
}


def ids(field: Field) -> str:
    return f"{field.owner}.{field.name}"


def complaints(field: Field) -> list[str]:
    """Say what a field could hold that nothing may."""
    found = []
    for leaf in field.leaves:
        is_enum = isinstance(leaf, type) and issubclass(leaf, enum.Enum)
        if not (leaf in PLAIN or is_enum or is_dataclass(leaf)):
            found.append(f"{leaf} can hold anything")
    place = (field.owner, field.name)
    if field.is_sequence and {int, float} & set(field.leaves) and place not in ROWS_OF_NUMBERS:
        found.append("a row of numbers of any length can be a picture or an embedding")
    if str in field.leaves and place not in TEXTS:
        found.append("say in TEXTS what the text holds, and why it is no person")
    speaks = any(word in field.name.lower() for word in OF_A_PERSON)
    if speaks and place not in SUMS_OVER_PEOPLE:
        found.append("its name speaks of a person")
    return found


@pytest.mark.parametrize("field", FIELDS, ids=ids)
def test_a_stored_or_told_field_cannot_hold_a_person(field: Field) -> None:
    assert complaints(field) == []


def test_what_leaves_the_room_holds_positions_and_no_more() -> None:
    (moments,) = (roots for title, roots in GATES.items() if "leaves" in title)
    for field in fields_of(moments):
        if (field.owner, field.name) == ("Moment", "embedding_lifetime_ms"):
            assert field.leaves == (float,)
            assert not field.is_sequence
            continue
        if field.owner in SETUP_ONLY or (field.owner, field.name) in SETUP_FIELDS:
            continue
        tolerated = {"track", "tracks", "pixel_lifetime_ms"}
        names_line = field.name in {"line", "zone"}
        assert field.name in tolerated or names_line or complaints(field) == [], field


def test_what_set_up_mode_adds_is_bounded_and_stored_nowhere() -> None:
    (moments,) = (roots for title, roots in GATES.items() if "leaves" in title)
    added = {field.owner for field in fields_of(moments)} & set(SETUP_ONLY)
    assert added == set(SETUP_ONLY)
    assert not {field.owner for field in FIELDS} & added
    with pytest.raises(ValueError, match="cannot be"):
        AimView(320, 240, bytes(9600), bytes(9600), 0.5, 0.5, 1.0)
    with pytest.raises(BadCard, match="at most"):
        read_card(PREFIX + "0" * 3000)


@dataclass
class Smuggler:
    thumbnail: bytes
    vector_of_somebody: tuple[float, ...]
    row: tuple[int, ...]
    note: str
    anything: object
    array: np.ndarray


def test_a_field_that_could_hold_a_person_is_found() -> None:
    """The walk itself is tested: each of these is a way to smuggle somebody out."""

    found = [complaints(field) for field in fields_of((Smuggler,))]
    assert all(found), found


def test_known_rows_and_texts_are_still_there() -> None:
    places = {(field.owner, field.name) for field in FIELDS}
    assert set(ROWS_OF_NUMBERS) <= places
    assert set(TEXTS) <= places
    assert set(SUMS_OVER_PEOPLE) - {("StageTimes", "track_ms")} <= places


def test_the_one_row_of_numbers_is_bounded_where_it_is_made() -> None:
    with pytest.raises(ValueError, match="128 sums of 32 bits"):
        DaySketch(date(2026, 1, 1), (0,) * 12_288, 1)


def test_the_page_of_the_data_flow_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_page(), (
        "the types have changed: run .venv/bin/python scripts/data_flow.py --write"
    )
