"""Random parts of a pool, for methods whose memory or time grows with the square of what they look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from vlitq.schema import Array
from vlitq.selection.strata import quotas


@dataclass(frozen=True)
class Part:
    """What a method found in a part: positions in the order taken, int64, and reasons by position."""

    order: Array
    reasons: dict[int, str] = field(default_factory=dict)


def in_parts(
    rows: Array, picks: int, size: int, rng: np.random.Generator, choose: Callable[[Array, int], Part]
) -> Part:
    """What `choose(rows, picks)` finds in all rows, or in random parts of about `size` rows, each with its share.

    The parts take turns in the order that comes out, so that the first half of it is half of each part's.
    """
    count = -(-len(rows) // size)
    if count <= 1:
        return choose(rows, picks)
    parts = [np.sort(part) for part in np.array_split(rng.permutation(rows), count)]
    shares = quotas(np.array([len(part) for part in parts], dtype=np.int64), picks, "proportional").tolist()
    found = [choose(part, share) for part, share in zip(parts, shares, strict=True)]
    place = np.concatenate([(np.arange(len(part.order)) + 0.5) / max(len(part.order), 1) for part in found])
    order = np.concatenate([part.order for part in found])[np.argsort(place, kind="stable")]
    reasons = {
        position: f"{why} (in part {number} of {count}, which were drawn at random)"
        for number, part in enumerate(found, start=1)
        for position, why in part.reasons.items()
    }
    return Part(order, reasons)
