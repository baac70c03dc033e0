"""The section of columns against each other: length first, then all, and columns that say the same twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from selection_world import COLUMNS, World

from vlitq.comparison.chosen import chosen
from vlitq.comparison.rank_correlation import spearman
from vlitq.comparison.rank_correlations import rank_correlations
from vlitq.report import relations
from vlitq.report.blocks import Figure, Section, Table, Text
from vlitq.report.material import Material
from vlitq.selection.select import select

TWELVE = list(range(1, 13))


def world(**more: Sequence[float | None]) -> World:
    """Twelve rows of 1 to 12 tokens, 3 turns each."""
    names = {"cosine": "alignment.cosine", "similarity": "duplicates.similarity", "words": "complexity.words"}
    return World({names[name]: values for name, values in more.items()}, tokens=TWELVE, ids=[str(n) for n in TWELVE])


def of(run: World, **more: object) -> Section:
    found = relations.section(Material(run, **more))  # type: ignore[arg-type]  # a run in memory
    assert found is not None
    return found


def texts(found: Section) -> str:
    return " ".join(text for block in found.blocks if isinstance(block, Text) for text in block.paragraphs)


def test_correlations_are_those_of_each_pair_by_itself_whatever_is_null() -> None:
    rng = np.random.default_rng(0)
    columns = [rng.normal(size=60) for _ in range(3)] + [np.round(rng.normal(size=60)), np.full(60, 2.0)]
    for column in (1, 2):
        columns[column][rng.random(60) < 0.3] = np.nan
    found = rank_correlations(columns)
    for one, left in enumerate(columns):
        for other, right in enumerate(columns):
            expected = spearman(left, right)
            assert np.isnan(found[one, other]) if expected is None else found[one, other] == pytest.approx(expected)


def test_two_columns_with_fewer_than_ten_rows_in_common_have_none() -> None:
    short = np.array([*range(9), *[np.nan] * 3], dtype=float)
    assert np.isnan(rank_correlations([short, np.arange(12.0)])[0, 1])


def test_length_comes_first_and_names_what_goes_with_it() -> None:
    mixed = [1, -1] * 6
    found = of(world(words=TWELVE, cosine=[-0.01 * n for n in TWELVE], similarity=[0.1 * n for n in mixed]))
    assert "2 of 3 go with length, |ρ| 0.5 or more: alignment.cosine (-1.00), complexity.words (1.00)." in texts(found)
    first = next(block.chart for block in found.blocks if isinstance(block, Figure))
    assert [row[0] for row in first.rows] == ["alignment.cosine", "complexity.words", "duplicates.similarity"]
    assert "2 columns with one value or none are left out." in found.lead  # turns and images


def test_nothing_goes_with_length_is_said_too() -> None:
    assert "No column has |ρ| of 0.5 or more with length" in texts(of(world(similarity=[0.1, -0.1] * 6)))


def test_columns_that_are_nearly_the_same_are_named_and_shown_once() -> None:
    cosine, words = [0.1, 0.3, 0.2, 0.5] * 3, [1, 3, 2, 5] * 3
    found = of(world(cosine=cosine, words=words))
    table = next(block for block in found.blocks if isinstance(block, Table))
    assert [list(row) for row in table.rows] == [["alignment.cosine", "complexity.words", 1.0]]
    matrix = [block.chart for block in found.blocks if isinstance(block, Figure)][-1]
    assert [row[0] for row in matrix.rows] == ["2 alignment.cosine"] or [row[0] for row in matrix.rows] == ["2 tokens"]


def test_the_ranking_of_a_selection_stands_among_the_columns() -> None:
    run = world(cosine=[0.01 * n for n in TWELVE])
    mine = chosen("mine", select(run, budget=3, by="alignment.cosine"))
    assert "ranking of mine (1.00)" in texts(of(run, selections=[mine]))


def test_a_large_run_is_drawn_from_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations, "MOST_ROWS", 11)
    found = of(world(words=TWELVE))
    assert "Of 12 rows 11 are ranked, drawn with seed 0." in found.lead
    assert "complexity.words (1.00)" in texts(found)


def test_the_matrix_holds_twenty_columns_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    for number in range(40):
        column = replace(COLUMNS["alignment.cosine"], name=f"c{number}")
        monkeypatch.setitem(COLUMNS, f"many.c{number}", column)
    scores = {f"many.c{number}": rng.normal(size=12).tolist() for number in range(40)}
    found = of(World(scores, tokens=TWELVE))
    bars, matrix = (block.chart for block in found.blocks if isinstance(block, Figure))
    assert len(bars.rows) == 30
    assert bars.note == "The 30 strongest of 40 columns."
    assert len(matrix.rows) == 19
    assert "the 20 with the largest sum of ρ²" in matrix.note
    assert matrix.svg().startswith("<svg")


def test_one_row_or_one_column_that_differs_is_no_section() -> None:
    assert relations.section(Material(World({"alignment.cosine": [0.5]}))) is None  # type: ignore[arg-type]
    assert relations.section(Material(World({"alignment.cosine": [0.5, 0.4]}))) is None  # type: ignore[arg-type]
