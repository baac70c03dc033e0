"""The built-in scorers keep every law, and a scorer that breaks one is told which."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vlitq.host import Host
from vlitq.node import Columns, Content, CorpusScorer, Feature, Samples, SampleScorer, Scorer
from vlitq.recipe import load
from vlitq.roles import with_models
from vlitq.schema import Column
from vlitq.testing import LAWS, LawBroken, check_laws, check_scorer
from vlitq_scorers.image_text.alignment import Alignment

HOST = Host()
OFFERED = [offer.thing for offer in HOST.offers("scorers")]
IN_RECIPES = [
    pytest.param(with_models(HOST.scorer(scorer), parameters, {}), id=f"{Path(offer.thing.name).stem}-{scorer}")
    for offer in HOST.offers("recipes")
    for scorer, parameters in load(offer.thing).scorers.items()
    if parameters
]


@pytest.mark.parametrize("scorer", OFFERED, ids=lambda scorer: scorer.name)
def test_the_built_in_scorers_keep_every_law(scorer: type[Scorer]) -> None:
    check_scorer(scorer)


@pytest.mark.parametrize("scorer", [*IN_RECIPES, Alignment(over_images="mean")])
def test_they_keep_every_law_with_the_parameters_of_every_recipe(scorer: Scorer) -> None:
    check_scorer(scorer)


@pytest.mark.parametrize("scorer", OFFERED, ids=lambda scorer: scorer.name)
def test_every_built_in_scorer_says_what_it_costs_and_what_it_gets_wrong(scorer: type[Scorer]) -> None:
    if not scorer.__module__.startswith("vlitq_scorers"):
        return
    assert scorer.cost is not None
    assert scorer.known_failures


def test_a_verdict_is_given_on_every_law() -> None:
    assert [verdict.law for verdict in check_laws(Words)] == list(LAWS)


@dataclass(frozen=True)
class Words(SampleScorer):
    """Characters of a sample's turns: keeps every law."""

    name = "words"
    columns = (Column("count", "int64", "Characters.", bounds=(0, None)),)

    def needs(self) -> tuple[Feature, ...]:
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        return {"count": self.counts(features[0])}

    def counts(self, samples: Any) -> Any:
        return np.array([sum(len(turn.text) for turn in sample.turns) for sample in samples], np.int64)


@dataclass(frozen=True)
class UndeclaredColumn(Words):
    def score(self, *features: Any) -> Columns:
        return {**super().score(*features), "extra": self.counts(features[0])}


@dataclass(frozen=True)
class OtherType(Words):
    def counts(self, samples: Any) -> Any:
        return super().counts(samples).astype(np.float32)


@dataclass(frozen=True)
class OutOfBounds(Words):
    def counts(self, samples: Any) -> Any:
        return super().counts(samples) - 1


@dataclass(frozen=True)
class ByBatch(Words):
    def counts(self, samples: Any) -> Any:
        return super().counts(samples) + len(samples)


@dataclass(frozen=True)
class ByPosition(CorpusScorer):
    name = "by_position"
    columns = (Column("rank", "int64", "Where the row stands."),)

    def needs(self) -> tuple[Feature, ...]:
        return (Content(),)

    def score(self, *features: Any) -> Columns:
        return {"rank": np.arange(len(features[0]))}


@dataclass(frozen=True)
class WritesIntoItsInput(ByPosition):
    def score(self, *features: Any) -> Columns:
        features[0][:, 0] = 0
        return {"rank": np.zeros(len(features[0]), np.int64)}


@dataclass(frozen=True)
class NeedsTwoRows(Words):
    def counts(self, samples: Any) -> Any:
        return super().counts(samples) + 0 * len(samples[1].turns)


@dataclass(frozen=True)
class LooksAtOthers(Words):
    def counts(self, samples: Any) -> Any:
        return super().counts(samples) + sum(not sample.turns for sample in samples)


@dataclass(frozen=True)
class UnspeakableParameter(Words):
    sizes: dict[int, int] = field(default_factory=lambda: {1: 2}, hash=False)


@dataclass(frozen=True, eq=False)
class NeverEqual(Words):
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def local_class() -> Scorer:
    @dataclass(frozen=True)
    class Local(Words):
        pass

    return Local()


BROKEN: list[tuple[Callable[[], Scorer], str]] = [
    (UndeclaredColumn, "returns exactly the declared columns, dtypes and lengths"),
    (OtherType, "returns exactly the declared columns, dtypes and lengths"),
    (OutOfBounds, "values are within bounds or null"),
    (ByBatch, "scores are the same for any batch size"),
    (ByPosition, "permuting rows permutes scores"),
    (WritesIntoItsInput, "inputs stay unchanged"),
    (NeedsTwoRows, "zero rows and one row work"),
    (LooksAtOthers, "an unscored row changes no other row"),
    (UnspeakableParameter, "parameters survive JSON"),
    (NeverEqual, "equal parameters, equal key"),
    (local_class, "it pickles"),
]


@pytest.mark.parametrize(("broken", "law"), BROKEN)
def test_a_broken_law_is_named(broken: Callable[[], Scorer], law: str) -> None:
    with pytest.raises(LawBroken, match=law):
        check_scorer(broken())


def test_a_module_that_imports_a_model_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "heavy_scorer.py").write_text("import faiss\nfrom test_laws import Words\nclass Heavy(Words): pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(Path(__file__).parent)
    monkeypatch.setitem(sys.modules, "test_laws", sys.modules[__name__])
    with pytest.raises(LawBroken, match=r"importing heavy_scorer loads faiss"):
        check_scorer(import_module("heavy_scorer").Heavy)


def test_every_law_has_a_scorer_that_breaks_it() -> None:
    assert {law for _, law in BROKEN} | {"importing its module loads no model library"} == set(LAWS)


def test_the_message_says_which_value_changed() -> None:
    with pytest.raises(LawBroken, match=r"scorer 'words' breaks .* column 'count', row 0: .* in batches of 1"):
        check_scorer(ByBatch)
