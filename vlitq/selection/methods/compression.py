"""ZIP: greedily what compresses least together with what is taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.selection.maths.zip import zipped
from vlitq.selection.methods.spending import filled, most_rows
from vlitq.selector import Choice, Pool, SelectionError, Selector


@dataclass(frozen=True)
class Zip(Selector):
    """Dialogues that compress least together: little in them is said twice. It looks at text alone and does not rank.

    A round looks at the `k1` rows of the lowest compression ratio, keeps the `k2` that add most to what is taken, and
    takes `k3` of them one at a time. Unlike the authors' code, only the text is compressed, not ids and names of
    fields, and the rows of `k2` that a round leaves may come in later. The compressor sees 32 KB back. What compresses
    least may be gibberish, other scripts, or very short: gate first. Time grows with budget / k3 × (k1 + k2 × k3)
    compressions of a dialogue, memory with the dialogues.
    """

    name = "zip"
    description = "The dialogues that compress least together, taken in batches."
    source = "Yin et al. 2024, arXiv 2407.06645 (stages as in the authors' code)"

    k1: int = 10000
    k2: int = 200
    k3: int = 100

    def __post_init__(self) -> None:
        if not 1 <= self.k3 <= self.k2 <= self.k1:
            raise SelectionError(
                f"method 'zip': k1 = {self.k1}, k2 = {self.k2}, k3 = {self.k3}; give numbers with 1 <= k3 <= k2 <= k1"
            )

    @property
    def needs_score(self) -> bool:
        """Never."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """By compression, a row without text last."""
        texts = pool.texts("dialogue")
        rows = np.array([row for row, text in enumerate(texts) if text], dtype=np.int64)
        found = zipped([texts[row] for row in rows.tolist()], most_rows(pool, budget), self.k1, self.k2, self.k3)
        told = zip(rows.tolist(), found.alone.tolist(), strict=True)
        reasons = {row: f"its text by itself compresses {ratio:.2f} times" for row, ratio in told}
        return filled(pool, rows[found.order], budget, "it has no text", reasons)


METHODS: tuple[type[Selector], ...] = (Zip,)
