"""What Home Assistant is told, so that a door shows up there by itself.

Source: Home Assistant, "MQTT discovery": retained messages under `homeassistant/sensor/.../config`.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from fanlight.domain.dispatch import canonical_json
from fanlight.domain.hours import UtcHour

if TYPE_CHECKING:
    from fanlight.domain.dispatch import Dispatch, HourReport, LineFigures

HOUR_MS: Final = 3_600_000
SILENT_AFTER_S: Final = 26 * 3600
"""Longer than any device may keep hours together (`every_h` of its configuration)."""

_SENSORS: Final = (
    ("entries_total", "Entries", "total_entries", "total_increasing", None),
    ("exits_total", "Exits", "total_exits", "total_increasing", None),
    ("entries", "Entries, last hour", "entries", "measurement", None),
    ("exits", "Exits, last hour", "exits", "measurement", None),
    ("seen", "Seen, last hour", "seen_percent", "measurement", "%"),
)

Message = tuple[str, bytes]
"""A topic and what is retained there."""


def slug(name: str) -> str:
    """Return a name that is safe in topics and ids, and another one for every name."""
    safe = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return f"{safe}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def state_topic(prefix: str, device: str, line: str) -> str:
    """Return where the last hour of a line is kept."""
    return f"{prefix}/{device}/line/{slug(line)}/state"


def states(prefix: str, dispatch: Dispatch) -> list[Message]:
    """Return the lines' last hour, if the dispatch holds it.

    Older hours are corrections or late: they must not take the place of a newer one.
    """
    last = _last_hour(dispatch)
    if last is None:
        return []
    return [
        (state_topic(prefix, dispatch.device, line.name), canonical_json(_state(last, line)))
        for line in last.lines
    ]


def discovery(prefix: str, dispatch: Dispatch) -> list[Message]:
    """Return what makes Home Assistant show the lines of a dispatch."""
    lines = sorted({line.name for hour in dispatch.hours for line in hour.lines})
    device = {
        "identifiers": [dispatch.device],
        "name": dispatch.door,
        "manufacturer": "Fanlight",
        "sw_version": dispatch.firmware,
    }
    return [
        _sensor(prefix, dispatch.device, line, device, sensor)
        for line in lines
        for sensor in _SENSORS
    ]


def _last_hour(dispatch: Dispatch) -> HourReport | None:
    if dispatch.utc is None:
        return None
    before = UtcHour.containing(datetime.fromisoformat(dispatch.utc)).plus(-1)
    found = [hour for hour in dispatch.hours if hour.hour == str(before)]
    return max(found, key=lambda hour: hour.revision, default=None)


def _state(hour: HourReport, line: LineFigures) -> dict[str, Any]:
    return {
        "hour": hour.hour,
        "local": hour.local,
        "entries": line.entries,
        "exits": line.exits,
        "entries_range": line.entries_range,
        "exits_range": line.exits_range,
        "total_entries": line.total_entries,
        "total_exits": line.total_exits,
        "seen_percent": min(100, round(100 * line.seen_ms / HOUR_MS)),
    }


def _sensor(
    prefix: str,
    device_id: str,
    line: str,
    device: dict[str, Any],
    sensor: tuple[str, str, str, str, str | None],
) -> Message:
    key, name, field, state_class, unit = sensor
    unique = f"{device_id}_{slug(line)}_{key}"
    told: dict[str, Any] = {
        "name": f"{line}: {name}",
        "unique_id": unique,
        "state_topic": state_topic(prefix, device_id, line),
        "value_template": f"{{{{ value_json.{field} }}}}",
        "state_class": state_class,
        "expire_after": SILENT_AFTER_S,
        "device": device,
    }
    told["unit_of_measurement"] = unit or "people"
    return f"homeassistant/sensor/{device_id}/{slug(line)}_{key}/config", canonical_json(told)
