"""Points of many dimensions laid out in two: t-SNE of some of them, the landmarks, and the rest beside the nearest."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from vlitq.schema import Array

LANDMARKS = 5_000  # points that t-SNE lays out
FEWEST = 12  # points: of fewer the first two axes say all there is to see
PERPLEXITY = 15.0  # neighbours that count: few, so that near ones stay near
_TIGHT, _LOOSE = 125, 300  # iterations with attraction exaggerated and without
_EXAGGERATION = 12.0
_NEAREST = 5  # landmarks that say where another point lies
_LEASH = 0.5  # how far from its landmark at most, in distances of the landmark from its own nearest


def can_embed() -> bool:
    """Whether openTSNE is installed."""
    return find_spec("openTSNE") is not None


def laid_out(points: Array, landmarks: int = LANDMARKS, seed: int = 0) -> Array:
    """Places of points of shape (n, axes), the axis of most variance first: float32 of shape (n, 2), centred.

    The first `landmarks` of at least `FEWEST` points are laid out by t-SNE (van der Maaten & Hinton 2008), the others
    beside the landmarks nearest to them; without openTSNE, or where points do not differ, the first two axes are taken.
    """
    if len(points) < FEWEST or not can_embed() or np.ptp(points, axis=0).max() == 0:
        return _first_two(points)
    places = _embedded(points[:landmarks], seed)
    whole = np.concatenate([places, _beside(points[landmarks:], points[:landmarks], places)])
    return np.asarray(whole - whole.mean(axis=0, dtype=np.float64), dtype=np.float32)


def _first_two(points: Array) -> Array:
    places = np.zeros((len(points), 2), dtype=np.float32)
    places[:, : min(points.shape[1], 2)] = points[:, :2]
    return places


def _embedded(points: Array, seed: int) -> Array:
    """t-SNE that starts from the first two axes; one thread, for two are slower on a busy machine."""
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.initialization import rescale

    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    affinities = PerplexityBasedNN(points, perplexity=perplexity, method="exact", n_jobs=1, random_state=seed)
    start = rescale(_first_two(points).astype(np.float64))
    embedding = TSNEEmbedding(start, affinities, negative_gradient_method="bh", n_jobs=1, random_state=seed)
    embedding.optimize(_TIGHT, exaggeration=_EXAGGERATION, momentum=0.5, inplace=True)
    embedding.optimize(_LOOSE, momentum=0.8, inplace=True)
    return np.asarray(embedding, dtype=np.float32)


def _beside(points: Array, landmarks: Array, places: Array) -> Array:
    """Each point near the place of its nearest landmark, drawn towards the next ones as they are near, on a leash.

    The mean of several landmarks' places would put points between clusters where nothing is.
    """
    if not len(points):
        return np.empty((0, 2), dtype=np.float32)
    squares, near = _nearest(points, landmarks, _NEAREST)
    weights = 1 / (squares + 1e-12)
    pulled = np.einsum("nk,nkd->nd", weights / weights.sum(axis=1, keepdims=True), places[near])
    step = pulled - places[near[:, 0]]
    length = np.linalg.norm(step, axis=1)
    leash = _LEASH * np.sqrt(_nearest(places, places, 2)[0][:, 1])[near[:, 0]]
    return np.asarray(places[near[:, 0]] + step * np.minimum(1, leash / np.maximum(length, 1e-12))[:, None])


def _nearest(points: Array, among: Array, count: int) -> tuple[Array, Array]:
    """Squared distances to the `count` nearest of `among`, and which they are, the nearest first."""
    import faiss

    index = faiss.IndexFlatL2(among.shape[1])
    index.add(np.ascontiguousarray(among, dtype=np.float32))
    squares, near = index.search(np.ascontiguousarray(points, dtype=np.float32), min(count, len(among)))
    return np.maximum(squares, 0), near
