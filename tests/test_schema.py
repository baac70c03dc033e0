"""A record is called damaged for what is wrong with it, and for nothing else."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vlitq.sample import ImageRef, Problem, Sample, Turn
from vlitq.schema import Status
from vlitq_scorers.maths.words import words
from vlitq_scorers.validity.damage import damaged_characters, leftovers, tags
from vlitq_scorers.validity.endings import CUT, unfinished
from vlitq_scorers.validity.repetition import repeated_share
from vlitq_scorers.validity.schema import Schema

OWLEVAL = Path("/work/shared/data/owleval/owleval.json")
HOSTILE = ["", "a", "😀🎉", "שלום עולם", "\0\x1b[0m\u202e", "\ud800", " \n\t", "：", "```", "1.", '"', "(", "。"]


def asked(answer: str, question: str = "What is shown?") -> Sample:
    return Sample("one", turns=(Turn("human", question), Turn("assistant", answer)))


def scores(sample: Sample) -> dict[str, Any]:
    """The columns of one sample, None for null."""
    values = {name: np.ma.asarray(column) for name, column in Schema().score([sample]).items()}
    return {name: None if value.mask[0] else value[0].item() for name, value in values.items()}


def test_a_whole_record_has_no_problem() -> None:
    turns = (Turn("system", "Be kind."), Turn("human", "What is it?", 1), Turn("assistant", "A red chair."))
    assert scores(Sample("one", images=(ImageRef("1.png"),), turns=turns)) == {
        "roles": True,
        "empty_turns": 0,
        "marker_gap": 0,
        "ending": 0.0,
        "truncated": False,
        "repetition": 0.0,
        "markup": 0,
        "encoding": 0,
        "problems": 0,
    }


def test_a_record_without_turns_is_null_in_every_column() -> None:
    assert set(scores(Sample("one")).values()) == {None}


def test_every_kind_of_problem_is_counted_once() -> None:
    turns = (
        Turn("assistant", "It isnâ€™t red &amp; it isnâ€™t blue."),
        Turn("human", "", 0),
        Turn("assistant", "USER: Hm. It is it. It is it. <br> It is the"),
    )
    found = scores(
        Sample("one", problems=(Problem(Status.IMAGE_COUNT, "no marker"),), images=(ImageRef("a"),), turns=turns)
    )
    assert (found["roles"], found["empty_turns"], found["marker_gap"], found["truncated"]) == (False, 1, 1, True)
    assert (found["encoding"], found["markup"], found["problems"]) == (3, 2, 7)


@pytest.mark.parametrize(
    ("roles", "holds"),
    [
        ("human assistant", True),
        ("system human assistant human assistant", True),
        ("human", False),
        ("assistant human", False),
        ("human human assistant", False),
        ("human assistant assistant", False),
        ("system", False),
    ],
)
def test_the_human_speaks_first_and_the_assistant_last(roles: str, holds: bool) -> None:
    turns = tuple(Turn(role, "Hello.") for role in roles.split())  # type: ignore[arg-type]  # roles are literals
    assert scores(Sample("one", turns=turns))["roles"] is holds


def test_a_turn_that_only_shows_an_image_is_not_empty() -> None:
    shown = (Turn("human", "", 1), Turn("assistant", "A cat."))
    assert scores(Sample("one", images=(ImageRef("1.png"),), turns=shown))["empty_turns"] == 0
    assert scores(Sample("one", turns=(Turn("human", " \n"), Turn("assistant", "A cat."))))["empty_turns"] == 1


def test_images_that_need_no_marker_have_no_gap() -> None:
    assert scores(Sample("one", images=(ImageRef("1.png"),), turns=(Turn("human", "Why?"),)))["marker_gap"] is None
    assert scores(Sample("one", images=(ImageRef("1.png"),), turns=(Turn("human", "Why?", 3),)))["marker_gap"] == 2


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "Red",
        "12",
        "B",
        "B.",
        "The answer is B",
        "It is a sum. The answer is A",
        "Add them up. The total is $42.50",
        "a red car",
        "The cat sits on the mat.",
        'She says "no."',
        "She says “no”.",
        "It is 5 p.m.",
        "What a day! 🎉",
        "He smiled. :)",
        "一只猫坐在垫子上。",
        "一只猫",
        "无法回溯",
        "Sure. Here it is:\n```python\nprint(1)\n```",
        "I use three things.\n- salt\n- oil\n- water",
        "Roses are red\nViolets are blue\nSugar is sweet\nAnd so are you",
        "Use this formula. E = mc",
        "| a | b |\n| 1 | 2 |",
        "See https://example.org. It is at https://example.org/page",
        "It is warm. #summer #beach",
        "1. Batman 2. Superman 3. Doctor Strange",
        "12' x 10'",
        "The answer is b",
        "It is 450 sq ft",
        "[0.1, 0.2, 0.3, 0.4]",
        "The dish needs 2 oz. of butter.",
        "C++",
        "यह एक बिल्ली है।",
        "هذه قطة جميلة؟",
        "Dear John, thank you. I miss you.\nYours truly,\nMary Jane",
        "a man riding a wave on top of a surfboard",
    ],
)
def test_an_answer_that_ends_is_not_truncated(text: str) -> None:
    assert unfinished(text) < CUT


@pytest.mark.parametrize(
    "text",
    [
        "The cat sits on the",
        "The cat is red,",
        "The cat sits on the mat. It looks at a bir",
        "The cat sits on the mat. It looks",
        "The colours are:",
        "The cat plays with his d",
        "The cat plays in th",
        "It costs $3 - $1 = $2 each. It helps all drivers to save very much of all of the money that all of them ear",
        "It is large and",
        "The sign (in the corner of the room",
        'The cat sits. The sign says "',
        "Do this:\n1. Boil the water.\n2. Add the noodles.\n3. Drain the",
        "Do this.\n1. Boil the water.\n2. Add the noodles.\n3.",
        "一只猫坐在垫子上。它看着一只",
        "一只猫，",
        "They use many tools, e.g.",
        "Here is the code:\n```python\nprint(1)",
        "The image shows a man (in red) who is wearing a hat that was",
    ],
)
def test_an_answer_that_stops_in_mid_sentence_is_truncated(text: str) -> None:
    assert unfinished(text) >= CUT


def share(text: str) -> float:
    return repeated_share(text, words(text))


def test_the_share_of_repetition_is_counted_by_hand() -> None:
    assert share("The cat sits on the mat.") == 0
    assert share("The cat sits on the mat. The cat sits on the mat.") == pytest.approx(1 / 2)
    assert share("It is night. The cat sits. The cat sits.") == pytest.approx(3 / 9)
    assert share("a b c d e f g h i a b c d e f g h") == pytest.approx(8 / 17)
    assert share("a red hat, a red hat, a red hat, a red hat") == pytest.approx(9 / 12)
    assert share("yes yes") == pytest.approx(1 / 2)
    assert np.isnan(share("🎉"))


def test_what_recurs_in_the_course_of_things_is_no_repetition() -> None:
    assert share("The man on the left is tall. The man on the left is old, the man on the right is not.") == 0
    assert share("10 x 10") == 0
    assert share("A cat\nA dog\nA cat") == 0


def test_each_answer_is_looked_at_by_itself() -> None:
    turns = (Turn("human", "Red?"), Turn("assistant", "yes"), Turn("human", "Big?"), Turn("assistant", "yes"))
    assert scores(Sample("one", turns=turns))["repetition"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "<|im_end|>",
        "It is red.</s>",
        "[INST] Why?",
        "Human: Why?",
        "AI: It is.",
        "Red. ASSISTANT: It",
        "<image_1>",
        "[UNK]",
        "![cat](cat.png)",
        "### Assistant: It is.",
    ],
)
def test_leftovers_of_templates_are_markup(text: str) -> None:
    assert leftovers(text) == 1


@pytest.mark.parametrize(
    "text", ["a < b and c > d", "The AI: a history", "He said: yes", "[1] [a]", "I <3 you", "x<y>z"]
)
def test_ordinary_signs_are_no_markup(text: str) -> None:
    assert leftovers(text) + tags(text) == 0


def test_html_counts_where_no_page_was_asked_for() -> None:
    assert scores(asked("A cat.<br>A dog."))["markup"] == 1
    assert scores(asked("<p>A cat.</p>", "Write the HTML of this page."))["markup"] == 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("cafÃ©", 1),
        ("itâ€™s", 1),
        ("\ufffd\ufffd", 2),
        ("a &quot;b&quot;", 2),
        ("a\x0bb", 1),
        ("\ud800", 1),
        ("ï»¿a", 1),
        ("café – “naïve” NÃO", 0),
        ("AT&T; R&D", 0),
        ("salt & pepper;", 0),
        ("a\tb\r\nc", 0),
        ("😀\u200d👩", 0),
    ],
)
def test_damaged_characters_are_counted(text: str, count: int) -> None:
    assert damaged_characters(text) == count


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_has_a_score(text: str) -> None:
    found = scores(Sample("one", turns=(Turn("human", text), Turn("assistant", text))))
    assert found["problems"] is not None


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "a ",
        "word another ",
        "\n",
        ". ",
        "<",
        "![",
        "![a](",
        "&a",
        "<a ",
        "(",
        '"',
        "1. ",
        "AI:\n",
        "的",
        "a.",
        "\ud800",
        " ",
    ],
)
def test_a_long_text_takes_linear_time(piece: str) -> None:
    text = piece * (250_000 // len(piece))
    start = time.process_time()
    Schema().score([asked(text, text)])
    assert time.process_time() - start < 10


def test_a_million_characters_have_a_score_in_seconds() -> None:
    text = "It is a long, long text (of 2 parts). " * 26_500
    start = time.process_time()
    Schema().score([asked(text, text)])
    assert time.process_time() - start < 10


def test_few_real_answers_are_called_truncated() -> None:
    if not OWLEVAL.exists():
        pytest.skip("owleval is not here")
    answers = [record["conversations"][-1]["value"] for record in json.loads(OWLEVAL.read_text())]
    cut = [answer.split()[-1] for answer in answers if unfinished(answer) >= CUT]
    stop_forgotten = {"unrealistic", "property"}  # read one by one: the other seven are cut off
    assert set(cut) == stop_forgotten | {"stronger,", "and", "noodles", "monitoring", "his", "will", "Audi"}
