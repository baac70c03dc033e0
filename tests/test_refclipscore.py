"""RefCLIPScore is the harmonic mean of what a response has of its image and of its nearest reference."""

from __future__ import annotations

from typing import Any

import pytest
from image_text_world import DOWN, LEFT, MISSING, RIGHT, TILTED, UP, Rows, ragged, rounded

from vlitq.testing import check_scorer
from vlitq_scorers.features import ClipText
from vlitq_scorers.image_text.refclipscore import RefClipScore


def score(images: Rows, turns: Rows, references: Rows, **fields: Any) -> tuple[list[Any], list[Any]]:
    values = RefClipScore(**fields).score(ragged(images), ragged(turns), ragged(references))
    return rounded(values["score"]), rounded(values["reference_cosine"])


def test_it_is_the_harmonic_mean_of_clipscore_and_the_cosine_with_the_reference() -> None:
    # cos(response, image) = 0.6, so CLIPScore 1.5; cos(response, reference) = 0.8: 2 · 1.5 · 0.8 / 2.3.
    assert score([[RIGHT]], [[TILTED]], [[UP]]) == ([1.04348], [0.8])


def test_the_nearest_of_several_references_counts() -> None:
    assert score([[RIGHT]], [[TILTED]], [[DOWN, UP, RIGHT]]) == ([1.04348], [0.8])


def test_its_highest_value_is_ten_sevenths() -> None:
    assert score([[UP]], [[UP]], [[UP]]) == ([round(10 / 7, 5)], [1.0])
    check_bounds = RefClipScore.columns[0]
    check_bounds.check(RefClipScore().score(ragged([[UP]]), ragged([[UP]]), ragged([[UP]]))["score"], 1)


def test_it_is_zero_where_image_or_reference_point_the_other_way() -> None:
    images, references = [[LEFT], [RIGHT], [LEFT]], [[RIGHT], [LEFT], [LEFT]]
    assert score(images, [[RIGHT]] * 3, references) == ([0.0, 0.0, 0.0], [1.0, -1.0, -1.0])


def test_turns_are_pooled_before_the_harmonic_mean() -> None:
    # With the image 1 and 0: CLIPScore 1.25. With the references 1 and 0.8: 0.9.
    assert score([[RIGHT]], [[RIGHT, UP]], [[RIGHT, TILTED]]) == ([round(2.25 / 2.15, 5)], [0.9])


def test_each_turn_counts_by_the_image_it_fits_best_or_by_all() -> None:
    images, turns, references = [[RIGHT, UP]], [[TILTED]], [[TILTED]]
    assert score(images, turns, references)[0] == [round(4 / 3, 5)]
    assert score(images, turns, references, over_images="mean")[0] == [round(3.5 / 2.75, 5)]


def test_what_lacks_image_response_or_references_has_no_score_and_its_neighbours_keep_theirs() -> None:
    images, turns = [[], [RIGHT], [RIGHT], [RIGHT]], [[UP], [], [TILTED], [TILTED]]
    scores, cosines = score(images, turns, [[UP], [UP], [], [UP]])
    assert scores == [None, None, None, 1.04348]
    assert cosines == [1.0, None, None, 0.8]


def test_what_could_not_be_encoded_leaves_no_score() -> None:
    images, turns = [[MISSING], [RIGHT], [RIGHT]], [[TILTED], [TILTED, MISSING], [TILTED]]
    assert score(images, turns, [[UP], [UP], [UP, MISSING]])[0] == [None] * 3


def test_the_prefix_stands_before_response_and_references() -> None:
    _, response, references = RefClipScore(text=ClipText(), prefix="A photo depicts ").needs()
    assert response.feature == references.feature == ClipText(prefix="A photo depicts ")
    assert (response.part, references.part) == ("response", "references")


@pytest.mark.parametrize("fields", [{}, {"over_images": "mean", "prefix": "A photo depicts "}])
def test_it_keeps_the_laws(fields: dict[str, Any]) -> None:
    check_scorer(RefClipScore(**fields))


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="refclipscore: over_images is 'max' or 'mean', not 'sum'"):
        RefClipScore(over_images="sum")  # type: ignore[arg-type]  # what a recipe might say
