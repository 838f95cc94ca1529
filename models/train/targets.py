"""People in a picture -> what the network shall say about it, on the grid of 4 px.

Source: Zhou et al., Objects as Points, 2019, with two changes: every cell close to a head is a
positive one (a single cell cannot be told from its neighbours, which keeps scores low), and a cell
gives the distances to the sides of the visible box (Tian et al., FCOS, 2019).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.train.shards import Still

CELL_PX = 4
POSITIVE = 0.75
SHAPED = 0.5
LEAST_DISTANCE = 0.12


class Targets(NamedTuple):
    """Maps of rows x columns, float32.

    `positive` weighs the cells of heads (each person's add up to 1), `negative` all others (0
    where people are barely seen), `distances` (4, rows, columns) are left, top, right, bottom in
    cells, and `shaped` weighs them.
    """

    positive: NDArray[np.float32]
    negative: NDArray[np.float32]
    distances: NDArray[np.float32]
    shaped: NDArray[np.float32]


def make_targets(still: Still) -> Targets:
    """Return the targets of a still whose sides are multiples of the cell."""
    rows, columns = (side // CELL_PX for side in still.picture.shape[:2])
    closeness = np.zeros((rows, columns), np.float32)
    positive = np.zeros((rows, columns), np.float32)
    negative = np.ones((rows, columns), np.float32)
    distances = np.ones((4, rows, columns), np.float32)
    across = np.arange(columns, dtype=np.float32) + 0.5
    down = np.arange(rows, dtype=np.float32) + 0.5
    boxes, heads = still.boxes / CELL_PX, still.heads / CELL_PX
    for left, top, right, bottom in boxes[~still.seen]:
        negative[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = 0
    for box, head in zip(boxes[still.seen], heads[still.seen], strict=True):
        head = np.clip(head, 0.5, (columns - 0.5, rows - 0.5))  # noqa: PLW2901  # kept inside
        left, top, right, bottom = box
        spread = np.clip(0.1 * np.sqrt((right - left) * (bottom - top)), 0.8, 3.5)
        bell = np.outer(
            np.exp(-((down - head[1]) ** 2) / (2 * spread * spread)),
            np.exp(-((across - head[0]) ** 2) / (2 * spread * spread)),
        )
        mine = bell > closeness
        closeness[mine] = bell[mine]
        heart = mine & (bell > POSITIVE)
        heart[int(head[1]), int(head[0])] = True
        positive[mine] = 0
        positive[heart] = 1 / heart.sum()
        y, x = np.nonzero(mine & (bell > SHAPED) | heart)
        distances[:, y, x] = (across[x] - left, down[y] - top, right - across[x], bottom - down[y])
    np.maximum(distances, LEAST_DISTANCE, out=distances)
    negative *= (1 - closeness) ** 4
    negative[positive > 0] = 0
    shaped = np.where((closeness > SHAPED) | (positive > 0), closeness, 0).astype(np.float32)
    return Targets(positive, negative, distances, shaped)
