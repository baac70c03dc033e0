"""Small worlds for the engine: datasets of a few samples, toy features and scorers that need no model, and plugins.

The module is itself a plugin: `install(folder, "toys", "worlds")` makes a host find its scorers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from PIL import Image

from vlitq.engine.manifest import Request
from vlitq.engine.run import execute
from vlitq.formats.llava import Llava
from vlitq.plan import Plan
from vlitq.plugin import (
    Array,
    Column,
    Columns,
    Content,
    CorpusFeature,
    CorpusScorer,
    Encoder,
    Feature,
    Need,
    Runtime,
    Samples,
    SampleScorer,
    Scorer,
    hookimpl,
)
from vlitq.store import Run

OWNER = "toys (vlitq-toys 1.0)"


def record(number: int, answer: str = "", images: Sequence[str] = (), **fields: Any) -> dict[str, Any]:
    """A LLaVA record: a question, and an answer of its own unless one is given."""
    question = "<image>\n" * len(images) + "What is it?"
    turns = [{"from": "human", "value": question}, {"from": "gpt", "value": answer or f"It is number {number}."}]
    shown = {"image": list(images)} if images else {}
    return {"id": f"s{number}", **shown, "conversations": turns, **fields}


def write(path: Path, records: Sequence[Any]) -> Path:
    """The records as a JSON array."""
    path.write_text(json.dumps(list(records)), encoding="utf-8")
    return path


def colour(path: Path, rgb: tuple[int, int, int]) -> None:
    """An image of one colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), rgb).save(path)


def install(folder: Path, name: str, module: str, code: str | None = None, distribution: str = "") -> None:
    """Puts a distribution with one plugin into a folder that is on `sys.path`, as pip would."""
    project = distribution or f"vlitq-{name}"
    info = folder / f"{project.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.3\nName: {project}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[vlitq]\n{name} = {module}\n")
    if code is not None:
        (folder / f"{module}.py").write_text(code)


def run(
    data: Path, out: Path, *scorers: Scorer, cache: Path | None = None, limit: int | None = None, batch_size: int = 4
) -> Run:
    """Score with these scorers, the cache beside the data unless one is given."""
    plan = Plan(scorers, dict.fromkeys((scorer.name for scorer in scorers), OWNER), {}, {})
    request = Request(data, data.parent, out, Llava(), cache or data.parent / "cache", limit, quiet=True)
    return execute(plan, request, Runtime(batch_size=batch_size))


def cost(of: Run) -> dict[str, Any]:
    """What the last pass of a run cost."""
    found: dict[str, Any] = of.manifest["passes"][-1]
    return found


def computed(of: Run) -> dict[str, int]:
    """How many items each feature computed in the last pass."""
    return {name: meter["computed"] for name, meter in cost(of)["features"].items()}


def files(folder: Path) -> dict[str, bytes]:
    """Every score, fact and vector of a run, by its path."""
    kept = (path for path in sorted(folder.rglob("*")) if path.suffix in {".parquet", ".npy"})
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def same_manifest(one: Run, other: Run) -> bool:
    """True when the manifests agree in all but what the passes cost."""
    return {**one.manifest, "passes": None} == {**other.manifest, "passes": None}


def column(of: Run, name: str) -> list[Any]:
    """A column as a list, null as None."""
    values: pa.ChunkedArray = of.table()[name]
    return list(values.to_pylist())


@dataclass(frozen=True)
class Colour(Feature):
    """Mean red, green and blue of an image, in [0, 1]. Breaks on `bad` (a red value), in encoding or preparing."""

    name = "colour"
    over = "image"
    unit_length = False

    bad: int = -1
    bad_to_prepare: int = -1

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        yield Encoder(self._encode, 3, self._prepare)

    def _prepare(self, image: Image.Image) -> Array:
        pixels = np.asarray(image, np.float32)
        if pixels[0, 0, 0] == self.bad_to_prepare:
            raise ValueError("cannot be prepared")
        return np.asarray(pixels.mean(axis=(0, 1)) / 255)

    def _encode(self, items: list[Array]) -> Array:
        if any(round(255 * float(item[0])) == self.bad for item in items):
            raise ValueError("a colour nobody can see")
        return np.stack(items)


@dataclass(frozen=True)
class Fickle(Colour):
    """A colour whose last digits depend on the batch and the place in it, as those of a real model do; and slow."""

    name = "fickle"
    seconds: float = 0.0

    def _encode(self, items: list[Array]) -> Array:
        time.sleep(self.seconds)
        return super()._encode(items) + np.linspace(0, len(items) / 1e4, len(items), dtype=np.float32)[:, None]


