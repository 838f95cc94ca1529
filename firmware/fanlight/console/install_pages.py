"""The pages of the installer: aiming view, lines, walk test and better lines."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from fanlight.console.asked import share_asked
from fanlight.console.visit import BadForm
from fanlight.ports.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fanlight.console.desk import Plain
    from fanlight.console.visit import Visit
    from fanlight.domain.aim import AimView

KINDS: Final = ("lines", "passing_lines", "zones")
CANVAS_PX: Final = 640
MOST_WALKS: Final = 100


async def install(visit: Visit) -> web.StreamResponse:
    """Show where the camera looks, its lines, and what to do."""
    return draw(visit)


async def arm(visit: Visit) -> web.StreamResponse:
    """Arm set-up mode."""
    visit.desk.installing.arm()
    return web.HTTPSeeOther("/install")


async def finish(visit: Visit) -> web.StreamResponse:
    """End set-up mode."""
    visit.desk.installing.finish()
    return web.HTTPSeeOther("/install")


async def view(visit: Visit) -> web.StreamResponse:
    """Return the aiming view, the tracks, and what the walk test has counted."""
    installing = visit.desk.installing
    seen = installing.view(visit.account)
    return web.json_response(
        {
            "view": view_to_plain(seen) if seen is not None else None,
            "tracks": [[round(each.x, 3), round(each.y, 3)] for each in installing.tracks()],
            "walk": installing.walk(),
        }
    )


async def outline(visit: Visit) -> web.StreamResponse:
    """Return how big a person at a place of the picture should look."""
    found = visit.desk.installing.outline(share_asked(visit, "x"), share_asked(visit, "y"))
    if found is None:
        raise web.HTTPNotFound
    return web.json_response(found)


async def save_lines(visit: Visit) -> web.StreamResponse:
    """Save lines and zones."""
    text = (await visit.form()).get("places", "")
    try:
        await visit.desk.upkeep.change(places_from(text), visit.account)
    except (BadForm, ConfigError) as error:
        why = visit.words("install.bad_places", why=error)
        return draw(visit, trouble=why, places=text, http_status=400)
    return web.HTTPSeeOther("/install")


async def take_suggestion(visit: Visit) -> web.StreamResponse:
    """Put a better line in the place of the one that it was learnt from."""
    name = (await visit.form()).get("name", "")
    lines = visit.desk.upkeep.settings()["lines"]
    for each in visit.desk.installing.suggestions():
        if each["name"] == name:
            better = {"name": name, "start": each["start"], "end": each["end"]}
            changed = [better if line["name"] == name else line for line in lines]
            await visit.desk.upkeep.change({"lines": changed}, visit.account)
    return web.HTTPSeeOther("/install")


async def begin_walk(visit: Visit) -> web.StreamResponse:
    """Begin a walk test."""
    visit.desk.installing.begin_walk()
    return web.HTTPSeeOther("/install")


async def end_walk(visit: Visit) -> web.StreamResponse:
    """End the walk test and show its verdict."""
    form = await visit.form()
    walked = [_walks(form, name) for name in ("walked_in", "walked_out")]
    return draw(visit, verdict=visit.desk.installing.end_walk(*walked))


def draw(
    visit: Visit,
    *,
    http_status: int = 200,
    places: str | None = None,
    **facts: Any,  # noqa: ANN401
) -> web.Response:
    """Draw the page; `places` is what was typed, where it could not be taken."""
    installing, settings = visit.desk.installing, visit.desk.upkeep.settings()
    lines = {kind: settings[kind] for kind in KINDS}
    return visit.page(
        "install",
        http_status=http_status,
        status=installing.status(),
        lines=lines,
        places=json.dumps(lines, indent=1) if places is None else places,
        advice=installing.advice(),
        findings=visit.desk.upkeep.health(),
        suggestions=installing.suggestions(),
        walk=installing.walk(),
        canvas_height=CANVAS_PX * 3 // 4,
        **facts,
    )


def places_from(text: str) -> Plain:
    """Read lines and zones from the form's text; the settings' schema checks the rest.

    Raises:
        BadForm: it is not a JSON object of lists of tables.
    """
    try:
        places = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadForm(f"not JSON: {error}") from error
    if not isinstance(places, dict) or set(places) != set(KINDS):
        raise BadForm(f"an object with {', '.join(KINDS)}")
    for kind, rows in places.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadForm(f"{kind}: a list of objects")
    return places


def view_to_plain(seen: AimView) -> Plain:
    """Say a view in numbers and base64."""
    return {
        "width": seen.width,
        "height": seen.height,
        "bits": base64.b64encode(seen.bits).decode(),
        "blanked": base64.b64encode(seen.blanked).decode(),
        "light": round(seen.light, 3),
        "focus": round(seen.focus, 3),
        "still_share": round(seen.still_share, 3),
    }


def _walks(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "")
    if not text.isdecimal() or len(text) > 3 or int(text) > MOST_WALKS:
        raise BadForm(f"{name}: a number from 0 to {MOST_WALKS}")
    return int(text)
