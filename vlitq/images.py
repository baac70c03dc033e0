"""Finds, reads and decodes images, inside one root and within limits."""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from vlitq.sample import ImageRef
from vlitq.schema import Array, Status

BYTE_LIMIT = 256 * 1024 * 1024  # of a file: more is no photograph, and would crowd the workers out of memory
PIXEL_LIMIT = 89_478_485  # where Pillow begins to warn of decompression bombs: 256 MiB of RGB
DIGEST_SIZE = 16  # bytes

THUMBNAIL = 128  # pixels of the shorter side that a thumbnail keeps at least, where the image has them

# Their decoders touch nothing but the bytes given; Pillow's EPS, for one, would start Ghostscript.
RASTER = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM")
EXTENSIONS = (".jpg", ".png", ".jpeg", ".webp", ".gif", ".JPG", ".PNG", ".JPEG")  # looked for where one is missing

_FOREIGN = re.compile(r"[a-z][a-z0-9+.-]*://|data:", re.IGNORECASE)
_EXIF_ORIENTATION = 0x0112
_TURNS = {  # EXIF 2.32, table 6: how the stored pixels become the upright picture
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_FIRST_TRANSPOSED = 5  # of the orientations: from here on width and height change places
_WHITE = {"F": (1.0, 255.0, 65535.0)}  # what white may be in deep grey images, by mode
_DEEP_GREY = frozenset({"F", "I", "I;16", "I;16B", "I;16L", "I;16N"})
_QUIET = ("ignore", None, Warning, re.compile(r"PIL\."), 0)  # as `warnings.filters` holds it


class ImageError(Exception):
    """An image that cannot be used: the status of its row, and why in a sentence."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason

    def __reduce__(self) -> tuple[type[ImageError], tuple[Status, str]]:
        return ImageError, (self.status, self.reason)  # it crosses process borders


def locate(root: Path, ref: ImageRef) -> Path:
    """The file that `ref` names, links resolved where there are any.

    Costs one look a path component below the root and one at the file. Raises `ImageError`: `UNSAFE_PATH` where it
    leads out of `root`, `MISSING_IMAGE` where there is no file or the reference is a URL.
    """
    path = ref.path
    _refuse_what_is_no_path(path)
    full = os.path.join(root, path)
    if not _is_plainly_inside(root, path):
        full = _resolved_inside(root, full, path)
    try:
        is_folder = stat.S_ISDIR(os.stat(full).st_mode)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ImageError(Status.MISSING_IMAGE, f"{_shown(path)} is missing{_hint(full)}") from error
    except OSError as error:
        raise ImageError(Status.MISSING_IMAGE, f"{_shown(path)} cannot be found: {error.strerror}") from error
    if is_folder:
        raise ImageError(Status.MISSING_IMAGE, f"{_shown(path)} is a folder")
    return Path(full)


def read(path: Path, limit: int = BYTE_LIMIT) -> bytes:
    """The bytes of a regular file of 1 to `limit` bytes. Raises `ImageError` for any other."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):  # a pipe would be waited for, for ever
            raise ImageError(Status.UNREADABLE_IMAGE, f"{_shown(path.name)} is not a regular file")
        if about.st_size > limit:
            reason = f"{_shown(path.name)} has {about.st_size} bytes; the limit is {limit}"
            raise ImageError(Status.UNREADABLE_IMAGE, reason)
        data = path.read_bytes()
    except OSError as error:
        reason = f"{_shown(path.name)} cannot be read: {error.strerror}"
        raise ImageError(Status.UNREADABLE_IMAGE, reason) from error
    if not data:
        raise ImageError(Status.UNREADABLE_IMAGE, f"{_shown(path.name)} has zero bytes")
    return data


def digest(data: bytes) -> bytes:
    """BLAKE2b of a file's bytes, 16 bytes long."""
    return hashlib.blake2b(data, digest_size=DIGEST_SIZE).digest()


def decode(data: bytes) -> Image.Image:
    """The picture as RGB, upright, the first frame of an animation; transparency is dropped, deep grey is scaled.

    Thread-safe. Raises `ImageError` with `UNREADABLE_IMAGE` and the cause.
    """
    with _opened(data) as image:
        image.load()
        return _rgb(_upright(image))


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The image with its pixels not yet decoded. Whatever goes wrong with it in the block is an `ImageError`."""
    _quiet_pillow()
    try:
        with Image.open(io.BytesIO(data), formats=_formats()) as image:
            _refuse_bomb(*image.size)
            yield image
    except ImageError:
        raise
    except UnidentifiedImageError as error:
        reason = f"not an image in a known format; it starts with {data[:16]!r}" if data else "zero bytes"
        raise ImageError(Status.UNREADABLE_IMAGE, reason) from error
    except Exception as error:  # on damaged files Pillow's parsers raise whatever they stumble on
        reason = f"cannot be decoded: {type(error).__name__}: {error}"
        raise ImageError(Status.UNREADABLE_IMAGE, reason) from error


class Thumbnail:
    """An image's size, and its picture shrunk by 2, 4, 8 or more; a JPEG is decoded at that size, in less time.

    The picture depends on the file alone, never on what else is computed in the run.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright image in pixels, from the header. Raises `ImageError`."""
        with _opened(self.data) as image:
            return _upright_size(image)

    @cached_property
    def picture(self) -> Image.Image:
        """RGB and upright, of a shorter side of at least `THUMBNAIL` pixels. Raises `ImageError`."""
        return self._decoded("RGB")

    @cached_property
    def grey(self) -> Image.Image:
        """The luma alone (mode L), as large as `picture`, for who needs no colour. Raises `ImageError`.

        It is decoded apart: of a JPEG the colours are not, which takes a sixth less time than the picture.
        """
        return self._decoded("L")

    def _decoded(self, mode: Literal["RGB", "L"]) -> Image.Image:
        with _opened(self.data) as image:
            self.size = _upright_size(image)  # known from here on without another look at the header
            if image.format == "JPEG":
                factor = _factor(image)
                image.draft(mode, (image.width // factor, image.height // factor))
            image.load()
            picture = _upright(image)
            if picture.mode != mode:
                picture = _rgb(picture).convert(mode)
            return picture.reduce(_factor(picture))


def _refuse_what_is_no_path(path: str) -> None:
    if not path:
        raise ImageError(Status.MISSING_IMAGE, "the record names an image with an empty path")
    if _FOREIGN.match(path):
        reason = f"{_shown(path)} is a URL, which vlitq does not fetch; save the image under the root and name its path"
        raise ImageError(Status.MISSING_IMAGE, reason)
    if "\0" in path:
        raise ImageError(Status.UNSAFE_PATH, f"{_shown(path)} holds a NUL character")
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:
        raise ImageError(Status.MISSING_IMAGE, f"{_shown(path)} is no name that a file can have") from error


def _is_plainly_inside(root: Path, path: str) -> bool:
    """True when the path goes down from the root without a link: nothing needs to be resolved."""
    parts = path.split("/")
    if ".." in parts or os.path.isabs(path):
        return False
    step = os.fspath(root)
    for part in parts:
        step = os.path.join(step, part)
        if os.path.islink(step):
            return False
    return True


def _resolved_inside(root: Path, full: str, path: str) -> str:
    home, resolved = os.path.realpath(root), os.path.realpath(full)
    if os.path.commonpath([home, resolved]) != home:
        raise ImageError(Status.UNSAFE_PATH, f"{_shown(path)} leads out of the image root")
    return resolved


def _hint(full: str) -> str:
    """Tells of a file of the same stem: the commonest cause is another extension."""
    stem, extension = os.path.splitext(full)
    for other in EXTENSIONS:
        if other != extension and os.path.isfile(stem + other):
            return f"; {_shown(os.path.basename(stem + other))} is there"
    return ""


def _shown(path: str, most: int = 120) -> str:
    """A path fit for a message: short, and in characters that every encoding takes."""
    text = path.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return text if len(text) <= most else text[:most] + "…"


def _quiet_pillow() -> None:
    """Have Pillow decode without warnings: a run over the web's images would drown in damaged metadata.

    `catch_warnings` is not thread-safe; one filter on Pillow's own modules, set once, is.
    """
    if _QUIET not in warnings.filters:
        warnings.filterwarnings("ignore", module=_QUIET[3].pattern)


def _factor(image: Image.Image) -> int:
    """The largest power of two by which both sides can shrink and keep `THUMBNAIL` pixels."""
    return 1 << max(0, (min(image.size) // THUMBNAIL).bit_length() - 1)


@cache
def _formats() -> tuple[str, ...]:
    """The raster formats that this build of Pillow has."""
    Image.init()
    return tuple(name for name in RASTER if name in Image.OPEN)


def _refuse_bomb(width: int, height: int) -> None:
    if width * height > PIXEL_LIMIT:
        reason = f"{width}×{height} pixels; the limit is {PIXEL_LIMIT:,}, against decompression bombs: make it smaller"
        raise ImageError(Status.UNREADABLE_IMAGE, reason)


def _upright_size(image: Image.Image) -> tuple[int, int]:
    return image.size if _orientation(image) < _FIRST_TRANSPOSED else (image.height, image.width)


def _upright(image: Image.Image) -> Image.Image:
    turn = _TURNS.get(_orientation(image))
    return image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_EXIF_ORIENTATION, 1))
    except Exception:  # damaged EXIF raises whatever its parser stumbles on; the pixels are fine
        return 1


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in _DEEP_GREY:
        return Image.fromarray(_eight_bits(np.asarray(image, np.float32), image.mode)).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bits(values: Array, mode: str) -> Array:
    """Grey values of any range as uint8: black is 0 or the least, white the mode's own or the greatest.

    Pillow's own conversion clips at 255, which turns 16-bit images white.
    """
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    black, greatest = min(0.0, float(finite.min())), float(finite.max())
    white = next((white for white in _WHITE.get(mode, (65535.0,)) if greatest <= white), greatest)
    return np.rint((finite - black) * (255.0 / (white - black))).astype(np.uint8)
