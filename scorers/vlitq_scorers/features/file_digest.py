"""A digest of an image's file: the same for the same bytes and, in practice, for no others."""

from __future__ import annotations

from dataclasses import dataclass

from vlitq.images import Thumbnail
from vlitq.node import digest_vector
from vlitq.schema import Array
from vlitq_scorers.features.digest import DIGEST_DIM, Digest


@dataclass(frozen=True)
class FileDigest(Digest):
    """BLAKE2b of the bytes of an image's file as whole numbers below 65,536, float32 of shape (images, 8).

    Of a row with several images it is a digest of theirs in order.
    """

    name = "file_digest"
    over = "thumbnail"

    def digest(self, item: Thumbnail) -> Array:
        """Of the file as it is; nothing is decoded."""
        return digest_vector(item.data, DIGEST_DIM)
