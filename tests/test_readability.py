"""Readability counts what a reader would count, in English prose, and is quick about it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from vlitq.sample import Sample, Turn
from vlitq_scorers.maths.english import sentence_count
from vlitq_scorers.maths.readability import (
    automated_readability_index,
    coleman_liau,
    flesch_kincaid,
    flesch_reading_ease,
)
from vlitq_scorers.maths.syllables import syllables
from vlitq_scorers.text.readability import Readability

ENGLISH_ONLY = [column.name for column in Readability.columns[2:]]
PROSE = "The cat, which is old, sat on the mat. It slept because it was warm."

# Article 1 of the Universal Declaration of Human Rights.
HUMAN_RIGHTS = {
    "Spanish": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y "
    "conciencia, deben comportarse fraternalmente los unos con los otros.",
    "French": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de "
    "conscience et doivent agir les uns envers les autres dans un esprit de fraternité.",
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen "
    "begabt und sollen einander im Geist der Brüderlichkeit begegnen.",
    "Dutch": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand en "
    "geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen.",
    "Danish": "Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og "
    "samvittighed, og de bør handle mod hverandre i en broderskabets ånd.",
    "Italian": "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione e di "
    "coscienza e devono agire gli uni verso gli altri in spirito di fratellanza.",
    "Hebrew": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון.",
    "Russian": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью.",
    "Chinese": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
}


def scores(*answers: str, scorer: Readability = Readability()) -> dict[str, Any]:  # noqa: B008  # frozen: never changed
    sample = Sample("one", turns=tuple(Turn("assistant", answer) for answer in answers))
    return {name: values[0] for name, values in scorer.score([sample]).items()}


def test_two_sentences_are_counted_by_hand() -> None:
    # 15 words, 2 sentences, 50 letters; 16 syllables, two of them in "because".
    assert scores(PROSE) == pytest.approx(
        {
            "words_per_sentence": 7.5,
            "characters_per_word": 50 / 15,
            "ari": 4.71 * 50 / 15 + 0.5 * 7.5 - 21.43,
            "coleman_liau": 5.88 * 50 / 15 - 29.6 * 2 / 15 - 15.8,
            "flesch_reading_ease": 206.835 - 1.015 * 7.5 - 84.6 * 16 / 15,
            "flesch_kincaid": 0.39 * 7.5 + 11.8 * 16 / 15 - 15.59,
            "clause_marks": 1.0,  # which, because
            "prepositions": 0.5,  # on
            "commas": 1.0,
            "function_words": 9 / 15,  # the, which, is, on, the, it, because, it, was
        },
        rel=1e-5,
    )


def test_coleman_and_liaus_abstract_has_its_published_grade() -> None:
    # 639 letters or digits, 119 words, 5 sentences.
    assert coleman_liau(639, 119, 5) == pytest.approx(14.5, abs=0.05)


def test_the_formulas_agree_with_hand_arithmetic() -> None:
    assert automated_readability_index(500, 100, 5) == pytest.approx(12.12)
    assert flesch_reading_ease(150, 100, 5) == pytest.approx(59.635)
    assert flesch_kincaid(150, 100, 5) == pytest.approx(9.91)


@pytest.mark.parametrize(
    ("count", "listed"),
    [
        (1, "cat the late used league eye played 3 mph x"),
        (2, "table wanted idol people create creek-bed something doesn't diet player movement"),
        (3, "idea radio banana carrying elephant continue"),
        (4, "experience television intelligent"),
        (5, "university imagination"),
    ],
)
def test_syllables_of_words(count: int, listed: str) -> None:
    assert {word: syllables(word) for word in listed.split()} == dict.fromkeys(listed.split(), count)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It is a cat. It sleeps!", 2),
        ("Dr. Smith of the U.S. Navy met J. Doe, e.g. at No. 5.", 1),
        ("It fell in 1989. Then it rose.", 2),
        ("1. Boil water.\n2. Pour it.", 2),
        ("a line that is\nbroken by the printer.\nAnother one", 2),
        ('"Stop!" he said. (She did.) So...', 4),
        ("... !!! ?", 0),
        ("这是什么？一只猫。", 2),
        ("", 0),
    ],
)
def test_sentences_are_ended_by_stops_and_lines(text: str, count: int) -> None:
    assert sentence_count(text) == count


def test_each_turn_ends_a_sentence() -> None:
    assert scores("a red cat", "on a mat")["words_per_sentence"] == 3


@pytest.mark.parametrize("language", HUMAN_RIGHTS)
def test_other_languages_have_lengths_but_no_grades(language: str) -> None:
    found = scores(HUMAN_RIGHTS[language])
    assert found["words_per_sentence"] > 0
    assert all(np.isnan(found[name]) for name in ENGLISH_ONLY)


def test_a_short_answer_and_a_list_have_lengths_but_no_grades() -> None:
    for text in ("A red cat.", "Pepperoni, mozzarella, pizza sauce, olive oil, salt, pepper, basil, flour, yeast"):
        found = scores(text)
        assert found["characters_per_word"] > 0
        assert all(np.isnan(found[name]) for name in ENGLISH_ONLY)
    assert not np.isnan(scores("A red cat.", scorer=Readability(least_words=3))["ari"])


@pytest.mark.parametrize("text", ["", "😀🎉", "\0\x1b\u202e", "\ud800", "?!"])
def test_a_response_without_words_has_nothing_to_read(text: str) -> None:
    assert all(np.isnan(value) for value in scores(text).values())


@pytest.mark.parametrize(
    "unit",
    [
        "the word is ",
        "a",
        "e",
        "y",
        "the-",
        "A. ",
        "e.g. ",
        ".",
        "!\n",
        '."',
        "\n",
        "汉",
        "😀",
        "א ",
        "\0",
        "\ud800",
        "1. ",
    ],
)
def test_a_million_characters_take_time_in_proportion(unit: str) -> None:
    began = time.process_time()
    scores(unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 3


def test_no_samples_give_empty_columns_of_the_declared_types() -> None:
    empty = Readability().score([])
    assert {(len(empty[column.name]), empty[column.name].dtype.name) for column in Readability.columns} == {
        (0, "float32")
    }


def test_a_least_of_no_words_is_refused() -> None:
    with pytest.raises(ValueError, match="least_words must be at least 1 word, not 0"):
        Readability(least_words=0)
