"""The selections section: what each selection kept, beside random and stratified ones of its size, and each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from shlex import quote
from typing import Any

import numpy as np
import pyarrow.compute as pc

from vlitq.charts.chart import Cell, Chart
from vlitq.charts.kinds import Grid, matrix
from vlitq.charts.numbers import share
from vlitq.comparison.chosen import Chosen, check
from vlitq.comparison.compare import Asked, compare
from vlitq.comparison.measured import offered
from vlitq.comparison.result import Comparison
from vlitq.comparison.result import Figure as Compared
from vlitq.counted import counted
from vlitq.host import Host
from vlitq.report.beside import figures, kept_of_each, means, verdict
from vlitq.report.blocks import Block, Figure, Group, Section, Table, Text
from vlitq.report.faulty import faults, faulty_alone
from vlitq.report.material import Material
from vlitq.report.naming import in_words, labelled, listed
from vlitq.selection.strata import strata_of_run
from vlitq.store import RunError

TITLE = "What the selections did"
SEEDS = 3  # draws of each control
OVERLAPS_SHOWN = 12  # sets in the matrix
MANY_STRATA = 200  # above, the comparison is told apart by another column
STAGES = ("kept", "gate", "missing", "budget", "method")
# How many rows a run may have before a measure of whole sets is left to `vlitq compare`: each is taken of every
# selection, of six controls or more, and of the run. One that is not named here may have COSTLY.
COSTLY = 300
MOST_ROWS = {
    "balance": 2_000_000,
    "set_redundancy": 2_000_000,
    "answer_bias": 20_000,
    "instructions": 20_000,
}


@dataclass(frozen=True)
class Standing:
    """The selections that are of this run as it is now, and what is wrong with the others."""

    selections: Sequence[Chosen]
    problems: Sequence[str]

    @property
    def names(self) -> list[str]:
        """Of the selections, each different."""
        return [one.name for one in self.selections]


def section(material: Material) -> Section | None:
    """Selections beside their controls; None where there are none."""
    found = _of_this_run(material)
    if not found.selections:
        return (
            Section("selections", TITLE, "None can be shown.", [Text(tuple(found.problems))])
            if found.problems
            else None
        )
    taken, left = _measures(len(material.run))
    stratify = _stratify(material)
    compared = compare(material.run, found.selections, Asked(stratify, SEEDS, offered(Host(), taken)))
    charts = [means(material, found.names, compared), kept_of_each(stratify, found.names, compared), _overlap(compared)]
    blocks: list[Block] = [_stages(found), *(Figure(one) for one in charts if one is not None)]
    blocks.append(Text((*_how_to_read(material, stratify, left), *map(_sentence, compared.notes), *found.problems)))
    blocks += [_made(one) for one in found.selections]
    parts = groupby(compared.figures, key=lambda one: one.section)
    blocks += [Group(name, [figures(name, list(group), compared)], folded=True) for name, group in parts]
    blocks += _older(material)
    return Section("selections", TITLE, _lead(material, found, compared), blocks)


def _of_this_run(material: Material) -> Standing:
    """The selections with names that fit in a chart; one of another run, or of this one as it was, is told of."""
    good, problems = [], []
    names = labelled([one.name for one in material.selections])
    for name, one in zip(names, material.selections, strict=True):
        try:
            check(material.run, one)
        except RunError as error:
            problems.append(str(error))
        else:
            good.append(Chosen(name, one.decisions, one.manifest))
    return Standing(good, problems)


def _older(material: Material) -> list[Group]:
    """The selections that were written before, and the command that shows them."""
    if not material.older:
        return []
    several = len(material.older) > 1
    shown = f"{counted(len(material.older), 'older selection')} {'are' if several else 'is'} not shown"
    files = " ".join(f"--selection {quote(str(path))}" for path in material.older.values())
    command = f"`vlitq report {quote(str(material.run.path))} {files} --out older.html`"
    text = Text((f"{listed(material.older, len(material.older))}. To see them: {command}",))
    return [Group(shown, [text], folded=True)]


def _measures(rows: int) -> tuple[list[str], list[str]]:
    """The measures of whole sets that are quick enough for so many rows, and the others."""
    names = Host().names("measures")
    taken = [name for name in names if rows <= MOST_ROWS.get(name, COSTLY)]
    return taken, [name for name in names if name not in taken]


def _stratify(material: Material) -> str:
    """The column to tell strata apart by: the one asked for, unless it has a stratum for nearly every row."""
    for name in (material.stratify, "source"):
        if len(strata_of_run(material.fields, name).names) <= MANY_STRATA:
            return name
    return "status"


def _lead(material: Material, found: Standing, compared: Comparison) -> str:
    """How much each keeps, also of what has a fault, and in how many figures it is outside random's range."""
    rows, said = len(material.run), []
    faulty = faulty_alone(faults(material))
    for one in found.selections:
        verdicts = [verdict(figure, one.name, compared) for figure in compared.figures]
        known = len(verdicts) - verdicts.count(None)
        better, worse = verdicts.count("better"), verdicts.count("worse")
        beside = f", better than every random draw in {better} of {known} figures, worse in {worse}" if known else ""
        wrong = f", {len(np.intersect1d(faulty, one.rows)):,} of the {len(faulty):,} faulty ones" if len(faulty) else ""
        said.append(
            f"{one.name} keeps {len(one.rows):,} of {rows:,} samples ({share(len(one.rows), rows)}){wrong}{beside}"
        )
    chance = 1 / (SEEDS + 1)
    newest = "The newest: " if material.older else ""
    return f"{newest}{'; '.join(said)}. By chance alone it would be {share(chance, 1)} of the figures on either side."


