"""Who is who: the cheapest one-to-one assignment in which anybody may stay alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FREE = -1


def assign(cost: NDArray[np.float64], alone: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return for each row the column it gets, or -1 where staying alone is cheaper.

    The sum of the costs of assigned pairs plus `alone` of every row left alone is minimal. Rows
    whose cheapest column nobody else wants are settled at once; each row in conflict is then
    placed by one shortest augmenting path, as in Jonker and Volgenant, "A shortest augmenting
    path algorithm for dense and sparse linear assignment problems" (Computing 38, 1987), with a
    private column of cost `alone` for every row.

    Args:
        cost: (n, m), finite.
        alone: (n,), finite.
    """
    rows, columns = cost.shape
    got = np.full(rows, FREE, dtype=np.int64)
    if rows == 0 or columns == 0:
        return got
    favourite = cost.argmin(axis=1)
    price = np.minimum(cost[np.arange(rows), favourite], alone)
    wanting = price < alone
    owner = [FREE] * columns
    waiting = []
    for row, column in enumerate(np.where(wanting, favourite, FREE).tolist()):
        if column == FREE:
            continue
        if owner[column] == FREE:
            owner[column] = row
            got[row] = column
        else:
            waiting.append(row)
    if waiting:
        chains = _Chains(cost, alone, price, np.zeros(columns), owner, got)
        for row in waiting:
            chains.place(row)
    return got


@dataclass(frozen=True, slots=True)
class _Chains:
    """An assignment under way, with the prices (dual variables) that prove it optimal."""

    cost: NDArray[np.float64]
    alone: NDArray[np.float64]
    row_price: NDArray[np.float64]
    column_price: NDArray[np.float64]
    owner: list[int]
    got: NDArray[np.int64]

    def place(self, start: int) -> None:
        """Give one waiting row its place along the cheapest chain of re-assignments."""
        columns = self.cost.shape[1]
        distance = np.full(columns, np.inf)
        unscanned = distance.copy()
        came_from = np.full(columns, FREE, dtype=np.int64)
        scanned: list[int] = []
        row, walked = start, 0.0
        shortest, left_alone = np.inf, start
        while True:
            end = walked + float(self.alone[row] - self.row_price[row])
            if end < shortest:
                shortest, left_alone = end, row
            reach = walked + self.cost[row] - self.row_price[row] - self.column_price
            closer = reach < unscanned
            closer[scanned] = False
            distance[closer] = unscanned[closer] = reach[closer]
            came_from[closer] = row
            column = int(unscanned.argmin())
            if unscanned[column] >= shortest:
                column = FREE
                break
            walked = float(unscanned[column])
            if self.owner[column] == FREE:
                shortest = walked
                break
            unscanned[column] = np.inf
            scanned.append(column)
            row = self.owner[column]
        self._reprice(start, shortest, distance, scanned)
        if column == FREE:
            column = int(self.got[left_alone])
            self.got[left_alone] = FREE
        if column != FREE:
            self._shift(start, column, came_from)

    def _reprice(
        self, start: int, shortest: float, distance: NDArray[np.float64], scanned: list[int]
    ) -> None:
        self.row_price[start] += shortest
        for column in scanned:
            gain = shortest - distance[column]
            self.row_price[self.owner[column]] += gain
            self.column_price[column] -= gain

    def _shift(self, start: int, column: int, came_from: NDArray[np.int64]) -> None:
        """Move every row on the chain one place along."""
        while True:
            row = int(came_from[column])
            self.owner[column] = row
            left, self.got[row] = int(self.got[row]), column
            if row == start:
                return
            column = left
