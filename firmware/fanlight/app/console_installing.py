"""What the console gives an installer: set-up mode, aiming view, walk test, sizes and advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fanlight.app.compose import counting_lines
from fanlight.app.compose_people import ground_plane
from fanlight.app.config import ClipCamera
from fanlight.app.console_upkeep import rerun_soon
from fanlight.app.station import Reason
from fanlight.domain.geometry import Point
from fanlight.domain.setup_mode import Arming
from fanlight.domain.sizing import NETWORK_PX, mounting_advice, person_outline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fanlight.app.config import Config
    from fanlight.app.station import Station
    from fanlight.domain.aim import AimView
    from fanlight.domain.line_suggestion import LineSuggestion
    from fanlight.domain.moment import TrackPoint
    from fanlight.domain.walk_test import WalkVerdict
    from fanlight.ports.clock import Clock
    from fanlight.services.aiming import Aiming
    from fanlight.services.learning import Learning
    from fanlight.services.walking import Walking

Plain = dict[str, Any]
PICTURE_PX = (640, 480)
"""The size of a picture that the configuration does not tell, such as a clip's."""


class ConsoleInstalling:
    """See console/desk.py."""

    def __init__(  # noqa: PLR0913, PLR0917 - what an installer works with
        self,
        config: Config,
        station: Station,
        clock: Clock,
        aiming: Aiming,
        walking: Walking,
        learning: Learning,
    ) -> None:
        self._config = config
        self._station = station
        self._clock = clock
        self._aiming = aiming
        self._walking = walking
        self._learning = learning

    def status(self) -> Plain:
        """Return whether set-up mode is armed, for how long, and what became of the last card."""
        mode, now_ns = self._station.setup_mode, self._clock.monotonic_ns()
        news = self._station.news
        told = {"trouble": news.trouble and str(news.trouble), "says": news.says} if news else None
        return {"armed": mode.armed(now_ns), "left_s": mode.left_s(now_ns), "news": told}

    def arm(self) -> None:
        """Arm set-up mode."""
        self._station.setup_mode.arm(self._clock.monotonic_ns(), Arming.CONSOLE)
        rerun_soon(self._station, Reason.SETUP_ARMED)

    def finish(self) -> None:
        """End set-up mode."""
        self._station.setup_mode.disarm()
        rerun_soon(self._station, Reason.SETUP_ENDED)

    def view(self, account: str) -> AimView | None:
        """Return the aiming view, None where there is none."""
        return self._aiming.view(account) if self._is_armed() else None

    def tracks(self) -> tuple[TrackPoint, ...]:
        """Return where the anonymous tracks are, in set-up mode alone."""
        return self._aiming.tracks if self._is_armed() else ()

    def outline(self, x: float, y: float) -> Plain | None:
        """Return how big a person at a place should look."""
        wide, high = self._size()
        plane = ground_plane(self._config, wide, high)
        found = None if plane is None else person_outline(plane, Point(x, y))
        if found is None:
            return None
        corners = [[corner.x, corner.y] for corner in found.corners]
        return {"corners": corners, "cut": found.cut}

    def advice(self) -> Sequence[Plain]:
        """Return what is not well about mounting and lines."""
        wide, high = self._size()
        plane = ground_plane(self._config, wide, high)
        if plane is None:
            return []
        lines = counting_lines(self._config.lines)
        return [
            {"code": str(each.code), "facts": _facts(each.facts)}
            for each in mounting_advice(plane, lines)
        ]

    def suggestions(self) -> Sequence[Plain]:
        """Return better lines."""
        return [_suggestion(each) for each in self._learning.suggestions()]

    def begin_walk(self) -> None:
        """Begin a walk test."""
        self._walking.begin()

    def walk(self) -> Plain | None:
        """Return what the walk test has counted."""
        progress = self._walking.progress
        return None if progress is None else {"ins": progress.ins, "outs": progress.outs}

    def end_walk(self, walked_in: int, walked_out: int) -> Plain | None:
        """End the walk test and return its verdict."""
        verdict = self._walking.end(walked_in, walked_out)
        return None if verdict is None else _verdict(verdict)

    def _is_armed(self) -> bool:
        return self._station.setup_mode.armed(self._clock.monotonic_ns())

    def _size(self) -> tuple[float, float]:
        """Return the picture's size in px of a network that looks at all of it."""
        camera = self._config.camera
        wide_px, high_px = PICTURE_PX
        if not isinstance(camera, ClipCamera):
            wide_px, high_px = camera.width_px, camera.height_px
        return NETWORK_PX, NETWORK_PX * high_px / wide_px


def _suggestion(each: LineSuggestion) -> Plain:
    line = each.line
    return {
        "name": line.name,
        "start": [round(line.start.x, 3), round(line.start.y, 3)],
        "end": [round(line.end.x, 3), round(line.end.y, 3)],
        "gain": each.gain,
        "low": each.low,
        "high": each.high,
        "walks": each.walks,
    }


def _verdict(verdict: WalkVerdict) -> Plain:
    return {
        "outcome": str(verdict.outcome),
        "share_at_least": verdict.share_at_least,
        "ways": [
            {"direction": str(way.direction), "walked": way.walked, "counted": way.counted}
            for way in verdict.ways
        ],
        "advice": [str(each) for each in verdict.advice],
    }


def _facts(facts: Mapping[str, float | str]) -> str:
    """Write facts in one line."""
    return ", ".join(
        f"{name} {round(value, 2) if isinstance(value, float) else value}"
        for name, value in facts.items()
    )
