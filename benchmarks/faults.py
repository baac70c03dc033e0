"""Which scorer sees which fault: clean samples with faults planted at known rates, and the AUROC of every scorer."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.auroc import auroc, bootstrap
from benchmarks.own_scorers import own_scorers, runs_by_itself
from benchmarks.planted import FEWEST_WORDS, Clean, Planted, clean_samples, planted, record
from benchmarks.results import FOLDER, Claim, Figure, Result, Spread, one
from benchmarks.timing import SHARED_DATA, fresh_folder
from vlitq.host import Host
from vlitq.node import CorpusScorer, SampleScorer, label_of
from vlitq.schema import Array
from vlitq.store import Run

TITLE = "Planted faults: which scorer sees them"
RATES = (0.05, 0.1, 0.2)
SEEDS = (0, 1, 2)
DRAWS, QUICK_DRAWS = 200, 20
QUICK = 0.1  # of the samples
FEWEST = 20  # samples that a fault must fit, half of which measure: a quick run leaves the rare ones out
SEEN = 0.9  # AUROC from which a fault counts as seen
SIGNS: Mapping[str, float] = {"higher": -1.0, "lower": 1.0}  # what makes the better end of a column the low one
TABLE = FOLDER / "faults.csv"
NOTES = (
    "Clean samples: owleval's answers of mPLUG_Owl_7b of eight words or more, 90 photographs with their names, the "
    "same as multiple choice, the demo's faultless samples with one image, and 60 drawn scenes with a box.",
    "Every fault is planted on every sample that it fits. At a rate, so many of these are replaced by their faulty "
    "version, drawn by a seed; the AUROC is that of the faulty ones against the rest, a row without a score counting "
    "half. Each column is read in its declared direction; columns that declare none are left out.",
    "A scorer that reads all rows is given whole sets: all clean samples with so many replaced, for each seed.",
    "A scorer's column for a fault is chosen on one half of the samples, and its AUROC is that of the other half.",
    "A cropped image is a corner of a fifth to a third of each side, and small for it; an enlarged crop is as large as "
    "the whole was.",
    "Intervals: 2.5 and 97.5 % of the bootstrap over both sides, the three seeds together.",
)
# What it would take, where no scorer here reaches SEEN: published results with those models, not measured here.
TAKES = {
    "another image's answer": "an image–text model trained on captions, such as CLIP ViT-L/14 (`--models`)",
    "object swapped": "an image–text model trained on captions, such as CLIP ViT-L/14 (`--models`)",
    "colour swapped": "a vision-language model asked for the answer's likelihood (VQAScore, arXiv 2404.01291)",
    "number swapped": "a vision-language model asked for the answer's likelihood (VQAScore, arXiv 2404.01291)",
    "relation swapped": "a vision-language model: CLIP is near chance on relations (ARO, arXiv 2210.01936)",
    "negated claim": "a vision-language model: CLIP hardly sees negation (NegBench, arXiv 2501.09425)",
    "wrong option letter": "a vision-language model that answers the question, or the option's text in the answer",
    "leaked phrase": "more phrases: of the six planted wordings 'the provided text mentions' is not heard",
    "shuffled box": "a grounding model: some orders of the four numbers are boxes as good as the right one",
    "cropped image": "a vision-language model, or the uncropped image to compare with",
    "enlarged crop": "a vision-language model, or the uncropped image to compare with",
}


@dataclass(frozen=True)
class Seen:
    """What the best column of a scorer makes of a fault: AUROC by rate, with its interval."""

    fault: str
    scorer: str
    column: str
    by_rate: Mapping[float, Spread]


def benchmark(quick: bool) -> Result:
    """AUROC of every scorer and fault at three rates and three seeds."""
    if not SHARED_DATA.is_dir():
        return Result("faults", TITLE, could_not_run=f"the real data is not at {SHARED_DATA}", quick=quick)
    with fresh_folder() as folder:
        pool = _Pool(folder, share=QUICK if quick else 1.0)
        found = [seen for fault in pool.faults for seen in pool.seen_by_scorers(fault, QUICK_DRAWS if quick else DRAWS)]
        swapped = _owleval_swapped(folder)
    if not quick:
        _write_table(found)
    best = {fault: max((s for s in found if s.fault == fault), key=_at_ten_per_cent) for fault in pool.faults}
    return Result("faults", TITLE, _figures(best, pool), _claims(best, swapped), (*NOTES, *pool.notes), quick=quick)


class _Pool:
    """Clean samples and all their faulty versions, scored in one run."""

    def __init__(self, folder: Path, share: float) -> None:
        rng = np.random.default_rng(0)
        images = folder / "images"
        images.mkdir()
        self.clean: Sequence[Clean] = clean_samples(images, rng, share)
        self.planted: Sequence[Planted] = planted(self.clean, images, rng)
        counts = Counter(plant.fault for plant in self.planted)
        self.faults = [fault for fault, count in counts.items() if count >= FEWEST]
        rows = [record(sample, sample.id) for sample in self.clean]
        rows += [record(plant.spoilt, plant.id) for plant in self.planted]
        (folder / "data.json").write_text(json.dumps(rows))
        able, corpus, self.notes = _scorers()
        self._run = _scored(folder / "data.json", images, folder / "run", [*able, *(name for name, _ in corpus)])
        self.columns = {n: v for n, v in _high_is_faulty(self._run).items() if n.partition(".")[0] in able}
        self.corpus_columns = [f"{name}.{column}" for name, column in corpus]
        self._row = {row["id"]: number for number, row in enumerate(rows)}

    def seen_by_scorers(self, fault: str, draws: int) -> Iterator[Seen]:
        """Each scorer's best column for a fault: chosen on one half of its samples, measured on the other."""
        plants = [plant for plant in self.planted if plant.fault == fault]
        chosen, measured = plants[::2], plants[1::2]
        for scorer in dict.fromkeys(name.partition(".")[0] for name in self.columns):
            columns = [name for name in self.columns if name.partition(".")[0] == scorer]
            column = max(columns, key=lambda name: auroc(*self._sides(chosen, name)))
            by_rate = {rate: self._at_rate(measured, column, rate, draws) for rate in RATES}
            yield Seen(fault, scorer, column, by_rate)
        for column in self.corpus_columns:
            by_rate = {rate: self._in_sets(measured, column, rate, draws) for rate in RATES}
            yield Seen(fault, column.partition(".")[0], column, by_rate)

    def _sides(self, plants: Sequence[Planted], column: str) -> tuple[Array, Array]:
        values = self.columns[column]
        faulty = [self._row[plant.id] for plant in plants]
        clean = [self._row[plant.clean.id] for plant in plants]
        return values[faulty], values[clean]

    def _at_rate(self, plants: Sequence[Planted], column: str, rate: float, draws: int) -> Spread:
        faulty, clean = self._sides(plants, column)
        drawn = [_drawn(len(plants), rate, seed) for seed in SEEDS]
        return _spread([(faulty[spoilt], clean[~spoilt]) for spoilt in drawn], draws)

    def _in_sets(self, plants: Sequence[Planted], column: str, rate: float, draws: int) -> Spread:
        """For a scorer that reads all rows: a set of its own for each seed, all clean samples with some replaced."""
        sides = []
        for seed in SEEDS:
            spoilt = [plants[place] for place in np.flatnonzero(_drawn(len(plants), rate, seed))]
            values = self._of_set({plant.clean.id: plant for plant in spoilt}, column)
            untouched = {plant.clean.id for plant in plants} - {plant.clean.id for plant in spoilt}
            sides.append(
                (
                    np.array([values[plant.clean.id] for plant in spoilt]),
                    np.array([values[name] for name in sorted(untouched)]),
                )
            )
        return _spread(sides, draws)

    def _of_set(self, spoilt: Mapping[str, Planted], column: str) -> dict[str, float]:
        """The column for all clean samples with these replaced, from the vectors that the run has kept."""
        scorer = make_scorer(column.partition(".")[0])
        rows = [self._row[spoilt[clean.id].id if clean.id in spoilt else clean.id] for clean in self.clean]
        scores = scorer.score(*(self._run.feature(label_of(need))[rows] for need in scorer.needs()))
        values = SIGNS[self._run.columns[column].direction] * np.asarray(scores[column.partition(".")[2]], np.float64)
        return dict(zip((clean.id for clean in self.clean), values, strict=True))


