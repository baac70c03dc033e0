"""What answers say is there, against what is annotated: CHAIR, recall, and contradicted yes and no."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import column, computed, record, run, write

from vlitq.node import Runtime, Unavailable
from vlitq.sample import ImageRef, Sample, Turn
from vlitq_scorers.features.annotated_objects import DIM, KNOWN, UNKNOWN, AnnotatedObjects
from vlitq_scorers.maths.coco_names import plural
from vlitq_scorers.maths.object_mentions import CLASSES, Asked, affirmed, asked_for, category_of, mentions, says_yes
from vlitq_scorers.maths.words import words
from vlitq_scorers.validity.objects import Objects

NO_ANNOTATIONS = {column.name: None for column in Objects.columns}


def sample(*texts: str, images: tuple[str, ...] = (), **metadata: Any) -> Sample:
    """Human and assistant by turns."""
    turns = tuple(Turn(("human", "assistant")[i % 2], text) for i, text in enumerate(texts))  # type: ignore[arg-type]  # one of the two
    return Sample("s", None, tuple(map(ImageRef, images)), turns, metadata)


def vector(one: Sample, annotations: str = "") -> Any:
    with AnnotatedObjects(annotations).open(Runtime()) as encoder:
        return encoder.encode([encoder.prepare(one)])


def score(one: Sample, annotations: str = "") -> dict[str, Any]:
    """The columns of one sample, null as None."""
    found = Objects(annotations).score([one], vector(one, annotations))
    return {c.name: c.check(found[c.name], 1).tolist()[0] for c in Objects.columns}


def named(text: str) -> list[str]:
    return [CLASSES[category] for category in affirmed(words(text))]


def coco(folder: Path, **objects: list[str]) -> str:
    """A file of COCO instances: of each image (its stem) the names of its objects."""
    names = sorted({name for some in objects.values() for name in some})
    content = {
        "images": [{"id": i, "file_name": f"{stem}.jpg"} for i, stem in enumerate(objects)],
        "categories": [{"id": i + 1, "name": name} for i, name in enumerate(names)],
        "annotations": [
            {"image_id": i, "category_id": names.index(name) + 1}
            for i, some in enumerate(objects.values())
            for name in some
        ],
    }
    path = folder / "instances.json"
    path.write_text(json.dumps(content))
    return str(path)


def test_there_are_eighty_classes_and_each_is_known_by_its_own_name_and_by_its_plural() -> None:
    assert len(set(CLASSES)) == 80
    for number, name in enumerate(CLASSES):
        assert category_of(name) == category_of(plural(name)) == number
    assert category_of("Hot_Dog") == CLASSES.index("hot dog")
    assert category_of("lamp") is None


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("A hot dog lies on the table.", ["hot dog", "dining table"]),
        ("Two dogs, a puppy and the cat's bowl", ["dog", "dog", "cat", "bowl"]),
        ("The toilet seat is up; there is a chair.", ["toilet", "chair"]),
        ("A baby elephant follows an adult elephant.", ["elephant", "elephant"]),
        ("A baby holds a teddy bear.", ["person", "teddy bear"]),
        ("A passenger train passes the train station.", ["train"]),
        ("a man in a bow tie with wine glasses and knives", ["person", "tie", "wine glass", "knife"]),
        ("an orange shirt and a peeled orange", ["orange"]),
        ("a street light next to a traffic light", ["traffic light"]),
        ("policemen, women and children", ["person", "person", "person"]),
        ("A lamp and a window.", []),
        ("公交车", []),
        ("", []),
    ],
)
def test_objects_are_found_by_their_names_and_two_words_are_one_name(text: str, objects: list[str]) -> None:
    assert named(text) == objects


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("There is no dog in the picture.", []),
        ("It isn't a dog but there's a cat.", ["cat"]),
        ("A street without any cars.", []),
        ("No, the dog is asleep.", ["dog"]),
        ("No. There is a dog.", ["dog"]),
    ],
)
def test_what_is_denied_is_not_mentioned(text: str, objects: list[str]) -> None:
    assert named(text) == objects


def test_a_mention_says_where_it_stands() -> None:
    assert mentions(["a", "hot", "dog"]) == [(CLASSES.index("hot dog"), 1, 3)]


def test_chair_counts_every_mention() -> None:
    found = score(sample("Describe it.", "A dog and another dog sit on a bench by a car.", objects=["dog", "bench"]))
    assert (found["mentioned"], found["hallucinated"]) == (4, 1)
    assert found["chair_i"] == 0.25
    assert found["chair_s"] is True
    assert found["recall"] == 1


def test_an_answer_that_names_what_is_there_hallucinates_nothing() -> None:
    found = score(sample("Describe it.", "A puppy.", objects=[{"category": "dog"}, {"name": "car"}]))
    assert (found["chair_i"], found["chair_s"], found["recall"]) == (0, False, 0.5)


def test_an_answer_without_an_object_has_no_chair_i_and_hallucinates_nothing() -> None:
    found = score(sample("Describe it.", "It is sunny.", objects=["dog"]))
    assert (found["mentioned"], found["chair_i"], found["chair_s"], found["recall"]) == (0, None, False, 0)


def test_what_a_reference_names_is_there_too() -> None:
    assert score(sample("?", "A car.", objects=["dog"], references=["A dog in a car."]))["hallucinated"] == 0


def test_nothing_annotated_is_not_the_same_as_no_annotations() -> None:
    found = score(sample("?", "A dog.", objects=[]))
    assert (found["hallucinated"], found["recall"]) == (1, None)
    assert score(sample("?", "A dog.")) == NO_ANNOTATIONS


@pytest.mark.parametrize("given", ["dog", {"dog": 1}, [1], [{"bbox": [1, 2, 3, 4]}], None])
def test_a_field_that_is_no_list_of_objects_is_no_annotation(given: Any) -> None:
    assert score(sample("?", "A dog.", objects=given)) == NO_ANNOTATIONS


def test_other_classes_are_counted_as_unknown_and_synonyms_are_known() -> None:
    found = score(sample("?", "A man.", objects=["lamp", "woman", "window"]))
    assert (found["unknown"], found["hallucinated"]) == (2, 0)


@pytest.mark.parametrize(
    ("question", "answer", "contradictions"),
    [
        ("Is there a dog in the image?", "Yes", 0),
        ("Is there a dog in the image?", "No", 1),
        ("Is there a cat in the image?", "Yes, there is.", 1),
        ("Is there a cat in the image?\nAnswer with a single word.", "no", 0),
        ("Are there any cats?", "Yes", 1),
        ("Do you see a hot dog?", "Yes.", 1),
        ("Does this image contain a dog?", "No, it does not.", 1),
        ("Is there a brown dog on the grass?", "No", 0),
        ("Is there a dog on the couch?", "Yes", 1),
        ("Is there a cat or a dog?", "No", 0),
        ("Is the cat asleep?", "Yes", 0),
        ("Is there a lamp?", "Yes", 0),
        ("Is there a cat?", "Nobody knows", 0),
    ],
)
def test_a_yes_or_no_against_the_annotations_is_a_contradiction(
    question: str, answer: str, contradictions: int
) -> None:
    assert score(sample(question, answer, objects=["dog"]))["contradictions"] == contradictions


def test_a_question_asks_plainly_or_with_conditions() -> None:
    dog = frozenset({CLASSES.index("dog")})
    assert asked_for("Is there a dog?") == Asked(dog, True)
    assert asked_for("Is there a black dog?") == Asked(dog, False)
    assert asked_for("Where is the dog?") is None
    assert [says_yes(answer) for answer in ("Yes.", "*No*", "Yesterday")] == [True, False, None]


def test_coco_annotations_are_found_by_the_name_of_the_image(tmp_path: Path) -> None:
    path = coco(tmp_path, COCO_train2014_000000000007=["dog", "dog"], b=["car"], c=[])
    both = sample("?", "A dog.", images=("coco/train2017/000000000007.jpg", "b.png"))
    counts = vector(both, path)[0]
    assert counts.shape == (DIM,)
    assert counts[CLASSES.index("dog")] == 2
    assert counts[CLASSES.index("car")] == counts[KNOWN] == 1
    assert counts[UNKNOWN] == 0
    assert score(both, path)["recall"] == 0.5
    assert score(sample("?", "A dog.", images=("c.jpg",)), path)["hallucinated"] == 1
    assert score(sample("?", "A dog.", images=("b.jpg", "other.jpg")), path) == NO_ANNOTATIONS


def test_the_records_own_annotations_come_first(tmp_path: Path) -> None:
    path = coco(tmp_path, b=["car"])
    assert score(sample("?", "A car.", images=("b.jpg",), objects=["dog"]), path)["hallucinated"] == 1


def test_a_file_that_is_missing_or_of_another_kind_is_told_before_the_first_row(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"cannot be read .* Way out"):
        AnnotatedObjects(str(tmp_path / "gone.json")).weights()
    for content in ("[]", "{}", "no json", '{"images": [], "categories": []}', '{"images": 1}'):
        (tmp_path / "other.json").write_text(content)
        with pytest.raises(Unavailable, match=r"holds no COCO annotations .* Way out"):
            AnnotatedObjects(str(tmp_path / "other.json")).weights()


def test_the_digest_of_the_file_is_the_features_weights(tmp_path: Path) -> None:
    feature = AnnotatedObjects(coco(tmp_path, b=["car"]))
    first = feature.weights()
    coco(tmp_path, b=["car", "dog"])
    assert first is not None
    assert first != feature.weights()
    assert AnnotatedObjects().weights() is None


HOSTILE = ["", "dog", "😀🎉", "שלום", "\0\x1b[0m\u202e", "\ud800"]
LONG = [unit * 100_000 for unit in ("is there a ", "is there a dog", "dog ", "hot ", "no no no ")]


@pytest.mark.parametrize("text", [*HOSTILE, *LONG])
def test_hostile_text_is_scored(text: str) -> None:
    assert score(sample(text, text, objects=[text]))["contradictions"] == 0


def test_a_run_scores_by_what_each_record_says_of_its_objects(tmp_path: Path) -> None:
    rows = [record(i, "A dog.", objects=objects) for i, objects in enumerate((["dog"], ["cat"], ["dog"]))]
    data = write(tmp_path / "data.json", [*rows, record(4, "A dog.")])
    scored = run(data, tmp_path / "run", Objects())
    assert column(scored, "objects.hallucinated") == [0, 1, 0, None]
    assert scored.status("objects").tolist() == ["ok", "ok", "ok", "not_applicable"]
    assert computed(scored) == {"annotated_objects": 3}


def test_editing_the_annotations_of_a_record_changes_its_score(tmp_path: Path) -> None:
    data = write(tmp_path / "data.json", [record(1, "A dog.", objects=["dog"])])
    assert column(run(data, tmp_path / "one", Objects()), "objects.hallucinated") == [0]
    write(data, [record(1, "A dog.", objects=["cat"])])
    assert column(run(data, tmp_path / "two", Objects()), "objects.hallucinated") == [1]


def test_the_vector_is_finite_for_every_sample() -> None:
    assert np.isfinite(vector(Sample("empty"))).all()
