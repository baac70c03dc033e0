"""set_diversity: how far the images and texts of a set spread, and how much of the run they cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.measure import Measure, Subset
from vlitq.schema import Array, Direction
from vlitq.selection.vectors import JOINT
from vlitq_scorers.maths.gram import cosine_gram
from vlitq_scorers.maths.set_diversity import dcscore, local_density, novelsum
from vlitq_scorers.maths.set_geometry import (
    CLUSTERS,
    NEIGHBOURS,
    chamfer,
    coverage,
    entropy_rank,
    mean_cosine,
    partition_entropy,
    radius,
)
from vlitq_scorers.maths.vendi import hill_number, vendi
from vlitq_scorers.measures.given import drawn, known, vectors

SAMPLE = 2000  # rows of the set whose pairs are looked at
REFERENCE = 5000  # rows of the run that density and clusters are taken from
COVERED = 2000  # rows of the run that a set may cover: each meets every row of the set
ROWS_A_CLUSTER = 10  # fewer would be clusters of nothing
TEXT = ("text_embedding.dialogue", "clip_text.dialogue", "text_embedding", "clip_text")

_SAMPLED = f"(of at most {SAMPLE:,} rows drawn with one seed)"
_HELD = f"(the run: at most {REFERENCE:,} of its rows drawn with one seed)"
_COVERED = f"(the run: at most {COVERED:,} of its rows drawn with one seed)"


@dataclass(frozen=True)
class SetDiversity(Measure):
    """Diversity of a set by the vectors of its rows, under the cosine."""

    name = "set_diversity"
    version = 1
    axis = "diversity"
    description = "How far images and texts spread, and what they cover of the run."
    source = (
        "Friedman & Dieng 2023, arXiv 2210.02410; Yang et al. 2025, arXiv 2502.17184; docs/measures.md has the rest"
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "vendi": "Effective number of different samples by image and text, in [1, rows]: Vendi score of order 1.",
        "vendi_2": "The same of order 2, which rare samples hardly move, in [1, rows].",
        "vendi_image": "Effective number of different images, in [1, rows]; rows that share an image count it each.",
        "vendi_text": "Effective number of different dialogues, in [1, rows].",
        "effective_rank": "Dimensions that the vectors amount to, in [1, their number].",
        "radius": "Geometric mean over dimensions of the standard deviation, at least 0.",
        "mean_cosine": "Mean cosine of all pairs of rows, in [-1, 1].",
        "nearest_distance": f"Mean cosine distance to the nearest other row, in [0, 2] {_SAMPLED}.",
        "dcscore": f"DCScore at temperature 1, in [1, rows] {_SAMPLED}.",
        "novelsum": f"NovelSum, its density taken from the run, at least 0 {_SAMPLED} {_HELD}.",
        "partition_entropy": f"Entropy in bits over clusters of the run, {CLUSTERS} or one to {ROWS_A_CLUSTER} rows "
        f"{_HELD}.",
        "coverage": f"Share of the run with a row of the set nearer than its {NEIGHBOURS} nearest {_COVERED}.",
    }  # fmt: skip
    directions: ClassVar[Mapping[str, Direction]] = {
        name: "lower" if name == "mean_cosine" else "higher" for name in numbers
    }

    feature: str = JOINT

    def measure(self, subset: Subset) -> Mapping[str, float]:
        """All that the stored vectors allow; nothing of a set without vectors."""
        image, text = vectors(subset, ("clip_image",)), vectors(subset, TEXT)
        found = {
            name: vendi(features=given)
            for name, given in (("vendi_image", image), ("vendi_text", text))
            if given is not None
        }
        both = vectors(subset, (self.feature,))
        if both is not None:
            held = vectors(subset.reference(REFERENCE), (self.feature,))
            to_cover = vectors(subset.reference(COVERED), (self.feature,))
            found |= _of_all(both) | _of_pairs(both, held) | _of_run(both, held, to_cover)
        return known(found)


def _of_all(x: Array) -> dict[str, float]:
    """Numbers in time linear in the rows, from two passes."""
    gram, rows = cosine_gram(x)
    if not rows:
        return {}
    squares = np.linalg.eigvalsh(gram)
    return {
        "vendi": hill_number(squares / rows, 1),
        "vendi_2": hill_number(squares / rows, 2),
        "effective_rank": entropy_rank(squares),
        "radius": radius(x),
        "mean_cosine": mean_cosine(x),
    }


def _of_pairs(x: Array, held: Array | None) -> dict[str, float]:
    """Numbers that look at every pair, of a sample."""
    with_vector = np.flatnonzero(~np.isnan(x[:, 0]))
    some = x[with_vector[drawn(len(with_vector), SAMPLE)]]
    densities = None if held is None else local_density(some, _with_vector(held))
    return {
        "nearest_distance": chamfer(some),
        "dcscore": dcscore(some) if len(some) else np.nan,
        "novelsum": np.nan if densities is None else novelsum(features=some, densities=densities),
    }


def _of_run(x: Array, held: Array | None, to_cover: Array | None) -> dict[str, float]:
    """Numbers that hold the set against the run."""
    if held is None or to_cover is None:
        return {}
    reference = _with_vector(held)
    clusters = min(CLUSTERS, len(reference) // ROWS_A_CLUSTER)
    rng = np.random.default_rng(0)
    return {
        "partition_entropy": partition_entropy(x, reference, rng, clusters) if clusters > 1 else np.nan,
        "coverage": coverage(x, to_cover),
    }


def _with_vector(x: Array) -> Array:
    return np.asarray(x[~np.isnan(x[:, 0])])


@hookimpl
def vlitq_register_measures() -> list[type[Measure]]:
    """Offers `set_diversity`."""
    return [SetDiversity]
