"""What users really feed it: each fault has a status and a clear reason, and the rest of the run is intact."""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from worlds import Length, Red, colour, column, record, run, write

import vlitq
from vlitq.cli import main
from vlitq.format import FormatError
from vlitq.images import PIXEL_LIMIT
from vlitq.store import Run

GOOD = (255, 0, 0)


def both(data: Path) -> Run:
    """The run of an image and a text scorer over a dataset."""
    return run(data, data.parent / "run", Red(), Length())


def among_good(folder: Path, image: str) -> Run:
    """The run of three samples, of which the second names the image in question."""
    colour(folder / "good.png", GOOD)
    names = ["good.png", image, "good.png"]
    scored = both(write(folder / "data.json", [record(i, images=[name]) for i, name in enumerate(names)]))
    assert len(scored) == 3
    assert column(scored, "red.mean")[::2] == [1.0, 1.0], "the others are scored"
    assert set(scored.status("length")) == {"ok"}, "texts do not suffer from images"
    return scored


# The file


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("hello, world", "not JSON: .*it starts with b'hello, world'"),
        ('"a string"', "its top level is a string"),
        ("17", "its top level is a number"),
        ('{"data": [{"id": 1}]}', "no format knows records with the fields 'data'|its top level is one object"),
        ("[1, 2, 3]", "its records are not objects"),
        ("[]", "the array is empty"),
        ('[{"id": 1, "text": "no turns"}]', "no format knows records with the fields 'id', 'text'"),
    ],
)
def test_a_file_that_is_no_dataset_is_refused_by_name_and_no_folder_is_made(
    tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "data.json").write_text(text)
    with pytest.raises(FormatError, match=rf"(?s)data\.json: .*({told})"):
        vlitq.score(tmp_path / "data.json", out=tmp_path / "run", scorers=["complexity"], device="cpu", quiet=True)
    assert not (tmp_path / "run").exists()


def test_the_command_line_says_it_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data.json").write_text("hello")
    assert (
        main(
            [
                "score",
                str(tmp_path / "data.json"),
                "--out",
                str(tmp_path / "run"),
                "--device",
                "cpu",
                "--scorers",
                "complexity",
            ]
        )
        == 2
    )
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("vlitq: ")
    assert "not JSON" in line


def test_an_array_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    data = write(tmp_path / "data.json", [record(i) for i in range(3)])
    data.write_bytes(data.read_bytes()[:-30])
    scored = both(data)
    assert scored.status("length").tolist() == ["ok", "ok", "invalid"]
    reason = scored.rows()["reason"][2].as_py()
    assert reason.startswith("not JSON: the file is cut off within this record")
    assert "at byte" in reason


def test_a_bad_line_costs_itself(tmp_path: Path) -> None:
    lines = [json.dumps(record(0)), '{"id": "s1", "conver', json.dumps(record(2))]
    (tmp_path / "data.jsonl").write_text("\n".join(lines))
    scored = both(tmp_path / "data.jsonl")
    assert scored.status("length").tolist() == ["ok", "invalid", "ok"]
    assert column(scored, "id") == ["s0", "row-000001", "s2"]


# The record


def test_missing_empty_and_repeated_ids_are_rows_of_their_own(tmp_path: Path) -> None:
    records = [record(0), record(1), record(2), record(0)]
    del records[1]["id"]
    records[2]["id"] = ""
    scored = both(write(tmp_path / "data.json", records))
    assert column(scored, "id") == ["s0", "row-000001", "row-000002", "s0"]
    assert set(scored.status("length")) == {"ok"}
    assert scored.manifest["repeated_ids"] == 1


def test_turns_out_of_order_are_told_and_scored(tmp_path: Path) -> None:
    twisted = record(1)
    twisted["conversations"].reverse()
    scored = both(write(tmp_path / "data.json", [record(0), twisted]))
    assert column(scored, "status") == ["ok", "role_order"]
    assert scored.rows()["reason"][1].as_py() == "human and assistant do not alternate: assistant, human"
    assert set(scored.status("length")) == {"ok"}


def test_markers_unlike_the_images_are_told_and_scored(tmp_path: Path) -> None:
    colour(tmp_path / "good.png", GOOD)
    unlike = record(1, images=["good.png", "good.png"])
    unlike["image"] = "good.png"
    scored = both(write(tmp_path / "data.json", [record(0, images=["good.png"]), unlike]))
    assert column(scored, "status") == ["ok", "image_count"]
    assert scored.rows()["reason"][1].as_py() == "2 <image> markers, 1 image"
    assert column(scored, "red.mean") == [1.0, 1.0]


# The image: what cannot be read


def test_a_missing_image(tmp_path: Path) -> None:
    scored = among_good(tmp_path, "gone.png")
    assert scored.status("red").tolist() == ["ok", "missing_image", "ok"]
    assert scored.scores("red")["reason"][1].as_py().startswith("gone.png is missing")
    assert column(scored, "status") == ["ok", "missing_image", "ok"]


