"""ZIP: the stages by the definition, each set compressed anew, and what compresses well stays out."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlitq.selection import zip_greedy
from vlitq.selection.maths.zip import zipped

TEXTS = st.lists(st.text(alphabet="abc de\n", max_size=60), max_size=12)


def ratio(texts: list[str]) -> float:
    given_ = "".join(text + "\n" for text in texts).encode()
    return len(given_) / len(zlib.compress(given_, 9))


def as_one(*texts: str) -> float:
    """What `zipped` makes of several texts as lines of one."""
    return float(zipped(["\n".join(texts)], 0).alone[0])


def by_definition(texts: list[str], budget: int, k1: int, k2: int, k3: int) -> list[int]:
    state = {i: ratio([text]) for i, text in enumerate(texts)}
    taken: list[int] = []
    while state and len(taken) < budget:
        some = sorted(state, key=lambda i: (state[i], i))[:k1]
        state |= {i: ratio([texts[j] for j in taken] + [texts[i]]) for i in some}
        left, batch = sorted(some, key=lambda i: (state[i], i))[:k2], []
        while left and len(batch) < min(k3, budget - len(taken)):
            best = min(left, key=lambda i: (ratio([texts[j] for j in batch] + [texts[i]]), i))
            left.remove(best)
            batch.append(best)
        for i in batch:
            del state[i]
        taken += batch
    return taken


@settings(max_examples=60)
@given(TEXTS, st.integers(0, 14), st.integers(1, 6), st.integers(0, 4), st.integers(0, 4))
def test_copied_compressors_give_what_compressing_each_set_gives(
    texts: list[str], budget: int, k3: int, more: int, most: int
) -> None:
    k2, k1 = k3 + more, k3 + more + most
    taken = zip_greedy(texts, budget, k1, k2, k3).tolist()
    assert taken == by_definition(texts, budget, k1, k2, k3)
    assert len(set(taken)) == min(budget, len(texts))


def test_long_texts_give_the_same_as_compressing_each_set() -> None:
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list("abcdefghijklmnop"), 6)) for _ in range(300)]
    texts = [" ".join(rng.choice(words, 3000)) for _ in range(9)]
    assert zip_greedy(texts, 6, 6, 4, 2).tolist() == by_definition(texts, 6, 6, 4, 2)


def test_a_copy_and_what_repeats_itself_come_last() -> None:
    texts = ["the cat sat on the mat at noon", "quick brown foxes jump over lazy dogs"]
    texts += [texts[0], "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
    assert set(zip_greedy(texts, 2).tolist()) in ({0, 1}, {1, 2})
    assert zip_greedy(texts, 4).tolist()[-1] == 3


def test_the_ratio_of_a_set_is_its_bytes_by_its_compressed_bytes() -> None:
    assert as_one("a", "b") == 4 / len(zlib.compress(b"a\nb\n", 9))
    np.testing.assert_allclose(zipped(["a", "b"], 0).alone, 2 / len(zlib.compress(b"a\n", 9)))
    assert not len(zipped([], 0).alone)


def test_rows_all_alike_are_taken_in_order() -> None:
    assert zip_greedy(["the same"] * 5, 3, 4, 3, 2).tolist() == [0, 1, 2]


def test_a_repetition_farther_back_than_the_window_is_not_seen() -> None:
    rng = np.random.default_rng(0)
    noise = rng.bytes(40_000).hex()
    text = rng.bytes(500).hex()
    near, far = as_one(text, text), as_one(text, noise, text)
    assert near > 1.5 * as_one(text)
    assert far == pytest.approx(as_one(noise), rel=0.02)


def test_numbers_of_texts_have_to_narrow_down() -> None:
    with pytest.raises(ValueError, match="k3 ≤ k2 ≤ k1"):
        zip_greedy(["a"], 1, k1=5, k2=6, k3=1)


def test_half_of_a_surrogate_pair_is_text_too() -> None:
    assert zip_greedy(["\ud83d", "b"], 2, 2, 2, 1).tolist() in ([0, 1], [1, 0])
