"""Multiple choice: options and choices as people write them."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.node import Ragged
from vlitq.options import chosen, options
from vlitq.sample import ImageRef, Sample, Turn
from vlitq_scorers.image_text.option_alignment import OptionAlignment

CATS = ("cat", "dog", "bird")


@pytest.mark.parametrize(
    "question",
    [
        "Which?\nA. cat\nB. dog\nC. bird",
        "Which? (A) cat (B) dog (C) bird",
        "Which?\nA) cat\nB) dog\nC) bird\nAnswer with the option's letter.",
        "Which? Options: A: cat, B: dog, C: bird",
        "Which?\n(a) cat;\n(b) dog;\n(c) bird\n",
        "Which? (A) cat (B) dog (C) bird Answer with the letter.",
        "Ask Mr. A. Miller.\nA. cat\nB. dog\nC. bird",
    ],
)
def test_the_options_of_a_question_are_found_however_they_are_lettered(question: str) -> None:
    assert options(question) == CATS


@pytest.mark.parametrize(
    "question", ["", "Name A. Smith.", "B. one\nC. two", "A.", "e.g. a: c", "Ask Mr. B. Miller and C. Who?"]
)
def test_what_is_no_list_from_a_on_has_no_options(question: str) -> None:
    assert options(question) == ()


def test_a_million_characters_take_no_time() -> None:
    assert options("A. x " * 200_000) == ()


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("B", 1), ("b.", 1), ("(C)", 2), ("A. cat", 0), ("The answer is B.", 1), ("Answer: C", 2), ("dog", 1),
        ("Dog.", 1), ("F", None), ("A cat sits there.", None), ("", None), ("none of them", None),
    ],
)  # fmt: skip
def test_an_answer_chooses_by_letter_or_by_text(answer: str, number: int | None) -> None:
    assert chosen(answer, CATS) == number


def asked(answer: str) -> Sample:
    return Sample(
        "1", images=(ImageRef("1.png"),), turns=(Turn("human", "A. cat\nB. dog", 1), Turn("assistant", answer))
    )


def vectors(*rows: list[float]) -> Ragged:
    return Ragged(np.array(rows, np.float32).reshape(-1, 2), np.array([0, len(rows)]))


def test_the_chosen_option_leads_the_other_by_the_difference_of_their_cosines() -> None:
    image, both = vectors([1, 0]), vectors([1, 0], [0.6, 0.8])
    right = OptionAlignment().score([asked("A")], image, both)
    wrong = OptionAlignment().score([asked("B")], image, both)
    assert right["fit"].tolist() == pytest.approx([1])
    assert right["lead"].tolist() == pytest.approx([0.4])
    assert wrong["lead"].tolist() == pytest.approx([-0.4])


def test_an_answer_that_chooses_nothing_has_no_score() -> None:
    scores = OptionAlignment().score([asked("Z")], vectors([1, 0]), vectors([1, 0], [0, 1]))
    assert np.isnan(scores["lead"]).all()
