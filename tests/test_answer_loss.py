"""answer_loss: token-weighted losses worked out by hand, and a whole run on a small model."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import vlitq
from vlitq.node import Ragged
from vlitq_scorers.features.language_model import AnswerLoss
from vlitq_scorers.likelihood.answer_loss import AnswerLossScorer
from vlitq_scorers.maths.likelihood import perplexity


def ragged(*rows: list[tuple[float, float, float]]) -> Ragged:
    """Rows of (summed loss, tokens, share seen)."""
    values = np.array([item for row in rows for item in row], np.float32).reshape(-1, 3)
    return Ragged(values, np.cumsum([0, *map(len, rows)]))


def test_each_token_counts_the_same_over_the_exchanges() -> None:
    asked = ragged([(2.0, 1, 1.0), (4.0, 5, 0.5)], [(6.0, 3, 1.0)])
    alone = ragged([(3.0, 1, 1.0), (9.0, 5, 0.5)], [(3.0, 3, 1.0)])
    scores = AnswerLossScorer().score(asked, alone)
    np.testing.assert_allclose(scores["loss"], [6 / 6, 2])
    np.testing.assert_allclose(scores["loss_alone"], [12 / 6, 1])
    np.testing.assert_allclose(scores["question_gain"], [1, -1])
    np.testing.assert_allclose(scores["perplexity"], [math.e, math.e**2])
    assert scores["answer_tokens"].tolist() == [6, 3]
    np.testing.assert_allclose(scores["text_seen"], [0.75, 1])


def test_an_answer_of_one_token_has_a_loss() -> None:
    scores = AnswerLossScorer().score(ragged([(0.5, 1, 1.0)]), ragged([(4.5, 1, 1.0)]))
    assert scores["loss"].tolist() == [0.5]
    assert scores["question_gain"].tolist() == [4.0]


def test_no_answer_one_without_a_token_and_one_that_failed_are_null() -> None:
    nan = float("nan")
    rows = [[], [(1.0, 1, 1.0), (0.0, 0, 1.0)], [(nan, nan, nan), (1.0, 1, 1.0)], [(1.0, 2, 1.0)]]
    scores = AnswerLossScorer().score(ragged(*rows), ragged(*rows))
    for column in AnswerLossScorer.columns:
        checked = column.check(scores[column.name], 4)
        assert np.ma.getmaskarray(checked).tolist() == [True, True, True, False], column.name


def test_a_perplexity_is_finite_however_large_the_loss() -> None:
    values = perplexity(np.array([0.0, 1.0, 5000.0]))
    np.testing.assert_allclose(values[:2], [1, math.e])
    assert np.isfinite(values).all()


def test_the_parameters_reach_both_features() -> None:
    scorer = AnswerLossScorer(template="Q {question} A", header="A", max_tokens=64)
    asked, alone = scorer.needs()
    assert asked.feature == AnswerLoss(template="Q {question} A", header="A", max_tokens=64)
    assert alone.feature == asked.feature.alone
    assert (asked.part, alone.part) == ("exchanges", "response")


def test_a_run_gives_the_same_whatever_the_batch_size_and_the_order(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra vlitq[lm] is not installed")
    from small_lm import write_small_lm

    model = write_small_lm(tmp_path / "model")
    answers = ["Y", "A red cup stands on the table. " * 16, "Two.", "", "Two."]
    turns = [[("human", "How many?"), ("gpt", a), ("human", "Why?"), ("gpt", "Because.")] for a in answers]
    records = [
        {"id": str(i), "conversations": [{"from": role, "value": text} for role, text in row]}
        for i, row in enumerate(turns)
    ]
    found = []
    for name, rows, size in (("a", records, 8), ("b", records[::-1], 1)):
        (tmp_path / f"{name}.json").write_text(json.dumps(rows))
        run = vlitq.score(
            tmp_path / f"{name}.json", out=tmp_path / name, scorers=["answer_loss", "ifd"], models=str(model),
            device="cpu", precision="fp32", batch_size=size, cache=False, quiet=True,
        )  # fmt: skip
        table = run.table().to_pylist()
        found.append({row["id"]: row for row in table})
    one, other = found
    for key, row in one.items():
        assert row["answer_loss.answer_tokens"] == len(answers[int(key)]) + len("Because.")
        for column in ("answer_loss.loss", "answer_loss.question_gain", "ifd.ratio_of_losses"):
            assert row[column] == pytest.approx(other[key][column], rel=1e-5)
    assert one["2"]["answer_loss.loss"] == one["4"]["answer_loss.loss"]
