"""objects: what an answer says is there, against what is annotated (CHAIR)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Samples, SampleScorer, Scorer
from vlitq.sample import Sample
from vlitq.schema import Array, Axis, Column, Direction
from vlitq_scorers.features.annotated_objects import KNOWN, UNKNOWN, AnnotatedObjects
from vlitq_scorers.maths.object_mentions import affirmed, asked_for, says_yes
from vlitq_scorers.maths.words import remembered_words

_CHAIR = "Rohrbach et al. 2018, arXiv 1809.02156 (CHAIR)"
_UNANNOTATED = "the record has no field `objects`, and its images are not in the file of annotations"
_CORRECTNESS: Axis = "correctness"


def _count(name: str, description: str, unit: str = "mentions", direction: Direction = "lower") -> Column:
    return Column(
        name,
        "int32",
        description,
        unit=unit,
        bounds=(0, None),
        direction=direction,
        axis=_CORRECTNESS,
        null=_UNANNOTATED,
    )


@dataclass(frozen=True)
class Objects(SampleScorer):
    """CHAIR: the objects that the answers name, of COCO's 80 classes, against those the images are annotated with.

    Every mention counts, as in the code of Rohrbach et al., not every class. What the record's `references` name counts
    as annotated too, as the reference captions do there. It differs in its table of synonyms, and in that a denied
    object ("there is no dog") is no mention. Annotations come from the record's field `objects`, or from
    `annotations`, the path of a COCO instances file.
    """

    name = "objects"
    version = 1
    cost = "text"
    known_failures = (
        "It knows 80 classes in English: a hallucinated lamp is not found.",
        "COCO annotates neither every small thing nor what a mirror shows: right mentions come out as hallucinated.",
        "A word is taken for the object it mostly means: a data table is a dining table, and every mouse a computer's.",
        'It reads no pronoun and no scope: "a shirt with a dog on it" mentions a dog.',
        "Recall of a short answer says nothing of its quality.",
    )
    columns = (
        _count("mentioned", "Mentions of an object in the answers.", direction="neutral"),
        _count("hallucinated", "Mentions of an object that is not annotated."),
        Column(
            "chair_i",
            "float32",
            "Share of the mentions that are hallucinated.",
            unit="share",
            bounds=(0, 1),
            direction="lower",
            axis=_CORRECTNESS,
            source=_CHAIR,
            null=f"the answers mention no object, or {_UNANNOTATED}",
            formula="|hallucinated mentions| / |mentions|",
        ),
        Column(
            "chair_s",
            "bool",
            "The answers hallucinate an object; the mean over samples is CHAIR_s, the answers standing for a sentence.",
            direction="lower",
            axis=_CORRECTNESS,
            source=_CHAIR,
            null=_UNANNOTATED,
        ),
        Column(
            "recall",
            "float32",
            "Share of the annotated classes that the answers mention.",
            unit="share",
            bounds=(0, 1),
            direction="neutral",
            axis=_CORRECTNESS,
            null=f"no object of the 80 classes is annotated, or {_UNANNOTATED}",
            formula="|annotated classes mentioned| / |annotated classes|",
        ),
        _count(
            "contradictions",
            "Yes to whether an object is there that is not annotated, and no to one that is.",
            "exchanges",
        ),
        _count("unknown", "Annotated objects of other classes than the 80: not judged.", "objects", "neutral"),
    )

    annotations: str = ""

    def needs(self) -> tuple[Feature, ...]:
        """The samples, and what they are annotated with."""
        return Samples(), AnnotatedObjects(self.annotations)

    def score(self, *features: Any) -> Columns:
        """From a sequence of `Sample` and their annotated objects, (rows, 82)."""
        samples: Sequence[Sample] = features[0]
        annotated: Array = features[1]
        has = annotated[:, KNOWN] > 0  # not of NaN
        rows = [
            _row(sample, counts) if known else _UNKNOWN
            for sample, counts, known in zip(samples, annotated, has, strict=True)
        ]
        values = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        return {
            column.name: np.ma.MaskedArray(np.array(value, column.dtype), mask=~has)
            for column, value in zip(self.columns, values, strict=True)
        }


_UNKNOWN = (0, 0, np.nan, False, np.nan, 0, 0)


def _row(sample: Sample, counts: Array) -> tuple[Any, ...]:
    """The columns of an annotated sample, in their order."""
    annotated = set(np.flatnonzero(counts[:KNOWN]).tolist())
    there = annotated.union(*[affirmed(remembered_words(text)) for text in sample.references])
    mentioned = [category for text in sample.texts("assistant") for category in affirmed(remembered_words(text))]
    hallucinated = sum(category not in there for category in mentioned)
    return (
        len(mentioned),
        hallucinated,
        hallucinated / len(mentioned) if mentioned else np.nan,
        hallucinated > 0,
        len(annotated.intersection(mentioned)) / len(annotated) if annotated else np.nan,
        _contradictions(sample, there),
        int(counts[UNKNOWN]),
    )


def _contradictions(sample: Sample, there: set[int]) -> int:
    found = 0
    for exchange in sample.exchanges:
        yes = says_yes(exchange.answer)
        asked = None if yes is None else asked_for(exchange.question)
        if asked is not None:
            found += not asked.categories <= there if yes else asked.plainly and asked.categories <= there
    return found


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `objects`."""
    return [Objects]
