"""A linear head on image embeddings, read from a file that nobody has to trust."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vlitq.node import Encoder, Feature, Runtime, Unavailable, Weights
from vlitq.schema import Array
from vlitq_scorers.features.embedded import ConseImage
from vlitq_scorers.features.weights import file_digest, first_line, require
from vlitq_scorers.features.whole import known_dim

MOST_BYTES = 16 * 1024 * 1024  # of a file: a head of 4,096 numbers has 16 KiB
SUFFIXES = (".safetensors", ".npz", ".npy", ".pth", ".pt")
WAY_OUT = (
    'Way out: in the recipe, [scorers.aesthetics] head = "FILE", a linear head for the image model: '
    "weight of shape (1, dim) and bias of shape (1,) in a .safetensors, .npz or .pth file, "
    "or both in one row of a .npy file, the bias last"
)


@dataclass(frozen=True)
class Head:
    """weight, float64 of shape (dim,), and bias."""

    weight: Array
    bias: float


@dataclass(frozen=True)
class LinearHead(Feature):
    """w·f(x) + b of an image's unit-length embedding f(x), float32 of shape (images, 1).

    Derived from `image`. `head` is the file that holds w and b. No code in it is run.
    """

    name = "linear_head"
    over = "image"
    unit_length = False

    image: Feature = ConseImage()  # noqa: RUF009  # features are frozen, a shared default is safe
    head: str = ""

    def needs(self) -> tuple[Feature]:
        """The embedding of the image."""
        return (self.image,)

    def weights(self) -> Weights:
        """The sha256 of the head's file. Raises `Unavailable` where it is no head for these embeddings."""
        path = _located(self.head)
        length, expected = len(read_head(path).weight), known_dim(self.image)
        if expected not in (None, length):
            raise Unavailable(
                f"aesthetics: the head {path} is for embeddings of {length} numbers; those of {self.image.name} have "
                f"{expected}. {WAY_OUT}"
            )
        return Weights(self.head, file_digest(path))

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # a product of two vectors needs no device
        """Read the head."""
        head = read_head(_located(self.head))

        def encode(batch: list[tuple[Array]]) -> Array:
            return np.array([_applied(head, vector) for (vector,) in batch], np.float32)[:, None]

        yield Encoder(encode, 1)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Ratings about 5."""
        return rng.normal(5, 2, (items, 1)).astype(np.float32)


def read_head(path: Path) -> Head:
    """The head in a file. Raises `Unavailable` where it holds something else."""
    return _remembered(path, file_digest(path))


@lru_cache(maxsize=8)
def _remembered(path: Path, digest: str) -> Head:  # noqa: ARG001  # the digest is the cache's key
    if path.stat().st_size > MOST_BYTES:
        raise Unavailable(f"aesthetics: {path} is larger than {MOST_BYTES} bytes, so no linear head. {WAY_OUT}")
    try:
        weight, bias = _weight_and_bias(_arrays(path))
    except (OSError, ValueError, KeyError, EOFError, RuntimeError, pickle.UnpicklingError, zipfile.BadZipFile) as cause:
        raise Unavailable(f"aesthetics: {path} holds no linear head ({first_line(cause)}). {WAY_OUT}") from cause
    return Head(weight, bias)


def _located(head: str) -> Path:
    if not head:
        raise Unavailable(f"aesthetics: no head is named. {WAY_OUT}")
    path = Path(head).expanduser()
    if not path.is_file() or path.suffix not in SUFFIXES:
        raise Unavailable(f"aesthetics: {head!r} is no file of kind {', '.join(SUFFIXES)}. {WAY_OUT}")
    return path


def _arrays(path: Path) -> Mapping[str, Array]:
    """The arrays in a file by name."""
    if path.suffix == ".safetensors":
        return _safetensors(path)
    if path.suffix not in {".npy", ".npz"}:
        return _state_dict(path)
    with path.open("rb") as file:
        loaded = np.load(file, allow_pickle=False)
        return _in_one_row(loaded) if path.suffix == ".npy" else {name: loaded[name] for name in loaded.files}


def _in_one_row(row: Array) -> Mapping[str, Array]:
    if row.ndim != 2 or len(row) != 1:
        raise ValueError(f"an array of shape {row.shape}, expected (1, dim + 1)")
    return {"weight": row[:, :-1], "bias": row[0, -1:]}


def _safetensors(path: Path) -> Mapping[str, Array]:
    library = require("safetensors.numpy", "clip", "aesthetics")
    try:
        loaded: Mapping[str, Array] = library.load_file(path)
    except Exception as cause:  # its own error class comes from compiled code
        raise ValueError(first_line(cause)) from cause
    return loaded


def _state_dict(path: Path) -> Mapping[str, Array]:
    torch = require("torch", "clip", "aesthetics")
    stored = torch.load(path, map_location="cpu", weights_only=True)  # which refuses a pickle that holds code
    if not isinstance(stored, dict) or not all(isinstance(value, torch.Tensor) for value in stored.values()):
        raise ValueError("something else than a state_dict of tensors")
    return {name: tensor.float().numpy() for name, tensor in stored.items()}


def _weight_and_bias(arrays: Mapping[str, Array]) -> tuple[Array, float]:
    """Whatever stands before the last dot of the names is left out: `linear.weight` is a weight."""
    named = {name.rpartition(".")[2]: np.asarray(array) for name, array in arrays.items()}
    if set(named) != {"weight", "bias"} or len(arrays) != 2:
        raise ValueError(f"arrays named {', '.join(sorted(arrays)) or 'nothing'}; expected weight and bias")
    weight, bias = named["weight"], named["bias"]
    if weight.ndim != 2 or len(weight) != 1 or not weight.size or bias.shape != (1,):
        raise ValueError(f"weight of shape {weight.shape} and bias of shape {bias.shape}; expected (1, dim) and (1,)")
    if (
        weight.dtype.kind != "f"
        or bias.dtype.kind != "f"
        or not (np.isfinite(weight).all() and np.isfinite(bias).all())
    ):
        raise ValueError("numbers that are not finite floats")
    return weight[0].astype(np.float64), float(bias[0])


def _applied(head: Head, vector: Array) -> float:
    if len(vector) != len(head.weight):
        raise ValueError(f"the head is for embeddings of {len(head.weight)} numbers, this one has {len(vector)}")
    return float(head.weight @ vector + head.bias)
