"""Hourly totals over HTTP: an aiohttp sub-application that a till may POST to.

    POST /totals    Authorization: Bearer TOKEN
    {"totals": [{"hour_utc": "2025-03-30T01Z", "transactions": 12}]}

The schema knows two keys; a body with any other is refused whole.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from aiohttp import web

from fanlight.adapters.http_server import serve_app
from fanlight.domain.allowance import Allowance
from fanlight.domain.hours import UtcHour
from fanlight.domain.till import RefusedTotals, gathered
from fanlight.ports.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from fanlight.domain.till import Booked

LARGEST_BODY_BYTES: Final = 64 * 1024
REQUESTS_A_MINUTE: Final = 30


class SentTotal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The transactions of one hour of UTC, such as 2025-03-30T01Z."""

    hour_utc: str
    transactions: Annotated[int, msgspec.Meta(ge=0)]


class SentTotals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a till sends."""

    totals: Annotated[tuple[SentTotal, ...], msgspec.Meta(min_length=1, max_length=1000)]


def till_app(
    book: Callable[[Mapping[UtcHour, int]], Awaitable[Booked]],
    token: str,
    now_s: Callable[[], float],
) -> web.Application:
    """Return the sub-application; `book` stores totals without blocking the loop.

    Answers 200 with what changed, 400 for a body that is no totals, 401 without the token, 413
    for a large body, 429 above 30 requests a minute (wrong tokens included), and 503 where the
    storage cannot take it now.
    """
    allowance = Allowance(REQUESTS_A_MINUTE, now_s())

    async def take(request: web.Request) -> web.Response:
        if not allowance.spend(now_s()):
            return _says(429, "too many requests; send once an hour", {"Retry-After": "60"})
        if not _holds_token(request, token):
            return _says(401, "the bearer token is missing or wrong")
        try:
            booked = await book(_read(await _body(request)))
        except RefusedTotals as error:
            return _says(400, str(error))
        except (Fault, TimeoutError) as error:
            return _says(503, f"not stored, send it again later: {error}")
        changed = {"new": booked.new, "corrected": booked.corrected, "known": booked.known}
        return web.json_response(changed)

    app = web.Application()
    app.router.add_post("/totals", take)
    return app


async def serve(app: web.Application, bind: str, port: int) -> None:
    """Serve the sub-application under /till until cancelled.

    Raises:
        Gone: the address cannot be bound.
    """
    whole = web.Application()
    whole.add_subapp("/till", app)
    await serve_app(whole, "till", bind, port)


async def _body(request: web.Request) -> bytes:
    """Read a body of the size that totals have; the whole server's limit may be a larger one."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > LARGEST_BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(LARGEST_BODY_BYTES, len(body))
    return bytes(body)


def _holds_token(request: web.Request, token: str) -> bool:
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return hmac.compare_digest(sent, token.encode())


def _read(body: bytes) -> dict[UtcHour, int]:
    try:
        sent = msgspec.json.decode(body, type=SentTotals)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RefusedTotals(
            f"{error}; send hours and totals only: receipts, customers, products and amounts "
            "have no place here"
        ) from error
    return gathered(_lines(sent))


def _lines(sent: SentTotals) -> Iterator[tuple[str, UtcHour, int]]:
    for index, each in enumerate(sent.totals):
        try:
            hour = UtcHour.parse(each.hour_utc)
        except ValueError as error:
            raise RefusedTotals(f"totals[{index}]: {error}") from error
        yield f"totals[{index}]", hour, each.transactions


def _says(status: int, words: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response({"error": words}, status=status, headers=headers)
