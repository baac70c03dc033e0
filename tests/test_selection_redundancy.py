"""The methods semdedup and prism: who stays, why, and that the budget is met."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_world import World, cosines, why
from test_selection_properties import permuted, worlds
from vectors import directions

from vlitq.selection.result import Selection
from vlitq.selection.select import select
from vlitq.selector import SelectionError

A = "alignment.cosine"


def deduplicated(world: World, budget: int | str, **options: Any) -> Selection:
    return select(world, budget=budget, method="semdedup", by=A, options=options)


# Two copies (s0, s1), a third close to neither, a fourth 5 degrees from the third.
WORLD = cosines(0.1, 0.4, 0.3, 0.2, features={"clip_image": directions(0, 0, 90, 95)})


def test_of_two_copies_the_better_stays() -> None:
    assert deduplicated(WORLD, 3).ids == ["s1", "s2", "s3"]
    assert deduplicated(WORLD, 2).ids == ["s1", "s2"]


def test_a_row_is_told_of_which_row_it_is_a_copy() -> None:
    told = why(deduplicated(WORLD, 3))
    assert "its cosine to 's1', which counts before it, is 1.000; copies are above 0.996" in told["s0"]


def test_an_epsilon_removes_what_is_closer_and_the_rest_of_the_budget_is_filled() -> None:
    assert deduplicated(WORLD, 3, epsilon=0.01, fill=False).ids == ["s1", "s2"]
    filled = deduplicated(WORLD, 3, epsilon=0.01)
    assert filled.ids == ["s1", "s2", "s3"]
    assert "fills the budget" in why(filled)["s3"]


@pytest.mark.parametrize("rule", ["greedy", "components"])
def test_the_other_rules_find_their_epsilon_too(rule: str) -> None:
    assert sorted(deduplicated(WORLD, 3, rule=rule).ids) == ["s1", "s2", "s3"]
    assert "its cosine to 's1', which stands for it, is 1.000" in why(deduplicated(WORLD, 3, rule=rule))["s0"]


def test_hard_keeps_the_row_far_from_the_centre_and_easy_the_near_one() -> None:
    world = cosines(0.1, 0.1, 0.1, 0.1, features={"clip_image": directions(0, 10, 60, 50)})
    assert set(deduplicated(world, 2, keep="hard").ids) == {"s0", "s2"}
    assert set(deduplicated(world, 2, keep="easy").ids) == {"s1", "s3"}


def test_keeping_at_random_depends_on_the_seed_and_needs_no_score() -> None:
    world = World({}, ids=[f"s{row}" for row in range(40)], features={"clip_image": np.ones((40, 3), np.float32)})
    options = {"keep": "random"}
    taken = [select(world, budget=1, method="semdedup", seed=seed, options=options).ids[0] for seed in (0, 0, 1, 2)]
    assert taken[0] == taken[1]
    assert len(set(taken)) > 1


def test_copies_in_other_clusters_are_not_compared() -> None:
    world = cosines(0.4, 0.3, 0.2, 0.1, features={"clip_image": directions(0, 8, 150, 158)})
    assert deduplicated(world, 4, clusters=2, epsilon=1.95, fill=False).ids == ["s0", "s2"]
    assert deduplicated(world, 4, epsilon=1.95, fill=False).ids == ["s0"]


def test_a_row_without_a_vector_comes_in_where_the_budget_is_not_spent() -> None:
    world = cosines(0.9, 0.4, 0.3, features={"clip_image": directions(np.nan, 0, 0)})
    assert deduplicated(world, 2).ids == ["s1", "s2"]
    whole = deduplicated(world, 3)
    assert whole.ids == ["s1", "s2", "s0"]
    assert "it has no joint vector, so it is compared with nothing" in why(whole)["s0"]


def test_options_that_mean_nothing_are_refused() -> None:
    with pytest.raises(SelectionError, match=r"epsilon 3\.0 is no cosine distance"):
        deduplicated(WORLD, 1, epsilon=3.0)
    with pytest.raises(SelectionError, match=r"clusters -1 is negative"):
        deduplicated(WORLD, 1, clusters=-1)


def test_prism_takes_the_outlier_first_and_keeps_rows_without_a_vector() -> None:
    features = {"clip_image": directions(0, 1, 2, 120, np.nan)}
    selection = select(cosines(0.5, 0.5, 0.5, 0.5, 0.5, features=features), budget=2, method="prism")
    assert selection.ids == ["s4", "s3"]
    assert "it has no clip_image vector; PRISM keeps such rows" in why(selection)["s4"]
    assert "its mean correlation with all others is" in why(selection)["s0"]


OPTIONS = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(["ranked", "greedy", "components"]),
        "keep": st.sampled_from(["score", "hard", "easy", "random"]),
        "clusters": st.sampled_from([0, 3]),
    },
    optional={"epsilon": st.sampled_from([0.0, 0.05, 1.0])},
)


@given(worlds(), st.integers(0, 35), OPTIONS)
def test_the_budget_is_met_with_all_options_and_for_any_order_of_the_rows(
    world: World, budget: int, options: dict[str, Any]
) -> None:
    by = {"by": f"min({A}, duplicates.similarity)", "method": "semdedup", "options": options}
    selection = select(world, budget=budget, **by)
    assert len(set(selection.ids)) == len(selection.ids) == min(budget, list(world.statuses).count("ok"))
    turned = permuted(world, list(range(len(world.ids)))[::-1])
    assert select(turned, budget=budget, **by).ids == selection.ids


@given(worlds(), st.integers(0, 150), st.sampled_from(["semdedup", "prism"]))
def test_a_budget_of_tokens_is_spent_as_far_as_rows_fit(world: World, budget: int, method: str) -> None:
    selection = select(world, budget=budget, method=method, by=A, unit="tokens")
    tokens = np.array(world.tokens, dtype=int)
    left = budget - int(tokens[selection.rows].sum())
    valid = {row for row, status in enumerate(world.statuses) if status == "ok"} - set(selection.rows.tolist())
    assert left >= 0
    assert method == "semdedup" or not [row for row in valid if 0 < tokens[row] <= left]


def copies_of(rows: int) -> World:
    """Random directions, each three times and a little turned, and scores that differ."""
    rng = np.random.default_rng(0)
    x = np.repeat(rng.standard_normal((rows, 8)), 3, axis=0) + 1e-3 * rng.standard_normal((3 * rows, 8))
    return cosines(*rng.random(3 * rows).tolist(), features={"clip_image": x.astype(np.float32)})


@pytest.mark.parametrize("rule", ["ranked", "greedy", "components"])
def test_a_search_by_cells_finds_copies_and_tells_its_recall(rule: str) -> None:
    by_cells = deduplicated(copies_of(60), 180, search="partitions", rule=rule, epsilon=0.001, fill=False)
    assert by_cells.ids == deduplicated(copies_of(60), 180, search="exact", rule=rule, epsilon=0.001, fill=False).ids
    assert len(by_cells) == 60
    told = [reason for reason in why(by_cells).values() if "search by cells, which meets" in reason]
    assert len(told) == 120
    assert all("of such pairs: 1.0000" in reason for reason in told)


def test_a_search_by_cells_meets_the_budget() -> None:
    assert deduplicated(copies_of(60), 60, search="partitions").ids == deduplicated(copies_of(60), 60).ids


def test_what_a_search_by_cells_cannot_do_is_refused() -> None:
    with pytest.raises(SelectionError, match=r"rule 'greedy' needs an epsilon, such as epsilon=0\.05"):
        deduplicated(WORLD, 2, search="partitions", rule="greedy")
    with pytest.raises(SelectionError, match="within clusters the search is exact"):
        deduplicated(WORLD, 2, search="partitions", clusters=2)


@pytest.mark.parametrize("rule", ["ranked", "greedy", "components"])
@pytest.mark.parametrize("epsilon", [0.0, 0.01])
def test_exact_copies_in_cells_go_unless_epsilon_is_zero(rule: str, epsilon: float) -> None:
    world = cosines(*[0.5] * 9, features={"clip_image": directions(0, 0, 0, 90, 90, 1, 200, 90, np.nan)})
    cells, exact = (
        deduplicated(world, 9, search=search, rule=rule, epsilon=epsilon, fill=False)
        for search in ("partitions", "exact")
    )
    assert cells.ids == exact.ids
    assert len(cells) == (8 if epsilon == 0 else 3)
