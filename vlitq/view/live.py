"""A selection that is being tried: what it keeps, and the command that would write it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.host import Host
from vlitq.recipe import Recipe
from vlitq.schema import Array
from vlitq.selection.fields import Fields
from vlitq.selection.result import Selection
from vlitq.selection.select import select
from vlitq.selection.strata import strata_of_run
from vlitq.selector import SelectableRun, SelectionError

STRATA_TOLD = 200
ORDER = ("budget", "unit", "method", "by", "stratify", "quota", "one_per", "missing", "seed")


@dataclass(frozen=True)
class Live:
    """A selection, and what was asked for."""

    selection: Selection
    asked: Mapping[str, Any]

    @property
    def kept(self) -> Array:
        """Bool of shape (rows,)."""
        kept = np.zeros(len(self.selection.run.rows()), dtype=bool)
        kept[self.selection.rows] = True
        return kept

    def told(self, fields: Fields) -> dict[str, Any]:
        """Counts, notes, strata and the command, as JSON holds them."""
        stages: Mapping[str, int] = self.selection.manifest["rows"]
        strata, others = _strata(fields, self.kept, self.asked.get("stratify") or "source")
        return {
            "kept": len(self.selection),
            "stages": dict(sorted(stages.items(), key=lambda one: -one[1])),
            "notes": [*self.selection.notes, *others],
            "strata": strata,
            "command": command(self.selection.run, self.asked),
        }


def attempt(run: SelectableRun, asked: Mapping[str, Any], host: Host, fields: Fields) -> Live:
    """Select rows as `vlitq select` would by the same options. Raises `SelectionError` or `RecipeError`."""
    given = {name: value for name, value in asked.items() if value is not None}
    wanted = Recipe.from_dict({"name": "explorer", "select": given}, "the selection").selection()
    if "budget" not in wanted:
        raise SelectionError("how much to keep? Give a budget: a share such as '20%', or a number of rows")
    return Live(select(run, selectors=host.selectors(), fields=fields, **wanted), wanted)


def command(run: SelectableRun, asked: Mapping[str, Any]) -> str:
    """What writes the same selection from a shell. All that decides stands in it, nothing is left to the recipe."""
    told = {"unit": "rows", "method": "top", "seed": 0, **asked}
    words = ["vlitq", "select", str(run.path.resolve())]
    for name in ORDER:
        if told.get(name) is not None:
            words += _option(name.replace("_", "-"), str(told[name]))
    for gate in told.get("gates", ()):
        words += _option("gate", gate)
    for name, value in told.get("options", {}).items():
        words += _option("option", f"{name}={value}")
    if told.get("ignore_labels"):
        words += ["--ignore-labels"]
    return shlex.join([*words, "--out", f"subset{run.data.suffix}"])


def _option(name: str, value: str) -> list[str]:
    """An option and its value: as one word where the value would pass for an option."""
    return [f"--{name}={value}"] if value.startswith("-") else [f"--{name}", value]


def _strata(fields: Fields, kept: Array, stratify: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows and rows kept of each stratum, the largest first; and a note of those that are left out."""
    cut = strata_of_run(fields, stratify)
    sizes = np.bincount(cut.codes, minlength=len(cut.names))
    taken = np.bincount(cut.codes[kept], minlength=len(cut.names))
    order = np.argsort(-sizes, kind="stable")[:STRATA_TOLD].tolist()
    told = [{"name": cut.names[code], "all": int(sizes[code]), "kept": int(taken[code])} for code in order]
    left = len(cut.names) - len(order)
    return told, [f"{left} more strata by {stratify} are not listed"] if left else []
