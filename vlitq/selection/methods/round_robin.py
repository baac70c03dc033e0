"""mmSSR: capabilities in turn, styles in turn within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.round_robin import Turns, round_robin_turns
from vlitq.selection.methods.bands import as_stored
from vlitq.selection.methods.spending import filled, most_rows
from vlitq.selection.methods.votes import named
from vlitq.selector import Choice, Pool, SelectionError, Selector

NO_STYLE = "(none)"


@dataclass(frozen=True)
class MmSSR(Selector):
    """Each capability takes an equal part of the budget, its best rows, shared among the styles of the rows it wants.

    columns: the capabilities in the order of their turns, full names parted by commas, with a sign where high or low
    values are to be better; without it the columns of the ranking. style: a column of labels, several of a row parted
    by commas; without it all rows are of one style. source: a column joined to the style, "" for none. threshold: rows
    with a higher value only (of a column where low is better, minus its value); without it all that have a value.
    """

    name = "mmssr"
    description = "Capabilities take turns at their best rows, spread over styles."
    source = "mmSSR, arXiv 2503.13383, and its code (there 14 capabilities and 9 styles told by a 7B model)"

    columns: str | None = None
    style: str | None = None
    source_column: str = "source"
    threshold: float | None = None

    @property
    def needs_score(self) -> bool:
        """Only where no columns are named."""
        return self.columns is None

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """All turns; where a row costs more than one unit, the turns go on in step until the budget is spent."""
        names = named(self.columns, pool, self.name)
        scores = np.column_stack([pool.better(name) for name in names])
        styles, labels = self._styles(pool)
        threshold = None if self.threshold is None else as_stored(self.threshold, scores)
        turns = round_robin_turns(scores, styles, most_rows(pool, budget), threshold)
        choice = filled(pool, _in_step(turns), budget, "what the turns leave over", _reasons(turns, names, labels))
        return Choice(choice.order, {at: choice.reasons[at] for at in choice.order.tolist()})

    def _styles(self, pool: Pool) -> tuple[Array, tuple[str, ...]]:
        """The bins of each row, -1 where it is in fewer than others, and what they are called."""
        sources = self._labels(pool, self.source_column)
        told = self._labels(pool, self.style)
        bins = [
            list(dict.fromkeys("+".join(filter(None, (one.strip(), source))) for one in style.split(",")))
            for style, source in zip(told, sources, strict=True)
        ]
        labels = sorted({label for row in bins for label in row})
        code = {label: number for number, label in enumerate(labels)}
        styles = np.full((len(pool), max(map(len, bins))), -1, dtype=np.int64)
        for at, row in enumerate(bins):
            styles[at, : len(row)] = [code[label] for label in row]
        return styles, tuple(labels)

    def _labels(self, pool: Pool, column: str | None) -> list[str]:
        if not column:
            return [""] * len(pool)
        values = pool.column(column)
        if values.dtype != object:
            raise SelectionError(f"method 'mmssr': {column} holds numbers, not labels; name a column of labels")
        return [value or NO_STYLE for value in values]


def _in_step(turns: Turns) -> Array:
    """The rows in an order in which, at every point, each capability and style has had about the same share."""
    place = np.empty(len(turns.order))
    for key in {*zip(turns.capability.tolist(), turns.style.tolist(), strict=True)}:
        of_key = np.flatnonzero((turns.capability == key[0]) & (turns.style == key[1]))
        place[of_key] = (np.arange(len(of_key)) + 0.5) / len(of_key) + (key[0] == -1)
    return turns.order[np.argsort(place, kind="stable")]


def _reasons(turns: Turns, names: tuple[str, ...], labels: tuple[str, ...]) -> dict[int, str]:
    def why(capability: int, style: int) -> str:
        if capability < 0:
            return "no column wants it"
        return f"wanted by {names[capability]}" + (f", style {labels[style]!r}" if labels[style] else "")

    by = zip(turns.capability.tolist(), turns.style.tolist(), strict=True)
    return {at: why(*who) for at, who in zip(turns.order.tolist(), by, strict=True)}


METHODS: tuple[type[Selector], ...] = (MmSSR,)
