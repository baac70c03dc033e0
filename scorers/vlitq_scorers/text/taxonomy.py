"""taxonomy: what kind of instruction a sample is, by measured rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Samples, SampleScorer, Scorer
from vlitq.sample import Sample
from vlitq.schema import Column
from vlitq_scorers.maths.taxonomy_labels import Taxonomy as Labels
from vlitq_scorers.maths.taxonomy_labels import taxonomy

CLIP_FIELDS = frozenset({"video", "videos"})  # fields of a record that name a clip
NULL = "the human's turns have no word of English"


def _label(name: str, description: str, formula: str, source: str = "") -> Column:
    return Column(name, "string", description, axis="balance", source=source, null=NULL, formula=formula)


@dataclass(frozen=True)
class Taxonomy(SampleScorer):
    """Task, reasoning, focus, domain and scope of a sample, by rules on its text, measured against labels.

    `complexity` has the question type. `benchmarks/taxonomy/README.md` says what each label means.
    """

    name = "taxonomy"
    version = 1
    cost = "text"
    known_failures = (
        "On 125 labelled samples that no rule was written on, task is right in 71 % (95 % interval 63 to 78), "
        "reasoning in 74 %, focus in 87 %, domain and scope in 82 %; one language model made the labels.",
        "A question about printed words that speaks of no writing is taken for one of an object: the commonest error.",
        "Text alone does not say what is shown: a chart, a painting or a clip that no word or field names is missed.",
        "The rules know English only: another language has null, however clear its question is.",
        "Skills are measured against no labels.",
    )
    columns = (
        _label(
            "task",
            "What is asked for: describe, recognise, count, read_text, chart, locate, compare, explain, knowledge, "
            "solve, create, converse.",
            "the first block of phrases, by priority, that has one in the first turn; else by the question type",
        ),
        _label(
            "reasoning",
            "What the answer reasons about beyond looking: none, spatial, numerical, causal, comparative, commonsense, "
            "logical, knowledge.",
            "the first block of phrases that has one in the first turn; else the task's own kind",
        ),
        _label(
            "focus",
            "What part of the input it speaks of: image (whole), region, text (in the image), video, none (no image).",
            "the first block of phrases, boxes or points; else none without images, else image",
        ),
        _label(
            "domain",
            "general, document, science, medical, art, food, street.",
            "the domain most of whose words occur in the human's turns; where these are too few, in the answer too",
        ),
        _label(
            "scope",
            "general instruction data covers common skills, specific instruction data serves a particular need.",
            "specific where focus is region, text or video, or domain is not general",
            "Li et al. 2023, arXiv 2311.08172",
        ),
        Column(
            "skills",
            "int32",
            "Distinct tasks that phrases of the human's turns name; 0 where the question type alone decides.",
            unit="tasks",
            bounds=(0, 12),
            axis="complexity",
            null=NULL,
            formula="number of distinct task labels with a phrase in any turn of the human",
        ),
    )

    def needs(self) -> tuple[Feature, ...]:
        """The samples themselves."""
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        """From a sequence of `Sample`."""
        samples: Sequence[Sample] = features[0]
        found = [_labels(sample) for sample in samples]
        values = {
            column.name: [None if labels is None else getattr(labels, column.name) for labels in found]
            for column in self.columns
        }
        skills = [0 if labels is None else labels.skills for labels in found]
        masked = np.ma.MaskedArray(np.array(skills, np.int32), mask=[labels is None for labels in found])
        return {**values, "skills": masked}


def _labels(sample: Sample) -> Labels | None:
    is_clip = not sample.metadata.keys().isdisjoint(CLIP_FIELDS)
    return taxonomy(sample.texts("human"), sample.response, len(sample.images), is_clip=is_clip)


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `taxonomy`."""
    return [Taxonomy]
