"""What a scoring and a selection made of the demo, in a few lines: counts, next to what chance would do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from vlitq.demo.dataset import DemoData
from vlitq.demo.faults import Fault
from vlitq.schema import Column, Status
from vlitq.selection.contract import SelectableRun

_COPIES = {Fault.NEAR_DUPLICATE, Fault.EXACT_COPY}


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


def account(demo: DemoData, run: SelectableRun, selection: Decided, subset: Path) -> list[str]:
    """The lines to print."""
    planted = json.loads(demo.planted.read_text(encoding="utf-8"))
    ids, kept = run.rows()["id"].to_pylist(), set(selection.ids)
    return [
        f"scored {len(ids)} samples from {demo.data} with {', '.join(_scorers(run))}",
        f"models: {_models(run)}",
        f"statuses: {_counted(run.rows()['status'].to_pylist())}",
        *_redundant(run.columns, run.table()),
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


def _scorers(run: SelectableRun) -> list[str]:
    return list(dict.fromkeys(name.partition(".")[0] for name in run.columns))


def _models(run: SelectableRun) -> str:
    roles: Mapping[str, str] = run.manifest["roles"]
    return ", ".join(f"{role} {name}" for role, name in sorted(roles.items())) or "none"


def _redundant(columns: Mapping[str, Column], table: pa.Table) -> Iterator[str]:
    """A line for every column of the redundancy axis that marks or groups samples, whichever scorer it is of."""
    for name, column in columns.items():
        if column.axis != "redundancy" or name not in table.column_names:
            continue
        counts = Counter(value for value in table[name].to_pylist() if value is not None)
        if column.dtype == "bool":
            yield f"{name}: {counts[True]} samples"
        elif column.dtype in ("int32", "int64", "string"):
            sizes = [size for size in counts.values() if size > 1]
            yield f"{name}: {len(sizes)} values that samples share, {sum(sizes)} samples among them"


def _dropped_by_stage(decisions: pa.Table) -> str:
    rows = zip(decisions["kept"].to_pylist(), decisions["stage"].to_pylist(), strict=True)
    return _counted([stage for kept, stage in rows if not kept])


def _counted(values: Sequence[Status | str]) -> str:
    return ", ".join(f"{count} {value}" for value, count in Counter(values).most_common()) or "none"
