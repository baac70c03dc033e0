"""The taxonomy says what an instruction asks for, and how far that agrees with a person is counted right."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from benchmarks.agreement import Agreement, kappa, macro_f1, wilson
from vlitq.sample import ImageRef, Sample, Turn
from vlitq_scorers.maths.phrasebook import Block, Phrasebook, spelled
from vlitq_scorers.text.taxonomy import Taxonomy


def labels(*questions: str, answer: str = "", images: int = 1) -> dict[str, Any]:
    turns = [turn for question in questions for turn in (Turn("human", question), Turn("assistant", answer))]
    sample = Sample("one", images=(ImageRef("a.jpg"),) * images, turns=tuple(turns))
    return {name: column[0] for name, column in Taxonomy().score([sample]).items()}


@pytest.mark.parametrize(
    ("question", "task", "reasoning"),
    [
        ("Describe this image.", "describe", "none"),
        ("What color is the car?", "recognise", "none"),
        ("How many dogs are there?\nAnswer the question using a single word or phrase.", "count", "numerical"),
        ("What does the sign say?", "read_text", "none"),
        ("Where is the dog?", "locate", "spatial"),
        ("What are the differences between the two images?", "compare", "comparative"),
        ("Why is this image funny?", "explain", "commonsense"),
        ("Why is the street wet?", "explain", "causal"),
        ("Who painted this?", "knowledge", "knowledge"),
        ("Solve the equation in the image.", "solve", "logical"),
        ("Could you please write a poem about this image?", "create", "none"),
        ("Write a detailed description of the given image.", "describe", "none"),
        ("What do you think of it?", "converse", "commonsense"),
    ],
)
def test_an_instruction_has_the_task_and_the_reasoning_its_phrases_name(
    question: str, task: str, reasoning: str
) -> None:
    found = labels(question)
    assert (found["task"], found["reasoning"]) == (task, reasoning)


def test_what_a_sample_speaks_of_is_its_focus() -> None:
    assert labels("Who is the man on the left?")["focus"] == "region"
    assert labels("Describe [0.1, 0.2, 0.3, 0.4].")["focus"] == "region"
    assert labels("What is written on the shirt?")["focus"] == "text"
    assert labels("What happens in the video?")["focus"] == "video"
    assert labels("Describe the image.")["focus"] == "image"
    assert labels("What is the capital of France?", images=0)["focus"] == "none"


def test_the_question_names_the_domain_and_else_the_answer() -> None:
    assert labels("What does the x-ray show?")["domain"] == "medical"
    assert labels("What is it?")["domain"] == "general"
    assert (
        labels("What is it?", answer="An x-ray of a patient, taken for a diagnosis, shows a fracture.")["domain"]
        == "medical"
    )
    assert labels("What is it?", answer="A patient.")["domain"] == "general"  # one word of an answer is not enough
    assert (
        labels("Find the value of x.")["domain"] == "science"
    )  # a task to solve is of science where no word says else


def test_a_need_of_its_own_makes_the_scope_specific() -> None:
    assert labels("What color is the car?")["scope"] == "general"
    assert labels("What color is the car on the left?")["scope"] == "specific"
    assert labels("What does the x-ray show?")["scope"] == "specific"


def test_many_images_are_a_clip_but_for_the_cameras_of_a_street() -> None:
    assert labels("What is the man doing?", images=8)["focus"] == "video"
    assert labels("What is the man doing?", images=2)["focus"] == "image"
    assert labels("What is the ego vehicle doing?", images=6)["focus"] == "image"


def test_several_turns_have_the_labels_of_most_of_them_and_the_first_of_equals() -> None:
    assert labels("How many are there?", "Why?", "Why not?")["task"] == "explain"
    assert labels("How many are there?", "Why?")["task"] == "count"


def test_a_record_that_names_a_clip_is_one() -> None:
    turns = (Turn("human", "What is the man doing?"),)
    assert Taxonomy().score([Sample("one", turns=turns, metadata={"video": "a.mp4"})])["focus"] == ["video"]


def test_options_without_a_phrase_are_to_be_solved_unless_they_speak_of_a_box() -> None:
    assert labels("Which one has gills?\nA. a trout\nB. a mole")["task"] == "solve"
    assert labels("What is the status of <c1,CAM_BACK,1.5,2.5>? A. Stopped. B. Going.")["task"] == "recognise"


def test_skills_are_the_distinct_tasks_that_all_turns_name() -> None:
    assert labels("Is it a dog?")["skills"] == 0
    assert labels("How many cats are there?", "How many dogs are there?")["skills"] == 1
    assert labels("How many cats are there?", "Why?")["skills"] == 2


@pytest.mark.parametrize("text", ["", "😀🎉", "\0\x1b\u202e", "为什么?", "¿Qué hay en la imagen?", "שלום", "\ud800"])
def test_what_is_not_english_has_no_label(text: str) -> None:
    found = labels(text, answer=text)
    assert found.pop("skills") is np.ma.masked
    assert set(found.values()) == {None}


def test_no_samples_and_no_turns_are_no_trouble() -> None:
    assert [len(values) for values in Taxonomy().score([]).values()] == [0] * 6
    assert Taxonomy().score([Sample("one")])["task"] == [None]


@pytest.mark.parametrize(
    "unit", ["what is ", "汉", "😀", "א", "\0", "A. ", "?", "[1, ", "is it ", "a-", "1.", "\ud800", "\n"]
)
def test_a_million_characters_take_no_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    began = time.process_time()
    labels(text, answer=text)
    assert time.process_time() - began < 2


def test_a_text_is_spelled_with_its_sentences_ends() -> None:
    assert spelled("Hi! It’s 2.5 m") == " . hi . it's 2.5 m . "


BOOK = Phrasebook(
    (Block("first", "^ is * red|blue"), Block("second", "red, the? dog $, @pet food")), {"pet": "cat|dog"}
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Is it red?", ["first", "second"]),
        ("It is red.", ["second"]),
        ("Is it one two three four five red", ["second"]),  # the gap is of five words at most
        ("Is it. Blue", []),
        ("See the dog.", ["second"]),
        ("The dog sees", []),
        ("cat food", ["second"]),
    ],
)
def test_a_phrase_book_knows_gaps_alternatives_and_sentence_ends(text: str, expected: list[str]) -> None:
    words = spelled(text)
    assert BOOK.labels(words, frozenset(words.split())) == expected
    assert BOOK.first(words, frozenset(words.split())) == (expected[0] if expected else None)


def test_a_phrase_of_nothing_that_must_be_there_is_refused() -> None:
    with pytest.raises(ValueError, match="has no word that must be there"):
        Phrasebook((Block("any", "^ * a?"),))


def test_agreement_is_counted_by_hand() -> None:
    hand, rules = ["a", "a", "b", "b"], ["a", "a", "a", "b"]
    found = Agreement.of(hand, rules)
    assert (found.rows, found.accuracy, found.confusions) == (4, 0.75, (("b", "a", 1),))
    assert macro_f1(hand, rules) == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert kappa(hand, rules) == pytest.approx(0.5)  # observed 3/4, by chance 2/4


def test_wilsons_interval_is_that_of_the_textbook() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1
