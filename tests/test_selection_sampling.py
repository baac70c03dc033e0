"""Rows drawn by their score: sharper when cold, flatter when hot, and the same draws wherever the rows stand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from selection_world import World, cosines

from vlitq.selection.select import select
from vlitq.selector import SelectionError

A = "alignment.cosine"
RAMP = cosines(*np.linspace(0, 1, 20).tolist())


def drawn(method: str, world: World = RAMP, budget: int = 5, seed: int = 0, by: str | None = A, **options) -> list[str]:
    return select(world, budget=budget, method=method, by=by, seed=seed, options=options).ids


def test_cold_draws_are_the_top_and_hot_ones_random() -> None:
    assert drawn("temperature", temperature=0) == drawn("top")
    assert drawn("temperature", temperature=1e-6) == drawn("top")
    counts = Counter(one for seed in range(100) for one in drawn("temperature", seed=seed, temperature=float("inf")))
    assert min(counts.values()) > 8  # of 25 expected
    assert len(counts) == 20


def test_the_better_are_drawn_more_often_the_colder_it_is() -> None:
    def best_five(temperature: float) -> int:
        return sum(
            one in {"s15", "s16", "s17", "s18", "s19"}
            for seed in range(40)
            for one in drawn("temperature", seed=seed, temperature=temperature)
        )

    cold, mild, hot = map(best_five, (0.2, 1, 5))
    assert cold > mild > hot > 35  # 50 of 200 by chance alone


def test_chances_are_the_softmax_of_the_standardised_column() -> None:
    world = cosines(0.0, 0.1, 0.5)
    z = (np.array([0.0, 0.1, 0.5]) - 0.2) / np.std([0.0, 0.1, 0.5])
    chances = np.exp(z / 2) / np.exp(z / 2).sum()
    first = Counter(drawn("temperature", world, 1, seed, None, column=A, temperature=2)[0] for seed in range(200))
    for row in range(3):
        assert first[f"s{row}"] / 200 == pytest.approx(chances[row], abs=0.14)


def test_a_raw_column_has_its_better_end_up_and_a_sign_turns_it() -> None:
    world = World({"duplicates.similarity": [0.1, 0.2, 0.9]})
    for column, best in (("duplicates.similarity", "s0"), ("+duplicates.similarity", "s2")):
        assert drawn("temperature", world, 1, by=None, column=column, temperature=1e-9) == [best]


def test_a_row_without_the_value_is_drawn_as_the_mean_is_and_told_so() -> None:
    world = cosines(0.1, None, 0.9)
    selection = select(world, budget=3, method="temperature", options={"column": A, "temperature": 0})
    assert selection.ids == ["s2", "s1", "s0"]
    assert "it has no alignment.cosine: drawn as the mean is" in selection.decisions()["reason"].to_pylist()[1]


@pytest.mark.parametrize("method", ["temperature", "soft_cap"])
def test_all_alike_are_drawn_at_random(method: str) -> None:
    world = cosines(*[0.1] * 6)
    first = Counter(drawn(method, world, 1, seed)[0] for seed in range(120))
    assert len(first) == 6
    assert min(first.values()) > 5


@pytest.mark.parametrize("method", ["temperature", "soft_cap"])
def test_a_seed_draws_again_what_it_drew_and_another_something_else(method: str) -> None:
    assert drawn(method, seed=3) == drawn(method, seed=3)
    assert drawn(method, seed=3) != drawn(method, seed=4)


def test_soft_cap_takes_what_temperature_takes_and_tells_how_often_each_was_drawn() -> None:
    selection = select(RAMP, budget=18, method="soft_cap", by=A, seed=1)
    assert selection.ids == drawn("temperature", budget=18, seed=1)
    told = selection.decisions().to_pydict()
    reasons = [why for why, kept in zip(told["reason"], told["kept"], strict=True) if kept]
    assert all("; drawn " in why for why in reasons)
    assert any(" times" in why for why in reasons)


def test_where_the_budget_buys_repeats_fewer_rows_are_taken_and_none_is_filled_in() -> None:
    selection = select(RAMP, budget=20, method="soft_cap", by=A, options={"repeats": True, "temperature": 0.3})
    told = selection.decisions().to_pydict()
    assert len(selection) < 20
    assert "not drawn: " + f"{len(selection)} rows were drawn 20 times" in " ".join(told["reason"])
    within = select(
        RAMP, budget=20, method="soft_cap", by=A, stratify="source", quota="equal",
        options={"repeats": True, "temperature": 0.3},
    )  # fmt: skip
    assert len(within) < 20


def test_repeats_are_fewer_the_higher_the_penalty() -> None:
    counts = [
        len(drawn("soft_cap", budget=20, repeats=True, temperature=0.3, repetition_penalty=penalty))
        for penalty in (0.02, 0.5, 30.0)
    ]
    assert counts == sorted(counts)
    assert counts[-1] == 20


def test_drawing_tokens_spends_no_more_than_the_budget() -> None:
    world = cosines(*np.linspace(0, 1, 9).tolist(), tokens=[5, 1, 9, 2, 2, 7, 3, 3, 4])
    for method, options in (("temperature", {}), ("soft_cap", {}), ("soft_cap", {"repeats": True})):
        for budget in range(0, 40, 3):
            selection = select(world, budget=budget, method=method, by=A, unit="tokens", options=options)
            assert sum(world.tokens[row] for row in selection.rows) <= budget


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("temperature", {"temperature": -1}, "temperature -1 is below 0"),
        ("temperature", {"temperature": "nan"}, "temperature nan is below 0"),
        ("temperature", {"column": "source"}, "'source' holds labels"),
        ("temperature", {"column": f"min({A}, {A})"}, "is not a column, with or without a sign"),
        ("soft_cap", {"repetition_penalty": 0}, "repetition_penalty 0 is not a number above 0"),
        ("soft_cap", {"temperature": 0}, "temperature 0 is not a number above 0"),
    ],
)
def test_what_cannot_be_drawn_by_is_refused(method: str, options: dict, message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        drawn(method, **options)


@pytest.mark.parametrize("method", ["temperature", "soft_cap", "band", "threshold"])
@pytest.mark.parametrize("quota", ["proportional", "sqrt", "equal", 0.3])
def test_with_quotas_the_budget_is_met_to_the_row(method: str, quota: str | float) -> None:
    world = World({A: [0.1 * row for row in range(11)]}, source=["x"] * 7 + ["y"] * 3 + ["z"])
    for budget in (0, 1, 5, 10, 11):
        assert len(select(world, budget=budget, method=method, by=A, stratify="source", quota=quota)) == min(budget, 11)
