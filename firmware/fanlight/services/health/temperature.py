"""How hot the processor is."""

from __future__ import annotations

from pathlib import Path

from fanlight.services.health.finding import Finding, Verdict

THERMAL = Path("/sys/class/thermal")
WARM_C = 75.0
HOT_C = 82.0


def check_temperature(thermal: Path = THERMAL) -> Finding:
    """Look at the hottest thermal zone of the kernel."""
    hottest_c = hottest_zone_c(thermal)
    if hottest_c is None:
        return Finding("temperature", Verdict.OK, "no sensor on this machine")
    says = f"{hottest_c:.0f} degC"
    if hottest_c >= HOT_C:
        advice = "the processor throttles: give the housing air, shade or a fan"
        return Finding("temperature", Verdict.FAIL, says, advice)
    if hottest_c >= WARM_C:
        return Finding("temperature", Verdict.WARN, says, "clean the vents; check the fan")
    return Finding("temperature", Verdict.OK, says)


def hottest_zone_c(thermal: Path = THERMAL) -> float | None:
    """Return the hottest zone in degrees Celsius, or None where no zone can be read."""
    readings = []
    for zone in thermal.glob("thermal_zone*/temp"):
        try:
            readings.append(int(zone.read_text()) / 1000)
        except (OSError, ValueError):
            continue
    return max(readings, default=None)
