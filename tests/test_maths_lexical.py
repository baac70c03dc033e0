"""Words are words in every script, and their variety is what the papers and the libraries say."""

from __future__ import annotations

import math
import random
import re
import time
from collections import Counter
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlitq_scorers.maths import (
    corrected_ttr,
    dugast,
    hdd,
    herdan,
    maas,
    mattr,
    msttr,
    mtld,
    root_ttr,
    summer,
    type_token_ratio,
)
from vlitq_scorers.maths.lexical_diversity import FactorRule
from vlitq_scorers.maths.words import words


def _tokens(text: str) -> list[str]:
    """As lexicalrichness has it: lower case; digits, hyphens and punctuation left out."""
    return re.sub(r"[^a-z\s]", lambda mark: "" if mark[0] in "0123456789-" else " ", text.lower()).split()


# Of lexicalrichness' tests and README (MIT licence).
EXAMPLE = _tokens("TEST text with some text numbers 42, hyphen-here, and text punctuations.")
README = _tokens(
    "Measure of textual lexical diversity, computed as the mean length of sequential words in a text that maintains a "
    "minimum threshold TTR score. Iterates over words until TTR scores falls below a threshold, then increase factor "
    "counter by 1 and start over. McCarthy and Jarvis (2010, pg. 385) recommends a factor threshold in the range of "
    "[0.660, 0.750]. (McCarthy 2005, McCarthy and Jarvis 2010)"
)

TEXTS = st.lists(st.sampled_from("abcdefgh"), max_size=120)


def test_the_example_of_lexicalrichness_has_its_published_values() -> None:
    assert (len(EXAMPLE), len(set(EXAMPLE))) == (10, 8)
    published = {
        type_token_ratio: 0.8,
        root_ttr: 2.5298221281,
        corrected_ttr: 1.7888543820,
        herdan: 0.9030899870,
        summer: 0.8777828396,
        dugast: 23.7600328544,
        maas: 0.0420874839,
        mtld: 14.000000000000004,
    }
    assert {measure: measure(EXAMPLE) for measure in published} == pytest.approx(published)
    assert mattr(EXAMPLE, window=5) == pytest.approx(0.9)
    assert hdd(EXAMPLE, draws=5) == pytest.approx(0.8833333333)


def test_lexicalrichness_discards_the_last_segment_even_where_it_is_complete() -> None:
    assert msttr(EXAMPLE, 5, discard="last") == pytest.approx(0.8)
    assert msttr(EXAMPLE, 5, discard="incomplete") == pytest.approx(0.9)
    assert msttr(EXAMPLE, 5, discard="none") == pytest.approx(0.9)


def test_a_last_segment_that_is_incomplete_counts_only_where_none_is_discarded() -> None:
    assert msttr(["a", "a", "b"], 2) == pytest.approx(0.5)
    assert msttr(["a", "a", "b"], 2, discard="none") == pytest.approx(0.75)
    assert math.isnan(msttr(["a"], 2))


def test_the_two_factor_rules_part_on_the_readme_of_lexicalrichness() -> None:
    assert (len(README), len(set(README))) == (57, 39)
    assert mtld(README, rule="<=") == pytest.approx(46.79226361)
    assert mtld(README, rule="<") == pytest.approx(48.00946372)


def test_a_sample_of_taaled_has_the_ratios_of_its_276_words_and_152_types() -> None:
    text = [str(place % 152) for place in range(276)]
    assert type_token_ratio(text) == pytest.approx(0.5507246377)
    assert root_ttr(text) == pytest.approx(9.1493248345)
    assert herdan(text) == pytest.approx(0.8938651603)


def test_the_sample_of_taaled_has_its_published_moving_average() -> None:
    reason = "the words of taaled's sample take taaled (CC BY-NC-SA), pylats and spaCy's en_core_web_sm"
    ld = pytest.importorskip("taaled.ld", reason=reason)
    pytest.importorskip("en_core_web_sm", reason=reason)
    lats = pytest.importorskip("pylats.lats", reason=reason)
    assert mattr(lats.Normalize(ld.txtsmpl, lats.ld_params_en).toks) == pytest.approx(0.7922466960)


def test_the_moving_average_is_the_mean_over_all_windows() -> None:
    rng = random.Random(0)
    tokens = [rng.choice("abcdefgh") for _ in range(60)]
    for window in (1, 2, 7, 59, 60):
        windows = [tokens[at : at + window] for at in range(len(tokens) - window + 1)]
        assert mattr(tokens, window) == pytest.approx(mean(type_token_ratio(part) for part in windows))


