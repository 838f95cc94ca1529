"""What really happened in a rendered recording: boxes, heads, crossings, U-turns."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.render.camera import Camera
    from models.render.cast import Figure
    from models.render.scene import Doorway

U_TURN_S = 1.5
FRAME_TOLERANCE = 6
LEAST_SIDE_PX = 8.0


@dataclass(slots=True)
class Track:
    """One person's way over the picture, one row a frame, in px.

    A row is x1, y1, x2, y2 of the body with what it carries, cut at the picture's border, then
    x, y of the top of the head, which may lie outside.
    """

    name: str
    frames: list[int] = field(default_factory=list)
    rows: list[np.ndarray] = field(default_factory=list)

    def centres(self) -> np.ndarray:
        """Return the boxes' centres, (n, 2) px."""
        boxes = np.array(self.rows)[:, :4]
        return (boxes[:, :2] + boxes[:, 2:]) / 2.0

    def lengths(self) -> np.ndarray:
        """Return the roots of the boxes' areas, (n,) px."""
        boxes = np.array(self.rows)[:, :4]
        return np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))


@dataclass(frozen=True, slots=True)
class Meeting:
    """Somebody's box centre went over the line, first seen beyond it in `frame`."""

    frame: int
    direction: str
    name: str


class Notebook:
    """Notes every frame's people and tells what it adds up to."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._tracks: dict[str, Track] = {}

    def note(self, frame: int, figures: list[Figure]) -> None:
        """Note where everybody is in a frame."""
        for figure in figures:
            box = self._box(figure)
            if box is None:
                continue
            track = self._tracks.setdefault(figure.name, Track(figure.name))
            head = self._camera.project(figure.head_top()[None])[0]
            track.frames.append(frame)
            track.rows.append(np.concatenate([box, np.nan_to_num(head, nan=-1.0)]))

    def tracks(self) -> list[Track]:
        """Return everybody who was ever visible, in order of appearance."""
        return list(self._tracks.values())

    def _box(self, figure: Figure) -> np.ndarray | None:
        """Return x1, y1, x2, y2 px within the picture, or None when too little is left."""
        pixels = self._camera.project(figure.points())
        pixels = pixels[~np.isnan(pixels).any(axis=1)]
        if not len(pixels):
            return None
        size = (self._camera.width_px, self._camera.height_px)
        low = np.clip(pixels.min(axis=0), 0.0, size)
        high = np.clip(pixels.max(axis=0), 0.0, size)
        return np.concatenate([low, high]) if (high - low).min() >= LEAST_SIDE_PX else None


def meetings(track: Track, line_px: np.ndarray, band: float = 0.0) -> list[Meeting]:
    """Return every time the track's box centre goes over the segment, in order.

    Half-open: a centre on the line is on its right-hand (in) side already. A centre nearer to the
    line than `band` body lengths (root of the box's area) is on neither side for sure: it has
    crossed once it is clear on the other side, at the last time that it was on the line.
    """
    start, along = line_px[:2], line_px[2:] - line_px[:2]
    away = track.centres() - start
    depth = along[0] * away[:, 1] - along[1] * away[:, 0]
    inside = depth >= 0.0
    found = []
    for row in _settled(inside, np.abs(depth) >= band * track.lengths() * np.hypot(*along)):
        share = depth[row - 1] / (depth[row - 1] - depth[row])
        at = away[row - 1] + share * (away[row] - away[row - 1])
        if 0.0 <= at @ along <= along @ along:
            direction = "in" if inside[row] else "out"
            found.append(Meeting(track.frames[row], direction, track.name))
    return found


def _settled(inside: np.ndarray, clear: np.ndarray) -> list[int]:
    """Return the rows at which a change of side began that was clear in the end."""
    rows: list[int] = []
    home: bool | None = None
    for row in np.flatnonzero(clear).tolist():
        if home is not None and inside[row] != home:
            rows.append(int(np.flatnonzero(inside[: row + 1] == home)[-1]) + 1)
        home = bool(inside[row])
    return rows


def split_u_turns(
    found: list[Meeting], fps: int
) -> tuple[list[Meeting], list[tuple[Meeting, Meeting]]]:
    """Return crossings and U-turns: there and back within U_TURN_S is no crossing."""
    crossings: list[Meeting] = []
    turns: list[tuple[Meeting, Meeting]] = []
    for meeting in found:
        last = crossings[-1] if crossings else None
        back = last is not None and meeting.direction != last.direction
        if last is not None and back and meeting.frame - last.frame <= U_TURN_S * fps:
            turns.append((crossings.pop(), meeting))
        else:
            crossings.append(meeting)
    return crossings, turns


def summary(doorway: Doorway, tracks: list[Track], about: dict[str, object]) -> dict[str, object]:
    """Return the truth of a recording, ready for JSON; `about` is put first."""
    camera = doorway.camera
    scale = np.array([camera.width_px, camera.height_px] * 2)
    line_px = np.array(doorway.line) * scale
    crossings: list[Meeting] = []
    turns: list[tuple[Meeting, Meeting]] = []
    for track in tracks:
        done, back = split_u_turns(meetings(track, line_px), doorway.fps)
        crossings += done
        turns += back
    crossings.sort(key=lambda crossing: crossing.frame)
    return about | {
        "fps": doorway.fps,
        "width": camera.width_px,
        "height": camera.height_px,
        "frames": round(doorway.duration_s * doorway.fps),
        "camera": {
            "height_m": camera.height_m,
            "tilt_deg_from_straight_down": camera.tilt_deg,
            "horizontal_field_deg": camera.hfov_deg,
            "barrel": camera.barrel,
            "distance_to_door_m": -camera.y_m,
        },
        "line": list(doorway.line),
        "direction_definition": "in = moving DOWN in the image (towards the camera, into the "
        "shop): to the right of a walk along the line; out = moving UP.",
        "reference_point": "centre of the body's box with what it carries, cut at the picture's "
        "border; hidden parts count as well; a centre on the line is on the in side",
        "frame_tolerance": FRAME_TOLERANCE,
        "crossings": [
            {"frame": crossing.frame, "dir": crossing.direction, "who": crossing.name}
            for crossing in crossings
        ],
        "totals": {
            way: sum(crossing.direction == way for crossing in crossings) for way in ("in", "out")
        },
        "u_turns": [
            {"frame": there.frame, "back": back.frame, "dir": there.direction, "who": there.name}
            for there, back in sorted(turns, key=lambda turn: turn[0].frame)
        ],
        "optional_crossings": [],
    }


def track_lines(tracks: list[Track]) -> str:
    """Return the tracks as JSON text, one person a line.

    Rows are of consecutive frames in rounded pixels, null where nothing of the person shows.
    """
    body = ",\n".join(json.dumps(_person(track), separators=(",", ":")) for track in tracks)
    columns = '["x1","y1","x2","y2","head_x","head_y"]'
    return f'{{"unit":"px","columns":{columns},"people":[\n{body}\n]}}\n'


def _person(track: Track) -> dict[str, object]:
    first, last = track.frames[0], track.frames[-1]
    rows: list[list[int] | None] = [None] * (last - first + 1)
    for frame, row in zip(track.frames, track.rows, strict=True):
        rows[frame - first] = np.rint(row).astype(int).tolist()
    return {"who": track.name, "first_frame": first, "rows": rows}
