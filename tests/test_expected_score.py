"""expected_score: DEITA's arithmetic by hand, its prompts to the white space, and what happens to a bad score token."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from small_lm import CHAT_TEMPLATE, write_small_lm

from vlitq.node import Ragged, Runtime, Unavailable
from vlitq.sample import Exchange
from vlitq_scorers.features import AnswerLoss
from vlitq_scorers.features.expected_value import EXPECTED, MASS, SEEN, ExpectedValue, fill
from vlitq_scorers.likelihood.expected_score import PROMPTS, DeitaScores, ExpectedScore, evol
from vlitq_scorers.maths.likelihood import expectation

torch = pytest.importorskip("torch", reason="the extra vlitq[lm] is not installed")
VALUES = np.arange(1.0, 7.0)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_small_lm(tmp_path_factory.mktemp("llama")))


def ragged(*rows: list[tuple[float, float]]) -> Ragged:
    """Rows of (expected score, mass)."""
    values = np.array([(*item, 1) for row in rows for item in row], np.float32).reshape(-1, 3)
    return Ragged(values, np.cumsum([0, *map(len, rows)]))


def test_v20_the_expectation_of_scores() -> None:
    assert expectation(np.zeros(6), VALUES) == pytest.approx(3.5)
    assert expectation(np.log([1, 0.001, 0.001, 0.001, 0.001, 1]), VALUES) == pytest.approx(3.5)
    assert expectation(np.log([3.0, 1.0]), np.array([1.0, 2.0])) == pytest.approx(1.25)
    assert expectation(np.array([1e4, 0, 0, 0, 0, 0]), VALUES) == pytest.approx(1)


def test_v20_the_evol_score_is_the_sum_of_complexity_times_quality() -> None:
    np.testing.assert_allclose(evol(np.array([0.5]), np.array([0.5]), np.array([1])), [0.25])
    complexity, quality = ragged([(2, 0.5), (3, 0.1)], [], [(6, 0.9)]), ragged([(4, 0.4), (5, 0.2)], [], [(1, 1)])
    scores = DeitaScores().score(complexity, quality)
    np.testing.assert_allclose(scores["evol"], [2 * 4 + 3 * 5, np.nan, 6])
    np.testing.assert_allclose(scores["complexity"], [2.5, np.nan, 6])
    np.testing.assert_allclose(scores["quality"], [4.5, np.nan, 1])
    np.testing.assert_allclose(scores["score_mass"], [0.1, np.nan, 0.9])


def test_mean_and_sum_over_the_exchanges() -> None:
    scores = ExpectedScore().score(ragged([(2, 0.5), (3, 0.1)], []))
    np.testing.assert_allclose(scores["mean"], [2.5, np.nan])
    np.testing.assert_allclose(scores["sum"], [5, np.nan])
    np.testing.assert_allclose(scores["score_mass"], [0.1, np.nan])


def test_the_prompts_are_deitas_to_the_white_space() -> None:
    assert fill(PROMPTS["deita_complexity"], Exchange("Why?", "")) == (
        "You are a helpful assistant. Please identify the complexity score of the following user query. \n"
        "##Query: Why?  \n##Complexity: "
    )
    assert fill(PROMPTS["deita_quality"], Exchange("Why?", "So.")) == (
        "You are a helpful assistant. Please identify the quality score of the Response corresponding to the Question. "
        "\n #Question#:\nWhy?\n#Response#:\nSo. \n##Quality: "
    )


def test_a_place_s_name_in_a_text_is_text() -> None:
    prompt = "{instruction}|{response}|{response}"
    assert fill(prompt, Exchange("{response}", "{instruction}{x}")) == "{response}|{instruction}{x}|{instruction}{x}"


def test_the_expectation_is_the_one_of_the_model_s_own_logits(small: str) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    exchanges = [Exchange("Why?", "So."), Exchange("", "A long answer. " * 20)]
    with ExpectedValue("{instruction} {response}: ", model=small).open(Runtime()) as encoder:
        found = encoder.encode([encoder.prepare(exchange) for exchange in exchanges])
    tokenizer, model = AutoTokenizer.from_pretrained(small), AutoModelForCausalLM.from_pretrained(small)
    for row, exchange in enumerate(exchanges):
        ids = tokenizer(f"{exchange.question} {exchange.answer}: ", return_tensors="pt").input_ids
        with torch.inference_mode():
            p = model(ids).logits[0, -1].softmax(-1)[tokenizer.convert_tokens_to_ids(list("123456"))].numpy()
        assert found[row, MASS] == pytest.approx(p.sum(), rel=1e-4)
        assert found[row, EXPECTED] == pytest.approx((p * VALUES).sum() / p.sum(), rel=1e-4)
        assert found[row, SEEN] == 1


def test_a_score_of_two_tokens_is_an_error_before_the_first_row(small: str) -> None:
    with pytest.raises(Unavailable, match=r"'10' is 2 tokens, and a score has to be one.*Way out"):
        ExpectedValue("{response}", ("1", "10"), (1, 10), model=small).weights()
    with pytest.raises(Unavailable, match=r"are one token"):
        ExpectedValue("{response}", ("1", "1"), (1, 10), model=small).weights()
    with pytest.raises(Unavailable, match=r"the prompt takes 53 of 50 tokens"):
        ExpectedValue("x" * 53 + "{response}", model=small, max_tokens=50).weights()


def test_bad_parameters_are_errors() -> None:
    with pytest.raises(ValueError, match="3 scores and 6 values"):
        ExpectedScore(scores=("a", "b", "c"))
    with pytest.raises(ValueError, match=r"'deita_qualty' is none of deita_complexity, deita_quality"):
        ExpectedScore(prompt="deita_qualty")


def test_a_long_exchange_is_cut_until_the_prompt_fits(small: str) -> None:
    with ExpectedValue("{instruction}|{response}|", model=small, max_tokens=60).open(Runtime()) as encoder:
        asked = encoder.prepare(Exchange("q" * 10, "雨" * 1_000_000))
        assert 40 < len(asked.ids) <= 60
        assert 0 < asked.seen < 1e-4
        assert np.isfinite(encoder.encode([asked])).all()


def test_in_a_chat_template_the_prompt_is_the_users_turn(tmp_path: Path) -> None:
    folder = str(write_small_lm(tmp_path, chat_template=CHAT_TEMPLATE))
    with ExpectedValue("Rate {response}", chat=True, model=folder).open(Runtime()) as encoder:
        ids = encoder.prepare(Exchange("", "<s>")).ids
    assert len(ids) == 1 + len("[user]Rate <s>[end][assistant]"), "the start token, and a token a letter"


def test_the_batch_and_the_order_change_no_score(small: str) -> None:
    exchanges = [Exchange("Why?", "So. " * n) for n in (1, 100, 2, 30)]
    with ExpectedValue(PROMPTS["deita_quality"], model=small).open(Runtime()) as encoder:
        prepared = [encoder.prepare(exchange) for exchange in exchanges]
        whole = encoder.encode(prepared)
        single = np.concatenate([encoder.encode([one]) for one in prepared[::-1]])[::-1]
    np.testing.assert_allclose(single, whole, rtol=1e-5)


def test_another_model_may_be_named_for_each_of_deitas_scores() -> None:
    scorer = DeitaScores(AnswerLoss("a/b", "bf16"), quality_model="c/d")
    complexity, quality = (view.feature for view in scorer.needs())
    assert (complexity.model, quality.model) == ("a/b", "c/d")  # type: ignore[union-attr]  # both are ExpectedValue
    assert quality.precision == "bf16"  # type: ignore[union-attr]  # as above


@pytest.mark.weights
def test_v19_deitas_quality_of_its_readme() -> None:
    """hkust-nlp/deita-quality-scorer, 13 billion parameters; VLITQ_DEITA_QUALITY may name a folder with safetensors."""
    model = os.environ.get("VLITQ_DEITA_QUALITY", "hkust-nlp/deita-quality-scorer")
    feature = ExpectedValue(PROMPTS["deita_quality"], model=model)
    try:
        feature.weights()
    except Unavailable as missing:
        pytest.skip(str(missing))
    exchange = Exchange("word to describe UI with helpful tooltips", "User-friendly or intuitive UI")
    with feature.open(Runtime("cuda" if torch.cuda.is_available() else "cpu")) as encoder:
        found = encoder.encode([encoder.prepare(exchange)])
    assert found[0, EXPECTED] == pytest.approx(2.0230105920381902, abs=0.02)
