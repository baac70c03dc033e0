"""Gates in the report: what passes each by itself, worked out by hand, and where it is a line."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from selection_world import World, cosines

from vlitq.comparison.chosen import Chosen, chosen
from vlitq.report.gated import asked_gates, passing
from vlitq.report.material import Material
from vlitq.selection.select import select

RANK = "rank(alignment.cosine) >= 0.3"
WEB_AND_BOOKS = ["web", "web", "books", "books", "books"]


def asked(world: World, name: str = "mine", **how: object) -> Chosen:
    return chosen(name, select(world, **{"budget": 1, "by": "alignment.cosine", **how}))  # type: ignore[arg-type]


def material(world: World, selections: Sequence[Chosen]) -> Material:
    return Material(world, selections)  # type: ignore[arg-type]  # a run in memory


def test_a_gate_on_ranks_passes_by_rank_not_by_value() -> None:
    world = cosines(
        0.1, 0.2, 0.4, 0.5, None
    )  # ranks 0.125, 0.375, 0.625, 0.875: of the values two reach 0.3, not three
    about = material(world, [asked(world, gates=[RANK])])
    (gate,) = asked_gates(about)
    found = passing(gate, about.fields)
    assert (gate.text, found.said) == (RANK, "75 % pass")
    assert found.at == pytest.approx((0.2,))


def test_a_gate_on_the_ranks_of_low_values_is_a_line_at_the_last_that_passes() -> None:
    world = cosines(0.1, 0.2, 0.4, 0.5)
    about = material(world, [asked(world, gates=["rank(-alignment.cosine) >= 0.3"])])
    assert passing(asked_gates(about)[0], about.fields).at == pytest.approx((0.4,))


def test_within_strata_ranks_are_taken_apart_and_there_is_no_line() -> None:
    # web: 0.25 and 0.75; books: 1/6, 1/2, 5/6. The lowest of each fails: 3 of 5 pass. Of all together 4 of 5 would.
    world = cosines(0.4, 0.5, 0.1, 0.2, 0.3, source=WEB_AND_BOOKS)
    about = material(world, [asked(world, gates=[RANK], stratify="source")])
    (gate,) = asked_gates(about)
    found = passing(gate, about.fields)
    assert (gate.text, found.said, found.at) == (f"{RANK} within source", "60 % pass", ())


def test_the_same_gate_within_other_strata_is_another_and_within_the_same_is_told_once() -> None:
    world = cosines(0.4, 0.5, 0.1, 0.2, 0.3, source=WEB_AND_BOOKS)
    apart = asked(world, gates=[RANK], stratify="source")
    about = material(world, [apart, asked(world, "again", gates=[RANK], stratify="source"), asked(world, gates=[RANK])])
    assert [gate.text for gate in asked_gates(about)] == [f"{RANK} within source", RANK]
