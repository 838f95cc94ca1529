"""The page of the settings that an owner changes; everything else is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from aiohttp import web

from fanlight.console.visit import BadForm, Said
from fanlight.domain.opening_text import DAYS, opening_from, opening_text
from fanlight.ports.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fanlight.console.desk import Plain
    from fanlight.console.visit import Visit

LANGUAGES = (("en", "English"), ("de", "Deutsch"))
NUMBERS = ("height_m", "tilt_deg", "field_deg")


async def settings(visit: Visit) -> web.StreamResponse:
    """Show the settings."""
    said = None
    if "saved" in visit.request.query:
        said = Said("good", visit.words("settings.saved"))
    return _draw(visit, form_of(visit.desk.upkeep.settings()), said=said)


async def save(visit: Visit) -> web.StreamResponse:
    """Change the settings."""
    form = await visit.form()
    try:
        await visit.desk.upkeep.change(changes_from(form, visit), visit.account)
    except (BadForm, ConfigError) as error:
        sent = dict(form) | {"public_counts": "public_counts" in form}
        shown = form_of(visit.desk.upkeep.settings()) | sent
        return _draw(visit, shown, trouble=str(error), http_status=400)
    return web.HTTPSeeOther("/settings?saved")


def form_of(plain: Plain) -> Plain:
    """Return what the form shows of the settings."""
    mount, console = plain["mount"], plain.get("console") or {}
    week = tuple(tuple(plain["opening"][day]) for day in DAYS)
    return {
        "name": plain["device"]["name"],
        "timezone": plain["device"]["timezone"],
        "language": console.get("language", "en"),
        "public_counts": console.get("public_counts", False),
        "opening": opening_text(week),
        "kind": mount["kind"],
        **{name: "" if mount[name] is None else f"{mount[name]:g}" for name in NUMBERS},
    }


def changes_from(form: Mapping[str, str], visit: Visit) -> Plain:
    """Return what a form changes; the settings' schema checks the rest.

    Raises:
        BadForm: a field cannot be read.
    """
    try:
        week = opening_from(form.get("opening", ""))
    except ValueError as error:
        raise BadForm(f"{visit.words('settings.opening')}: {error}") from error
    numbers = {name: _number(form.get(name, ""), name, visit) for name in NUMBERS}
    return {
        "device": {"name": form.get("name", ""), "timezone": form.get("timezone", "")},
        "console": {
            "language": form.get("language", ""),
            "public_counts": "public_counts" in form,
        },
        "opening": {day: list(spans) for day, spans in zip(DAYS, week, strict=True)},
        "mount": {"kind": form.get("kind", ""), **numbers},
    }


def _draw(visit: Visit, form: Plain, *, http_status: int = 200, **facts: Any) -> web.Response:  # noqa: ANN401
    everything = json.dumps(visit.desk.upkeep.settings(), indent=2, ensure_ascii=False)
    return visit.page(
        "settings",
        http_status=http_status,
        form=form,
        zones=sorted(available_timezones()),
        languages=LANGUAGES,
        everything=everything,
        **facts,
    )


def _number(text: str, name: str, visit: Visit) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        label = visit.words(f"settings.{name}")
        raise BadForm(visit.words("settings.number", name=label)) from None
