"""A benchmark that a user points at, a run of vlitq: its vectors, digests, ids and word n-grams."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vlitq.node import Feature, Unavailable, View, Weights
from vlitq.schema import Array
from vlitq_scorers.maths.shingles import shingled, words_and_signs

if TYPE_CHECKING:
    from vlitq.store import Run

COMMON = 10  # texts of the benchmark: an n-gram that more of them share is its prompt, not its content
TEXTS = 65_536  # rows whose texts are read at a time

WAY_OUT = (
    "Way out: score the benchmark with the same --models and --precision, `vlitq score BENCHMARK --out FOLDER "
    '--scorers copies,duplicates`, and in the recipe of this run say [scorers.contamination] benchmark = "FOLDER"'
)


@dataclass(frozen=True)
class Benchmark:
    """A run by its folder; "" is none, and holds nothing."""

    folder: str

    def vectors(self, view: View) -> Array:
        """One vector a row, memory-mapped, of shape (rows, dim); no rows where the run holds none of this view."""
        entry = self._entry(view) if self.folder else None
        return self.run.feature(entry) if entry else np.empty((0, 0), np.float32)

    def digests(self, view: View) -> Set[bytes]:
        """The vectors of a view of digests, as bytes; kept, as every shard asks for them."""
        entry = self._entry(view) if self.folder else None
        return _digests(self.run, entry) if entry else frozenset()

    def ids(self) -> Sequence[str]:
        """The id of every row."""
        return _ids(self.run) if self.folder else ()

    def ngrams(self, n: int) -> Array:
        """The numbers of the word n-grams of its instructions and responses, uint64, ascending.

        Those that more than `COMMON` different texts share are left out: a prompt that every question ends with.
        """
        found = [np.empty((0, 2), np.uint64)]
        seen: set[bytes] = set()
        for texts in self._texts():
            new = [text for text in dict.fromkeys(texts) if _added(seen, text)]
            sets = shingled([words_and_signs(text) for text in new], n)
            owners = np.repeat(np.arange(len(new)), np.diff(sets.offsets))
            kinds, counts = np.unique(_distinct(sets.values, owners), return_counts=True)
            found.append(np.column_stack([kinds, counts.astype(np.uint64)]))
        table = np.concatenate(found)
        kinds, place = np.unique(table[:, 0], return_inverse=True)
        return np.asarray(kinds[np.bincount(place, table[:, 1], len(kinds)) <= COMMON])

    def require(self, needed: Sequence[View], one_of: Sequence[View]) -> Weights:
        """What pins the run. Raises `Unavailable` where it is none, has changed, or lacks what is needed.

        It must hold vectors of the `needed` views, by the very models, and of at least one of the others.
        """
        if not self.folder:
            raise Unavailable(f"contamination: no benchmark is named. {WAY_OUT}")
        run = self.run
        _check_texts(run)
        for view in needed:
            if self._entry(view) is None:
                raise Unavailable(f"contamination: {_what_is_there(run, view)}. {WAY_OUT}")
        if not any(map(self._entry, one_of)):
            names = " nor ".join(view.label for view in one_of)
            raise Unavailable(f"contamination: benchmark {run.path} holds neither {names}. {WAY_OUT}")
        data = run.manifest["dataset"]
        held = filter(None, map(self._entry, (*needed, *one_of)))
        keys = [run.manifest["features"][name]["key"] for name in held]
        pin = json.dumps([data["sha256"], data["limit"], len(run), keys])
        return Weights(str(run.path), hashlib.sha256(pin.encode()).hexdigest())

    def _entry(self, view: View) -> str | None:
        """The name of the run's feature that is this view, by the same model with the same parameters and weights."""
        wanted = _identity(view.feature)
        entries = _labelled(self.run, view)
        return next((name for name, entry in entries.items() if _identity_of(entry) == wanted), None)

    @property
    def run(self) -> Run:
        """The run, opened. Raises `Unavailable`."""
        manifest = Path(self.folder).expanduser() / "manifest.json"
        changed = manifest.stat().st_mtime_ns if manifest.is_file() else 0
        return _opened(manifest.parent, changed)

    def _texts(self) -> Iterator[list[str]]:
        run = self.run
        for start in range(0, len(run), TEXTS):
            rows = np.arange(start, min(start + TEXTS, len(run)))
            yield run.texts("instruction", rows)
            yield run.texts("response", rows)


def _added(seen: set[bytes], text: str) -> bool:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    new = digest not in seen
    seen.add(digest)
    return new


def _distinct(values: Array, owners: Array) -> Array:
    """The values of each owner, each once."""
    order = np.lexsort((owners, values))
    values, owners = values[order], owners[order]
    new = np.ones(len(values), bool)
    new[1:] = (values[1:] != values[:-1]) | (owners[1:] != owners[:-1])
    return np.asarray(values[new])


def _labelled(run: Run, view: View) -> Mapping[str, Mapping[str, Any]]:
    """The run's features that are stored under the view's label, whatever their parameters."""
    entries = run.manifest["features"].items()
    return {name: entry for name, entry in entries if entry["file"].rsplit(".", 2)[0] == view.label}


def _identity(feature: Feature) -> tuple[str, int, str, str | None]:
    weights = feature.weights()
    return feature.name, feature.version, _plain(feature.parameters()), weights.digest if weights else None


def _identity_of(entry: Mapping[str, Any]) -> tuple[str, int, str, str | None]:
    weights = entry["weights"]
    return entry["node"], entry["version"], _plain(entry["parameters"]), weights["digest"] if weights else None


def _plain(parameters: Any) -> str:
    return json.dumps(parameters, sort_keys=True)


def _what_is_there(run: Run, view: View) -> str:
    others = _labelled(run, view).values()
    if others:
        theirs = "; ".join(
            f"{_plain(other['parameters'])} of {(other['weights'] or {}).get('origin')}" for other in others
        )
        return (
            f"benchmark {run.path} holds {view.label} by another model ({theirs}) than this run's, "
            f"{_plain(view.feature.parameters())}"
        )
    return f"benchmark {run.path} holds no {view.label}; it has: {', '.join(run.manifest['features']) or 'none'}"


@lru_cache(maxsize=4)
def _opened(folder: Path, changed: int) -> Run:  # noqa: ARG001  # when it changed is the cache's key
    from vlitq.store import Run, RunError

    try:
        run = Run(folder)
    except RunError as cause:
        raise Unavailable(f"contamination: benchmark {cause}. {WAY_OUT}") from cause
    if not run.complete:
        raise Unavailable(f"contamination: benchmark {folder} is not finished. Way out: run its `score` command again")
    return run


def _check_texts(run: Run) -> None:
    from vlitq.store import RunError

    try:
        run.check_data_unchanged()
    except RunError as cause:
        raise Unavailable(f"contamination: of benchmark {run.path}: {cause}") from cause


@lru_cache(maxsize=4)
def _digests(run: Run, feature: str) -> Set[bytes]:
    return frozenset(row.tobytes() for row in run.feature(feature) if not np.isnan(row[0]))


@lru_cache(maxsize=4)
def _ids(run: Run) -> Sequence[str]:
    return tuple(run.rows()["id"].to_pylist())
