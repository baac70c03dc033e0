"""The tuning benchmark: scenes that answer their own questions, faults that are wrong, fair batches and intervals."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.page import _tables
from benchmarks.results import Figure, one
from benchmarks.tune import difference
from benchmarks.tuning.arms import COPY, FULL, ORIGINAL, RANDOM, arms, holding, kept_of
from benchmarks.tuning.dataset import Dataset, Planted, write
from benchmarks.tuning.encoding import CELLS, DIM
from benchmarks.tuning.questions import TASKS, ask, is_right, reworded
from benchmarks.tuning.scenes import draw, redrawn, scene
from benchmarks.tuning.spoiling import ANOTHER, SPOILS, WRONG
from benchmarks.tuning.training import BATCH, END, PAD, Course, batches, encode, fresh, records, vocabulary

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
        if fault in WRONG and spoilt is not None:
            assert not is_right(task, question.key, spoilt)


def test_three_tenths_are_faulty_and_three_tenths_are_copies(drawn: Dataset) -> None:
    planted = drawn.planted().values()
    assert sum(entry.is_copy for entry in planted) == 90
    assert sum(bool(entry.fault) for entry in planted) == 90
    assert {entry.fault for entry in planted} == {"", ANOTHER, *SPOILS}


def test_a_fault_is_what_its_kind_says(drawn: Dataset) -> None:
    planted = drawn.planted()
    answers = {name: answer for name, _, _, answer in records(drawn.data)}
    for name, entry in planted.items():
        assert (answers[name][-1] == ".") == (entry.fault not in {"truncated answer", "looped answer"})


def test_every_record_has_its_picture_and_no_held_out_picture_is_trained_on(drawn: Dataset) -> None:
    trained = {image for _, image, _, _ in records(drawn.data)}
    asked = {sample.image for sample in drawn.held_out()}
    assert all((drawn.images / name).exists() for name in trained | asked)
    assert not trained & asked


def test_the_same_seed_draws_the_same(drawn: Dataset, tmp_path: Path) -> None:
    again = write(tmp_path, count=300)
    assert again.data.read_bytes() == drawn.data.read_bytes()
    assert again.planted() == drawn.planted()
    assert again.captions() == drawn.captions()


def test_held_out_questions_are_as_many_of_each_task(drawn: Dataset) -> None:
    assert len(set(Counter(sample.question.task for sample in drawn.held_out()).values())) == 1


def test_a_record_of_the_careless_source_is_faulty_more_often(drawn: Dataset) -> None:
    planted = drawn.planted()
    source = {row["id"]: row["source"] for row in json.loads(drawn.data.read_text())}
    faulty = {name: [bool(planted[i].fault) for i, s in source.items() if s == name] for name in set(source.values())}
    assert np.mean(faulty["verdicts"]) > np.mean(faulty["open"])


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
    planted = {
        "a": Planted("", True),
        "b": Planted(ANOTHER, False),
        "c": Planted("looped answer", True),
        "d": Planted("", False),
    }
    held = holding(["a", "b", "c", "d"], planted)
    assert (held.records, held.wrong, held.faulty, held.copies) == (4, 0.25, 0.5, 0.5)
    assert kept_of(["b", "d"], planted) == {ANOTHER: 1.0, "looped answer": 0.0, COPY: 0.0, ORIGINAL: 1.0}


def test_the_full_set_comes_once_and_every_other_arm_at_every_share() -> None:
    made = arms((0.1, 0.2))
    assert [arm.name for arm in made].count(FULL) == 1
    assert [arm.share for arm in made if arm.name == RANDOM] == [0.1, 0.2]


def test_the_model_learns_what_is_always_answered() -> None:
    torch = pytest.importorskip("torch", reason="the tuned model is a torch module")
    from benchmarks.tuning.training import answers, train

    torch.set_num_threads(1)
    words = vocabulary(["which colour ?", "red blue"])
    data = encode([("a", "which colour?", "red"), ("b", "which colour?", "blue")], words, {"a": 0, "b": 1})
    maps = np.zeros((2, CELLS, DIM), np.float16)
    maps[1] = 1
    model = train(fresh(len(words), seed=0), data, maps, Course(60, 3e-3), seed=0)
    assert answers(model, data, maps, words) == ["red", "blue"]


def test_figures_that_share_no_subject_with_those_before_begin_a_table_of_their_own() -> None:
    first = Figure("right", "%", {"random": one(1), "full": one(2)})
    second = Figure("above random", "points", {"full": one(1)})
    third = Figure("kept by random", "%", {"looped answer": one(3)})
    assert list(_tables((first, second, third))) == [(first, second), (third,)]
