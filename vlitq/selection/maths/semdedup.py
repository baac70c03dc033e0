"""SemDeDup: of rows whose vectors are nearly the same, one stays (Abbas et al. 2023, arXiv 2303.09540)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.kmeans import members
from vlitq.selection.maths.nearest_before import Before, improve, nearest_before
from vlitq.selection.maths.pairs import STRIP
from vlitq.selection.maths.rows import BLOCK, Directions
from vlitq.selection.maths.survivors import RULES, Rule, component_labels, surviving

_LOWEST = -1 - 1e-9  # a limit below all cosines
_TIE = 1e-12  # similarities as close as this are equal: no epsilon is put between them


def semdedup(
    x: Array, epsilon: float, rule: Rule = "ranked", *, order: Array | None = None, clusters: Array | None = None
) -> Array:
    """Which rows of `x`, shape (n, dim), stay, bool of shape (n,).

    epsilon: a cosine above 1 − epsilon makes two rows near copies. order: every position once, the preferred first;
    None is as they stand. clusters: an int64 label a row; only rows that share one are compared, as in the paper (there
    k-means, and the rows farthest from their centroid first). rule: "ranked", the paper's and its code's, removes a
    row that is a near copy of any row before it, even of one that is itself removed; "greedy" only where that one
    stays; "components" keeps the first row of each connected component. So components keep no more than ranked, and
    ranked no more than greedy. A row of zeros or NaN stays.
    """
    if rule not in RULES:
        raise ValueError(f"rule {rule!r} is none of {', '.join(RULES)}")
    if np.isnan(epsilon):
        raise ValueError("epsilon is not a number; 0.1 removes what has a cosine above 0.9 to a row before it")
    stays = np.empty(len(x), dtype=bool)
    for part in _parts(len(x), order, clusters):
        stays[part] = surviving(rule, x, part, 1 - epsilon)
    return stays


def nearest_preferred(x: Array, *, order: Array | None = None, clusters: Array | None = None) -> Before:
    """Of each row the most similar of those that count before it, and its position: rule "ranked" for every epsilon."""
    found = Before.none(len(x))
    for part in _parts(len(x), order, clusters):
        before = nearest_before(x, part)
        found.similarity[part] = before.similarity
        found.row[part] = np.where(before.row >= 0, part[before.row], -1)
    return found


@dataclass(frozen=True)
class Cut:
    """Where to cut: `epsilon`; how many rows it keeps, `kept`; `tied`, how many more the next smaller one would keep
    at once, 0 where nothing stands in the way of the number asked for."""

    epsilon: float
    kept: int
    tied: int


def semdedup_epsilon(
    x: Array, keep: int, rule: Rule = "ranked", *, order: Array | None = None, clusters: Array | None = None
) -> float:
    """The epsilon with which `semdedup` keeps `keep` rows, or, where similarities tie, the most that are fewer.

    Raises ValueError where no epsilon keeps as few: a row with nothing before it always stays. `semdedup_cut` says how
    many are kept, and how it is found.
    """
    return semdedup_cut(x, keep, rule, order=order, clusters=clusters).epsilon


def semdedup_cut(
    x: Array, keep: int, rule: Rule = "ranked", *, order: Array | None = None, clusters: Array | None = None
) -> Cut:
    """The epsilon of `semdedup_epsilon`, and what it keeps.

    Exact for "ranked", from one search. For the others by bisection, a search each, until the number is met: exact for
    "components"; "greedy" may keep more at a larger epsilon, so that another epsilon may come closer.
    """
    if rule == "ranked":
        return ranked_cut(nearest_preferred(x, order=order, clusters=clusters).similarity, keep)

    def kept(limit: float) -> int:
        return int(semdedup(x, 1 - limit, rule, order=order, clusters=clusters).sum())

    return bisected(kept, len(x), keep)


def ranked_cut(similarity: Array, keep: int) -> Cut:
    """The cut of rule "ranked" from each row's highest cosine to a row before it, −inf where there is none."""
    climbing = np.sort(similarity)
    if keep >= len(climbing):
        return Cut(0.0, len(climbing), 0)
    kept = keep
    while kept > 0 and climbing[kept] - max(climbing[kept - 1], _LOWEST) < _TIE:
        kept -= 1
    if kept == 0:
        raise ValueError(_too_few(keep, int(np.isneginf(climbing).sum())))
    beyond = int(np.searchsorted(climbing, climbing[keep], side="right"))
    limit = (max(climbing[kept - 1], _LOWEST) + climbing[kept]) / 2
    return Cut(float(1 - limit), kept, beyond - kept if kept < keep else 0)


