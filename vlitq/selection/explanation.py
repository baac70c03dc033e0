"""Why a row was kept or dropped, in sentences: the decision, the gates it passed, and the nearest row that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vlitq.schema import Array
from vlitq.selection.by_hand import KEPT
from vlitq.selection.vectors import JOINT, parts_of_joint, reader
from vlitq.selector import SelectableRun, SelectionError

BLOCK = 16384  # kept vectors that meet a row at a time

_PHRASES: Mapping[str, str] = {
    "human": "a person said so",
    "gate": "it does not pass",
    "missing": "a score is missing",
    "budget": "the budget did not reach it",
    "method": "the method skipped it",
}
VALIDITY, ONE_PER = "validity gate", "one per "  # what the reasons of these two begin with


@dataclass(frozen=True)
class Nearest:
    """The kept row nearest to another: its id, its row number, and the cosine of their joint vectors, which are made of
    the features `vectors`, the image's first."""

    id: str
    row: int
    cosine: float
    vectors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """What became of a row. decision: its row of `Selection.decisions()`; gates: those it passed; nearest: None where
    no vectors are stored, the row has none, or no other row is kept."""

    decision: Mapping[str, Any]
    gates: tuple[str, ...]
    nearest: Nearest | None

    def __str__(self) -> str:
        lines = [sentence(self.decision)]
        if self.gates:
            lines.append(f"It passed {'the gate' if len(self.gates) == 1 else 'the gates'} {_listed(self.gates)}.")
        if self.nearest:
            other = "other kept" if self.decision["kept"] else "kept"
            made_of = f" (of {_listed(self.nearest.vectors)})" if self.nearest.vectors else ""
            lines.append(
                f"The nearest {other} sample is {self.nearest.id!r} (row {self.nearest.row}), "
                f"at a cosine of {self.nearest.cosine:.3f} between {JOINT} vectors{made_of}."
            )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON holds it."""
        nearest = asdict(self.nearest) if self.nearest else None
        return {**self.decision, "sentence": sentence(self.decision), "gates_passed": [*self.gates], "nearest": nearest}


def explained(run: SelectableRun, decision: Mapping[str, Any], kept: Array, gates: Sequence[str]) -> Explanation:
    """The explanation of a row, by its row of the decisions, the rows kept, and the gates asked for."""
    found = nearest_kept(run, decision["row"], kept)
    of = tuple(parts_of_joint(run))
    nearest = None if found is None else Nearest(str(run.rows()["id"][found[0]]), *found, of)
    return Explanation(decision, tuple(gates[: _passed(decision, gates)]), nearest)


def sentence(decision: Mapping[str, Any]) -> str:
    """A row of `Selection.decisions()` as a sentence."""
    if decision["kept"]:
        return f"{decision['id']!r} is kept: {decision['reason']}."
    grouped = decision["reason"].startswith(ONE_PER)
    phrase = "one of its group is enough" if grouped else _PHRASES[decision["stage"]]
    return f"{decision['id']!r} is dropped because {phrase}: {decision['reason']}."


def nearest_kept(run: SelectableRun, row: int, kept: Array, feature: str = JOINT) -> tuple[int, float] | None:
    """Which of the rows `kept` but `row` itself has the highest cosine to it, the first of equals, and the cosine.

    None where the run stores no such vectors, the row has none, or no other kept row has one. Reads the kept vectors
    once, block by block.
    """
    kept = np.sort(kept[kept != row])
    read = reader(run, np.append(kept, row))
    try:
        own = read(feature, np.array([len(kept)]))[0]
    except SelectionError:
        return None
    best = (-1, -np.inf)
    for start in range(0, len(kept) if np.isfinite(own).all() else 0, BLOCK):
        cosines = read(feature, np.arange(start, min(start + BLOCK, len(kept)))) @ own
        cosines[np.isnan(cosines)] = -np.inf
        at = int(cosines.argmax())
        best = max(best, (start + at, float(cosines[at])), key=lambda one: one[1])
    return (int(kept[best[0]]), float(np.clip(best[1], -1, 1))) if best[1] > -np.inf else None


def _passed(decision: Mapping[str, Any], gates: Sequence[str]) -> int:
    """How many of the gates a row passed: they are tried in turn, after its validity and its missing scores."""
    stage, reason = decision["stage"], decision["reason"]
    if stage in ("missing", "human") or reason.startswith(VALIDITY):
        return 0
    if stage in ("kept", "budget") and KEPT in reason:
        return 0  # rows marked keep are not put to the gates
    failed = (at for at, gate in enumerate(gates) if reason.startswith(f"gate {gate}:"))
    return next(failed, len(gates)) if stage == "gate" else len(gates)


def _listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
