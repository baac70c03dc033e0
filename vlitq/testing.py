"""The laws every scorer obeys, for plugin authors to run on theirs: `check_scorer(MyScorer)`.

The inputs are a small seeded world made up here: no model is loaded, no file is read.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vlitq.node import (
    Content,
    CorpusFeature,
    CorpusScorer,
    Feature,
    Need,
    Ragged,
    Samples,
    SampleScorer,
    Scorer,
    View,
    view_of,
)
from vlitq.sample import ImageRef, Sample, Turn
from vlitq.schema import Array, Column

MODEL_LIBRARIES = ("faiss", "open_clip", "sentence_transformers", "timm", "torch", "transformers")
TOLERANCE = 1e-5  # what the order of summation may change in a float32
DIM = 8  # of made-up unit vectors; other features have one number in [0, 1)


class LawBroken(AssertionError):
    """A scorer breaks a law. The message names the scorer, the law and what was found."""


@dataclass(frozen=True)
class Verdict:
    """Whether a scorer keeps a law, and if not, what was found."""

    law: str
    holds: bool
    detail: str = ""


def check_scorer(scorer: Scorer | type[Scorer]) -> None:
    """Hold a scorer to every law; a class stands for its instance with default parameters. Raises `LawBroken`."""
    broken = [verdict for verdict in check_laws(scorer) if not verdict.holds]
    if broken:
        raise LawBroken("\n".join(f"scorer {scorer.name!r} breaks '{v.law}': {v.detail}" for v in broken))


def check_laws(scorer: Scorer | type[Scorer]) -> list[Verdict]:
    """The verdict on each law, in the order of `LAWS`; nothing is raised."""
    instance = scorer() if isinstance(scorer, type) else scorer
    return [_verdict(law, check, instance) for law, check in LAWS.items()]


def _verdict(law: str, check: Callable[[Scorer], None], scorer: Scorer) -> Verdict:
    try:
        check(scorer)
    except LawBroken as broken:
        return Verdict(law, False, str(broken))
    except Exception as error:  # whatever the plugin raises is the finding
        return Verdict(law, False, f"it raised {type(error).__name__}: {error}")
    return Verdict(law, True)


@dataclass(frozen=True)
class World:
    """Rows that stand for hostile and ordinary records: `origin[row]` is the record a row is a copy of.

    Record 0 has nothing at all, 1 only text, 2 only images, 3 an image and 4 a turn that could not be encoded.
    """

    origin: Array

    RECORDS = 16

    def __len__(self) -> int:
        return len(self.origin)

    def inputs(self, scorer: Scorer) -> list[Any]:
        """What the scorer's `score` receives."""
        return [self.value(need) for need in scorer.needs()]

    def value(self, need: Need) -> Any:
        """A need's value for these rows, as the engine would give it."""
        if isinstance(need, CorpusFeature):
            return need.compute(*(self.value(upstream) for upstream in need.needs()))
        view = view_of(need)
        if isinstance(need, Samples):
            return [_sample(int(record), row) for row, record in enumerate(self.origin)]
        if isinstance(need, Content):
            digests = np.random.default_rng(0).integers(2**63, size=(self.RECORDS, 2), dtype=np.uint64)
            return digests[self.origin]
        if not isinstance(view, View):
            raise TypeError(f"{need!r} is neither a feature, a view of one nor a corpus feature")
        items = _records(view).take(self.origin)
        return items if view.each else _pooled(items, view.feature.unit_length)


WORLD = World(np.array([5, 0, 6, 1, 7, 5, 2, 8, 3, 9, 10, 4, 6, 11, 1, 12, 13, 0, 14, 15, 5]))

_TEXTS = (
    "What is on the left of the red chair?",
    "A cat sits next to the window, because it is warm. In Paris, 3 of 4 do.",
    "😀🎉",
    "שלום עולם",
    "这是什么？",
    "\0\x1b[0m\u202e",
    "\ud800",
    "yes",
    "word another " * 500,
)


