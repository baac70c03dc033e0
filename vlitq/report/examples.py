"""Examples: the best, the worst and the borderline samples of each ranking and each column, and why they are that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.comparison.chosen import Chosen
from vlitq.counted import counted
from vlitq.report.blocks import Cards, Group, Section, Text
from vlitq.report.borders import border
from vlitq.report.extremes import Picker
from vlitq.report.faulty import counts_faults
from vlitq.report.importance import by_importance
from vlitq.report.material import Material
from vlitq.report.relations import differ
from vlitq.schema import Array
from vlitq.selection.fields import Field

EACH = 3  # samples of an end
COLUMNS = 24
OPEN = 3  # columns, without a click


@dataclass(frozen=True)
class Row:
    """Samples to show side by side under a title: of each its row, its heading, and why."""

    title: str
    shown: list[tuple[int, str, Sequence[str]]]


@dataclass(frozen=True)
class Subject:
    """What examples are given of: a column, or a selection's ranking."""

    title: str
    about: str
    rows: list[Row]


def section(material: Material) -> Section | None:
    """Examples of each ranking and of the most important columns; None where nothing tells samples apart."""
    picker = Picker(material.values("source").values, material.fields.row("content"))
    columns = [
        name
        for name in by_importance(material)
        if differ(material.values(name).values) and not counts_faults(material.columns[name])
    ]
    rankings = [_ranking(material, picker, one) for one in material.selections if one.ranks]
    subjects = [*rankings, *(_column(material, picker, name) for name in columns[:COLUMNS])]
    if not subjects:
        return None
    folded = [at >= len(rankings) + OPEN for at in range(len(subjects))]
    return Section(
        "examples", "Best, worst and borderline samples", _lead(columns), _blocks(material, subjects, folded)
    )


def _lead(columns: list[str]) -> str:
    lead = (
        f"{EACH} samples of each end, the columns that decide a selection first. Copies are shown once, and where "
        "values tie, samples of different sources. A column without a better end is shown where it decides; "
        "faults that are counted have samples of their own above."
    )
    more = len(columns) - COLUMNS
    return f"{lead} Columns with a better end that are not shown: {more:,}; see `vlitq view`." if more > 0 else lead


def _blocks(material: Material, subjects: list[Subject], folded: list[bool]) -> list[Group]:
    """All samples are read at once, those of the first subjects first: they get their pictures before the others."""
    cards = iter(material.cards([one for subject in subjects for row in subject.rows for one in row.shown]))
    return [
        Group(
            subject.title,
            [Text((subject.about,)), *(Cards(row.title, [next(cards) for _ in row.shown]) for row in subject.rows)],
            fold,
        )
        for subject, fold in zip(subjects, folded, strict=True)
    ]


def _column(material: Material, picker: Picker, name: str) -> Subject:
    field = material.values(name)
    better = -field.values if field.column.direction == "lower" else field.values
    ranks = _Ranks(np.sort(better[~np.isnan(better)]))
    rows = [
        Row(title, [_card(material, field, ranks, better[row], row) for row in found])
        for title, found in _ends(material, picker, field, better, ranks).items()
    ]
    told = {"higher": " Higher is better.", "lower": " Lower is better.", "neutral": ""}[field.column.direction]
    return Subject(name, f"{field.column.description}{told}", rows)


def _ends(material: Material, picker: Picker, field: Field, better: Array, ranks: _Ranks) -> dict[str, list[int]]:
    """Rows by title. Where few samples differ from all others, those others are no examples of their end."""
    high, low = ("Highest", "Lowest") if field.column.direction == "neutral" else ("Best", "Worst")
    found = {
        high: picker.highest(np.where(better > ranks.worst, better, np.nan), EACH),
        low: picker.highest(np.where(better < ranks.best, -better, np.nan), EACH),
    }
    at = border(material, field)
    inside = ranks.worst < (-at.at if field.column.direction == "lower" else at.at) < ranks.best
    if inside and field.column.dtype != "bool":
        title = f"Borderline: nearest {at.said} ({_number(at.at)})"
        found[title] = picker.highest(-np.abs(field.values - at.at), EACH)
    return found


@dataclass(frozen=True, eq=False)
class _Ranks:
    """Known values, ascending, the better end up."""

    values: Array

    @property
    def worst(self) -> float:
        return float(self.values[0])

    @property
    def best(self) -> float:
        return float(self.values[-1])

    def of(self, value: float) -> tuple[int, int, int]:
        """How many values are worse, as good, and better."""
        worse, upto = np.searchsorted(self.values, value, "left"), np.searchsorted(self.values, value, "right")
        return int(worse), int(upto - worse), int(len(self.values) - upto)


def _card(material: Material, field: Field, ranks: _Ranks, better: float, row: int) -> tuple[int, str, Sequence[str]]:
    worse, same, above = ranks.of(better)
    count = len(ranks.values)
    heading = f"{field.name} {_value(field, row)}, rank {above + 1:,} of {count:,}"
    shared = f" It shares the value with {counted(same - 1, 'other sample')}." if same > 1 else ""
    words = ("higher", "lower") if field.column.direction == "neutral" else ("better", "worse")
    why = f"{_standing(worse, above, count, *words)}{shared}"
    return row, heading, (why, *(decided(one, row) for one in material.selections))


def _standing(worse: int, above: int, count: int, better_word: str, worse_word: str) -> str:
    """How many of those that have a score are worse, never rounded to all or none."""
    if not above or not worse:
        return f"None of the {count:,} samples that have a score is {worse_word if above else better_word}."
    share = min(max(worse / count, 0.01), 0.99)
    return f"{better_word.capitalize()} than {100 * share:.0f} % of the {count:,} samples that have a score."


def _ranking(material: Material, picker: Picker, one: Chosen) -> Subject:
    score, kept = one.score, one.decisions["kept"].to_numpy(zero_copy_only=False)
    left = np.asarray(one.decisions["stage"].to_numpy(zero_copy_only=False) == "budget")
    ends = {
        "Best ranked": picker.highest(score, EACH),
        "Worst ranked": picker.highest(-score, EACH),
        "Borderline: the lowest scores that are kept": picker.highest(np.where(kept, -score, np.nan), EACH),
        "Borderline: the highest scores that the budget left out": picker.highest(np.where(left, score, np.nan), EACH),
    }
    values = [material.values(name) for name in one.ranked]
    rows = [
        Row(title, [(row, f"Score {score[row]:.3f}", (decided(one, row), *_values(values, row))) for row in found])
        for title, found in ends.items()
        if found
    ]
    by = one.manifest["selection"]["by"]
    ranks = f"It ranks by {by}" if by else "Its method ranks by itself"
    return Subject(f"Selection {one.name}", f"{ranks}; of its scores, from 0 to 1, higher is taken first.", rows)


def _values(fields: list[Field], row: int) -> list[str]:
    return [f"{field.name} {_value(field, row)}" for field in fields]


def decided(one: Chosen, row: int) -> str:
    """Whether a selection keeps a row, and why."""
    kept, reason = (one.decisions[name][row].as_py() for name in ("kept", "reason"))
    return f"{one.name} {'keeps' if kept else 'drops'} it: {reason}"


def _value(field: Field, row: int) -> str:
    value = field.values[row]
    if np.isnan(value):
        return "–"
    if field.column.dtype == "bool":
        return str(bool(value)).lower()
    unit = "" if field.column.unit in field.name else f" {field.column.unit}"
    return f"{_number(value)}{unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.3g}"
