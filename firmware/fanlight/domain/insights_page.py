"""Insights in strings, numbers, lists and dicts, ready for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fanlight.domain.figures import Figure, NotEnough

if TYPE_CHECKING:
    from fanlight.domain.figures import Answer
    from fanlight.domain.insights import Balance, Insights
    from fanlight.domain.weekdays import Usual


def insights_to_plain(found: Insights) -> dict[str, Any]:
    """Say insights as plain values; a figure without enough data is its reason, never a zero."""
    return {
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "error_rates_from": found.rates_from,
        "footfall": answer_to_plain(found.footfall),
        "passers_by": answer_to_plain(found.passers_by),
        "attraction": answer_to_plain(found.attraction),
        "conversion": answer_to_plain(found.conversion),
        "conversion_of_groups": answer_to_plain(found.conversion_of_groups),
        "group_size": answer_to_plain(found.group_size),
        "visit_mean_min": answer_to_plain(found.visits.mean_min),
        "visit_median_min": answer_to_plain(found.visits.median_min),
        "visit_90th_min": answer_to_plain(found.visits.ninetieth_min),
        "entries_by_hour_of_day": {
            f"{hour:02}": answer_to_plain(figure) for hour, figure in found.by_hour
        },
        "busiest_hours": [hour for hour, _ in found.busiest],
        "weekday": _usual_to_plain(found.usual),
        "daily_footfall": {day.isoformat(): answer_to_plain(answer) for day, answer in found.daily},
        "occupancy": _balance_to_plain(found.balance),
    }


def answer_to_plain(answer: Answer) -> dict[str, Any]:
    """Say a figure with its interval, or why there is none."""
    if isinstance(answer, NotEnough):
        return {"not_enough_data": answer.because}
    return _figure_to_plain(answer)


def _figure_to_plain(figure: Figure) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "best": _rounded(figure.best),
        "low": _rounded(figure.low),
        "high": _rounded(figure.high),
        "coverage": round(figure.coverage, 4),
        "basis": figure.basis,
    }
    if figure.of is not None:
        plain["numerator"], plain["denominator"] = (_rounded(each) for each in figure.of)
    return plain


def _usual_to_plain(usual: Usual | NotEnough) -> dict[str, Any]:
    if isinstance(usual, NotEnough):
        return {"not_enough_data": usual.because}
    return {
        "day": usual.day.isoformat(),
        "footfall": answer_to_plain(usual.footfall),
        "usual": answer_to_plain(usual.usual),
        "change": answer_to_plain(usual.change),
    }


def _balance_to_plain(balance: Balance) -> dict[str, Any]:
    return {
        "entries": balance.entries,
        "exits": balance.exits,
        "residual": balance.residual,
        "residual_by_day": {day.isoformat(): residual for day, residual in balance.residuals},
        "alarm": balance.alarm,
    }


def _rounded(value: float) -> float:
    return round(value, 4) if abs(value) < 10 else round(value, 1)
