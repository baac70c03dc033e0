"""Facility location against apricot's and submodlib's, Vendi scores against vendi-score's: the same vectors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.rivals.apart import Subject, Took, Trial, peak, seconds, trial
from benchmarks.rivals.made_vectors import made_vectors
from benchmarks.timing import CACHE, fresh_folder
from vlitq.schema import Array

ENVIRONMENT = CACHE / "rivals" / "subsets"
PACKAGES = ("apricot-select==0.6.1", "submodlib-py==0.0.3", "vendi-score==0.0.3")
TITLE = "Facility location and the Vendi score"
MODULE = "benchmarks.rivals.subset_subjects"
SETUP = "run `python -m benchmarks.rivals.setup`"
COVERED = 0.999  # of the best rival's objective
DIFFERENCE = 1e-9  # of two Vendi scores, relative
AT_ONCE = 1024


def _rival(name: str, key: str, rounds: int = 99) -> Subject:
    return Subject(name, key, MODULE, ENVIRONMENT / "bin" / "python", way=SETUP, rounds=rounds)


OURS = Subject("vlitq, facility_location_of", "facility_location_of", MODULE)
SQUARED = _rival("apricot, metric cosine", "apricot")
GIVEN = _rival("apricot, cosines given", "apricot_given")
SUBMODLIB = _rival("submodlib, cosines given", "submodlib", rounds=1)
COVERS = (OURS, SQUARED, GIVEN, SUBMODLIB)
VENDI = Subject("vlitq, vendi", "vendi", MODULE)
DUAL = _rival("vendi-score, score_dual", "vendi_score")
NOTES = (
    "The vectors are those of rivals.duplicates: unit rows of 512 around 200 clusters, a tenth near-duplicates. "
    "Facility location chooses a tenth of the rows; its objective, for all, is the sum over the rows of the highest "
    "cosine to a chosen one, in float64.",
    "Each program runs in a process of its own, on all cores, and has met 200 rows before its clock starts (apricot's "
    "compiler ran by then). From vectors to positions: similarities are part of the time. Peak memory is the "
    "process's, imports included.",
    "vlitq: its default, greedy and then one pass of exchanges.",
    "apricot: FacilityLocationSelection, lazy. With metric cosine it maximises squared cosines, which is another "
    "objective; given the cosines, float64 and not below 0, it maximises them.",
    "submodlib: FacilityLocationFunction, dense, LazyGreedy, on numpy's float32 cosines, as its own pass through "
    "lists of Python's floats; it runs once.",
    "Vendi: both get float64, without which vendi-score loses digits; order 1.",
)


def missing() -> str:
    """Why the rivals cannot run here; empty when they can."""
    installed = (ENVIRONMENT / "bin" / "python").exists()
    return "" if installed else f"apricot, submodlib and vendi-score are not installed; {SETUP}"


def benchmark(quick: bool) -> Result:
    """Seconds, memory and objective of each, at each size."""
    if why := missing():
        return Result("rivals.subsets", TITLE, could_not_run=why, quick=quick)
    figures: list[Figure] = []
    claims: list[Claim] = []
    with fresh_folder() as folder:
        for rows in (2000,) if quick else (10_000, 20_000):
            x = made_vectors(rows, np.random.default_rng(rows)).x
            found = trial(COVERS, x, 1 if quick else 3, folder / f"cover-{rows}")
            figures += _cover_figures(x, found)
            claims += _cover_claims(x, found, quick)
        for rows in (5000,) if quick else (50_000, 200_000):
            x = made_vectors(rows, np.random.default_rng(rows)).x
            found = trial((VENDI, DUAL), x, 1 if quick else 5, folder / f"vendi-{rows}")
            figures += _vendi_figures(rows, found)
            claims += _vendi_claims(rows, found, quick)
    return Result("rivals.subsets", TITLE, tuple(figures), tuple(claims), NOTES, quick=quick)


def objective(x: Array, chosen: Array) -> float:
    """Σ over the rows of `x` of the highest product with a chosen row, in float64."""
    wide = x[chosen].astype(np.float64).T
    blocks = range(0, len(x), AT_ONCE)
    return float(sum((x[at : at + AT_ONCE].astype(np.float64) @ wide).max(axis=1).sum() for at in blocks))


def _cover_figures(x: Array, found: Trial) -> Iterator[Figure]:
    size = f"{len(x) // 10:,} of {len(x):,}"
    yield found.times(f"{size}: time")
    yield found.figure(f"{size}: peak memory", "MiB", peak)
    yield found.figure(f"{size}: objective", "", lambda took: objective(x, took.answer))


def _cover_claims(x: Array, found: Trial, quick: bool) -> Iterator[Claim]:
    size = f"{len(x) // 10:,} of {len(x):,}"
    ours = _ours(found, OURS)
    others = [name for name in found.took if name != OURS.name]
    if others:
        best = max(objective(x, took.answer) for name in others for took in found.took[name])
        share = Spread.of([objective(x, took.answer) / best for took in ours])
        yield Claim(f"{size}: objective by the best rival's", "at least", COVERED, share)
    if others and not quick:
        yield Claim(f"{size}: time by the fastest rival's", "at most", 1, found.ratio(OURS.name, others, seconds))
        yield Claim(f"{size}: peak by the least rival's", "at most", 1, found.ratio(OURS.name, others, peak))


def _vendi_figures(rows: int, found: Trial) -> Iterator[Figure]:
    yield found.times(f"Vendi of {rows:,}: time")
    yield found.figure(f"Vendi of {rows:,}: peak memory", "MiB", peak)
    yield found.figure(f"Vendi of {rows:,}", "", lambda took: float(took.answer))


def _vendi_claims(rows: int, found: Trial, quick: bool) -> Iterator[Claim]:
    ours = _ours(found, VENDI)
    if DUAL.name not in found.took:
        return
    theirs = float(found.took[DUAL.name][0].answer)
    apart = Spread.of([abs(float(took.answer) - theirs) / theirs for took in ours])
    yield Claim(f"Vendi of {rows:,}: relative difference to vendi-score's", "at most", DIFFERENCE, apart)
    if not quick:
        ratio = found.ratio(VENDI.name, [DUAL.name], seconds)
        yield Claim(f"Vendi of {rows:,}: time by vendi-score's", "at most", 1, ratio)


def _ours(found: Trial, subject: Subject) -> list[Took]:
    if subject.name not in found.took:
        raise RuntimeError(f"{subject.name} {found.failed[subject.name]}")
    return found.took[subject.name]
