"""A digest of an image's decoded pixels: the same for a file that was packed anew without loss."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from vlitq.node import digest_vector
from vlitq.schema import Array
from vlitq_scorers.features.digest import DIGEST_DIM, Digest


@dataclass(frozen=True)
class PixelDigest(Digest):
    """BLAKE2b of size, mode and pixels as whole numbers below 65,536, float32 of shape (images, 8).

    The pixels are those every model sees: RGB, upright, the first frame. A PNG of a palette and a WebP without loss of
    the same picture are one; a picture saved as JPEG again is another. Of several images: a digest of theirs in order.
    """

    name = "pixel_digest"
    over = "image"

    def digest(self, item: Image.Image) -> Array:
        """Of the picture as it was decoded."""
        about = f"{item.width}x{item.height} {item.mode}\0".encode()
        return digest_vector(about + item.tobytes(), DIGEST_DIM)
