"""JSON arrays and JSON lines are read as streams: every record with its place, whatever is wrong with the file."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlitq.format import FormatError
from vlitq.formats import json_array, json_stream
from vlitq.formats.json_stream import container, records
from vlitq.formats.json_value import Record

Make = Callable[[bytes], Path]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A file of the bytes given."""

    def write(data: bytes) -> Path:
        path = tmp_path / "data.json"
        path.write_bytes(data)
        return path

    return write


def bytes_at(path: Path, record: Record) -> bytes:
    return path.read_bytes()[record.span.offset : record.span.offset + record.span.length]


def readable(path: Path) -> list[Any]:
    return [record.value for record in records(path) if record.error is None]


def errors(path: Path) -> list[str]:
    return [record.error for record in records(path) if record.error is not None]


def test_the_records_of_an_array_come_in_order_each_with_its_bytes(make: Make) -> None:
    path = make(b'[\n {"a": 1 } ,\t{"b":"x"}\r\n]\n')
    assert readable(path) == [{"a": 1}, {"b": "x"}]
    assert [bytes_at(path, record) for record in records(path)] == [b'{"a": 1 }', b'{"b":"x"}']


def test_the_records_of_lines_come_in_order_each_with_its_bytes(make: Make) -> None:
    path = make(b'  {"a": 1 } \n{"b":"x"}')
    assert [bytes_at(path, record) for record in records(path)] == [b'{"a": 1 }', b'{"b":"x"}']


def test_blank_lines_and_windows_line_ends_are_passed_over(make: Make) -> None:
    path = make(b'\r\n{"a": 1}\r\n\r\n  \r\n{"b": 2}\r\n')
    assert [bytes_at(path, record) for record in records(path)] == [b'{"a": 1}', b'{"b": 2}']


@pytest.mark.parametrize("text", [b'[{"a": 1}]', b'{"a": 1}\n'])
def test_a_byte_order_mark_belongs_to_no_record(make: Make, text: bytes) -> None:
    path = make(b"\xef\xbb\xbf" + text)
    assert [bytes_at(path, record) for record in records(path)] == [b'{"a": 1}']


def test_spans_count_bytes_not_characters(make: Make) -> None:
    path = make('[{"a": "中😀é"}, {"b": 1}]'.encode())
    assert [bytes_at(path, record) for record in records(path)] == ['{"a": "中😀é"}'.encode(), b'{"b": 1}']


@pytest.mark.parametrize("wrap", [b"[%s]", b"%s\n"])
def test_bytes_that_are_not_utf8_survive_as_lone_surrogates(make: Make, wrap: bytes) -> None:
    path = make(wrap % b'{"a": "\xff\xe4"}')
    [record] = records(path)
    assert record.value == {"a": "\udcff\udce4"}
    assert bytes_at(path, record) == b'{"a": "\xff\xe4"}'


def test_an_empty_array_has_no_records(make: Make) -> None:
    assert list(records(make(b" [ ] \n"))) == []


@given(
    data=st.lists(values, max_size=6), chunk=st.integers(1, 40), ascii=st.booleans(), indent=st.sampled_from([None, 1])
)
@settings(max_examples=80, deadline=None)
def test_the_size_of_the_chunks_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: list[Any], chunk: int, ascii: bool, indent: int | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "chunks.json"
    path.write_bytes(json.dumps(data, ensure_ascii=ascii, indent=indent).encode("utf-8", "surrogatepass"))
    read = list(records(path, chunk))
    assert repr(read) == repr(list(records(path)))  # by text: NaN equals nothing
    assert [repr(json.loads(bytes_at(path, record))) for record in read] == [repr(value) for value in data]


@given(data=st.binary(max_size=60), chunk=st.integers(1, 20))
@settings(max_examples=150, deadline=None)
def test_any_bytes_after_a_bracket_are_read_to_the_end(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, chunk: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.json"
    path.write_bytes(b'[{"a": 1},' + data)
    read = list(records(path, chunk))
    assert read == list(records(path))
    assert read[0].value == {"a": 1}


@given(cut=st.integers(1, 99), chunk=st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_an_array_cut_anywhere_keeps_what_is_whole_and_ends_with_one_error(
    tmp_path_factory: pytest.TempPathFactory, cut: int, chunk: int
) -> None:
    first = b'{"a": "x\\u00e9\\ud83d\\ude00", "b": -1.5e-10}'
    second, third = b'{"c": [true, null, -Infinity]}', b'{"d": {"e": "f"}}'
    whole = b"[" + b", ".join([first, second, third]) + b"]"
    ends = [whole.index(record) + len(record) for record in (first, second, third)]
    path = tmp_path_factory.getbasetemp() / "cut.json"
    path.write_bytes(whole[: min(cut, len(whole) - 1)])
    *good, last = records(path, chunk)
    assert all(record.error is None for record in good)
    assert len(good) == sum(end <= cut for end in ends)
    assert last.error is not None
    assert last.span.offset + last.span.length == path.stat().st_size


def test_a_cut_array_says_where_it_ends(make: Make) -> None:
    path = make(b'[{"a": 1}, {"b": "tru')
    assert readable(path) == [{"a": 1}]
    [error] = errors(path)
    assert "cut off within this record" in error
    assert "of 21" in error


def test_an_array_without_its_bracket_says_so(make: Make) -> None:
    path = make(b'[{"a": 1}\n')
    assert readable(path) == [{"a": 1}]
    assert errors(path) == ["not JSON: the array is not closed, at byte 10 of 10; the rest of the file cannot be read"]


def test_a_fault_in_an_array_is_told_with_its_byte(make: Make) -> None:
    path = make('[{"a": "é"}, {"b" 2}, {"c": 3}]'.encode())
    assert readable(path) == [{"a": "é"}]
    assert errors(path) == ["not JSON: Expecting ':' delimiter, at byte 19 of 32; the rest of the file cannot be read"]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'[{"a": 1} {"b": 2}]', "',' or ']' expected, not '{'"),
        (b'[{"a": 1}, ]', "Expecting value"),
        (b'[{"a": 1}]\n{"b": 2}', "more after the end of the array"),
    ],
)
def test_what_stands_between_or_after_records_is_a_fault(make: Make, data: bytes, what: str) -> None:
    path = make(data)
    assert readable(path) == [{"a": 1}]
    assert what in errors(path)[0]


