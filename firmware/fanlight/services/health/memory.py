"""Free memory, and the contiguous part of it that the camera needs."""

from __future__ import annotations

from pathlib import Path

from fanlight.services.health.finding import Finding, Verdict

MEMINFO = Path("/proc/meminfo")
LEAST_FREE_MB = 100
LEAST_CMA_MB = 16


def check_memory(meminfo: Path = MEMINFO) -> Finding:
    """Look at free memory and, where the kernel has one, at the free camera memory (CMA)."""
    try:
        lines = meminfo.read_text().splitlines()
        fields = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if ":" in line}
        free_mb = fields["MemAvailable"]
    except (OSError, KeyError, ValueError, IndexError):
        return Finding("memory", Verdict.WARN, f"{meminfo} tells nothing", "check the kernel")
    cma_mb = fields.get("CmaFree") if fields.get("CmaTotal") else None
    says = f"{free_mb} MB free" + ("" if cma_mb is None else f", {cma_mb} MB of camera memory")
    if free_mb < LEAST_FREE_MB:
        return Finding("memory", Verdict.WARN, says, "restart the device; look for other programs")
    if cma_mb is not None and cma_mb < LEAST_CMA_MB:
        advice = "restart the device; raise cma= in the kernel's command line if it comes back"
        return Finding("memory", Verdict.WARN, says, advice)
    return Finding("memory", Verdict.OK, says)
