"""The re-visit series in one guarded file: the ring's sums, pair scalars and the days' facts."""

from __future__ import annotations

import json
import logging
from base64 import b64decode, b64encode
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from fanlight.adapters.disk import Disk
from fanlight.adapters.guarded_file import GuardedFile
from fanlight.domain.revisit_series import Series, SeriesKey
from fanlight.domain.revisits import DayFacts, DaySketch, Dropped, Pair, Revisits
from fanlight.ports.errors import Rejected

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

PART = "retention"
NAME = "retention"


class SeriesFile:
    """See `fanlight.ports.series_store.SeriesStore`; `mend` is for the one process that writes."""

    def __init__(self, folder: Path, *, mend: bool) -> None:
        self._folder = folder
        self._disk = Disk(PART)
        self._file = GuardedFile(folder, NAME, self._disk, _say, mend=mend)

    def read(self) -> Series | None:
        """Return the series last written."""
        data = self._file.read()
        if data is None:
            return None
        try:
            return series_from_plain(json.loads(data))
        except (KeyError, TypeError, ValueError) as error:
            raise Rejected(
                PART,
                f"{self._file.path}: holds what this firmware cannot read ({error!r}); update the "
                "firmware, or move the file away to begin a new series",
            ) from error

    def write(self, series: Series) -> None:
        """Store the series in place of the last one."""
        self._disk.make_folder(self._folder)
        self._file.write(json.dumps(series_to_plain(series), separators=(",", ":")).encode())


def series_to_plain(series: Series) -> dict[str, Any]:
    """Say a series in strings, numbers, lists and dicts; a sketch is 512 bytes in base64."""
    key, revisits = series.key, series.revisits
    return {
        "embedder": key.embedder,
        "epsilon": key.epsilon,
        "seed": key.seed,
        "begun": None if series.begun is None else series.begun.isoformat(),
        "charges": {day.isoformat(): rho for day, rho in series.charges.items()},
        "ring": [
            [sketch.day.isoformat(), sketch.visits, _packed(sketch.sums)]
            for sketch in revisits.ring
        ],
        "pairs": [[pair.day.isoformat(), pair.lag, pair.value] for pair in revisits.pairs],
        "days": [
            [facts.day.isoformat(), facts.visits, facts.entries, facts.dropped]
            for facts in revisits.days
        ],
    }


def series_from_plain(plain: dict[str, Any]) -> Series:
    """Read a series back.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    ring = tuple(
        DaySketch(date.fromisoformat(day), _unpacked(sums), int(visits))
        for day, visits, sums in plain["ring"]
    )
    pairs = tuple(
        Pair(date.fromisoformat(day), int(lag), float(value)) for day, lag, value in plain["pairs"]
    )
    days = tuple(
        DayFacts(
            date.fromisoformat(day),
            None if visits is None else int(visits),
            int(entries),
            None if dropped is None else Dropped(dropped),
        )
        for day, visits, entries, dropped in plain["days"]
    )
    begun = plain["begun"]
    return Series(
        SeriesKey(str(plain["embedder"]), int(plain["epsilon"]), str(plain["seed"])),
        Revisits(ring, pairs, days),
        None if begun is None else date.fromisoformat(begun),
        {date.fromisoformat(day): float(rho) for day, rho in plain["charges"].items()},
    )


def _packed(sums: tuple[int, ...]) -> str:
    return b64encode(np.array(sums, "<i4").tobytes()).decode()


def _unpacked(text: str) -> tuple[int, ...]:
    return tuple(np.frombuffer(b64decode(text, validate=True), "<i4").tolist())


def _say(notice: str) -> None:
    log.warning("retention: %s", notice)
