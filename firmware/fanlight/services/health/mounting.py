"""Whether the camera hangs high enough, and as the configuration says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fanlight.domain.moment import Cause
from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

    from fanlight.domain.ground_plane import GroundPlane

SHOULDERS_M: Final = 1.4
LEAST_WIDTH_M: Final = 1.2
OVERHEAD_DEG: Final = 35.0


def check_mounting(plane: GroundPlane | None) -> Finding:
    """Judge the mounting facts by themselves: from too low, one person fills the picture."""
    if plane is None:
        return Finding(
            "mounting",
            Verdict.OK,
            "not measured",
            "give mount.height_m, mount.tilt_deg and mount.field_deg: then heights, the floor map "
            "and this check are told",
        )
    says = f"{plane.height_m:g} m up, {plane.tilt_deg:g} degrees from straight down"
    width_m = 2.0 * (plane.height_m - SHOULDERS_M) * plane.lens.tan_half_field
    if plane.tilt_deg <= OVERHEAD_DEG and width_m < LEAST_WIDTH_M:
        return Finding(
            "mounting",
            Verdict.WARN,
            f"{says}: at shoulder height the picture is only {max(width_m, 0.0):.1f} m wide",
            "hang the camera higher or use a wider lens; one person may count as two",
        )
    return Finding("mounting", Verdict.OK, says)


def check_statures(causes: Collection[Cause]) -> Finding:
    """Judge the mounting facts by how tall people look, from what the last Moment suffered."""
    if Cause.BODIES_TOO_LARGE in causes:
        says, nearer = "people look taller than people are", "lower"
    elif Cause.BODIES_TOO_SMALL in causes:
        says, nearer = "people look smaller than people are", "higher"
    else:
        return Finding("mounting", Verdict.OK, "nothing speaks against height and tilt")
    return Finding(
        "mounting",
        Verdict.WARN,
        says,
        f"measure again: the lens hangs {nearer} than mount.height_m, or mount.tilt_deg or "
        "mount.field_deg is wrong",
    )
