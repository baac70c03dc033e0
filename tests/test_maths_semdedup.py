"""SemDeDup's three rules are what a walk over the whole matrix of cosines gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vlitq.schema import Array
from vlitq.selection import pairs_above, semdedup, semdedup_epsilon
from vlitq.selection.maths import nearest_before as nearest_module
from vlitq.selection.maths import survivors
from vlitq.selection.maths.nearest_before import nearest_before
from vlitq.selection.maths.semdedup import semdedup_cut, semdedup_groups
from vlitq.selection.maths.survivors import RULES, Rule, surviving_pairs

rules = st.sampled_from(RULES)


def at(*degrees: float) -> Array:
    """Unit vectors in the plane."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def epsilon_of(degrees: float) -> float:
    return 1 - float(np.cos(np.radians(degrees)))


def cosines(x: Array, clusters: Array | None) -> Array:
    """NaN where two rows are not to be compared."""
    x = np.asarray(x, np.float64)
    squares = (x * x).sum(axis=1)
    with np.errstate(all="ignore"):
        cosine = ((x[:, None] * x[None]).sum(axis=2) / np.sqrt(squares[:, None] * squares)).clip(-1, 1)
    if clusters is not None:
        cosine[clusters[:, None] != clusters] = np.nan
    return cosine


def walked(cosine: Array, limit: float, rule: Rule, order: Array) -> list[bool]:
    """The rules, as they are defined."""
    kept = np.ones(len(order), dtype=bool)
    reached = cosine > limit
    np.fill_diagonal(reached, True)
    for _ in range(6):
        reached = reached @ reached
    for place, row in enumerate(order):
        before = order[:place]
        if rule == "components":
            kept[row] = not reached[row, before].any()
        elif rule == "greedy":
            kept[row] = not (cosine[row, before] > limit)[kept[before]].any()
        else:
            kept[row] = not (cosine[row, before] > limit).any()
    return kept.tolist()


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Array, Array, Array | None]:
    """Rows with many equal cosines, some of zeros or NaN; an order; clusters or none."""
    numbers = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 1.02])
    rows = draw(st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=24))
    x = np.array(rows, np.float32)
    x[draw(st.lists(st.integers(0, len(x) - 1), max_size=2))] = np.nan
    order = np.array(draw(st.permutations(range(len(x)))))
    labels = draw(st.none() | st.lists(st.integers(0, 2), min_size=len(x), max_size=len(x)))
    return x, order, None if labels is None else np.array(labels)


@given(worlds(), rules, st.floats(0, 2))
def test_what_stays_is_what_the_rule_says(world: tuple[Array, Array, Array | None], rule: Rule, epsilon: float) -> None:
    x, order, clusters = world
    stays = semdedup(x, epsilon, rule, order=order, clusters=clusters)
    assert stays.tolist() == walked(cosines(x, clusters), 1 - epsilon, rule, order)


@given(worlds(), rules, st.floats(0, 2))
def test_a_list_of_all_pairs_gives_the_same(
    world: tuple[Array, Array, Array | None], rule: Rule, epsilon: float
) -> None:
    x, order, _ = world
    pairs = pairs_above(x, 1 - epsilon, inclusive=False)
    stays = surviving_pairs(rule, pairs, np.argsort(order))
    assert stays.tolist() == semdedup(x, epsilon, rule, order=order).tolist()


@given(worlds(), rules, st.integers(1, 24))
def test_the_cut_keeps_what_it_says_and_falls_short_only_by_a_tie(
    world: tuple[Array, Array, Array | None], rule: Rule, keep: int
) -> None:
    x, order, clusters = world
    fewest = semdedup(x, 2.1, rule, order=order, clusters=clusters).sum()
    assume(keep >= fewest)
    cut = semdedup_cut(x, keep, rule, order=order, clusters=clusters)
    assert semdedup(x, cut.epsilon, rule, order=order, clusters=clusters).sum() == cut.kept <= keep
    assert cut.kept == min(keep, len(x)) or cut.kept + cut.tied > keep


@given(worlds(), rules, st.floats(0, 2))
def test_every_row_has_a_representative_that_stays(
    world: tuple[Array, Array, Array | None], rule: Rule, epsilon: float
) -> None:
    x, order, clusters = world
    stays = semdedup(x, epsilon, rule, order=order, clusters=clusters)
    groups = semdedup_groups(x, epsilon, rule, order=order, clusters=clusters)
    assert stays[groups.representative].all()
    assert (groups.representative[stays] == np.flatnonzero(stays)).all()
    gone = np.flatnonzero(~stays)
    assert groups.similarity[gone].tolist() == cosines(x, clusters)[gone, groups.representative[gone]].tolist()
    if rule == "greedy":
        assert (groups.similarity[gone] > 1 - epsilon).all()


