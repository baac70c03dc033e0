"""LLaVA and chat records become samples; what is wrong with one is said in its problems, and costs no other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from vlitq.format import Format, FormatError
from vlitq.formats.choice import choose
from vlitq.formats.llava import Llava
from vlitq.formats.messages import Messages
from vlitq.formats.plugin import vlitq_register_formats
from vlitq.sample import ImageRef, Sample, Turn
from vlitq.schema import Status

OWLEVAL = Path(__file__).parents[1] / ".." / "shared" / "data" / "owleval"
QUESTION = {"from": "human", "value": "<image>\nWhat is it?"}
ANSWER = {"from": "gpt", "value": "A cat."}
LLAVA = {"id": "1", "image": "coco/1.jpg", "conversations": [QUESTION, ANSWER]}
CHAT = {"id": "1", "messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]}


def read(tmp_path: Path, records: Sequence[Any], fmt: Format) -> list[Sample]:
    path = tmp_path / "data.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    return [row.sample for row in fmt.read(path)]


def llava(tmp_path: Path, **fields: Any) -> Sample:
    """LLaVA's sample of a record, with some fields replaced; None leaves one out."""
    record = {name: value for name, value in {**LLAVA, **fields}.items() if value is not None}
    return read(tmp_path, [record], Llava())[0]


def chat(tmp_path: Path, *contents: Any, images: Any = None) -> Sample:
    """The sample of a dialogue of these contents, user first."""
    roles = ("user", "assistant")
    messages = [{"role": roles[i % 2], "content": content} for i, content in enumerate(contents)]
    return read(tmp_path, [{"id": "1", "messages": messages, "images": images}], Messages())[0]


def problem(sample: Sample) -> tuple[Status, str]:
    [only] = sample.problems
    return only.status, only.reason


def test_a_llava_record_becomes_a_sample(tmp_path: Path) -> None:
    assert llava(tmp_path, ability="ocr") == Sample(
        "1",
        "coco",
        (ImageRef("coco/1.jpg"),),
        (Turn("human", "What is it?", markers=1), Turn("assistant", "A cat.")),
        {"ability": "ocr"},
    )


def test_a_record_of_text_alone_has_no_images_and_no_problem(tmp_path: Path) -> None:
    sample = llava(tmp_path, image=None, conversations=[{"from": "human", "value": "Why?"}, ANSWER])
    assert (sample.images, sample.source, sample.problems) == ((), None, ())


def test_several_images_and_turns_are_kept_in_order(tmp_path: Path) -> None:
    turns = [
        {"from": "human", "value": "<image>\n<image>\nCompare."},
        ANSWER,
        {"from": "human", "value": "Why?"},
        ANSWER,
    ]
    sample = llava(tmp_path, image=["a.jpg", "b.jpg"], conversations=turns)
    assert [image.path for image in sample.images] == ["a.jpg", "b.jpg"]
    assert [turn.markers for turn in sample.turns] == [2, 0, 0, 0]
    assert sample.problems == ()


@pytest.mark.parametrize("field", ["image", "images"])
@pytest.mark.parametrize("value", ["a.jpg", ["a.jpg"], {"path": "a.jpg"}, [{"url": "a.jpg", "bytes": None}]])
def test_an_image_is_named_by_a_string_or_an_object_alone_or_in_a_list(tmp_path: Path, field: str, value: Any) -> None:
    assert llava(tmp_path, **{"image": None, field: value}).images == (ImageRef("a.jpg"),)


@pytest.mark.parametrize("human", ["human", "user"])
@pytest.mark.parametrize("assistant", ["gpt", "assistant", "chatgpt", "bard", "bing", "model"])
def test_roles_are_known_by_the_names_datasets_use(tmp_path: Path, human: str, assistant: str) -> None:
    turns = [{"from": "system", "value": "Be brief."}, {**QUESTION, "from": human}, {**ANSWER, "from": assistant}]
    sample = llava(tmp_path, conversations=turns)
    assert [turn.role for turn in sample.turns] == ["system", "human", "assistant"]
    assert sample.problems == ()


