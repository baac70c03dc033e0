"""Exact repeats are found by text, file, pixels and hash, each for itself, and nothing else is called a repeat."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from worlds import column, run, write

from vlitq.engine.gather import digested
from vlitq.images import decode
from vlitq.node import Ragged, Runtime
from vlitq.schema import Array
from vlitq.store import Run
from vlitq_scorers.features.pixel_digest import PixelDigest
from vlitq_scorers.maths.folding import folded
from vlitq_scorers.maths.repeats import repeats
from vlitq_scorers.redundancy.copies import Copies


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is this?", "  what is\nTHIS"),
        ("Ｗｉｄｅ letters", "wide letters"),
        ("STRASSE", "straße"),
        ("caf\u00e9", "cafe\u0301"),
        ("“Yes”, he said…", "Yes he said"),
        ("No.", "no"),
        ("这是什么？", "这是什么"),
        ("It is 3.", "It is 3"),
        ("a\0b", "a b"),
    ],
)
def test_case_width_white_space_and_punctuation_do_not_count(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.5", "35"),
        ("3.5", "3 5"),
        ("is it 5", "is it -5"),
        ("x < 5", "x > 5"),
        ("😀", "🎉"),
        ("?!", "..."),
        ("12:30", "1230"),
        ("left", "right"),
        ("re-cover", "recover"),
    ],
)
def test_numbers_symbols_and_words_count(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_folding_twice_is_folding_once() -> None:
    for text in ("Is it 3.5, or -5?", "ﬁne ½ ﷺ", "İstanbul", "\ud800 x", "?!", "", "１．５"):
        assert folded(folded(text)) == folded(text)


def test_rows_that_are_the_same_are_counted_and_name_the_first() -> None:
    nan = np.nan
    others, first = repeats(np.array([[1, 2], [3, 4], [1, 2], [nan, nan], [1, 2], [nan, nan]], np.float32))
    assert others.tolist() == [2, 0, 2, -1, 2, -1]
    assert first.tolist() == [0, 1, 0, -1, 0, -1]


def test_repeats_agree_with_the_definition_in_any_order() -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(0, 3, (200, 3)).astype(np.float32)
    same = (values[:, None] == values[None]).all(axis=2)
    others, first = repeats(values)
    np.testing.assert_array_equal(others, same.sum(axis=1) - 1)
    np.testing.assert_array_equal(first, same.argmax(axis=1))


def test_no_rows_and_no_values_repeat_nothing() -> None:
    for values in (np.zeros((0, 8), np.float32), np.full((3, 8), np.nan, np.float32)):
        assert repeats(values)[0].tolist() == [-1] * len(values)


def digests(*rows: list[list[float]]) -> Array:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    return digested(Ragged(np.array([item for row in rows for item in row], np.float32).reshape(-1, 2), offsets))


def test_a_digest_of_several_images_keeps_their_order_and_number() -> None:
    a, b = [1.0, 2.0], [3.0, 4.0]
    found = digests([a], [a, b], [b, a], [a, b], [a, a], [], [a, [np.nan, np.nan]])
    assert found[0].tolist() == a
    np.testing.assert_array_equal(found[1], found[3])
    assert len({tuple(row) for row in found[:5].tolist()}) == 4
    assert np.isnan(found[5:]).all()
    assert ((found[:5] >= 0) & (found[:5] < 65_536) & (found[:5] % 1 == 0)).all()


def picture(seed: int, size: tuple[int, int] = (40, 30)) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), np.uint8)
    return Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)


def asked(number: int, question: str, answer: str, *images: str) -> dict[str, Any]:
    turns = [{"from": "human", "value": "<image>\n" * len(images) + question}, {"from": "gpt", "value": answer}]
    return {"id": str(number), "image": list(images), "conversations": turns} if images else {
        "id": str(number), "conversations": turns}  # fmt: skip


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("copies")
    picture(1).save(folder / "a.png")
    picture(1).save(folder / "packed_anew.webp", lossless=True)
    (folder / "same_bytes.png").write_bytes((folder / "a.png").read_bytes())
    picture(1, (80, 60)).save(folder / "scaled.png")
    picture(2).save(folder / "b.png")
    records = [
        asked(0, "What is it?", "A cat.", "a.png"),
        asked(1, "what is it", "a cat", "packed_anew.webp"),
        asked(2, "What is it?", "A dog.", "same_bytes.png"),
        asked(3, "Name it.", "A cat!", "scaled.png"),
        asked(4, "Which?", "Both.", "a.png", "b.png"),
        asked(5, "Which?", "Neither.", "b.png", "a.png"),
        asked(6, "A cat.", "What is it?"),
        asked(7, "", "", "missing.png"),
    ]
    return run(write(folder / "data.json", records), folder / "run", Copies())


def test_each_kind_of_repeat_is_told_apart(scored: Run) -> None:
    found = {
        name: column(scored, f"copies.{name}_first") for name in ("dialogue", "question", "answer", "file", "pixel")
    }
    assert found["question"] == [0, 0, 0, 3, 4, 4, 6, None]
    assert found["answer"] == [0, 0, 2, 0, 4, 5, 6, None]
    assert found["dialogue"] == [0, 0, 2, 3, 4, 5, 6, None]
    assert found["file"] == [0, 1, 0, 3, 4, 5, None, None]
    assert found["pixel"] == [0, 0, 0, 3, 4, 5, None, None]


def test_a_scaled_picture_has_the_same_hash(scored: Run) -> None:
    assert column(scored, "copies.hash_first")[:4] == [0, 0, 0, 0]
    assert column(scored, "copies.hash_copies")[:4] == [3, 3, 3, 3]


def test_the_summary_tells_the_share_that_repeats(scored: Run) -> None:
    assert scored.summary()["copies.question_share"] == pytest.approx(3 / 7)
    assert scored.summary()["copies.file_share"] == pytest.approx(1 / 6)


def test_a_palette_and_its_colours_are_the_same_pixels() -> None:
    plain = Image.new("RGB", (8, 8), (255, 0, 0))
    with PixelDigest().open(Runtime()) as encoder:
        found = [encoder.prepare(decode(saved(image))) for image in (plain, plain.convert("P"), plain.resize((4, 16)))]
    np.testing.assert_array_equal(found[0], found[1])
    assert (found[0] != found[2]).any()


def saved(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
