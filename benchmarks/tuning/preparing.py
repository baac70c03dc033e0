"""Everything before the trainings, kept in a folder: drawn set, image maps, scored run, and records in numbers."""

from __future__ import annotations

import hashlib
import inspect
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.tuning import dataset, encoding, papers, questions, scenes, spoiling
from benchmarks.tuning.dataset import Dataset, Sample, write
from benchmarks.tuning.encoding import maps
from benchmarks.tuning.training import Encoded, encode, records, vocabulary
from vlitq.store import Run

_MAKERS = (papers, scenes, questions, spoiling, dataset, encoding)


@dataclass(frozen=True)
class Prepared:
    """A folder that holds all that a training needs. Open it in any process."""

    folder: Path

    @property
    def dataset(self) -> Dataset:
        """The drawn dataset."""
        return Dataset(self.folder)

    @property
    def maps(self) -> Path:
        """Image maps, float16 of shape (pictures, 16, 96)."""
        return self.folder / "maps.npy"

    def words(self) -> dict[str, int]:
        """The vocabulary of all records."""
        found: dict[str, int] = json.loads((self.folder / "words.json").read_text())
        return found

    def encoded(self, part: str) -> Encoded:
        """The records in numbers: `train`, in the order of the dataset, `captions` or `held_out`."""
        with np.load(self.folder / f"{part}.npz") as arrays:
            return Encoded(**arrays)


def folder_of(parent: Path, count: int) -> Path:
    """The folder of a dataset of `count` records; another one when what draws it has changed."""
    source = "".join(inspect.getsource(module) for module in _MAKERS)
    return parent / f"{count}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"


def prepare(folder: Path, count: int) -> Prepared:
    """Draw, encode and write what is not there yet."""
    made = Prepared(folder)
    drawn = write(folder, count)
    rows, asked = records(drawn.data), drawn.held_out()
    captions = drawn.captions()
    names = sorted({*(row[1] for row in rows), *(one.image for one in asked), *(one.image for one in captions)})
    places = maps(drawn.images, names, made.maps)
    words = vocabulary([*(text for row in rows for text in row[2:]), *(one.text for one in captions)])
    (folder / "words.json").write_text(json.dumps(words))
    _write(folder / "train.npz", encode([row[1:] for row in rows], words, places))
    _write(folder / "captions.npz", encode([(one.image, one.prompt, one.text) for one in captions], words, places))
    _write(folder / "held_out.npz", encode([_pair(sample) for sample in asked], words, places))
    return made


def scored(prepared: Prepared) -> Run:
    """The dataset scored by vlitq with its default recipe; a run that is there goes on where it stopped."""
    import vlitq

    drawn = prepared.dataset
    return vlitq.score(
        drawn.data, images=drawn.images, out=prepared.folder / "run", recipe="default", device="cpu", quiet=True
    )


def _pair(sample: Sample) -> tuple[str, str, str]:
    return sample.image, sample.question.text, sample.question.answer


def _write(target: Path, data: Encoded) -> None:
    np.savez(target, questions=data.questions, answers=data.answers, image=data.image)
