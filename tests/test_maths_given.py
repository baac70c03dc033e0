"""What every function that picks does with what a caller may give: lists, any number type, nothing, too much, NaN."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import vlitq_scorers.maths as all_maths
from vlitq import selection
from vlitq.schema import Array

Pick = Callable[[Callable[[object], object], list[list[int]], int], Array]
ROWS = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]]


def gram(rows: list[list[int]]) -> object:
    return (np.array(rows, int) @ np.array(rows, int).T).tolist() if rows else []


def graph(rows: list[list[int]]) -> tuple[list[list[int]], list[list[float]]]:
    """Every row's next, as its only neighbour."""
    return [[(at + 1) % len(rows)] for at in range(len(rows))], [[0.5] for _ in rows]


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


PICKS: dict[str, Pick] = {
    "k_center": lambda given, rows, budget: selection.k_center(given(rows), budget),
    "k_center, central": lambda given, rows, budget: selection.k_center(given(rows), budget, start=None),
    "facility_location": lambda given, rows, budget: selection.facility_location(given(gram(rows)), budget),
    "graph_cut": lambda given, rows, budget: selection.graph_cut(given(gram(rows)), budget),
    "dpp_map": lambda given, rows, budget: selection.dpp_map(given(gram(rows)), budget),
    "qdit": lambda given, rows, budget: selection.qdit(given([*range(len(rows))]), given(gram(rows)), budget),
    "coincide": lambda given, rows, budget: selection.coincide(
        given(rows), given([0, 1, 1, 0, 2][: len(rows)]), budget
    ),
    "greedy_mmd": lambda given, rows, budget: selection.greedy_mmd(given(rows), budget),
    "d2": lambda given, rows, budget: selection.d2_pruning(given([*range(len(rows))]), *graph(rows), budget),
    "prototypes": lambda given, rows, budget: selection.self_supervised_prototypes(given(rows), budget, 2, rng()),
    "gumbel_top_k": lambda given, rows, budget: selection.gumbel_top_k(given([*range(len(rows))]), budget, rng()),
    "soft_cap": lambda given, rows, budget: selection.soft_cap(given([*range(len(rows))]), budget, rng()),
    "deita": lambda given, rows, budget: selection.deita(given(rows), budget),
    "dics": lambda given, rows, budget: selection.dics(given([*range(len(rows))]), given(rows), budget),
    "self_filter": lambda given, rows, budget: selection.self_filter(given([*range(len(rows))]), *graph(rows), budget),
    "round_robin": lambda given, rows, budget: selection.round_robin(given(rows), [0] * len(rows), budget),
    "most_votes": lambda given, rows, budget: selection.most_votes(given(rows), budget),
    "novelselect": lambda given, rows, budget: selection.novelselect(given(rows), budget),
    "zip_greedy": lambda _given, rows, budget: selection.zip_greedy([f"text {row}" for row in rows], budget, 3, 2, 1),
}


def spread(values: object) -> Array:
    """The values in memory that lies scattered."""
    return np.repeat(np.asarray(values, float), 2, axis=0)[::2]


GIVEN: dict[str, Callable[[object], object]] = {
    "lists": lambda values: values,
    "int64": lambda values: np.asarray(values, np.int64),
    "int8": lambda values: np.asarray(values, np.int8),
    "float16": lambda values: np.asarray(values, np.float16),
    "float32": lambda values: np.asarray(values, np.float32),
    "columns first": lambda values: np.asfortranarray(np.asarray(values, float)),
    "scattered": spread,
}


@pytest.mark.parametrize("kind", GIVEN)
@pytest.mark.parametrize("name", PICKS)
def test_a_budget_is_met_whatever_the_kind_of_number_and_the_number_of_rows(name: str, kind: str) -> None:
    for count in (0, 1, 2, 5):
        for budget in (0, 1, 3, count, count + 4):
            order = PICKS[name](GIVEN[kind], ROWS[:count], budget)
            assert order.dtype == np.int64
            assert sorted({*order.tolist()} & {*range(count)}) == sorted(order.tolist())
            assert len(order) == min(budget, count)


@pytest.mark.parametrize("name", PICKS)
def test_the_kind_of_number_changes_no_pick(name: str, tmp_path: Path) -> None:
    def on_disk(values: object) -> Array:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.npy"
        np.save(path, np.asarray(values, np.float16))
        return np.load(path, mmap_mode="r")

    first = PICKS[name](GIVEN["lists"], ROWS, 4).tolist()
    assert all(PICKS[name](given, ROWS, 4).tolist() == first for given in [*GIVEN.values(), on_disk])


