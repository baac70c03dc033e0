"""Components are labelled by their smallest node, in whatever order the edges come."""

from __future__ import annotations

import numpy as np

from vlitq.selection.maths.components import alone, joined


def test_without_edges_each_node_is_its_own() -> None:
    assert joined(alone(3), np.array([], int), np.array([], int)).tolist() == [0, 1, 2]


def test_a_long_chain_is_one_component() -> None:
    nodes = np.arange(5000)
    assert not joined(alone(5000), nodes[1:], nodes[:-1]).any()


def test_portions_give_what_all_edges_at_once_give() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.integers(200, size=(2, 120))
    at_once, in_portions = joined(alone(200), left, right), alone(200)
    for start in range(0, 120, 7):
        in_portions = joined(in_portions, left[start : start + 7], right[start : start + 7])
    assert at_once.tolist() == in_portions.tolist()
    assert (at_once[left] == at_once[right]).all()
    assert all(min(np.flatnonzero(at_once == label)) == label for label in set(at_once.tolist()))


def test_joining_leaves_the_old_labels_alone() -> None:
    labels = alone(2)
    joined(labels, np.array([0]), np.array([1]))
    assert labels.tolist() == [0, 1]
