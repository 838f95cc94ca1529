"""What the room does for an installer in set-up mode: it reads cards, and shows where it looks.

A text that is no set-up card never leaves the room, whatever else it may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fanlight.domain.setup_card import BadCard, NewerCard, is_card, read_card
from fanlight.domain.setup_rules import CardTrouble
from fanlight.ports.errors import Transient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from fanlight.domain.aim import AimView
    from fanlight.domain.setup_card import SignedCard
    from fanlight.vision.aim import Aim
    from fanlight.vision.card_reader import CardReader
    from fanlight.vision.frame import Frame, Scratch


class SetupDesk:
    """Looks at the frames that the room has on lease; `watched` says whether anybody aims."""

    def __init__(self, reader: CardReader, aim: Aim, watched: Callable[[], bool]) -> None:
        self._reader = reader
        self._aim = aim
        self._watched = watched

    def read(self, frame: Frame, scratch: Scratch) -> SignedCard | CardTrouble | None:
        """Return the set-up card in the picture, or why what looks like one is none."""
        try:
            return card_among(self._reader.read(frame, scratch))
        except Transient:
            return None

    def view(self, frame: Frame, scratch: Scratch, boxes: NDArray[np.float64]) -> AimView | None:
        """Return the view for the installer, without what moves and without people.

        `boxes` (n, 4) are those of people, in px of the frame.
        """
        if not self._watched():
            self._aim.forget()
            return None
        return self._aim.look(frame, scratch, boxes, frame.stamp.at_ns)

    def close(self) -> None:
        """Forget what was seen."""
        self._aim.forget()


def card_among(texts: Iterable[str]) -> SignedCard | CardTrouble | None:
    """Return the first set-up card among texts, else why the last that wants to be one is none."""
    trouble = None
    for text in texts:
        if not is_card(text):
            continue
        try:
            return read_card(text)
        except NewerCard:
            trouble = CardTrouble.NEWER
        except BadCard:
            trouble = CardTrouble.BROKEN
    return trouble
