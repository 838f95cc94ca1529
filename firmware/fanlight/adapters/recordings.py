"""Recorded positions in text files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.recordings import parse
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from pathlib import Path

    from fanlight.domain.recordings import Recording

LARGEST_BYTES = 512 * 1024 * 1024


def read_recording(path: Path) -> Recording:
    """Read a file of recorded positions in whichever of the known formats it is.

    Raises:
        Rejected: there is no such file, it is no text, or one of its lines is malformed; the
            message names file, line and what was expected there.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise Rejected("recording", f"{path} is larger than {LARGEST_BYTES >> 20} MiB")
        return parse(path.read_text(encoding="utf-8").splitlines())
    except FileNotFoundError as error:
        raise Rejected("recording", f"{path} does not exist; check the path") from error
    except OSError as error:
        raise Rejected("recording", f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Rejected("recording", f"{path} is not a text file") from error
    except ValueError as error:
        raise Rejected("recording", f"{path}: {error}") from error
