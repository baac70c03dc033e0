"""The points of the map as the page carries them: places and values as short integers in base64."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from typing import Any

import numpy as np

from vlitq.report.blocks import Map
from vlitq.schema import Array

STEPS = 65_534  # of a place or a value between its ends
NONE = 65_535
LABELS = 10  # told apart by colour, the most frequent; the others share one
ID_SHOWN = 60  # characters
CLIPPED = (2, 98)  # percentiles between which the colours run: a few far values would leave one colour to the rest


def packed(points: Map) -> dict[str, Any]:
    """What the page's script draws: places, ids, rows, and each column as numbers or as labels with a list of them."""
    return {
        "x": _base64(_steps(points.x)[0]),
        "y": _base64(_steps(points.y)[0]),
        "rows": points.rows.tolist(),
        "ids": [one[:ID_SHOWN] + ("…" if len(one) > ID_SHOWN else "") for one in map(str, points.ids)],
        "colours": [{"name": name, **_column(values)} for name, values in points.colours.items()],
    }


def _column(values: Array) -> dict[str, Any]:
    if values.dtype == object:
        return _labels(values)
    known = values[np.isfinite(values)].astype(np.float64)
    if len(known) and np.isin(known, (0, 1)).all():
        truth = np.full(len(values), None, dtype=object)
        truth[values == 1], truth[values == 0] = "yes", "no"
        return _labels(truth)
    steps, low, high = _steps(values)
    shown = np.percentile(known, CLIPPED).tolist() if len(known) else [0.0, 0.0]
    return {"kind": "number", "low": low, "high": high, "shown": shown, "values": _base64(steps)}


def _labels(values: Array) -> dict[str, Any]:
    counts = Counter(str(one) for one in values if one is not None)
    order = sorted(counts, key=lambda one: (-counts[one], one))
    named, others = order[:LABELS], order[LABELS:]
    place = {one: at for at, one in enumerate(named)} | dict.fromkeys(others, LABELS)
    codes = np.array([NONE if one is None else place[str(one)] for one in values], dtype="<u2")
    listed = [{"text": one[:ID_SHOWN], "n": counts[one]} for one in named]
    rest = {"text": f"{len(others):,} others", "n": sum(counts[one] for one in others)}
    return {"kind": "label", "labels": [*listed, *([rest] if others else [])], "values": _base64(codes)}


def _steps(values: Array) -> tuple[Array, float, float]:
    """The values as whole steps between the least and the largest, with both; `NONE` where there is none."""
    numbers = values.astype(np.float64)
    known = np.isfinite(numbers)
    low, high = (float(numbers[known].min()), float(numbers[known].max())) if known.any() else (0.0, 0.0)
    share = (numbers - low) / (high - low) if high > low else np.zeros(len(numbers))
    steps = np.where(known, np.rint(np.where(known, share, 0) * STEPS), NONE)
    return steps.astype("<u2"), low, high


def _base64(values: Array) -> str:
    return b64encode(values.astype("<u2").tobytes()).decode()
