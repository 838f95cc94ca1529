"""Where the re-visit series stays between runs: closed days only, never the live sketch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fanlight.domain.revisit_series import Series


class SeriesStore(Protocol):
    """One series. Calls block on storage.

    Raises (every method):
        Transient: the storage cannot take or give it now; nothing stored is lost.
        Rejected: the file is of a newer firmware.
    """

    def read(self) -> Series | None:
        """Return the series last written, None when there is none or it is damaged."""

    def write(self, series: Series) -> None:
        """Store the series in place of the last one, all of it or nothing."""
