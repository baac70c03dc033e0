"""Peak memory of scoring 20,000 samples with images, against 2,000."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.made_clip import open_clip_checkpoint
from benchmarks.made_data import pairs, write_jpegs, write_jsonl
from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.timing import ROOT, empty_cache, run

TITLE = "Peak memory at ten times the samples"
ARCHITECTURE = "tiny-clip"
SCORERS = (("alignment",), ("alignment", "complexity", "duplicates", "diversity"))
NOTES = (
    "Peak resident memory of a process of its own, in which `vlitq.score` runs with an empty feature cache. Each "
    "sample has its own image, a JPEG of 160 x 120; the model is a two-layer CLIP with made weights, so that the "
    "samples are measured and not the model.",
)


def benchmark(quick: bool) -> Result:
    """Peak MiB at both sizes and their ratio, for `alignment` and for all four scorers."""
    few, many, repeats = (500, 2000, 1) if quick else (2000, 20_000, 2)
    with empty_cache() as folder:
        names = write_jpegs(folder / "images", many, size=(160, 120))
        made = open_clip_checkpoint(_architecture(folder), ARCHITECTURE)
        for count in (few, many):
            write_jsonl(pairs(names[:count]), folder / f"{count}.jsonl")
        results = {
            s: [(_peak(folder, few, made, s), _peak(folder, many, made, s)) for _ in range(repeats)] for s in SCORERS
        }
    figures = tuple(
        Figure(
            f"peak at {count:,} samples",
            "MiB",
            {_name(s): Spread.of([p[i] for p in peaks]) for s, peaks in results.items()},
        )
        for i, count in enumerate((few, many))
    )
    claims = tuple(
        Claim(
            f"{_name(s)}: peak at {many:,} samples by that at {few:,}",
            "at most",
            1.15,
            Spread.of([b / a for a, b in peaks]),
        )
        for s, peaks in results.items()
    )
    return Result("memory", TITLE, figures, claims, NOTES, quick=quick)


def _name(scorers: tuple[str, ...]) -> str:
    return "alignment" if len(scorers) == 1 else "all four scorers"


def _peak(folder: Path, count: int, checkpoint: Path, scorers: tuple[str, ...]) -> float:
    """Peak MiB of a process that scores `count` samples."""
    with empty_cache() as fresh:
        out = fresh / "run"
        finished = run(
            [sys.executable, "-m", "benchmarks.memory", folder, str(count), checkpoint, out, *scorers], cwd=ROOT
        )
    if finished.exit_code:
        raise RuntimeError(f"scoring {count} samples failed:\n{finished.output}")
    return finished.peak_mib


def _architecture(folder: Path) -> Path:
    """Declares a small CLIP to open_clip, from a file in `folder`; returns the folder."""
    import open_clip

    tower = {"layers": 2, "width": 64}
    settings = {
        "embed_dim": 64,
        "vision_cfg": {"image_size": 64, "patch_size": 16, **tower},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "heads": 2, **tower},
    }
    (folder / f"{ARCHITECTURE}.json").write_text(json.dumps(settings))
    open_clip.add_model_config(folder / f"{ARCHITECTURE}.json")
    return folder


def _score(folder: str, count: str, checkpoint: str, out: str, *scorers: str) -> None:
    """What the measured process does."""
    import vlitq

    _architecture(Path(folder))
    run_folder = Path(out)
    if run_folder.exists():
        raise SystemExit(f"{out} exists")
    vlitq.score(
        Path(folder) / f"{count}.jsonl", out=run_folder, images=Path(folder) / "images", scorers=list(scorers),
        models=[f"{ARCHITECTURE}/{checkpoint}"], device="cpu", batch_size=32, workers=2, quiet=True,
    )  # fmt: skip


if __name__ == "__main__":
    _score(*sys.argv[1:])
