"""What every scorer is held to, law by law, on a small seeded world: no model is loaded, no file is read."""

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

from vlitq.node import Columns, CorpusScorer, SampleScorer, Scorer, label_of
from vlitq.schema import Array, Column
from vlitq.testing.world import WORLD, World

MODEL_LIBRARIES = ("faiss", "open_clip", "sentence_transformers", "timm", "torch", "transformers")
TOLERANCE = 1e-5  # what the order of summation may change in a float32


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


def _score(scorer: Scorer, inputs: Sequence[Any]) -> Columns:
    if not isinstance(scorer, SampleScorer | CorpusScorer):
        raise LawBroken("it is neither a SampleScorer nor a CorpusScorer")
    return scorer.score(*inputs)


def _scored(scorer: Scorer, world: World) -> dict[str, np.ma.MaskedArray[Any, Any]]:
    values = _score(scorer, world.inputs(scorer))
    return {column.name: column.check(values[column.name], len(world)) for column in scorer.columns}


def _declared(scorer: Scorer) -> None:
    values = _score(scorer, WORLD.inputs(scorer))
    names = [column.name for column in scorer.columns]
    if sorted(values) != sorted(names):
        raise LawBroken(
            f"it returned {', '.join(sorted(values)) or 'nothing'}; declared are {', '.join(sorted(names))}"
        )
    for column in scorer.columns:
        replace(column, bounds=(None, None)).check(values[column.name], len(WORLD))


def _bounded(scorer: Scorer) -> None:
    values = _score(scorer, WORLD.inputs(scorer))
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
            parts = [batch[column.name] for batch in batches]
            mask = np.concatenate([np.ma.getmaskarray(part) for part in parts])
            joined = np.ma.MaskedArray(np.concatenate([part.data for part in parts]), mask=mask)
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
    _score(scorer, inputs)
    for need, value, old in zip(scorer.needs(), inputs, before, strict=True):
        if pickle.dumps(value) != old:
            raise LawBroken(f"it wrote into its input {label_of(need)!r}")


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
