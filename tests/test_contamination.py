"""What a sample shares with a benchmark is found by image, vector and words; one that does not fit is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from worlds import column, run, write

from vlitq.host import Host
from vlitq.node import Encoder, Feature, Runtime, Unavailable, Weights
from vlitq.plan import PlanError, make_plan
from vlitq.schema import Array
from vlitq.store import Run
from vlitq.testing import check_scorer
from vlitq_scorers.features.benchmark import COMMON, Benchmark
from vlitq_scorers.maths import nearest_in as maths
from vlitq_scorers.maths.nearest_in import hash_bits, nearest_in
from vlitq_scorers.maths.perceptual_hash import signs
from vlitq_scorers.redundancy.contamination import Contamination
from vlitq_scorers.redundancy.copies import Copies
from vlitq_scorers.redundancy.duplicates import Duplicates

LONG = "Which of the two trains on the left arrives first at the old station by the sea?"
OTHER = "How many people in the second row of the picture wear a red hat and a scarf?"


@dataclass(frozen=True)
class Hue(Feature):
    """The mean colour of an image about grey, of length 1."""

    name = "hue"
    over = "image"

    digest: str = ""

    def weights(self) -> Weights | None:
        return Weights("made up", self.digest) if self.digest else None

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        yield Encoder(np.stack, 3, lambda image: unit(np.asarray(image, np.float32).mean(axis=(0, 1)) - 127))


@dataclass(frozen=True)
class Letters(Feature):
    """How often each letter is in a text, of length 1."""

    name = "letter_counts"
    over = "text"

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        yield Encoder(
            np.stack, 26, lambda text: unit(np.array([1e-3 + text.count(c) for c in "abcdefghijklmnopqrstuvwxyz"]))
        )


def unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


def asked(name: str, question: str, answer: str, *images: str) -> dict[str, Any]:
    turns = [{"from": "human", "value": "<image>\n" * len(images) + question}, {"from": "gpt", "value": answer}]
    return {"id": name, **({"image": list(images)} if images else {}), "conversations": turns}


def picture(seed: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8)).resize((48, 48), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("contamination")
    for number in range(4):
        picture(number).save(place / f"{number}.png")
    picture(1).resize((96, 96), Image.Resampling.BICUBIC).save(place / "scaled.png")
    return place


@pytest.fixture(scope="module")
def benchmark(folder: Path) -> str:
    records = [
        asked("b0", LONG, "The blue one.", "0.png"),
        asked("b1", OTHER, "Three.", "1.png"),
        asked("b2", OTHER, "Four.", "1.png"),
        asked("b3", "No image here.", "None."),
    ]
    scorers = Copies(), Duplicates(image=Hue(), text=Letters())
    return str(run(write(folder / "benchmark.json", records), folder / "benchmark", *scorers).path)


@pytest.fixture(scope="module")
def scored(folder: Path, benchmark: str) -> Run:
    records = [
        asked("s0", LONG.upper(), "THE BLUE ONE", "0.png"),
        asked("s1", "What is it?", "A cat.", "scaled.png"),
        asked("s2", f"Tell me: {LONG}", "I do not know at all what you are asking me for", "3.png", "1.png"),
        asked("s3", "Is this a question?", "It is."),
        asked("s4", "Is there anything that nobody in the whole benchmark has said?", "Yes.", "3.png"),
        asked("s5", "Broken", "Image", "missing.png"),
    ]
    data = write(folder / "data.json", records)
    return run(data, folder / "run", Contamination(Hue(), Letters(), benchmark))


def test_an_image_of_the_benchmark_is_told_by_its_file_and_by_its_hash(scored: Run) -> None:
    assert column(scored, "contamination.same_file") == [True, False, True, None, False, None]
    bits = column(scored, "contamination.image_bits")
    assert bits[:4] == [0, bits[1], 0, None]
    assert bits[1] <= 4
    assert bits[4] > 10
    assert bits[5] is None


def test_the_nearest_benchmark_sample_is_named_the_first_of_equals(scored: Run) -> None:
    assert column(scored, "contamination.image_nearest")[:3] == ["b0", "b1", "b1"]
    assert column(scored, "contamination.image_nearest")[3] is None
    assert column(scored, "contamination.image_cosine")[:3] == pytest.approx([1, 1, 1], abs=1e-3)
    assert len([name for name in column(scored, "contamination.text_nearest") if name in {"b0", "b1", "b2", "b3"}]) == 6


def test_the_share_of_shared_ngrams_is_counted_by_side(scored: Run) -> None:
    words, more, strange = len(LONG.split()), len(f"Tell me: {LONG}".split()), 12
    shares = column(scored, "contamination.ngram_share")
    assert shares[0] == 1
    assert shares[1] is None
    assert shares[2] == pytest.approx((words - 7) / (more - 7 + strange - 7))
    assert shares[4] == 0


def test_a_missing_image_is_the_rows_failure_and_no_others(scored: Run) -> None:
    assert scored.status("contamination").tolist() == ["ok"] * 5 + ["missing_image"]


def test_a_prompt_that_many_questions_share_is_no_content(folder: Path) -> None:
    prompt = "Answer the question with one single word or with one short phrase."
    for texts, known in ((COMMON, True), (COMMON + 1, False)):
        records = [asked(f"b{n}", f"Is it number {n}? {prompt}", "Yes.") for n in range(texts) for _ in range(2)]
        scorers = Copies(), Duplicates(image=Hue(), text=Letters())
        made = run(write(folder / f"prompt{texts}.json", records), folder / f"prompt{texts}", *scorers)
        data = write(folder / "asked.json", [asked("s", prompt, "No.")])
        found = run(data, folder / f"on{texts}", Contamination(Hue(), Letters(), str(made.path)))
        assert column(found, "contamination.ngram_share") == [1.0 if known else 0.0]


def test_the_texts_are_read_in_portions_without_counting_twice(benchmark: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Benchmark(benchmark).ngrams(3)
    monkeypatch.setattr("vlitq_scorers.features.benchmark.TEXTS", 1)
    np.testing.assert_array_equal(Benchmark(benchmark).ngrams(3), whole)
    assert (np.diff(whole.astype(object)) > 0).all()
    distinct = [set(zip(*(text.lower().split()[at:] for at in range(3)), strict=False)) for text in (LONG, OTHER)]
    assert len(whole) == sum(map(len, distinct)) + 1 + 1  # "The blue one", "No image here"


def test_the_laws_hold_with_a_benchmark(benchmark: str) -> None:
    check_scorer(Contamination(benchmark=benchmark))


@pytest.mark.parametrize(("block", "strip"), [(1, 1), (3, 2), (8192, 512)])
def test_the_nearest_is_that_of_the_definition(block: int, strip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maths, "BLOCK", block)
    monkeypatch.setattr(maths, "STRIP", strip)
    rng = np.random.default_rng(0)
    vectors, others = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in rng.standard_normal((2, 9, 4)))
    others[5], others[7], vectors[3] = others[2], np.nan, np.nan
    found = nearest_in(vectors.astype(np.float32), others.astype(np.float32))
    cosines = np.nan_to_num(vectors @ others.T, nan=-2)
    known = np.arange(9) != 3
    np.testing.assert_array_equal(found.position[known], cosines.argmax(axis=1)[known])
    np.testing.assert_allclose(found.cosine[known], cosines.max(axis=1)[known], atol=1e-6)
    assert found.position[3] == -1
    assert np.isnan(found.cosine[3])


def test_among_none_nothing_is_near() -> None:
    vectors = np.eye(2, dtype=np.float32)
    for others in (np.empty((0, 0), np.float32), np.full((3, 2), np.nan, np.float32)):
        assert nearest_in(vectors, others).position.tolist() == [-1, -1]
        assert np.isnan(hash_bits(vectors, others)).all()


def test_bits_are_counted_and_means_of_hashes_are_passed_over() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.random((5, 64)) < 0.5, rng.random((7, 64)) < 0.5
    mean = unit(signs(one[0]) + signs(~one[0]) + signs(other[0]))
    held = np.vstack([signs(other), mean, signs(one[0]) * np.nan])
    expected = (one[:, None] != other[None]).sum(axis=2).min(axis=1)
    assert hash_bits(signs(one), held).tolist() == expected.tolist()


def refused(scorer: Contamination) -> str:
    with pytest.raises(Unavailable) as told:
        scorer.needs()[-1].feature.weights()
    return str(told.value)


def test_a_benchmark_of_another_model_or_without_vectors_is_refused(folder: Path, benchmark: str) -> None:
    assert "holds hue by another model" in refused(Contamination(Hue(digest="1"), Letters(), benchmark))
    assert "holds no conse_image; it has: " in refused(Contamination(text=Letters(), benchmark=benchmark))
    data = write(folder / "few.json", [asked("b", LONG, "One.", "0.png")])
    bare = run(data, folder / "few", Duplicates(image=Hue(), text=Letters()))
    told = refused(Contamination(Hue(), Letters(), str(bare.path)))
    assert "holds neither perceptual_hash nor file_digest. Way out: score the benchmark" in told


def test_a_benchmark_that_is_gone_unfinished_or_changed_is_refused(folder: Path) -> None:
    data = write(folder / "gone.json", [asked("b", LONG, "One.", "0.png")])
    made = run(data, folder / "gone", Copies(), Duplicates(image=Hue(), text=Letters()))
    scorer = Contamination(Hue(), Letters(), str(made.path))
    before = scorer.needs()[-1].feature.weights()
    assert before == scorer.needs()[-1].feature.weights()
    data.write_text(data.read_text() + " ")
    assert "has changed since it was scored" in refused(scorer)
    manifest = made.path / "manifest.json"
    manifest.write_text(json.dumps({**made.manifest, "complete": False}))
    assert "is not finished" in refused(scorer)
    manifest.unlink()
    assert "holds no run: there is no manifest.json" in refused(scorer)


def test_another_benchmark_is_another_key(folder: Path, benchmark: str) -> None:
    data = write(folder / "key.json", [asked("b", OTHER, "One.", "0.png")])
    made = run(data, folder / "key", Copies(), Duplicates(image=Hue(), text=Letters()))
    pins = [Contamination(Hue(), Letters(), path).needs()[-1].feature.weights() for path in (benchmark, str(made.path))]
    assert pins[0] != pins[1]


def test_planning_without_a_benchmark_tells_the_way_out() -> None:
    with pytest.raises(PlanError, match=r"no benchmark is named\. Way out: score the benchmark .*\[scorers\.contamin"):
        make_plan(Host(), {"contamination": {}}, ["embedded"])


def test_an_ngram_of_no_word_is_refused() -> None:
    with pytest.raises(ValueError, match="ngram is at least 1 word, not 0"):
        Contamination(ngram=0)
