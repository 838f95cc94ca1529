"""Base45 (RFC 9285): bytes in the 45 characters that a QR code stores most tightly."""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}


def to_base45(raw: bytes) -> str:
    """Write bytes: three characters for two of them, two for a last single one."""
    symbols: list[str] = []
    for start in range(0, len(raw), 2):
        pair = raw[start : start + 2]
        rest, low = divmod(int.from_bytes(pair, "big"), 45)
        symbols.append(ALPHABET[low])
        if len(pair) == 2:
            high, middle = divmod(rest, 45)
            symbols += (ALPHABET[middle], ALPHABET[high])
        else:
            symbols.append(ALPHABET[rest])
    return "".join(symbols)


def from_base45(text: str) -> bytes:
    """Read bytes.

    Raises:
        ValueError: the text has another character, another length, or a group that is no byte;
            str() says where, and repeats nothing of the text.
    """
    if len(text) % 3 == 1:
        raise ValueError(f"{len(text)} characters are no base45")
    raw = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        try:
            number = sum(_VALUES[symbol] * 45**place for place, symbol in enumerate(group))
        except KeyError:
            raise ValueError(f"after {start} characters: one that is not of base45") from None
        size = len(group) - 1
        if number >= 256**size:
            raise ValueError(f"after {start} characters: a group that is no {size} bytes")
        raw += number.to_bytes(size, "big")
    return bytes(raw)
