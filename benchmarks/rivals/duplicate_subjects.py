"""Removal of near-duplicates by vlitq, SemHash, FAISS, distilabel and DEITA, each with its own call.

Run by the interpreter of each one's environment, as `python -m benchmarks.rivals.duplicate_subjects SUBJECT FOLDER`.
Each gets unit rows and answers with the positions it keeps.
"""

from __future__ import annotations

import logging
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rivals.clocked import Work, main

THRESHOLD = 0.9


def semdedup(x: Any) -> Work:
    """vlitq: exact, a row goes when one that stays before it is a near copy."""
    from vlitq.selection import semdedup

    return lambda: np.flatnonzero(semdedup(x, 1 - THRESHOLD, rule="greedy"))


def cells(x: Any) -> Work:
    """vlitq: the same from the pairs that a search by k-means cells meets."""
    from vlitq.selection.maths.partitions import partition_pairs
    from vlitq.selection.maths.survivors import surviving_pairs

    def work() -> Any:
        found = partition_pairs(x, THRESHOLD, np.random.default_rng(0), inclusive=False)
        return np.flatnonzero(surviving_pairs("greedy", found.pairs, np.arange(len(x))))

    return work


def deita(x: Any) -> Work:
    """vlitq: DEITA's filter, the rows ranked as they stand, and no more taken than differ."""
    from vlitq.selection import deita

    return lambda: deita(x, len(x), THRESHOLD, fill=False)


def faiss_range(x: Any) -> Work:
    """FAISS: every pair from a flat index, then first come, first kept."""
    import faiss

    def work() -> Any:
        index = faiss.IndexFlatIP(x.shape[1])
        index.add(x)
        bounds, _, near = index.range_search(x, THRESHOLD)
        kept = np.ones(len(x), dtype=bool)
        for row in np.flatnonzero(np.diff(bounds) > 1):
            earlier = near[bounds[row] : bounds[row + 1]]
            kept[row] = not kept[earlier[earlier < row]].any()
        return np.flatnonzero(kept)

    return work


def semhash(x: Any) -> Work:
    """SemHash: its default index; records of no meaning, as the vectors are given."""
    from semhash import SemHash

    names = [str(number) for number in range(len(x))]

    def work() -> Any:
        found = SemHash.from_embeddings(x, names, model=None).self_deduplicate(threshold=THRESHOLD)
        return np.array([int(name) for name in found.selected])

    return work


def distilabel_dedup(x: Any) -> Work:
    """distilabel: FaissNearestNeighbour with inner products, then EmbeddingDedup."""
    import faiss
    from distilabel.steps import EmbeddingDedup, FaissNearestNeighbour

    rows = _rows(x)

    def work() -> Any:
        neighbours = FaissNearestNeighbour(metric_type=faiss.METRIC_INNER_PRODUCT)
        dedup = EmbeddingDedup(threshold=THRESHOLD)
        neighbours.load()
        dedup.load()
        marked = next(dedup.process(next(neighbours.process(rows))))
        return np.array([row["number"] for row in marked if row["keep_row_after_embedding_filtering"]])

    return work


def distilabel_deita(x: Any) -> Work:
    """distilabel: DeitaFiltering, whose threshold is a distance."""
    from distilabel.steps import DeitaFiltering

    rows = _rows(x)

    def work() -> Any:
        step = DeitaFiltering(data_budget=len(rows), diversity_threshold=1 - THRESHOLD)
        step.load()
        return np.sort([row["number"] for row in next(step.process(rows))])

    return work


def deita_filter(x: Any) -> Work:
    """DEITA: Combined_Filter with the arguments of its example; the scores rank the rows as they stand."""
    _without_models("deita.pipeline")
    import pandas
    from deita.selection.filter import Combined_Filter

    ranking = [[float(score)] for score in range(len(x), 0, -1)]  # a list, of one turn: pandas 3 breaks it on numbers
    frame = pandas.DataFrame({"embedding": list(x), "complexity_scores": ranking, "quality_scores": ranking})
    frame["row"] = frame.index

    def work() -> Any:
        chosen = Combined_Filter(
            threshold=THRESHOLD,
            data_size=-1,
            chunk_size=100_000,
            sort_key="complexity_scores,quality_scores",
            device="cpu",
        ).filter(frame)
        return np.sort(chosen["row"].to_numpy())

    return work


def _rows(x: Any) -> list[dict[str, Any]]:
    """As distilabel's steps hand rows on: lists of floats."""
    scores = {"evol_instruction_score": 1.0}
    return [
        {"number": number, "embedding": vector.tolist(), "evol_response_score": float(len(x) - number), **scores}
        for number, vector in enumerate(x)
    ]


def _without_models(package: str) -> None:
    """Makes the package importable without running its __init__, which imports language models the filter has no use
    for."""
    found = find_spec(package.partition(".")[0])
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"no package {package.partition('.')[0]!r} on PYTHONPATH")
    bare = ModuleSpec(package, None, is_package=True)
    inner = Path(found.submodule_search_locations[0]) / package.partition(".")[2]
    bare.submodule_search_locations = [str(inner)]
    sys.modules[package] = module_from_spec(bare)


SUBJECTS = {
    "semdedup": semdedup,
    "cells": cells,
    "deita": deita,
    "faiss": faiss_range,
    "semhash": semhash,
    "distilabel_dedup": distilabel_dedup,
    "distilabel_deita": distilabel_deita,
    "deita_filter": deita_filter,
}

if __name__ == "__main__":
    logging.disable(logging.WARNING)
    main(SUBJECTS)
