"""A factory reset: keys, secrets, accounts, settings and counts are erased, whatever happens.

A mark beside the settings says that a reset has begun; whoever starts next finishes it first, so
that a power cut leaves no device that is half somebody's.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fanlight.adapters.disk import Disk
from fanlight.adapters.erasure import PART, erase
from fanlight.app.last_good import last_good_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fanlight.app.settings_file import SettingsFile

log = logging.getLogger(__name__)

NETWORKS: Final = Path("/etc/NetworkManager/system-connections")
OURS: Final = "fanlight "
"""What the names of networks begin with that were joined by this firmware."""
MARK: Final = ".erasing"


def reset(data: Path, settings: SettingsFile, networks: Path = NETWORKS) -> int:
    """Erase everything that this device has become; return how many files were overwritten.

    Raises:
        Transient: something could not be erased; everything else is, and the mark stays.
    """
    disk, mark = Disk(PART), mark_of(settings)
    disk.make_folder(mark.parent)
    disk.replace(mark, str(data.resolve()).encode())
    erased = erase(each for each in _everything(data, settings, networks) if each != mark)
    disk.remove(mark)
    return erased


def finish_reset(settings: SettingsFile, networks: Path = NETWORKS) -> int | None:
    """Finish a reset that has begun; None where none has.

    Raises:
        Transient: as `reset`.
    """
    data = Disk(PART).read(mark_of(settings))
    if data is None:
        return None
    return reset(Path(data.decode(errors="replace")), settings, networks)


def mark_of(settings: SettingsFile) -> Path:
    """Return the file that says that a reset has begun."""
    return settings.path.resolve().with_name(settings.path.name + MARK)


def _everything(data: Path, settings: SettingsFile, networks: Path) -> Iterator[Path]:
    if data.is_dir():
        yield from sorted(data.resolve().iterdir())
    yield settings.path
    yield last_good_path(settings.path)
    if networks.is_dir():
        yield from sorted(networks.glob(f"{OURS}*"))
