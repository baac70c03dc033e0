"""Scores OwlEval's answers of six models and prints the tables of docs/owleval.md.

python examples/owleval.py owleval.json images/ run/
"""

from __future__ import annotations

import sys

import numpy as np

import vlitq

COLUMNS = (
    "alignment.cosine",
    "complexity.response_words",
    "complexity.mattr",
    "complexity.reasoning_cues",
    "complexity.spatial_cues",
    "duplicates.text_similarity",
    "diversity.knn_distance",
)
FEW_WORDS = 3


def main(data: str, images: str, out: str) -> None:
    """Score; then print each column's mean by model, and how scores and length go together."""
    run = vlitq.score(data, images=images, out=out)
    scores = {name: run.table()[name].to_numpy(zero_copy_only=False).astype(float) for name in COLUMNS}
    models = np.array(run.rows()["source"].to_pylist())
    kept = np.zeros(len(run), bool)
    kept[vlitq.select(run, budget=0.2, method="top", by="alignment.cosine").rows] = True
    lines = []
    for model in sorted(set(models), key=lambda m: -np.nanmean(scores["alignment.cosine"][models == m])):
        own = models == model
        means = [f"{np.nanmean(values[own]):.3g}" for values in scores.values()]
        short = int((scores["complexity.response_words"][own] <= FEW_WORDS).sum())
        lines.append([model, *means, str(short), str(int(kept[own].sum()))])
    show(["model", *COLUMNS, f"answers of {FEW_WORDS} words or fewer", "kept of 82 by alignment at 20 %"], lines)
    length = scores["complexity.response_words"]
    show(["column", "Spearman with response_words"], [[n, f"{spearman(v, length):+.2f}"] for n, v in scores.items()])


def spearman(left: np.ndarray, right: np.ndarray) -> float:
    """Rank correlation over the rows that have both."""
    both = ~(np.isnan(left) | np.isnan(right))
    return float(np.corrcoef(ranks(left[both]), ranks(right[both]))[0, 1])


def ranks(values: np.ndarray) -> np.ndarray:
    """Mid-ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def show(heads: list[str], lines: list[list[str]]) -> None:
    """Print a table in Markdown."""
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
    print("\n".join("| " + " | ".join(line) + " |" for line in lines), end="\n\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
