"""The parts of the dataset that are compared: how each is chosen, by vlitq itself, and what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.tuning.spoiling import COPY
from vlitq.store import Run

FULL, RANDOM, DEFAULT, FAULTLESS = "full set", "random", "default recipe", "faultless originals"
CLEAN = FAULTLESS  # what a record without a fault that is no copy is called
CHOSEN: Mapping[str, Mapping[str, Any]] = {
    RANDOM: {"method": "random"},
    "stratified": {"method": "stratified", "options": {"within": "random"}},
    "top alignment": {"method": "top", "by": "alignment.cosine"},
    "deduplicated": {"method": "random", "gates": ["duplicates.representative == true"]},
    DEFAULT: {"recipe": "default"},
}


@dataclass(frozen=True)
class Arm:
    """A way to choose and its share of the records."""

    name: str
    share: float

    def __str__(self) -> str:
        return self.name if self.share == 1 else f"{self.name}, {self.share:.0%}"


def arms(shares: Sequence[float]) -> list[Arm]:
    """The full set, then every way to choose at every share."""
    return [Arm(FULL, 1.0), *(Arm(name, share) for share in shares for name in (*CHOSEN, FAULTLESS))]


def chosen(arm: Arm, run: Run, planted: Mapping[str, str], seed: int) -> list[str]:
    """The ids that an arm trains on, in the order of the records."""
    every: list[str] = run.rows()["id"].to_pylist()
    if arm.name == FULL:
        return every
    if arm.name == FAULTLESS:
        clean = [name for name in every if name not in planted]
        places = np.random.default_rng(seed).permutation(len(clean))[: int(arm.share * len(every))]
        return [clean[place] for place in sorted(places.tolist())]
    import vlitq

    kept = set(vlitq.select(run, budget=arm.share, seed=seed, **CHOSEN[arm.name]).ids)
    return [name for name in every if name in kept]


@dataclass(frozen=True)
class Holding:
    """What a part holds: how many records, and of these the shares with a fault and that are copies."""

    records: int
    faulty: float
    copies: float


def holding(ids: Sequence[str], planted: Mapping[str, str]) -> Holding:
    """Counted from the list of what was planted."""
    kinds = Counter(planted.get(name, "") for name in ids)
    copies, clean = kinds[COPY], kinds[""]
    return Holding(len(ids), (len(ids) - copies - clean) / len(ids), copies / len(ids))


def kept_of(ids: Sequence[str], planted: Mapping[str, str], every: Sequence[str]) -> dict[str, float]:
    """Share of each fault, of the copies and of the faultless originals that is kept."""
    whole, kept = Counter(planted.get(name, CLEAN) for name in every), Counter(planted.get(name, CLEAN) for name in ids)
    return {kind: kept[kind] / count for kind, count in sorted(whole.items())}
