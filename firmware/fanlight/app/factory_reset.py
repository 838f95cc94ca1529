"""What a factory reset erases: keys, secrets, accounts, settings and counts."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fanlight.adapters.erasure import erase
from fanlight.app.last_good import last_good_path

if TYPE_CHECKING:
    from fanlight.app.config import Config
    from fanlight.app.settings_file import SettingsFile

log = logging.getLogger(__name__)

NETWORKS: Final = Path("/etc/NetworkManager/system-connections")
OURS: Final = "fanlight "
"""What the names of networks begin with that were joined by this firmware."""


def reset(config: Config, settings: SettingsFile, networks: Path = NETWORKS) -> int:
    """Erase everything that this device has become; return how many files were overwritten.

    Raises:
        Transient: something could not be erased; everything else is.
    """
    ours = sorted(networks.glob(f"{OURS}*")) if networks.is_dir() else []
    return erase(
        [
            Path(config.device.data_dir),
            settings.path,
            last_good_path(settings.path),
            *ours,
        ]
    )
