"""Small pictures of a dataset's images for pages: encoded anew, so that nothing of the file but its pixels is shown."""

from __future__ import annotations

import io
from pathlib import Path

from vlitq.images import Thumbnail, locate, read
from vlitq.sample import ImageRef

SIDE = 192  # pixels of the longer side
QUALITY = 75  # of the JPEG
MEDIA_TYPE = "image/jpeg"


def thumbnail(root: Path, ref: ImageRef, side: int = SIDE) -> bytes:
    """JPEG bytes of an image below `root`, at most `side` pixels long, upright and without metadata.

    Raises `ImageError` for an image that leads out of the root, is not there, is too large or cannot be decoded.
    """
    picture = Thumbnail(read(locate(root, ref))).picture
    picture.thumbnail((side, side))
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
