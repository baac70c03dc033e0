"""A LLaVA file through the CLIP score: the share of rows that get one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.made_clip import ARCHITECTURE, open_clip_checkpoint, transformers_folder
from benchmarks.made_data import llava, pairs, write_jpegs
from benchmarks.results import Claim, Figure, Result, one
from benchmarks.rivals import data_juicer, ours
from benchmarks.rivals.data_juicer import NAME, Job
from benchmarks.timing import CACHE, SHARED_DATA, fresh_folder

TITLE = "A LLaVA file through the CLIP score"
ROWS = 50
TOLD = f"{NAME}, told the image token"
OUT_OF_REACH = 0.99  # a cosine that made weights never reach
VARIANTS: Mapping[str, Mapping[str, Any]] = {NAME: {}, TOLD: {"image_special_token": "<image>"}}
NOTES = (
    "Data-Juicer reads what its own converter, llava_to_dj.py in its wheel, writes with default options. The converter "
    "leaves `<image>` in the text and the filter looks for `<__dj__image>`, unless the configuration sets "
    "`image_special_token`.",
    "Both score with the same made ViT-B/32 weights: the numbers mean nothing, that they are there does.",
)


def benchmark(quick: bool) -> Result:
    """Rows with a score when all are kept, and rows kept when a cosine is asked for that none reaches."""
    if why := data_juicer.missing():
        return Result("rivals.llava_coverage", TITLE, could_not_run=why, quick=quick)
    checkpoint = open_clip_checkpoint(CACHE / "made")
    with fresh_folder() as folder:
        data = _dataset(folder)
        scored, kept = {"vlitq": _vlitq(folder, data, checkpoint)}, {}
        for name, options in VARIANTS.items():
            everything = _juicer(folder, data, checkpoint, {"np": 1, **options}, min_score=-1.0)
            scored[name] = sum(bool(stats.get("image_text_similarity")) for stats in everything.stats())
            kept[name] = len(_juicer(folder, data, checkpoint, {"np": 1, **options}, min_score=OUT_OF_REACH).kept())
    figures = (
        Figure("rows with a score", f"of {ROWS}", {name: one(count) for name, count in scored.items()}),
        Figure(
            f"rows kept for a cosine of {OUT_OF_REACH} or more",
            f"of {ROWS}",
            {n: one(count) for n, count in kept.items()},
        ),
    )
    claims = (
        Claim("share of rows that vlitq scores", "at least", 1, one(scored["vlitq"] / ROWS)),
        Claim("rows that vlitq scores and Data-Juicer does not", "at least", 1, one(scored["vlitq"] - scored[NAME])),
    )
    return Result("rivals.llava_coverage", TITLE, figures, claims, NOTES, quick=quick)


def _dataset(folder: Path) -> Path:
    """50 rows of OwlEval with their images, or made ones where it is absent."""
    owleval, images, data = SHARED_DATA / "owleval", folder / "images", folder / "llava.json"
    if owleval.exists():
        shutil.copytree(owleval / "images", images)
        records = json.loads((owleval / "owleval.json").read_text())[::10][:ROWS]
    else:
        records = [llava(pair) for pair in pairs(write_jpegs(images, ROWS))]
    data.write_text(json.dumps(records, ensure_ascii=False))
    return data


def _vlitq(folder: Path, data: Path, checkpoint: Path) -> int:
    out = folder / "run"
    options: list[str | Path] = [
        "--images",
        folder / "images",
        "--scorers",
        "alignment",
        "--models",
        f"{ARCHITECTURE}/{checkpoint}",
    ]
    scored = ours.score(data, out, options)
    table = ours.opened(out, scored).table()
    return len(table) - int(table["alignment.cosine"].null_count)


def _juicer(folder: Path, data: Path, checkpoint: Path, options: Mapping[str, Any], min_score: float) -> Job:
    converted = folder / "images" / "converted.jsonl"  # Data-Juicer resolves image paths from where the dataset lies
    if not converted.exists() and (converting := data_juicer.convert_llava(data, converted)).exit_code:
        raise RuntimeError(f"llava_to_dj.py failed:\n{converting.output}")
    model = {"hf_clip": str(transformers_folder(checkpoint)), "min_score": min_score, "batch_size": 32}
    job = Job(folder / f"{len(options)}-{min_score}", converted, [{"image_text_similarity_filter": model}], options)
    job.run()
    return job
