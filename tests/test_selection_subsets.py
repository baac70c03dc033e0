"""Methods that cover: which rows they take of a small world, why, and what they do with what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
from selection_world import World, why

from vlitq.selection.select import select
from vlitq.selector import SelectionError

A = "alignment.cosine"
METHODS = ["k_center", "farthest_point", "facility_location", "graph_cut", "dpp", "qdit"]


def around(*degrees: float) -> np.ndarray:
    """Unit vectors in the plane at these angles; NaN where the angle is NaN."""
    angles = np.radians(np.array(degrees))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def world(degrees: list[float], scores: list[float], **more: object) -> World:
    ids = [f"at{degree:g}" for degree in degrees]
    return World({A: scores}, ids=ids, features={"clip_image": around(*degrees)}, **more)  # type: ignore[arg-type]


CROWD_AND_TWO = world([0, 2, 4, 6, 90, 180], [0.1, 0.9, 0.3, 0.4, 0.2, 0.5])


@pytest.mark.parametrize("method", ["k_center", "farthest_point"])
def test_the_farthest_row_from_the_best_ranked_one_is_next(method: str) -> None:
    selection = select(CROWD_AND_TWO, budget=3, method=method, by=A)
    assert selection.ids == ["at2", "at180", "at90"]
    reasons = why(selection)
    assert "the row it starts from" in reasons["at2"]
    assert "its distance to the rows taken before was 1.389" in reasons["at90"]
    assert "its distance to 'at2', the nearest row taken, is 0.035" in reasons["at4"]


def test_k_center_from_the_middle_ranks_nothing() -> None:
    selection = select(world([0, 40, 50, 90], [0.1] * 4), budget=1, method="k_center", options={"start": "central"})
    assert selection.ids[0] in {"at40", "at50"}


def test_facility_location_takes_the_middle_of_the_crowd_and_counts_what_it_stands_for() -> None:
    selection = select(world([0, 10, 20, 190], [0.1] * 4), budget=2, method="facility_location")
    assert selection.ids == ["at10", "at190"]
    reasons = why(selection)
    assert "it represents 3 rows and gained 1.970" in reasons["at10"]
    assert "'at10' represents it, with a cosine of 0.985" in reasons["at20"]


def test_facility_location_exchanges_the_middle_for_the_sides_where_it_is_told_to() -> None:
    sides = world([0, 2, 45, 88, 90], [0.1] * 5)
    options: dict[str, object] = {"exchange": True}
    greedy = select(sides, budget=2, method="facility_location")
    assert "at45" in greedy.ids
    found = select(sides, budget=2, method="facility_location", options=options)
    assert set(found.ids) == {"at2", "at88"}
    assert sum("it represents 2 rows" in reason for reason in why(found).values()) == 1
    assert sum("it represents 3 rows" in reason for reason in why(found).values()) == 1


def test_facility_location_in_random_parts_says_so_and_takes_as_many() -> None:
    spread = world([float(degree) for degree in range(0, 300, 10)], [0.5] * 30)
    selection = select(spread, budget=9, method="facility_location", options={"part": 10})
    assert len(selection) == 9
    assert all("of 3, which were drawn at random" in reason for reason in why(selection).values())
    again = select(spread, budget=9, method="facility_location", options={"part": 10})
    other = select(spread, budget=9, method="facility_location", options={"part": 10}, seed=1)
    assert again.ids == selection.ids
    assert other.ids != selection.ids


def test_of_a_shortlist_only_the_best_are_taken_and_counted() -> None:
    some = world([0, 10, 20, 190, 200], [0.9, 0.8, 0.7, 0.2, 0.1])
    options = {"shortlist": 1.5}
    selection = select(some, budget=2, method="facility_location", by=A, options=options)
    assert selection.ids[0] == "at10"
    assert selection.ids[1] in {"at0", "at20"}  # they are alike
    reasons = why(selection)
    assert "not among the best 3 of 5 rows with a vector" in reasons["at190"]
    assert "it represents 2 rows" in reasons["at10"]
    with pytest.raises(SelectionError, match="by"):
        select(some, budget=2, method="facility_location", options=options)


def test_stochastic_greedy_depends_on_the_seed_alone() -> None:
    spread = world([float(degree) for degree in range(0, 300, 10)], [0.5] * 30)
    options = {"optimizer": "stochastic", "epsilon": 0.5}
    one, same, other = (
        select(spread, budget=9, method="facility_location", options=options, seed=seed).ids for seed in (0, 0, 1)
    )
    assert one == same
    assert one != other


def test_a_graph_cut_that_tells_rows_apart_leaves_the_crowd() -> None:
    crowd = select(CROWD_AND_TWO, budget=3, method="graph_cut", options={"tradeoff": 0.1})
    apart = select(CROWD_AND_TWO, budget=3, method="graph_cut", options={"tradeoff": 5})
    assert set(crowd.ids) <= {"at0", "at2", "at4", "at6"}
    assert {"at90", "at180"} & set(apart.ids)


def test_qdit_goes_from_covering_to_ranking_with_alpha() -> None:
    cover = select(CROWD_AND_TWO, budget=3, method="facility_location").ids
    assert select(CROWD_AND_TWO, budget=3, method="qdit", by=A, options={"alpha": 0}).ids == cover
    best = select(CROWD_AND_TWO, budget=3, method="top", by=A).ids
    assert select(CROWD_AND_TWO, budget=3, method="qdit", by=A, options={"alpha": 1}).ids == best


def test_dpp_takes_the_better_of_two_alike_and_then_what_is_unlike() -> None:
    selection = select(CROWD_AND_TWO, budget=3, method="dpp", by=A)
    assert selection.ids == ["at2", "at180", "at90"]


def test_of_a_linear_dpp_no_more_rows_span_than_vectors_have_numbers_and_the_best_fill_up() -> None:
    selection = select(CROWD_AND_TWO, budget=4, method="dpp", by=A, options={"kernel": "linear"})
    assert selection.ids[0] == "at2"
    filling = [name for name, told in why(selection).items() if "it adds no volume" in told and name in selection.ids]
    assert len(filling) == 2
    assert "at180" in filling


@pytest.mark.parametrize("method", METHODS)
def test_rows_without_a_vector_come_last_and_are_told(method: str) -> None:
    nan = float("nan")
    some = world([0, nan, 90, nan, 180], [0.1, 0.9, 0.2, 0.8, 0.3])
    selection = select(some, budget=4, method=method, by=A)
    assert len(selection) == 4
    kept = selection.decisions().to_pydict()
    filled = [why for why, keep in zip(kept["reason"], kept["kept"], strict=True) if keep and "fills the budget" in why]
    assert len(filled) == 1
    assert "vector" in filled[0]


@pytest.mark.parametrize("method", METHODS)
def test_without_any_vectors_the_best_fill_the_budget(method: str) -> None:
    none = World({A: [0.3, 0.9, 0.1]}, features={"clip_image": np.full((3, 2), np.nan, np.float32)})
    assert select(none, budget=2, method=method, by=A).ids == ["s1", "s0"]


@pytest.mark.parametrize("method", METHODS)
def test_a_budget_of_tokens_buys_what_fits_in_the_order_of_the_method(method: str) -> None:
    some = world([0, 90, 180, 270], [0.4, 0.3, 0.2, 0.1], tokens=[50, 10, 10, 10])
    selection = select(some, budget=30, method=method, by=A, unit="tokens")
    assert sorted(selection.ids) == ["at180", "at270", "at90"]


@pytest.mark.parametrize("method", METHODS)
def test_within_quotas_each_source_is_covered_by_itself(method: str) -> None:
    some = world([0, 5, 180, 90, 95, 270], [0.1] * 6, source=["a", "a", "a", "b", "b", "b"])
    selection = select(some, budget=4, method=method, by=A, stratify="source", quota="equal")
    assert {"at180", "at270"} <= set(selection.ids) or method == "graph_cut"
    assert len({name for name in selection.ids if name in {"at0", "at5", "at180"}}) == 2


@pytest.mark.parametrize(
    ("method", "options", "problem"),
    [
        ("facility_location", {"part": 0}, "part 0 is not a number of rows"),
        ("facility_location", {"shortlist": 0.5}, "shortlist 0.5 is less than the budget"),
        ("facility_location", {"epsilon": 1.0}, "epsilon 1.0 is not between 0 and 1"),
        ("facility_location", {"optimizer": "eager"}, "optimizer = 'eager' is not one of lazy, stochastic"),
        ("qdit", {"alpha": 1.5}, "alpha 1.5 is not between 0 and 1"),
        ("graph_cut", {"tradeoff": -1}, "tradeoff -1.0 is not 0 or more"),
        ("dpp", {"weight": -1}, "weight -1.0 is not between 0 and 100"),
        ("dpp", {"width": 0}, "width 0.0 is not a distance above 0"),
        ("k_center", {"start": "random"}, "start = 'random' is not one of best-ranked, central"),
        ("k_center", {"feature": "nowhere"}, "the run stores no 'nowhere' vectors"),
    ],
)
def test_an_option_that_makes_no_sense_is_told(method: str, options: dict[str, object], problem: str) -> None:
    with pytest.raises(SelectionError, match=problem):
        select(CROWD_AND_TWO, budget=2, method=method, by=A, options=options)