def test_a_text_shorter_than_the_window_has_its_plain_ratio() -> None:
    assert mattr(["a", "b", "a"], window=50) == pytest.approx(2 / 3)


@given(TEXTS, st.sampled_from([0.3, 0.5, 0.72, 0.9]), st.sampled_from(["<=", "<"]))
def test_mtld_is_words_by_factors_read_both_ways(tokens: list[str], threshold: float, rule: FactorRule) -> None:
    expected = [_mtld_one_way(order, threshold, rule) for order in (tokens, tokens[::-1])]
    assert mtld(tokens, threshold, rule) == pytest.approx(mean(expected), nan_ok=True)


def _mtld_one_way(tokens: list[str], threshold: float, rule: FactorRule) -> float:
    """By the definition: the ratio is taken anew at each word."""
    factors, rest = 0.0, list[str]()
    for token in tokens:
        rest.append(token)
        ratio = type_token_ratio(rest)
        if ratio < threshold or (rule == "<=" and ratio == threshold):
            factors, rest = factors + 1, []
    if rest:
        factors += (1 - type_token_ratio(rest)) / (1 - threshold)
    if not tokens:
        return math.nan
    return len(tokens) / factors if factors else math.inf


def test_mtld_by_hand() -> None:
    # Forwards: "a b a" (2/3) is a factor, "b c" holds none; backwards: "c b a b" stays at 3/4, "a" brings it to 3/5.
    assert mtld(["a", "b", "a", "b", "c"]) == pytest.approx((5 / 1 + 5 / 1) / 2)


def test_where_no_word_recurs_mtld_and_dugast_have_no_bound() -> None:
    assert mtld(["a", "b", "c"]) == dugast(["a", "b", "c"]) == math.inf


def test_hdd_of_four_words_by_hand() -> None:
    # Of the 6 pairs from "a a b c" 5 hold an "a", 3 a "b", 3 a "c": 11 / 6 distinct words by 2 draws.
    assert hdd(["a", "a", "b", "c"], draws=2) == pytest.approx(11 / 12)


@given(TEXTS, st.integers(1, 120))
def test_hdd_is_the_sum_of_exact_chances(tokens: list[str], draws: int) -> None:
    size = len(tokens)
    if size < draws:
        assert math.isnan(hdd(tokens, draws))
        return
    missed = [math.comb(size - count, draws) / math.comb(size, draws) for count in Counter(tokens).values()]
    assert hdd(tokens, draws) == pytest.approx(sum(1 - chance for chance in missed) / draws)


def test_hdd_of_all_words_is_the_type_token_ratio_and_of_one_word_is_one() -> None:
    assert hdd(EXAMPLE, draws=10) == pytest.approx(type_token_ratio(EXAMPLE))
    assert hdd(EXAMPLE, draws=1) == pytest.approx(1)


def test_no_words_have_no_value() -> None:
    for measure in (type_token_ratio, root_ttr, corrected_ttr, herdan, summer, dugast, maas, msttr, mattr, mtld, hdd):
        assert math.isnan(measure([]))


def test_one_word_has_no_value_where_its_logarithm_is_a_divisor() -> None:
    for measure in (herdan, summer, dugast, maas):
        assert math.isnan(measure(["a"]))
    assert math.isnan(summer(["a", "a"]))


def test_parameters_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="a window holds at least 1 word, not 0"):
        mattr(["a"], 0)
    with pytest.raises(ValueError, match="between 0 and 1, not 1"):
        mtld(["a"], threshold=1)
    with pytest.raises(ValueError, match="at least 1 word is drawn, not 0"):
        hdd(["a"], draws=0)


@pytest.mark.parametrize("types", [1, 7, 1000, 300_000])
def test_the_measures_take_time_in_proportion(types: int) -> None:
    tokens = [str(place % types) for place in range(300_000)]
    began = time.process_time()
    for measure in (mattr, msttr, mtld, hdd):
        measure(tokens)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Don\'t touch the well-known "vase"!', ["don't", "touch", "the", "well-known", "vase"]),
        ("3 cats, 1.5 m", ["3", "cats", "1", "5", "m"]),
        ("这是 a 猫", ["这", "是", "a", "猫"]),
        ("カメラ", ["カ", "メ", "ラ"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("cafe\u0301 noir", ["cafe\u0301", "noir"]),
        ("😀🎉 \0\x1b -- '", []),
        ("", []),
    ],
)
def test_words_of_any_script_are_found(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_ascii_text_has_the_same_words_beside_a_letter_that_is_not_ascii() -> None:
    text = "It's a well-known_thing, 3.5 m -- 'quoted' end-"
    assert words(text + " é") == [*words(text), "é"]
