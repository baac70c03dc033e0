"""How far taxonomy's rules agree with labels made by reading: dev rows, which they were written on, and test rows."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.agreement import Agreement
from benchmarks.results import Claim, Figure, Result, Spread, one
from benchmarks.timing import CACHE, SHARED_DATA, in_turn
from vlitq.sample import ImageRef, Sample, Turn
from vlitq_scorers.text.complexity import Complexity
from vlitq_scorers.text.taxonomy import Taxonomy

TITLE = "Taxonomy by rules against labels made by reading"
LABELS = Path(__file__).parent / "taxonomy"
TEXTS = CACHE / "taxonomy"  # texts_dev.jsonl and texts_test.jsonl, a line {"id", "instruction", "response"}
SCORERS = {
    **dict.fromkeys(("task", "reasoning", "focus", "domain", "scope"), Taxonomy()),
    "question_type": Complexity(),
}
MICROSECONDS = 30
CONFUSIONS = 8  # pairs told a column
NOTES = (
    "The rules were written on the dev half: its figures say how well they fit, those of the test half how well they "
    "hold. No rule has changed since the test half was first measured; of it only owleval's questions, without labels, "
    "had been read. Both halves come from the same sources, some of one template, and one annotator, a language "
    "model, made all labels (benchmarks/taxonomy/README.md).",
    "Intervals are Wilson's at 95 %; macro-F1 is over the labels the annotator gave; beside each column stands the "
    "commonest label of the same half, given to every row. A row the rules give no label counts as wrong.",
    "We aimed at a test accuracy of 0.75 for task and 0.85 for focus and domain before measuring.",
    "question_type is complexity's. Clips have a field that names them, as clips of LLaVA-Video do.",
    "Time: Taxonomy().score on the owleval samples, in memory, instructions seen before.",
)


@dataclass(frozen=True)
class Half:
    """The labelled rows whose text is here, and how many are not."""

    name: str
    samples: tuple[Sample, ...]
    labels: tuple[Mapping[str, str], ...]
    absent: int  # the text is not on this machine
    changed: int  # the text is another than was labelled

    def without(self, source: str) -> Half:
        """The rows of all other sources."""
        kept = [i for i, labels in enumerate(self.labels) if labels["source"] != source]
        samples, labels = tuple(self.samples[i] for i in kept), tuple(self.labels[i] for i in kept)
        return Half(f"{self.name} without {source}", samples, labels, 0, 0)


def benchmark(quick: bool) -> Result:
    """Agreement a column and a half, the baseline's beside it, and microseconds an owleval row."""
    owleval = _owleval()
    dev, test = (_half(name, owleval) for name in ("dev", "test"))
    if not test.samples:
        return Result("taxonomy_agreement", TITLE, could_not_run=_missing(test), quick=quick)
    figures = [figure for half in (dev, test, test.without("owleval")) for figure in _figures(half)]
    claims = [
        Claim(
            f"test accuracy of {column}, less that of the commonest label",
            "at least",
            0.1,
            one(_agreement(test, column).accuracy - _baseline(test, column).accuracy),
        )
        for column in SCORERS
    ]
    notes = [*NOTES, *map(_missing, (dev, test)), *(note for half in (dev, test) for note in _confusions(half))]
    if owleval:
        spread = Spread.of(_microseconds(list(owleval.values()), repeats=1 if quick else 5))
        figures.append(Figure("time", "µs a row", {"owleval": spread}))
        claims.append(Claim("microseconds an owleval row", "at most", MICROSECONDS, spread))
    return Result("taxonomy_agreement", TITLE, tuple(figures), tuple(claims), tuple(notes), quick=quick)


