"""Charts as SVG, drawn on the device; colours are the style sheet's, numbers are in a table."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 480
HEIGHT: Final = 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 28
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value` None is "no data", `low` and `high` its interval, `beside` a second value.

    `faint` marks what is not complete.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    beside: float | None = None
    faint: bool = False
    title: str = ""


def bar_chart(bars: Sequence[Bar], title: str, no_data: str) -> str:
    """Draw bars with whiskers for their intervals; what was not seen is hatched, never zero."""
    most = max((max(each.high or 0, each.value or 0, each.beside or 0) for each in bars), default=0)
    ticks = ticks_to(most)
    scale = (HEIGHT - _TOP - _BOTTOM) / ticks[-1]
    step = (WIDTH - _LEFT - _RIGHT) / max(len(bars), 1)
    parts = [_head(title), *(_tick(tick, scale) for tick in ticks)]
    every = max(1, round(len(bars) / 8))
    for place, each in enumerate(bars):
        x = _LEFT + place * step
        parts.append(_bar(each, x, step, scale, no_data))
        if place % every == 0:
            parts.append(
                f'<text x="{x + step / 2:.1f}" y="{HEIGHT - 8}" class="label">'
                f"{escape(each.label)}</text>"
            )
    return "".join([*parts, "</svg>"])


def ticks_to(most: float) -> list[float]:
    """Return round numbers from 0 to at least `most`, at most six of them."""
    size = 1.0
    while True:
        for step in _STEPS:
            if 5 * step * size >= most:
                width = step * size
                count = max(1, -int(-most // width))
                return [width * place for place in range(count + 1)]
        size *= 10


def _head(title: str) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">'
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0v6" class="hatch"/></pattern></defs>'
    )


def _tick(tick: float, scale: float) -> str:
    y = HEIGHT - _BOTTOM - tick * scale
    return (
        f'<path d="M{_LEFT} {y:.1f}H{WIDTH - _RIGHT}" class="grid"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" class="tick">{tick:g}</text>'
    )


def _bar(bar: Bar, x: float, step: float, scale: float, no_data: str) -> str:
    floor = HEIGHT - _BOTTOM
    wide, gap = step * 0.72, step * 0.14
    if bar.value is None:
        return (
            f'<rect x="{x + gap:.1f}" y="{_TOP}" width="{wide:.1f}" height="{floor - _TOP}" '
            f'fill="url(#hatch)"><title>{escape(bar.label)}: {escape(no_data)}</title></rect>'
        )
    half = wide / 2 if bar.beside is not None else wide
    kind = "bar faint" if bar.faint else "bar"
    parts = [f"<g><title>{escape(bar.title or bar.label)}</title>"]
    parts.append(_rect(x + gap, half, bar.value * scale, kind))
    if bar.beside is not None:
        parts.append(_rect(x + gap + half, half, bar.beside * scale, kind + " beside"))
    if bar.low is not None and bar.high is not None:
        middle, cap = x + gap + half / 2, min(half / 3, 5)
        high, low = floor - bar.high * scale, floor - bar.low * scale
        parts.append(
            f'<path class="whisker" d="M{middle:.1f} {high:.1f}V{low:.1f}M{middle - cap:.1f} '
            f'{high:.1f}h{2 * cap:.1f}M{middle - cap:.1f} {low:.1f}h{2 * cap:.1f}"/>'
        )
    return "".join([*parts, "</g>"])


def _rect(x: float, width: float, height: float, kind: str) -> str:
    y = HEIGHT - _BOTTOM - height
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
    )
