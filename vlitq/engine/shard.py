"""A shard: a run of consecutive rows that is computed, written and resumed as one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice

from vlitq.format import FormatError
from vlitq.normal_form import normal_form
from vlitq.sample import Problem, Row, Sample

SHARD_ROWS = 2048  # rows written at a time: a kill costs at most one shard of scoring, and no finished encoding
BYTES_A_TOKEN = 4  # the usual estimate for byte-pair vocabularies; a budget in tokens is counted in these


@dataclass(frozen=True)
class Extent:
    """Where a shard lies: `rows` rows of the dataset from row `start` on, which end at byte `end` of its file."""

    start: int
    rows: int
    end: int


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

    @property
    def extent(self) -> Extent:
        """Where it lies."""
        last = self.rows[-1].span
        return Extent(self.start, len(self.rows), last.offset + last.length)


@dataclass(frozen=True)
class Share:
    """Every `of`-th shard, from shard `number` on: what one of `of` processes computes. A shard has `size` rows."""

    number: int
    of: int
    size: int

    def owns(self, shard: int) -> bool:
        """Whether the shard is in the share."""
        return shard % self.of == self.number

    def wants(self, row: int) -> bool:
        """Whether the row is in a shard of the share."""
        return row // self.size % self.of == self.number


def shares(number: int = 1) -> list[Share]:
    """The whole in this many shares."""
    return [Share(n, number, SHARD_ROWS) for n in range(number)]


def shards(rows: Iterable[Row | None], share: Share) -> Iterator[Shard]:
    """The shards of the share; the last of the dataset may be shorter. `rows` holds None for rows of other shares.

    Raises `FormatError` when it holds None for a row of this one: rows never vanish.
    """
    source = iter(rows)
    for index in count():
        chunk = tuple(islice(source, share.size))
        if not chunk:
            return
        if share.owns(index):
            there = tuple(row for row in chunk if row is not None)
            if len(there) < len(chunk):
                row = index * share.size + chunk.index(None)
                raise FormatError(f"row {row} was wanted, but its format left it out")
            yield Shard(index, index * share.size, there)


def content_digest(sample: Sample, images: Mapping[str, bytes | Problem], row: int) -> bytes:
    """16 bytes that stand for what a sample says and shows; of its own for a record that is no sample."""
    state = hashlib.blake2b(digest_size=16)
    if not sample.valid:
        state.update(f"invalid {row}".encode())
    for ref in sample.images:
        image = images.get(ref.path)
        state.update(image if isinstance(image, bytes) else b"path " + ref.path.encode("utf-8", "surrogatepass"))
    for turn in sample.turns:
        text = " ".join(normal_form(turn.text, "NFC").split())
        state.update(f"\0{turn.role}\0{text}".encode("utf-8", "surrogatepass"))
    return state.digest()


def sample_digest(sample: Sample) -> bytes:
    """16 bytes that stand for all that a feature over samples may look at: everything but the id."""
    said = [sample.source, [ref.path for ref in sample.images], sample.turns, sample.metadata]
    return hashlib.blake2b(json.dumps(said, sort_keys=True, default=str).encode(), digest_size=16).digest()


def record_hash(sample: Sample) -> bytes:
    """8 bytes that stand for a record's texts and image names, whatever its id and place: what breaks ties."""
    parts = [*[ref.path for ref in sample.images], *[turn.text for turn in sample.turns]]
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def estimated_tokens(sample: Sample) -> int:
    """UTF-8 bytes of all turns, over four, rounded up."""
    texts = [turn.text for turn in sample.turns]
    size = sum([len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")) for text in texts])
    return -(-size // BYTES_A_TOKEN)
