# ruff: noqa: INP001, T201 - a program that prints, not a package
"""Simulate a year of shops on real streets and see whether each interval holds the truth.

    scripts/study-year --quick [--json]      one shop, 13 weeks; one returning share
    scripts/study-year [--json] [--write]    a year of each street, in about ten minutes

Demand is real (Auckland and Leeds, ../shared/data/hourly), everything else is planted: groups,
visits, attraction, purchases, misses, doubles, outages, poor light, drift; returning visitors are
simulated apart (year_retention.py). Not a real site.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from year_counter import Counter, Faults
from year_demand import Demand, auckland, leeds
from year_retention import SHARES, years
from year_shop import Day, Plan, Shop
from year_truth import Truth, judged

from fanlight.domain.hours import UtcHour
from fanlight.domain.insights import insights
from fanlight.domain.rates import Condition, Crowding, ErrorRates, Light
from fanlight.domain.site import SiteHour, site_hours

if TYPE_CHECKING:
    from collections.abc import Iterator

REPO = Path(__file__).resolve().parent.parent
HOURLY = REPO.parent / "shared" / "data" / "hourly"
PAGE = REPO / "docs" / "operating" / "insights-study.md"
STREETS = ("107 Quay Street", "150 K Road", "2 High Street", "45 Queen Street", "59 High Street")
CAMERAS = ("Briggate", "Commercial Street at Barratts")
HEAD = """# Do the ranges hold the truth?

`scripts/study-year --write` made this table: two simulated shops on each of seven real streets
(Auckland 2023, Leeds 2017), with planted truth; each figure is judged every four weeks. `coverage`
is the share of the intervals that held the truth, `median_width` their width and `bias` the mean
error, both relative to the truth. Simulation, not a real site.

"""
RETURNING_HEAD = """
## Returning visitors
A year of the daily visits of two of the streets (Auckland 2023), scaled to a mean; people are
simulated embeddings of whom a planted share comes again on the next day, and 2 % of the days lose
their sketch. Every four weeks the lags 0, 1, 2, 3 and 7 are asked for, from what is known of the
last 84 days. `coverage` is how often a published interval held the truth of those days; windows
overlap, so neighbours hold or fail together. `withheld` says how often which guard kept a share
back. The program stops if a share is published that a guard of the specification forbids, or
withheld by none.

"""
RETURNING_STREETS = STREETS[0], STREETS[3]
WINDOW_DAYS = 28
DRIFT = 0.08
CHECKED = {
    Condition(Crowding.CALM, Light.CLEAR): 400,
    Condition(Crowding.CALM, Light.POOR): 150,
    Condition(Crowding.CROWDED, Light.CLEAR): 150,
    Condition(Crowding.CROWDED, Light.POOR): 100,
}


@dataclass
class Tally:
    """How often intervals held, and how wide they were relative to their best guess."""

    held: list[bool] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    withheld: int = 0


@dataclass(frozen=True)
class Site:
    """A simulated site: what its ledger and till hold, and the truth."""

    name: str
    truth: Truth
    hours: list[SiteHour]
    rates: ErrorRates
    days: list[date]


def plan_of(rng: np.random.Generator) -> Plan:
    """Draw what is planted at a site."""
    return Plan(
        visitors=float(rng.choice([150, 500, 1500])),
        attraction=float(rng.uniform(0.05, 0.25)),
        buys=float(rng.uniform(0.15, 0.6)),
        visit_kind=str(rng.choice(["gamma", "lognormal"])),
        visit_mean_min=float(rng.uniform(8, 25)),
    )


def faults_of(rng: np.random.Generator) -> Faults:
    """Draw how well a site's counter counts."""
    miss, false = float(rng.uniform(0.005, 0.05)), float(rng.uniform(0.0, 0.025))
    worse = {(c, li): (2 if c is Crowding.CROWDED else 1) * (2 if li is Light.POOR else 1)
             for c in Crowding for li in Light}  # fmt: skip
    return Faults(
        {Condition(*key): miss * factor for key, factor in worse.items()},
        {Condition(*key): false * factor for key, factor in worse.items()},
    )


