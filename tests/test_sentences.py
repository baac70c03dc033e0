"""Texts split into sentences; what must not split them."""

from __future__ import annotations

import pytest

from vlitq.sentences import MOST_SENTENCES, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("😀 …", []),
        ("yes", ["yes"]),
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("On the left, e.g. a dog. Mr. Smith is at 3.5 m.", ["On the left, e.g. a dog.", "Mr. Smith is at 3.5 m."]),
        ("1. Cut it.\n2. Cook it.", ["1. Cut it.", "2. Cook it."]),
        ("It costs $2. It helps.", ["It costs $2.", "It helps."]),
        ("A cat sits\non the mat.\nIt sleeps.", ["A cat sits\non the mat.", "It sleeps."]),
        ("1. Batman 2. Superman 3. He was in 1989. He is.", ["1. Batman 2. Superman 3. He was in 1989.", "He is."]),
        ("这是猫。那是狗。", ["这是猫。", "那是狗。"]),
        ("Good! 😀\nBye", ["Good! 😀", "Bye"]),
    ],
)
def test_sentences_end_where_a_reader_sees_them_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_page_of_sentences_keeps_its_end_in_the_last_one() -> None:
    found = sentences("A cat. " * 1000)
    assert len(found) == MOST_SENTENCES
    assert found[-1].count("cat") == 1000 - MOST_SENTENCES + 1
