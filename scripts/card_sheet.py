# ruff: noqa: INP001 - a program, not a package
"""Set-up cards drawn for paper and screens."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

import segno
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.setup_card import SetupCard

DOTS_A_MM = 300 / 25.4
CARD_MM = (148, 210)
"""A5: on it the code is 120 mm wide, which a wide-angle camera reads at arm's length."""
CODE_MM = 120
MARGIN_MM = 14
PAGES_AT_ONCE = 50
FONTS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")
"""Tried in this order; Pillow's own has no letters beyond ASCII."""


@dataclass(frozen=True)
class DrawnCard:
    """A card and the text of its code."""

    card: SetupCard
    text: str

    @property
    def code(self) -> segno.QRCode:
        """The code, with a quarter of it allowed to be unreadable at most (level M)."""
        return segno.make(self.text, error="m", boost_error=False, micro=False)

    @property
    def lines(self) -> tuple[str, ...]:
        """What a person reads beside the code; no password."""
        card = self.card
        until = datetime.fromtimestamp(card.expires_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
        first_login = card.secrets.first_login if card.secrets else ""
        rows = (
            f"{card.shop or 'Fanlight'}: {card.door}",
            f"Wi-Fi: {card.wifi_name}" if card.wifi_name else "",
            f"LTE: {card.lte_apn}" if card.lte_apn else "",
            f"Receiver: {card.uplink_url}" if card.uplink_url else "",
            f"Only for device {card.device_id}" if card.device_id else "",
            f"First log-in: {first_login}" if first_login else "",
            f"Valid until {until}, once. Keep it like a key.",
        )
        return tuple(filter(None, rows))


def png(drawn: DrawnCard) -> bytes:
    """Draw one card of A5 at 300 dots an inch."""
    out = io.BytesIO()
    _picture(drawn).save(out, "PNG", dpi=(300, 300), optimize=True)
    return out.getvalue()


def pdf(cards: Sequence[DrawnCard]) -> bytes:
    """Draw one page of A5 for each card, in black and white without loss; few at a time."""
    out = io.BytesIO()
    for start in range(0, len(cards), PAGES_AT_ONCE):
        first, *others = (
            _picture(drawn).convert("1", dither=Image.Dither.NONE)
            for drawn in cards[start : start + PAGES_AT_ONCE]
        )
        first.save(
            out, "PDF", resolution=300, save_all=True, append_images=others, append=start > 0
        )
    return out.getvalue()


def svg(drawn: DrawnCard) -> str:
    """Draw one card as SVG, in millimetres."""
    width, height = CARD_MM
    modules = drawn.code.symbol_size(border=4)[0]
    scale = CODE_MM / modules
    dark = " ".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(drawn.code.matrix_iter(border=4))
        for x, bit in enumerate(row)
        if bit
    )
    first = MARGIN_MM + CODE_MM + 9
    words = "".join(
        f'<text x="{MARGIN_MM}" y="{first + 8 * place}" font-size="5">{escape(line)}</text>'
        for place, line in enumerate(drawn.lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f'<g transform="translate({MARGIN_MM} {MARGIN_MM}) scale({scale:.5f})">'
        f'<path d="{dark}" shape-rendering="crispEdges"/></g>{words}</svg>\n'
    )


def terminal(drawn: DrawnCard) -> str:
    """Draw one card with half blocks."""
    out = io.StringIO()
    drawn.code.terminal(out, compact=True, border=4)
    return out.getvalue() + "\n".join(drawn.lines) + "\n"


def _picture(drawn: DrawnCard) -> Image.Image:
    size = tuple(round(mm * DOTS_A_MM) for mm in CARD_MM)
    picture = Image.new("L", (size[0], size[1]), 255)
    modules = drawn.code.symbol_size(border=4)[0]
    scale = int(CODE_MM * DOTS_A_MM / modules)
    code = io.BytesIO()
    drawn.code.save(code, kind="png", scale=scale, border=4)
    margin = round(MARGIN_MM * DOTS_A_MM)
    picture.paste(Image.open(code).convert("L"), (margin, margin))
    ink, y = ImageDraw.Draw(picture), margin + scale * modules + 60
    for place, line in enumerate(drawn.lines):
        ink.text((margin, y), line, fill=0, font=_letters(72 if place == 0 else 48))
        y += 110 if place == 0 else 74
    return picture


def _letters(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
