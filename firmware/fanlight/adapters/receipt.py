"""A picture without people: line, direction, anonymous paths and counts per minute."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from fanlight.domain.crossings import Crossing, Direction, UTurn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from fanlight.domain.crossings import Event
    from fanlight.domain.geometry import CountingLine

PAPER, INK, FAINT, SCENE = "#fbfaf6", "#22282c", "#8a9499", "#eceae2"
IN_COLOUR, OUT_COLOUR, TURN_COLOUR, STILL_COLOUR = "#00857c", "#d9731a", "#8b5fbf", "#b9b7ad"
SCALE = 2
SCENE_WIDTH, MARGIN, CHART_HEIGHT, HEADER_HEIGHT = 720, 28, 150, 92

Path2D = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What a receipt shows: lines and paths as fractions of the picture, events, and headline."""

    title: str
    aspect: float
    duration_s: float
    lines: Sequence[CountingLine]
    paths: Mapping[int, Path2D]
    events: Sequence[Event] = field(default_factory=tuple)
    footnote: str = ""

    def count(self, direction: Direction) -> int:
        """Return the crossings one way."""
        return sum(isinstance(e, Crossing) and e.direction is direction for e in self.events)

    @property
    def u_turns(self) -> int:
        """Return the number of U-turns."""
        return sum(isinstance(event, UTurn) for event in self.events)


def write_receipt(facts: ReceiptFacts, path: Path) -> None:
    """Draw the receipt and write it as a picture file.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file's ending is no picture format.
    """
    sheet = Sheet(facts)
    sheet.header()
    sheet.scene()
    sheet.chart()
    sheet.image.resize((sheet.width, sheet.height), Image.Resampling.LANCZOS).save(path)


