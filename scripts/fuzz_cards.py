# ruff: noqa: INP001 - a program, not a package
"""Feeds the reader of set-up cards what no owner would make: a card or a BadCard, nothing else.

    scripts/fuzz-cards [--seconds 120] [--seed N] [--json] [--unguided]

Each input goes two ways: as the text of a code, and as the JSON of a body that is deflated and put
into an envelope, so that what is behind the compression is reached as well. What is read must be
written as the same text again, and no refusal may repeat what a card says.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
import zlib
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

atheris: Any = None
if __name__ == "__main__" and "--unguided" not in sys.argv:
    with suppress(ImportError):  # a developer's tool that is not for every machine
        import atheris

with atheris.instrument_imports(include=["fanlight.domain"]) if atheris else nullcontext():
    from fanlight.domain.base45 import ALPHABET, to_base45
    from fanlight.domain.setup_card import (
        KEY_BYTES,
        PREFIX,
        SIGNATURE_BYTES,
        BadCard,
        CardSecrets,
        SetupCard,
        card_body,
        card_text,
        is_card,
        read_card,
    )

MARKER = "Kolibri-7731-Fagott"
CARD = SetupCard(
    nonce=7,
    issued_s=1_790_000_000,
    expires_s=1_790_600_000,
    door="Front door",
    shop="Blumen Müller",
    timezone="Europe/Berlin",
    mount="overhead",
    height_m=3.0,
    tilt_deg=0.0,
    field_deg=102.0,
    wifi_name="Laden",
    lte_apn="internet",
    uplink_url="https://counts.example:8443/in",
    opening=(("10:00-13:00", "14:00-18:00"),) * 6 + ((),),
    secrets=CardSecrets(wifi_password=MARKER, lte_pin="1234", first_login="ABCDE-FGH12"),
)
KEY, SIGNATURE = bytes(KEY_BYTES), bytes(SIGNATURE_BYTES)
UNKIND = (
    *(b"NaN", b"-Infinity", b"1e999", b"true", b"null", b"{}", b"[]", b'"\\ud800"', b"9" * 400),
    *(
        b"-0",
        b"[" * 200,
        b"]" * 200,
        b'"\\u0000"',
        b'"\xff"',
        b"\\",
        b'"',
        b",",
        b"0.1",
        b'"a/../b"',
    ),
    *(
        b'"https://["',
        b'"https://a:99999"',
        b'"24:00-25:00"',
        b'"\xd9\xa1\xd9\xa2:00-13:00"',
        b"18446744073709551616",
    ),
)


class Crash(Exception):
    """An outcome that should not be; str() has what was fed, so that it can be fed again."""


@dataclass
class Feeding:
    """What came of all that was fed."""

    outcomes: Counter[str] = field(default_factory=Counter)

    def feed(self, raw: bytes) -> None:
        """Feed one input in both ways.

        Raises:
            Crash: the outcome was neither a card nor a refusal.
        """
        self.read(raw.decode("utf-8", "surrogateescape"))
        squeezer = zlib.compressobj(1, wbits=-15)
        body = squeezer.compress(raw) + squeezer.flush()
        seal_bytes = (b"\x00\x00", b"\x00\x01s")[len(raw) % 2]
        self.read(PREFIX + to_base45(KEY + SIGNATURE + seal_bytes + body))

    def read(self, text: str) -> None:
        """Read one text.

        Raises:
            Crash: the outcome was neither a card nor a refusal.
        """
        try:
            trouble = self._trouble_with(text)
        except Exception as error:
            raise Crash(f"{type(error).__name__}: {error}: {text!r}") from error
        if trouble is not None:
            raise Crash(f"{trouble}: {text!r}")

    def _trouble_with(self, text: str) -> str | None:
        """Return what is wrong with the outcome, None where nothing is."""
        is_card(text)
        try:
            found = read_card(text)
        except BadCard as refusal:
            self.outcomes[type(refusal).__name__] += 1
            told = str(refusal)
            if MARKER in told or refusal.__cause__ is not None or len(told) > 250:
                return "the refusal tells too much"
            return None
        self.outcomes["card"] += 1
        if card_text(found.owner_key, found.signature, found.seal, found.body) != text:
            return "it is written in another way"
        return "a repr holds a secret" if MARKER in repr(found) else None


def seeds() -> list[bytes]:
    """Return valid inputs to begin with: texts of cards, and the JSON of their bodies."""
    bodies = [card_body(CARD, sealed=False), card_body(CARD, sealed=True)]
    texts = [
        card_text(KEY, SIGNATURE, b"", bodies[0]),
        card_text(KEY, SIGNATURE, b"s" * 90, bodies[1]),
    ]
    plain = [zlib.decompress(body, wbits=-15) for body in bodies]
    return [*(text.encode() for text in texts), *plain]


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """Change an input in a few places."""
    changed = bytearray(raw)
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(7):
            case 0:
                changed[place : place + 1] = chance.choice(ALPHABET).encode()
            case 1:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 2:
                del changed[place : place + chance.randrange(1, 40)]
            case 3:
                changed[place:place] = chance.choice(UNKIND)
            case 4:
                end = place + chance.randrange(1, 60)
                changed[end:end] = changed[place:end]
            case 5:
                _replace_value(changed, chance)
            case _:
                del changed[place:]
    return bytes(changed[:6000])


def _replace_value(changed: bytearray, chance: random.Random) -> None:
    """Put an unkind value in the place of one between two commas."""
    commas = [place for place, byte in enumerate(changed) if byte == ord(",")]
    if len(commas) > 1:
        first = chance.randrange(len(commas) - 1)
        changed[commas[first] + 1 : commas[first + 1]] = chance.choice(UNKIND)


def inputs(seed: int) -> Iterator[bytes]:
    """Yield changed cards, the same ones for the same seed; never ends."""
    chance, fed = random.Random(seed), seeds()  # noqa: S311 - reproducible, not secret
    while True:
        raw = mutated(chance.choice(fed), chance)
        if chance.random() < 0.02 and len(fed) < 500:
            fed.append(raw)
        yield raw


def feed_for(seconds: float, seed: int, feeding: Feeding) -> int:
    """Feed changed cards for a while; return how many.

    Raises:
        Crash: as `Feeding.feed`.
    """
    until = time.monotonic() + seconds
    for number, raw in enumerate(inputs(seed)):
        if time.monotonic() >= until:
            return number
        feeding.feed(raw)
    raise AssertionError("the inputs never end")


def guided_for(seconds: float, seed: int, feeding: Feeding, tell: Callable[[int], None]) -> None:
    """Let atheris choose what to feed; it never returns, so this ends the process."""
    number, until = 0, time.monotonic() + seconds
    corpus = Path(tempfile.mkdtemp())

    def end(code: int) -> NoReturn:
        shutil.rmtree(corpus, ignore_errors=True)
        sys.stdout.flush()
        os._exit(code)

    def feed(raw: bytes) -> None:
        nonlocal number
        number += 1
        try:
            feeding.feed(raw)
        except Crash as crash:
            sys.stderr.write(f"{crash}\n")
            end(1)
        if time.monotonic() > until:
            tell(number)
            end(0)

    for place, raw in enumerate(seeds()):
        (corpus / str(place)).write_bytes(raw)
    options = [f"-seed={seed or 1}", "-max_len=4000", "-verbosity=0", str(corpus)]
    atheris.Setup([sys.argv[0], *options], feed)
    atheris.Fuzz()


def main() -> None:
    """Feed, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--unguided", action="store_true", help="Do without atheris.")
    asked = parser.parse_args()
    feeding = Feeding()

    def tell(number: int) -> None:
        guide = "atheris" if atheris else "none"
        told = {"guide": guide, "executions": number, "crashes": 0, **feeding.outcomes}
        words = ", ".join(f"{name} {value}" for name, value in told.items())
        print(json.dumps(told) if asked.json else words)  # noqa: T201 - a program

    if atheris:
        guided_for(asked.seconds, asked.seed, feeding, tell)
    try:
        tell(feed_for(asked.seconds, asked.seed, feeding))
    except Crash as crash:
        sys.exit(f"seed {asked.seed}: {crash}")


if __name__ == "__main__":
    main()
