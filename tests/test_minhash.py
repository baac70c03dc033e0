"""MinHash estimates Jaccard similarities, and locality finds the pairs above a threshold."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import column, record, run, write

from vlitq.node import Runtime
from vlitq.sample import Sample, Turn
from vlitq.schema import Array
from vlitq.store import Run
from vlitq_scorers.features.minhash_signature import MinHashSignature
from vlitq_scorers.maths import minhash as maths
from vlitq_scorers.maths.minhash import Bands, candidates, optimal_bands, signatures, similarities, standard_error
from vlitq_scorers.maths.near_sets import near_sets
from vlitq_scorers.maths.shingles import Shingles, shingled, words_and_signs
from vlitq_scorers.redundancy.minhash import MinHash

EVERY = Bands(64, 1)  # whoever agrees in one hash is compared


def sets(*values: list[int]) -> Shingles:
    flat = np.array([value for some in values for value in some], np.uint64) << np.uint64(32)
    return Shingles(flat, np.concatenate([[0], np.cumsum([len(some) for some in values])]).astype(np.int64))


def jaccard(one: list[str], other: list[str], n: int) -> float:
    left, right = ({tuple(words[at : at + n]) for at in range(len(words) - n + 1)} for words in (one, other))
    return len(left & right) / len(left | right)


def test_shingles_are_the_same_where_the_words_are_and_only_there() -> None:
    one, other = [*"abcd"], [*"xbcda"]
    found = shingled([one, [], other, ["a"]], 2)
    assert np.diff(found.offsets).tolist() == [3, 0, 4, 0]
    assert found.values[1:3].tolist() == found.values[4:6].tolist()
    assert len(set(found.values.tolist())) == 5
    assert shingled([["a", "b"]], 2).values[0] != shingled([["b", "a"]], 2).values[0]


def test_no_text_has_no_shingle() -> None:
    for texts in ([], [[]], [["a"], []]):
        found = shingled(texts, 2)
        assert len(found) == len(texts)
        assert found.values.tolist() == []


def test_scripts_without_spaces_are_cut_into_characters() -> None:
    assert words_and_signs("这是 cat") == ("这", "是", "cat")
    assert words_and_signs("แมว cat") == ("แ", "ม", "ว", "cat")


@pytest.mark.parametrize("block", [1, 3, 1 << 13])
def test_a_signature_holds_the_least_of_each_hash(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maths, "_HASHED", block)
    rng = np.random.default_rng(0)
    values = [rng.integers(0, 1 << 32, size).tolist() for size in (5, 0, 1, 7, 0, 2)]
    found = signatures(sets(*values), 16, seed=3)
    drawn = [int(number) for number in np.random.PCG64(3).random_raw(32)]
    for row, some in enumerate(values):
        for place in range(16):
            if not some:
                assert found[row, place] == -1
                continue
            least = min((value * drawn[place] + drawn[16 + place]) % 2**64 for value in some)
            assert found[row, place] == (least * 0x9E3779B97F4A7C15 % 2**64) >> 40


def test_agreement_estimates_the_jaccard_similarity_without_bias() -> None:
    rng = np.random.default_rng(1)
    for similarity in (0.0, 0.25, 0.5, 0.8, 1.0):
        shared = int(200 * similarity)
        pairs = []
        for _ in range(40):
            drawn = rng.choice(1 << 32, 400, replace=False).tolist()
            both, rest = drawn[:shared], 200 - shared
            pairs += [both + drawn[200 : 200 + rest // 2], both + drawn[300 : 300 + (rest - rest // 2)]]
        signed = signatures(sets(*pairs), 128, seed=1)
        found = similarities(signed, np.arange(0, 80, 2), np.arange(1, 80, 2))
        error = standard_error(similarity, 128)
        assert abs(found.mean() - similarity) <= 4 * error / math.sqrt(40) + 1e-9
        assert found.std() <= 1.6 * error + 1e-9


def test_the_standard_error_is_that_of_a_share() -> None:
    assert standard_error(0.8, 128) == pytest.approx(0.0353553, abs=1e-6)
    assert standard_error(1, 128) == 0


@pytest.mark.parametrize(("threshold", "bands", "rows"), [(0.5, 25, 5), (0.7, 14, 9), (0.8, 9, 13), (0.9, 5, 25)])
def test_the_best_cut_is_the_one_that_datasketch_takes(threshold: float, bands: int, rows: int) -> None:
    assert optimal_bands(threshold, 128) == Bands(bands, rows)


def test_the_integrals_are_those_of_the_curve() -> None:
    threshold, weights = 0.7, (0.1, 0.9)

    def error(cut: Bands) -> float:  # by the trapezoid rule on 100,001 points
        at = np.linspace(0, 1, 100_001)
        missed = np.where(at >= threshold, 1 - cut.probability(at), 0)
        vain = np.where(at <= threshold, cut.probability(at), 0)
        return float((weights[0] * vain + weights[1] * missed).mean())

    cuts = [Bands(bands, rows) for bands in range(1, 65) for rows in range(1, 64 // bands + 1)]
    assert optimal_bands(threshold, 64, *weights) == min(cuts, key=error)


def test_candidates_are_the_pairs_that_agree_in_a_band() -> None:
    rng = np.random.default_rng(2)
    signed = rng.integers(0, 3, (40, 12)).astype(np.float32)
    cut = Bands(4, 3)
    expected = {
        (a, b)
        for a, b in combinations(range(40), 2)
        if (signed[a] == signed[b]).reshape(4, 3).all(axis=1).any()
    }  # fmt: skip
    assert set(met(signed, cut)) == expected


def met(signed: Array, cut: Bands) -> list[tuple[int, int]]:
    pairs = candidates(signed, np.arange(len(signed)), cut)
    return [(int(a), int(b)) for left, right in pairs for a, b in zip(left, right, strict=True)]


def test_a_full_bucket_costs_linear_work_and_falls_into_no_pieces() -> None:
    signed = np.zeros((1000, 2), np.float32)
    pairs = met(signed, Bands(1, 2))
    assert len(pairs) < 66 * 1000
    assert {right for left, right in pairs if left == 0} == set(range(1, 1000))


def by_definition(signed: Array, threshold: float) -> tuple[list[int], list[int], list[float]]:
    rows = len(signed)
    same = np.array([[float((signed[a] == signed[b]).mean()) for b in range(rows)] for a in range(rows)], np.float32)
    linked = (same >= threshold) | np.eye(rows, dtype=bool)
    for _ in range(8):
        linked = linked @ linked
    np.fill_diagonal(same, -1)
    return linked.argmax(axis=1).tolist(), same.argmax(axis=1).tolist(), same.max(axis=1).tolist()


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8])
def test_groups_and_nearest_are_those_of_the_definition(threshold: float) -> None:
    rng = np.random.default_rng(4)
    base = rng.integers(0, 1 << 24, (8, 64))
    signed = base[rng.integers(0, 8, 60)]
    changed = rng.random(signed.shape) < rng.random((60, 1)) * 0.7
    signed = np.where(changed, rng.integers(0, 1 << 24, signed.shape), signed).astype(np.float32)
    signed[50:55] = signed[10:15]
    signed[:, 0] = 7  # all meet all
    found = near_sets(signed, EVERY, threshold)
    group, nearest, similarity = by_definition(signed, threshold)
    assert found.group.tolist() == group
    assert found.nearest.tolist() == nearest
    np.testing.assert_allclose(found.similarity, similarity, atol=1e-6)


def test_rows_without_text_meet_none() -> None:
    signed = np.array([[-1, -1], [5, 6], [np.nan, np.nan], [-1, -1], [5, 6], [1, 2]], np.float32)
    found = near_sets(signed, Bands(2, 1), 0.9)
    assert found.group.tolist() == [-1, 1, -1, -1, 1, 5]
    assert found.nearest.tolist() == [-1, 4, -1, -1, 1, -1]
    np.testing.assert_array_equal(found.similarity, np.array([np.nan, 1, np.nan, np.nan, 1, np.nan], np.float32))


@pytest.mark.parametrize("rows", [0, 1, 2, 5000])
def test_all_alike_is_one_group(rows: int) -> None:
    found = near_sets(np.full((rows, 128), 3, np.float32), Bands(14, 9), 0.8)
    assert found.group.tolist() == [0] * rows
    assert found.nearest.tolist() == ([1] + [0] * (rows - 1) if rows > 1 else [-1] * rows)


def edited(rng: np.random.Generator, words: list[str], edits: int) -> list[str]:
    changed = list(words)
    for place in rng.choice(len(words), edits, replace=False):
        changed[place] = f"new{rng.integers(10**9)}"
    return changed


def test_planted_edits_are_found_as_often_as_the_curve_says() -> None:
    rng = np.random.default_rng(5)
    texts, truth = [], []
    for _ in range(1500):
        words = [f"w{number}" for number in rng.integers(0, 20_000, 80)]
        changed = edited(rng, words, int(rng.integers(1, 4)))
        texts += [words, changed]
        truth.append(jaccard(words, changed, 5))
    similarity = np.array(truth)
    signed = signatures(shingled(texts, 5), 128, seed=1)
    cut = optimal_bands(0.8, 128, 0.01, 0.99)
    found = near_sets(signed, cut, 0.8)
    left = np.arange(0, 3000, 2)
    together = found.group[left] == found.group[left + 1]
    expected = cut.probability(similarity)
    assert abs(np.isfinite(found.similarity[left]).mean() - expected.mean()) < 0.03
    assert together[similarity >= 0.87].mean() > 0.97  # one edit: two standard errors above the threshold
    assert together[similarity < 0.7].mean() < 0.02
    assert np.unique(found.group[left]).size == 1500  # strangers are never grouped


def near_run(folder: Path, answers: list[str], **parameters: Any) -> Run:
    records = [record(number, answer) for number, answer in enumerate(answers)]
    return run(write(folder / "data.json", records), folder / "run", MinHash(**parameters))


LONG = "The cat sits on the mat beside the window and looks at the birds in the old apple tree today"


def test_a_changed_word_is_a_near_copy_and_another_text_is_none(tmp_path: Path) -> None:
    answers = [
        LONG,
        LONG.replace("today", "again"),
        "yes",
        LONG.upper() + "!",
        "yes",
        "A dog runs over a wide green field.",
    ]
    scored = near_run(tmp_path, answers, threshold=0.7)
    assert column(scored, "minhash.group") == [0, 0, None, 0, None, 5]
    assert column(scored, "minhash.representative") == [True, False, None, False, None, True]
    assert column(scored, "minhash.nearest") == [3, 0, None, 0, None, None]
    assert column(scored, "minhash.similarity")[3] == 1
    assert scored.summary()["minhash.grouped_rows"] == 3


def test_the_part_decides_what_is_compared(tmp_path: Path) -> None:
    answers = ["one two three four five six", "seven eight nine ten eleven twelve"]
    asked = near_run(tmp_path, answers, part="instruction", ngram=2)
    assert column(asked, "minhash.group") == [0, 0]


def test_the_order_of_rows_changes_no_group() -> None:
    rng = np.random.default_rng(6)
    base = rng.integers(0, 1 << 24, (20, 128))
    signed = base[rng.integers(0, 20, 300)]
    signed = np.where(rng.random(signed.shape) < 0.1, rng.integers(0, 1 << 24, signed.shape), signed).astype(np.float32)
    order = rng.permutation(300)
    one, other = (near_sets(some, Bands(14, 9), 0.7) for some in (signed, signed[order]))
    first: dict[int, set[int]] = {}
    for row, label in zip(order.tolist(), other.group.tolist(), strict=True):
        first.setdefault(label, set()).add(row)
    groups = {frozenset(np.flatnonzero(one.group == label).tolist()) for label in one.group}
    assert {frozenset(rows) for rows in first.values()} == groups


def test_hostile_texts_have_a_signature_or_none() -> None:
    texts = ["", "😀🎉", "\0", "\ud800 a b c d e", "x" * 1_000_000, "word " * 200_000, "?!" * 1000, "ไ" * 1000]
    with MinHashSignature().open(Runtime()) as encoder:
        found = encoder.encode([Sample(str(n), turns=(Turn("assistant", text),)) for n, text in enumerate(texts)])
    assert (found[:, 0] == -1).tolist() == [True, True, True, False, True, False, True, False]
    assert ((found >= -1) & (found < 2**24)).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"threshold": 0}, "threshold is a similarity above 0"),
        ({"threshold": float("nan")}, "threshold is a similarity"),
        ({"num_perm": 1}, "num_perm is from 2 to 1024"),
        ({"ngram": 0}, "ngram is at least 1 word"),
        ({"seed": -1}, "seed is 0 or more"),
        ({"part": "answer"}, "part is response, dialogue, instruction; not 'answer'"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MinHash(**parameters)