@pytest.mark.parametrize(
    ("text", "stripped", "markers"),
    [
        ("<image>\nWhat?", "What?", 1),
        ("What?\n<image>", "What?", 1),
        ("<image>", "", 1),
        ("One.\n<image>\nTwo.", "One.\nTwo.", 1),
        ("One.\n<image>\n<image>\nTwo.", "One.\nTwo.", 2),
        ("Is <image> like <image>?", "Is  like ?", 2),
        (" kept as it is \n", " kept as it is \n", 0),
    ],
)
def test_markers_are_counted_and_taken_out_with_their_line(
    tmp_path: Path, text: str, stripped: str, markers: int
) -> None:
    sample = llava(tmp_path, conversations=[{"from": "human", "value": text}, ANSWER])
    assert sample.turns[0] == Turn("human", stripped, markers)


@pytest.mark.parametrize(("given", "read"), [("a", "a"), (7, "7"), (0, "0"), (["x", 1], "['x', 1]"), (True, "True")])
def test_an_id_is_text_whatever_it_was(tmp_path: Path, given: Any, read: str) -> None:
    assert llava(tmp_path, id=given).id == read


def test_a_missing_or_empty_id_is_the_place_in_the_file(tmp_path: Path) -> None:
    records = [{**LLAVA, "id": ""}, {"conversations": [QUESTION, ANSWER]}, {**LLAVA, "id": None}]
    assert [sample.id for sample in read(tmp_path, records, Llava())] == ["row-000000", "row-000001", "row-000002"]


def test_records_with_one_id_are_rows_of_their_own(tmp_path: Path) -> None:
    assert [sample.id for sample in read(tmp_path, [LLAVA, LLAVA], Llava())] == ["1", "1"]


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"source": "vqa", "dataset": "other"}, "vqa"),
        ({"source": 3, "dataset": "gqa"}, "gqa"),
        ({"data_source": "ocr"}, "ocr"),
        ({}, "coco"),
        ({"image": "1.jpg"}, None),
        ({"image": "/data/1.jpg"}, None),
        ({"image": "../1.jpg"}, None),
        ({"image": "https://host/1.jpg"}, None),
    ],
)
def test_the_source_is_a_field_or_else_the_folder_of_the_image(
    tmp_path: Path, fields: dict[str, Any], source: str | None
) -> None:
    assert llava(tmp_path, **fields).source == source


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"conversations": None}, "the record has no 'conversations'"),
        ({"conversations": "hello"}, "'conversations' is a string, not a list"),
        ({"conversations": []}, "'conversations' is empty"),
        ({"conversations": ["hello"]}, "turn 1 is a string, not an object"),
        ({"conversations": [QUESTION, {"from": "gpt"}]}, "turn 2 has no text: it is null, not a string"),
        ({"conversations": [QUESTION, {"from": "gpt", "value": 3}]}, "turn 2 has no text: it is a number"),
        ({"conversations": [{"from": "owl", "value": "x"}]}, "turn 1 has the unknown role 'owl'"),
        ({"conversations": [{"from": ["human"], "value": "x"}]}, "turn 1 has the unknown role ['human']"),
        ({"conversations": [{"value": "x"}]}, "turn 1 has the unknown role None"),
        ({"image": 3}, "entry 1 of 'image' is no path: it is 3"),
        ({"image": ["a.jpg", {"bytes": "abc"}]}, "entry 2 of 'image' is no path"),
    ],
)
def test_a_record_that_is_no_sample_is_invalid_and_keeps_its_id(
    tmp_path: Path, fields: dict[str, Any], reason: str
) -> None:
    good, bad = read(tmp_path, [LLAVA, {**LLAVA, "id": "bad", **fields}], Llava())
    assert good.problems == ()
    assert (bad.id, bad.valid, bad.turns, bad.images) == ("bad", False, (), ())
    status, said = problem(bad)
    assert status is Status.INVALID
    assert said.startswith(reason)


@pytest.mark.parametrize(("value", "what"), [(3, "a number"), (None, "null"), ([1], "a list"), ("x", "a string")])
def test_a_record_that_is_no_object_is_an_invalid_row(tmp_path: Path, value: Any, what: str) -> None:
    first, second = read(tmp_path, [value, LLAVA], Llava())
    assert problem(first) == (Status.INVALID, f"the record is {what}, not an object")
    assert (first.id, second.valid) == ("row-000000", True)


