"""The axes section: where each source stands in correctness, validity and the rest, and which columns put it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.charts.chart import Cell, Chart
from vlitq.charts.kinds import Interval, intervals
from vlitq.charts.numbers import counted, short
from vlitq.charts.standings import standings
from vlitq.report.blocks import Block, Figure, Group, Section, Table, Text
from vlitq.report.material import Material
from vlitq.report.naming import labelled, listed
from vlitq.report.standing import AXES, LEAST, MORE, Driver, Spread, Standing, spread, standing, takes_part
from vlitq.schema import Array, Axis
from vlitq.selection.strata import strata_by

SOURCES_SHOWN = 20  # the largest
COLUMNS_SHOWN = 20  # of an axis: those that tell the sources apart most
NAMED = 3  # columns that are named as the reason, in the tables
IN_LEAD = 2  # and in the first sentence
FEW = 10  # samples of a source, below which nothing is concluded of it
QUALITY: tuple[Axis, ...] = ("correctness", "validity")  # by which sources are ordered, worst first
BEHIND: tuple[Axis, ...] = (*QUALITY, "complexity", "visual dependence")  # what a sample has or lacks by itself


@dataclass(frozen=True, eq=False)
class Review:
    """Where the strata stand in every axis that has columns, and in quality, the mean of correctness and validity.

    shown: codes of the strata shown, the lowest in quality first. names: of every stratum, as charts write it.
    """

    by: str
    codes: Array
    names: Sequence[str]
    sizes: Array
    standings: Sequence[Standing]
    quality: Spread | None
    shown: Sequence[int]


def section(material: Material) -> Section | None:
    """Sources by axes; None where no column has a better end and differs between samples."""
    review = reviewed(material)
    if not review.standings:
        return None
    title = "Where each part of the data stands"
    if len(review.names) < 2:
        return Section("axes", title, _alone(review), [_means(material, one, review) for one in review.standings])
    blocks: list[Block] = [
        Figure(_matrix(review)),
        _behind(material, review),
        _ends(material, review),
        Text(_how_to_read(review)),
    ]
    groups = [_axis(material, one, review) for one in review.standings]
    return Section("axes", title, lead(material, review), [*blocks, *groups])


def reviewed(material: Material) -> Review:
    """Where the strata of `material.stratify` stand."""
    cut = strata_by(material.values, material.stratify, np.arange(len(material.fields)))
    strata = len(cut.names)
    found = []
    for axis in AXES:
        of_axis = {name: material.values(name) for name, column in material.numeric.items() if column.axis == axis}
        fields = {name: field for name, field in of_axis.items() if takes_part(field.column, field)}
        if fields:
            found.append(standing(axis, fields, cut.codes, strata))
    quality = _quality(found, cut.codes, strata)
    sizes = np.bincount(cut.codes, minlength=strata)
    largest = np.argsort(-sizes, kind="stable")[:SOURCES_SHOWN]
    order = quality or (found[0].spread if found else None)
    shown = largest[np.argsort(order.mean[largest], kind="stable")] if order else largest
    names = labelled(cut.names) if strata <= SOURCES_SHOWN else _labels_of(cut.names, shown)
    return Review(material.stratify, cut.codes, names, sizes, found, quality, shown.tolist())


def lead(material: Material, review: Review) -> str:
    """Who ranks lowest in quality, and why; who is next, where that is clear as well."""
    said = [_in_quality(material, review)]
    complexity = next((one for one in review.standings if one.axis == "complexity"), None)
    if complexity and (low := _clearly_low(review, complexity.spread)):
        lowest = min(low, key=lambda code: float(complexity.spread.mean[code]))
        said.append(f"{review.names[lowest]} ranks lowest in {_place(material, complexity, lowest)}.")
    return " ".join(said)


def _in_quality(material: Material, review: Review) -> str:
    if review.quality is None:
        return f"Nothing scored says what is correct or valid; the {_parts(review)} are beside each other in the rest."
    low = _clearly_low(review, review.quality)
    if not low:
        return f"No {review.by} lies clearly below the others in {_quality_of(review)} (95 % intervals)."
    first = f"{review.names[low[0]]} ranks lowest over {_quality_of(review)}: {_why(material, review, low[0])}."
    then = [f"{review.names[code]} is below the middle, too: {_why(material, review, code)}." for code in low[1:3]]
    return " ".join([first, *then, *_of_each_axis(material, review, low[:3])])


def _of_each_axis(material: Material, review: Review, told: Sequence[int]) -> list[str]:
    """Who is clearly lowest in one axis of quality, of those not told of yet."""
    said = []
    for one in review.standings:
        lowest = _clearly_low(review, one.spread)[:1] if one.axis in QUALITY else []
        if lowest and lowest[0] not in told:
            said.append(f"In {one.axis} alone {review.names[lowest[0]]} is lowest: {_place(material, one, lowest[0])}.")
            told = [*told, lowest[0]]
    return said


def _why(material: Material, review: Review, code: int) -> str:
    """Its mean percentile in each axis of quality, and the columns that put it there."""
    known = [one for one in review.standings if one.axis in QUALITY and one.spread.n[code]]
    return " and ".join(_place(material, one, code) for one in known)


def _place(material: Material, one: Standing, code: int) -> str:
    drivers = [_told(material, driver) for driver in one.drivers(code)[:IN_LEAD]]
    mainly = f", mainly by {'; '.join(drivers)}" if drivers else ""
    return f"{one.axis} (mean percentile {one.spread.mean[code]:.0f} of 100{mainly})"


def _told(material: Material, driver: Driver) -> str:
    """A column with the stratum's value and the others': as shares where it holds truth values."""
    if material.columns[driver.name].dtype == "bool":
        return f"{driver.name}, true for {100 * driver.mean:.0f} % against {100 * driver.others:.0f} %"
    return f"{driver.name}, {short(driver.mean)} against {short(driver.others)}"


def _clearly_low(review: Review, quality: Spread) -> list[int]:
    """Strata of enough samples that lie below the middle of all, 95 % interval and all, the lowest first."""
    middle = _middle(quality)
    return [
        code
        for code in review.shown
        if review.sizes[code] >= FEW and quality.high[code] < middle and quality.mean[code] < middle - LEAST
    ]


def _middle(spread: Spread) -> float:
    """The mean over all samples."""
    known = spread.n > 0
    return float((spread.n[known] * spread.mean[known]).sum() / spread.n.sum())


def _quality(found: Sequence[Standing], codes: Array, strata: int) -> Spread | None:
    scores = [one.score for one in found if one.axis in QUALITY]
    if not scores:
        return None
    known = np.sum([~np.isnan(one) for one in scores], axis=0)
    total = np.nansum(scores, axis=0)
    return spread(np.where(known > 0, total / np.maximum(known, 1), np.nan), codes, strata)


def _matrix(review: Review) -> Chart:
    """Sources down, axes across, the mean percentile rank in each cell."""
    spreads = {one.axis.capitalize(): one.spread for one in review.standings}
    down = [f"{review.names[code]} (n {review.sizes[code]:,})" for code in review.shown]
    values = [[_cell(one.mean[code]) for one in spreads.values()] for code in review.shown]
    left = len(review.names) - len(review.shown)
    cut = f" Of {len(review.names):,}, the {SOURCES_SHOWN} with most samples are shown." if left else ""
    return standings(
        f"Mean percentile rank by {review.by}",
        f"A row for each {review.by}, a column for each axis; the lowest in {_quality_of(review)} first.",
        list(spreads),
        down,
        values,
        "mean percentile rank of 100 among all samples, the better end up",
        f"50 is the middle of all samples; a high place in redundancy means little of it.{cut}",
    )


def _behind(material: Material, review: Review) -> Table:
    """Of every stratum shown the columns in which it is farthest below the others, whatever their axis."""
    rows: list[list[Cell]] = []
    for code in review.shown:
        found = [driver for one in review.standings if one.axis in BEHIND for driver in one.drivers(code)]
        worst = sorted(found, key=lambda driver: -driver.below)[:NAMED]
        said = [f"{_told(material, driver)}{_of(driver, review, code)}" for driver in worst]
        rows.append([review.names[code], int(review.sizes[code]), "; ".join(said) or "nothing, beyond chance"])
    return Table(f"What each {review.by} is behind in", [review.by, "samples", "behind in"], rows)


def _of(driver: Driver, review: Review, code: int) -> str:
    """Of how many samples, where the column says nothing of half of them."""
    return f", of the {driver.n:,} it applies to" if driver.n < review.sizes[code] / 2 else ""


def _ends(material: Material, review: Review) -> Table:
    """For every axis who is lowest and why."""
    rows: list[list[Cell]] = []
    for one in review.standings:
        ranked = [code for code in review.shown if one.spread.n[code] >= FEW]
        if ranked:
            low, high = (pick(ranked, key=lambda code: one.spread.mean[code]) for pick in (min, max))
            reasons = [_told(material, driver) for driver in one.drivers(low)[:NAMED]]
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


def _quality_of(review: Review) -> str:
    return listed(one.axis for one in review.standings if one.axis in QUALITY)


def _parts(review: Review) -> str:
    return counted(len(review.names), f"value of {review.by}", f"values of {review.by}")


def _labels_of(names: Sequence[str], shown: Array) -> list[str]:
    """Labels that differ among those shown; the others are never drawn."""
    told = list(names)
    for code, label in zip(shown.tolist(), labelled([names[code] for code in shown]), strict=True):
        told[code] = label
    return told


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
