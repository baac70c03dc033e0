"""The parts of the dataset that are compared: how each is chosen, by vlitq itself, and what it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.tuning.dataset import Planted
from benchmarks.tuning.spoiling import WRONG
from vlitq.store import Run

FULL, RANDOM, DEFAULT, FAULTLESS = "full set", "random", "default recipe", "faultless originals"
COPY, ORIGINAL = "faultless copy", "faultless original"
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


def chosen(arm: Arm, run: Run, planted: Mapping[str, Planted], seed: int) -> list[str]:
    """The ids that an arm trains on, in the order of the records."""
    every: list[str] = run.rows()["id"].to_pylist()
    if arm.name == FULL:
        return every
    if arm.name == FAULTLESS:
        clean = [name for name in every if kind(planted[name]) == ORIGINAL]
        places = np.random.default_rng(seed).permutation(len(clean))[: int(arm.share * len(every))]
        return [clean[place] for place in sorted(places.tolist())]
    import vlitq

    kept = set(vlitq.select(run, budget=arm.share, seed=seed, **CHOSEN[arm.name]).ids)
    return [name for name in every if name in kept]


def kind(planted: Planted) -> str:
    """The fault of a record, or that it has none, and whether it is then a copy."""
    return planted.fault or (COPY if planted.is_copy else ORIGINAL)


@dataclass(frozen=True)
class Holding:
    """What a part holds: how many records, and the shares that answer wrongly, have any fault, and are copies."""

    records: int
    wrong: float
    faulty: float
    copies: float


def holding(ids: Sequence[str], planted: Mapping[str, Planted]) -> Holding:
    """Counted from the list of what was planted."""
    held = [planted[name] for name in ids]
    return Holding(
        len(ids),
        wrong=sum(one.fault in WRONG for one in held) / len(ids),
        faulty=sum(bool(one.fault) for one in held) / len(ids),
        copies=sum(one.is_copy for one in held) / len(ids),
    )


def kept_of(ids: Sequence[str], planted: Mapping[str, Planted]) -> dict[str, float]:
    """Share of each fault, of the faultless copies and of the faultless originals that is kept."""
    kept = Counter(kind(planted[name]) for name in ids)
    return {name: kept[name] / count for name, count in sorted(Counter(map(kind, planted.values())).items())}
