"""Texts of many rows at once are those of one row after the other; decisions are written down once a row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlitq.selection.ledger import Ledger
from vlitq.selection.wording import by_code, joined, three_decimals

SCORES = st.one_of(
    st.floats(0, 1),
    st.floats(-2, 3),
    st.just(float("nan")),
    st.integers(0, 2000).map(lambda half: half / 2000),  # on or beside the middle of two thousandths
)


@given(st.lists(SCORES, max_size=30))
def test_three_decimals_are_those_that_python_writes(values: list[float]) -> None:
    assert three_decimals(np.array(values, dtype=np.float64)).to_pylist() == [f"{value + 0.0:.3f}" for value in values]


def test_pieces_are_joined_row_by_row_and_a_text_is_the_same_in_all() -> None:
    numbers = pa.array([3, 10])
    assert joined("row ", numbers, " of 9", rows=2).to_pylist() == ["row 3 of 9", "row 10 of 9"]
    assert joined("not ", "drawn", rows=2).to_pylist() == ["not drawn", "not drawn"]
    assert joined("x", pa.array([], pa.int64()), rows=0).to_pylist() == []
    assert joined(pa.chunked_array([["a"], ["b"]]), "!", rows=2).to_pylist() == ["a!", "b!"]
    assert by_code(("a", "b"), np.array([1, 1, 0])).to_pylist() == ["b", "b", "a"]


def test_a_ledger_holds_a_stage_and_a_reason_a_row_in_any_order_and_adds_remarks() -> None:
    ledger = Ledger(4)
    ledger.decide(np.array([2, 0]), "kept", lambda at: np.array(["third", "first"])[at])
    ledger.say(np.array([0, 1]), "by the way")
    ledger.decide(np.array([1]), "gate", lambda at: iter(["no"] * len(at)))
    ledger.say(np.array([0]), "and more")
    assert ledger.open.tolist() == [3]
    assert ledger.stages().to_pylist() == ["kept", "gate", "kept", None]
    assert ledger.reasons().to_pylist() == ["first; by the way; and more", "no; by the way", "third", ""]
    assert ledger.counts() == {"gate": 1, "kept": 2}
    assert ledger.reasons(1, 3).to_pylist() == ["no; by the way", "third"]
    assert ledger.stages(1, 3).to_pylist() == ["gate", "kept"]
    ledger.decide(np.array([3]), "gate", lambda at: [])
    with pytest.raises(ValueError, match="0 reasons for 1 rows"):
        ledger.reasons()


def test_a_ledger_without_rows_has_no_reasons() -> None:
    assert Ledger(0).reasons().to_pylist() == []
    assert Ledger(0).counts() == {}