def _stages(found: Standing) -> Table:
    """Where each selection decided how many rows, and how long it took."""
    rows: list[list[Cell]] = []
    for one in found.selections:
        counts = {each["values"]: each["counts"] for each in pc.value_counts(one.decisions["stage"]).to_pylist()}
        others = sum(counts.values()) - sum(counts.get(stage, 0) for stage in STAGES)
        seconds = one.manifest.get("seconds")
        rows.append([one.name, *(counts.get(stage, 0) for stage in STAGES), others, seconds])
    head = ["selection", "kept", "gate", "score missing", "budget", "method", "other", "seconds"]
    return Table("Rows kept, and dropped by what", head, rows)


def _overlap(compared: Comparison) -> Chart | None:
    """Jaccard's index of selections with each other and with their controls; None of a single selection."""
    of = {figure.name: figure for figure in compared.figures if figure.section == "Overlap (Jaccard)"}
    if sum(kind == "selection" for kind in compared.sets.values()) < 2:
        return None
    names = list(of)[:OVERLAPS_SHOWN]
    values = [[_mean(of[down], across) for across in names] for down in names]
    more = f" {len(of) - len(names)} more sets are in the table below." if len(of) > len(names) else ""
    return matrix(
        "selections-overlap",
        "Overlap of the selections",
        "Jaccard's index of each set with each: 1 where they keep the same rows, 0 where they share none.",
        Grid(names, names, values, 1.0),
        "Jaccard's index",
        f"Rows kept by both, of those kept by either.{more}",
    )


def _sentence(note: str) -> str:
    """A note of the comparison, which lists them, as a paragraph."""
    return f"{note[:1].upper()}{note[1:]}."


def _mean(figure: Compared, name: str) -> float | None:
    value = figure.values.get(name)
    return None if value is None else value.mean


def _how_to_read(material: Material, stratify: str, left: Sequence[str]) -> list[str]:
    said = []
    if stratify != material.stratify:
        said.append(f"{material.stratify} has more than {MANY_STRATA} values; strata are told apart by {stratify}.")
    if left:
        rows = counted(len(material.run), "row")
        said.append(
            f"Left out, as they take long on {rows}: {listed(left)}. `vlitq compare {material.run.path}` takes them."
        )
    return said


def _made(one: Chosen) -> Group:
    """How a selection was made, and what it told."""
    asked: Mapping[str, Any] = one.manifest["selection"]
    rows: list[list[Cell]] = [
        [name, in_words(value)] for name, value in asked.items() if value not in (None, [], {}, "")
    ]
    notes = tuple(one.manifest.get("notes", ()))
    table = Table(f"{one.name}: how it was made", ["", ""], rows)
    return Group(f"{one.name}: how it was made", [table, *([Text(notes)] if notes else [])], folded=True)
