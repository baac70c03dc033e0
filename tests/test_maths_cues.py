"""Question types and cues, by example."""

from __future__ import annotations

import time

import pytest

from vlitq_scorers.maths.cues import REASONING, SPATIAL, names, numbers, occurrences, question_type
from vlitq_scorers.maths.words import words


@pytest.mark.parametrize(
    ("instruction", "expected"),
    [
        ("What is the color?", "what"),
        ("what is this", "what"),
        ("What is funny about this image? Describe it panel by panel.", "what"),
        ("In the picture, where is the dog?", "where"),
        ("Which one is larger?", "which"),
        ("Who's that?", "who"),
        ("When was this taken?", "when"),
        ("Why do you think so?", "why"),
        ("How does it work?", "how"),
        ("How many dogs are there?\nAnswer the question using a single word or phrase.", "how_many"),
        ("Is there a cat?", "yes_no"),
        ("Do you see a dog?", "yes_no"),
        ("Could you tell me what the man is doing?", "what"),
        ("Can you describe the image?", "describe"),
        ("Provide a brief description of the given image.", "describe"),
        ("Which one?\nA. cat\nB. dog\nAnswer with the option's letter from the given choices directly.", "option"),
        ("What is at [0.5, 0.25]?", "what"),
        ("Can you write me a poem?", "other"),
        ("Can you explain it?", "describe"),
        ("Explain why it is funny.", "why"),
        ("Explain the joke.", "describe"),
        ("Do not use commas.", "other"),
        ("Write a story about this.", "other"),
        ("为什么?", "other"),
        ("😀", "none"),
        ("", "none"),
    ],
)
def test_an_instruction_has_the_type_of_its_first_question(instruction: str, expected: str) -> None:
    assert question_type(instruction) == expected


def test_phrases_count_where_their_words_stand_together() -> None:
    tokens = words("It is next to the door because the next one is on the left, in front of it.")
    assert occurrences(tokens, set(tokens), SPATIAL) == 3  # next to, left, in front
    assert occurrences(tokens, set(tokens), REASONING) == 1


def test_names_are_capitalised_runs_inside_sentences() -> None:
    assert names("The Eiffel Tower is in Paris, France. People like New York and I think so.") == 4


def test_numerals_count_whole() -> None:
    assert numbers("3 dogs, 1,000 cats and 2.5 m") == 3


@pytest.mark.parametrize("unit", ["?", "a ", "A ", "Ab x ", "1,", "(A) ", "a-", ".", "\n", "汉", "😀", "next to "])
def test_a_hundred_thousand_characters_take_no_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    tokens = words(text)
    began = time.process_time()
    question_type(text), names(text), numbers(text), occurrences(tokens, set(tokens), SPATIAL)
    assert time.process_time() - began < 1
