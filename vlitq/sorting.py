"""Orders of many numbers, the same on every machine: equal ones stay as they stand."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array


def ascending(keys: Array, *ties: Array) -> Array:
    """Positions of keys of shape (rows,), the smallest key first, int64; of equal ones the smallest of the first of
    `ties` first, then of the next.

    NumPy's quick sort leaves equal keys in an order of its own, which differs between processors; they alone are sorted
    again, from how they stand, in a sixth of the time of its stable one.
    """
    order = np.argsort(keys)
    tied = np.flatnonzero(_beside_equals(keys[order]))
    among = np.zeros(len(keys), dtype=bool)
    among[order[tied]] = True
    some = np.flatnonzero(among)
    order[tied] = some[np.lexsort((*(one[some] for one in reversed(ties)), keys[some]))]
    return order


def _beside_equals(ordered: Array) -> Array:
    """Which of some ordered keys stand beside an equal one, bool of shape (rows,)."""
    new = np.append(changes(ordered), True)
    return np.asarray(~(new[:-1] & new[1:]))


def by_code(codes: Array) -> Array:
    """Positions of codes of shape (rows,), whole numbers from 0 up, the smallest code first, int64."""
    return np.argsort(codes.astype(np.uint16) if codes.max(initial=0) < 2**16 else codes, kind="stable")


def changes(ordered: Array) -> Array:
    """Where ordered keys differ from those before them, bool of shape (rows,); the first does."""
    changed = np.ones(len(ordered), dtype=bool)
    changed[1:] = ordered[1:] != ordered[:-1]
    return changed
