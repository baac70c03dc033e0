"""The map of a run as a page draws it: places as bytes, a colour for each by a column, and which fit a question."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from vlitq.projection import Projection, project
from vlitq.schema import Array
from vlitq.selection.fields import Field
from vlitq.view.errors import NotThere, NotYet
from vlitq.view.kept import KeptRun

MOST = 100_000  # samples drawn: of more, every second, third or so on
TOP = 65535  # the right and the upper edge, as bytes
COLOURS, NONE = 255, 255  # shades of a number; no value
LABELS = 12  # that have a colour of their own


class Map:
    """The places of a run's samples, made in the background when they are first asked for.

    place: is given them once they are there, x to the right and y upwards, float32 of shape (rows,), from 0 to 1 on the
    longer side of the map, NaN where a row has no place.
    """

    def __init__(self, run: KeptRun, place: Callable[[Array, Array], None]) -> None:
        self._run, self._place = run, place
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._made: Projection | None = None
        self._problem: str | None = None

    def told(self, colour: Field | None) -> dict[str, Any]:
        """Rows, x and y as little-endian bytes in base64 (uint32, uint16, uint16), x to the right and y upwards, and
        the colour of each by a column. Raises as `places` does."""
        places = self.places()
        placed, rows = places.placed, drawn_of(places)
        step = f" Every {_step(len(placed))}. of {len(placed):,} samples is drawn." if len(rows) < len(placed) else ""
        return {
            "how": places.how + step,
            "points": len(rows),
            "of": len(self._run),
            **drawn(rows, places.x[rows], places.y[rows]),
            "colour": None if colour is None else shaded(colour, rows),
        }

    def fits(self, found: Array) -> str:
        """Which of the points that are drawn are among some rows: a bit a point, the lowest first, in base64. Raises
        as `places` does."""
        among = np.zeros(len(self._run), dtype=bool)
        among[found] = True
        bits = np.packbits(among[drawn_of(self.places())], bitorder="little")
        return b64encode(bits.tobytes()).decode()

    def places(self) -> Projection:
        """Where the samples lie. Raises `NotYet` while that is being made, `NotThere` where there can be no map."""
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._make, daemon=True)
                self._thread.start()
        self._thread.join(0.5)
        if self._problem is not None:
            raise NotThere(self._problem)
        if self._made is None:
            raise NotYet("the map is being made")
        return self._made

    def _make(self) -> None:
        try:
            made = project(self._run)
            if len(made.placed):
                made = at_one_scale(made)
                self._place(made.x, made.y)
                self._made = made
            else:
                self._problem = made.how
        except Exception as error:  # whatever stops it is told to who looks at the map, not to the server's log
            self._problem = f"the map cannot be made: {error}"


def at_one_scale(places: Projection) -> Projection:
    """The same map, of one place or more, from 0 to 1 on its longer side."""
    lows = [float(np.nanmin(part)) for part in (places.x, places.y)]
    span = max(float(np.nanmax(part)) - low for part, low in zip((places.x, places.y), lows, strict=True)) or 1.0
    x, y = (((part - low) / span).astype(np.float32) for part, low in zip((places.x, places.y), lows, strict=True))
    return Projection(x, y, places.how)


def drawn_of(places: Projection) -> Array:
    """The rows of the points that are drawn, int64, ascending."""
    return places.placed[:: _step(len(places.placed))]


def drawn(rows: Array, x: Array, y: Array) -> dict[str, str]:
    """Row numbers and places in base64; coordinates from 0 to 1 become 0 to `TOP`."""
    across, up = (np.rint(part.astype(np.float64) * TOP) for part in (x, y))
    return {"rows": _bytes(rows, "<u4"), "x": _bytes(across, "<u2"), "y": _bytes(up, "<u2")}


def shaded(field: Field, rows: Array) -> Mapping[str, Any]:
    """A byte a row, `NONE` for null: a place between the least and the greatest number, or the number of a label."""
    return _of_labels(field, rows) if field.is_label else _of_numbers(field, rows)


def _of_numbers(field: Field, rows: Array) -> Mapping[str, Any]:
    values = field.values[rows].astype(np.float64)
    known = np.isfinite(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    shades = np.full(len(rows), NONE, dtype=np.uint8)
    shades[known] = np.rint((values[known] - low) / ((high - low) or 1.0) * (COLOURS - 1)).astype(np.uint8)
    return {"column": field.name, "kind": "number", "low": low, "high": high, "values": _bytes(shades, "u1")}


def _of_labels(field: Field, rows: Array) -> Mapping[str, Any]:
    """The commonest labels of the run have a number each, all others the one after."""
    coded = pa.array(field.values, pa.string()).dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    counts = np.bincount(codes[codes >= 0], minlength=len(coded.dictionary))
    commonest = np.argsort(-counts, kind="stable")[:LABELS]
    number = np.full(len(counts) + 1, LABELS, dtype=np.uint8)
    number[commonest] = np.arange(len(commonest))
    number[-1] = NONE  # where the code −1 of null points
    names = coded.dictionary.take(pa.array(commonest)).to_pylist()
    others = len(counts) - len(commonest)
    told = [*names, f"{others} others"] if others else names
    return {"column": field.name, "kind": "label", "names": told, "values": _bytes(number[codes[rows]], "u1")}


def _bytes(values: Array, dtype: str) -> str:
    return b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode()


def _step(placed: int) -> int:
    return -(-placed // MOST) or 1
