"""Clean samples of four kinds, and a version of each with every fault that fits it: what `faults` scores."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from benchmarks.edits import EDITS
from benchmarks.timing import SHARED_DATA
from vlitq.demo.dataset import write_demo
from vlitq.demo.drawings import BRUSHES, COLOURS, SIZE, draw_scene

BEST_WRITER = "mPLUG_Owl_7b"  # of owleval's six models, the one with the longest and most fluent answers
FEWEST_WORDS = 8
LETTERS = "ABCD"
BOXES = 60  # drawn scenes that are asked for a box
PHOTOGRAPHS = 90  # of 300: the language model reads each of their texts several times


@dataclass(frozen=True)
class Clean:
    """A sample without a fault. `kind` is where it comes from; `subject` what an answer of another kind must not show;
    `options` are what a multiple-choice question offers."""

    id: str
    kind: str
    image: str
    question: str
    answer: str
    subject: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Planted:
    """A clean sample's version with a fault."""

    fault: str
    clean: Clean
    spoilt: Clean

    @property
    def id(self) -> str:
        """Of the spoilt version."""
        return f"{self.clean.id}|{self.fault}"


def clean_samples(images: Path, rng: np.random.Generator, share: float) -> list[Clean]:
    """All clean samples, or a share of each kind; their images are written into `images`."""
    kinds = [_owleval(images), _photographs(images), _choices(images, rng), _demo(images), _boxes(images, rng)]
    return [sample for kind in kinds for sample in kind[: max(8, int(len(kind) * share))]]


def planted(samples: Sequence[Clean], images: Path, rng: np.random.Generator) -> list[Planted]:
    """Every fault on every sample that it fits."""
    found = [Planted("another image's answer", clean, spoilt) for clean, spoilt in _swapped(samples, rng)]
    for clean in samples:
        for fault, edit in EDITS.items():
            answer = edit(clean.answer, rng) if not clean.options else None
            if answer is not None and answer != clean.answer:
                found.append(Planted(fault, clean, replace(clean, answer=answer)))
    found += [Planted("object swapped", clean, spoilt) for clean, spoilt in _other_names(samples, rng)]
    for clean in samples:
        if clean.options:
            wrong = [letter for letter in LETTERS if letter != clean.answer]
            found.append(Planted("wrong option letter", clean, replace(clean, answer=str(rng.choice(wrong)))))
            found.append(
                Planted("letter that is no option", clean, replace(clean, answer=str(rng.choice(list("EFGH")))))
            )
    return found + list(_spoilt_images(samples, images, rng))


def record(sample: Clean, identifier: str) -> dict[str, Any]:
    """The sample as LLaVA writes it."""
    asked, answered = {"from": "human", "value": f"<image>\n{sample.question}"}, {"from": "gpt", "value": sample.answer}
    return {"id": identifier, "image": sample.image, "source": sample.kind, "conversations": [asked, answered]}


def _owleval(images: Path) -> list[Clean]:
    rows = json.loads((SHARED_DATA / "owleval" / "owleval.json").read_text())
    found = []
    for row in rows:
        question, answer = (turn["value"] for turn in row["conversations"])
        if row["source"] == BEST_WRITER and len(answer.split()) >= FEWEST_WORDS:
            image = _linked(SHARED_DATA / "owleval" / "images" / row["image"], images, f"owleval_{row['image']}")
            question = question.removeprefix("<image>\n")
            found.append(Clean(row["id"], "owleval", image, question, answer, subject=row["image"]))
    return found


def _photographs(images: Path) -> list[Clean]:
    found = []
    rows = json.loads((SHARED_DATA / "photos" / "photos.json").read_text())
    for row in rows[:: len(rows) // PHOTOGRAPHS][:PHOTOGRAPHS]:
        image = _linked(SHARED_DATA / "photos" / "images" / row["image"], images, row["image"])
        answer = f"This photo shows a {row['label']}, which is the main thing in the picture."
        found.append(Clean(row["id"], "photo", image, "What does this photo show?", answer, row["label"]))
    return found


def _choices(images: Path, rng: np.random.Generator) -> list[Clean]:
    photographs = _photographs(images)
    labels = [photo.subject for photo in photographs]
    found = []
    for photo in photographs:
        others = [label for label in rng.choice(labels, 8, replace=False) if label != photo.subject][:3]
        options = tuple(rng.permutation([photo.subject, *others]).tolist())
        lines = [f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=True)]
        question = "\n".join(["What does this photo show?", *lines, "Answer with the option's letter."])
        letter = LETTERS[options.index(photo.subject)]
        found.append(Clean(f"{photo.id}-choice", "choice", photo.image, question, letter, photo.subject, options))
    return found


