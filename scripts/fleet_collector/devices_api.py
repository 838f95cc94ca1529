"""What devices call: enrolment and dispatches. docs/operating/report-format.md is its contract."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import APIRouter, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import OperationalError
from starlette.responses import JSONResponse

from fleet_collector.store import Blocked, Spent, Unknown
from fleet_collector.wire import (
    LARGEST_PACKED_BYTES,
    NotADispatch,
    TooLarge,
    is_signed_by,
    read_dispatch,
    read_public_key,
    unpacked,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fanlight.domain.dispatch import Dispatch
    from fleet_collector.signer import Signer
    from fleet_collector.store import Store
    from fleet_collector.wire import Arrived

log = logging.getLogger("collector")

JSON_BODY = {"requestBody": {"required": True, "content": {"application/json": {}}}}


class Enrolment(msgspec.Struct, frozen=True):
    """What a device says of itself when it enrols."""

    public_key: str
    token: Annotated[str, msgspec.Meta(min_length=20, max_length=200)]
    door: Annotated[str, msgspec.Meta(max_length=80)] = ""


def devices_api(store: Store, signer: Signer, now_s: Callable[[], float]) -> APIRouter:
    """Return the routes; every answer is JSON."""
    router = APIRouter(prefix="/api/v1", tags=["devices"])

    @router.post("/devices", openapi_extra=JSON_BODY, responses={401: {}, 409: {}, 413: {}})
    async def enrol(request: Request) -> JSONResponse:
        """Make a device known by a token that was made here."""
        try:
            asked = msgspec.json.decode(await _read(request), type=Enrolment)
            key = read_public_key(asked.public_key)
        except (msgspec.MsgspecError, UnicodeDecodeError, NotADispatch) as error:
            raise HTTPException(400, str(error)) from error
        try:
            done = await run_in_threadpool(store.enrol, key, asked.token, asked.door, int(now_s()))
        except Unknown as error:
            raise HTTPException(401, "the token is wrong or too old; make a new one") from error
        except Spent as error:
            raise HTTPException(409, "another device used this token") from error
        answer = {"device": done.device, "receiver_key": signer.public_key}
        return JSONResponse(answer, 201 if done.new else 200)

    @router.post(
        "/dispatches", openapi_extra=JSON_BODY, responses={401: {}, 403: {}, 413: {}, 503: {}}
    )
    async def take(request: Request) -> JSONResponse:
        """Store a signed dispatch, and name what is stored."""
        try:
            arrived = read_dispatch(await _read(request))
        except NotADispatch as error:
            raise HTTPException(400, str(error)) from error
        try:
            await run_in_threadpool(_keep, store, arrived, int(now_s()))
        except Unknown as error:
            raise HTTPException(401, "this device is not enrolled, or did not sign this") from error
        except Blocked as error:
            raise HTTPException(403, "this device is blocked") from error
        except OperationalError as error:
            log.warning("the database refuses: %s", type(error.orig).__name__)
            raise HTTPException(503, "not stored; send it again", {"Retry-After": "60"}) from error
        message = arrived.dispatch
        told = {"stored": _names(message), "refused": []}
        return JSONResponse(told | {"time": signer.time(message.nonce, round(now_s() * 1000))})

    return router


def _keep(store: Store, arrived: Arrived, now_s: int) -> None:
    if not is_signed_by(arrived, store.public_key(arrived.dispatch.device)):
        raise Unknown
    store.keep(arrived, now_s)


def _names(message: Dispatch) -> dict[str, list[dict[str, Any]]]:
    return {
        "hours": [{"hour": each.hour, "revision": each.revision} for each in message.hours],
        "unplaced": [{"boot": each.boot, "boot_hour": each.boot_hour} for each in message.unplaced],
    }


async def _read(request: Request) -> bytes:
    """Read a body of bounded size and undo its encoding."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_PACKED_BYTES:
            raise HTTPException(413, "larger than a dispatch can be; send fewer hours")
    try:
        return unpacked(bytes(body), request.headers.get("content-encoding", ""))
    except TooLarge as error:
        raise HTTPException(413, "larger than a dispatch can be; send fewer hours") from error
    except NotADispatch as error:
        raise HTTPException(400, str(error)) from error
