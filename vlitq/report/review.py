"""Where the parts of a run stand in every axis of the review, and which of them lie clearly below the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.report.material import Material
from vlitq.report.naming import labelled, listed
from vlitq.report.standing import AXES, LEAST, Spread, Standing, spread, standing, takes_part
from vlitq.schema import Array, Axis
from vlitq.selection.strata import strata_of_run

SOURCES_SHOWN = 20  # the largest
FEW = 10  # samples of a source, below which nothing is concluded of it
QUALITY: tuple[Axis, ...] = ("correctness", "validity")  # by which sources are ordered, worst first


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

    @property
    def ordered_by(self) -> str:
        """The axes of quality that have columns; where none has, the first axis."""
        of_quality = [one.axis for one in self.standings if one.axis in QUALITY]
        return listed(of_quality or [one.axis for one in self.standings[:1]])

    def clearly_low(self, spread: Spread) -> list[int]:
        """Strata of enough samples that lie below the middle of all, 95 % interval and all, the lowest first."""
        middle = _middle(spread)
        found = [
            code
            for code in self.shown
            if self.sizes[code] >= FEW and spread.high[code] < middle and spread.mean[code] < middle - LEAST
        ]
        return sorted(found, key=lambda code: float(spread.mean[code]))


def reviewed(material: Material) -> Review:
    """Where the strata of `material.stratify` stand."""
    cut = strata_of_run(material.fields, material.stratify)
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


def _quality(found: Sequence[Standing], codes: Array, strata: int) -> Spread | None:
    scores = [one.score for one in found if one.axis in QUALITY]
    if not scores:
        return None
    known = np.sum([~np.isnan(one) for one in scores], axis=0)
    total = np.nansum(scores, axis=0)
    return spread(np.where(known > 0, total / np.maximum(known, 1), np.nan), codes, strata)


def _middle(spread: Spread) -> float:
    """The mean over all samples."""
    known = spread.n > 0
    return float((spread.n[known] * spread.mean[known]).sum() / spread.n.sum())


def _labels_of(names: Sequence[str], shown: Array) -> list[str]:
    """Labels that differ among those shown; the others are never drawn."""
    told = list(names)
    for code, label in zip(shown.tolist(), labelled([names[code] for code in shown]), strict=True):
        told[code] = label
    return told
