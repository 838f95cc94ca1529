"""What network interfaces have carried, as Linux counts it."""

from __future__ import annotations

from pathlib import Path

from fanlight.ports.errors import Gone

PART = "links"


class InterfaceCounters:
    """What interfaces have carried, as Linux counts it; `root` is /sys/class/net."""

    def __init__(self, root: Path = Path("/sys/class/net")) -> None:
        self._root = root

    def carried_bytes(self, interface: str) -> int | None:
        """Return received and sent bytes since the interface came to be, None if it is not there.

        Raises:
            Gone: the interface is there, but is not counted.
        """
        folder = self._root / interface / "statistics"
        try:
            return sum(int((folder / name).read_text()) for name in ("rx_bytes", "tx_bytes"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise Gone(PART, f"{folder}: cannot be read") from error