def test_a_bad_line_is_one_error_and_the_others_go_on(make: Make) -> None:
    path = make(b'{"a": 1}\n{"b": \n{"c": 3}\n{"d": 4} x\n')
    assert readable(path) == [{"a": 1}, {"c": 3}]
    assert errors(path) == [
        "not JSON: Expecting value, at byte 14",
        "not JSON: there is more after the end of the record, at byte 33",
    ]


def test_a_first_line_that_is_damaged_costs_only_itself(make: Make) -> None:
    path = make(b'{"a": \n{"b": 2}\n')
    assert container(path) == "lines"
    assert readable(path) == [{"b": 2}]


def test_records_too_deeply_nested_are_errors(make: Make) -> None:
    deep = b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    [error] = errors(make(deep + b'\n{"b": 1}\n'))
    assert "nested too deeply" in error
    path = make(b'[{"b": 1}, ' + deep + b"]")
    assert readable(path) == [{"b": 1}]
    assert "nested too deeply" in errors(path)[0]


@pytest.mark.parametrize("wrap", [b"[%s]", b"%s\n"])
def test_a_number_of_too_many_digits_stays_text(make: Make, wrap: bytes) -> None:
    [record] = records(make(wrap % (b'{"a": ' + b"1" * 5000 + b', "b": 2}')))
    assert record.value == {"a": "1" * 5000, "b": 2}


def test_a_record_past_the_limit_ends_an_array(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "RECORD_LIMIT", 1000)
    path = make(b'[{"a": 1}, {"b": "' + b"x" * 5000)
    assert [record.value for record in records(path, chunk=100)] == [{"a": 1}, None]
    assert "longer than 1000 bytes" in errors(path)[0]


def test_a_line_past_the_limit_costs_only_itself(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "RECORD_LIMIT", 1000)
    path = make(b'{"a": 1}\n{"b": "' + b"x" * 50_000 + b'"}\n{"c": 3}')
    assert readable(path) == [{"a": 1}, {"c": 3}]
    assert "longer than 1000 bytes, at byte 9" in errors(path)[0]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b" \n\r\n\t ", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b'"text"', "top level is a string"),
        (b"42\n", "top level is a number"),
        (b"null", "top level is null"),
        (b'{\n "data": [\n {"a": 1}\n ]\n}\n', "top level is an object over several lines"),
        (b"PAR1\x15\x04\x15", "it is Parquet, which is not read: write its rows as JSON lines"),
        (b"id,image\n1,a.jpg\n", "not JSON: Expecting value, at byte 0; it starts with b'id,image"),
        (b"<html></html>", "not JSON"),
        (b"\x1f\x8b\x08\x00\x00", "not JSON"),
        ('[{"a": 1}]'.encode("utf-16"), "not JSON"),
    ],
)
def test_a_file_without_records_is_refused_with_what_it_is(make: Make, data: bytes, what: str) -> None:
    path = make(data)
    with pytest.raises(FormatError) as raised:
        records(path)
    assert what in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="No such file"):
        records(tmp_path / "none.json")
    with pytest.raises(FormatError, match="directory"):
        records(tmp_path)


@pytest.mark.parametrize(("before", "between", "after"), [(b"[\n", b",\n", b"\n]\n"), (b"", b"\n", b"\n")])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, before: bytes, between: bytes, after: bytes) -> None:
    path = tmp_path / "large.json"
    record = json.dumps({"id": "x", "conversations": [{"from": "human", "value": "é" * 3000}]}, ensure_ascii=False)
    path.write_bytes(before + between.join([record.encode()] * 5000) + after)
    assert path.stat().st_size > 30_000_000
    tracemalloc.start()
    count = sum(1 for _ in records(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5000
    assert peak < 3_000_000
