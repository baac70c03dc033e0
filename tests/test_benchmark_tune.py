"""The tuning benchmark: scenes that answer their own questions, faults that are wrong, fair batches and intervals."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.tune import difference
from benchmarks.tuning.arms import FAULTLESS, FULL, RANDOM, arms, holding, kept_of
from benchmarks.tuning.dataset import Dataset, write
from benchmarks.tuning.encoding import CELLS, DIM
from benchmarks.tuning.questions import TASKS, ask, is_right, reworded
from benchmarks.tuning.scenes import draw, redrawn, scene
from benchmarks.tuning.spoiling import ANOTHER, COPY, FAULTS, SPOILS
from benchmarks.tuning.training import BATCH, END, PAD, batches, encode, records, vocabulary

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return write(tmp_path_factory.mktemp("tune"), count=300)


@pytest.mark.parametrize("task", TASKS)
def test_the_answer_to_a_question_is_right(task: str) -> None:
    for seed in range(30):
        rng = np.random.default_rng(seed)
        question = ask(task, scene(rng), rng)
        assert is_right(task, question.key, question.answer)


def test_an_answer_that_names_two_values_or_none_is_not_right() -> None:
    assert is_right("colour", "red", "The boat is red.")
    assert not is_right("colour", "red", "The boat is red and blue.")
    assert not is_right("colour", "red", "The boat is")
    assert not is_right("colour", "red", "The boat is reddish.")


def test_a_scene_asked_for_its_things_counts_them() -> None:
    shown = scene(np.random.default_rng(1))
    question = ask("count", shown, RNG)
    assert question.key == ("no", "one", "two", "three", "four", "five")[len(shown.things)]


def test_a_redrawn_scene_is_the_same_but_for_pixels() -> None:
    shown = scene(np.random.default_rng(2))
    again = redrawn(shown, RNG)
    assert [(t.shape, t.colour, t.place) for t in again.things] == [(t.shape, t.colour, t.place) for t in shown.things]
    first, second = (np.asarray(draw(one), np.int64) for one in (shown, again))
    assert 0 < np.abs(first - second).mean() < 10


def test_a_reworded_question_names_the_same_things() -> None:
    assert reworded("Is there a boat in the picture?", np.random.default_rng(0)).endswith("?")
    assert "boat" in reworded("Is there a boat in the picture?", RNG)


@pytest.mark.parametrize("fault", SPOILS)
def test_a_spoilt_answer_is_another_and_a_wrong_one_is_wrong(fault: str) -> None:
    for task in TASKS:
        question = ask(task, scene(np.random.default_rng(3)), np.random.default_rng(3))
        spoilt = SPOILS[fault](question, np.random.default_rng(3))
        assert spoilt != question.answer
        if fault.startswith("wrong") and spoilt is not None:
            assert not is_right(task, question.key, spoilt)


def test_three_tenths_are_faulty_and_three_tenths_are_copies(drawn: Dataset) -> None:
    counts = Counter(drawn.planted().values())
    assert counts[COPY] == 90
    assert sum(counts.values()) - counts[COPY] == 90
    assert set(counts) == {COPY, *FAULTS}


def test_what_is_copied_has_no_fault(drawn: Dataset) -> None:
    planted, rows = drawn.planted(), records(drawn.data)
    origins = [name for name, image, _, _ in rows if image == "scene_00000.png"]
    assert len(origins) == 4
    assert not set(origins) & set(planted)


def test_every_record_has_its_picture_and_no_held_out_picture_is_trained_on(drawn: Dataset) -> None:
    trained = {image for _, image, _, _ in records(drawn.data)}
    asked = {sample.image for sample in drawn.held_out()}
    assert all((drawn.images / name).exists() for name in trained | asked)
    assert not trained & asked


def test_the_same_seed_draws_the_same(drawn: Dataset, tmp_path: Path) -> None:
    again = write(tmp_path, count=300)
    assert again.data.read_bytes() == drawn.data.read_bytes()
    assert again.planted() == drawn.planted()


def test_held_out_questions_are_as_many_of_each_task(drawn: Dataset) -> None:
    assert len(set(Counter(sample.question.task for sample in drawn.held_out()).values())) == 1


def test_sources_differ_in_their_share_of_faults(drawn: Dataset) -> None:
    planted = drawn.planted()
    rows = json.loads(drawn.data.read_text())
    source = {row["id"]: row["source"] for row in rows}
    assert {source[name] for name in planted} == {"open", "verdicts", "counting"}


def test_words_become_numbers_and_answers_end() -> None:
    words = vocabulary(["Is it red?", "Yes."])
    data = encode([("a.png", "Is it red?", "Yes.")], words, {"a.png": 7})
    assert data.questions[0, :4].tolist() == [words[word] for word in ("is", "it", "red", "?")]
    assert (data.questions[0, 4:] == PAD).all()
    assert data.answers[0, :3].tolist() == [words["yes"], words["."], END]
    assert data.image.tolist() == [7]


def test_every_record_is_seen_as_often_as_any_other_one_at_most() -> None:
    seen = Counter(row for batch in batches(50, 7, RNG) for row in batch.tolist())
    assert sum(seen.values()) == 7 * BATCH
    assert max(seen.values()) - min(seen[row] for row in range(50)) <= 1


def test_the_difference_of_equal_arms_is_nothing_and_of_right_and_wrong_a_hundred() -> None:
    right, wrong = np.ones((3, 40), bool), np.zeros((3, 40), bool)
    assert difference(right, right, draws=10).median == 0
    assert difference(right, wrong, draws=10).low == 100


def test_what_a_part_holds_is_counted() -> None:
    planted = {"a": COPY, "b": ANOTHER}
    held = holding(["a", "b", "c", "d"], planted)
    assert (held.records, held.faulty, held.copies) == (4, 0.25, 0.25)
    assert kept_of(["b", "c"], planted, ["a", "b", "c", "d"]) == {ANOTHER: 1.0, FAULTLESS: 0.5, COPY: 0.0}


def test_the_full_set_comes_once_and_every_other_arm_at_every_share() -> None:
    made = arms((0.1, 0.2))
    assert [arm.name for arm in made].count(FULL) == 1
    assert [arm.share for arm in made if arm.name == RANDOM] == [0.1, 0.2]


def test_the_model_learns_what_is_always_answered() -> None:
    torch = pytest.importorskip("torch", reason="the tuned model is a torch module")
    from benchmarks.tuning.training import answers, tune

    torch.set_num_threads(1)
    words = vocabulary(["which colour ?", "red blue"])
    data = encode([("a", "which colour?", "red"), ("b", "which colour?", "blue")], words, {"a": 0, "b": 1})
    maps = np.zeros((2, CELLS, DIM), np.float16)
    maps[1] = 1
    model = tune(data, maps, len(words), steps=30, seed=0)
    assert answers(model, data, maps, words) == ["red", "blue"]
