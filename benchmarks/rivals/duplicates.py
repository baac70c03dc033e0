"""Near-duplicates removed by vlitq, SemHash, FAISS, distilabel and DEITA: the same vectors, and what was planted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.results import Claim, Figure, Result
from benchmarks.rivals.apart import Subject, Took, Trial, peak, seconds, trial
from benchmarks.rivals.data_juicer import ENVIRONMENT as WITH_TORCH
from benchmarks.rivals.made_vectors import Outcome, Vectors, made_vectors, outcome
from benchmarks.timing import CACHE, fresh_folder

ENVIRONMENT = CACHE / "rivals" / "duplicates"
PACKAGES = ("semhash==0.5.0", "distilabel==1.5.3", "requests==2.34.2", "faiss-cpu==1.15.1")
DEITA = CACHE / "rivals" / "deita"
DEITA_COMMIT = "b279f2c329b403d2612a61e270c8d2a2eeaed6f4"
DEITA_WAY = "`git clone https://github.com/hkust-nlp/deita .cache/rivals/deita`"
TITLE = "Near-duplicates removed at cosine 0.9"
MODULE = "benchmarks.rivals.duplicate_subjects"
SETUP = "run `python -m benchmarks.rivals.setup`"
FEWER, MORE = 20_000, 100_000
RECALL = 0.99  # of the search by cells
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}

EXACT = Subject("vlitq, semdedup, exact", "semdedup", MODULE)
CELLS = Subject("vlitq, semdedup, by cells", "cells", MODULE)
FILTER = Subject("vlitq, deita", "deita", MODULE)
THEIR_FILTER = Subject(
    "DEITA, Combined_Filter", "deita_filter", MODULE, WITH_TORCH / "bin" / "python", DEITA / "src", DEITA_WAY, rounds=1
)


def _rival(name: str, key: str, rounds: int = 99) -> Subject:
    return Subject(name, key, MODULE, ENVIRONMENT / "bin" / "python", way=SETUP, rounds=rounds)


OURS = (EXACT, CELLS, FILTER)
SCALING = (
    _rival("FAISS, IndexFlatIP.range_search", "faiss"),
    _rival("SemHash", "semhash"),
    _rival("distilabel, FaissNearestNeighbour and EmbeddingDedup", "distilabel_dedup", rounds=1),
)
SQUARE = _rival("distilabel, DeitaFiltering", "distilabel_deita")
LEFT_OUT = {
    SQUARE.name: "left out: two matrices of n × n float64, 149 GiB",
    THEIR_FILTER.name: "left out: 25 times as long as at 20,000, as each row meets a fresh copy of all kept",
}
NOTES = (
    "Unit rows of 512 around 200 clusters; a tenth are copies of others, one of each, a third each at cosine 0.99, "
    "0.95 and 0.92; two others are nowhere nearer than 0.8. Lost: neither the original nor its copy is kept.",
    "Each program runs in a process of its own, on all cores, and has met 200 rows before its clock starts. The "
    "vectors are in the form it takes by then: distilabel's rows are lists of floats, DEITA's a data frame. Peak "
    "memory is the process's, imports included.",
    "SemHash: from_embeddings with its default index, then self_deduplicate. FAISS: a flat index, range_search, then "
    "the first of near copies stays. distilabel: inner products, the rest its defaults; DeitaFiltering's threshold is "
    "a distance, 0.1. Both of its ways remove the original with the copy.",
    f"DEITA: Combined_Filter of commit {DEITA_COMMIT[:7]}, on the processor, with its default batch of one row; it "
    f"runs once, as does distilabel's EmbeddingDedup. It is on no package index: {DEITA_WAY}.",
    "vlitq by cells: `partition_pairs`, k-means included, and the greedy rule on the pairs it meets.",
    "Equal outcome: as many planted pairs found, no more originals lost, no more rows removed for nothing.",
)


def missing() -> str:
    """Why the rivals cannot run here; empty when they can."""
    return "" if (ENVIRONMENT / "bin" / "python").exists() else f"SemHash and distilabel are not installed; {SETUP}"


def benchmark(quick: bool) -> Result:
    """Seconds, memory and what was found and lost, at each size."""
    if why := missing():
        return Result("rivals.duplicates", TITLE, could_not_run=why, quick=quick)
    every = (*OURS, *SCALING, SQUARE, THEIR_FILTER)
    sizes = {1000: every, 4000: (*OURS, *SCALING)} if quick else {FEWER: every, MORE: (*OURS, *SCALING)}
    figures: list[Figure] = []
    claims: list[Claim] = []
    with fresh_folder() as folder:
        settings = {**OFFLINE, "HF_HOME": str(folder / "home")}
        for rows, subjects in sizes.items():
            made = made_vectors(rows, np.random.default_rng(rows))
            found = trial(subjects, made.x, 1 if quick else 3, folder / str(rows), settings)
            if subjects is not every:
                found.failed |= LEFT_OUT
            figures += _figures(made, found)
            claims += _claims(made, found, quick)
    return Result("rivals.duplicates", TITLE, tuple(figures), tuple(claims), NOTES, quick=quick)


def equal_or_better(made: Vectors, found: Trial, subject: Subject) -> list[str]:
    """The rivals that do no worse than one of ours: as many found, no more lost, no more removed for nothing."""
    ours = _worst(made, found.took[subject.name])
    rest = {name: _worst(made, took) for name, took in found.took.items() if not name.startswith("vlitq")}
    return [
        name
        for name, theirs in rest.items()
        if theirs.found >= ours.found and theirs.lost <= ours.lost and theirs.needless <= ours.needless
    ]


def _figures(made: Vectors, found: Trial) -> Iterator[Figure]:
    size = f"{len(made.x):,}"
    yield found.times(f"{size}: time")
    yield found.figure(f"{size}: peak memory", "MiB", peak)
    yield found.figure(f"{size}: before the clock", "MiB", lambda took: took.before)
    yield found.figure(f"{size}: of {made.copies:,} found", "", lambda took: outcome(made, took.answer).found)
    yield found.figure(f"{size}: originals lost", "", lambda took: outcome(made, took.answer).lost)


def _claims(made: Vectors, found: Trial, quick: bool) -> Iterator[Claim]:
    size = f"{len(made.x):,}"
    for subject in OURS:
        if subject.name not in found.took:
            raise RuntimeError(f"{subject.name} {found.failed[subject.name]}")
        share = found.spread(subject.name, lambda took: outcome(made, took.answer).found / made.copies)
        lost = found.spread(subject.name, lambda took: outcome(made, took.answer).lost)
        yield Claim(f"{size}: {subject.name}: share found", "at least", RECALL if subject is CELLS else 1, share)
        yield Claim(f"{size}: {subject.name}: originals lost", "at most", 0, lost)
        rivals = equal_or_better(made, found, subject)
        if rivals and not quick:
            by = "the fastest of equal outcome's"
            yield Claim(
                f"{size}: {subject.name}: time by {by}", "at most", 1, found.ratio(subject.name, rivals, seconds)
            )
            by = "the least of equal outcome's"
            yield Claim(f"{size}: {subject.name}: peak by {by}", "at most", 1, found.ratio(subject.name, rivals, peak))


def _worst(made: Vectors, took: Sequence[Took]) -> Outcome:
    each = [outcome(made, one.answer) for one in took]
    return Outcome(min(o.found for o in each), max(o.lost for o in each), max(o.removed for o in each))