def test_a_chain_tells_the_rules_apart() -> None:
    """At 0, 10, 20, 30 and 40 degrees, copies within 15: ranked removes by removed rows, greedy does not."""
    chain, epsilon = at(0, 10, 20, 30, 40, 90), epsilon_of(15)
    assert semdedup(chain, epsilon, "ranked").tolist() == [True, False, False, False, False, True]
    assert semdedup(chain, epsilon, "greedy").tolist() == [True, False, True, False, True, True]
    assert semdedup(chain, epsilon, "components").tolist() == [True, False, False, False, False, True]


def test_ranked_keeps_both_ends_that_a_later_row_joins_and_components_do_not() -> None:
    joined_late, epsilon = at(0, 20, 10), epsilon_of(15)
    assert semdedup(joined_late, epsilon, "ranked").tolist() == [True, True, False]
    assert semdedup(joined_late, epsilon, "components").tolist() == [True, False, False]


def test_the_preferred_row_stays() -> None:
    assert semdedup(at(0, 1), 0.01, order=np.array([1, 0])).tolist() == [False, True]


def test_rows_of_other_clusters_remove_nothing() -> None:
    assert semdedup(at(0, 0, 0), 0.01, clusters=np.array([4, 9, 4])).tolist() == [True, True, False]


def test_a_cosine_of_exactly_one_less_epsilon_is_no_copy() -> None:
    x = np.array([[0.6, 0.8], [0, 1]])
    assert semdedup(x, 0.2).tolist() == [True, True]
    assert semdedup(x, 0.2 + 1e-12).tolist() == [True, False]


def test_epsilon_zero_keeps_even_equal_rows() -> None:
    assert semdedup(np.ones((3, 7), np.float32), 0.0).all()


def test_epsilon_is_found_between_two_similarities() -> None:
    """Ten, twenty and thirty degrees from the row before: one epsilon for each number of rows."""
    x = at(0, 10, 30, 60)
    counts = [int(semdedup(x, semdedup_epsilon(x, keep)).sum()) for keep in (1, 2, 3, 4)]
    assert counts == [1, 2, 3, 4]
    assert epsilon_of(10) < semdedup_epsilon(x, 3) < epsilon_of(20)


@pytest.mark.parametrize("rule", RULES)
def test_ties_are_told(rule: Rule) -> None:
    cut = semdedup_cut(np.repeat(at(0, 90), [3, 1], axis=0), 3, rule)
    assert (cut.kept, cut.tied) == (2, 2)


@pytest.mark.parametrize("rule", RULES)
def test_fewer_than_have_nothing_before_them_cannot_be_asked_for(rule: Rule) -> None:
    with pytest.raises(ValueError, match="no epsilon keeps 1 rows: 2 have nothing before them"):
        semdedup_cut(at(0, 1, 2), 1, rule, clusters=np.array([0, 1, 1]))


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="rule 'rank' is none of ranked, greedy, components"):
        semdedup(at(0), 0.1, "rank")  # type: ignore[arg-type]  # what a user may write


@pytest.mark.parametrize("rule", RULES)
def test_no_rows_and_all_alike(rule: Rule) -> None:
    assert semdedup(np.zeros((0, 3)), 0.1, rule).tolist() == []
    assert semdedup(np.ones((3000, 3), np.float32), 0.1, rule).sum() == 1


@pytest.mark.parametrize("rule", RULES)
def test_blocks_change_nothing(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    x = at(*rng.uniform(0, 360, 200)).astype(np.float32)
    whole = semdedup(x, 1e-4, rule).tolist()
    for module in (survivors, nearest_module):
        monkeypatch.setattr(module, "STRIP", 7)
        monkeypatch.setattr(module, "BLOCK", 11)
    assert semdedup(x, 1e-4, rule).tolist() == whole


@pytest.mark.parametrize("block", [3, 64, 4096])
def test_the_nearest_before_is_the_first_of_the_highest_even_among_the_very_near(block: int) -> None:
    """150 rows within a hundredth of a degree: float32 products cannot tell which are nearer."""
    rng = np.random.default_rng(0)
    x = at(*rng.uniform(0, 0.01, 150))
    cosine = np.tril(cosines(x, None), -1)
    found = nearest_before(x, block=block)
    assert found.row[1:].tolist() == cosine[1:].argmax(axis=1).tolist()
    assert found.similarity[1:].tolist() == cosine[1:].max(axis=1).tolist()


def test_an_epsilon_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        semdedup(np.eye(2, dtype=np.float32), float("nan"))
