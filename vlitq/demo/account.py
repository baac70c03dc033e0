"""What a scoring and a selection made of the demo, in a few lines: counts, next to what chance would do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from vlitq.demo.dataset import DemoData
from vlitq.demo.faults import Fault

_COPIES = {Fault.NEAR_DUPLICATE, Fault.EXACT_COPY}


class Scored(Protocol):
    """What the account reads of a run."""

    @property
    def path(self) -> Path:
        """The run folder."""

    @property
    def scorers(self) -> Sequence[str]:
        """The scorers whose scores are there."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """`roles` names the model of each role."""

    def rows(self) -> pa.Table:
        """`id`, `status` and more, one row a sample."""

    def summary(self) -> Mapping[str, float]:
        """Numbers about the whole set, as `scorer.number`."""


class Decided(Protocol):
    """What the account reads of a selection."""

    @property
    def ids(self) -> Sequence[str]:
        """The samples that are kept."""

    def decisions(self) -> pa.Table:
        """`id`, `kept`, `stage` and more, one row a sample."""


@dataclass(frozen=True)
class Tally:
    """How many samples with a fault there are, and how many the selection dropped.

    A copy counts as dropped when it or its original is: either leaves one of the two.
    """

    planted: int
    dropped: int


def account(demo: DemoData, run: Scored, selection: Decided, subset: Path) -> list[str]:
    """The lines to print."""
    planted = json.loads(demo.planted.read_text(encoding="utf-8"))
    ids, kept = run.rows()["id"].to_pylist(), set(selection.ids)
    return [
        f"scored {len(ids)} samples from {demo.data} with {', '.join(run.scorers)}",
        f"models: {_models(run)}",
        f"statuses: {_counted(run.rows()['status'].to_pylist())}",
        f"the set as a whole: {_numbers(run.summary())}",
        f"selection: kept {len(kept)} of {len(ids)}; dropped by stage: {_dropped_by_stage(selection.decisions())}",
        *(_fault_line(fault, tally) for fault, tally in tallies(planted, kept).items()),
        _clean_line(set(ids) - set(planted), kept),
        f"a random {len(kept) / len(ids):.0%} would drop {1 - len(kept) / len(ids):.0%} of each kind, and "
        f"{1 - (len(kept) / len(ids)) ** 2:.0%} of the copies (either one counts)",
        f"run: {run.path}   subset: {subset}   planted faults: {demo.planted}",
    ]


def tallies(planted: Mapping[str, Mapping[str, str]], kept: Collection[str]) -> dict[Fault, Tally]:
    """Per kind of fault, from the content of `planted.json` and the ids that are kept."""
    found: dict[Fault, Tally] = {}
    for fault in Fault:
        of_kind = {i: entry for i, entry in planted.items() if entry["fault"] == fault}
        dropped = sum(not (i in kept and (fault not in _COPIES or e["of"] in kept)) for i, e in of_kind.items())
        found[fault] = Tally(len(of_kind), dropped)
    return found


def _fault_line(fault: Fault, tally: Tally) -> str:
    return f"  {fault.value:<21} dropped {tally.dropped:>2} of {tally.planted}"


def _clean_line(clean: Collection[str], kept: Collection[str]) -> str:
    stayed = len(set(clean) & set(kept))
    return f"  {'without a fault':<21} kept {stayed} of {len(clean)} ({stayed / len(clean):.0%})"


def _models(run: Scored) -> str:
    models: Mapping[str, Mapping[str, str]] = run.manifest["models"]
    return ", ".join(sorted({model["node"] for model in models.values()})) or "none"


def _numbers(summary: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in summary.items()) or "no scorer sums it up"


def _dropped_by_stage(decisions: pa.Table) -> str:
    rows = zip(decisions["kept"].to_pylist(), decisions["stage"].to_pylist(), strict=True)
    return _counted([stage for kept, stage in rows if not kept])


def _counted(values: Sequence[str]) -> str:
    return ", ".join(f"{count} {value}" for value, count in Counter(values).most_common()) or "none"
