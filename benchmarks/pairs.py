"""Photographs and answers through ViT-B/32: vlitq against a bare loop that encodes the same batches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.made_clip import open_clip_checkpoint
from benchmarks.made_data import Pair, pairs, photographs, write_llava
from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.timing import CACHE, empty_cache, in_turn

TITLE = "Scoring photographs with ViT-B-32, against a bare loop"
ARCHITECTURE = "ViT-B-32"
BATCH = 32
ALL_FOUR = ("alignment", "complexity", "duplicates", "diversity")
NOTES = (
    "Each timing, vlitq's and the loop's, begins before the checkpoint is loaded and ends when all is encoded (vlitq: "
    "scored and written); Python's imports are over by then. vlitq's feature cache is empty.",
    "The loop decodes, preprocesses and encodes what the scorers need, each distinct image and text once: the images, "
    "the answers and the one question.",
    "The weights are made: ViT-B-32 as open_clip builds it, untrained.",
)


@dataclass(frozen=True)
class Work:
    """What both sides have before them."""

    images: Path
    rows: list[Pair]
    data: Path
    checkpoint: Path


def benchmark(quick: bool) -> Result:
    """Rows a second, and vlitq's rate by the loop's, for `alignment` and for all four scorers."""
    count, repeats = (64, 1) if quick else (300, 3)
    with empty_cache() as folder:
        images, names, what = photographs(count, folder / "images")
        rows = pairs(names)
        data = write_llava(rows, folder / "llava.json")
        work = Work(images, rows, data, open_clip_checkpoint(CACHE / "made", ARCHITECTURE))
        _imported()
        seconds = in_turn(
            repeats,
            lambda: bare_loop(work),
            lambda: _scored(work, ("alignment",)),
            lambda: _scored(work, ALL_FOUR),
        )
    bare, alignment, four = ([len(rows) / s for s in column] for column in seconds)
    figures = (
        Figure("rate", "rows a second", {
            "bare loop": Spread.of(bare), "vlitq, alignment": Spread.of(alignment), "vlitq, all four": Spread.of(four),
        }),
    )  # fmt: skip
    claims = (
        Claim("alignment's rate by the bare loop's", "at least", 0.9, Spread.of_ratios(alignment, bare)),
        Claim("all four scorers' rate by the bare loop's", "at least", 0.85, Spread.of_ratios(four, bare)),
    )
    return Result("pairs", TITLE, figures, claims, (*NOTES, f"Images: {len(rows)} {what}."), quick=quick)


def bare_loop(work: Work) -> None:
    """The least there is to do: open_clip's own transform, tokeniser and encoders, a batch at a time."""
    import open_clip
    import torch
    from PIL import Image

    model, _, transform = open_clip.create_model_and_transforms(ARCHITECTURE, pretrained=str(work.checkpoint))
    model.eval()
    tokenize = open_clip.get_tokenizer(ARCHITECTURE)
    texts = [row.answer for row in work.rows] + sorted({row.question for row in work.rows})
    with torch.inference_mode():
        for start in range(0, len(work.rows), BATCH):
            batch = work.rows[start : start + BATCH]
            pixels = [transform(Image.open(work.images / str(row.image)).convert("RGB")) for row in batch]
            model.encode_image(torch.stack(pixels), normalize=True).numpy()
        for start in range(0, len(texts), BATCH):
            model.encode_text(tokenize(texts[start : start + BATCH]), normalize=True).numpy()


def _scored(work: Work, scorers: tuple[str, ...]) -> None:
    import vlitq

    with empty_cache() as folder:
        vlitq.score(
            work.data, out=folder / "run", images=work.images, scorers=list(scorers),
            models=[f"{ARCHITECTURE}/{work.checkpoint}"], device="cpu", precision="fp32", batch_size=BATCH, quiet=True,
        )  # fmt: skip


def _imported() -> None:
    """Imports are not what is timed."""
    import open_clip
    import torch

    import vlitq

    assert all((open_clip, torch, vlitq))
