"""Relevance is the cosine of what is asked and what is answered."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vlitq.node import Runtime
from vlitq_scorers.features.text_embedding import TextEmbedding
from vlitq_scorers.text.relevance import Relevance

MISSING = (math.nan, math.nan)


def cosines(*pairs: tuple[tuple[float, float], tuple[float, float]]) -> list[float]:
    instruction, response = (np.array(side, np.float32).reshape(-1, 2) for side in zip(*pairs, strict=True))
    return list(Relevance().score(instruction, response)["cosine"])


def test_an_answer_has_the_cosine_with_its_question() -> None:
    assert cosines(((1, 0), (0.6, 0.8)), ((1, 0), (1, 0)), ((1, 0), (-1, 0))) == pytest.approx([0.6, 1.0, -1.0])


def test_without_a_question_or_an_answer_there_is_no_score() -> None:
    values = cosines(((1, 0), MISSING), (MISSING, (1, 0)), ((0, 1), (0, 1)))
    assert [math.isnan(value) for value in values] == [True, True, False]


def test_the_answer_to_another_question_is_less_relevant_than_its_own() -> None:
    asked = ["What colour is the bicycle?", "How many people are at the table?", "Why is the street wet?"]
    said = ["The bicycle is red.", "Four people sit at the table.", "It has been raining, so the street is wet."]
    with TextEmbedding().open(Runtime()) as encoder:
        one, other = (encoder.encode([encoder.prepare(text) for text in texts]) for texts in (asked, said))
    score = Relevance().score
    own = score(one, other)["cosine"]
    for turn in (1, 2):
        assert (own > score(one, np.roll(other, turn, axis=0))["cosine"] + 0.2).all()