@pytest.mark.parametrize("name", PICKS)
def test_a_negative_budget_is_refused(name: str) -> None:
    for count in (0, 3):
        with pytest.raises(ValueError, match="budget -1 is negative"):
            PICKS[name](np.asarray, ROWS[:count], -1)


FINITE = sorted({*PICKS} - {"deita", "most_votes", "round_robin", "gumbel_top_k", "soft_cap", "zip_greedy"})


@pytest.mark.parametrize("name", FINITE)
@pytest.mark.parametrize("budget", [2, 5])
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_what_is_no_number_is_refused_and_not_picked_twice(name: str, budget: int, wrong: float) -> None:
    def spoilt(values: object) -> Array:
        array = np.array(values, float)
        array[..., -1] = wrong
        return array

    with pytest.raises(ValueError, match="no finite number"):
        PICKS[name](spoilt, ROWS, budget)


def test_rows_without_numbers_are_close_to_none_and_picked_all_the_same() -> None:
    x = np.array([[1, 0], [np.nan, 1], [np.inf, 1], [1, 0.0]])
    assert selection.deita(x, 3, fill=False).tolist() == [0, 1, 2]
    assert selection.semdedup(x.tolist(), 0.1).tolist() == [True, True, True, False]
    assert np.isnan(selection.prism(x.tolist())).tolist() == [False, True, True, False]
    assert selection.most_votes(x, 3).tolist() == [2, 0, 3]


@pytest.mark.parametrize("start", [-1, 5])
def test_a_start_that_is_no_row_is_refused(start: int) -> None:
    x = np.array(ROWS)
    for call in (
        lambda: selection.k_center(x, 2, start=start),
        lambda: selection.dpp_map(x @ x.T, 2, start=start),
        lambda: selection.novelselect(x, 2, start=start),
    ):
        with pytest.raises(ValueError, match=f"start {start} is not the position of a row: there are 5"):
            call()


def test_shapes_that_do_not_fit_are_refused_with_what_to_give() -> None:
    x = np.array(ROWS)
    refusals = {
        r"x: shape \(3,\) is not \(rows, columns\)": lambda: selection.k_center([1, 2, 3], 2),
        r"kernel: shape \(5, 3\) is not square": lambda: selection.dpp_map(x, 2),
        r"similarity: shape \(5, 3\) is not square": lambda: selection.graph_cut(x, 2),
        r"quality: 2 numbers for 5 rows": lambda: selection.qdit([1, 2], x @ x.T, 2),
        r"scores: 2 for 5 rows of x": lambda: selection.dics([1, 2], x, 2),
        r"styles: 2 for 5 rows": lambda: selection.round_robin(x, [1, 2], 2),
        r"scores: shape \(3,\)": lambda: selection.pareto_front([1, 2, 3]),
        r"k = 0": lambda: selection.spherical_kmeans(x, 0, rng()),
    }
    for message, call in refusals.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_a_word_that_is_none_of_the_choices_is_refused() -> None:
    x = np.array(ROWS)
    refusals = {
        "optimizer 'naive' is neither": lambda: selection.facility_location(x @ x.T, 2, optimizer="naive"),
        "keep 'hardest' is neither": lambda: selection.self_supervised_prototypes(x, 2, 2, rng(), keep="hardest"),
        "terms 'both' is neither": lambda: selection.qdit([1] * 5, x @ x.T, 2, terms="both"),
        "gamma = 0": lambda: selection.greedy_mmd(x, 2, gamma=0),
    }
    for message, call in refusals.items():
        with pytest.raises(ValueError, match=message):
            call()


def test_clusters_that_k_means_left_empty_cost_no_warning() -> None:
    x = np.repeat([[1, 0], [0.6, 0.8]], 5, axis=0)
    found = selection.spherical_kmeans(x, 5, rng())
    assert sorted(np.bincount(found.label, minlength=5).tolist()) == [0, 0, 0, 5, 5]
    assert len({*selection.coincide(x, found, 4).tolist()}) == 4


def test_no_rows_make_no_clusters() -> None:
    assert selection.spherical_kmeans(np.zeros((0, 3)), 4, rng()).centroids.shape == (0, 3)


def test_rows_of_any_length_have_their_cosine_to_the_centre() -> None:
    x = np.array([[3, 4], [30, 40.0]])
    assert selection.spherical_kmeans(x, 1, rng()).similarity == pytest.approx([1, 1])


def test_what_selects_is_found_in_both_places() -> None:
    for name in selection.__all__:
        assert getattr(all_maths, name) is getattr(selection, name)