class Sheet:
    """The drawing in progress, at twice its final size for smooth edges."""

    def __init__(self, facts: ReceiptFacts) -> None:
        self.facts = facts
        self.scene_height = round(SCENE_WIDTH / facts.aspect)
        self.width = SCENE_WIDTH + 2 * MARGIN
        self.height = HEADER_HEIGHT + self.scene_height + CHART_HEIGHT + 3 * MARGIN
        self.image = Image.new("RGB", (self.width * SCALE, self.height * SCALE), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def header(self) -> None:
        """Write title, totals and footnote."""
        self.text((MARGIN, MARGIN), self.facts.title, 20, INK)
        self.text((MARGIN, MARGIN + 34), self.facts.footnote, 12, FAINT)
        x = float(self.width - MARGIN)
        turns = self.facts.u_turns
        totals = (
            (f"{turns} U-turn{'' if turns == 1 else 's'}", TURN_COLOUR),
            (f"{self.facts.count(Direction.OUT)} out", OUT_COLOUR),
            (f"{self.facts.count(Direction.IN)} in", IN_COLOUR),
        )
        for words, colour in totals:
            x -= self.text((x, MARGIN - 4), words, 24, colour, anchor="ra") + 22

    def scene(self) -> None:
        """Draw paths and lines on an empty floor."""
        left, top = MARGIN, HEADER_HEIGHT + MARGIN // 2
        box = (left, top, left + SCENE_WIDTH, top + self.scene_height)
        self.draw.rectangle([c * SCALE for c in box], fill=SCENE)
        colours = self._colours_of_tracks()
        for track, path in sorted(self.facts.paths.items(), key=lambda item: item[0] in colours):
            points = [self._on_sheet(x, y) for x, y in path]
            if len(points) > 1:
                colour = colours.get(track, STILL_COLOUR)
                self.draw.line(points, fill=colour, width=2 * SCALE, joint="curve")
                x, y = points[-1]
                r = 3 * SCALE
                self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
        for line in self.facts.lines:
            self._counting_line(line)

    def chart(self) -> None:
        """Draw counts per minute: in upward, out downward."""
        left, right = MARGIN, self.width - MARGIN
        top = HEADER_HEIGHT + self.scene_height + 2 * MARGIN - 6
        base = top + CHART_HEIGHT // 2
        minutes = max(1, math.ceil(self.facts.duration_s / 60))
        ups, downs = self._per_minute(Direction.IN), self._per_minute(Direction.OUT)
        most = max([*ups.values(), *downs.values(), 1])
        half = (CHART_HEIGHT - 70) / 2
        step = (right - left) / minutes
        self.text((left, top - 8), "counts per minute", 12, FAINT)
        for minute in range(minutes):
            middle, half_bar = left + (minute + 0.5) * step, min(step * 0.4, 30)
            x1, x2 = middle - half_bar, middle + half_bar
            up, down = ups.get(minute, 0) / most * half, downs.get(minute, 0) / most * half
            self._bar((x1, base - up, x2, base), IN_COLOUR, ups.get(minute, 0), above=True)
            self._bar((x1, base, x2, base + down), OUT_COLOUR, downs.get(minute, 0), above=False)
        axis = [left * SCALE, base * SCALE, right * SCALE, base * SCALE]
        self.draw.line(axis, fill=FAINT, width=SCALE)
        self.text((left, top + CHART_HEIGHT - 18), "0 min", 12, FAINT)
        self.text((right, top + CHART_HEIGHT - 18), f"{minutes} min", 12, FAINT, anchor="ra")

    def text(
        self, at: tuple[float, float], words: str, size: int, colour: str, anchor: str = "la"
    ) -> float:
        """Write words and return their width."""
        font = ImageFont.load_default(size * SCALE)
        place = (at[0] * SCALE, at[1] * SCALE)
        self.draw.text(place, words, fill=colour, font=font, anchor=anchor)
        return float(self.draw.textlength(words, font=font)) / SCALE

    def _bar(
        self, box: tuple[float, float, float, float], colour: str, count: int, *, above: bool
    ) -> None:
        if count:
            self.draw.rectangle([c * SCALE for c in box], fill=colour)
            middle = (box[0] + box[2]) / 2
            y = box[1] - 2 if above else box[3] + 2
            self.text((middle, y), str(count), 12, colour, "mb" if above else "mt")

    def _per_minute(self, direction: Direction) -> dict[int, int]:
        counts: dict[int, int] = {}
        for event in self.facts.events:
            if isinstance(event, Crossing) and event.direction is direction:
                minute = int(event.at_ns / 60e9)
                counts[minute] = counts.get(minute, 0) + 1
        return counts

    def _colours_of_tracks(self) -> dict[int, str]:
        colours = {}
        for event in self.facts.events:
            if isinstance(event, UTurn):
                colours[event.track] = TURN_COLOUR
            elif isinstance(event, Crossing):
                is_in = event.direction is Direction.IN
                colours[event.track] = IN_COLOUR if is_in else OUT_COLOUR
        return colours

    def _on_sheet(self, x: float, y: float) -> tuple[float, float]:
        left, top = MARGIN, HEADER_HEIGHT + MARGIN // 2
        return (left + x * SCENE_WIDTH) * SCALE, (top + y * self.scene_height) * SCALE

    def _counting_line(self, line: CountingLine) -> None:
        """Draw the line, and an arrow from its middle to the side that is *in*."""
        start, end = (
            self._on_sheet(line.start.x, line.start.y),
            self._on_sheet(line.end.x, line.end.y),
        )
        self.draw.line([start, end], fill=INK, width=3 * SCALE)
        length = math.dist(start, end)
        ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        nx, ny = -uy, ux
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        reach, wing = 34 * SCALE, 9 * SCALE
        tip = (middle[0] + nx * reach, middle[1] + ny * reach)
        self.draw.line([middle, tip], fill=INK, width=3 * SCALE)
        neck = (tip[0] - nx * wing * 1.4, tip[1] - ny * wing * 1.4)
        barbs = [(neck[0] + ux * s, neck[1] + uy * s) for s in (wing, -wing)]
        self.draw.polygon([tip, *barbs], fill=INK)
        label = ((tip[0] + nx * 14 * SCALE) / SCALE, (tip[1] + ny * 14 * SCALE) / SCALE)
        self.text(label, "in", 14, INK, "mm")
