"""Single columns of a run as charts, for a notebook or a paper."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from vlitq.charts.chart import Chart, ChartError
from vlitq.comparison.chosen import Chosen, check
from vlitq.report.columns import SELECTIONS_SHOWN, Drawn
from vlitq.report.material import Material
from vlitq.report.naming import listed
from vlitq.store import Run, RunError


def plot_column(run: Run, column: str, selections: Sequence[Chosen] = ()) -> Chart:
    """How a column's values lie, with what the first three selections keep of them; warns where there are more. Raises
    `UnknownColumn`, `ChartError`."""
    for selection in selections:
        check(run, selection)
    if left := selections[SELECTIONS_SHOWN:]:
        names = listed(one.name for one in left)
        warnings.warn(f"{SELECTIONS_SHOWN} selections are drawn at most, and not {names}", stacklevel=3)
    drawn = Drawn(Material(run, selections)).one(column)
    if drawn.field.column.unit == "row":
        raise ChartError(f"column {column!r} holds the numbers of other rows: how they lie says nothing")
    if (chart := drawn.chart()) is None:
        raise ChartError(f"column {column!r} {drawn.in_words()}")
    return chart


def plots(run: Run, scorer: str) -> tuple[dict[str, Chart], dict[str, str]]:
    """The charts of a scorer's columns by full name, and why the others have none. Raises `RunError`."""
    if scorer not in run.scorers:
        raise RunError(f"{run.path} has no scores of {scorer!r}; it has: {', '.join(run.scorers) or 'none'}")
    every = Drawn(Material(run))
    found = {name: every.one(name) for name in every.material.columns if name.rpartition(".")[0] == scorer}
    charts = {name: one.chart() for name, one in found.items()}
    drawn = {name: chart for name, chart in charts.items() if chart is not None}
    return drawn, {name: found[name].in_words() for name in found if name not in drawn}
