"""A shard: a run of consecutive rows that is computed, written and resumed as one."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from vlitq.sample import Problem, Row, Sample

SHARD_ROWS = 2048  # rows written at a time: a kill costs at most one shard of scoring, and no finished encoding
BYTES_A_TOKEN = 4  # the usual estimate for byte-pair vocabularies; a budget in tokens is counted in these


@dataclass(frozen=True)
class Shard:
    """Rows `start` to `start + len(rows)` of the dataset."""

    index: int
    start: int
    rows: tuple[Row, ...]

    @property
    def samples(self) -> list[Sample]:
        """The samples, valid or not, in order."""
        return [row.sample for row in self.rows]


def shards(rows: Iterable[Row], size: int = SHARD_ROWS) -> Iterator[Shard]:
    """The rows in shards of `size`; the last may be shorter."""
    source = iter(rows)
    index = 0
    while chunk := tuple(islice(source, size)):
        yield Shard(index, index * size, chunk)
        index += 1


def content_digest(sample: Sample, images: Mapping[str, bytes | Problem], row: int) -> bytes:
    """16 bytes that stand for what a sample says and shows; of its own for a record that is no sample."""
    state = hashlib.blake2b(digest_size=16)
    if not sample.valid:
        state.update(f"invalid {row}".encode())
    for ref in sample.images:
        image = images.get(ref.path)
        state.update(image if isinstance(image, bytes) else b"path " + ref.path.encode("utf-8", "surrogatepass"))
    for turn in sample.turns:
        text = " ".join(unicodedata.normalize("NFC", turn.text).split())
        state.update(f"\0{turn.role}\0{text}".encode("utf-8", "surrogatepass"))
    return state.digest()


def record_hash(sample: Sample) -> bytes:
    """8 bytes that stand for a record's texts and image names, whatever its id and place: what breaks ties."""
    parts = [*[ref.path for ref in sample.images], *[turn.text for turn in sample.turns]]
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def estimated_tokens(sample: Sample) -> int:
    """UTF-8 bytes of all turns, over four, rounded up."""
    size = sum(
        len(turn.text) if turn.text.isascii() else len(turn.text.encode("utf-8", "surrogatepass"))
        for turn in sample.turns
    )
    return -(-size // BYTES_A_TOKEN)
