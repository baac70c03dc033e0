"""What the measures of sets do with what a caller may give: lists, any number type, rows of NaN, the wrong word."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from vlitq_scorers import maths

ROWS = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
MEASURES: dict[str, Callable[[object], float]] = {
    "vendi": lambda x: maths.vendi(features=x),
    "dcscore": maths.dcscore,
    "novelsum": lambda x: maths.novelsum(features=x),
    "mean_cosine": maths.mean_cosine,
    "knn_distance": maths.knn_distance,
    "effective_rank": maths.effective_rank,
    "radius": maths.radius,
    "partition_entropy": lambda x: maths.partition_entropy(x, ROWS, np.random.default_rng(0), 2),
    "coverage": lambda x: maths.coverage(x, ROWS, k=1),
    "local_density": lambda x: float(np.nanmean(maths.local_density(x))),
}


@pytest.mark.parametrize("name", MEASURES)
def test_lists_and_any_number_type_measure_the_same(name: str) -> None:
    expected = MEASURES[name](np.array(ROWS, float))
    for given in (ROWS, np.array(ROWS, np.int8), np.array(ROWS, np.float16), np.asfortranarray(np.array(ROWS))):
        assert MEASURES[name](given) == pytest.approx(expected)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("gap", [np.nan, np.inf])
def test_a_row_that_is_not_finite_somewhere_is_left_out(name: str, gap: float) -> None:
    x = np.array([ROWS[0], [0, gap, 0], *ROWS[1:]], float)
    with np.errstate(invalid="ignore"):
        assert MEASURES[name](x) == pytest.approx(MEASURES[name](ROWS))


@pytest.mark.parametrize("name", MEASURES)
def test_a_list_of_numbers_is_no_set_of_vectors(name: str) -> None:
    with pytest.raises(ValueError, match=r"shape \(3,\) is not \(rows, columns\)"):
        MEASURES[name]([1, 2, 3])


def test_a_row_of_nan_has_no_density_and_lowers_no_other() -> None:
    x = np.array([[1, 0], [np.nan, 0], [0, 1.0]])
    assert maths.local_density(x) == pytest.approx([1 / math.sqrt(2), math.nan, 1 / math.sqrt(2)], nan_ok=True)


def test_vectors_are_not_taken_for_distances() -> None:
    with pytest.raises(ValueError, match="vectors as features="):
        maths.novelsum(np.eye(3))


def test_a_kernel_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"kernel: shape \(2, 3\) is not square"):
        maths.vendi(kernel=np.ones((2, 3)))
    with pytest.raises(ValueError, match="kernel: row 1 holds what is no finite number"):
        maths.vendi(kernel=[[1, 0], [np.nan, 1]])


def test_sizes_may_be_numbers_without_names() -> None:
    assert maths.entropy([3, 1]) == maths.entropy({"a": 3, "b": 1})
    assert maths.evenness(np.array([3, 1])) == maths.evenness({"a": 3, "b": 1})
    assert maths.gini((3, 1)) == maths.gini({"a": 3, "b": 1}) == 0.25
    assert maths.kl_divergence([1, 1], [3, 1]) == maths.kl_divergence({"a": 1, "b": 1}, {"a": 3, "b": 1})
    assert maths.kl_divergence([1, 1], [1]) == math.inf
    assert maths.mixture_weights({"a": 100, "b": 400}).tolist() == maths.mixture_weights([100, 400]).tolist()
    assert math.isnan(maths.entropy([]))


def test_a_rule_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="rule '≤' is neither"):
        maths.mtld(["a", "a"], rule="≤")  # type: ignore[arg-type]  # what a user might type
    with pytest.raises(ValueError, match="discard 'first' is none of"):
        maths.msttr(["a", "a"], 1, discard="first")  # type: ignore[arg-type]  # what a user might type
    with pytest.raises(ValueError, match="temperature 0 is not above 0"):
        maths.dcscore(ROWS, temperature=0)
