"""The axes section: where each source stands in correctness, validity and the rest, and which columns put it there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vlitq.charts.chart import Cell, Chart
from vlitq.charts.kinds import Interval, intervals
from vlitq.charts.standings import standings
from vlitq.report.blocks import Block, Figure, Group, Section, Table, Text
from vlitq.report.material import Material
from vlitq.report.naming import listed
from vlitq.report.review import FEW, QUALITY, SOURCES_SHOWN, Review, reviewed
from vlitq.report.standing import MORE, Spread, Standing
from vlitq.report.worst import lead, reasons, told
from vlitq.schema import Axis

BY_COLUMN = "What each {} is behind in, who is lowest, and how to read it"
COLUMNS_SHOWN = 20  # of an axis: those that tell the sources apart most
NAMED = 3  # columns that are named as the reason
BEHIND: tuple[Axis, ...] = (*QUALITY, "complexity", "visual dependence")  # what a sample has or lacks by itself


def section(material: Material) -> Section | None:
    """Sources by axes; None where no column has a better end and differs between samples."""
    review = reviewed(material)
    if not review.standings:
        return None
    title = "Where each part of the data stands"
    if len(review.names) < 2:
        return Section("axes", title, _alone(review), [_means(material, one, review) for one in review.standings])
    why = reasons(material, review)
    blocks: list[Block] = [
        *([why] if why.lines else []),
        Figure(_matrix(review)),
    ]
    groups = [_axis(material, one, review) for one in review.standings]
    return Section(
        "axes",
        title,
        lead(review),
        [
            *blocks,
            Group(
                BY_COLUMN.format(review.by),
                [_behind(material, review), _ends(material, review), Text(_how_to_read(review))],
                folded=True,
            ),
            *groups,
        ],
    )


def _matrix(review: Review) -> Chart:
    """Sources down, axes across, the mean percentile rank in each cell."""
    spreads = {one.axis.capitalize(): one.spread for one in review.standings}
    down = [f"{review.names[code]} (n {review.sizes[code]:,})" for code in review.shown]
    values = [[_cell(one.mean[code]) for one in spreads.values()] for code in review.shown]
    left = len(review.names) - len(review.shown)
    cut = f" Of {len(review.names):,}, the {SOURCES_SHOWN} with most samples are shown." if left else ""
    empty = " An empty cell: no column of the axis has a value there." if any(None in line for line in values) else ""
    return standings(
        f"Mean percentile rank by {review.by}",
        f"A row for each {review.by}, a column for each axis; the lowest in {review.ordered_by} first.",
        list(spreads),
        down,
        values,
        "mean percentile rank, 100 is best",
        f"50 is the middle of all samples; a high place in redundancy means little of it.{empty}{cut}",
    )


def _behind(material: Material, review: Review) -> Table:
    """Of every stratum shown the columns in which it is farthest below the others, whatever their axis."""
    rows: list[list[Cell]] = []
    for code in review.shown:
        found = [driver for one in review.standings if one.axis in BEHIND for driver in one.drivers(code)]
        worst = sorted(found, key=lambda driver: -driver.below)[:NAMED]
        said = [told(material, review, driver, code) for driver in worst]
        rows.append([review.names[code], int(review.sizes[code]), "; ".join(said) or "nothing, beyond chance"])
    return Table(f"What each {review.by} is behind in", [review.by, "samples", "behind in"], rows)


def _ends(material: Material, review: Review) -> Table:
    """For every axis who is lowest and why."""
    rows: list[list[Cell]] = []
    for one in review.standings:
        ranked = [code for code in review.shown if one.spread.n[code] >= FEW]
        if ranked:
            low, high = (pick(ranked, key=lambda code: one.spread.mean[code]) for pick in (min, max))
            reasons = [told(material, review, driver, low) for driver in one.drivers(low)[:NAMED]]
            said = "; ".join(reasons) or "no single column differs by more than chance"
            rows.append([one.axis, _placed(review, one.spread, low), said, _placed(review, one.spread, high)])
    return Table("Who is lowest in each axis", ["axis", "lowest", "mainly by", "highest"], rows)


def _placed(review: Review, spread: Spread, code: int) -> str:
    return f"{review.names[code]}: {spread.mean[code]:.0f} ({spread.low[code]:.0f} to {spread.high[code]:.0f})"


def _axis(material: Material, one: Standing, review: Review) -> Group:
    """The strata's intervals and the means of the axis's columns, shown on demand."""
    places = [_interval(one.spread, review.names[code], code) for code in review.shown if one.spread.n[code]]
    chart = intervals(
        f"standing-{one.axis}".replace(" ", "-"),
        f"{one.axis.capitalize()}: mean percentile rank by {review.by}",
        f"Each {review.by} with the 95 % interval of its mean.",
        places,
        "mean percentile rank of 100",
        "A single sample has no interval.",
    )
    return Group(f"{one.axis.capitalize()} by {review.by}", [Figure(chart), _means(material, one, review)], folded=True)


def _interval(spread: Spread, label: str, code: int) -> Interval:
    mean = float(spread.mean[code])
    low, high = (mean if np.isnan(end) else float(end) for end in (spread.low[code], spread.high[code]))
    return Interval(label, "mean and 95 % interval", low, mean, high)


def _means(material: Material, one: Standing, review: Review) -> Table:
    """A row a column, the mean of each stratum; the columns that tell the strata apart most first."""
    order = sorted(one.ranks, key=lambda name: (-_apart(one.ranks[name], review.shown), name))
    same = {other: name for name, others in one.alike.items() for other in others}
    rows: list[list[Cell]] = []
    for name in order[:COLUMNS_SHOWN]:
        values = one.values[name]
        said = f"{name} (as {same[name]})" if name in same else name
        better = _better(one.axis, material.columns[name].direction)
        rows.append([said, better, *(_cell(values.mean[code]) for code in review.shown)])
    more = f"; {len(order) - COLUMNS_SHOWN} columns that do so less are left out" if len(order) > COLUMNS_SHOWN else ""
    caption = (
        f"{one.axis.capitalize()}: means, of truth values the share that is true; first the columns that tell the "
        f"{review.by} apart most{more}"
    )
    return Table(caption, ["column", "better", *(review.names[code] for code in review.shown)], rows)


def _better(axis: Axis, direction: str) -> str:
    return direction if direction != "neutral" else "neutral, read as more" if axis in MORE else direction


def _apart(spread: Spread, shown: Sequence[int]) -> float:
    """From the lowest mean percentile rank to the highest."""
    means = spread.mean[list(shown)]
    known = means[~np.isnan(means)]
    return float(known.max() - known.min()) if len(known) else 0.0


def _how_to_read(review: Review) -> tuple[str, ...]:
    same = [f"{name} ({listed(others)})" for one in review.standings for name, others in one.alike.items() if others]
    once = f" Columns that order the samples alike count once: {listed(same, 5)}." if same else ""
    few = [review.names[code] for code in review.shown if review.sizes[code] < FEW]
    small = f" Fewer than {FEW} samples: {listed(few)}; read nothing into them." if few else ""
    return (
        "A sample's place in an axis is its mean percentile rank over the axis's columns that have a value for it; the "
        "better end is up, and of complexity and diversity that have none, more is up. Constant columns say nothing "
        f"and are left out.{once}{small}",
        f"What a {review.by} is behind in are the columns of {listed(BEHIND)} in which it is farthest below the others "
        "in percentile rank: its mean against the mean of the others. Only what is beyond chance (99 %) is named; in "
        f"brackets stand 95 % intervals. The lowest and highest are of {FEW} samples or more.",
    )


def _alone(review: Review) -> str:
    return (
        f"All samples have one {review.by}, {review.names[0]}, so there is nothing to set beside it. Name a column "
        "that parts them: `vlitq report RUN --stratify COLUMN`."
    )


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
