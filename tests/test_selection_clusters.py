"""Selection by clusters and graphs on worlds small enough to see: what is taken, and what the reasons say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from selection_world import World, cosines
from vectors import directions

from vlitq.selection.select import select
from vlitq.selector import SelectionError

CLUSTERED = ["coincide", "ssp", "dbp"]
A = "alignment.cosine"


def world(*degrees: float, **more: Any) -> World:
    """A row at each angle, the first scored best; NaN has no vector."""
    scores = np.linspace(0.9, 0.1, len(degrees)).tolist()
    return cosines(*scores, features={"clip_image": directions(*degrees)}, **more)


def reasons(subset: Any) -> list[str]:
    return [str(reason) for reason in subset.decisions()["reason"].to_pylist()]


def test_hard_rows_are_far_from_their_centre_and_easy_ones_near() -> None:
    run = world(0, 1, -1, 40)
    hard = select(run, budget=1, method="ssp", options={"clusters": 1})
    easy = select(run, budget=3, method="ssp", options={"clusters": 1, "keep": "easy"})
    assert hard.ids == ["s3"]
    assert set(easy.ids) == {"s0", "s1", "s2"}


def test_the_reason_gives_the_distance_to_the_centre() -> None:
    told = reasons(select(world(0, 0, 90), budget=1, method="ssp", options={"clusters": 1}))
    assert "cluster 1 of 1; distance 0.553 to its centre" in told[2]  # the centre is (2, 1) / √5: 1 - 1/√5
    assert "cluster 1 of 1; distance 0.106 to its centre" in told[0]


@pytest.mark.parametrize("method", CLUSTERED)
def test_every_row_in_a_cluster_is_told_which(method: str) -> None:
    told = reasons(select(world(0, 5, 90, 95), budget=2, method=method, options={"clusters": 2}))
    assert all(" of 2" in reason and "cluster " in reason for reason in told)


@pytest.mark.parametrize("method", [*CLUSTERED, "d4", "d2_pruning"])
def test_rows_without_a_vector_fill_the_budget_and_say_so(method: str) -> None:
    run = world(0, 5, np.nan, 90)
    subset = select(run, budget=4, method=method, by=A)
    assert subset.ids[-1] == "s2"
    assert "fills the budget: it has no joint vector" in reasons(subset)[2]
    assert "s2" not in select(run, budget=3, method=method, by=A).ids


@pytest.mark.parametrize("method", [*CLUSTERED, "d4", "d2_pruning"])
def test_a_world_without_vectors_is_spent_down_the_ranking(method: str) -> None:
    assert len(select(world(np.nan, np.nan, np.nan), budget=2, method=method, by=A).ids) == 2


@pytest.mark.parametrize("method", [*CLUSTERED, "d4", "d2_pruning"])
@pytest.mark.parametrize("quota", ["proportional", "equal"])
def test_strata_smaller_than_a_cluster_lose_nothing(method: str, quota: Any) -> None:
    run = world(*range(0, 90, 10), source=["a", "b", "b", "c", "c", "c", "c", "c", "c"])
    subset = select(run, budget=9, method=method, by=A, stratify="source", quota=quota)
    assert len(subset.ids) == 9


def test_complex_clusters_keep_more() -> None:
    # Four copies and four rows spread over 40 degrees, far apart.
    run = world(0, 0, 0, 0, 160, 173, 187, 200)
    subset = select(run, budget=4, method="dbp", options={"clusters": 2, "tau": 0.01})
    assert len({"s4", "s5", "s6", "s7"} & set(subset.ids)) == 3
    assert any("which keeps 3 of 4" in reason for reason in reasons(subset))


def test_near_copies_go_first_and_come_back_only_to_fill_the_budget() -> None:
    run = world(0, 0.1, 40, 90)
    options = {"clusters": 1, "dedup": 0.75}
    assert "s1" not in select(run, budget=3, method="d4", options=options).ids  # nearer to the centre than its copy
    subset = select(run, budget=4, method="d4", options=options)
    assert subset.ids[-1] == "s1"
    assert "fills the budget: SemDeDup removed it: its cosine to a row of its cluster is above 0." in reasons(subset)[1]


def test_a_share_that_no_clusters_allow_keeps_a_row_of_each() -> None:
    options = {"clusters": 4, "dedup": 0.1}
    assert len(select(world(0, 30, 60, 90), budget=4, method="d4", options=options).ids) == 4


def test_thin_clusters_give_more_than_dense_ones() -> None:
    run = world(0, 0, 0, 0, 50, 63, 77, 90)
    subset = select(run, budget=4, method="coincide", options={"clusters": 2, "gamma": 0.2})
    assert set(subset.ids) == {"s4", "s5", "s6", "s7"}
    assert any("gives 4 of 4 (transferability 0.342, density" in reason for reason in reasons(subset))


def test_a_neighbour_of_what_is_kept_gives_way_to_a_row_elsewhere() -> None:
    run = world(0, 1, 90, 91)
    options = {"neighbours": 1, "gamma_r": 1.0}
    subset = select(run, budget=2, method="d2_pruning", by=A, options=options)
    assert subset.ids == ["s0", "s2"]
    assert "its cosine to 's0', which is kept and lowers it, is 1.000" in reasons(subset)[1]


@pytest.mark.parametrize("distance", ["squared", "euclidean"])
def test_distances_are_squared_or_not(distance: str) -> None:
    subset = select(world(0, 30, 90), budget=3, method="d2_pruning", by=A, options={"distance": distance})
    assert len(subset.ids) == 3


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("coincide", {"tau": 0.0}),
        ("coincide", {"clusters": 0}),
        ("ssp", {"clusters": -1}),
        ("dbp", {"tau": -1.0}),
        ("dbp", {"least": -1}),
        ("d2_pruning", {"gamma_r": -0.1}),
        ("ssp", {"keep": "odd"}),
        ("d4", {"dedup": 0.0}),
    ],
)
def test_options_that_mean_nothing_are_refused_by_name(method: str, options: dict[str, Any]) -> None:
    with pytest.raises(SelectionError, match=next(iter(options))):
        select(world(0, 90), budget=1, method=method, by=A, options=options)
