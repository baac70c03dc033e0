"""Scores OwlEval's answers of six models and prints a table of the models, as in docs/owleval.md.

    python examples/owleval.py owleval.json images/ run/
"""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa

import vlitq

COLUMNS = (
    "alignment.cosine",
    "alignment.clipscore",
    "complexity.response_words",
    "complexity.mattr",
    "complexity.reasoning_cues",
    "complexity.spatial_cues",
    "duplicates.joint_similarity",
    "diversity.knn_distance",
)


def main(data: str, images: str, out: str) -> None:
    """Score, then print the mean of every column by model, and the share of answers kept at 20 %."""
    run = vlitq.score(data, images=images, out=out)
    table = run.table().append_column("source", run.rows()["source"])
    kept = pa.array(np.isin(np.arange(len(run)), vlitq.select(run, budget=0.2, method="top", by="alignment.cosine").rows))
    means = (
        table.append_column("kept", kept)
        .group_by("source")
        .aggregate([*((name, "mean") for name in COLUMNS), ("kept", "sum")])
        .sort_by([("alignment.cosine_mean", "descending")])
    )
    heads = ["model", *(name.partition(".")[2].replace("_", " ") for name in COLUMNS), "kept of 82"]
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
    for row in means.to_pylist():
        numbers = [f"{row[f'{name}_mean']:.3g}" for name in COLUMNS]
        print("| " + " | ".join([row["source"], *numbers, str(row["kept_sum"])]) + " |")


if __name__ == "__main__":
    main(*sys.argv[1:4])
