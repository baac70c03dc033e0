"""Words of the samples' texts are found, and whatever is typed is only words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from explored import world
from worlds import Length, record, run, write

from vlitq.store import Run
from vlitq.view.errors import NotYet
from vlitq.view.query import QueryError
from vlitq.view.search import TextIndex
from vlitq.view.source import Source


def indexed(of: Run) -> TextIndex:
    made = TextIndex(of, Source(of), of.path / "view")
    made.build()
    return made


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("blue", [1]),
        ("SQUARE", [0, 1]),
        ("square red", [0]),
        ("squ", [0, 1]),
        ("squ red", []),
        ("cafe", [3]),
        ("CAFÉ", [3]),
        ("what", [0, 1, 2, 3, 4]),
        ("what-is", [0, 1, 2, 3, 4]),
        ("onerror", [4]),
        ("nowhere", []),
    ],
)
def test_all_words_are_asked_for_and_the_last_may_be_a_beginning(tmp_path: Path, words: str, found: list[int]) -> None:
    assert indexed(world(tmp_path)).find(words).tolist() == found


@pytest.mark.parametrize(
    "words", ['red" OR "what', "NOT red", "red NEAR what", "text:red", "red*", "(red)", "-red", "^red"]
)
def test_operators_are_words_or_nothing(tmp_path: Path, words: str) -> None:
    assert set(indexed(world(tmp_path)).find(words).tolist()) <= {0}


def test_no_word_is_told(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match=r"no word to search for in '!\?'"):
        indexed(world(tmp_path)).find("!?")


def test_letters_of_every_script_can_be_searched_for(tmp_path: Path) -> None:
    answers = ["שלום עולם", "你好 世界", "नमस्ते दुनिया", "a_b under", "x² + y²", "\ufdfa", "\U0001f600 smile"]
    data = write(tmp_path / "data.json", [record(number, answer) for number, answer in enumerate(answers)])
    texts = indexed(run(data, tmp_path / "run", Length()))
    found = [texts.find(answer).tolist() for answer in answers]
    assert found == [[number] for number in range(len(answers))]


def test_the_index_is_kept_for_the_dataset(tmp_path: Path) -> None:
    scored = world(tmp_path)
    assert not TextIndex(scored, Source(scored), scored.path / "view").ready
    first = indexed(scored)
    again = TextIndex(scored, Source(scored), scored.path / "view")
    assert again.ready
    assert again.find("blue").tolist() == [1]
    assert [file.name for file in (scored.path / "view").iterdir()] == [first.file.name]


def test_until_it_is_made_it_says_how_far_it_is(tmp_path: Path) -> None:
    scored = world(tmp_path)
    with pytest.raises(NotYet, match="texts are being indexed: 0 of 6 samples"):
        TextIndex(scored, Source(scored), tmp_path).find("red")


def test_a_stopped_index_leaves_nothing_behind(tmp_path: Path) -> None:
    scored = world(tmp_path)
    texts = TextIndex(scored, Source(scored), tmp_path / "view")
    texts.stop()
    texts.build()
    assert not texts.ready
    assert list((tmp_path / "view").iterdir()) == []


def test_a_changed_dataset_is_not_indexed_and_told(tmp_path: Path) -> None:
    scored = world(tmp_path)
    with scored.data.open("a") as file:
        file.write(" ")
    texts = indexed(scored)
    assert texts.problem is not None
    assert "has changed since it was scored" in texts.problem
    with pytest.raises(QueryError, match="has changed"):
        texts.find("red")


def test_a_dataset_that_changes_while_it_is_looked_at_is_told(tmp_path: Path) -> None:
    scored = world(tmp_path)
    source = Source(scored)
    source.check()
    assert source.samples([0])[0].id == "s0"
    text = scored.data.read_text()
    scored.data.write_text(text.replace("A red square", "A big square"))
    os.utime(scored.data, ns=(1, 1))
    with pytest.raises(Exception, match="has changed since it was scored"):
        source.samples([0])
    scored.data.unlink()
    with pytest.raises(Exception, match="is gone"):
        source.samples([0])


@pytest.mark.parametrize("words", ["hello", "hello world", "cafe", "cooperate now", "great", "again", "co"])
def test_emoji_and_what_is_unseen_are_no_letters_of_the_words_beside_them(tmp_path: Path, words: str) -> None:
    answer = "\U0001f914Hello\U0001f970 world \u2764\ufe0fcafé co\u00adoperate \U0001f44d\U0001f3fdgreat\u20bb now"
    answer += " \ufeffagain"
    texts = indexed(run(write(tmp_path / "data.json", [record(0, answer)]), tmp_path / "run", Length()))
    assert texts.find(words).tolist() == [0]
    assert texts.find(f"\u2764\ufe0f{words}").tolist() == [0]


def test_a_letter_with_its_mark_is_found_however_the_two_are_put_together(tmp_path: Path) -> None:
    answer = "\u03b1\ufe0f\u0301 \u1fb3\u0308"
    texts = indexed(run(write(tmp_path / "data.json", [record(0, answer)]), tmp_path / "run", Length()))
    assert texts.find("\u03ac").tolist() == [0]
    assert texts.find("\u03b1\u03ca").tolist() == [0]
