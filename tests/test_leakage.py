"""A generator that speaks of its input or of itself is heard; an answer that speaks of the image is left in peace."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vlitq.sample import Sample, Turn
from vlitq_scorers.validity.leakage import Leakage

OWLEVAL = Path("/work/shared/data/owleval/owleval.json")


def sample(answer: str, question: str = "What is shown?") -> Sample:
    return Sample("one", turns=(Turn("human", question), Turn("assistant", answer)))


def scores(of: Sample) -> dict[str, Any]:
    """The columns of one sample, None for null."""
    found = {name: np.ma.masked_invalid(column) for name, column in Leakage().score([of]).items()}
    return {name: None if np.ma.getmaskarray(value)[0] else value[0].item() for name, value in found.items()}


def test_an_answer_about_the_image_leaks_nothing() -> None:
    assert scores(sample("A red chair stands by the window.")) == {
        "generator_phrases": 0,
        "refusals": 0,
        "hedges": 0.0,
        "annotation_syntax": 0,
        "echo": False,
        "leaked": False,
    }


@pytest.mark.parametrize(
    "answer",
    [
        "As described in the caption, a red chair stands by the window.",
        "A chair stands there, as mentioned in the provided captions.",
        "A chair, as stated in the image description.",
        "Based on the provided bounding boxes, the chair is left of the table.",
        "Based on the given image caption, it is a chair.",
        "According to the caption, it is a chair.",
        "From the object list it follows that there is a chair.",
        "Based on the information in the captions, it is a chair.",
        "As the caption suggests, it is a chair.",
        "In the caption, it is a chair.",
        "Given that I only have the captions, it is a chair.",
        "Considering the object coordinates provided, it is a chair.",
        "Without being able to see the image, I would say a chair.",
        "I don't have the ability to view images, but it is a chair.",
        "The caption mentions a chair.",
        "The captions do not specify a colour.",
        "The description doesn't mention a colour.",
        "The caption says that there is a chair.",
        "The bounding box of the chair is large.",
        "The ground truth label is chair.",
        "As an AI language model, I see a chair.",
        "As an AI, I think it is a chair.",
        "As a text-based assistant, I describe a chair.",
        "As an AI\nlanguage model, it is a chair.",
        "I'm just a language model, but it is a chair.",
        "I cannot see the image, but it is a chair.",
        "I'm unable to view images directly.",
        "I can’t actually see the picture.",
        "No image was provided.",
        "There is no image in the input.",
        "Based on the search results, it is a chair.",
        "作为一个人工智能语言模型，这是一把椅子。",
    ],
)
def test_a_generator_that_speaks_leaks(answer: str) -> None:
    found = scores(sample(answer))
    assert found["generator_phrases"] >= 1
    assert found["leaked"] is True


@pytest.mark.parametrize(
    "answer",
    [
        'The caption reads "just Monday", which adds to the humour.',
        "Based on the image, the chair is old.",
        "The table as described in the photo is red.",
        "A summary based on the aspects you were interested in.",
        "Sure, here is a poem about the image you provided:",
        "A bag lies on the chair; an aide said it may rain.",
        "People cannot see the road because of the fog.",
        "The man is detected by the guard.",
        "She gave me context and a description of the man.",
    ],
)
def test_ordinary_speech_does_not_leak(answer: str) -> None:
    assert scores(sample(answer))["leaked"] is False


def test_what_the_question_names_is_no_leak() -> None:
    answer = "The caption mentions a chair."
    assert scores(sample(answer, "What does the caption say?"))["leaked"] is False
    assert scores(sample("According to the description, it is oak.", "Read the description."))["leaked"] is False


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but it is dark.",
        "I cannot identify the man.",
        "I am unable to tell.",
        "I do not have enough information.",
        "It is not possible to determine the age.",
        "The age cannot be determined.",
        "无法回溯",
        "模型放弃回答",
        "抱歉，我不知道。",
    ],
)
def test_a_refusal_is_counted(answer: str) -> None:
    assert scores(sample(answer))["refusals"] == 1


@pytest.mark.parametrize(
    "answer", ["I can't help but smile.", "They cannot defend themselves.", "I have a dog.", "他不高兴。"]
)
def test_what_is_no_refusal_is_not(answer: str) -> None:
    assert scores(sample(answer))["refusals"] == 0


def test_hedges_are_counted_by_hand() -> None:
    assert scores(sample("It may be red and probably it is old, I say."))["hedges"] == pytest.approx(100 * 2 / 11)
    assert scores(sample("🎉"))["hedges"] is None


@pytest.mark.parametrize(
    ("answer", "count"),
    [
        ("The chair [0.12, 0.4, 0.5, 0.9] is red.", 1),
        ("It is at (63,119,133,177).", 1),
        ("It is at (66, 386) to (453, 604).", 1),
        ("It stands at coordinates 54, 69 and at coordinates (22, 73).", 2),
        ("<ref>The chair</ref><box>(1,2),(3,4)</box>", 4),
        ("Object 1: a chair\nObject 2: a table", 2),
        ('{"bbox": [12.5, 33.0, 100.2, 80.1]}', 2),
        ("The numbers are [1, 2, 3, 4].", 0),
        ("The scale (1, 2, 3) is used; f(2, 3) = 5.", 0),
        ("In 1999 (or 2000) it cost 1,000, 2,000.", 0),
        ("The object of this game: win.", 0),
    ],
)
def test_annotation_syntax_is_counted(answer: str, count: int) -> None:
    assert scores(sample(answer))["annotation_syntax"] == count


def test_a_box_that_was_asked_for_is_no_leak() -> None:
    assert scores(sample("[0.1, 0.2, 0.3, 0.4]", "Give the bounding box of the dog."))["annotation_syntax"] == 0
    assert scores(sample("x = [10, 20, 30, 40]", "Write it in Python."))["annotation_syntax"] == 0


def test_an_answer_that_repeats_its_question_echoes() -> None:
    assert scores(sample("What is shown here? A chair.", "What is shown here?"))["echo"] is True
    assert scores(sample("A chair is shown here.", "What is shown here?"))["echo"] is False
    assert scores(sample("Why? Because.", "Why?"))["echo"] is False


def test_all_answers_of_a_sample_count() -> None:
    turns = (
        Turn("human", "Who?"),
        Turn("assistant", "As an AI, I pass."),
        Turn("human", "Why?"),
        Turn("assistant", "I may."),
    )
    found = scores(Sample("one", turns=turns))
    assert (found["generator_phrases"], found["hedges"]) == (1, pytest.approx(100 / 7))


def test_a_sample_without_an_answer_is_null() -> None:
    assert set(scores(Sample("one", turns=(Turn("human", "Who?"),))).values()) == {None}


@pytest.mark.parametrize(
    "text", ["", "a", "😀🎉", "שלום עולם", "\0\x1b[0m\u202e", "\ud800", "无法", "[", "(1,2", "<box"]
)
def test_hostile_text_has_a_score(text: str) -> None:
    assert scores(sample(text, text)).keys() == scores(sample("a")).keys()


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a ",
        "the ",
        "the",
        "i can't ",
        "as an ",
        "based on the caption ",
        "celebrity",
        "text ",
        "(1, 2) ",
        "[0.1, ",
        "1,",
        "<",
        "object 1",
        "的",
        "无法",
        "not able to ",
        "coordinates 1, 2 ",
        "\n",
    ],
)
def test_a_long_text_takes_linear_time(piece: str) -> None:
    text = "cannot caption ai search sorry " + piece * (250_000 // len(piece)) + " (1, x), [y]: image"
    start = time.process_time()
    Leakage().score([sample(text, text[:1000])])
    assert time.process_time() - start < 10


def test_a_million_characters_have_a_score_in_seconds() -> None:
    text = "It is a long, long text (of 2 parts). " * 26_500
    start = time.process_time()
    Leakage().score([sample(text, text)])
    assert time.process_time() - start < 10


def test_the_real_answers_that_leak_were_read_one_by_one() -> None:
    if not OWLEVAL.exists():
        pytest.skip("owleval is not here")
    records = json.loads(OWLEVAL.read_text())
    turns = [[turn["value"].removeprefix("<image>\n") for turn in record["conversations"]] for record in records]
    found = Leakage().score([sample(answer, question) for question, answer in turns])
    assert int(found["leaked"].sum()) == 26  # each is a leak: 21 by one model, which read a captioner's output
    assert int((np.ma.asarray(found["refusals"]) > 0).sum()) == 49
