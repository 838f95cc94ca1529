"""The device's own settings: one TOML file, changed by set-up cards and by the console.

A change is tried in memory against the whole schema first, then takes the file's place at once.
Comments of a person who edits the file stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from fanlight.adapters.disk import Disk
from fanlight.app.config import parse_config, read_config
from fanlight.app.last_good import last_good_path, last_good_text
from fanlight.ports.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fanlight.app.config import Config

PART = "settings"


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A configuration file that the device may change; `factory` is what it begins with."""

    path: Path
    factory: Path | None = None

    def begin(self) -> None:
        """Copy the factory's settings where there are none yet, nor a last good copy of any.

        Raises:
            ConfigError: they cannot be read.
            Transient: the storage cannot take them.
        """
        if self.path.exists() or self.factory is None or self._has_last_good():
            return
        text = read_config(self.factory)
        parse_config(text, str(self.factory))
        disk = Disk(PART)
        disk.make_folder(self.path.parent)
        disk.replace(self.path, text)

    def change(self, changes: Mapping[str, Any]) -> Config:
        """Change tables and write the file; return the new configuration.

        `changes` has whole lists of tables, and tables whose keys replace single keys; None
        removes a key or a table.

        Raises:
            ConfigError: the result would break a rule; nothing is written.
            Transient: the storage cannot take it; the former settings stay.
        """
        text, config = self.changed(changes)
        Disk(PART).replace(self.path, text)
        return config

    def changed(self, changes: Mapping[str, Any]) -> tuple[bytes, Config]:
        """Return what `change` would write, and write nothing.

        Raises:
            ConfigError: the result would break a rule.
        """
        document = self._document()
        for name, change in changes.items():
            _change(document, name, change)
        text = tomlkit.dumps(document).encode()
        return text, parse_config(text, str(self.path))

    def _has_last_good(self) -> bool:
        try:
            last_good_text(last_good_path(self.path))
        except ConfigError:
            return False
        return True

    def _document(self) -> tomlkit.TOMLDocument:
        """Read the file, or else its last good copy: a broken file is not built upon."""
        try:
            text = read_config(self.path)
            parse_config(text, str(self.path))
        except ConfigError:
            text = last_good_text(last_good_path(self.path))
        try:
            return tomlkit.parse(text.decode())
        except (TOMLKitError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.path}: {error}") from error


def _change(document: Any, name: str, change: Any) -> None:  # noqa: ANN401 - TOML's values
    if change is None:
        document.pop(name, None)
    elif isinstance(change, dict):
        if not isinstance(document.get(name), dict):
            inline = isinstance(document, InlineTable)
            document[name] = tomlkit.inline_table() if inline else tomlkit.table()
        for key, value in change.items():
            _change(document[name], key, value)
    elif isinstance(change, list) and change and isinstance(change[0], dict):
        document[name] = _array_of_tables(change)
    else:
        document[name] = change


def _array_of_tables(rows: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - tomlkit's own type
    tables = tomlkit.aot()
    for row in rows:
        table = tomlkit.table()
        for key, value in row.items():
            if value is not None:
                table.add(key, value)
        tables.append(table)
    return tables
