"""Sets of texts are as alike as their n-grams say."""

from __future__ import annotations

import math
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlitq_scorers.maths import compression_ratio, distinct_n, self_bleu
from vlitq_scorers.maths.text_sets import ngrams

TEXTS = (
    "the cat sat on the mat",
    "the cat sat on the rug",
    "a dog barked at the mailman",
    "the cat sat on the mat",
)
TOKENS = [text.split() for text in TEXTS]
SETS = st.lists(st.lists(st.sampled_from("abc"), max_size=8), min_size=2, max_size=5)


def test_four_texts_have_their_known_values() -> None:
    assert [distinct_n(TOKENS, n) for n in (1, 2, 3)] == [11 / 24, 11 / 20, 9 / 16]
    assert self_bleu(TOKENS) == pytest.approx(0.7001651287)  # NLTK's sentence_bleu with smoothing method 1
    assert compression_ratio(TEXTS) == 96 / 60


@given(SETS)
def test_self_bleu_is_the_mean_bleu_of_each_text_against_all_others(texts: list[list[str]]) -> None:
    each = [_bleu(text, texts[:at] + texts[at + 1 :]) for at, text in enumerate(texts)]
    assert self_bleu(texts) == pytest.approx(sum(each) / len(each))


def _bleu(text: list[str], others: list[list[str]]) -> float:
    """By the definition, each text held against each other one."""
    if not set(text) & {token for other in others for token in other}:
        return 0.0
    product = 1.0
    for n in range(1, 5):
        grams = list(ngrams(text, n))
        most = {gram: max(list(ngrams(other, n)).count(gram) for other in others) for gram in grams}
        matched = sum(min(grams.count(gram), most[gram]) for gram in set(grams))
        product *= (matched or 0.1) / max(1, len(grams))
    nearest = min((len(other) for other in others), key=lambda length: (abs(length - len(text)), length))
    return math.exp(min(0, 1 - nearest / len(text))) * product**0.25


def test_too_little_text_has_no_value() -> None:
    assert math.isnan(distinct_n([["a"]], 2))
    assert math.isnan(self_bleu([["a"]]))
    assert math.isnan(compression_ratio([]))


def test_a_lone_surrogate_is_compressed_as_it_stands() -> None:
    assert compression_ratio(["\ud800"]) == 3 / len(zlib.compress(b"\xed\xa0\x80", 9))