def _sample(record: int, row: int) -> Sample:
    if record == 0:
        return Sample(f"row-{row}")
    images = () if record == 1 else (ImageRef(f"{record}.png"),)
    if record == 2:
        return Sample(f"row-{row}", images=images)
    asked, answered = _TEXTS[record % len(_TEXTS)], _TEXTS[(record + 1) % len(_TEXTS)]
    turns = (Turn("human", asked, len(images)), Turn("assistant", answered))
    return Sample(f"row-{row}", "source", images, turns * (1 + record % 3))


def _records(view: View) -> Ragged:
    """The vectors of each record's items, seeded by the feature's name: equal features give equal vectors."""
    rng = np.random.default_rng(list(view.feature.name.encode()))
    counts = np.array([_items(view.feature.over, record) for record in range(World.RECORDS)])
    offsets = np.concatenate([[0], np.cumsum(counts)])
    values = _vectors(view.feature, int(offsets[-1]), rng)
    unencoded = {"image": 3, "text": 4, "sample": 0}[view.feature.over]
    values[offsets[unencoded]] = np.nan
    return Ragged(values, offsets)


def _items(over: str, record: int) -> int:
    if over == "sample":
        return 1
    return 0 if record in {0, 1 if over == "image" else 2} else 1 + record % 3


def _vectors(feature: Feature, items: int, rng: np.random.Generator) -> Array:
    if not feature.unit_length:
        return rng.random((items, 1), np.float32)
    values = rng.standard_normal((items, DIM)).astype(np.float32)
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True))


def _pooled(items: Ragged, unit_length: bool) -> Array:
    dim = items.values.shape[1]
    pooled = np.full((len(items), dim), np.nan, np.float32)
    for row in range(len(items)):
        if len(items[row]):
            mean = items[row].mean(axis=0)
            pooled[row] = mean / np.linalg.norm(mean) if unit_length else mean
    return pooled


def _scored(scorer: Scorer, world: World) -> dict[str, np.ma.MaskedArray[Any, Any]]:
    values = scorer.score(*world.inputs(scorer))
    return {column.name: column.check(values[column.name], len(world)) for column in scorer.columns}


def _declared(scorer: Scorer) -> None:
    values = scorer.score(*WORLD.inputs(scorer))
    names = [column.name for column in scorer.columns]
    if sorted(values) != sorted(names):
        raise LawBroken(
            f"it returned {', '.join(sorted(values)) or 'nothing'}; declared are {', '.join(sorted(names))}"
        )
    for column in scorer.columns:
        replace(column, bounds=(None, None)).check(values[column.name], len(WORLD))


def _bounded(scorer: Scorer) -> None:
    values = scorer.score(*WORLD.inputs(scorer))
    for column in scorer.columns:
        if column.name in values:
            column.check(values[column.name], len(WORLD))


def _any_batch(scorer: Scorer) -> None:
    if not isinstance(scorer, SampleScorer):
        return
    whole = _scored(scorer, WORLD)
    for size in (1, 4):
        batches = [_scored(scorer, World(WORLD.origin[at : at + size])) for at in range(0, len(WORLD), size)]
        for column in scorer.columns:
            joined = np.ma.concatenate([batch[column.name] for batch in batches])
            _require_equal(column, whole[column.name], joined, f"in batches of {size}")


def _permuted(scorer: Scorer) -> None:
    order = _shuffled(WORLD.origin)
    whole, shuffled = _scored(scorer, WORLD), _scored(scorer, World(WORLD.origin[order]))
    for column in scorer.columns:
        values = shuffled[column.name]
        if column.unit == "row":
            values = np.ma.MaskedArray(order[np.where(values.mask, 0, values.data)], mask=values.mask)
        _require_equal(column, whole[column.name][order], values, "with the rows in another order")


def _shuffled(origin: Array) -> Array:
    """The rows in another order, but copies among themselves in theirs: ties may go to the first."""
    order = np.random.default_rng(1).permutation(len(origin))
    for record in np.unique(origin):
        places = np.flatnonzero(origin[order] == record)
        order[places] = np.sort(order[places])
    return order