def _half(name: str, owleval: Mapping[str, Sample]) -> Half:
    path = TEXTS / f"texts_{name}.jsonl"
    texts = {record["id"]: record for record in _lines(path)} if path.exists() else {}
    found, absent, changed = [], 0, 0
    for labels in _lines(LABELS / f"labels_{name}.jsonl"):
        sample = _sample(labels, texts.get(labels["id"])) or owleval.get(labels["id"])
        absent += sample is None
        changed += sample is not None and _digest(sample) != labels["sha256"]
        if sample is not None and _digest(sample) == labels["sha256"]:
            found.append((sample, labels))
    return Half(name, tuple(s for s, _ in found), tuple(labels for _, labels in found), absent, changed)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _sample(labels: Mapping[str, Any], text: Mapping[str, Any] | None) -> Sample | None:
    """The labelled sample; `images` is null for a clip. Lines that all end in a question mark are a turn each."""
    if text is None:
        return None
    lines = text["instruction"].split("\n")
    asked = lines if all(line.rstrip().endswith("?") for line in lines) else [text["instruction"]]
    return _made(labels["id"], asked, text["response"] or "", labels["images"])


def _made(name: str, asked: Sequence[str], answer: str, images: int | None) -> Sample:
    turns = (*(Turn("human", question) for question in asked), Turn("assistant", answer))
    metadata = {"video": f"{name}.mp4"} if images is None else {}
    return Sample(name, images=(ImageRef("image"),) * (images or 0), turns=turns, metadata=metadata)


def _owleval() -> dict[str, Sample]:
    """The owleval samples by their ids; none where the data is not on this machine."""
    path = SHARED_DATA / "owleval" / "owleval.json"
    records = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return {record["id"]: _owl(record) for record in records}


def _owl(record: Mapping[str, Any]) -> Sample:
    question, answer = (turn["value"].replace("<image>\n", "") for turn in record["conversations"])
    return _made(record["id"], [question], answer, 1)


def _digest(sample: Sample) -> str:
    return hashlib.sha256(sample.instruction.strip().encode()).hexdigest()


def _missing(half: Half) -> str:
    return (
        f"{half.name}: {len(half.samples)} rows measured; {half.absent} left out because their text is not on this "
        f"machine ({TEXTS}), {half.changed} because it is another than was labelled."
    )


def _columns(half: Half, column: str) -> tuple[list[str], list[str]]:
    """The annotator's labels and the rules', "null" where they give none."""
    found = SCORERS[column].score(half.samples)[column]
    return [labels[column] for labels in half.labels], [label or "null" for label in found]


def _agreement(half: Half, column: str) -> Agreement:
    return Agreement.of(*_columns(half, column))


def _baseline(half: Half, column: str) -> Agreement:
    read, _ = _columns(half, column)
    return Agreement.of(read, [Counter(read).most_common(1)[0][0]] * len(read))


def _figures(half: Half) -> Iterator[Figure]:
    """Accuracy, macro-F1 and kappa of a half: of the rules, and of the commonest label."""
    both = {column: _agreement(half, column) for column in SCORERS}
    both |= {f"{column}, always the commonest": _baseline(half, column) for column in SCORERS}
    measures: dict[str, Callable[[Agreement], Spread | str]] = {
        "accuracy": lambda a: f"{a.accuracy:.3f} ({a.interval[0]:.3f} to {a.interval[1]:.3f})",
        "macro-F1": lambda a: one(a.macro_f1),
        "kappa": lambda a: one(a.kappa),
    }
    for measure, of in measures.items():
        yield Figure(f"{half.name} {measure}", "", {name: of(agreement) for name, agreement in both.items()})


def _confusions(half: Half) -> Iterator[str]:
    for column in SCORERS:
        pairs = _agreement(half, column).confusions
        told = "; ".join(f"{read} as {ruled} {count}" for read, ruled, count in pairs[:CONFUSIONS])
        rest = sum(count for _, _, count in pairs[CONFUSIONS:])
        yield f"{half.name} {column}, confused: {told or 'none'}{f'; {rest} other rows' if rest else ''}."


def _microseconds(samples: list[Sample], repeats: int) -> list[float]:
    scorer = Taxonomy()
    scorer.score(samples)
    [seconds] = in_turn(repeats, lambda: scorer.score(samples))
    return [taken / len(samples) * 1e6 for taken in seconds]
