"""Where the strata of a run stand: the percentile ranks of their samples in each axis, and which columns drive them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.calibration import PERCENTILE
from vlitq.schema import Array, Axis, Column
from vlitq.selection.fields import Field
from vlitq.selection.ranks import mid_ranks

AXES: tuple[Axis, ...] = (
    "correctness", "validity", "complexity", "diversity", "redundancy", "balance", "visual dependence"
)  # fmt: skip
MORE: tuple[Axis, ...] = ("complexity", "diversity")  # axes of which a number without a better end is read as "more"
ALIKE = 0.99  # columns whose ranks correlate above this count once
COMPARED = 20_000  # rows by which columns are found to be alike
FEWEST = 5  # samples of a stratum with a value, before a column is said to drive anything
Z = 1.96  # of a 95 % interval
SURE = 2.58  # standard errors (99 %) before a column is named: dozens of columns are looked at for every stratum
LEAST = 2.0  # percentile ranks below the others, of which a large set is as sure as of many, before it is worth a word


@dataclass(frozen=True)
class Spread:
    """Of values by stratum: how many there are, their mean and their standard error; float64 of shape (strata,)."""

    n: Array
    mean: Array
    error: Array

    @property
    def low(self) -> Array:
        """Lower end of the 95 % interval of the mean, NaN of fewer than two values."""
        return self.mean - Z * self.error

    @property
    def high(self) -> Array:
        """Upper end of the 95 % interval of the mean, NaN of fewer than two values."""
        return self.mean + Z * self.error


@dataclass(frozen=True)
class Driver:
    """A column in which a stratum lies below the others: by how many percentile ranks, its mean and theirs, and n."""

    name: str
    below: float
    mean: float
    others: float
    n: int


@dataclass(frozen=True, eq=False)
class Standing:
    """How strata stand in an axis: `spread` of the samples' mean percentile rank over the columns that count.

    ranks: by column, the spread of its own percentile ranks. values: by column, the spread of its values. alike: by
    column that counts, those that order the samples as it does, and do not count. falling: columns whose lower end is
    the better one.
    """

    axis: Axis
    score: Array
    spread: Spread
    ranks: Mapping[str, Spread]
    values: Mapping[str, Spread]
    alike: Mapping[str, Sequence[str]]
    falling: frozenset[str]

    def drivers(self, code: int) -> list[Driver]:
        """The columns in which a stratum is below the others in rank by more than chance (99 %), and in mean, the
        farthest first."""
        found = [_driver(name, self.ranks[name], self.values[name], code) for name in self.alike]
        known = [one for one in found if one and (one.mean > one.others) == (one.name in self.falling)]
        return sorted(known, key=lambda one: (-one.below, one.name))


def takes_part(column: Column, field: Field) -> bool:
    """True for a column with a better end, or of which more is more; not for one that is constant."""
    counts = column.direction != "neutral" or (column.axis in MORE and column.dtype != "bool")
    if not counts or column.name.endswith(PERCENTILE) or field.is_label or field.null.all():
        return False
    return bool(np.nanmin(field.values) < np.nanmax(field.values))


def percentiles(field: Field) -> Array:
    """Percentile rank of each value in (0, 100), the better end up; ties share the middle, NaN where null."""
    found, known = np.full(len(field.values), np.nan), ~field.null
    ranks = mid_ranks(field.values[known], np.zeros(int(known.sum()), dtype=np.int64)).quantile
    found[known] = 100 * (1 - ranks if field.column.direction == "lower" else ranks)
    return found


def standing(axis: Axis, fields: Mapping[str, Field], codes: Array, strata: int) -> Standing:
    """Where each of `strata` strata, by the code of each row, stands in an axis by at least one column."""
    ranks = {name: percentiles(field) for name, field in fields.items()}
    alike = _alike(ranks)
    score = _row_means([ranks[name] for name in alike])
    return Standing(
        axis,
        score,
        spread(score, codes, strata),
        {name: spread(one, codes, strata) for name, one in ranks.items()},
        {name: spread(field.values, codes, strata) for name, field in fields.items()},
        alike,
        frozenset(name for name, field in fields.items() if field.column.direction == "lower"),
    )


def spread(values: Array, codes: Array, strata: int) -> Spread:
    """Of the values that are not NaN, by stratum."""
    known = ~np.isnan(values)
    n = np.bincount(codes[known], minlength=strata).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(codes[known], values[known], strata) / n
        off = values[known] - mean[codes[known]]
        error = np.sqrt(np.bincount(codes[known], off**2, strata) / (n - 1) / n)
    return Spread(n, mean, np.where(n > 1, error, np.nan))


def _row_means(columns: Sequence[Array]) -> Array:
    """The mean of each row over the columns that have a value there, NaN where none has."""
    total, many = np.zeros(len(columns[0])), np.zeros(len(columns[0]))
    for column in columns:
        known = ~np.isnan(column)
        total[known] += column[known]
        many += known
    return np.where(many > 0, total / np.maximum(many, 1), np.nan)


def _alike(ranks: Mapping[str, Array]) -> dict[str, list[str]]:
    """Each column that counts, with those after it whose ranks are the same but for a little."""
    rows = len(next(iter(ranks.values())))
    drawn = np.sort(np.random.default_rng(0).permutation(rows)[:COMPARED])
    centred = {name: _centred(values[drawn]) for name, values in ranks.items()}
    found: dict[str, list[str]] = {}
    for name, one in centred.items():
        same = next((other for other in found if float(one @ centred[other]) > ALIKE), None)
        if same is None:
            found[name] = []
        else:
            found[same].append(name)
    return found


def _centred(ranks: Array) -> Array:
    """Ranks as a unit vector about their mean, null at the mean; zeros where all are the same."""
    known = ~np.isnan(ranks)
    off = np.where(known, ranks - (ranks[known].mean() if known.any() else 0), 0)
    length = float(np.sqrt(off @ off))
    return np.asarray(off / length if length else off)


def _driver(name: str, ranks: Spread, values: Spread, code: int) -> Driver | None:
    """How the stratum lies below the others, or None where it does not, or by chance."""
    others = np.arange(len(ranks.n)) != code
    rest = ranks.n[others].sum()
    if ranks.n[code] < FEWEST or rest < FEWEST:
        return None
    below = _pooled(ranks, others) - ranks.mean[code]
    if not below > max(LEAST, SURE * np.hypot(ranks.error[code], _pooled_error(ranks, others))):
        return None
    return Driver(name, float(below), float(values.mean[code]), _pooled(values, others), int(ranks.n[code]))


def _pooled(spread: Spread, which: Array) -> float:
    """The mean over all samples of some strata."""
    known = which & (spread.n > 0)
    return float((spread.n[known] * spread.mean[known]).sum() / spread.n[known].sum())


def _pooled_error(spread: Spread, which: Array) -> float:
    """The standard error of that mean; a stratum of one sample adds none."""
    known = which & (spread.n > 1)
    return float(np.sqrt(((spread.n[known] * spread.error[known]) ** 2).sum()) / max(spread.n[which].sum(), 1))
