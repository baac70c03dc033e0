"""Columns against each other: which go with length, which with one another, and which say the same twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vlitq.charts.chart import Cell
from vlitq.charts.kinds import Grid, Mark, correlations, matrix
from vlitq.comparison.rank_correlations import FEWEST, rank_correlations
from vlitq.counted import counted
from vlitq.report.blocks import Block, Figure, Group, Section, Table, Text
from vlitq.report.material import Material
from vlitq.schema import Array

LENGTH = "tokens"  # how long a sample is
CONFOUNDED = 0.5  # |ρ| from which a column is said to go with length
IDENTICAL = 0.95  # |ρ| from which two columns are said to be nearly the same
MOST_ROWS = 20_000  # that are ranked: at as many, ρ is known to ± 0.02
SEED = 0
BARS_SHOWN, CELLS_SHOWN, PAIRS_SHOWN = 30, 20, 30
RHO = "rank correlation ρ"


def section(material: Material) -> Section | None:
    """Bars of the correlation with length, a matrix, and columns that are nearly the same; None without two columns."""
    related = Related(material)
    if len(related.names) < 2:
        return None
    blocks = [*_with_length(related), *_identical(related), *_matrix(related)]
    return Section("relations", "Columns against each other", " ".join(_lead(related)), blocks)


@dataclass(frozen=True, eq=False)
class Related:
    """The columns of a run whose values differ, and how they rank the rows that they share."""

    material: Material

    @cached_property
    def rows(self) -> Array:
        """The rows that are ranked, int64, ascending: all, or `MOST_ROWS` drawn with `SEED`."""
        total = len(self.material.fields)
        if total <= MOST_ROWS:
            return np.arange(total)
        return np.sort(np.random.default_rng(SEED).choice(total, MOST_ROWS, replace=False))

    @cached_property
    def names(self) -> list[str]:
        """The columns compared: length first, then those that are not the same in all rows ranked."""
        return list(self._values)

    @cached_property
    def rho(self) -> Array:
        """Spearman's correlations of shape (names, names), NaN where there is none."""
        return rank_correlations(list(self._values.values()))

    @cached_property
    def with_length(self) -> dict[str, float]:
        """The correlation of each column with length, the strongest first; those without one are left out."""
        if LENGTH not in self._values:
            return {}
        found = dict(zip(self.names, self.rho[self.names.index(LENGTH)].tolist(), strict=True))
        known = [(name, rho) for name, rho in found.items() if name != LENGTH and not np.isnan(rho)]
        return dict(sorted(known, key=lambda one: (-abs(one[1]), one[0])))

    @cached_property
    def identical(self) -> list[tuple[str, str, float]]:
        """Pairs of columns that rank nearly alike, or nearly in reverse; the strongest first."""
        first, second = np.nonzero(np.triu(np.abs(self.rho) > IDENTICAL, 1))
        pairs = [(self.names[a], self.names[b], float(self.rho[a, b])) for a, b in zip(first, second, strict=True)]
        return sorted(pairs, key=lambda pair: -abs(pair[2]))

    @cached_property
    def shown(self) -> list[int]:
        """The columns of the matrix: one of those nearly the same; the most related of them, neighbours alike."""
        one_each: list[int] = []
        for column in range(len(self.names)):
            if not (np.abs(self.rho[column, one_each]) > IDENTICAL).any():
                one_each.append(column)
        squares = np.nan_to_num(self.rho[np.ix_(one_each, one_each)]) ** 2
        best = np.argsort(-squares.sum(axis=1), kind="stable")[:CELLS_SHOWN]
        return _side_by_side([one_each[at] for at in best.tolist()], np.nan_to_num(np.abs(self.rho)))

    @cached_property
    def _values(self) -> dict[str, Array]:
        names = [LENGTH, "turns", "images", *self.material.numeric]
        found = {name: self.material.values(name).values[self.rows] for name in names}
        found |= {f"ranking of {one.name}": one.score[self.rows] for one in self.material.selections if one.ranks}
        return {name: values for name, values in found.items() if differ(values)}


def differ(values: Array) -> bool:
    """Whether there are two different values; infinity is one."""
    known = values[~np.isnan(values)]
    return bool(len(known)) and bool(known.min() < known.max())


def _side_by_side(columns: Sequence[int], strength: Array) -> list[int]:
    """The columns from the first on, each followed by the one left that it is most related with."""
    left, order = list(columns[1:]), list(columns[:1])
    while left:
        nearest = max(left, key=lambda column: (strength[order[-1], column], -column))
        left.remove(nearest)
        order.append(nearest)
    return order


