"""Images are found inside their root, read within limits, and decoded to upright RGB, or refused with a reason."""

from __future__ import annotations

import io
import os
import pickle
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vlitq import images
from vlitq.images import ImageError, decode, digest, locate, read
from vlitq.sample import ImageRef
from vlitq.schema import Array, Status

RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with one image in a folder."""
    (tmp_path / "root" / "coco").mkdir(parents=True)
    Image.new("RGB", (4, 3), RED).save(tmp_path / "root" / "coco" / "1.png")
    return tmp_path / "root"


def refusal(root: Path, path: str) -> tuple[Status, str]:
    with pytest.raises(ImageError) as raised:
        locate(root, ImageRef(path))
    return raised.value.status, raised.value.reason


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def unreadable(data: bytes) -> str:
    with pytest.raises(ImageError) as raised:
        decode(data)
    assert raised.value.status is Status.UNREADABLE_IMAGE
    return raised.value.reason


def pixels(data: bytes) -> Array:
    image = decode(data)
    assert image.mode == "RGB"
    return np.asarray(image)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))


@pytest.mark.parametrize("path", ["coco/1.png", "./coco/1.png", "coco//1.png", "coco/../coco/1.png"])
def test_a_path_under_the_root_is_found(root: Path, path: str) -> None:
    assert locate(root, ImageRef(path)).samefile(root / "coco" / "1.png")


def test_an_absolute_path_and_a_link_inside_the_root_are_found(root: Path) -> None:
    (root / "link.png").symlink_to("coco/1.png")
    (root / "folder").symlink_to(root / "coco")
    for path in (str(root / "coco" / "1.png"), "link.png", "folder/1.png"):
        assert locate(root, ImageRef(path)) == root.resolve() / "coco" / "1.png"


def test_a_root_that_is_itself_a_link_is_a_root(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root)
    (root / "link.png").symlink_to(root / "coco" / "1.png")
    for path in ("coco/1.png", "link.png", str(tmp_path / "alias" / "coco" / "1.png")):
        assert locate(tmp_path / "alias", ImageRef(path)).samefile(root / "coco" / "1.png")


def test_what_leads_out_of_the_root_is_unsafe(root: Path, tmp_path: Path) -> None:
    (tmp_path / "rooted").mkdir()  # a neighbour whose name begins like the root's
    (tmp_path / "rooted" / "secret.png").touch()
    (root / "file.png").symlink_to(tmp_path / "rooted" / "secret.png")
    (root / "folder").symlink_to(tmp_path / "rooted")
    outside = str(tmp_path / "rooted" / "secret.png")
    paths = (
        "../rooted/secret.png",
        "coco/../../none.png",
        outside,
        "/etc/passwd",
        "file.png",
        "folder/secret.png",
        "..",
    )
    for path in paths:
        status, reason = refusal(root, path)
        assert status is Status.UNSAFE_PATH
        assert "leads out of the image root" in reason


def test_a_nul_in_a_path_is_unsafe(root: Path) -> None:
    assert refusal(root, "a\0b.png") == (Status.UNSAFE_PATH, "a\\0b.png holds a NUL character")


def test_a_missing_image_is_told_and_a_like_named_one_is_pointed_at(root: Path) -> None:
    assert refusal(root, "coco/2.png") == (Status.MISSING_IMAGE, "coco/2.png is missing")
    assert refusal(root, "coco/1.jpg") == (Status.MISSING_IMAGE, "coco/1.jpg is missing; 1.png is there")


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("", "empty path"),
        ("coco", "is a folder"),
        (".", "is a folder"),
        ("coco/1.png/2.png", "is missing"),
        ("x" * 5000, "cannot be found: File name too long"),
        ("http://host/1.png", "vlitq does not fetch"),
        ("HTTPS://host/1.png", "vlitq does not fetch"),
        ("data:image/png;base64,AAAA", "vlitq does not fetch"),
        ("\ud800.png", "no name that a file can have"),
    ],
)
def test_what_names_no_file_is_missing(root: Path, path: str, what: str) -> None:
    status, reason = refusal(root, path)
    assert status is Status.MISSING_IMAGE
    assert what in reason
    assert len(reason) < 300


def test_a_dangling_link_and_a_loop_of_links_are_missing(root: Path) -> None:
    (root / "dangling.png").symlink_to("none.png")
    (root / "loop.png").symlink_to("loop.png")
    assert refusal(root, "dangling.png")[0] is Status.MISSING_IMAGE
    assert refusal(root, "loop.png")[0] is Status.MISSING_IMAGE


def test_a_name_that_is_not_utf8_is_found_and_its_reason_can_be_encoded(root: Path) -> None:
    (root / os.fsdecode(b"caf\xe9.png")).touch()
    assert locate(root, ImageRef("caf\udce9.png")).exists()
    _, reason = refusal(root, "th\udce9.png")
    assert reason.encode() == b"th\\udce9.png is missing"


def test_the_bytes_of_a_file_are_read(root: Path) -> None:
    path = root / "coco" / "1.png"
    assert read(path) == path.read_bytes()


def test_what_is_empty_too_large_or_no_file_is_not_read(root: Path) -> None:
    (root / "empty.jpg").touch()
    os.mkfifo(root / "pipe.jpg")
    for path, limit, what in (
        (root / "empty.jpg", 10, "empty.jpg has zero bytes"),
        (root / "coco" / "1.png", 10, "the limit is 10"),
        (root / "pipe.jpg", 10, "pipe.jpg is not a regular file"),
        (root / "coco", 10, "coco is not a regular file"),
        (root / "none.jpg", 10, "none.jpg cannot be read: No such file"),
    ):
        with pytest.raises(ImageError, match=what) as raised:
            read(path, limit)
        assert raised.value.status is Status.UNREADABLE_IMAGE


def test_a_digest_is_of_the_content_and_16_bytes() -> None:
    assert digest(b"a") == digest(b"a") != digest(b"b")
    assert len(digest(b"")) == 16


def test_an_error_crosses_process_borders() -> None:
    error = pickle.loads(pickle.dumps(ImageError(Status.UNSAFE_PATH, "why")))
    assert (error.status, error.reason, str(error)) == (Status.UNSAFE_PATH, "why", "why")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "PPM", "WEBP"])
@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000), (5, 3)])
def test_every_raster_format_and_shape_is_decoded(kind: str, size: tuple[int, int]) -> None:
    size = (min(size[0], 16_383), min(size[1], 16_383)) if kind == "WEBP" else size  # WebP goes no further
    decoded = pixels(encoded(Image.new("RGB", size, RED), kind))
    assert decoded.shape == (size[1], size[0], 3)
    assert np.abs(decoded.astype(int) - RED).max() <= 2


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "1", "CMYK", "P", "YCbCr"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    image = Image.new("RGB", (4, 4), (255, 255, 255)).convert(mode)
    kind = "TIFF" if mode in {"CMYK", "YCbCr"} else "PNG"
    assert (pixels(encoded(image, kind)) >= 254).all()


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    decoded = pixels(encoded(Image.new("RGB", (8, 8), RED).convert("CMYK"), "JPEG"))
    assert np.abs(decoded.astype(int) - RED).max() <= 4


def test_alpha_is_dropped_and_the_colour_under_it_stays() -> None:
    assert (pixels(encoded(Image.new("RGBA", (2, 2), (*BLUE, 0)), "PNG")) == BLUE).all()


@pytest.mark.parametrize("transparency", [0, bytes([0, 128])])
def test_a_palette_with_alpha_is_decoded_without_a_warning(transparency: int | bytes) -> None:
    image = Image.new("P", (2, 2), 1)
    image.putpalette([*RED, *BLUE])
    assert (pixels(encoded(image, "PNG", transparency=transparency)) == BLUE).all()


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_not_clipped(kind: str) -> None:
    grey = np.array([[0, 257 * 100, 65535]], np.uint16)
    assert pixels(encoded(Image.fromarray(grey), kind))[0, :, 0].tolist() == [0, 100, 255]


@pytest.mark.parametrize(
    ("values", "grey"),
    [
        (np.array([[0.0, 0.2, 1.0]], np.float32), [0, 51, 255]),
        (np.array([[0.0, 51.0, 255.0]], np.float32), [0, 51, 255]),
        (np.array([[-1.0, 0.0, 1.0]], np.float32), [0, 128, 255]),
        (np.array([[np.nan, np.inf, 1.0]], np.float32), [0, 0, 255]),
        (np.array([[0, 25_700, 65_535]], np.int32), [0, 100, 255]),
        (np.array([[0, 200_000, 1_000_000]], np.int32), [0, 51, 255]),
        (np.array([[-5, -5, -5]], np.int32), [0, 0, 0]),
    ],
)
def test_deep_grey_of_any_range_is_scaled(values: Array, grey: list[int]) -> None:
    assert pixels(encoded(Image.fromarray(values), "TIFF"))[0, :, 0].tolist() == grey


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_the_first_frame_of_an_animation_counts(kind: str) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in (RED, BLUE)]
    decoded = pixels(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert np.abs(decoded.astype(int) - RED).max() <= 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_stands_upright_as_exif_says(kind: str, orientation: int) -> None:
    upright = np.zeros((16, 32, 3), np.uint8)
    upright[:8, :16] = 255  # white at the top left
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].swapaxes(0, 1),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    lossless = {"lossless": True} if kind == "WEBP" else {}
    decoded = pixels(encoded(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif, **lossless))
    assert decoded.shape == upright.shape
    assert np.abs(decoded.astype(int) - upright).max() < 30


def test_damaged_exif_turns_nothing_and_warns_of_nothing() -> None:
    for exif in (
        b"Exif\0\0nonsense",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x05",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\xff",
    ):
        assert pixels(encoded(Image.new("RGB", (4, 2), RED), "JPEG", exif=exif)).shape == (2, 4, 3)


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    assert unreadable(png_header(10_000, 10_000)).startswith("10000×10000 pixels; the limit is")
    assert "decompression bomb" in unreadable(png_header(100_000, 100_000))


def test_pillows_own_limit_is_left_alone() -> None:
    before = Image.MAX_IMAGE_PIXELS
    unreadable(png_header(10_000, 10_000))
    assert before == Image.MAX_IMAGE_PIXELS == images.PIXEL_LIMIT


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_a_truncated_file_is_unreadable_with_the_cause(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    for share in (0.9, 0.5, 0.1):
        assert unreadable(data[: int(len(data) * share)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>404</html>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"\xff\xd8\xff",
    ],
)
def test_what_is_not_a_raster_image_is_unreadable(data: bytes) -> None:
    reason = unreadable(data)
    assert " at 0x" not in reason  # an address would make two runs differ


def test_noise_never_raises_anything_else() -> None:
    rng = np.random.default_rng(0)
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "PPM"):
        good = np.frombuffer(encoded(Image.new("RGB", (24, 24), RED), kind), np.uint8)
        for _ in range(60):
            bad = good.copy()
            places = rng.integers(0, len(bad), 6)
            bad[places] = rng.integers(0, 256, 6)
            with suppress(ImageError):
                assert decode(bad.tobytes()).mode == "RGB"


def test_threads_decode_alike_and_warnings_stay_as_they_were() -> None:
    data = encoded(Image.new("RGB", (64, 64), RED), "JPEG")
    expected = pixels(data)
    with ThreadPoolExecutor(8) as pool:
        assert all((decoded == expected).all() for decoded in pool.map(pixels, [data] * 200))
    with pytest.raises(UserWarning, match="still an error"):
        warnings.warn("still an error", stacklevel=1)


def test_a_thumbnail_keeps_enough_of_a_large_jpeg_and_tells_its_upright_size(tmp_path: Path) -> None:
    stored = Image.new("RGB", (4 * images.THUMBNAIL + 10, 2 * images.THUMBNAIL + 10), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    stored.save(tmp_path / "turned.jpg", exif=exif)
    thumbnail = images.Thumbnail((tmp_path / "turned.jpg").read_bytes())
    assert thumbnail.size == (2 * images.THUMBNAIL + 10, 4 * images.THUMBNAIL + 10)
    assert thumbnail.picture.size == (images.THUMBNAIL + 5, 2 * images.THUMBNAIL + 5)


def test_a_thumbnail_is_as_large_whatever_the_file_format(tmp_path: Path) -> None:
    picture = Image.new("RGB", (30 * images.THUMBNAIL, 20 * images.THUMBNAIL))
    for name in ("a.jpg", "a.png"):
        picture.save(tmp_path / name)
    sizes = {images.Thumbnail((tmp_path / name).read_bytes()).picture.size for name in ("a.jpg", "a.png")}
    assert sizes == {(30 * images.THUMBNAIL // 16, 20 * images.THUMBNAIL // 16)}


def test_a_thumbnail_of_a_broken_file_says_what_is_wrong() -> None:
    thumbnail = images.Thumbnail(b"no image")
    for fact in ("size", "picture"):
        with pytest.raises(images.ImageError, match="not an image in a known format"):
            getattr(thumbnail, fact)
