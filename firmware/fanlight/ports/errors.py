"""Every error that Fanlight raises on purpose.

FanlightError                what went wrong, where, and what to do
|-- ConfigError              a configuration names path, value and rule
`-- Fault(part)              a part of the device fails
    |-- Transient            trying again soon may help (a time-out, a dropped frame)
    |   `-- Full             there is no room for it
    |-- Gone                 the part must be reopened or replaced (unplugged, closed, ended)
    `-- Rejected             trying again cannot help (a broken file, a wrong model, a bad key)
"""

from __future__ import annotations


class FanlightError(Exception):
    """Something a person can understand and act on; str() says what, where and what to do."""


class ConfigError(FanlightError):
    """A configuration is unusable; str() names its path, the value and the rule."""


class Fault(FanlightError):
    """A part of the device fails: `part` is its name in the configuration."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(f"{part}: {message}")
        self.part = part


class Transient(Fault):
    """Trying the same call again soon may help."""


class Full(Transient):
    """There is no room; the same call helps once something has been removed."""


class Gone(Fault):
    """The part must be reopened before it can help again."""


class Rejected(Fault):
    """Trying again cannot help: the input itself is wrong."""