def _truncated(path: Path) -> None:
    Image.effect_noise((64, 64), 50).save(path, "PNG")
    path.write_bytes(path.read_bytes()[:600])


def _bomb(path: Path) -> None:
    side = int(PIXEL_LIMIT**0.5) + 1
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b""))
    packed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(packed))


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "truncated": (_truncated, "bad.png: cannot be decoded: OSError: "),
    "zero bytes": (Path.touch, "bad.png has zero bytes"),
    "not an image": (lambda path: path.write_text("<svg/>"), "bad.png: not an image in a known format"),
    "a decompression bomb": (_bomb, "against decompression bombs"),
}


@pytest.mark.parametrize("fault", UNREADABLE)
def test_an_image_that_cannot_be_read(tmp_path: Path, fault: str) -> None:
    make, told = UNREADABLE[fault]
    make(tmp_path / "bad.png")
    scored = among_good(tmp_path, "bad.png")
    assert scored.status("red").tolist() == ["ok", "unreadable_image", "ok"]
    assert told in scored.scores("red")["reason"][1].as_py()
    assert column(scored, "red.mean")[1] is None


# The image: what is odd, and fine


def _rotated(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 16), GOOD).save(path, exif=exif)


def _animated(path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), shade) for shade in (GOOD, (0, 0, 255))]
    frames[0].save(path, save_all=True, append_images=frames[1:])


def _palette_with_alpha(path: Path) -> None:
    Image.new("RGB", (8, 8), GOOD).quantize().save(path, transparency=0)


FINE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "1×1": ("a.png", Image.new("RGB", (1, 1), GOOD).save),
    "20,000×1": ("a.png", Image.new("RGB", (20_000, 1), GOOD).save),
    "CMYK": ("a.jpg", Image.new("RGB", (8, 8), GOOD).convert("CMYK").save),
    "palette with alpha": ("a.png", _palette_with_alpha),
    "16-bit": ("a.png", Image.new("I;16", (8, 8), 65535).save),
    "animated": ("a.gif", _animated),
    "rotated by EXIF": ("a.jpg", _rotated),
}


@pytest.mark.parametrize("kind", FINE)
def test_an_odd_image_is_scored(tmp_path: Path, kind: str) -> None:
    name, make = FINE[kind]
    make(tmp_path / name)
    scored = among_good(tmp_path, name)
    assert set(scored.status("red")) == {"ok"}
    assert column(scored, "red.mean")[1] == pytest.approx(1, abs=0.01)


# The path


@pytest.mark.parametrize("path", ["../secret.png", "a/../../secret.png", "{outside}/secret.png", "link.png"])
def test_a_path_out_of_the_root_is_never_read(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    colour(tmp_path / "secret.png", GOOD)
    (root / "a").mkdir(parents=True)
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    scored = among_good(root, path.format(outside=tmp_path))
    assert scored.status("red").tolist() == ["ok", "unsafe_path", "ok"]
    assert "leads out of the image root" in scored.scores("red")["reason"][1].as_py()


def test_a_path_that_is_not_utf8_is_found_or_told(tmp_path: Path) -> None:
    colour(tmp_path / "good.png", GOOD)
    (tmp_path / "good.png").rename(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    colour(tmp_path / "good.png", GOOD)
    lines = [json.dumps(record(i, images=[name])).encode() for i, name in enumerate(["good.png", "X", "Y"])]
    data = tmp_path / "data.jsonl"
    data.write_bytes(b"\n".join(lines).replace(b'"X"', b'"caf\xe9.png"').replace(b'"Y"', b'"th\xe9.png"'))
    scored = both(data)
    assert scored.status("red").tolist() == ["ok", "ok", "missing_image"]
    assert "is missing" in scored.scores("red")["reason"][2].as_py()
    assert set(scored.status("length")) == {"ok"}


@pytest.mark.parametrize("path", ["nul\0.png", "x" * 5000, "https://example.org/a.png", ".", "\ud800.png"])
def test_a_path_that_no_file_can_have(tmp_path: Path, path: str) -> None:
    assert among_good(tmp_path, path).status("red")[1] in {"missing_image", "unsafe_path"}


def test_every_fault_at_once_loses_no_row(tmp_path: Path) -> None:
    names = []
    for i, make in enumerate(make for make, _ in UNREADABLE.values()):
        make(tmp_path / f"{i}.png")
        names.append(f"{i}.png")
    colour(tmp_path / "good.png", GOOD)
    images = [*names, "gone.png", "../out.png", "good.png"]
    records = [*(record(i, images=[name]) for i, name in enumerate(images)), "no sample", {"id": "no turns"}, record(9)]
    scored = both(write(tmp_path / "data.json", records))
    assert len(scored) == len(records)
    assert scored.manifest["statuses"] == {
        "invalid": 2, "missing_image": 1, "ok": 2, "unreadable_image": 4, "unsafe_path": 1,
    }  # fmt: skip
    assert len(scored.unscored()) == 8 + 8 + 2, "as samples, for the image scorer, and the two for the text scorer"