def simulate(demand: Demand, rng: np.random.Generator, days: int | None = None) -> Site:
    """Draw a site on a street, its check, and its ledger."""
    plan = plan_of(rng)
    shop = Shop(demand, plan, rng)
    drawn: list[Day] = [shop.day(day) for day in demand.days()[:days]]
    drifting = drawn[WINDOW_DAYS : 2 * WINDOW_DAYS]
    faults = replace(
        faults_of(rng),
        drift=DRIFT,
        drift_from_s=drifting[0].opens_s,
        drift_to_s=drifting[-1].closes_s,
    )
    counter = Counter(faults, rng)
    rates = ErrorRates.from_checks([counter.checked(CHECKED)])
    rows = [row for day in drawn for row in counter.rows(day)]
    truth = Truth(plan, drawn, {day.day for day in drifting})
    transactions = {UtcHour(hour): count for hour, count in truth.transactions().items()}
    hours = site_hours(rows, transactions, demand.zone, rates)
    return Site(demand.name, truth, hours, rates, [day.day for day in drawn])


def study(site: Site, tallies: dict[str, Tally]) -> None:
    """Judge every figure of every four weeks of a site, and every hour and day."""
    for first in range(0, len(site.days) - WINDOW_DAYS + 1, WINDOW_DAYS):
        begin, end = site.days[first], site.days[first + WINDOW_DAYS - 1]
        hours = [h for h in site.hours if begin - timedelta(weeks=9) <= h.day <= end]
        found = insights(hours, begin, end, site.rates)
        for verdict in judged(found, hours, site.truth, site.rates):
            tally = tallies[verdict.figure]
            if verdict.held is None:
                tally.withheld += 1
            else:
                tally.held.append(verdict.held)
                tally.widths.append(verdict.relative_width)
                tally.errors.append(verdict.relative_error)


def streets() -> Iterator[Demand]:
    """Return the demand of every street studied."""
    for name in STREETS:
        yield auckland(HOURLY, name, 2023)
    for name in CAMERAS:
        yield leeds(HOURLY, name)


def table(tallies: dict[str, Tally]) -> list[dict[str, object]]:
    """Return one row a figure."""
    return [
        {
            "figure": name,
            "intervals": len(tally.held),
            "coverage": round(float(np.mean(tally.held)), 3) if tally.held else None,
            "median_width": round(float(np.median(tally.widths)), 3) if tally.held else None,
            "bias": round(float(np.mean(tally.errors)), 4) if tally.held else None,
            "withheld": tally.withheld,
        }
        for name, tally in sorted(tallies.items())
    ]


def main() -> None:
    """Run the study and print it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--json", action="store_true")
    options.add_argument("--write", action="store_true", help=f"renew {PAGE.relative_to(REPO)}")
    options.add_argument("--repeat", type=int, default=2, help="sites a street")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    rows = table(quick(chosen.seed) if chosen.quick else whole(chosen.seed, chosen.repeat))
    streets_of_returning = [auckland(HOURLY, name, 2023) for name in RETURNING_STREETS]
    asked = (1, (0.20,)) if chosen.quick else (chosen.repeat, SHARES)
    returning = years(streets_of_returning, chosen.seed, *asked)
    if chosen.json:
        print(json.dumps({"figures": rows, "retention": returning}))
        return
    text = as_markdown(rows) + RETURNING_HEAD + as_markdown(returning)
    print(text)
    if chosen.write:
        PAGE.write_text(HEAD + text, encoding="utf-8")


def quick(seed: int) -> dict[str, Tally]:
    """Study 13 weeks of one shop on one street."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    rng = np.random.default_rng(seed)
    study(simulate(auckland(HOURLY, STREETS[0], 2023), rng, 91), tallies)
    return tallies


def whole(seed: int, repeat: int) -> dict[str, Tally]:
    """Study a year, or what there is of it, of each street."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for number, demand in enumerate(streets()):
        for again in range(repeat):
            rng = np.random.default_rng([seed, number, again])
            study(simulate(demand, rng), tallies)
    return tallies


def as_markdown(rows: list[dict[str, object]]) -> str:
    """Return the table as the docs have it."""
    head = list(rows[0])
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(row[name]) for name in head) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