def _lead(related: Related) -> Iterator[str]:
    yield "How far columns order the samples alike: Spearman's ρ, from -1 to 1, over the rows that two columns share."
    total, ranked = len(related.material.fields), len(related.rows)
    if ranked < total:
        yield f"Of {total:,} rows {ranked:,} are ranked, drawn with seed {SEED}."
    same = 3 + len(related.material.numeric) - sum(not name.startswith("ranking of ") for name in related.names)
    if same:
        yield f"{counted(same, 'column')} with one value or none {'is' if same == 1 else 'are'} left out."


def _with_length(related: Related) -> Iterator[Block]:
    if not (known := related.with_length):
        yield Text((f"Nothing can be said of length: {LENGTH} has no value to compare, or one only.",))
        return
    yield Text((_confounded(known),))
    shown = dict(list(known.items())[:BARS_SHOWN])
    strongest = ", ".join(f"{name} {rho:.2f}" for name, rho in list(shown.items())[:3])
    note = f"The {len(shown)} strongest of {counted(len(known), 'column')}." if len(shown) < len(known) else ""
    marks = [Mark(end, f"{end:g}", quiet=True) for end in (-CONFOUNDED, CONFOUNDED)]
    title = f"Correlation with length ({LENGTH})"
    yield Figure(correlations("relations-length", title, f"Strongest: {strongest}.", shown, RHO, marks, note))
    if len(shown) < len(known):
        table = Table(f"{title}, all columns", ["column", "ρ"], [[name, _rounded(rho)] for name, rho in known.items()])
        yield Group("All columns with length", [table], folded=True)


def _confounded(known: dict[str, float]) -> str:
    strong = [f"{name} ({rho:.2f})" for name, rho in known.items() if abs(rho) >= CONFOUNDED]
    if not strong:
        return f"No column has |ρ| of {CONFOUNDED} or more with length: none of them is a stand-in for it."
    return (
        f"{len(strong)} of {len(known)} {'goes' if len(strong) == 1 else 'go'} with length, |ρ| {CONFOUNDED} or more: "
        f"{', '.join(strong)}. To choose by one of these is, to that degree, to choose by length."
    )


def _identical(related: Related) -> Iterator[Block]:
    pairs = related.identical
    if not pairs:
        yield Text((f"No two columns are nearly the same (|ρ| above {IDENTICAL}).",))
        return
    rows: list[list[Cell]] = [[one, other, _rounded(rho)] for one, other, rho in pairs[:PAIRS_SHOWN]]
    cut = f", the first {PAIRS_SHOWN} of {len(pairs)}" if len(pairs) > PAIRS_SHOWN else ""
    caption = f"Columns that are nearly the same (|ρ| above {IDENTICAL}){cut}: one of two tells what both do"
    yield Table(caption, ["column", "and", "ρ"], rows)


def _matrix(related: Related) -> Iterator[Block]:
    if len(columns := related.shown) < 2:
        return
    if not np.isfinite(related.rho[np.ix_(columns, columns)][np.tril_indices(len(columns), -1)]).any():
        yield Text((f"No two columns have {FEWEST} rows in common on which both differ.",))
        return
    names = [f"{number} {related.names[column]}" for number, column in enumerate(columns, 1)]
    lower = [
        [_cell(float(related.rho[row, column])) if at < down else None for at, column in enumerate(columns[:-1])]
        for down, row in enumerate(columns)
    ]
    across = [str(number) for number in range(1, len(names))]
    title = "Rank correlations of the columns most related" if len(columns) == CELLS_SHOWN else "Rank correlations"
    alt = f"{counted(len(columns), 'column')} against each other; strongest: {_strongest(related)}."
    grid = Grid(across, names[1:], lower[1:], 1.0)
    yield Figure(matrix("relations-matrix", title, alt, grid, RHO, _matrix_note(related, names[0])))


def _matrix_note(related: Related, first: str) -> str:
    note = (
        f"Across, columns go by their number; {first} has no line of its own. Of columns nearly the same one is shown"
    )
    if len(related.shown) == CELLS_SHOWN:
        note += f"; of those, the {CELLS_SHOWN} with the largest sum of ρ² with the others"
    return f"{note}. An empty cell: fewer than {FEWEST} rows in common, or one value on them."


def _strongest(related: Related) -> str:
    rho = np.nan_to_num(np.tril(related.rho[np.ix_(related.shown, related.shown)], -1))
    row, column = np.unravel_index(np.argmax(np.abs(rho)), rho.shape)
    one, other = related.names[related.shown[int(column)]], related.names[related.shown[int(row)]]
    return f"{one} and {other}, {rho[row, column]:.2f}"


def _cell(rho: float) -> float | None:
    return None if np.isnan(rho) else _rounded(rho)


def _rounded(rho: float) -> float:
    return round(rho, 2) + 0.0  # not -0.0