def test_an_array_cut_off_ends_with_an_invalid_row(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    path.write_text(json.dumps([LLAVA, LLAVA])[:-20], encoding="utf-8")
    first, last = [row.sample for row in Llava().read(path)]
    assert first.problems == ()
    assert last.id == "row-000001"
    status, reason = problem(last)
    assert status is Status.INVALID
    assert "cut off" in reason


@pytest.mark.parametrize("roles", ["hh", "ahaa", "h", "s", "hah", "hsa", "ah", "hasha"])
def test_turns_that_do_not_alternate_are_told_and_kept(tmp_path: Path, roles: str) -> None:
    names = {"h": "human", "a": "gpt", "s": "system"}
    turns = [{"from": names[role], "value": "x"} for role in roles]
    sample = llava(tmp_path, image=None, conversations=turns)
    assert problem(sample)[0] is Status.ROLE_ORDER
    assert len(sample.turns) == len(roles)
    assert sample.valid


@pytest.mark.parametrize(
    ("image", "value", "reason"),
    [
        ("a.jpg", "<image><image> What?", "2 <image> markers, 1 image"),
        (["a.jpg", "b.jpg"], "<image> What?", "1 <image> marker, 2 images"),
        (None, "<image> What?", "1 <image> marker, 0 images"),
        ("a.jpg", "What?", "0 <image> markers, 1 image"),
    ],
)
def test_markers_unlike_the_images_are_told_with_both_numbers(
    tmp_path: Path, image: Any, value: str, reason: str
) -> None:
    sample = llava(tmp_path, image=image, conversations=[{"from": "human", "value": value}, ANSWER])
    assert problem(sample) == (Status.IMAGE_COUNT, reason)


def test_one_record_can_have_two_problems(tmp_path: Path) -> None:
    sample = llava(tmp_path, image=None, conversations=[QUESTION])
    assert [found.status for found in sample.problems] == [Status.ROLE_ORDER, Status.IMAGE_COUNT]


def test_lone_surrogates_leave_texts_and_stay_in_paths(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(
        rb'{"id": "\ud800", "source": "s' + b"\xff" + rb'", "image": "caf' + b"\xe9" + rb'.jpg", "conversations": '
        rb'[{"from": "human", "value": "<image>\udc00 \ud83d\ude00"}, {"from": "gpt", "value": "' + b"\xe9" + rb'"}]}'
    )
    [row] = Llava().read(path)
    sample = row.sample
    assert (sample.id, sample.source) == ("\ufffd", "s\ufffd")
    assert [turn.text for turn in sample.turns] == ["\ufffd 😀", "\ufffd"]
    assert sample.images == (ImageRef("caf\udce9.jpg"),)


def test_a_chat_record_becomes_a_sample(tmp_path: Path) -> None:
    [sample] = read(tmp_path, [CHAT], Messages())
    assert sample == Sample("1", turns=(Turn("human", "Why?"), Turn("assistant", "So.")))


def test_typed_parts_are_text_and_markers(tmp_path: Path) -> None:
    content = [{"type": "image"}, {"type": "text", "text": "What is it?"}, {"type": "text", "text": "Say."}]
    sample = chat(tmp_path, content, "A cat.", images=["a.jpg"])
    assert sample.turns[0] == Turn("human", "What is it?\nSay.", markers=1)
    assert (sample.images, sample.problems) == ((ImageRef("a.jpg"),), ())


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image", "image": "a.jpg"},
        {"type": "image", "path": "a.jpg"},
        {"type": "image", "url": "a.jpg"},
        {"type": "image_url", "image_url": {"url": "a.jpg"}},
        {"type": "image_url", "image_url": "a.jpg"},
    ],
)
def test_a_part_may_name_its_image(tmp_path: Path, part: dict[str, Any]) -> None:
    sample = chat(tmp_path, [part, "What?"], "A cat.")
    assert (sample.images, sample.turns[0].markers, sample.problems) == ((ImageRef("a.jpg"),), 1, ())