def _unchanged(scorer: Scorer) -> None:
    inputs = WORLD.inputs(scorer)
    before = [pickle.dumps(value) for value in inputs]
    scorer.score(*inputs)
    for need, value, old in zip(scorer.needs(), inputs, before, strict=True):
        if pickle.dumps(value) != old:
            raise LawBroken(f"it wrote into its input {view_of(need).label!r}")


def _few_rows(scorer: Scorer) -> None:
    for origin in ([], [0], [1], [5]):
        world = World(np.array(origin, np.int64))
        _scored(scorer, world)
        if isinstance(scorer, CorpusScorer):
            scorer.summarize(*world.inputs(scorer))


def _isolated(scorer: Scorer) -> None:
    if not isinstance(scorer, SampleScorer):
        return
    blank = 4
    others = np.arange(len(WORLD)) != blank
    whole, without = _scored(scorer, WORLD), _scored(scorer, World(np.where(others, WORLD.origin, 0)))
    for column in scorer.columns:
        _require_equal(column, whole[column.name][others], without[column.name][others], f"with row {blank} unscored")


def _survives_json(scorer: Scorer) -> None:
    parameters = scorer.parameters()
    if json.loads(json.dumps(parameters)) != parameters:
        raise LawBroken(f"{parameters} comes back as {json.loads(json.dumps(parameters))}")


def _same_key(scorer: Scorer) -> None:
    twin = replace(scorer)  # type: ignore[type-var]  # a scorer is a dataclass; one that is none raises here
    if twin != scorer or hash(twin) != hash(scorer) or twin.key() != scorer.key():
        raise LawBroken("another instance with the same parameters is not equal, or has another hash or key")


def _pickles(scorer: Scorer) -> None:
    if pickle.loads(pickle.dumps(scorer)) != scorer:  # noqa: S301  # what was pickled in this line
        raise LawBroken("it comes back from pickle as another scorer")


def _imports_light(scorer: Scorer) -> None:
    module = type(scorer).__module__
    code = f"import sys, {module}; print(*sorted(set({MODEL_LIBRARIES}) & set(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(  # noqa: S603  # this Python, on a module that is imported already
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode:
        raise LawBroken(f"a fresh Python cannot import {module}: {done.stderr.strip().splitlines()[-1]}")
    if done.stdout.strip():
        raise LawBroken(f"importing {module} loads {done.stdout.strip()}; import it inside the function that needs it")


def _require_equal(column: Column, expected: Any, found: Any, when: str) -> None:
    nulls, other_nulls = np.ma.getmaskarray(expected), np.ma.getmaskarray(found)
    differs = nulls != other_nulls
    both = ~nulls & ~other_nulls
    left, right = expected.data[both], found.data[both]
    if column.dtype.startswith("float"):
        differs[both] = ~np.isclose(left, right, rtol=TOLERANCE, atol=TOLERANCE)
    else:
        differs[both] = left != right
    if differs.any():
        row = int(np.flatnonzero(differs)[0])
        raise LawBroken(f"column {column.name!r}, row {row}: {expected[row]}, but {found[row]} {when}")


LAWS: Mapping[str, Callable[[Scorer], None]] = {
    "returns exactly the declared columns, dtypes and lengths": _declared,
    "values are within bounds or null": _bounded,
    "scores are the same for any batch size": _any_batch,
    "permuting rows permutes scores": _permuted,
    "inputs stay unchanged": _unchanged,
    "zero rows and one row work": _few_rows,
    "an unscored row changes no other row": _isolated,
    "parameters survive JSON": _survives_json,
    "equal parameters, equal key": _same_key,
    "it pickles": _pickles,
    "importing its module loads no model library": _imports_light,
}


def laws() -> Sequence[str]:
    """The laws, by name, in the order they are checked."""
    return tuple(LAWS)
