"""An answer is held to the form its question asks for, and to none where the question leaves it open."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vlitq.sample import Sample, Turn
from vlitq_scorers.validity.answer_format import Format
from vlitq_scorers.validity.asked_form import asked_form
from vlitq_scorers.validity.given_form import form_of

OWLEVAL = Path("/work/shared/data/owleval/owleval.json")
COLOURS = (
    "What colour is the car?\nA. red\nB. light blue\nC. green\nAnswer with the option's letter from the given choices."
)


def sample(*exchanges: tuple[str, str]) -> Sample:
    turns = [turn for asked, said in exchanges for turn in (Turn("human", asked), Turn("assistant", said))]
    return Sample("one", turns=tuple(turns))


def scores(*exchanges: tuple[str, str]) -> dict[str, Any]:
    """The columns of one sample, None for null."""
    found = Format().score([sample(*exchanges)])
    masked = np.ma.asarray(found["consistent"])
    share = float(found["consistent_share"][0])
    return {
        "expected": found["expected"][0],
        "answer_form": found["answer_form"][0],
        "consistent": None if masked.mask[0] else bool(masked[0]),
        "consistent_share": None if np.isnan(share) else share,
    }


def consistent(question: str, answer: str) -> bool | None:
    verdict = scores((question, answer))["consistent"]
    assert verdict is None or isinstance(verdict, bool)
    return verdict


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Is there a dog?", "yes_no"),
        ("Is there a dog? Answer yes or no.", "yes_no"),
        ("Is there a dog?\nAnswer the question using a single word or phrase.", "yes_no"),
        ("The dog is red. True or false?", "yes_no"),
        ("Is the dog red or brown?", "free"),
        ("Is there a dog? Where is it?", "free"),
        ("Is there anything odd in this picture?", "free"),
        ("Can you describe the dog?", "free"),
        ("This is a dog. Could you write a poem about it?", "free"),
        ("How many dogs are there?", "number"),
        ("How many dogs are there and what do they do?", "free"),
        ("How much does it cost?", "free"),
        ("What is it?\nAnswer the question using a single word or phrase.", "phrase"),
        ("What is it? Answer in one word.", "word"),
        (COLOURS, "option"),
        ("Which is it? Options: (A) red (B) blue", "option"),
        ("Which is it? Choices: red, blue, green", "option"),
        ("Please provide the bounding box coordinate of the region this sentence describes: the dog", "box"),
        ("What is in the bounding box [0.1, 0.2, 0.3, 0.4]?", "free"),
        ("Describe this image.", "free"),
        ("Answer question I.1.a. Think step-by-step.", "free"),
        ("", "free"),
    ],
)
def test_the_form_a_question_asks_for(question: str, form: str) -> None:
    assert asked_form(question).form == form


@pytest.mark.parametrize(
    "answer",
    [
        "B",
        "B.",
        "(B)",
        "b",
        "B. light blue",
        "light blue",
        "The car is light blue.",
        "The answer is B.",
        "**B**",
        "Option B",
        "The correct answer is (B) light blue.",
        "The sky is clear, so the answer is B",
        "B. It is not red.",
        "Answer: C",
    ],
)
def test_an_option_that_is_offered_is_consistent(answer: str) -> None:
    assert consistent(COLOURS, answer) is True


@pytest.mark.parametrize(
    "answer",
    [
        "D",
        "E.",
        "(F)",
        "The answer is D.",
        "A. light blue",
        "(C) red",
        "The correct answer is (C) red.",
        "a big house",
        "42",
    ],
)
def test_an_option_that_is_not_offered_or_has_the_text_of_another_is_inconsistent(answer: str) -> None:
    assert consistent(COLOURS, answer) is False


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        ("Yes", True),
        ("no.", True),
        ("Yes, there is a brown dog.", True),
        ("There is no dog.", True),
        ("There isn't one.", True),
        ("The dog lies on the sofa.", True),
        ("It is not possible to tell.", True),
        ("是的", True),
        ("Red", False),
        ("The pizza is made of cheese.", False),
        ("无法回溯", False),
    ],
)
def test_an_answer_to_yes_or_no_says_so_or_speaks_of_what_was_asked(answer: str, holds: bool) -> None:
    assert consistent("Is there a dog?", answer) is holds


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        ("3", True),
        ("There are three dogs.", True),
        ("A dog", True),
        ("Several", True),
        ("None.", True),
        ("twenty-two", True),
        ("Kobe Bryant.", False),
        ("brown", False),
        ("The dogs play in the park.", False),
    ],
)
def test_how_many_wants_a_number(answer: str, holds: bool) -> None:
    assert consistent("How many dogs are there?", answer) is holds


def test_few_words_are_few() -> None:
    ask = "What is it? Answer the question using a single word or phrase."
    assert consistent(ask, "a red car") is True
    assert consistent(ask, "It is a red car, which stands on the left side of the street in the sun.") is False
    assert consistent("What is it? Answer in one word.", "New York") is True
    assert consistent("What is it? Answer in one word.", "It is New York") is False
    assert consistent("Is it red? Answer the question using a single word or phrase.", "Yes, " + "very " * 12) is False


def test_a_box_has_four_numbers() -> None:
    ask = "Give the bounding box of the dog."
    assert consistent(ask, "[0.1, 0.2, 0.3, 0.4]") is True
    assert consistent(ask, "<box>(1,2),(3,4)</box>") is True
    assert consistent(ask, "It is on the left.") is False


def test_of_several_exchanges_the_worst_is_told() -> None:
    assert scores(("Describe it.", "A dog."), ("Is it red?", "yes"), ("How many legs has it?", "brown")) == {
        "expected": "number",
        "answer_form": "word",
        "consistent": False,
        "consistent_share": 0.5,
    }


def test_what_asks_for_no_form_is_null() -> None:
    assert scores(("Describe it.", "A dog lies on the sofa.")) == {
        "expected": "free",
        "answer_form": "free",
        "consistent": None,
        "consistent_share": None,
    }
    assert set(scores().values()) == {None}


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        ("Yes.", "yes_no"),
        ("B", "option"),
        ("(B)", "option"),
        ("7", "number"),
        ("two dogs", "number"),
        ("red", "word"),
        ("a red car", "phrase"),
        ("It is red.", "free"),
        ("[0.1, 0.2, 0.3, 0.4]", "box"),
        ("🎉", "free"),
    ],
)
def test_the_form_of_an_answer(answer: str, form: str) -> None:
    assert form_of(answer) == form


@pytest.mark.parametrize(
    "text", ["", "a", "😀🎉", "שלום עולם?", "\0\x1b[0m\u202e", "\ud800?", "A. B.", "A.B.C.", "?", "？"]
)
def test_hostile_text_has_a_score(text: str) -> None:
    for question in (text, COLOURS, "Is it?", "How many?"):
        assert set(scores((question, text))) == {"expected", "answer_form", "consistent", "consistent_share"}


@pytest.mark.parametrize(
    "piece", ["a", "a ", "A. B. ", "\n", "?", "(", " (A", "1, ", "options: a,", "的", "answer is ", "*"]
)
def test_a_long_text_takes_linear_time(piece: str) -> None:
    text = piece * (250_000 // len(piece))
    start = time.process_time()
    Format().score([sample((text, text), (COLOURS, text), ("Is it?", text), ("How many dogs?", text))])
    assert time.process_time() - start < 10


def test_a_million_characters_have_a_score_in_seconds() -> None:
    text = "It is a long, long text (of 2 parts). " * 26_500
    start = time.process_time()
    Format().score([sample((text, text), (COLOURS, text), ("Is it?", text), ("How many dogs?", text))])
    assert time.process_time() - start < 10


def test_the_real_answers_that_do_not_fit_were_read_one_by_one() -> None:
    if not OWLEVAL.exists():
        pytest.skip("owleval is not here")
    records = json.loads(OWLEVAL.read_text())
    samples = [
        sample((r["conversations"][0]["value"].removeprefix("<image>\n"), r["conversations"][1]["value"]))
        for r in records
    ]
    found = np.ma.asarray(Format().score(samples)["consistent"])
    wrong = {
        record["id"].removeprefix("owleval-")
        for record, fits in zip(records, found.filled(True), strict=True)
        if not fits
    }
    assert wrong == {
        *(
            "015-openflanmingo",
            "017-openflanmingo",
            "019-openflanmingo",
            "033-openflanmingo",
            "040-MMreact",
            "042-MMreact",
        ),
        *("071-mPLUG_Owl_7b", "071-openflanmingo"),
    }
