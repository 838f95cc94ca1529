"""Serving an aiohttp application from the device's loop."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from aiohttp import web

from fanlight.ports.errors import Gone

if TYPE_CHECKING:
    import ssl

QUIET: Final = logging.getLogger("fanlight.http")
"""Told of every request that is none; what strangers send is not for the device's log."""
QUIET.setLevel(logging.CRITICAL)
HANG_UP_WITHIN_S = 2.0
"""How long those who still listen have at the end."""


async def serve_app(
    app: web.Application, part: str, bind: str, port: int, tls: ssl.SSLContext | None = None
) -> None:
    """Serve an application until cancelled; `part` is whose faults are reported.

    Raises:
        Gone: the address cannot be bound.
    """
    runner = web.AppRunner(app, logger=QUIET, access_log=None, shutdown_timeout=HANG_UP_WITHIN_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, bind, port, ssl_context=tls).start()
        await asyncio.Event().wait()
    except OSError as error:
        raise Gone(part, f"{bind}:{port} cannot be served: {error.strerror}") from error
    finally:
        await runner.cleanup()
