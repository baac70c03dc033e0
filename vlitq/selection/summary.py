"""Says in few lines how a selection was made, and what left the others out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vlitq.selection.explanation import ONE_PER, VALIDITY
from vlitq.selection.strata import names_in

LEFT: Mapping[str, str] = {  # what left rows out, in the order in which it does
    "human": "dropped: marked drop by hand",
    "validity": "dropped: not a sample to train on (the validity gate)",
    "missing": "dropped: a score is missing",
    "gate": "dropped: a gate",
    "one_per": "dropped: another row of its {one_per}",
    "method": "skipped by the method",
    "budget": "not taken: the budget did not reach them",
}


def how(decisions: pa.Table, manifest: Mapping[str, Any]) -> str:
    """The recipe, the method with its options, what it ranked by, the strata and the seed of a selection, by the table
    of its decisions and its manifest."""
    asked = manifest["selection"]
    recipe = f"recipe {manifest['recipe']['name']!r}, " if manifest.get("recipe") else ""
    method, options = asked["method"]["name"], dict(asked["method"]["options"])
    drawn = method == "random" or options.get("within") == "random"
    if drawn:
        options.pop("within", None)  # it is told in words
    ranked = decisions["score"].null_count < len(decisions)
    parts = [
        f"{recipe}method {method!r}" + _in_brackets(options),
        "drawn at random" if drawn else "",
        f"the best by {asked['by']}" if ranked and method == "top" else "",
        f"ranked by {asked['by']}" if ranked and method != "top" else "",
        _strata(asked["stratify"], decisions, asked["quota"]),
        f"seed {asked['seed']}",
    ]
    return ", ".join(filter(None, parts))


def left_out(decisions: pa.Table) -> dict[str, int]:
    """Rows by what left them out, a key of `LEFT` or a stage that a later version adds; without what left out none."""
    stages = pc.value_counts(decisions["stage"].combine_chunks()).to_pylist()
    counts = {one["values"]: one["counts"] for one in stages}
    gated = decisions["reason"].filter(pc.equal(decisions["stage"], "gate"))
    for name, beginning in (("validity", VALIDITY), ("one_per", ONE_PER)):
        counts[name] = pc.sum(pc.starts_with(gated, beginning)).as_py() or 0
        counts["gate"] = counts.get("gate", 0) - counts[name]
    return {name: counts[name] for name in [*LEFT, *sorted(counts.keys() - LEFT.keys() - {"kept"})] if counts.get(name)}


def _strata(stratify: str | None, decisions: pa.Table, quota: Any) -> str:
    if not stratify:
        return ""
    count = pc.count_distinct(decisions["stratum"]).as_py()
    shared = f", the budget shared by {quota}" if quota is not None else ""
    return f"within {count} {'stratum' if count == 1 else 'strata'} of {' and '.join(names_in(stratify))}{shared}"


def _in_brackets(options: Mapping[str, Any]) -> str:
    given = ", ".join(f"{name}={_written(value)}" for name, value in options.items() if value is not None)
    return f" ({given})" if given else ""


def _written(value: Any) -> str:
    """As `--option` takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
