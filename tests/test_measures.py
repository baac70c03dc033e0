"""Measures of whole sets: numbers by hand on small worlds, and what holds for every registered one."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from vlitq.host import Host
from vlitq.measure import Measure, Text
from vlitq.schema import Array, Column
from vlitq.store import RunError
from vlitq_scorers.measures import answers, balance, instructions, redundancy, texts, vectors
from vlitq_scorers.measures.given import drawn

BUILT_IN = {
    measure.name: measure
    for module in (answers, balance, instructions, redundancy, texts, vectors)
    for measure in module.vlitq_register_measures()
}


@dataclass(frozen=True)
class Rows:
    """Rows in memory; the run they are of has the same columns and features, or is given."""

    instructions: Sequence[str] = ()
    responses: Sequence[str] = ()
    values: Mapping[str, Sequence[object]] = field(default_factory=dict)
    features: Mapping[str, Array] = field(default_factory=dict)
    run: Rows | None = None

    def __len__(self) -> int:
        return len(self.instructions)

    @property
    def columns(self) -> Mapping[str, Column]:
        return {name: Column("c", "float64", "c") for name in self.values if name not in {"source", "tokens", "turns"}}

    def column(self, name: str) -> Array:
        empty = [None if name == "source" else 2.0] * len(self)
        values = list(self.values.get(name, empty))
        is_label = any(isinstance(value, str) for value in values) or name == "source"
        return np.array(values, object if is_label else np.float64)

    def feature(self, name: str) -> Array:
        if name not in self.features:
            raise RunError(f"no {name}")
        return self.features[name]

    def texts(self, part: Text) -> Sequence[str]:
        return self.instructions if part == "instruction" else self.responses

    def reference(self, most: int | None = None) -> Rows:
        return (self.run or self).take(np.arange(len(self.run or self))[:most])

    def take(self, rows: Array) -> Rows:
        """Some of the rows, held against the same run."""
        at = rows.tolist()
        return Rows(
            [self.instructions[row] for row in at],
            [self.responses[row] for row in at],
            {name: [values[row] for row in at] for name, values in self.values.items()},
            {name: x[rows] for name, x in self.features.items()},
            self.run or self,
        )


def world(count: int = 60) -> Rows:
    """Rows with every column and feature that a built-in measure may read, nulls among them."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((count, 12)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    x[::7] = np.nan
    asked = ("What is in the image?", "Describe the dog.", "Which?\nA. cat\nB. dog", "", "Is it red?", "你好吗？")
    answered = ("A cat.", "The dog is brown and large, near 2 cats.", "B", "", "Yes.", "no, \ud800")
    kinds = [None if row % 5 == 0 else f"kind{row % 3}" for row in range(count)]
    groups = [math.nan if row % 11 == 0 else float(row // 2) for row in range(count)]
    values: dict[str, Sequence[object]] = {
        "source": kinds,
        "tokens": [float(row) for row in range(count)],
        **dict.fromkeys(("taxonomy.task", "format.answer_form", "complexity.question_type"), kinds),
        **dict.fromkeys([column for column, _ in redundancy.GROUPS.values()], groups),
    }
    given = dict.fromkeys(("joint", "clip_image", "text_embedding.dialogue"), x)
    cycle: Callable[[Sequence[str]], list[str]] = lambda texts: [texts[row % 6] for row in range(count)]  # noqa: E731  # used twice, here
    return Rows(cycle(asked), cycle(answered), values, given)


def numbers(name: str, rows: Rows) -> Mapping[str, float]:
    found: Mapping[str, float] = BUILT_IN[name]().measure(rows)
    return found


def test_all_are_registered_under_their_names() -> None:
    assert set(BUILT_IN) <= set(Host().names("measures"))


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_number_says_what_it_is_and_is_given_where_the_run_allows(name: str) -> None:
    measure: type[Measure] = BUILT_IN[name]
    found = numbers(name, world())
    assert set(found) == set(measure.numbers)
    assert all(math.isfinite(value) for value in found.values())
    assert set(measure.directions) <= set(measure.numbers)
    assert all(meaning[0].isupper() and meaning.endswith(".") for meaning in measure.numbers.values())
    assert json.loads(json.dumps(measure().parameters())) == measure().parameters()


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_rows_have_the_numbers_that_apply(name: str, rows: int) -> None:
    found = numbers(name, world().take(np.arange(1, 1 + rows)))
    assert set(found) <= set(BUILT_IN[name].numbers)
    assert all(math.isfinite(value) for value in found.values())


@pytest.mark.parametrize("name", BUILT_IN)
def test_rows_all_alike_are_no_error(name: str) -> None:
    found = numbers(name, world().take(np.full(30, 1)))
    assert all(math.isfinite(value) for value in found.values())


@pytest.mark.parametrize("name", BUILT_IN)
def test_any_order_of_the_rows_has_the_same_numbers(name: str) -> None:
    rows = world()
    shuffled = rows.take(np.random.default_rng(1).permutation(len(rows)))
    # Zlib sees another text where texts follow each other otherwise.
    expected = {key: value for key, value in numbers(name, rows).items() if "compression" not in key}
    found = numbers(name, shuffled)
    assert {key: found[key] for key in expected} == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_the_run_lacks_is_left_out(name: str) -> None:
    bare = Rows(["What is it?"] * 3, ["A cat."] * 3)
    found = numbers(name, bare)
    assert not any(key.startswith(("vendi", "task", "duplicate", "coverage")) for key in found)


def test_vectors_by_hand() -> None:
    axes = np.eye(4, dtype=np.float32)[[0, 0, 1, 1, 2, 3]]
    found = numbers("set_diversity", Rows([""] * 6, [""] * 6, {}, {"joint": axes, "clip_image": axes[[0] * 6]}))
    shares = np.array([2, 2, 1, 1]) / 6
    assert found["vendi"] == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))
    assert found["vendi_2"] == pytest.approx(1 / (shares**2).sum())
    assert found["vendi_image"] == pytest.approx(1)
    assert found["mean_cosine"] == pytest.approx(2 / 15)
    assert found["nearest_distance"] == pytest.approx(2 / 6)
    assert found["coverage"] == 1
    assert "vendi_text" not in found
    assert "partition_entropy" not in found  # six rows are no clusters


