# ruff: noqa: INP001, T201 - a program that prints, not a package
"""Simulate a shop and see what the re-visit sketch makes of it.

    scripts/study-retention --quick [--json]     the setting that the tests hold, in a minute
    scripts/study-retention [--write]            the whole table, resumed where it was left

All of it is simulation (see retention_scene.py): 128-dimensional vectors, not people at a site.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from retention_attacks import exact_embedding_auc
from retention_scene import Card, Shop, Visits, noised, simulate

from fanlight.domain.privacy_budget import Noise, best_auc
from fanlight.domain.revisit_estimate import REFERENCE_LAGS, Kernel, fit
from fanlight.domain.revisit_guards import answer

REPO = Path(__file__).resolve().parent.parent
KEPT = REPO / "var" / "study-retention.jsonl"
PAGE = REPO / "docs" / "privacy" / "retention-study.md"
SIGMAS = {1: 4.22, 2: 2.23, 4: 1.19, 8: 0.65}
VISITORS = (200, 500, 1000, 5000)
SHARES = (0.05, 0.20, 0.40)
WINDOWS = (28, 84)
REPETITIONS = 13
LAG = 1
ATTACK_DRAWS = 750
MARGIN = 0.02


@dataclass(frozen=True)
class Found:
    """How well a setting's shares were found: in points, and how often the interval held."""

    bias_pp: float
    rmse_pp: float
    coverage: float
    half_pp: float
    published: float
    published_coverage: float | None

    @staticmethod
    def of(trials: list[Judged]) -> Found:
        """Compare estimates with their truths."""
        errors = np.array([trial.best - trial.truth for trial in trials])
        halves = np.array([trial.half for trial in trials])
        holds, told = np.abs(errors) <= halves, np.array([trial.is_published for trial in trials])
        return Found(
            float(100 * errors.mean()),
            float(100 * np.sqrt((errors**2).mean())),
            float(holds.mean()),
            float(100 * np.median(halves)),
            float(told.mean()),
            float(holds[told].mean()) if told.any() else None,
        )


def quick(repetitions: int = 20) -> dict[str, float]:
    """Measure the setting of the tests: N = 500, 84 days, eps 2, true shares 0 and 20 %.

    Bias, RMSE and coverage are those of the worse share.
    """
    found = [accuracy(share, repetitions) for share in (0.0, 0.2)]
    noise, shop = Noise.for_epsilon(2), Shop(np.random.default_rng(7))
    card, randbelow = Card.of_public(shop), Random(7).randrange  # noqa: S311 - to be repeated
    attack = exact_embedding_auc(shop, card, noise, randbelow, ATTACK_DRAWS)
    return {
        "bias_pp": max((each.bias_pp for each in found), key=abs),
        "rmse_pp": max(each.rmse_pp for each in found),
        "coverage": min(each.coverage for each in found),
        "attack_auc": attack,
        "attack_bound": best_auc(1 / noise.sigma) + MARGIN,
    }


def accuracy(share: float, repetitions: int, *, visitors: int = 500, linear: bool = False) -> Found:
    """Simulate 84 days so often, with the noise of eps 2."""
    trials = []
    for seed in range(repetitions):
        trial = Trial.run(visitors, share, seed, linear=linear)
        trials += trial.judged(Noise.for_epsilon(2))
    return Found.of(trials)


@dataclass(frozen=True)
class Judged:
    """One estimate beside its truth, as shares."""

    best: float
    half: float
    truth: float
    is_published: bool


