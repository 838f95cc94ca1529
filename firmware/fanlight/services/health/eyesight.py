"""Camera, model and accelerator, tried for real: a few looks through the sealed room."""

from __future__ import annotations

import statistics
from contextlib import closing
from typing import TYPE_CHECKING, Protocol

from fanlight.domain.moment import Cause
from fanlight.ports.errors import FanlightError
from fanlight.services.health.finding import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.domain.moment import Moment

LOOKS = 5
NOT_TRIED = Finding("accelerator", Verdict.WARN, "not tried without a frame", "mend the camera")


class Room(Protocol):
    """A sealed room, as far as a check needs one."""

    def look(self) -> Moment | None:
        """Look at one frame."""

    def close(self) -> None:
        """Release everything."""


def check_eyesight(open_room: Callable[[], Room]) -> list[Finding]:
    """Open the sealed room and look a few times; one finding each for camera and accelerator."""
    try:
        with closing(open_room()) as room:
            looks = [room.look() for _ in range(LOOKS)]
            moments = [moment for moment in looks if moment is not None]
    except FanlightError as error:
        says = str(error).removeprefix("camera: ")
        return [Finding("camera", Verdict.FAIL, says, "then try again"), NOT_TRIED]
    if not moments:
        advice = "check the recording's path, or the camera's cable"
        return [Finding("camera", Verdict.FAIL, "no frame came", advice), NOT_TRIED]
    return [_camera(moments), _accelerator(moments)]


def _camera(moments: list[Moment]) -> Finding:
    if not any(moment.sighted for moment in moments):
        advice = "take off the lens cap; put light on the door"
        return Finding("camera", Verdict.FAIL, "it gives frames, but sees nothing", advice)
    lifetime_ms = statistics.median(moment.pixel_lifetime_ms for moment in moments)
    says = f"sees; a picture lives {lifetime_ms:.1f} ms"
    if any(Cause.PIXEL_BUDGET in moment.causes for moment in moments):
        advice = "longer than privacy.pixel_lifetime_budget_ms: check load and temperature"
        return Finding("camera", Verdict.WARN, says, advice)
    return Finding("camera", Verdict.OK, says)


def _accelerator(moments: list[Moment]) -> Finding:
    infer_ms = statistics.median(moment.stages.infer_ms for moment in moments)
    says = f"{infer_ms:.1f} ms a look"
    causes = {cause for moment in moments for cause in moment.causes}
    if Cause.ACCELERATOR_FALLBACK in causes:
        advice = "the Edge TPU did not answer: replug it, check power and its driver"
        return Finding("accelerator", Verdict.WARN, f"on the processor, {says}", advice)
    if Cause.ACCELERATOR_SLOW_LINK in causes:
        advice = "put the Edge TPU on a blue USB 3 port"
        return Finding("accelerator", Verdict.WARN, f"on a USB 2 link, {says}", advice)
    return Finding("accelerator", Verdict.OK, says)
