# ruff: noqa: INP001 - a part of a program, not a package
"""What can go wrong between a device and a collector, done to real requests on loopback."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

KEPT_BACK = 12


class Weather(StrEnum):
    """What becomes of a request; CLEAR is no trouble at all."""

    CLEAR = "clear"
    LOST = "request lost"
    ANSWER_LOST = "answer lost"
    TWICE = "delivered twice"
    LATE = "delivered later, after newer ones"
    BROKEN = "server error"
    BUSY = "service unavailable, with a time to wait"
    RESET = "connection reset in mid-answer"
    SLOW = "an answer that never ends"
    PORTAL = "a captive portal's page"
    TOO_LARGE = "too large for a proxy"


class BadWeather:
    """Stands before an application and troubles a share of its requests, by a seeded chance."""

    def __init__(self, app: Any, chance: random.Random, share: float) -> None:  # noqa: ANN401
        self._app = app
        self._chance = chance
        self.share = share
        self._kept_back: list[tuple[Message, bytes]] = []
        self.seen: dict[Weather, int] = dict.fromkeys(Weather, 0)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request through, or not."""
        if scope["type"] != "http" or not scope["path"].endswith("/dispatches"):
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        weather = Weather.CLEAR
        if self._chance.random() < self.share:
            weather = self._chance.choice([each for each in Weather if each is not Weather.CLEAR])
        self.seen[weather] += 1
        await self._happen(weather, scope, body, send)

    async def deliver_late(self) -> None:
        """Deliver what was kept back, the newest first."""
        while self._kept_back:
            await self._through(*self._kept_back.pop(), _nowhere)

    async def _happen(self, weather: Weather, scope: Message, body: bytes, send: Send) -> None:
        if weather is Weather.CLEAR:
            await self._through(scope, body, send)
        elif weather is Weather.TWICE:
            await self._through(scope, body, _nowhere)
            await self._through(scope, body, send)
        elif weather is Weather.LATE:
            self._kept_back.append((scope, body))
            if len(self._kept_back) > KEPT_BACK:
                await self.deliver_late()
            await _say(send, 503, b"")
        elif weather is Weather.ANSWER_LOST:
            await self._through(scope, body, _nowhere)
            await _cut(send)
        elif weather is Weather.LOST:
            await _cut(send)
        else:
            await self._misbehave(weather, scope, body, send)

    async def _misbehave(self, weather: Weather, scope: Message, body: bytes, send: Send) -> None:
        if weather is Weather.BROKEN:
            await _say(send, self._chance.choice([500, 502, 504]), b"oops")
        elif weather is Weather.BUSY:
            await _say(send, 503, b"", (b"retry-after", b"120"))
        elif weather is Weather.PORTAL:
            await _say(send, 200, b"<html>Welcome! Please accept our terms.</html>")
        elif weather is Weather.TOO_LARGE:
            await _say(send, 413 if len(body) > 1500 else 502, b"")
        elif weather is Weather.RESET:
            await self._through(scope, body, _nowhere)
            await _begin(send, 5000)
            await send({"type": "http.response.body", "body": b'{"stored"', "more_body": True})
            await _cut(send)
        else:
            await _begin(send, 5000)
            for _ in range(40):
                await send({"type": "http.response.body", "body": b" ", "more_body": True})
                await asyncio.sleep(0.05)

    async def _through(self, scope: Message, body: bytes, send: Send) -> None:
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return given.pop() if given else {"type": "http.disconnect"}

        await self._app(dict(scope), receive, send)


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _begin(send: Send, length: int, *headers: tuple[bytes, bytes], status: int = 200) -> None:
    told = [(b"content-length", str(length).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})


async def _say(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    await _begin(send, len(body), *headers, status=status)
    await send({"type": "http.response.body", "body": body})


async def _cut(_send: Send) -> None:
    """End the connection without another byte: the server does so when its application fails."""
    raise ConnectionResetError


async def _nowhere(_message: Message) -> None:
    """Swallow an answer."""
