"""The floor map as a drawing: cells of half a metre, and no people."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

from fanlight.domain.journeys import CELL_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fanlight.domain.journeys import Cell

CELL_PX: Final = 24
MARGIN_PX: Final = 40
_PALE, _DEEP = (236, 244, 250), (8, 48, 107)


def floor_svg(person_s: Mapping[Cell, float], title: str) -> str:
    """Return an SVG of person-seconds by cell, seen from above with the camera's way up.

    Cells that are not shown are blank. A circle marks the point of the floor below the lens.
    """
    columns = [x for x, _ in person_s] + [0]
    rows = [y for _, y in person_s] + [0]
    left, right, near, far = min(columns), max(columns) + 1, min(rows), max(rows) + 1
    width, height = (right - left) * CELL_PX + 2 * MARGIN_PX, (far - near) * CELL_PX
    most = max(person_s.values(), default=1.0)
    drawn = [
        _cell(x - left, far - 1 - y, seconds, most) for (x, y), seconds in sorted(person_s.items())
    ]
    lens_x, lens_y = MARGIN_PX - left * CELL_PX, MARGIN_PX + far * CELL_PX
    scale_y = MARGIN_PX + height + 16
    metre = round(CELL_PX / CELL_M)
    size = f'width="{width}" height="{height + 2 * MARGIN_PX}"'
    legend = f"1 m; darkest {most:.0f} person-seconds; circle: below the lens"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">',
            f"<title>{_escaped(title)}</title>",
            '<rect width="100%" height="100%" fill="white"/>',
            f'<text x="{MARGIN_PX}" y="24" font-size="14">{_escaped(title)}</text>',
            *drawn,
            f'<circle cx="{lens_x}" cy="{lens_y}" r="5" fill="none" stroke="#c0392b"/>',
            f'<path d="M{MARGIN_PX} {scale_y}h{metre}" stroke="black"/>',
            f'<text x="{MARGIN_PX + metre + 6}" y="{scale_y + 4}" font-size="11">{legend}</text>',
            "</svg>",
            "",
        ]
    )


def _cell(column: int, row: int, seconds: float, most: float) -> str:
    depth = sqrt(seconds / most) if most else 0.0
    red, green, blue = (
        round(pale + (deep - pale) * depth) for pale, deep in zip(_PALE, _DEEP, strict=True)
    )
    x, y = MARGIN_PX + column * CELL_PX, MARGIN_PX + row * CELL_PX
    return (
        f'<rect x="{x}" y="{y}" width="{CELL_PX}" height="{CELL_PX}" '
        f'fill="rgb({red},{green},{blue})"><title>{seconds:.0f} s</title></rect>'
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
