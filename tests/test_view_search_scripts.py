"""Texts of every script are found, however they are spelt, and no search fails or says more than words."""

from __future__ import annotations

import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from worlds import Length, record, run, write

from vlitq.store import Run
from vlitq.view.query import QueryError
from vlitq.view.search import VERSION, TextIndex
from vlitq.view.source import Source
from vlitq.view.words import words_of

ANSWERS = {
    "chinese": "图片里有一只红色的猫，坐在草地上。",
    "japanese": "猫がカーペットの上で寝ています",
    "thai": "แมวสีแดงนั่งอยู่บนพื้นหญ้า",
    "khmer": "ឆ្មា\u200bក្រហម",
    "korean": "빨간 고양이가 있다",
    "mixed": "使用Python3.5编程",
    "wide": "ＡＢＣ ｶﾞﾗｽ",
    "accents": "Das Café in der Straße",
    "mail": "Write to first.last@example.org, don't wait: 3.5 kg",
    "arabic": "قطة حمراء",
    "hostile": "<script>\u0000nul</script> \ud800 end",
}
ROW = {name: row for row, name in enumerate(ANSWERS)}


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("scripts")
    records = [record(row, answer) for row, answer in enumerate(ANSWERS.values())]
    return run(write(folder / "data.json", records), folder / "run", Length())


@pytest.fixture(scope="module")
def texts(scored: Run) -> TextIndex:
    return indexed(scored)


def indexed(scored: Run) -> TextIndex:
    made = TextIndex(scored, Source(scored), scored.path / "view")
    made.build()
    assert made.problem is None
    return made


@pytest.mark.parametrize("name", ["chinese", "japanese", "thai", "khmer"])
def test_every_part_of_a_text_without_spaces_is_found(texts: TextIndex, name: str) -> None:
    for piece in ANSWERS[name].replace("\u200b", "").strip("。").split("，"):
        for start in range(len(piece)):
            for stop in range(start + 1, len(piece) + 1):
                assert ROW[name] in texts.find(piece[start:stop])


@pytest.mark.parametrize("searched", ["红猫", "猫色", "上图", "猫坐", "りんご"])
def test_letters_that_do_not_follow_each_other_are_not_found(texts: TextIndex, searched: str) -> None:
    assert texts.find(searched).tolist() == []


@pytest.mark.parametrize(
    ("searched", "name"),
    [
        ("草地 红色", "chinese"),
        ("红色的猫，坐在草地上", "chinese"),
        ("カーヘ\u309aット", "japanese"),
        ("ｶｰﾍﾟｯﾄ", "japanese"),
        ("แมว\u200bสี", "thai"),
        ("고양이", "korean"),
        (unicodedata.normalize("NFD", "고양이가"), "korean"),
        ("python", "mixed"),
        ("编程 pyth", "mixed"),
        ("Python3.5编程", "mixed"),
        ("abc", "wide"),
        ("ガラ", "wide"),
        ("CAFE", "accents"),
        (unicodedata.normalize("NFD", "café"), "accents"),
        ("STRASSE", "accents"),
        ("straße", "accents"),
        ("first.last@example.org", "mail"),
        ("3.5 kg", "mail"),
        ("don't", "mail"),
        ("don\u2019t", "mail"),
        ('"wait" -kg*', "mail"),
        ("wait\u0301", "mail"),
        ("\u0301 wait", "mail"),
        ("قطة", "arabic"),
        ("nul", "hostile"),
        ("\x00nul\x00", "hostile"),
        ("\ud800 end", "hostile"),
    ],
)
def test_a_text_is_found_however_it_is_spelt(texts: TextIndex, searched: str, name: str) -> None:
    assert texts.find(searched).tolist() == [ROW[name]]


def test_texts_in_composed_and_decomposed_letters_are_the_same() -> None:
    for text in ANSWERS.values():
        assert words_of(unicodedata.normalize("NFD", text)) == words_of(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("searched", ["", " ", "?!", "\x00", "\ud800", "\u0301", "*", '"', "😀", "';"])
def test_a_search_without_a_word_says_so(texts: TextIndex, searched: str) -> None:
    with pytest.raises(QueryError, match="there is no word to search for"):
        texts.find(searched)


@pytest.mark.parametrize(
    "searched",
    [
        "nowhere " * 1250,
        " ".join(map(str, range(2500))),
        "a" * 10_000,
        "猫" * 10_000,
        "".join(f"{chr(0x4E00 + n)} " for n in range(3000)),
        "猫猫a" * 3333,
        "zq" + "\u0301" * 10_000,
        '" OR "猫" NOT "' * 700,
        "letters:猫 AND spaced:*",
        "'); drop table spaced; --",
        "NEAR(猫 草, 9) AND zzz",
    ],
)
def test_long_and_hostile_searches_find_nothing_and_fail_nowhere(texts: TextIndex, searched: str) -> None:
    assert texts.find(searched).tolist() == []


def test_a_long_search_without_a_word_is_told_in_short(texts: TextIndex) -> None:
    with pytest.raises(QueryError) as told:
        texts.find("?" * 10_000)
    assert len(str(told.value)) < 200


@pytest.mark.parametrize("left", [b"", b"no database at all", "an index of an earlier version"])
def test_a_file_that_is_no_index_of_this_version_is_made_anew(scored: Run, left: bytes | str) -> None:
    file = TextIndex(scored, Source(scored), scored.path / "other").file
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    if isinstance(left, bytes):
        file.write_bytes(left)
    else:
        with closing(sqlite3.connect(file)) as old:
            old.execute("create virtual table texts using fts5(text, content='', detail=none)")
    first = TextIndex(scored, Source(scored), file.parent)
    assert not first.ready
    assert first.done == 0
    first.build()
    assert first.find("草地").tolist() == [ROW["chinese"]]
    assert TextIndex(scored, Source(scored), file.parent).ready
    with closing(sqlite3.connect(file)) as made:
        assert made.execute("pragma user_version").fetchone() == (VERSION,)


def test_a_text_of_a_megabyte_without_a_space_is_found(tmp_path: Path) -> None:
    data = write(tmp_path / "data.json", [record(0, "海" * 350_000 + "山" + "川" * 10), record(1, "海" * 350_000)])
    found = indexed(run(data, tmp_path / "run", Length()))
    assert found.find("海山川").tolist() == [0]
    assert found.find("海海").tolist() == [0, 1]
