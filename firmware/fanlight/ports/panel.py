"""What a person at the device sees and touches: one lamp and one button."""

from __future__ import annotations

from typing import Protocol

PART = "panel"


class Panel(Protocol):
    """A lamp and a button; where one is missing, nothing is lit and nothing is pressed.

    Raises (light, pressed):
        Gone: it is closed.
        Rejected: the pin does not do what it is told, or the level is none.
    """

    def light(self, level: float) -> None:
        """Light the lamp, 0 (dark) to 1; takes no longer than a write."""

    def pressed(self) -> bool:
        """Whether the button is down at this moment; contacts may bounce."""

    def close(self) -> None:
        """Let the lamp go dark, and lamp and button go; once is enough.

        Raises:
            Rejected: a pin cannot be let go; the others are.
        """
