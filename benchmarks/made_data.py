"""Generated inputs: photograph-like JPEGs and the rows about them, in the form each program reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.timing import SHARED_DATA

WORDS = """
the a red blue small large dog cat bus street table window tree river mountain person child
holds looks stands beside under behind near bright dark old new wooden metal two three many because
while smiling running empty full
""".split()  # noqa: SIM905  # a list of 38 quoted words reads worse


@dataclass(frozen=True)
class Pair:
    """One sample: an image (a path relative to the image folder; none for text alone), a question, an answer."""

    id: str
    image: str | None
    question: str
    answer: str


def write_jpegs(folder: Path, count: int, size: tuple[int, int] = (640, 480), seed: int = 0) -> list[str]:
    """JPEGs of smooth colour with a little grain, no two alike; returns their names."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    names = [f"{i:06d}.jpg" for i in range(count)]
    for name in names:
        coarse = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize(
            size, Image.Resampling.BICUBIC
        )
        grain = rng.integers(-8, 9, (size[1], size[0], 1), dtype=np.int16)
        Image.fromarray((np.asarray(coarse, np.int16) + grain).clip(0, 255).astype(np.uint8)).save(
            folder / name, quality=90
        )
    return names


def sentence(rng: np.random.Generator, words: int) -> str:
    """A line of common words; nonsense, but it tokenises like English."""
    return " ".join(rng.choice(WORDS, words)).capitalize() + "."


def pairs(images: Sequence[str], words: int = 20, seed: int = 0) -> list[Pair]:
    """A pair for each image; the answer is short enough for CLIP's 77 tokens, and its own."""
    rng = np.random.default_rng(seed)
    return [Pair(f"pair-{i:06d}", image, "Describe the image.", sentence(rng, words)) for i, image in enumerate(images)]


def text_rows(count: int, seed: int = 0) -> Iterator[Pair]:
    """Samples without an image: a question of 12 words and an answer of 60, each its own."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        yield Pair(f"text-{i:06d}", None, sentence(rng, 12)[:-1] + "?", sentence(rng, 60))


def photographs(count: int, made: Path) -> tuple[Path, list[str], str]:
    """An image folder, names in it, and what they are: the shared photographs, or made JPEGs where those are absent."""
    folder = SHARED_DATA / "photos" / "images"
    if not folder.exists():
        return made, write_jpegs(made, count), "made JPEGs of 640 x 480"
    names = sorted(path.name for path in folder.iterdir())[:count]
    return folder, names, "ImageNet sample photographs"


def write_llava(rows: Iterable[Pair], target: Path) -> Path:
    """The rows as LLaVA JSON."""
    target.write_text(json.dumps([llava(row) for row in rows], indent=1))
    return target


def write_jsonl(rows: Iterable[Pair], target: Path) -> Path:
    """The rows as LLaVA records, a line each."""
    with target.open("w") as lines:
        lines.writelines(json.dumps(llava(row)) + "\n" for row in rows)
    return target


def llava(row: Pair) -> dict[str, object]:
    """The row as a LLaVA record."""
    marker, image = ("<image>\n", {"image": row.image}) if row.image else ("", {})
    turns = [{"from": "human", "value": marker + row.question}, {"from": "gpt", "value": row.answer}]
    return {"id": row.id, **image, "conversations": turns}