def _demo(images: Path) -> list[Clean]:
    demo = write_demo(images / "demo")
    faults = json.loads(demo.planted.read_text())
    found = []
    for row in json.loads(demo.data.read_text()):
        turns = [turn["value"] for turn in row["conversations"]]
        if row["id"] not in faults and isinstance(row.get("image"), str) and len(turns) == 2:
            image = f"demo/images/{row['image']}"
            found.append(Clean(row["id"], "demo", image, turns[0].removeprefix("<image>\n"), turns[1], subject=image))
    return found


def _boxes(images: Path, rng: np.random.Generator) -> list[Clean]:
    """Drawn scenes of one thing, and its box, from 0 to 1."""
    found = []
    for number in range(BOXES):
        shape, colour = str(rng.choice(list(BRUSHES))), str(rng.choice(list(COLOURS)))
        width, height = rng.uniform(40, 150), rng.uniform(40, 150)
        left, top = rng.uniform(0, SIZE[0] - width), rng.uniform(0, SIZE[1] - height)
        name = f"box_{number:03d}.png"
        draw_scene([(shape, colour, (left, top, left + width, top + height))]).save(images / name)
        box = [left / SIZE[0], top / SIZE[1], (left + width) / SIZE[0], (top + height) / SIZE[1]]
        question = f"Give the bounding box of the {colour} {shape} as [x1, y1, x2, y2]."
        answer = f"[{', '.join(f'{edge:.2f}' for edge in box)}]"
        found.append(Clean(f"box-{number:03d}", "box", name, question, answer, subject=name))
    return found


def _linked(source: Path, images: Path, name: str) -> str:
    target = images / name
    if not target.exists():
        target.write_bytes(source.read_bytes())
    return name


def _swapped(samples: Sequence[Clean], rng: np.random.Generator) -> Iterator[tuple[Clean, Clean]]:
    """Each sample of open answers with the answer that another of its kind, of another image, got."""
    open_ended = [sample for sample in samples if sample.kind in {"owleval", "photo", "demo"}]
    for sample in open_ended:
        others = [o for o in open_ended if o.kind == sample.kind and o.subject != sample.subject and _words(o) >= 8]
        if _words(sample) >= FEWEST_WORDS and others:
            yield sample, replace(sample, answer=others[rng.integers(len(others))].answer)


def _other_names(samples: Sequence[Clean], rng: np.random.Generator) -> Iterator[tuple[Clean, Clean]]:
    """Photographs by another object's name."""
    photographs = [sample for sample in samples if sample.kind == "photo"]
    for sample in photographs:
        name = photographs[rng.integers(len(photographs))].subject
        if name != sample.subject:
            yield sample, replace(sample, answer=sample.answer.replace(sample.subject, name))


def _words(sample: Clean) -> int:
    return len(sample.answer.split())


def _spoilt_images(samples: Sequence[Clean], images: Path, rng: np.random.Generator) -> Iterator[Planted]:
    """Owleval's pictures and the photographs, blurred, darkened and cropped to a corner."""
    for clean in samples:
        if clean.kind not in {"owleval", "photo"}:
            continue
        with Image.open(images / clean.image) as opened:
            picture = opened.convert("RGB")
        for fault, spoilt in _image_faults(picture, rng):
            name = f"{fault.split()[0]}_{Path(clean.image).stem}.jpg"
            if not (images / name).exists():
                spoilt.save(images / name, quality=90)
            yield Planted(fault, clean, replace(clean, image=name))


def _image_faults(picture: Image.Image, rng: np.random.Generator) -> Iterator[tuple[str, Image.Image]]:
    side = min(picture.size)
    yield "blurred image", picture.filter(ImageFilter.GaussianBlur(side * rng.uniform(0.012, 0.025)))
    yield "dark image", ImageEnhance.Brightness(picture).enhance(rng.uniform(0.1, 0.25))
    width, height = (max(1, int(length * rng.uniform(0.2, 0.35))) for length in picture.size)
    left, top = ((0, picture.width - width)[rng.integers(2)], (0, picture.height - height)[rng.integers(2)])
    corner = picture.crop((left, top, left + width, top + height))
    yield "cropped image", corner
    yield "enlarged crop", corner.resize(picture.size, Image.Resampling.BICUBIC)
