"""mmSSR's round robin: capabilities take turns, and within each the bins of a style, the smallest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import rows_of
from vlitq.selection.maths.ties import picks
from vlitq.selection.maths.votes import mean_rank


@dataclass(frozen=True)
class Turns:
    """Who took which row: `order` int64, positions in the order taken; of each of them `capability` int64, the column
    whose turn it was, and `style` int64, the bin; both -1 for rows that no capability wanted and that fill the budget.
    """

    order: Array
    capability: Array
    style: Array


def round_robin(scores: Array, styles: Array, budget: int, threshold: float | None = 0.0) -> Array:
    """min(budget, n) positions, int64, of rows with `scores` of shape (n, capabilities) and `styles`.

    styles: int64 of shape (n,), the bin of each row, or (n, most) where a row can be in several, -1 where it is in
    fewer. threshold: a capability wants rows that score above it; None is without one, NaN is wanted by none.

    mmSSR (arXiv 2503.13383, and lyumengyao/mmssr): capabilities in their order get an equal part of what is left of
    the budget, and share it among the bins of the rows they want, from the smallest bin to the largest, the best scores
    first; what a bin lacks, the next may take on top. Repeated until the budget is spent; a capability that finds
    nothing drops out. Equal scores go by position, bins of equal size by number, where the authors' code leaves both
    to unstable sorts; it also puts rows that name a style second behind all that name it first, which is not done here.
    When no capability wants any row, those with the best mean rank over the capabilities come in; the code fails.
    """
    return round_robin_turns(scores, styles, budget, threshold).order


def round_robin_turns(scores: Array, styles: Array, budget: int, threshold: float | None = 0.0) -> Turns:
    """`round_robin`, with the capability and the style for which each row was taken."""
    scores = np.asarray(rows_of(scores, "scores"), dtype=np.float64)
    budget = picks(budget, len(scores))
    if len(styles) != len(scores):
        raise ValueError(f"styles: {len(styles)} for {len(scores)} rows of scores; give one a row")
    table = _Table(scores, np.asarray(styles, dtype=np.int64), threshold)
    playing = list(range(scores.shape[1]))
    while table.count < budget and playing:
        part = max((budget - table.count) // len(playing), 1)
        playing = [one for one in playing if table.turn(one, min(part, budget - table.count))]
    left = np.flatnonzero(~table.taken)
    table.take(left[np.argsort(-mean_rank(scores[left]), kind="stable")][: budget - table.count], -1, -1)
    return table.turns()


class _Table:
    """What is taken, and the rows each capability still wants, the best first."""

    def __init__(self, scores: Array, styles: Array, threshold: float | None) -> None:
        self._styles = styles if styles.ndim > 1 else styles[:, None]
        self.taken, self.count = np.zeros(len(scores), dtype=bool), 0
        self._taken: list[tuple[Array, int, int]] = []
        wanted = ~np.isnan(scores) if threshold is None else scores > threshold
        best_first = (np.argsort(-column, kind="stable") for column in scores.T)
        self._wanted = [order[mask[order]] for order, mask in zip(best_first, wanted.T, strict=True)]

    def turn(self, capability: int, budget: int) -> bool:
        """Let a capability take up to `budget` rows; False when it wants none that is left. With 0 it is no turn."""
        if budget == 0:
            return True
        rows = self._wanted[capability]
        rows = self._wanted[capability] = rows[~self.taken[rows]]
        bins = _bins(rows, self._styles[rows])
        before, share, debt = self.count, max(budget // max(len(bins), 1), 1), 0
        for style, members in bins:
            left = budget - (self.count - before)
            if left == 0:
                break
            free = members[~self.taken[members]]
            allowed = share + debt
            self.take(free[: min(allowed, left)], capability, style)
            debt = max(allowed - len(free), 0)
        return self.count > before

    def take(self, rows: Array, capability: int, style: int) -> None:
        """Note who took the rows, and for which style."""
        self.taken[rows] = True
        self.count += len(rows)
        self._taken.append((rows, capability, style))

    def turns(self) -> Turns:
        """All that was taken."""
        lengths = [len(rows) for rows, _, _ in self._taken]
        by = np.array([(capability, style) for _, capability, style in self._taken], dtype=np.int64).reshape(-1, 2)
        order = np.concatenate([rows for rows, _, _ in self._taken]).astype(np.int64)
        return Turns(order, np.repeat(by[:, 0], lengths), np.repeat(by[:, 1], lengths))


def _bins(rows: Array, styles: Array) -> list[tuple[int, Array]]:
    """The bins that rows are in, the smallest first, then the lowest number, each with its rows in the order given."""
    at, _ = np.nonzero(styles >= 0)
    codes = styles[styles >= 0]
    by_style = np.argsort(codes, kind="stable")
    found, start = np.unique(codes[by_style], return_index=True)
    members = np.split(rows[at[by_style]], start[1:]) if len(found) else []
    return sorted(zip(found.tolist(), members, strict=True), key=lambda one: len(one[1]))
