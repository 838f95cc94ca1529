"""Write the measured tables into a package's card: `python -m models.train_embedder.card FOLDER`.

They go between the two marks of CARD.md, so that no figure is copied by hand.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

KERNELS = ("same", "different")
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"


def tables(told: dict[str, Any]) -> str:
    """Return `measured.json` as two tables."""
    lines = [
        f"{told['crops']} pictures of {told['people']} people that no training saw.",
        "",
        "| pairs | of one / of two | AUC (95 % interval) | kernel mean of one | of two |",
        "|---|---|---|---|---|",
    ]
    for name, row in told["table"].items():
        kernel = told["kernel"].get(name, {})
        cells = [_interval(*kernel[which]) if which in kernel else "" for which in KERNELS]
        auc = _interval(row["auc"], *row["auc_interval"])
        counts = f"{row['same_pairs']} / {row['different_pairs']}"
        lines.append(f"| {name} | {counts} | {auc} | {' | '.join(cells)} |")
    lines += [
        "",
        "Cosines of pairs of one person, then of two: quantiles 5, 25, 50, 75, 95 %.",
        "",
        "| pairs | of one | of two |",
        "|---|---|---|",
    ]
    for name, row in told["table"].items():
        same, different = (
            " ".join(f"{value:.2f}" for value in row[which][1:-1]) for which in KERNELS
        )
        lines.append(f"| {name} | {same} | {different} |")
    return "\n".join(lines)


def _interval(value: float, low: float, high: float) -> str:
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Rewrite the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    told = json.loads((given.folder / "measured.json").read_text())
    card = given.folder / "CARD.md"
    before, rest = card.read_text().split(BEGIN)
    after = rest.split(END)[1]
    card.write_text(f"{before}{BEGIN}\n{tables(told)}\n{END}{after}")


if __name__ == "__main__":
    main()
