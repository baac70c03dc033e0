"""The pages keep up with what there is."""

from __future__ import annotations

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
