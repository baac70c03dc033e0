"""What a number means: columns, their axis and direction, the statuses of a row, and the check of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

Direction = Literal["higher", "lower", "neutral"]
Axis = Literal["correctness", "complexity", "diversity", "redundancy", "balance", "validity", "visual dependence"]
DType = Literal["float32", "float64", "int32", "int64", "bool", "string"]
Array = npt.NDArray[Any]


class Status(StrEnum):
    """Why a row has, or has not, a score. Every status but the first two says that something went wrong."""

    OK = "ok"
    NOT_APPLICABLE = "not_applicable"  # nothing is wrong: the metric has no meaning for this sample
    INVALID = "invalid"  # the record is not a sample: no scorer sees it
    ROLE_ORDER = "role_order"  # the turns do not alternate; scored all the same
    IMAGE_COUNT = "image_count"  # <image> markers and images differ in number; scored all the same
    MISSING_IMAGE = "missing_image"
    UNSAFE_PATH = "unsafe_path"  # the image lies outside the image root
    UNREADABLE_IMAGE = "unreadable_image"
    ERROR = "error"  # the scorer or the feature raised, or broke its contract

    @property
    def failed(self) -> bool:
        """True when a score that should exist does not."""
        return self not in {Status.OK, Status.NOT_APPLICABLE, Status.ROLE_ORDER, Status.IMAGE_COUNT}


class ContractError(ValueError):
    """A scorer returned something else than it declared."""


@dataclass(frozen=True)
class Column:
    """One number (or label) a sample gets, and what it means.

    `bounds` are inclusive; None is open. `direction` says which values make better training data.
    `null` says in one clause when the column does not apply ("the sample has no image").
    `source` cites the paper or standard that defines it, `formula` says it in one line.
    """

    name: str
    dtype: DType
    description: str
    unit: str = ""
    bounds: tuple[float | None, float | None] = (None, None)
    direction: Direction = "neutral"
    axis: Axis = "validity"
    source: str = ""
    null: str = "the metric does not apply to the sample"
    formula: str = ""

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ContractError(f"column name {self.name!r} is not an identifier")
        for value, allowed in ((self.dtype, DType), (self.direction, Direction), (self.axis, Axis)):
            if value not in get_args(allowed):
                raise ContractError(f"column {self.name!r}: {value!r} is not one of {', '.join(get_args(allowed))}")

    def check(self, values: Any, rows: int, numbers: Sequence[int] | None = None) -> np.ma.MaskedArray[Any, Any]:
        """The values as a masked array of the declared dtype, nulls masked.

        Null is NaN in floats, None in strings, the mask in masked arrays. Raises `ContractError` with the first
        offending row (by its entry in `numbers`, where given) when length, dtype or bounds are broken.
        """
        masked = self._masked(values)
        if masked.shape != (rows,):
            raise ContractError(f"column {self.name!r}: shape {masked.shape}, expected ({rows},)")
        self._check_bounds(masked, range(rows) if numbers is None else numbers)
        return masked

    def _masked(self, values: Any) -> np.ma.MaskedArray[Any, Any]:
        if self.dtype == "string" and isinstance(values, list):
            values = np.array(values, dtype=object)  # np.ma looks at every element of a list
        array = np.ma.asarray(values)
        if self.dtype == "string":
            data = np.asarray(array.data, dtype=object)
            null = np.array([value is None for value in data.ravel()], bool).reshape(data.shape)
            self._require(all(isinstance(v, str) for v in data[~null]), array)
        else:
            # A list of no values has dtype float64; it declares nothing, so nothing is broken.
            self._require(array.dtype == np.dtype(self.dtype) or array.size == 0, array)
            data = array.data.astype(self.dtype, copy=False)
            null = np.isnan(data) if self.dtype.startswith("float") else np.zeros(data.shape, bool)
        return np.ma.MaskedArray(data, mask=null | np.ma.getmaskarray(array))

    def _require(self, holds: bool, array: Array) -> None:
        if not holds:
            raise ContractError(f"column {self.name!r}: dtype {array.dtype}, declared {self.dtype}")

    def _check_bounds(self, masked: np.ma.MaskedArray[Any, Any], numbers: Sequence[int]) -> None:
        low, high = self.bounds
        if self.dtype == "string" or (low is None and high is None):
            return
        outside = np.zeros(masked.shape, bool)
        if low is not None:
            outside |= masked.data < low
        if high is not None:
            outside |= masked.data > high
        outside &= ~np.ma.getmaskarray(masked)
        if outside.any():
            row = int(np.flatnonzero(outside)[0])
            raise ContractError(
                f"column {self.name!r}: {masked.data[row]} in row {numbers[row]} is outside [{_end(low)}, {_end(high)}]"
            )


def _end(bound: float | None) -> str:
    return "…" if bound is None else f"{bound:g}"
