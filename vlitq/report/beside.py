"""Selections beside random ones: which figures lie outside what random draws give, and charts of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from vlitq.charts.chart import Cell, Chart
from vlitq.charts.kinds import Interval, intervals
from vlitq.comparison.compare import WHOLE
from vlitq.comparison.result import Comparison, Figure, Value
from vlitq.report.blocks import Table
from vlitq.report.material import Material
from vlitq.report.naming import on_one_line
from vlitq.schema import Direction

MEANS, KEPT = "Mean of the scores", "Share kept of each {}"  # sections of a comparison
SHOWN = 20  # columns or strata in a chart
SELECTIONS_DRAWN = 4  # in a chart; there are six colours, and two controls
ENDS: Mapping[Direction, str] = {"higher": "↑", "lower": "↓", "neutral": "·"}
ARROWS = "↑ higher is better, ↓ lower is better, · neither."
Verdict = Literal["better", "worse", "as random"]


def verdict(figure: Figure, selection: str, compared: Comparison) -> Verdict | None:
    """Whether a selection's figure lies beyond all draws of its random control, and on which side; None where the
    figure has no better end, or one of the two has none."""
    found, random = figure.values.get(selection), figure.values.get(_random(selection, compared))
    if found is None or random is None or figure.better == "neutral":
        return None
    if random.low <= found.mean <= random.high:
        return "as random"
    return "better" if (found.mean > random.high) == (figure.better == "higher") else "worse"


def figures(section: str, found: Sequence[Figure], compared: Comparison) -> Table:
    """The figures of a section of the comparison, down, and the sets across."""
    sets = [one for one in compared.sets if any(one in figure.values for figure in found)]
    told = any(figure.better != "neutral" for figure in found)
    rows: list[list[Cell]] = []
    for figure in found:
        better: list[Cell] = [figure.better if figure.better != "neutral" else ""] if told else []
        rows.append([on_one_line(figure.name), *better, *(_cell(figure, one, compared) for one in sets)])
    ends = "; better or worse: outside all random draws of the same size" if told else ""
    return Table(f"{section}; in brackets from the lowest to the highest draw{ends}", _head(told, sets), rows)


def means(material: Material, names: Sequence[str], compared: Comparison) -> Chart | None:
    """The mean of every column with a better end, in standard deviations from the mean of all samples."""
    found: list[tuple[float, list[Interval]]] = []
    for figure in _of(compared, MEANS):
        places = _in_deviations(material, figure, names[:SELECTIONS_DRAWN], compared)
        if places:
            off = max(abs(one.value) for one in places)
            found.append((off, [Interval(f"{figure.name} {ENDS[figure.better]}", *_ends(one)) for one in places]))
    if not found:
        return None
    found.sort(key=lambda one: -one[0])
    chart = intervals(
        "selections-means",
        "Means of the scores beside random",
        "Each selection and its controls by column; 0 is the mean of all samples.",
        [place for _, places in found[:SHOWN] for place in places],
        "standard deviations from the mean of all samples",
        f"{ARROWS} {_cut(len(found), 'columns, those farthest from 0', names)}",
    )
    return compact(chart)


def kept_of_each(stratify: str, names: Sequence[str], compared: Comparison) -> Chart | None:
    """What share of each stratum is kept, the largest strata first."""
    found = [one for one in _of(compared, KEPT.format(stratify)) if any(name in one.values for name in names)]
    if len(found) < 2:
        return None
    sets = _drawn(names[:SELECTIONS_DRAWN], compared)
    places = [
        Interval(on_one_line(figure.name), name, 100 * value.low, 100 * value.mean, 100 * value.high)
        for figure in found[:SHOWN]
        for name in sets
        if (value := figure.values.get(name)) is not None
    ]
    chart = intervals(
        "selections-kept",
        f"Share kept of each {stratify}",
        f"Each selection and its controls by {stratify}, the largest first.",
        places,
        "per cent kept",
        _cut(len(found), f"values of {stratify}, the largest", names),
    )
    return compact(chart)


def compact(chart: Chart) -> Chart:
    """Intervals whose series share the height of a label: Vega-Lite's step is else the height of each series."""
    series = len({row[1] for row in chart.rows})
    return replace(chart, spec={**chart.spec, "height": {"step": max(22, 9 * series + 6), "for": "position"}})


def _in_deviations(material: Material, figure: Figure, names: Sequence[str], compared: Comparison) -> list[Interval]:
    """The figure of each set, less the mean of all samples, in standard deviations; none of a column that is constant
    or infinite somewhere."""
    values = material.values(figure.name).values
    known = values[~np.isnan(values)]
    whole, deviation = figure.values.get(WHOLE), float(known.std()) if np.isfinite(known).all() and len(known) else 0.0
    if whole is None or not deviation:
        return []
    return [
        Interval("", name, *((end - whole.mean) / deviation for end in (value.low, value.mean, value.high)))
        for name in _drawn(names, compared)
        if (value := figure.values.get(name)) is not None
    ]


def _ends(one: Interval) -> tuple[str, float, float, float]:
    return one.series, one.low, one.value, one.high


def _drawn(names: Sequence[str], compared: Comparison) -> list[str]:
    """The selections, and the controls of the first."""
    return [*names, *compared.controls[names[0]]]


def _random(selection: str, compared: Comparison) -> str:
    return compared.controls[selection][0]


def _of(compared: Comparison, section: str) -> Iterable[Figure]:
    return (figure for figure in compared.figures if figure.section == section)


def _cell(figure: Figure, name: str, compared: Comparison) -> Cell:
    value = figure.values.get(name)
    if value is None:
        return None
    said = verdict(figure, name, compared) if name in compared.controls else None
    return f"{value}, {said}" if said in ("better", "worse") else _number(value)


def _number(value: Value) -> Cell:
    return str(value) if value.low != value.high else value.mean


def _head(told: bool, sets: Sequence[str]) -> list[str]:
    return ["", *(["better end"] if told else []), *sets]


def _cut(many: int, what: str, names: Sequence[str]) -> str:
    columns = f" {SHOWN} of {many:,} {what}." if many > SHOWN else ""
    drawn = f" {SELECTIONS_DRAWN} of {len(names)} selections are drawn." if len(names) > SELECTIONS_DRAWN else ""
    return f"Controls: from the lowest to the highest draw, and their mean.{columns}{drawn}"
