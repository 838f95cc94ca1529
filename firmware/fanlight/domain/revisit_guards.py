"""When the device says a returning share, and when it says why it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fanlight.domain.revisit_estimate import FREE_LAGS, Fit, Kernel, Share, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.revisits import DayFacts, Revisits

LEAST_VISITS = 100
LEAST_COVERAGE = 0.5
WINDOW_DAYS = 84
SHORT_DAYS, BUSY_VISITS = 28, 500
QUIET_VISITS = 200
WIDEST_HALF = 0.10
MOST_DRIFT = 0.06
PLACEBO_ERRORS = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What may be said about one lag: a share with its interval, or the reason why not."""

    lag: int
    share: Share | None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """The answers for the lags on offer, the days that they rest on, and the days left out."""

    answers: tuple[Answer, ...]
    days: int
    left_out: int
    mean_visits: float


def answer(revisits: Revisits, kernel: Kernel, lags: Sequence[int]) -> Retention:
    """Answer for each lag from the newest 84 days of a series, or say why not.

    Raises:
        ValueError: a lag is not one that the regression leaves free.
    """
    for lag in lags:
        if lag not in FREE_LAGS:
            raise ValueError(f"lag {lag} is not on offer; choose from {FREE_LAGS}")
    newest = _newest(revisits.days)
    valid = [facts for facts in newest if is_valid(facts)]
    mean = sum(facts.visits or 0 for facts in valid) / len(valid) if valid else 0.0
    doubt = _too_little(len(valid), len(newest) - len(valid), mean)
    found = None if doubt else fit(revisits.pairs, valid, kernel)
    if found is None:
        doubt = doubt or "the days are too scattered: too few lie up to 7 days apart"
    else:
        doubt = _untrue(found)
    answers = tuple(_answer(lag, found, doubt) for lag in lags)
    return Retention(answers, len(valid), len(newest) - len(valid), mean)


def is_valid(facts: DayFacts) -> bool:
    """Whether a day has a sketch, of enough visits and of most of those counted."""
    if facts.dropped is not None or facts.visits is None:
        return False
    return facts.visits >= LEAST_VISITS and facts.coverage >= LEAST_COVERAGE


def _newest(days: Sequence[DayFacts]) -> list[DayFacts]:
    if not days:
        return []
    return [facts for facts in days if (days[-1].day - facts.day).days < WINDOW_DAYS]


def _too_little(days: int, left_out: int, mean: float) -> str:
    """Say why there is too little to begin with, or nothing."""
    if days < SHORT_DAYS:
        return (
            f"only {days} of the {SHORT_DAYS} days needed are valid ({left_out} left out: without "
            f"a sketch, below {LEAST_VISITS} visits, or mostly not embedded)"
        )
    if mean < QUIET_VISITS:
        return f"{mean:.0f} visits a day are too few; at least {QUIET_VISITS} are needed"
    if mean < BUSY_VISITS and days < WINDOW_DAYS:
        return (
            f"with {mean:.0f} visits a day {WINDOW_DAYS} valid days are needed, and there are "
            f"{days}; from {BUSY_VISITS} visits a day on {SHORT_DAYS} would do"
        )
    return ""


def _untrue(found: Fit) -> str:
    """Say why the fit is not to be believed, or nothing."""
    if found.drift > MOST_DRIFT:
        return f"the picture has drifted ({found.drift:.3f}; at most {MOST_DRIFT} can be allowed)"
    if abs(found.placebo) > PLACEBO_ERRORS * found.placebo_error:
        return (
            f"the background is not even: lag 5 stands out by {100 * found.placebo:+.1f} points, "
            f"more than {PLACEBO_ERRORS:g} of its standard errors of "
            f"{100 * found.placebo_error:.1f}"
        )
    return ""


def _answer(lag: int, found: Fit | None, doubt: str) -> Answer:
    if doubt or found is None:
        return Answer(lag, None, doubt)
    share = found.shares[lag]
    if share.half > WIDEST_HALF:
        return Answer(
            lag,
            None,
            f"the interval would be +- {100 * share.half:.0f} points wide; at most "
            f"+- {100 * WIDEST_HALF:.0f} says something",
        )
    return Answer(lag, share)
