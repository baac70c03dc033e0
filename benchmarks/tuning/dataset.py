"""The dataset: LLaVA records on drawn scenes, three tenths of them with a fault and three tenths near-duplicates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tuning.questions import TASKS, Question, ask, is_right, reworded
from benchmarks.tuning.scenes import Scene, redrawn, save, scene
from benchmarks.tuning.spoiling import ANOTHER, SPOILS

FAULTY, COPIED = 0.3, 0.3  # shares of all records
PER_SCENE = 4  # questions on a scene, each of another task
COPIES = 37  # redrawings of a scene that is copied at all: few origins, as in crawled data
CAPTIONED = 1000  # more scenes, each thing of which has a caption
HELD_OUT = 600  # new scenes, with one question of each task
FEWER = 20  # of a smaller dataset: as many held-out and captioned scenes as there are records by this
SOURCES = {"colour": "open", "shape": "open", "place": "open", "presence": "verdicts", "count": "counting"}
CARE = {"open": 1.0, "verdicts": 2.0, "counting": 1.5}  # odds of a fault: sources are not made with equal care
LEFT_OUT = {"colour": 0.05, "shape": 0.05, "presence": 0.1, "place": 0.3, "count": 0.5}  # which task a scene lacks


@dataclass(frozen=True)
class Sample:
    """A record before it has an id. `fault` names what is wrong with it, "" for nothing."""

    question: Question
    image: str
    fault: str = ""
    is_copy: bool = False


@dataclass(frozen=True)
class Planted:
    """What is planted in a record, which may be both faulty and a near-duplicate."""

    fault: str
    is_copy: bool


@dataclass(frozen=True)
class Caption:
    """A thing of a picture: what points to it, its shape or its place, and what is said of it."""

    image: str
    prompt: str
    text: str


@dataclass(frozen=True)
class Dataset:
    """Where the dataset lies: records, pictures, what is planted by id, and the clean questions on other scenes."""

    folder: Path

    @property
    def data(self) -> Path:
        """The LLaVA records."""
        return self.folder / "data.json"

    @property
    def images(self) -> Path:
        """The folder of all pictures."""
        return self.folder / "images"

    def planted(self) -> dict[str, Planted]:
        """What is planted in each record, by id."""
        found = json.loads((self.folder / "planted.json").read_text())
        return {name: Planted(**entry) for name, entry in found.items()}

    def captions(self) -> list[Caption]:
        """What the model is taught to name before it is tuned."""
        return [Caption(**row) for row in json.loads((self.folder / "captions.json").read_text())]

    def held_out(self) -> list[Sample]:
        """The clean questions on scenes of their own."""
        rows = json.loads((self.folder / "held_out.json").read_text())
        return [Sample(Question(**row["question"]), row["image"]) for row in rows]


def write(folder: Path, count: int, seed: int = 0) -> Dataset:
    """Draw and write `count` records and the held-out questions; the same seed writes the same. Nothing is redone."""
    made = Dataset(folder)
    if (folder / "held_out.json").exists():
        return made
    made.images.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    samples = _samples(count, made.images, rng)
    order = rng.permutation(len(samples)).tolist()
    ids = {place: f"tune-{row:05d}" for row, place in enumerate(order)}
    made.data.write_text(json.dumps([_record(samples[place], name) for place, name in ids.items()], indent=0))
    planted = {name: Planted(samples[place].fault, samples[place].is_copy) for place, name in ids.items()}
    (folder / "planted.json").write_text(json.dumps({name: asdict(entry) for name, entry in planted.items()}))
    captions = _captions(made.images, count, np.random.default_rng([seed, 2]))
    (folder / "captions.json").write_text(json.dumps([asdict(one) for one in captions]))
    asked = _held_out(made.images, count, np.random.default_rng([seed, 1]))
    (folder / "held_out.json").write_text(json.dumps([asdict(one) for one in asked]))
    return made


def _samples(count: int, images: Path, rng: np.random.Generator) -> list[Sample]:
    copies = round(COPIED * count)
    origins = max(1, round(copies / (COPIES * PER_SCENE)))
    scenes = [scene(rng) for _ in range(-(-(count - copies) // PER_SCENE))]
    own = [sample for number, shown in enumerate(scenes) for sample in _on(shown, f"scene_{number:05d}.png", rng)]
    for number, shown in enumerate(scenes):
        save(shown, images / f"scene_{number:05d}.png")
    own = own[: count - copies]
    return _spoilt([*own, *_copies(scenes[:origins], own, copies, images, rng)], rng)


def _on(shown: Scene, name: str, rng: np.random.Generator) -> list[Sample]:
    """Questions on a scene, each of another task, in any order."""
    without = rng.choice(list(LEFT_OUT), p=list(LEFT_OUT.values()))
    tasks = [task for task in TASKS if task != without]
    return [Sample(ask(tasks[place], shown, rng), name) for place in rng.permutation(PER_SCENE)]


def _copies(
    scenes: Sequence[Scene], own: Sequence[Sample], count: int, images: Path, rng: np.random.Generator
) -> list[Sample]:
    """Redrawings of the first scenes, with the questions of the original in other words."""
    made: list[Sample] = []
    while len(made) < count:
        number = len(made) // PER_SCENE
        origin, name = number % len(scenes), f"copy_{number:05d}.png"
        save(redrawn(scenes[origin], rng), images / name)
        for sample in own[origin * PER_SCENE : (origin + 1) * PER_SCENE]:
            question = replace(sample.question, text=reworded(sample.question.text, rng))
            made.append(Sample(question, name, is_copy=True))
    return made[:count]


def _spoilt(samples: Sequence[Sample], rng: np.random.Generator) -> list[Sample]:
    """The samples, three tenths of them with a fault, whether they are copies or not."""
    odds = np.array([CARE[SOURCES[sample.question.task]] for sample in samples])
    places = rng.choice(len(samples), round(FAULTY * len(samples)), replace=False, p=odds / odds.sum())
    made = list(samples)
    for number, place in enumerate(places.tolist()):
        made[place] = _with_fault(samples[place], number, samples, rng)
    return made


def _with_fault(sample: Sample, number: int, own: Sequence[Sample], rng: np.random.Generator) -> Sample:
    """The sample with the fault whose turn it is, or with the next that fits."""
    kinds = (ANOTHER, "wrong", "truncated answer", "leaked phrase", "looped answer")
    for turn in range(len(kinds)):
        kind = kinds[(number + turn) % len(kinds)]
        if kind == "wrong":
            kind = "wrong yes or no" if sample.question.task == "presence" else "wrong value"
        answer = _others(sample, own, rng) if kind == ANOTHER else SPOILS[kind](sample.question, rng)
        if answer is not None:
            return replace(sample, question=replace(sample.question, answer=answer), fault=kind)
    raise AssertionError("every answer can be looped")


def _others(sample: Sample, own: Sequence[Sample], rng: np.random.Generator) -> str:
    """The answer of a sample of the same source on another picture, which happens not to be right here."""
    source = SOURCES[sample.question.task]
    while True:
        other = own[int(rng.integers(len(own)))]
        wrong = not is_right(sample.question.task, sample.question.key, other.question.answer)
        if SOURCES[other.question.task] == source and other.image != sample.image and wrong:
            return other.question.answer


def _held_out(images: Path, count: int, rng: np.random.Generator) -> list[Sample]:
    made = []
    for number in range(min(HELD_OUT, count // FEWER)):
        shown, name = scene(rng), f"held_out_{number:05d}.png"
        save(shown, images / name)
        made += [Sample(ask(task, shown, rng), name) for task in TASKS]
    return made


def _captions(images: Path, count: int, rng: np.random.Generator) -> list[Caption]:
    made = []
    for number in range(min(CAPTIONED, count // FEWER)):
        shown, name = scene(rng), f"captioned_{number:05d}.png"
        save(shown, images / name)
        for thing in shown.things:
            text = f"a {thing.colour} {thing.shape} at the {thing.place}"
            pointers = (thing.place, thing.shape) if thing in shown.singles else (thing.place,)
            made += [Caption(name, pointer, text) for pointer in pointers]
    return made


def _record(sample: Sample, identifier: str) -> dict[str, Any]:
    question = sample.question
    turns = [
        {"from": "human", "value": f"<image>\n{question.text}"},
        {"from": "gpt", "value": question.answer},
    ]
    return {"id": identifier, "image": sample.image, "source": SOURCES[question.task], "conversations": turns}
