"""Sentence alignment says how well the sentences of a response fit its images, and which fits worst."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from image_text_world import DOWN, LEFT, MISSING, RIGHT, TILTED, UP, Rows, ragged, rounded

from vlitq.testing import check_scorer
from vlitq_scorers.features import ClipText
from vlitq_scorers.image_text.sentence_alignment import SentenceAlignment
from vlitq_scorers.maths.ragged import segment_argmin


def score(images: Rows, sentences: Rows, **fields: Any) -> dict[str, list[float | None]]:
    values = SentenceAlignment(**fields).score(ragged(images), ragged(sentences))
    return {name: rounded(column) for name, column in values.items()}


def test_the_sentences_have_their_mean_their_minimum_and_their_worst() -> None:
    scores = score([[RIGHT]], [[RIGHT, UP, TILTED]])
    assert scores == {"mean": [0.53333], "minimum": [0.0], "worst": [1], "spread": [1.0], "sentences": [3]}


def test_a_single_sentence_is_the_worst_and_has_no_spread() -> None:
    assert score([[UP]], [[TILTED]]) == {
        "mean": [0.8],
        "minimum": [0.8],
        "worst": [0],
        "spread": [None],
        "sentences": [1],
    }


def test_each_sentence_counts_by_the_image_it_fits_best_or_by_all() -> None:
    assert score([[RIGHT, UP]], [[RIGHT, UP, LEFT]])["minimum"] == [0.0]
    assert score([[RIGHT, UP]], [[RIGHT, UP, LEFT]])["mean"] == [0.66667]
    assert score([[RIGHT, UP]], [[RIGHT, UP, LEFT]], over_images="mean")["minimum"] == [-0.5]


def test_the_first_of_equally_bad_sentences_is_the_worst() -> None:
    assert score([[RIGHT]], [[TILTED, UP, DOWN, UP]])["worst"] == [1]


def test_a_sample_without_image_or_sentence_has_no_score_and_its_neighbours_keep_theirs() -> None:
    scores = score([[], [UP], [RIGHT], []], [[UP, UP], [UP, RIGHT], [], []])
    assert scores["mean"] == [None, 0.5, None, None]
    assert scores["worst"] == [None, 1, None, None]
    assert scores["sentences"] == [2, 2, 0, 0], "a count is a count"


def test_a_sentence_or_image_that_could_not_be_encoded_leaves_no_score() -> None:
    scores = score([[RIGHT], [RIGHT, MISSING], [RIGHT]], [[RIGHT, MISSING, UP], [RIGHT], [RIGHT, UP]])
    for column in ("mean", "minimum", "worst"):
        assert [value is None for value in scores[column]] == [True, True, False]


def test_many_rows_score_as_each_by_itself() -> None:
    rng = np.random.default_rng(0)
    circle = [(float(np.cos(angle)), float(np.sin(angle))) for angle in rng.uniform(0, 6, 40)]
    images = [[circle[i] for i in rng.integers(40, size=rng.integers(3))] for _ in range(60)]
    sentences = [[circle[i] for i in rng.integers(40, size=rng.integers(6))] for _ in range(60)]
    together = score(images, sentences)
    for row in range(60):
        alone = score([images[row]], [sentences[row]])
        assert {name: [column[row]] for name, column in together.items()} == alone


def test_the_smallest_of_each_segment_has_its_place() -> None:
    values = np.array([3.0, 1.0, 1.0, np.nan, 0.0, 7.0])
    assert segment_argmin(values, np.array([3, 0, 2, 1, 0])).tolist() == [1, -1, -1, 0, -1]
    assert segment_argmin(np.zeros(0), np.zeros(0, np.int64)).tolist() == []


def test_a_prefix_is_the_text_features() -> None:
    text = SentenceAlignment(text=ClipText(), prefix="A photo depicts ").needs()[1]
    assert text == ClipText(prefix="A photo depicts ").each("sentences")
    assert SentenceAlignment(text=ClipText(prefix="Here is ")).needs()[1].feature == ClipText(prefix="Here is ")


@pytest.mark.parametrize("fields", [{}, {"over_images": "mean", "prefix": "A photo depicts "}])
def test_it_keeps_the_laws(fields: dict[str, Any]) -> None:
    check_scorer(SentenceAlignment(**fields))


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="sentence_alignment: over_images is 'max' or 'mean', not 'median'"):
        SentenceAlignment(over_images="median")  # type: ignore[arg-type]  # what a recipe might say