def test_a_part_covers_less_than_the_whole() -> None:
    whole = world()
    part = whole.take(np.arange(0, 60, 6))
    assert numbers("set_diversity", whole)["coverage"] == 1
    assert numbers("set_diversity", part)["coverage"] < 1


def test_balance_is_held_against_what_the_run_holds() -> None:
    run = Rows([""] * 6, [""] * 6, {"source": ["a", "a", "a", "b", "c", "c"], "tokens": [1.0, 2, 3, 4, 9, 9]})
    found = numbers("balance", run.take(np.array([0, 1, 3])))
    assert found["source_categories"] == 2
    shares = np.array([2, 1]) / 3
    assert found["source_evenness"] == pytest.approx(-(shares * np.log(shares)).sum() / np.log(3))
    assert found["source_gini"] == pytest.approx((2 + 2 + 1 + 1 + 1 + 1) / 9 / 2)  # differences, by twice the mean 1
    assert found["source_kl"] == pytest.approx(2 / 3 * np.log(4 / 3) + 1 / 3 * np.log(2))
    assert found["length_categories"] == 3  # 1, 2 to 3, 4 to 7
    even = replace(balance.Balance(), target="uniform").measure(run)
    assert even["source_kl"] == pytest.approx(0.5 * np.log(1.5) + 1 / 6 * np.log(0.5) + 1 / 3 * np.log(1))


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ValueError, match="target is 'run' or 'uniform', not 'even'"):
        balance.Balance("even")  # type: ignore[arg-type]  # what a user may write


def test_answers_of_long_dialogues_are_left_out() -> None:
    asked = ["Is it?", "Is it?", "Which?\nA. cat\nB. dog", "Which?\nA. cat\nB. dog"]
    rows = Rows(asked, ["Yes", "no", "A", "(A)"], {"turns": [2.0, 2, 2, 4]})
    assert numbers("answer_bias", rows) == pytest.approx(
        {
            "yes_no_answers": 2,
            "yes_share": 0.5,
            "option_answers": 1,
            "option_bias": math.log(2),
            "first_option_share": 1,
            "first_option_expected": 0.5,
        }
    )


def test_instructions_by_hand() -> None:
    asked = ["Describe the dog.", "Describe the dog.", "What is in the image?", "Describe a cat."]
    found = numbers("instructions", Rows(asked, [""] * 4))
    assert found["distinct"] == 3 / 4
    assert found["first_word_entropy"] == pytest.approx(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    assert found["verb_entropy"] == found["first_word_entropy"]
    assert found["verb_noun_pairs"] == 3
    assert found["common_pairs"] == found["with_verb"] == 1


def test_the_share_of_duplicates_counts_all_but_one_of_a_group() -> None:
    rows = Rows([""] * 5, [""] * 5, {"duplicates.group": [0.0, 0, 0, 3, math.nan]})
    assert numbers("set_redundancy", rows) == {"duplicate_share": 0.5}
    assert numbers("set_redundancy", rows.take(np.array([2, 3]))) == {"duplicate_share": 0}


def test_a_sample_is_the_same_whenever_it_is_drawn() -> None:
    assert drawn(5, 9).tolist() == [0, 1, 2, 3, 4]
    some = drawn(1000, 10)
    assert some.tolist() == sorted(set(some.tolist())) == drawn(1000, 10).tolist()


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_number_is_on_the_page(name: str) -> None:
    page = (Path(__file__).parents[1] / "docs" / "measures.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {name}")[2].partition("\n## ")[0]
    for number in BUILT_IN[name].numbers:
        shown = {f"`{number}`", f"`{number.partition('_')[2]}`", f"`…_{number.partition('_')[2]}`"}
        assert any(one in section for one in shown), number


def test_what_selects_can_be_had_beside_what_measures() -> None:
    import vlitq.selection
    import vlitq_scorers.maths

    assert vlitq_scorers.maths.spherical_kmeans is vlitq.selection.spherical_kmeans
    with pytest.raises(AttributeError, match="has no attribute 'k_centre'"):
        vlitq_scorers.maths.k_centre  # noqa: B018  # asking is the test
