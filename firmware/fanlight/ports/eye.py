"""The eye: the sealed room as the rest of the device sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fanlight.domain.moment import Moment


class Eye(Protocol):
    """Looks at one frame at a time; pixels stay inside."""

    async def look(self) -> Moment | None:
        """Look at the newest frame and return what happened; None once a recording has ended.

        Raises:
            Transient: no frame within the deadline, or one that could not be used.
            Gone: the camera or the accelerator must be reopened.
        """

    async def finish(self) -> Moment | None:
        """Settle what is still open at the lines and return it, if there is any; look no more.

        Raises:
            Gone: the room does not answer, or has been closed.
        """

    async def reopen(self) -> None:
        """Close and open source and accelerator again; tracks are dropped.

        Raises:
            Gone: the source is still not there.
        """

    async def close(self) -> None:
        """Scrub and release everything; harmless when already closed."""
