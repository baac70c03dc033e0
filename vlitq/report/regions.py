"""Regions of the map: places that lie together, what is in them, and the words that are typical of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from vlitq.charts.chart import Cell
from vlitq.projection import Projection
from vlitq.report.blocks import Table
from vlitq.report.importance import by_importance
from vlitq.report.material import Material
from vlitq.report.words import typical
from vlitq.schema import Array

MOST, FEWEST_IN_ONE = 10, 15  # regions; samples of a region on average
READ = 150  # samples of a region whose words are counted
MEANS = 4  # columns whose means are told
NO_SOURCE = "not said"


@dataclass(frozen=True, eq=False)
class Regions:
    """Which region each row is in, int64 of shape (rows,), the largest 0, −1 where a row has no place; and their
    words, none where the dataset cannot be read any more."""

    of: Array = field(repr=False)
    words: list[tuple[str, ...]]

    @property
    def names(self) -> list[str]:
        """A number and the most typical words."""
        return [f"{at}: {', '.join(words[:3])}" if words else str(at) for at, words in enumerate(self.words, 1)]


def regions(material: Material, places: Projection) -> Regions:
    """Regions by k-means of the places, the largest first."""
    placed = places.placed
    found = _clusters(np.stack([places.x[placed], places.y[placed]], axis=1))
    of = np.full(len(places.x), -1, dtype=np.int64)
    of[placed] = found
    return Regions(of, _words(material, [np.flatnonzero(of == at) for at in range(found.max() + 1)]))


def table(material: Material, found: Regions) -> Table:
    """A row a region: how many samples, the most frequent source, what selections keep of it, means, and words."""
    means = [name for name in by_importance(material) if not material.values(name).null.all()][:MEANS]
    kept = {one.name: _kept(material, one.rows) for one in material.selections}
    head = ["region", "samples", "most frequent source", *(f"kept by {name}" for name in kept)]
    rows = [
        [
            str(at + 1),
            int((found.of == at).sum()),
            _source(material.values("source").values[found.of == at]),
            *(f"{rows[found.of == at].mean():.0%}" for rows in kept.values()),
            *(_mean(material.values(name).values[found.of == at]) for name in means),
            ", ".join(words),
        ]
        for at, words in enumerate(found.words)
    ]
    caption = "Regions of the map, the largest first; means and shares are of the samples that have a score"
    told = [f"{'share' if material.columns[name].dtype == 'bool' else 'mean'} {name}" for name in means]
    return Table(caption, [*head, *told, "typical words"], rows)


def _clusters(points: Array) -> Array:
    """The cluster of each point, the largest 0."""
    import faiss

    count = int(np.clip(len(points) // FEWEST_IN_ONE, 1, MOST))
    points = np.ascontiguousarray(points, dtype=np.float32)
    kmeans = faiss.Kmeans(2, count, niter=25, nredo=3, seed=0, min_points_per_centroid=1)
    kmeans.train(points)
    _, nearest = kmeans.index.search(points, 1)
    _, label, sizes = np.unique(nearest[:, 0], return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return np.asarray(rank[label])


def _words(material: Material, members: list[Array]) -> list[tuple[str, ...]]:
    rng = np.random.default_rng(0)
    read = [np.sort(rng.choice(rows, min(READ, len(rows)), replace=False)).tolist() for rows in members]
    if material.problem:  # the map itself needs nothing of the dataset
        return [() for _ in members]
    samples = material.run.samples([row for rows in read for row in rows])
    texts = [
        [f"{samples[row].instruction}\n{samples[row].response}" for row in rows if row in samples] for rows in read
    ]
    return typical(texts)


def _kept(material: Material, rows: Array) -> Array:
    kept = np.zeros(len(material.run), dtype=bool)
    kept[rows] = True
    return kept


def _source(sources: Array) -> str:
    counted = Counter(sources.tolist())
    source, count = counted.most_common(1)[0]
    others = f", of {len(counted)} sources" if len(counted) > 1 else ""
    return f"{source or NO_SOURCE} ({count / len(sources):.0%}{others})"


def _mean(values: Array) -> Cell:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None
