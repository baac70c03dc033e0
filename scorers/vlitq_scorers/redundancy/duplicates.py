"""duplicates: which samples say the same as another, exactly or nearly, and which of them to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Content, CorpusScorer, Feature, Need, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Array, Column
from vlitq.selection.maths.components import alone, joined
from vlitq.selection.maths.recall import Recall
from vlitq_scorers.features.embedded import ConseImage
from vlitq_scorers.features.perceptual_hash import PerceptualHash
from vlitq_scorers.features.text_embedding import TextEmbedding
from vlitq_scorers.maths.nearest import pairs_above
from vlitq_scorers.maths.repeats import repeats
from vlitq_scorers.redundancy.neighbours import NEAR, Neighbours, Search, by_cells, kinds

Unit = Literal["sample", "image", "image and question", "dialogue"]

_SOURCE = "Abbas et al. 2023, arXiv 2303.09540 (similarity; groups are connected components)"


def _similarity(name: str, what: str, null: str) -> Column:
    return Column(
        name,
        "float32",
        f"Largest cosine of the sample's {what} with those of any other sample.",
        unit="cosine",
        bounds=(-1, 1),
        direction="lower",
        axis="redundancy",
        source=_SOURCE,
        null=null,
    )


@dataclass(frozen=True)
class Duplicates(CorpusScorer):
    """Exact copies by content, near-duplicates by the cosine of images and dialogues.

    A group is what a chain of samples links, each the same in content as the next, or similar to it by at least
    `threshold`. Similarity is the mean of the cosines of images and of dialogues between samples that have both, and
    the cosine of the one they have between samples that have one: text-only samples meet text-only samples. With
    `image_hash` images are compared by their perceptual hashes, not by the image model: cosine = 1 − Hamming / 32.

    unit: by what samples are grouped, and which other is the nearest: the `sample`, its image and dialogue; the
    `image`, whatever is asked about it; the `image and question`, whatever is answered; or the `dialogue`. search:
    `exact`; `partitions`, by k-means cells, which misses about one near-duplicate in a hundred and says how many in the
    summary (`recall`); `auto`, exact up to 50,000 samples.
    """

    name = "duplicates"
    version = 1
    cost = "encoder"
    known_failures = (
        "Groups are chains: two ends of a long one may be less alike than the threshold.",
        'Dialogues that differ in one word that matters (a number, "not") are near-duplicates to the model.',
        "A cosine means another likeness with another model: set the threshold anew.",
        "A search by cells (above 50,000 samples) may miss what is nearest where that is below the threshold.",
    )
    columns = (
        Column(
            "copies",
            "int64",
            "Other samples with the same images and the same turns.",
            unit="samples",
            bounds=(0, None),
            direction="lower",
            axis="redundancy",
        ),
        _similarity("image_similarity", "images", "the sample, or every other, has no image"),
        _similarity("text_similarity", "dialogue", "the sample, or every other, has no text"),
        _similarity(
            "joint_similarity", "images and dialogue (mean of both)", "it, or every other, lacks images or text"
        ),
        Column(
            "nearest",
            "int64",
            "The other sample most similar in what is compared, of those with the same parts; the first of equals.",
            unit="row",
            bounds=(0, None),
            axis="redundancy",
            null="no other sample has the same parts",
        ),
        Column(
            "group",
            "int64",
            "The first sample of the group of duplicates that the sample is in; itself when it is in none.",
            unit="row",
            bounds=(0, None),
            axis="redundancy",
            source=_SOURCE,
        ),
        Column(
            "representative",
            "bool",
            "Whether the sample is the first of its group.",
            axis="redundancy",
            source=_SOURCE,
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())
    text: Feature = model_role("text_embedding", TextEmbedding())
    threshold: float = NEAR
    image_hash: Literal["", "phash", "dhash"] = ""
    unit: Unit = "sample"
    search: Search = "auto"

    def __post_init__(self) -> None:
        for option, kind in (("unit", Unit), ("search", Search)):
            if getattr(self, option) not in get_args(kind):
                allowed = ", ".join(map(repr, get_args(kind)))
                raise ValueError(f"duplicates: {option} is {allowed}, not {getattr(self, option)!r}")
        if self.image_hash not in {"", "phash", "dhash"}:
            raise ValueError(f"duplicates: image_hash is 'phash', 'dhash' or '', not {self.image_hash!r}")
        if not 0 < self.threshold <= 1:
            raise ValueError(f"duplicates: threshold must be a cosine above 0 and at most 1, not {self.threshold}")

    def needs(self) -> tuple[Need, ...]:
        """Digests, neighbours by image, by text and by both, and the vectors; the same of another unit."""
        compared = PerceptualHash(self.image_hash) if self.image_hash else self.image
        image, text = compared.of("images"), self.text.of("dialogue")
        units: Mapping[Unit, tuple[View, ...]] = {
            "sample": (image, text),
            "image": (image,),
            "image and question": (image, self.text.of("instruction")),
            "dialogue": (text,),
        }
        views = units[self.unit]
        by_image, by_text, by_both = map(self._neighbours, ((image,), (text,), (image, text)))
        of_unit: tuple[Need, ...] = () if self.unit == "sample" else (self._neighbours(views), *views)
        return Content(), by_image, by_text, by_both, image, text, *of_unit

    def _neighbours(self, views: tuple[View, ...]) -> Neighbours:
        return Neighbours(views, search=self.search, threshold=0.0 if self.search == "exact" else self.threshold)

    def score(self, *features: Any) -> Columns:
        """From arrays of all rows, in the order of `needs()`."""
        content, by_image, by_text, by_both, image, text = features[:6]
        neighbours, vectors = _of_unit(features)
        group = self._groups(content, neighbours, vectors)
        has_both = ~(np.isnan(image[:, 0]) | np.isnan(text[:, 0]))
        nearest = neighbours["row"][:, 0]
        return {
            "copies": repeats(content)[0],
            "image_similarity": by_image["similarity"][:, 0],
            "text_similarity": by_text["similarity"][:, 0],
            "joint_similarity": np.where(has_both, by_both["similarity"][:, 0], np.float32(np.nan)),
            "nearest": np.ma.MaskedArray(nearest, mask=nearest < 0),
            "group": group,
            "representative": group == np.arange(len(group)),
        }

    def summarize(self, *features: Any) -> Mapping[str, float]:
        """`groups` of two or more, `grouped_rows` in them, and `copy_share` of rows that repeat an earlier row.

        After a search by cells also `recall`: of the near-duplicates of a sample of the rows, found by an exact search,
        the share that is in their group; `recall_low` and `recall_high` bound it with 95 % (Wilson).
        """
        content = features[0]
        neighbours, vectors = _of_unit(features)
        group = self._groups(content, neighbours, vectors)
        sizes = np.bincount(group)
        rows, contents = len(content), len(np.unique(repeats(content)[1]))
        return self._recall(group, vectors) | {
            "groups": float((sizes > 1).sum()),
            "grouped_rows": float(sizes[sizes > 1].sum()),
            "copy_share": 1 - contents / rows if rows else 0.0,
        }

    def _recall(self, group: Array, vectors: tuple[Array, ...]) -> dict[str, float]:
        """What the search by cells found of the pairs of a sample; nothing where the search was exact."""
        met = true = 0
        for kind in kinds(vectors):
            if by_cells(self.search, len(kind.vectors)):
                one, other = kind.vectors.sampled_pairs(self.threshold)
                grouped = group[kind.vectors.rows]
                met, true = met + int((grouped[one] == grouped[other]).sum()), true + len(one)
        recall = Recall(met, true)
        low, high = recall.interval
        return {"recall": recall.share, "recall_low": low, "recall_high": high} if true else {}

    def _groups(self, content: Array, neighbours: Array, vectors: tuple[Array, ...]) -> Array:
        """The smallest row of the group of each row, int64 of shape (rows,)."""
        labels = joined(alone(len(content)), np.arange(len(content)), repeats(content)[1])
        row, place = np.nonzero(neighbours["similarity"] >= self.threshold)
        labels = joined(labels, row, neighbours["row"][row, place])
        if not (neighbours["similarity"][:, -1] >= self.threshold).any():
            return labels
        return self._with_crowded(labels, neighbours, vectors)

    def _with_crowded(self, labels: Array, neighbours: Array, arrays: tuple[Array, ...]) -> Array:
        """Groups after a search for all duplicates of the rows whose listed neighbours are duplicates to the last."""
        for kind in kinds(arrays):
            labels = joined(labels, kind.rows, kind.vectors.rows[kind.distinct])
            crowded = neighbours["similarity"][kind.vectors.rows, -1] >= self.threshold
            for one, other in pairs_above(kind.vectors, np.flatnonzero(crowded), self.threshold):
                labels = joined(labels, kind.vectors.rows[one], kind.vectors.rows[other])
        return labels


def _of_unit(features: tuple[Any, ...]) -> tuple[Array, tuple[Array, ...]]:
    """The neighbours and vectors by which samples are grouped: those of another unit stand behind the sample's own."""
    return (features[6], features[7:]) if len(features) > 6 else (features[3], features[4:6])


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `duplicates`."""
    return [Duplicates]
