"""What objects a sample's images are annotated with: by the record itself, or by a COCO file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from vlitq.node import Encoder, Feature, Runtime, Unavailable, Weights
from vlitq.sample import Sample
from vlitq.schema import Array
from vlitq_scorers.features.weights import file_digest
from vlitq_scorers.maths.object_mentions import CLASSES, category_of

FIELD = "objects"  # of the record
KNOWN, UNKNOWN = len(CLASSES), len(CLASSES) + 1  # places in the vector, after the counts of the classes
DIM = len(CLASSES) + 2

_KEYS = ("category", "name", "label", "class")  # of an object that is a dictionary
_SPLIT = re.compile(r"^COCO_(?:train|val|test)\d{4}_")  # before the number, in the names of 2014
_WAY_OUT = "Way out: annotations='…/instances_train2017.json', a file of COCO's instances"


@dataclass(frozen=True)
class AnnotatedObjects(Feature):
    """Annotated objects of each of COCO's 80 classes, then whether there are annotations at all (1 or 0), then how many
    objects are of another class; float32 of shape (samples, 82).

    They come from the record's own field `objects`, a list of names or of {"category": name}; where there is none, from
    the file `annotations`, by the images' file names. A sample with an image that is not in it has no annotations.
    """

    name = "annotated_objects"
    over = "sample"
    unit_length = False

    annotations: str = ""

    def weights(self) -> Weights | None:
        """The sha256 of the file. Raises `Unavailable` where it is missing or holds no COCO annotations."""
        if not self.annotations:
            return None
        path = Path(self.annotations).expanduser()
        _index(path)
        return Weights(str(path), file_digest(path))

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # nothing is computed
        """Read the file, if there is one."""
        index = _index(Path(self.annotations).expanduser()) if self.annotations else {}
        yield Encoder(lambda samples: np.array([_vector(index, sample) for sample in samples], np.float32), DIM)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """A few objects of a few classes, or no annotations."""
        counts = rng.integers(0, 3, (items, DIM)) * (rng.random((items, DIM)) < 0.1)
        counts[:, KNOWN] = rng.integers(0, 2, items)
        return np.where(counts[:, [KNOWN]] > 0, counts, 0).astype(np.float32)


Index = Mapping[str, Sequence[str]]  # image to the names of its objects


def _vector(index: Index, sample: Sample) -> list[float]:
    names = _own(sample)
    if names is None:
        names = _of_images(index, sample)
    vector = [0.0] * DIM
    if names is None:
        return vector
    vector[KNOWN] = 1.0
    for name in names:
        number = _number(name)
        vector[UNKNOWN if number is None else number] += 1
    return vector


_number = lru_cache(maxsize=2**12)(category_of)


def _own(sample: Sample) -> list[str] | None:
    """The names in the record's field; None where it has none, or one that is no list of objects."""
    given = sample.metadata.get(FIELD)
    if not isinstance(given, list):
        return None
    names = [_named(thing) for thing in given]
    return None if None in names else [name for name in names if name is not None]


def _named(thing: Any) -> str | None:
    if isinstance(thing, dict):
        thing = next((thing[key] for key in _KEYS if key in thing), None)
    return thing if isinstance(thing, str) else None


def _of_images(index: Index, sample: Sample) -> list[str] | None:
    found = [index.get(_key(image.path)) for image in sample.images]
    if not found or None in found:
        return None
    return [name for names in found if names is not None for name in names]


def _key(path: str) -> str:
    """What an image is found by: the stem of its file, without the split that COCO's names of 2014 begin with."""
    return _SPLIT.sub("", PurePosixPath(path).stem)


def _index(path: Path) -> Index:
    """The objects of every image of a COCO file; read once. Raises `Unavailable`."""
    try:
        stat = path.stat()
    except OSError as cause:
        raise Unavailable(f"objects: {path} cannot be read ({cause.strerror}). {_WAY_OUT}") from cause
    return _read(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=2)
def _read(path: Path, size: int, mtime_ns: int) -> Index:  # noqa: ARG001  # size and time are the cache's key
    try:
        content = json.loads(path.read_bytes())
        categories = {category["id"]: str(category["name"]) for category in content["categories"]}
        names: dict[Any, list[str]] = {image["id"]: [] for image in content["images"]}
        for annotation in content["annotations"]:
            names[annotation["image_id"]].append(categories[annotation["category_id"]])
        return {_key(image["file_name"]): names[image["id"]] for image in content["images"]}
    except (OSError, ValueError, KeyError, TypeError) as cause:
        reason = f"{type(cause).__name__}: {cause}"
        raise Unavailable(f"objects: {path} holds no COCO annotations ({reason}). {_WAY_OUT}") from cause
