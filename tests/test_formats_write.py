"""A subset is written byte for byte, in the order asked for, whole or not at all."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlitq.format import FormatError
from vlitq.formats.llava import Llava
from vlitq.sample import Span

# Odd spacing, an unknown field, escapes, a key twice, a float as no printer writes it, bytes that are not UTF-8.
FIRST = rb'{ "id":"1" ,"x": 1.0e5, "x":2, "t":"\u00e9\/' + b"\xff" + rb'" , "conversations" : [ ]}'
SECOND = '{"id": "2", "conversations": [], "note": "中😀"}'.encode()
THIRD = b'{"id": "3", "conversations": [],\t"n": {"deep": [NaN, -0.0, 1E400]}}'
ARRAY = b"[\n  " + b"  ,\n  ".join([FIRST, SECOND, THIRD]) + b"]"
LINES = b"\xef\xbb\xbf" + b"\r\n\r\n".join([FIRST, SECOND, THIRD])


def source(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "source.json"
    path.write_bytes(data)
    return path


def spans(path: Path) -> list[Span]:
    return [row.span for row in Llava().read(path)]


def test_an_array_stays_an_array_of_the_same_bytes(tmp_path: Path) -> None:
    path, target = source(tmp_path, ARRAY), tmp_path / "subset.json"
    first, _, third = spans(path)
    Llava().write(path, [third, first], target)
    assert target.read_bytes() == b"[\n" + THIRD + b",\n" + FIRST + b"\n]\n"
    assert [row.sample.id for row in Llava().read(target)] == ["3", "1"]


def test_lines_stay_lines_of_the_same_bytes(tmp_path: Path) -> None:
    path, target = source(tmp_path, LINES), tmp_path / "subset.jsonl"
    first, second, _ = spans(path)
    Llava().write(path, [second, first], target)
    assert target.read_bytes() == SECOND + b"\n" + FIRST + b"\n"


@pytest.mark.parametrize(("data", "empty"), [(ARRAY, []), (LINES, None)])
def test_no_records_make_a_file_of_none(tmp_path: Path, data: bytes, empty: list[object] | None) -> None:
    path, target = source(tmp_path, data), tmp_path / "subset.json"
    Llava().write(path, [], target)
    assert (json.loads(target.read_bytes()) if target.read_bytes() else None) == empty


@given(
    st.lists(st.dictionaries(st.text(), st.text() | st.floats() | st.integers(), max_size=3), min_size=1, max_size=5)
)
@settings(max_examples=40, deadline=None)
def test_writing_every_record_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, extras: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    records = [{"conversations": [], **extra} for extra in extras]
    path = folder / "source.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    Llava().write(path, spans(path), folder / "copy.json")
    assert repr(json.loads((folder / "copy.json").read_bytes())) == repr(records)


def test_the_source_is_never_overwritten(tmp_path: Path) -> None:
    path = source(tmp_path, ARRAY)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    for target in (path, link, tmp_path / "." / "source.json"):
        with pytest.raises(FormatError, match="would overwrite"):
            Llava().write(path, spans(path), target)
    assert path.read_bytes() == ARRAY


def test_an_existing_file_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    path, target = source(tmp_path, ARRAY), tmp_path / "subset.json"
    target.write_text("the old subset")
    with pytest.raises(FormatError, match="not a whole record"):
        Llava().write(path, [*spans(path), Span(len(ARRAY) - 3, 100)], target)
    assert target.read_text() == "the old subset"
    assert sorted(tmp_path.iterdir()) == [path, target]


def test_an_invalid_row_is_not_written(tmp_path: Path) -> None:
    path = source(tmp_path, ARRAY[:-10])
    with pytest.raises(FormatError, match="the row is invalid, or the file has changed"):
        Llava().write(path, spans(path), tmp_path / "subset.json")
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    path, target = source(tmp_path, ARRAY), tmp_path / "new" / "subset.json"
    Llava().write(path, spans(path), target)
    assert len(spans(target)) == 3


def test_a_subset_can_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    path, target = source(tmp_path, ARRAY), tmp_path / "subset.json"
    umask = os.umask(0o022)
    try:
        Llava().write(path, spans(path), target)
    finally:
        os.umask(umask)
    assert target.stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    path, target = source(tmp_path, ARRAY), tmp_path / "subset.json"
    part = tmp_path / f".subset.json.{os.getpid()}.part"
    part.symlink_to("/dev/full")
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        Llava().write(path, spans(path), target)
    assert list(tmp_path.iterdir()) == [path]
