"""Connected components of a graph whose edges arrive in portions; in numpy, as scipy is not in the base install."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array


def alone(nodes: int) -> Array:
    """Labels of a graph without edges: each node is its own component. int64 of shape (nodes,)."""
    return np.arange(nodes, dtype=np.int64)


def joined(labels: Array, left: Array, right: Array) -> Array:
    """Labels after adding the edges left[i]–right[i]; a component's label is its smallest node.

    `labels` is what `alone` or `joined` returned. Takes a number of passes that grows with the logarithm of the nodes.
    """
    labels = labels.copy()
    while True:
        a, b = labels[left], labels[right]
        apart = a != b
        if not apart.any():
            return labels
        left, right = left[apart], right[apart]
        np.minimum.at(labels, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        labels = _flattened(labels)


def _flattened(labels: Array) -> Array:
    while True:
        above = labels[labels]
        if np.array_equal(above, labels):
            return labels
        labels = above