def test_images_come_in_the_order_they_are_shown(tmp_path: Path) -> None:
    first = [{"type": "image"}, {"type": "image", "path": "named.jpg"}, {"type": "text", "text": "Or <image>?"}]
    sample = chat(tmp_path, first, "Both.", images=["listed1.jpg", "listed2.jpg"])
    assert [image.path for image in sample.images] == ["listed1.jpg", "named.jpg", "listed2.jpg"]
    assert (sample.turns[0].markers, sample.problems) == (3, ())


def test_chat_images_need_no_marker(tmp_path: Path) -> None:
    assert chat(tmp_path, "What?", "A cat.", images=["a.jpg"]).problems == ()


def test_chat_markers_unlike_the_images_are_told(tmp_path: Path) -> None:
    sample = chat(tmp_path, [{"type": "image"}, {"type": "image"}], "Cats.", images=["a.jpg"])
    assert problem(sample) == (Status.IMAGE_COUNT, "2 <image> markers, 1 image")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "turn 1 has no text: its 'content' is null"),
        (5, "turn 1 has no text: its 'content' is a number"),
        (
            [{"type": "video", "video": "a.mp4"}],
            "turn 1 has a part that is neither text nor an image: {'type': 'video'",
        ),
        ([{"type": "text"}], "turn 1 has a part that is neither text nor an image"),
        ([3], "turn 1 has a part that is neither text nor an image: 3"),
        ([{"type": ["text"]}], "turn 1 has a part that is neither text nor an image"),
    ],
)
def test_content_that_is_neither_text_nor_parts_is_invalid(tmp_path: Path, content: Any, reason: str) -> None:
    status, said = problem(chat(tmp_path, content, "So."))
    assert status is Status.INVALID
    assert said.startswith(reason)


@pytest.mark.parametrize("lines", [True, False])
@pytest.mark.parametrize(("record", "name"), [(LLAVA, "llava"), (CHAT, "messages")])
def test_each_schema_is_recognised_in_both_containers(
    tmp_path: Path, record: dict[str, Any], name: str, lines: bool
) -> None:
    path = tmp_path / "data"
    path.write_text(json.dumps(record) + "\n" if lines else json.dumps([record]), encoding="utf-8")
    formats = list(vlitq_register_formats())
    assert [fmt.name for fmt in formats if fmt.matches(path)] == [name]
    assert choose(formats, path).name == name


def test_a_format_is_recognised_behind_damaged_records(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps([3, {"id": "x"}, LLAVA]), encoding="utf-8")
    assert Llava().matches(path)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("", "the file is empty"),
        ("[]", "the array is empty"),
        ("[1, 2]", "its records are not objects"),
        ('[{"a": ', "cut off"),
        ('{"data": [1]}', "no format knows records with the fields 'data'; the formats are: llava, messages"),
        ("a,b\n1,2\n", "not JSON"),
    ],
)
def test_a_file_that_no_format_reads_is_refused_with_what_it_holds(tmp_path: Path, data: str, what: str) -> None:
    path = tmp_path / "data.json"
    path.write_text(data, encoding="utf-8")
    with pytest.raises(FormatError, match=what):
        choose(vlitq_register_formats(), path)


def test_one_object_as_the_whole_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text('{"data": []}', encoding="utf-8")
    with pytest.raises(FormatError, match="its top level is one object without 'conversations'"):
        Llava().read(path)


@pytest.mark.skipif(not OWLEVAL.exists(), reason="the OwlEval data is not beside this checkout")
def test_owleval_is_read_whole() -> None:
    samples = [row.sample for row in Llava().read(OWLEVAL / "owleval.json")]
    assert len(samples) == len({sample.id for sample in samples}) == 492
    assert len({sample.source for sample in samples}) == 6
    assert all(sample.problems == () and len(sample.images) == 1 for sample in samples)


@pytest.mark.parametrize("lines", [True, False])
def test_rows_that_are_not_wanted_are_none_and_the_others_as_before(tmp_path: Path, lines: bool) -> None:
    path = tmp_path / "data"
    records = [json.dumps({**LLAVA, "id": number}) for number in range(5)]
    path.write_text("\n\n".join(records) if lines else f"[{', '.join(records)}]", encoding="utf-8")
    whole = list(Llava().read(path))
    assert list(Llava().read(path, lambda number: number in {1, 4})) == [None, whole[1], None, None, whole[4]]
