"""A plan orders what a run computes, and tells everything that is wrong before the first row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from worlds import OWNER, Blue, Colour, Contrast, Length, Letters, Rank, Ranks, Red, Vivid, install

from vlitq.host import Host
from vlitq.needs import misfits
from vlitq.plan import Plan, PlanError, make_plan
from vlitq.plugin import Columns, CorpusFeature, Feature, Need, Samples, Scorer, Unavailable, View, Weights, hookimpl


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host with the toy scorers, and one plugin whose weights are missing and one whose feature raises."""
    monkeypatch.syspath_prepend(tmp_path)
    install(tmp_path, "toys", "worlds")
    install(tmp_path, "hollow", "test_plan")
    return Host()


@dataclass(frozen=True)
class Weightless(Letters):
    name = "weightless"

    def weights(self) -> None:
        raise Unavailable("its weights are missing. Way out: pip install them")


@dataclass(frozen=True)
class Raising(Letters):
    name = "raising"

    def weights(self) -> None:
        raise KeyError("what did I do")


@dataclass(frozen=True)
class Hollow(Length):
    name = "hollow"
    text: Feature = Weightless()


@dataclass(frozen=True)
class Loud(Length):
    name = "loud"
    text: Feature = Raising()


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    return [Hollow, Loud]


def plan(*scorers: Scorer) -> Plan:
    return Plan(scorers, dict.fromkeys((s.name for s in scorers), OWNER), {}, {})


def test_all_that_is_wrong_is_told_at_once(host: Host) -> None:
    asked: dict[str, dict[str, Any]] = {
        "complexty": {},
        "red": {"gian": 2.0},
        "duplicates": {"threshold": 7},
        "hollow": {},
        "loud": {},
    }
    with pytest.raises(PlanError) as told:
        make_plan(host, asked, ["no such model"])
    lines = str(told.value).splitlines()
    assert len(lines) == 6
    assert "no model family knows 'no such model'" in lines[0]
    assert "Did you mean 'complexity'" in lines[1]
    assert lines[2] == "scorer 'red' has no parameter 'gian'; it has: image, gain"
    assert "threshold must be a cosine above 0 and at most 1, not 7" in lines[3]
    assert "'loud' of plugin hollow (vlitq-hollow 1.0): KeyError: 'what did I do'" in lines[4]
    assert lines[5] == "its weights are missing. Way out: pip install them (needed by hollow)"


def test_two_models_for_one_role_are_a_question_back(host: Host) -> None:
    with pytest.raises(PlanError, match="models 'a/b' and 'c/d' are both for text_embedding"):
        make_plan(host, {}, ["a/b", "c/d"])


def test_a_role_that_no_model_fills_stays_with_the_embedded_ones(host: Host) -> None:
    roles = make_plan(host, {}, ["some/sentence-model"]).models
    assert {role: feature.name for role, feature in roles.items()} == {
        "clip_image": "conse_image",
        "clip_text": "conse_text",
        "text_embedding": "text_embedding",
        "language_model": "answer_loss",
    }
    assert roles["text_embedding"].parameters()["model"] == "some/sentence-model"


def test_a_plan_names_the_plugin_of_every_scorer(host: Host) -> None:
    assert make_plan(host, {"red": {}}, []).owners == {"red": "toys (vlitq-toys 1.0)"}


def test_equal_features_are_one_feature() -> None:
    assert plan(Red(), Blue()).features == (Colour(),)


def test_a_feature_with_another_configuration_is_another() -> None:
    assert plan(Length()).key(Length()) != plan().key(Length(Letters(room=3)))


def test_a_derived_feature_comes_after_what_it_is_derived_from() -> None:
    assert plan(Vivid()).features == (Colour(), Contrast())


def test_the_weights_are_part_of_the_key() -> None:
    bare, pinned = plan(Red()), Plan((Red(),), {}, {}, {Colour(): Weights("a file", "abc")})
    assert bare.key(Red()) != pinned.key(Red())


def test_corpus_features_come_after_what_they_need_each_once() -> None:
    assert plan(Upper(), Rank()).corpus_features == (Ranks(), Above())


def test_the_vectors_that_the_corpus_needs_are_stored() -> None:
    assert [view.label for view in plan(Rank()).stored] == ["colour", "content"]


@dataclass(frozen=True)
class Above(CorpusFeature):
    name = "above"

    def needs(self) -> tuple[Need, ...]:
        return (Ranks(),)

    def compute(self, *arrays: Any) -> Any:
        return arrays[0] + 1


@dataclass(frozen=True)
class Upper(Rank):
    name = "upper"

    def needs(self) -> tuple[Need, ...]:
        return (Above(), *super().needs())


@dataclass(frozen=True)
class Asking(Red):
    """Needs whatever a test wants."""

    name = "asking"
    wants: Any = None

    def needs(self) -> tuple[Need, ...]:
        return (self.wants,)

    def score(self, *features: Any) -> Columns:
        raise NotImplementedError


@dataclass(frozen=True)
class AskingAll(Rank):
    name = "asking_all"
    wants: Any = None

    def needs(self) -> tuple[Need, ...]:
        return (self.wants,)


@dataclass(frozen=True)
class Mixed(Letters):
    name = "mixed"

    def needs(self) -> tuple[Feature, ...]:
        return (Colour(),)


@dataclass(frozen=True)
class Sneaky(Letters):
    name = "../sneaky"


UNFIT: dict[str, tuple[Scorer, str]] = {
    "a corpus feature for one row": (Asking(wants=Ranks()), "cannot need 'ranks': make it a CorpusScorer"),
    "an image of a response": (Asking(wants=View(Colour(), "response")), "'colour' is over image"),
    "ragged vectors of all rows": (AskingAll(wants=Colour().each("images")), "is not kept for the corpus"),
    "all samples at once": (AskingAll(wants=Samples()), "is not kept for the corpus"),
    "a text of an image": (Asking(wants=Mixed()), "'mixed' is derived from features over text only, not 'colour'"),
    "a name that is a path": (Asking(wants=Sneaky()), "feature '../sneaky' must be named in letters"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_need_that_the_engine_cannot_meet_is_refused(case: str) -> None:
    scorer, told = UNFIT[case]
    assert any(told in misfit for misfit in misfits(scorer))
