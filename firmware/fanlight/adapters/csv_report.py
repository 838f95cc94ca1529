"""A report as comma-separated values, for spreadsheets and tills."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from fanlight.domain.report import report_to_plain

if TYPE_CHECKING:
    from typing import TextIO

    from fanlight.domain.report import Report

_COUNTS = (
    *("in", "out", "u_turns", "passed_in", "passed_out", "visits", "dwell_ms"),
    *("peak_occupancy", "coverage", "seen_s", "frames", "skipped", "pixel_budget_breaches"),
)
_ESTIMATES = ("full_hour_in", "full_hour_out")
COLUMNS = (
    *("hour_utc", "hour_local", "kind", "place", "segment", "state", *_COUNTS, "degraded_s"),
    *(f"{estimate}_{bound}" for estimate in _ESTIMATES for bound in ("low", "best", "high")),
)


def write_csv(report: Report, out: TextIO) -> None:
    """Write one line an hour and place; without data the counts are empty and `state` says so.

    Hours that wait for their clock follow, with the boot's hour in place of UTC. `degraded_s` is
    written as `cause=seconds` with semicolons between.
    """
    plain = report_to_plain(report)
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for hour in plain["hours"]:
        writer.writerow(_line(hour, hour["hour"], hour["local"], _state(hour)))
    for row in plain["unplaced"]:
        name = f"boot {row['boot']} hour {row['boot_hour']}"
        writer.writerow(_line(row, name, "", "time unknown"))


def _state(hour: dict[str, Any]) -> str:
    if hour["counts"] is None:
        return "no data"
    return "going on" if hour["going_on"] else "counted"


def _line(row: dict[str, Any], hour: str, local: str, state: str) -> dict[str, Any]:
    line: dict[str, Any] = {
        "hour_utc": hour,
        "hour_local": local,
        "kind": row["kind"],
        "place": _cell(row["place"]),
        "segment": row["segment"],
        "state": state,
    }
    counts = row["counts"] or {}
    line |= {name: counts[name] for name in _COUNTS if name in counts}
    degraded = counts.get("degraded_s", {})
    line["degraded_s"] = ";".join(f"{cause}={s:g}" for cause, s in sorted(degraded.items()))
    for name in _ESTIMATES:
        if estimate := row.get(name):
            line |= {f"{name}_{bound}": value for bound, value in estimate.items()}
    return line


def _cell(name: str | None) -> str | None:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{name}" if name and name[0] in "=+-@" else name
