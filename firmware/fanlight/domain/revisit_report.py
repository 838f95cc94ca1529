"""What the device says of returning visitors, with the privacy that it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fanlight.domain.privacy_budget import DELTA, best_auc
from fanlight.domain.revisit_estimate import LEVEL
from fanlight.domain.revisit_guards import Retention, answer
from fanlight.domain.revisit_visitors import LeastVisitors, least_visitors
from fanlight.domain.revisits import RING_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fanlight.domain.privacy_budget import Noise
    from fanlight.domain.revisit_estimate import Kernel
    from fanlight.domain.revisit_series import Series


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """Answers for each lag, a lower bound of different visitors, and what they rest on.

    `mu_ring` is for somebody who came on every day of the ring and the live one, `mu_window` for
    somebody who came on every day that the answers rest on.
    """

    retention: Retention
    visitors: LeastVisitors | None
    noise: Noise
    mu_ring: float
    mu_window: float
    dropped: tuple[tuple[str, str], ...]


def retention_report(series: Series, kernel: Kernel, lags: Sequence[int]) -> RetentionReport:
    """Report a series as it stands."""
    found = answer(series.revisits, kernel, lags)
    noise = series.key.noise
    return RetentionReport(
        found,
        least_visitors(series.revisits, kernel, noise),
        noise,
        noise.mu * (RING_DAYS + 1) ** 0.5,
        noise.mu * found.days**0.5,
        tuple(
            (facts.day.isoformat(), facts.dropped.value)
            for facts in series.revisits.days
            if facts.dropped is not None
        ),
    )


def retention_to_plain(report: RetentionReport) -> dict[str, Any]:
    """Say a report in strings, numbers, lists and dicts; a share that is not said is null."""
    found = report.retention
    return {
        "lags": [
            {
                "lag_days": each.lag,
                "share": None if each.share is None else round(each.share.best, 4),
                "low": None if each.share is None else round(each.share.low, 4),
                "high": None if each.share is None else round(each.share.high, 4),
                "not_enough_data_because": each.because or None,
            }
            for each in found.answers
        ],
        "interval": f"{LEVEL:.0%}, widened",
        "valid_days": found.days,
        "days_left_out": found.left_out,
        "dropped_days": [{"day": day, "because": because} for day, because in report.dropped],
        "mean_visits": round(found.mean_visits, 1),
        "different_visitors_at_least": _visitors_to_plain(report.visitors),
        "privacy": {
            "epsilon_per_visit": round(report.noise.epsilon, 2),
            "delta": DELTA,
            "sigma": report.noise.sigma,
            "mu_per_visit": round(report.noise.mu, 3),
            "best_attack_auc_per_visit": round(best_auc(report.noise.mu), 3),
            "mu_daily_regular_ring": round(report.mu_ring, 2),
            "mu_daily_regular_window": round(report.mu_window, 2),
        },
    }


def _visitors_to_plain(visitors: LeastVisitors | None) -> dict[str, int] | None:
    if visitors is None:
        return None
    return {"people": visitors.least, "visits": visitors.visits, "days": visitors.days}
