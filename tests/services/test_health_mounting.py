"""Field problem 13: a low ceiling counts people twice; the height is asked for and checked."""

from __future__ import annotations

import pytest

from fanlight.app.compose_people import ground_plane
from fanlight.app.config import parse_config
from fanlight.domain.ground_plane import GroundPlane, Lens
from fanlight.domain.moment import Cause
from fanlight.ports.errors import ConfigError
from fanlight.services.health.finding import Verdict
from fanlight.services.health.mounting import check_mounting, check_statures


def hung(height_m: float, field_deg: float = 66.0) -> GroundPlane:
    return GroundPlane.of_picture(height_m, 0.0, Lens(field_deg), 640, 480)


def test_field_13_a_ceiling_too_low_for_the_lens_is_a_warning() -> None:
    assert check_mounting(hung(2.2)).verdict is Verdict.WARN
    assert "1.0 m wide" in check_mounting(hung(2.2)).says
    assert check_mounting(hung(2.2, field_deg=102.0)).verdict is Verdict.OK
    assert check_mounting(hung(2.9)).verdict is Verdict.OK


def test_field_13_the_height_is_asked_for() -> None:
    finding = check_mounting(ground_plane(parse_config(b"", "x"), 1.0, 1.0))
    assert (finding.verdict, "mount.height_m" in finding.advice) == (Verdict.OK, True)


@pytest.mark.parametrize(
    ("cause", "words"),
    [(Cause.BODIES_TOO_LARGE, "hangs lower"), (Cause.BODIES_TOO_SMALL, "hangs higher")],
)
def test_field_13_people_of_an_odd_height_are_a_finding(cause: Cause, words: str) -> None:
    finding = check_statures({cause, Cause.TOO_DARK})
    assert (finding.verdict, words in finding.advice) == (Verdict.WARN, True)
    assert check_statures({Cause.TOO_DARK}).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[mount]\nheight_m=2.9", "`mount.tilt_deg` and `mount.field_deg` must be given"),
        ("[classes]\nby_height=true", "needs `mount.height_m`"),
        ("[opening]\nmon=['09:00-09:61']", "`opening.mon[0]`"),
        ("[staff.hours]\nsun=['xx']", "staff.hours.sun[0]"),
        ("[classes]\nminimum_count=2", ">= 3"),
        ("[staff]\nzones=[{name='door',corners=[[0,0],[1,1],[1,0]]}]", "unique"),
    ],
)
def test_facts_that_do_not_go_together_are_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text.encode(), "door.toml")
    assert words in str(caught.value)
