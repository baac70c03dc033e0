"""The map of a run: made of its vectors once, and kept in the run folder."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vlitq.files import write_whole
from vlitq.projection.faithful import ASKED, NEIGHBOURS, Nearest, kept_share
from vlitq.projection.layout import FEWEST, LANDMARKS, can_embed, laid_out
from vlitq.projection.principal import principal_axes
from vlitq.schema import Array
from vlitq.selection.vectors import JOINT, parts_of_joint, reader
from vlitq.selector import SelectableRun

FILE = "projection.npz"  # in the run folder
VERSION = 1  # of how the map is made
AXES = 50  # principal axes that are kept
BLOCK = 8_192  # vectors in memory at a time

Read = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Projection:
    """Where the samples lie. x, y: float32 of shape (rows,), NaN where a row has no vector. how: in sentences, how they
    were found and how far they can be trusted, or why there are none."""

    x: Array = field(repr=False)
    y: Array = field(repr=False)
    how: str

    @property
    def placed(self) -> Array:
        """The rows that have a place, int64, ascending."""
        return np.flatnonzero(np.isfinite(self.x))


def project(run: SelectableRun) -> Projection:
    """The map of a run by its joint vectors; read where it is kept, else made, and kept where the folder may be
    written to. A sample's place depends on the samples, not on their order in the file."""
    count = len(run.rows())
    if not parts_of_joint(run):
        return _nowhere(count, "The run stores no vectors, so there is no map: score it with duplicates.")
    key = _key(run, count)
    found = _kept(run, key, count)
    if found is None:
        found = _made(run)
        if can_embed():  # else it is made anew at once, and better when openTSNE is there
            _keep(run, key, found)
    return found


def _made(run: SelectableRun) -> Projection:
    everyone = _by_content(run)
    read = reader(run, everyone)
    known = np.concatenate([np.isfinite(read(JOINT, some)[:, 0]) for some in _blocks(len(everyone))])
    rows = everyone[known]
    if not len(rows):
        return _nowhere(len(everyone), "No sample has a vector, so there is no map.")
    read = reader(run, rows)
    places, share = _placed(lambda some: read(JOINT, some), len(rows))
    whole = np.full((len(everyone), 2), np.nan, dtype=np.float32)
    whole[rows] = places
    return Projection(whole[:, 0], whole[:, 1], _told(run, len(rows), len(everyone), share))


def _placed(read: Read, count: int) -> tuple[Array, float | None]:
    """Places of `count` vectors in the order they are read, and the share of their neighbours that stay near."""
    axes = principal_axes(read(np.arange(min(LANDMARKS, count))), AXES, np.random.default_rng(0))
    asked = np.unique(np.linspace(0, count - 1, min(ASKED, count)).astype(np.int64))
    nearest, points = Nearest(read(asked), asked), np.empty((count, axes.directions.shape[1]), dtype=np.float32)
    for some in _blocks(count):
        block = read(some)
        points[some] = axes.along(block)
        nearest.meet(int(some[0]), block)
    places = laid_out(points)
    return places, kept_share(nearest.found, asked, places) if count > 2 * NEIGHBOURS else None


def _told(run: SelectableRun, placed: int, count: int, share: float | None) -> str:
    sides = " and ".join(parts_of_joint(run))
    if placed < FEWEST:
        by = "the first two principal components"
    elif can_embed():
        by = "t-SNE" if placed <= LANDMARKS else f"t-SNE of {LANDMARKS:,} of them, the others beside the nearest"
    else:
        by = "the first two principal components, for openTSNE is not installed (pip install 'vlitq[look]')"
    parts = [f"{placed:,} samples by their vectors ({sides}), laid out by {by}."]
    if placed < count:
        parts.append(f"{count - placed:,} have no vector and no place.")
    if share is not None:
        parts.append(
            f"Of a sample's {NEIGHBOURS} nearest neighbours by the vectors, {share:.0%} are among its {NEIGHBOURS} "
            f"nearest on the map (mean of {min(ASKED, placed)} samples)."
        )
    return " ".join(parts)


def _by_content(run: SelectableRun) -> Array:
    """The rows in the order of their content and id, which does not depend on where they stand in the file."""
    rows = run.rows().select(["content", "id"])
    filled = pa.table({"content": rows["content"].fill_null(0), "id": rows["id"].fill_null("")})
    order = pc.sort_indices(filled, [("content", "ascending"), ("id", "ascending")])
    return np.asarray(order.to_numpy(zero_copy_only=False), dtype=np.int64)


def _blocks(count: int) -> list[Array]:
    return [np.arange(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK)]


def _nowhere(rows: int, why: str) -> Projection:
    nothing = np.full(rows, np.nan, dtype=np.float32)
    return Projection(nothing, nothing, why)


def _key(run: SelectableRun, count: int) -> str:
    """What the map is made of: the rows, and the vectors by the keys of their features."""
    parts = [_entry(run, name)["key"] for name in parts_of_joint(run)]
    told = [VERSION, count, run.manifest["dataset"]["sha256"], parts]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _entry(run: SelectableRun, name: str) -> Any:
    """What the manifest says of a feature, by its own name or by its role's."""
    role, dot, part = name.partition(".")
    features = run.manifest["features"]
    return features.get(name) or features[f"{run.manifest['roles'][role]}{dot}{part}"]


def _kept(run: SelectableRun, key: str, count: int) -> Projection | None:
    """The map in the run folder; None where there is none, a broken one, or one of other vectors."""
    try:
        with (run.path / FILE).open("rb") as kept, np.load(kept, allow_pickle=False) as file:
            found = Projection(file["x"], file["y"], str(file["how"])) if str(file["key"]) == key else None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return found if found is not None and len(found.x) == len(found.y) == count else None


def _keep(run: SelectableRun, key: str, found: Projection) -> None:
    """Write the map; a folder that may not be written to, or a full disk, costs only the time to make it again."""
    how, made_of = np.array(found.how), np.array(key)
    try:
        write_whole(run.path / FILE, lambda file: np.savez(file, x=found.x, y=found.y, how=how, key=made_of))
    except OSError:
        return
