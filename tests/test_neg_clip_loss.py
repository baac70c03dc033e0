"""negCLIPLoss is computed in the log domain, over distinct images and texts, and does not ask for the order of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from image_text_world import LEFT, MISSING, RIGHT, TILTED, UP, Vector

from vlitq.schema import Array
from vlitq.testing import check_scorer
from vlitq_scorers.image_text.neg_clip_loss import NegClipLoss
from vlitq_scorers.maths import neg_clip_loss
from vlitq_scorers.maths.neg_clip_loss import drawn_batches, log_sums, normaliser

WORLD = np.array([[0.30, 0.29], [0.28, 0.31]], np.float32)  # cosines of two images with two texts


def digests(rows: int) -> Array:
    return np.random.default_rng(9).integers(2**63, size=(rows, 2), dtype=np.uint64)


def score(images: list[Vector], texts: list[Vector], **fields: Any) -> Array:
    vectors = np.array(images, np.float32), np.array(texts, np.float32)
    return np.asarray(NegClipLoss(**fields).score(*vectors, digests(len(images)))["score"])


def unit(rows: int, dim: int, seed: int) -> Array:
    vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def by_definition(images: Array, texts: Array, temperature: float) -> Array:
    """The formula as it is written, in double precision."""
    cosines = images.astype(float) @ texts.astype(float).T
    powers = np.exp(cosines / temperature)
    return np.asarray(np.diag(cosines) - temperature / 2 * (np.log(powers.sum(0)) + np.log(powers.sum(1))))


def test_two_pairs_have_the_published_scores() -> None:
    by_image, by_text = log_sums(WORLD, np.eye(2, dtype=np.float32), 0.01)
    scores = np.diag(WORLD) - 0.005 * (by_image + by_text)
    np.testing.assert_allclose(scores, [-0.00220095, -0.00087758], atol=1e-7)


def test_a_cosine_of_one_does_not_overflow() -> None:
    assert score([RIGHT, UP], [RIGHT, UP]).tolist() == [0.0, 0.0]
    assert score([RIGHT, UP], [RIGHT, UP], temperature=1e-5).tolist() == [0.0, 0.0]
    assert score([RIGHT, UP], [LEFT, UP], temperature=1e-5)[0] == -1.0


def test_the_score_is_the_formulas_where_all_differ() -> None:
    images, texts = unit(300, 16, 1), unit(300, 16, 2)
    scores = NegClipLoss(temperature=0.1).score(images, texts, digests(300))["score"]
    np.testing.assert_allclose(scores, by_definition(images, texts, 0.1), atol=1e-6)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    images, texts = unit(50, 16, 1), unit(50, 16, 2)
    whole = normaliser(images, texts, 0.01)
    monkeypatch.setattr(neg_clip_loss, "BLOCK", 7)
    np.testing.assert_allclose(normaliser(images, texts, 0.01), whole, atol=1e-7)


def test_a_pair_alone_has_zero() -> None:
    assert score([RIGHT], [TILTED])[0] == pytest.approx(0, abs=1e-7)


def test_an_answer_that_recurs_a_thousand_times_counts_once() -> None:
    once = score([RIGHT, UP, TILTED], [RIGHT, UP, LEFT])
    often = score([RIGHT, UP] + [TILTED] * 1000, [RIGHT, UP] + [LEFT] * 1000)
    np.testing.assert_allclose(often[:3], once, atol=1e-7)
    assert len(set(often[2:].tolist())) == 1


def test_an_answer_pooled_with_itself_is_no_other_answer() -> None:
    images, texts = unit(3, 16, 1), unit(3, 16, 2)
    moved = np.nextafter(texts, 2, dtype=np.float32)
    once = normaliser(images, texts, 0.01)
    np.testing.assert_allclose(
        normaliser(np.tile(images, (2, 1)), np.concatenate([texts, moved]), 0.01)[:3], once, atol=1e-7
    )


def test_the_score_and_the_normaliser_add_up_to_the_cosine() -> None:
    values = NegClipLoss().score(*(np.array([one], np.float32) for one in (RIGHT, TILTED)), digests(1))
    assert float(values["score"][0] + values["normaliser"][0]) == pytest.approx(0.6)


def test_a_row_without_image_or_text_has_no_score_and_no_part_in_that_of_others() -> None:
    without = score([RIGHT, UP], [TILTED, UP])
    scores = score([RIGHT, MISSING, UP, LEFT], [TILTED, RIGHT, UP, MISSING])
    assert np.isnan(scores).tolist() == [False, True, False, True]
    np.testing.assert_allclose(scores[[0, 2]], without, atol=1e-7)


def test_no_row_and_no_pair_work() -> None:
    empty = np.zeros((0, 2), np.float32)
    assert len(NegClipLoss().score(empty, empty, digests(0))["score"]) == 0
    assert np.isnan(score([MISSING], [MISSING])).all()


@pytest.mark.parametrize("fields", [{}, {"batch": 16}])
def test_the_order_of_rows_changes_nothing(fields: dict[str, int]) -> None:
    images, texts, content = unit(100, 8, 1), unit(100, 8, 2), digests(100)
    order = np.random.default_rng(3).permutation(100)
    straight = NegClipLoss(**fields).score(images, texts, content)["score"]
    shuffled = NegClipLoss(**fields).score(images[order], texts[order], content[order])["score"]
    np.testing.assert_array_equal(shuffled, straight[order])


def test_samples_of_one_content_have_one_score_in_any_batch() -> None:
    images, texts, content = unit(100, 8, 1), unit(100, 8, 2), digests(100)
    images[1::2], texts[1::2], content[1::2] = images[::2], texts[::2], content[::2]
    scores = NegClipLoss(batch=16).score(images, texts, content)["score"]
    np.testing.assert_array_equal(scores[::2], scores[1::2])


def test_another_seed_draws_other_batches_and_more_rounds_come_closer_together() -> None:
    images, texts, content = unit(400, 8, 1), unit(400, 8, 2), digests(400)

    def drawn(seed: int, rounds: int) -> Array:
        return np.asarray(NegClipLoss(batch=100, rounds=rounds, seed=seed).score(images, texts, content)["score"])

    few, many = (np.abs(drawn(0, rounds) - drawn(1, rounds)).mean() for rounds in (1, 25))
    assert 0 < many < few / 3


def test_batches_are_equal_parts_and_every_item_is_in_one_a_round() -> None:
    batches = list(drawn_batches(10, 4, 5, np.random.default_rng(0)))
    assert sorted(len(batch) for batch in batches) == [3] * 10 + [4] * 5
    for at in range(0, 15, 3):
        assert sorted(np.concatenate(batches[at : at + 3]).tolist()) == list(range(10))


def test_what_fits_one_batch_is_one_and_is_computed_once() -> None:
    assert [batch.tolist() for batch in drawn_batches(4, 4, 5, np.random.default_rng(0))] == [[0, 1, 2, 3]]
    assert list(drawn_batches(0, 4, 5, np.random.default_rng(0))) == []


@pytest.mark.parametrize("fields", [{"batch": 4, "rounds": 2}, {"temperature": 1e-4}])
def test_it_keeps_the_laws(fields: dict[str, Any]) -> None:
    check_scorer(NegClipLoss(**fields))


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"temperature": 0.0}, "temperature must be above 0, not 0.0"), ({"batch": 1}, "batch must be 2 or more")],
)
def test_a_parameter_without_meaning_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        NegClipLoss(**fields)
