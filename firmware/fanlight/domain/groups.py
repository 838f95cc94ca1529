"""Arrival groups: people who come in close together in time and place, such as a family.

A till counts the family once, so conversion per arrival group compares like with like. Nothing
links the members: each entry only asks whether another one was near it, and adds to two counters.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fanlight.domain.events import Crossing, Direction

if TYPE_CHECKING:
    from fanlight.domain.events import Event


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """Who came in together.

    An entry follows another when it comes at most `within_ns` after it and at most `apart` body
    widths beside it. `set_back_ns` is how far back the same question is asked once more, for the
    answer that chance alone gives.
    """

    within_ns: int = 2_500_000_000
    apart: float = 4.0
    set_back_ns: int = 30_000_000_000


@dataclass(frozen=True, slots=True)
class Followed:
    """Whether an entry follows one just before it, and whether it would follow one long before."""

    really: bool
    by_chance: bool


class Followers:
    """Tells of each entry over one line whether it follows another.

    Remembers the times and places of the entries of the last half minute and nothing else.
    """

    def __init__(self, settings: GroupSettings = GroupSettings()) -> None:
        self._settings = settings
        self._recent: list[tuple[int, float]] = []

    def entry(self, at_ns: int, along: float = 0.0) -> Followed:
        """Take an entry, `along` the line in body widths; the times may come out of order."""
        settings = self._settings
        oldest_ns = at_ns - settings.set_back_ns - settings.within_ns
        self._recent = [entry for entry in self._recent if entry[0] >= oldest_ns]
        followed = Followed(
            really=self._near(at_ns, along),
            by_chance=self._near(at_ns - settings.set_back_ns, along),
        )
        insort(self._recent, (at_ns, along))
        return followed

    def _near(self, at_ns: int, along: float) -> bool:
        settings = self._settings
        return any(
            at_ns - settings.within_ns <= before_ns <= at_ns
            and abs(place - along) <= settings.apart
            for before_ns, place in self._recent
        )


class GroupCounter:
    """Asks `Followers` of each line; one of these serves a whole site."""

    def __init__(self, settings: GroupSettings = GroupSettings()) -> None:
        self._settings = settings
        self._lines: dict[str, Followers] = {}

    def followed(self, event: Event) -> Followed | None:
        """Tell of an entry whether it follows another; None for everything that is no entry."""
        if not isinstance(event, Crossing) or event.direction is not Direction.IN:
            return None
        line = self._lines.setdefault(event.line, Followers(self._settings))
        return line.entry(event.at_ns, event.along)


def groups_of(entries: float, followers: float, chance_followers: float) -> float | None:
    """Return how many groups came, from the entries and how many of them followed another.

    Strangers follow each other by chance. The first of a group comes at no special time, so it
    follows as often as an entry would follow a window of the same length set back by half a
    minute: followers = entries - groups (1 - chance_followers / entries). (The method of delayed
    windows for accidental coincidences: Reilly, Ensslin and Smith, Passive Nondestructive Assay of
    Nuclear Materials, 1991, chapter 16.) None where chance explains everything, so that nothing
    can be said; never more groups than entries, and at least one if anybody came.
    """
    if entries <= 0:
        return 0.0
    alone = 1.0 - chance_followers / entries
    if alone <= 0.05:
        return None
    return min(entries, max(1.0, (entries - followers) / alone))
