"""Serving an aiohttp application from the device's loop."""

from __future__ import annotations

import asyncio

from aiohttp import web

from fanlight.ports.errors import Gone


async def serve_app(app: web.Application, part: str, bind: str, port: int) -> None:
    """Serve an application until cancelled; `part` is whose faults are reported.

    Raises:
        Gone: the address cannot be bound.
    """
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, bind, port).start()
        await asyncio.Event().wait()
    except OSError as error:
        raise Gone(part, f"{bind}:{port} cannot be served: {error.strerror}") from error
    finally:
        await runner.cleanup()
