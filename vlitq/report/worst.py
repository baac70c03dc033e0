"""Which parts of the data are worst, and in what: the answer in a sentence, and the columns behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vlitq.charts.numbers import share, short
from vlitq.counted import counted
from vlitq.report.blocks import Facts
from vlitq.report.faulty import counts_faults, names_of_faults
from vlitq.report.material import Material
from vlitq.report.naming import clause, listed
from vlitq.report.review import QUALITY, Review
from vlitq.report.scripts import FOREIGN, foreign
from vlitq.report.standing import Driver, Standing
from vlitq.schema import Array, Axis

NAMED = 3  # strata for one thing; others are counted
REASONS = 2  # columns of a stratum that are named as the reason
NOTHING = "a little lower in several columns, in none of them beyond chance"
TOLD: tuple[Axis, ...] = (*QUALITY, "complexity", "visual dependence")  # axes of which the lowest is named


def lead(review: Review) -> str:
    """Who is lowest in quality, and who in an axis alone; each beyond chance."""
    if review.quality is None:
        parts = counted(len(review.names), f"value of {review.by}", f"values of {review.by}")
        quality = f"Nothing scored says what is correct or valid; {parts} stand beside each other in the rest."
    elif low := review.clearly_low(review.quality):
        together = " together" if " and " in review.ordered_by else ""
        quality = f"Lowest in {review.ordered_by}{together}: {_in_turn(review, low)}."
    else:
        quality = f"No {review.by} lies clearly below the others in {review.ordered_by} (95 % intervals)."
    alone = [
        f"In {axis}{' alone' if axis in QUALITY else ''}: {_in_turn(review, low)}."
        for axis, low in _by_axis(review).items()
    ]
    return " ".join([quality, *alone])


def reasons(material: Material, review: Review) -> Facts:
    """Why each stratum that the lead names is low: the columns in which it is farthest below the others."""
    lines: dict[str, str] = {}
    low = review.clearly_low(review.quality)[:NAMED] if review.quality else []
    for code in low:
        drivers = [one for each in review.standings if each.axis in QUALITY for one in each.drivers(code)]
        lines[review.names[code]] = _because(material, review, drivers, code)
        if foreign(material, np.flatnonzero(review.codes == code)):
            lines[review.names[code]] += f"\n{FOREIGN}"
    for axis, (code,) in _by_axis(review).items():
        if lines.get(review.names[code], NOTHING) == NOTHING:
            lines[review.names[code]] = _because(material, review, _of(review, axis).drivers(code), code)
        elif axis not in QUALITY and (drivers := _of(review, axis).drivers(code)):
            lines[review.names[code]] += "\n" + _because(material, review, drivers[:1], code)
    return Facts(tuple(lines.items()))


def told(material: Material, review: Review, driver: Driver, code: int) -> str:
    """A column with the stratum's mean and the others', of truth values and counts of faults the share that has one;
    and of how many samples, where it says nothing of half of them."""
    column = material.columns[driver.name]
    few = f", in the {driver.n:,} it applies to" if driver.n < review.sizes[code] / 2 else ""
    if column.dtype == "bool":
        return f"{driver.name} true for {100 * driver.mean:.0f} %, the others {100 * driver.others:.0f} %{few}"
    if counts_faults(column):
        has, others = _shares(material.values(driver.name).values, review.codes == code)
        return f"{driver.name} in {has}, the others {others}{few}"
    unit = "" if column.unit in driver.name else f" {column.unit}"
    return f"{driver.name} {short(driver.mean)}{unit}, the others {short(driver.others)}{few}"


def _shares(values: Array, of: Array) -> tuple[str, str]:
    """Of the values that are known, what share is above 0 among some rows, and among the others."""
    known = ~np.isnan(values)
    inside, outside = values[of & known], values[~of & known]
    return share(int((inside > 0).sum()), len(inside)), share(int((outside > 0).sum()), len(outside))


def _by_axis(review: Review) -> dict[Axis, list[int]]:
    """Who is lowest in an axis, clearly; of an axis of quality where it is none of those that are low in all of it."""
    first = review.clearly_low(review.quality)[:NAMED] if review.quality else []
    found = {one.axis: review.clearly_low(one.spread)[:1] for one in review.standings if one.axis in TOLD}
    return {axis: low for axis, low in found.items() if low and (axis not in QUALITY or low[0] not in first)}


def _of(review: Review, axis: Axis) -> Standing:
    return next(one for one in review.standings if one.axis == axis)


def _because(material: Material, review: Review, drivers: Sequence[Driver], code: int) -> str:
    """A line for each of the columns in which it is farthest below, whatever their axis."""
    named = names_of_faults(material)
    plain = [one for one in drivers if one.name in named or not counts_faults(material.columns[one.name])] or drivers
    worst = sorted(plain, key=lambda one: (-one.below, one.name))[:REASONS]
    lines = [f"{clause(material.columns[one.name])}: {told(material, review, one, code)}" for one in worst]
    return "\n".join(lines) or NOTHING


def _in_turn(review: Review, codes: Sequence[int]) -> str:
    return listed((review.names[code] for code in codes), NAMED + 1)
