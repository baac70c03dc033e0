"""Normal forms are Unicode's, and a text of nothing but marks takes no longer than its length allows."""

from __future__ import annotations

import time
import unicodedata

import pytest

from vlitq.normal_form import normal_form


@pytest.mark.parametrize(
    "text", ["", "plain", "e\u0301", "한국어", "ﬁne ½", "e\u0301" * 3000, "word " * 900, "\U0001f600" * 4000]
)
@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_it_is_the_form_of_the_standard_library(text: str, form: str) -> None:
    assert normal_form(text, form) == unicodedata.normalize(form, text)


def test_a_million_marks_in_bad_order_take_seconds_not_hours() -> None:
    start = time.monotonic()
    found = normal_form("a" + "\u0301\u0316" * 500_000, "NFC")
    assert len(found) in range(990_000, 1_000_002)
    assert time.monotonic() - start < 60
