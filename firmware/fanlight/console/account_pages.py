"""Coming in and going out, and who may: claim, log-in, accounts and tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from fanlight.console.visit import COOKIE, BadForm, Said
from fanlight.domain.access import LONGEST_S, Refused, Role, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.console.visit import Visit


async def login_form(visit: Visit) -> web.StreamResponse:
    """Show the form of the log-in."""
    if not visit.desk.gate.is_claimed:
        return web.HTTPSeeOther("/claim")
    return visit.page("login", typed="")


async def login(visit: Visit) -> web.StreamResponse:
    """Begin a session."""
    form, gate, address = await visit.form(), visit.desk.gate, visit.address
    name, password = form.get("name", ""), form.get("password", "")
    token = await visit.desk.in_thread(lambda: gate.log_in(name, password, address))
    if isinstance(token, Refused):
        return _refused(visit, "login", token, typed=name)
    return _let_in(token)


async def claim_form(visit: Visit) -> web.StreamResponse:
    """Show the form by which a device gets its owner."""
    if visit.desk.gate.is_claimed:
        return web.HTTPSeeOther("/login")
    status = visit.desk.installing.status()
    return visit.page("claim", typed="", code="", status=status)


async def claim(visit: Visit) -> web.StreamResponse:
    """Make the owner's account."""
    form, gate, address = await visit.form(), visit.desk.gate, visit.address
    code, name, password = (form.get(each, "") for each in ("code", "name", "password"))
    token = await visit.desk.in_thread(lambda: gate.claim(code, name, password, address))
    if isinstance(token, Refused):
        return _refused(
            visit, "claim", token, typed=name, code=code, status=visit.desk.installing.status()
        )
    return _let_in(token)


async def logout(visit: Visit) -> web.StreamResponse:
    """End the session."""
    await visit.desk.in_thread(lambda: visit.desk.gate.log_out(visit.token))
    response = web.HTTPSeeOther("/login")
    response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Strict")
    return response


async def account(visit: Visit) -> web.StreamResponse:
    """Show one's account, and to an owner everybody's."""
    return _draw(visit)


async def change_password(visit: Visit) -> web.StreamResponse:
    """Change one's password."""
    form, gate = await visit.form(), visit.desk.gate
    old, new = form.get("old", ""), form.get("new", "")
    return await _changed(
        visit,
        lambda: gate.change_password(old, new, visit.by, visit.address),
        visit.words("account.changed"),
    )


async def add(visit: Visit) -> web.StreamResponse:
    """Let somebody in."""
    form, gate = await visit.form(), visit.desk.gate
    name, password, role = form.get("name", ""), form.get("password", ""), form.get("role", "")
    if role not in Role.__members__:
        raise BadForm("role: none")
    return await _changed(
        visit,
        lambda: gate.add_account(name, Role[role], password, visit.by),
        visit.words("account.added", name=name),
    )


async def remove(visit: Visit) -> web.StreamResponse:
    """Shut somebody out."""
    name, gate = (await visit.form()).get("name", ""), visit.desk.gate
    words = visit.words("account.removed", name=name)
    return await _changed(visit, lambda: gate.remove_account(name, visit.by), words)


async def make_token(visit: Visit) -> web.StreamResponse:
    """Make an API token and show it, once."""
    fields, gate = await visit.posted(), visit.desk.gate
    chosen = [each for each in Scope if str(each) in fields.getall("scope", [])]
    name = str(fields.get("name", ""))
    token = await visit.desk.in_thread(lambda: gate.make_token(name, chosen, visit.by))
    if isinstance(token, Refused):
        return _draw(visit, trouble=words_of(visit, token), http_status=400)
    return _draw(visit, token=token)


async def revoke_token(visit: Visit) -> web.StreamResponse:
    """End an API token."""
    name, gate = (await visit.form()).get("name", ""), visit.desk.gate
    words = visit.words("account.revoked")
    return await _changed(visit, lambda: gate.revoke_token(name, visit.by), words)


def words_of(visit: Visit, refused: Refused) -> str:
    """Return why it may not be, for a person."""
    words = visit.words(f"reason.{refused.reason.name}")
    if refused.wait_s > 0:
        words += " " + visit.words("problem.wait", seconds=round(refused.wait_s + 0.5))
    return words


async def _changed(
    visit: Visit, change: Callable[[], Refused | None], words: str
) -> web.StreamResponse:
    refused = await visit.desk.in_thread(change)
    if refused is not None:
        return _draw(visit, trouble=words_of(visit, refused), http_status=400)
    return _draw(visit, said=Said("good", words))


def _draw(visit: Visit, *, http_status: int = 200, **facts: Any) -> web.Response:  # noqa: ANN401
    gate, is_owner = visit.desk.gate, visit.by.role >= Role.OWNER
    return visit.page(
        "account",
        http_status=http_status,
        is_owner=is_owner,
        accounts=gate.accounts if is_owner else (),
        tokens=gate.tokens if is_owner else (),
        scopes=[str(each) for each in Scope],
        **facts,
    )


def _refused(visit: Visit, page: str, refused: Refused, **facts: Any) -> web.Response:  # noqa: ANN401
    status = 429 if refused.wait_s > 0 else 403
    answer = visit.page(page, http_status=status, trouble=words_of(visit, refused), **facts)
    if refused.wait_s > 0:
        answer.headers["Retry-After"] = str(round(refused.wait_s + 0.5))
    return answer


def _let_in(token: str) -> web.StreamResponse:
    response = web.HTTPSeeOther("/")
    response.set_cookie(
        COOKIE,
        token,
        path="/",
        secure=True,
        httponly=True,
        samesite="Strict",
        max_age=int(LONGEST_S),
    )
    return response
