"""The pages keep up with what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vlitq.host import Host

DOCS = Path(__file__).parents[1] / "docs"
HOST = Host()
SCORERS = [o.thing.name for o in HOST.offers("scorers") if o.thing.__module__.startswith("vlitq_scorers")]


@pytest.mark.parametrize("scorer", SCORERS)
def test_every_scorer_has_a_heading_on_its_page(scorer: str) -> None:
    assert f"\n### {scorer}\n" in (DOCS / "scorers.md").read_text(encoding="utf-8")


def test_every_recipe_is_named_on_the_page() -> None:
    page = (DOCS / "scorers.md").read_text(encoding="utf-8")
    names = [name for name in HOST.names("recipes") if f"| `{name}` |" not in page]
    assert names == []


@pytest.mark.parametrize(("row", "cost"), [("the text", "text"), ("the pixels", "pixels"), ("an encoder", "encoder"),
                                           ("language-model", "language model")])  # fmt: skip
def test_the_table_of_scorers_by_what_they_take_has_each_in_its_row(row: str, cost: str) -> None:
    page = (DOCS / "scorers.md").read_text(encoding="utf-8")
    line = next(one for one in page.splitlines() if one.startswith(f"| {row}"))
    found = {o.thing.name for o in HOST.offers("scorers") if o.thing.name in SCORERS and o.thing.cost == cost}
    assert set(re.findall(r"`(\w+)`", line)) == found