@dataclass(frozen=True)
class Trial:
    """One simulated quarter of a year in a shop, before any noise."""

    visits: Visits
    kernel: Kernel
    seed: int

    @staticmethod
    def run(visitors: int, share: float, seed: int, *, linear: bool = False) -> Trial:
        """Simulate it."""
        shop = Shop(np.random.default_rng([seed, visitors, int(1000 * share)]))
        card = Card.of_public(shop, is_linear=linear)
        visits = simulate(shop, card, visitors, max(WINDOWS), share)
        return Trial(visits, Kernel(card.same - card.different), seed)

    def judged(self, noise: Noise, windows: tuple[int, ...] = (84,)) -> list[Judged]:
        """Estimate from the first so many days under a noise."""
        randbelow = Random(self.seed).randrange  # noqa: S311 - a simulation, to be repeated
        revisits = noised(self.visits, noise, randbelow)
        truth = self.visits.truth
        above = truth[LAG] - float(np.mean([truth[lag] for lag in REFERENCE_LAGS]))
        judged = []
        for days in windows:
            part = replace(revisits, days=revisits.days[:days])
            found = fit(part.pairs, part.days, self.kernel)
            if found is None:
                raise ValueError(f"{days} days do not determine the shares")
            share, said = found.shares[LAG], answer(part, self.kernel, [LAG]).answers[0]
            judged.append(Judged(share.best, share.half, above, said.share is not None))
        return judged


def table(repetitions: int) -> list[dict[str, Any]]:
    """Return the whole table's rows; finished trials are read from where they were kept."""
    trials = _kept_trials()
    for seed, visitors, share in product(range(repetitions), VISITORS, SHARES):
        if (visitors, share, seed) not in trials:
            trials[visitors, share, seed] = _whole_trial(visitors, share, seed)
    rows = []
    for visitors, share, epsilon, days in product(VISITORS, SHARES, SIGMAS, WINDOWS):
        setting = {"visits_a_day": visitors, "share_pp": 100 * share, "eps": epsilon, "days": days}
        judged = [trials[visitors, share, seed][f"{epsilon} {days}"] for seed in range(repetitions)]
        rows.append(setting | asdict(Found.of(judged)))
    return rows


def _whole_trial(visitors: int, share: float, seed: int) -> dict[str, Judged]:
    trial = Trial.run(visitors, share, seed)
    judged = {
        f"{epsilon} {days}": each
        for epsilon, sigma in SIGMAS.items()
        for days, each in zip(WINDOWS, trial.judged(Noise(sigma), WINDOWS), strict=True)
    }
    line = [visitors, share, seed, {key: asdict(each) for key, each in judged.items()}]
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(line) + "\n")
    return judged


def _kept_trials() -> dict[tuple[int, float, int], dict[str, Judged]]:
    trials = {}
    for line in KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []:
        visitors, share, seed, judged = json.loads(line)
        trials[visitors, share, seed] = {key: Judged(**each) for key, each in judged.items()}
    return trials


def as_text(rows: list[dict[str, Any]]) -> str:
    """Say rows as an aligned table."""
    cells = [[_cell(value) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(rows[0], *cells, strict=True)]
    lines = [
        "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True))
        for line in (list(rows[0]), *cells)
    ]
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) and value != int(value) else f"{value:.0f}"


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only the setting of the tests")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--repetitions", type=int, help="simulated shops for each setting")
    parser.add_argument("--write", action="store_true", help=f"renew {PAGE.relative_to(REPO)}")
    given = parser.parse_args()
    if given.quick:
        found = quick(given.repetitions or 20)
        print(json.dumps(found) if given.json else as_text([found]))
        return
    rows = table(given.repetitions or REPETITIONS)
    if given.write:
        PAGE.write_text(as_page(rows, given.repetitions or REPETITIONS), encoding="utf-8")
    print(json.dumps(rows) if given.json else as_text(rows))


def as_page(rows: list[dict[str, Any]], repetitions: int) -> str:
    """Wrap the table into a page that says how it was made."""
    return (
        "# What the re-visit sketch finds, in simulation\n\n"
        "Made by `scripts/study-retention --write`; "
        f"{repetitions} simulated shops a row. It is a simulation "
        "(`scripts/retention_scene.py` says of what), not a site. The planted share is that of "
        "visits followed by another one on the next day; drift 0.03 a day.\n\n"
        "`bias_pp` and `rmse_pp` are in points, `coverage` is how often the interval held the "
        "truth, `half_pp` its median half-width, `published` how often the guards let it pass, and "
        "`published_coverage` how often it held the truth then.\n\n"
        f"```\n{as_text(rows)}\n```\n"
    )


if __name__ == "__main__":
    main()
