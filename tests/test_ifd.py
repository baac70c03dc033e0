"""ifd: both published conventions on numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.host import Host
from vlitq.node import Ragged
from vlitq.recipe import load
from vlitq.roles import with_models
from vlitq_scorers.likelihood.ifd import Ifd
from vlitq_scorers.maths.likelihood import loss_ratio, perplexity_ratio


def ragged(*rows: list[tuple[float, float]]) -> Ragged:
    """Rows of (loss a token, tokens)."""
    values = np.array([(loss * n, n, 1) for row in rows for loss, n in row], np.float32).reshape(-1, 3)
    return Ragged(values, np.cumsum([0, *map(len, rows)]))


def test_v21_the_two_conventions() -> None:
    assert loss_ratio(np.array(2.0), np.array(2.5)) == pytest.approx(0.8)
    assert perplexity_ratio(np.array(2.0), np.array(2.5)) == pytest.approx(0.6065306597, abs=1e-10)


def test_an_answer_without_a_loss_of_its_own_has_no_ratio() -> None:
    assert np.isnan(loss_ratio(np.array([0.5]), np.array([0.0]))).all()


def test_a_ratio_of_perplexities_does_not_overflow() -> None:
    assert np.isfinite(perplexity_ratio(np.array([5000.0, 0.0]), np.array([0.0, 5000.0]))).all()


def test_a_sample_has_the_mean_over_its_exchanges() -> None:
    scores = Ifd().score(ragged([(2.0, 4), (3.0, 1)], [(2.0, 10)]), ragged([(2.5, 4), (2.0, 1)], [(2.5, 10)]))
    np.testing.assert_allclose(scores["ratio_of_losses"], [(0.8 + 1.5) / 2, 0.8], rtol=1e-6)
    np.testing.assert_allclose(scores["ratio_of_perplexities"], [(np.exp(-0.5) + np.e) / 2, np.exp(-0.5)], rtol=1e-6)


def test_where_it_is_undefined_it_is_null() -> None:
    nan = float("nan")
    asked = ragged([], [(1.0, 0)], [(1.0, 2), (nan, 2)], [(1.0, 2)], [(1.0, 2)])
    alone = ragged([], [(1.0, 0)], [(1.0, 2), (2.0, 2)], [(0.0, 2)], [(2.0, 2)])
    scores = Ifd().score(asked, alone)
    for column in Ifd.columns:
        masked = np.ma.getmaskarray(column.check(scores[column.name], 5))
        assert masked.tolist() == [True, True, True, True, False], column.name


def test_the_recipes_take_their_papers_prompts() -> None:
    host = Host()
    recipes = {offer.thing.name: load(offer.thing) for offer in host.offers("recipes")}
    cherry = with_models(Ifd, recipes["ifd.toml"].scorers["ifd"], {})
    assert isinstance(cherry, Ifd)
    assert cherry.template.startswith("Below is an instruction that describes a task. Write a response that")
    assert cherry.template.endswith("request.\n\n### Instruction:\n{question}\n\n### Response:")
    assert (cherry.header, cherry.max_tokens) == ("### Response:", 512)
    plain = with_models(Ifd, recipes["superfiltering.toml"].scorers["ifd"], {})
    assert isinstance(plain, Ifd)
    assert (plain.template, plain.header, plain.max_tokens) == ("{question}\n", "", 1024)
    columns = {f"ifd.{column.name}" for column in Ifd.columns}
    for name in ("ifd.toml", "superfiltering.toml"):
        select = recipes[name].selection()
        assert select["by"] in columns
        assert select["gates"] == [f"{select['by']} < 1"]