def bisected(kept: Callable[[float], int], rows: int, keep: int) -> Cut:
    """The cut of any rule from how many rows it keeps at a limit: halves the interval until `keep` is met, or ties."""
    if keep >= rows:
        return Cut(0.0, rows, 0)
    low, high, most = _LOWEST, 1.0, rows
    fewest = kept(low)
    if fewest > keep:
        raise ValueError(_too_few(keep, fewest))
    while fewest < keep and high - low > _TIE:
        middle = (low + high) / 2
        count = kept(middle)
        if count <= keep:
            low, fewest = middle, count
        else:
            high, most = middle, count
    return Cut(1 - low, fewest, most - fewest if fewest < keep else 0)


@dataclass(frozen=True)
class Groups:
    """Of each row the row that stands for it, `representative`, int64, itself where it stays; and the cosine of the
    two, `similarity`, float64, 1 where it stays. Both of shape (n,)."""

    representative: Array
    similarity: Array


def semdedup_groups(
    x: Array, epsilon: float, rule: Rule = "ranked", *, order: Array | None = None, clusters: Array | None = None
) -> Groups:
    """Who stands for whom after `semdedup` with the same arguments.

    With "components" the row of the component that stays, else the most similar of the rows before it that stay: under
    "ranked" it may be farther than the threshold, as the row that removed another may itself be removed.
    """
    stays = semdedup(x, epsilon, rule, order=order, clusters=clusters)
    groups = Groups(np.arange(len(x)), np.ones(len(x)))
    for part in _parts(len(x), order, clusters):
        if rule == "components":
            groups.representative[part] = part[component_labels(x, part, 1 - epsilon)]
        else:
            _find_kept(groups, x, part, stays[part])
    removed = np.flatnonzero(~stays)
    groups.similarity[removed] = Directions.of(x).cosines(removed, groups.representative[removed])
    return groups


def _find_kept(groups: Groups, x: Array, part: Array, stays: Array) -> None:
    """The most similar row before it that stays, for each row of the part that goes."""
    rows = Directions.of(x, part)
    kept, gone = np.intersect1d(np.flatnonzero(stays), rows.directed), np.flatnonzero(~stays)
    best = Before.none(len(rows))
    for start in range(0, len(gone), STRIP):
        later = gone[start : start + STRIP]
        for other in range(0, len(kept), BLOCK):
            earlier = kept[other : other + BLOCK]
            product = rows.take(later) @ rows.take(earlier).T
            product[earlier > later[:, None]] = -np.inf
            improve(best, rows, later, earlier, product)
    groups.representative[part[gone]] = part[best.row[gone]]


def _parts(count: int, order: Array | None, clusters: Array | None) -> Iterator[Array]:
    """The positions of each cluster, in the order in which they count."""
    order = np.arange(count) if order is None else np.asarray(order, np.int64)
    if clusters is None:
        yield order
        return
    labels = np.unique(np.asarray(clusters)[order], return_inverse=True)[1]
    for part in members(labels, int(labels.max(initial=-1)) + 1) if count else []:
        yield order[part]


def _too_few(keep: int, fewest: int) -> str:
    return f"no epsilon keeps {keep} rows: {fewest} have nothing before them to be compared with and stay; ask for more"