def _drawn(count: int, rate: float, seed: int) -> Array:
    """Which of the samples are spoilt: a share, and three at least."""
    rng = np.random.default_rng([seed, int(rate * 100)])
    return np.asarray(rng.random(count).argsort() < max(3, round(rate * count)))


def _spread(sides: Sequence[tuple[Array, Array]], draws: int) -> Spread:
    """The mean AUROC of faulty against clean values over the seeds, and the interval of all their resamples."""
    rng = np.random.default_rng(len(sides))
    resampled = np.concatenate([bootstrap(faulty, clean, draws, rng) for faulty, clean in sides])
    low, high = np.quantile(resampled, [0.025, 0.975])
    mean = float(np.mean([auroc(faulty, clean) for faulty, clean in sides]))
    return Spread(float(low), mean, float(high), len(resampled))


def _scorers() -> tuple[list[str], list[tuple[str, str]], list[str]]:
    """vlitq's scorers of single rows that need no file of the user's; the columns of correctness of those that read all
    rows; and a note on what is left out."""
    host = Host()
    able, corpus, left = [], [], []
    for scorer in own_scorers(host):
        if not issubclass(scorer, SampleScorer):
            corpus += [
                (scorer.name, c.name) for c in scorer.columns if c.axis == "correctness" and c.direction in SIGNS
            ]
        elif runs_by_itself(host, scorer):
            able.append(scorer.name)
        else:
            left.append(scorer.name)
    return able, corpus, [f"Left out, for they need a file of the user's: {', '.join(left)}."] if left else []


