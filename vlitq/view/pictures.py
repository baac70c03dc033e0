"""A run's images as the page shows them: made anew as JPEG, small ones kept on the disk within a limit."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

from vlitq.files import write_unsettled
from vlitq.images import decode, locate, read
from vlitq.sample import ImageRef
from vlitq.thumbnails import thumbnail

SIDE = 1600  # pixels of the longer side of a picture that is looked at
QUALITY = 85  # of its JPEG
KEPT_BYTES = 500_000_000  # of thumbnails on the disk
FREED = 0.2  # share of them that goes, the longest unused first, when there are more


class Pictures:
    """The images below a root. Nothing but their pixels is handed on: no metadata, no other bytes of the file."""

    def __init__(self, root: Path, folder: Path, kept_bytes: int = KEPT_BYTES) -> None:
        self._root, self._folder, self._most = root, folder, kept_bytes
        self._sweeping = threading.Lock()
        self._bytes = sum(size for _, size, _ in _files(folder))

    def picture(self, ref: ImageRef) -> bytes:
        """JPEG of an image, at most `SIDE` pixels long. Raises `ImageError`."""
        shown = decode(read(locate(self._root, ref)))
        shown.thumbnail((SIDE, SIDE))
        out = io.BytesIO()
        shown.save(out, "JPEG", quality=QUALITY)
        return out.getvalue()

    def thumb(self, ref: ImageRef) -> bytes:
        """JPEG of an image, small; made once for each state of its file. Raises `ImageError`."""
        about = os.stat(path := locate(self._root, ref))
        state = f"{path}\0{about.st_size}\0{about.st_mtime_ns}".encode("utf-8", "surrogateescape")
        name = blake2b(state, digest_size=16).hexdigest()
        return self._kept(self._folder / name[:2] / f"{name}.jpg", lambda: thumbnail(self._root, ref))

    def _kept(self, file: Path, make: Callable[[], bytes]) -> bytes:
        try:
            data = file.read_bytes()
            os.utime(file)
            return data
        except OSError:
            data = make()
        try:
            write_unsettled(file, lambda out: out.write(data))
        except OSError:
            return data  # a full disk, or a folder that cannot be written: it is made again next time
        self._bytes += len(data)
        if self._bytes > self._most:
            self._sweep()
        return data

    def _sweep(self) -> None:
        """Take away those that were not used for longest."""
        with self._sweeping:
            files = sorted(_files(self._folder))
            self._bytes = sum(size for _, size, _ in files)
            for _, size, path in files:
                if self._bytes <= self._most * (1 - FREED):
                    return
                Path(path).unlink(missing_ok=True)
                self._bytes -= size


def _files(folder: Path) -> list[tuple[float, int, str]]:
    """When each thumbnail was last used, its bytes and its path."""
    found = []
    for file in folder.glob("??/*.jpg"):
        try:
            about = file.stat()
        except FileNotFoundError:
            continue
        found.append((about.st_mtime, about.st_size, str(file)))
    return found