@dataclass(frozen=True)
class Letters(Feature):
    """Characters and vowels of a text. Runs out of memory above `room` texts a batch; breaks on `bad` texts."""

    name = "letters"
    over = "text"
    unit_length = False

    room: int = 1000
    bad: str = "\0"
    dim: int = 2

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        yield Encoder(self._encode, self.dim)

    def _encode(self, texts: list[str]) -> Array:
        if len(texts) > self.room:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        if any(self.bad in text for text in texts):
            raise ValueError("this text cannot be read")
        rows = [[len(text), sum(letter in "aeiou" for letter in text), *[0] * (self.dim - 2)] for text in texts]
        return np.array([[np.nan] * self.dim if "nan" in text else row for text, row in zip(texts, rows, strict=True)])


@dataclass(frozen=True)
class Contrast(Feature):
    """Greatest less smallest of a colour: derived from `Colour`, reads no image."""

    name = "contrast"
    over = "image"
    unit_length = False

    colour: Feature = Colour()

    def needs(self) -> tuple[Feature, ...]:
        return (self.colour,)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        yield Encoder(lambda items: np.stack([np.ptp(item[0], keepdims=True) for item in items]), 1)


@dataclass(frozen=True)
class Red(SampleScorer):
    """How red the images of a sample are, times `gain`."""

    name = "red"
    columns = (Column("mean", "float32", "Mean red.", bounds=(0, 1), null="the sample has no image"),)

    image: Feature = Colour()
    gain: float = 1.0

    def needs(self) -> tuple[Need, ...]:
        return (self.image,)

    def score(self, *features: Any) -> Columns:
        return {"mean": features[0][:, 0] * np.float32(self.gain)}


@dataclass(frozen=True)
class Blue(Red):
    """How blue the images of a sample are: the second scorer of one feature."""

    name = "blue"

    def score(self, *features: Any) -> Columns:
        return {"mean": features[0][:, 2]}


@dataclass(frozen=True)
class Vivid(Red):
    """How colourful the images are, by a derived feature."""

    name = "vivid"
    image: Feature = Contrast()


@dataclass(frozen=True)
class Length(SampleScorer):
    """Mean characters of the turns of the response."""

    name = "length"
    columns = (Column("mean", "float32", "Mean characters.", bounds=(0, None), null="the response is empty"),)

    text: Feature = Letters()

    def needs(self) -> tuple[Need, ...]:
        return (self.text,)

    def score(self, *features: Any) -> Columns:
        return {"mean": features[0][:, 0]}


@dataclass(frozen=True)
class Judge(SampleScorer):
    """Scores each sample by a function of its response: any misbehaviour a test wants."""

    name = "judge"
    columns = (Column("mark", "int32", "A mark.", bounds=(0, 10)),)

    by: Callable[[list[str]], Any]

    def needs(self) -> tuple[Need, ...]:
        return (Samples(),)

    def parameters(self) -> dict[str, Any]:
        return {"by": getattr(self.by, "__name__", "")}

    def score(self, *features: Any) -> Columns:
        marks = self.by([sample.response for sample in features[0]])
        return marks if isinstance(marks, dict) else {"mark": marks}


@dataclass(frozen=True)
class Ranks(CorpusFeature):
    """Of each row how many rows have a redder image; computed from all rows."""

    name = "ranks"
    image: Feature = Colour()

    def needs(self) -> tuple[Need, ...]:
        return (self.image,)

    def compute(self, *arrays: Array) -> Array:
        red = arrays[0][:, 0]
        return np.asarray((red[None] > red[:, None]).sum(axis=1))


@dataclass(frozen=True)
class Rank(CorpusScorer):
    """The rank of a sample's redness among all; within its label of `Brightness` where `parted`."""

    name = "rank"
    columns = (Column("rank", "int64", "Rank.", bounds=(0, None)), Column("copies", "int64", "Equal in content."))

    parted: bool = False
    broken: float = -1.0

    def needs(self) -> tuple[Need, ...]:
        return (Colour(), Content()) if self.parted else (Ranks(), Content())

    def partition(self) -> Need | None:
        return Colour() if self.parted else None

    def score(self, *features: Any) -> Columns:
        values, content = features
        if self.parted and values[0, 0] == self.broken:
            raise ValueError("this part cannot be ranked")
        ranks = np.zeros(len(content), np.int64) if self.parted else np.asarray(values)
        _, group, sizes = np.unique(content, axis=0, return_inverse=True, return_counts=True)
        return {"rank": ranks, "copies": sizes[group.ravel()] - 1}

    def summarize(self, *features: Any) -> dict[str, float]:
        return {"rows": len(features[0])}


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    return [Red, Blue, Vivid, Length, Rank]