def _scored(data: Path, images: Path, out: Path, scorers: Sequence[str]) -> Run:
    import vlitq

    return vlitq.score(data, images=images, out=out, scorers=scorers, device="cpu", quiet=True)


def make_scorer(name: str) -> CorpusScorer:
    """A scorer of all rows with its default parameters and the embedded models."""
    scorer = Host().scorer(name)()
    assert isinstance(scorer, CorpusScorer)
    return scorer


def _high_is_faulty(run: Run) -> dict[str, Array]:
    """Every directed column of a run, high meaning faulty."""
    table = run.table()
    return {
        name: SIGNS[column.direction] * table[name].cast("float64").to_numpy(zero_copy_only=False)
        for name, column in run.columns.items()
        if column.direction in SIGNS and column.dtype != "string"
    }


def _owleval_swapped(folder: Path) -> float:
    """AUROC of `alignment.cosine` for the next image's answer, over all owleval answers of eight words or more."""
    import vlitq

    rows = json.loads((SHARED_DATA / "owleval" / "owleval.json").read_text())
    rows = [row for row in rows if len(row["conversations"][1]["value"].split()) >= FEWEST_WORDS]
    images = sorted({row["image"] for row in rows})
    following = dict(zip(images, [*images[1:], images[0]], strict=True))
    both = rows + [{**row, "id": f"{row['id']}|swapped", "image": following[row["image"]]} for row in rows]
    (folder / "owleval.json").write_text(json.dumps(both))
    run = vlitq.score(
        folder / "owleval.json",
        images=SHARED_DATA / "owleval" / "images",
        out=folder / "owleval",
        scorers=["alignment"],
        device="cpu",
        quiet=True,
    )
    cosine = run.table()["alignment.cosine"].to_numpy()
    return auroc(-cosine[len(rows) :], -cosine[: len(rows)])


def _at_ten_per_cent(seen: Seen) -> float:
    return seen.by_rate[0.1].median


def _figures(best: Mapping[str, Seen], pool: _Pool) -> tuple[Figure, ...]:
    counts = {fault: one(sum(plant.fault == fault for plant in pool.planted)) for fault in best}
    by_rate = [
        Figure(f"AUROC at {rate:.0%}", "", {fault: seen.by_rate[rate] for fault, seen in best.items()})
        for rate in RATES
    ]  # fmt: skip
    verdicts = {
        fault: "seen" if _at_ten_per_cent(seen) >= SEEN else f"not seen; it would take {TAKES.get(fault, 'more')}"
        for fault, seen in best.items()
    }
    columns = {fault: seen.column for fault, seen in best.items()}
    return (Figure("samples", "", counts), Figure("best column", "", columns), *by_rate, Figure("", "", verdicts))


def _claims(best: Mapping[str, Seen], swapped: float) -> tuple[Claim, ...]:
    told = sum(_at_ten_per_cent(seen) >= SEEN or fault in TAKES for fault, seen in best.items())
    return (
        Claim("AUROC of alignment.cosine, another image's answer among owleval's of eight words or more", "at least",
              0.8, one(swapped)),
        Claim("share of the faults that a scorer sees, or of which the page says what it would take", "at least", 1.0,
              one(told / len(best))),
    )  # fmt: skip


def _write_table(found: Sequence[Seen]) -> None:
    """Every scorer and fault, at every rate: `results/faults.csv`."""
    with TABLE.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["fault", "scorer", "column", "rate", "auroc", "low", "high"])
        for seen in found:
            for rate, area in seen.by_rate.items():
                numbers = (f"{value:.3f}" for value in (area.median, area.low, area.high))
                writer.writerow([seen.fault, seen.scorer, seen.column, rate, *numbers])
