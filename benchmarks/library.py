"""Every scorer that needs no file of the user's on owleval, against the bare passes of the models below them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.own_scorers import own_scorers, runs_by_itself
from benchmarks.results import Claim, Figure, Result, Spread, one
from benchmarks.timing import SHARED_DATA, empty_cache, seconds
from vlitq.host import Host
from vlitq.node import Feature, Runtime
from vlitq.plan import Plan, make_plan

TITLE = "The whole library on owleval, against the bare model passes"
QUICK_ROWS = 24
BATCH = 32
ONE_IN = 6  # batches of prompts that the bare language model is timed on: all of them take half an hour
NOTES = (
    "Bare passes: of each model below the scorers, over each distinct image or text once, in batches of 32 of like "
    "length: EfficientNet-Lite0's forward on prepared images (once more for those whose text is masked), "
    "sentence-transformers' `encode`, and transformers' `model(input_ids, attention_mask, logits_to_keep=1)` on ready "
    "tokens for each prompt: logits of the last position only, which is less than a loss needs. Loading, decoding, "
    "preparing and tokenising are in vlitq's time only.",
    f"The bare language model is timed on one in {ONE_IN} of its batches, of all lengths; its time is scaled by "
    "the tokens of all of them.",
    "vlitq's time is all of `vlitq.score`, from the file to the run folder, with an empty cache.",
)


def benchmark(quick: bool) -> Result:
    """Seconds of both, and vlitq's by the passes'."""
    if not SHARED_DATA.is_dir():
        return Result("library", TITLE, could_not_run=f"the real data is not at {SHARED_DATA}", quick=quick)
    rows = json.loads((SHARED_DATA / "owleval" / "owleval.json").read_text())
    rows = rows[:: len(rows) // QUICK_ROWS][:QUICK_ROWS] if quick else rows
    plan = _plan()
    with empty_cache() as folder:
        data = folder / "data.json"
        data.write_text(json.dumps(rows))
        names = [scorer.name for scorer in plan.scorers]
        ours, cost = _scored(data, folder / "run", names)
        bare = {_label(feature): _bare(feature, rows) for feature in plan.features if _has_model(feature)}
    total = sum(bare.values())
    passes = {f"bare {name}": one(value) for name, value in bare.items()}
    figures = (
        Figure("time", "s", {"vlitq": one(ours), "all bare passes": one(total), **passes}),
        Figure("decoded", "images", {"vlitq": one(cost["images"]["decoded"])}),
    )
    claims = (
        Claim("vlitq's time by that of the bare passes", "at most", 1.2, one(ours / total)),
        Claim("decodings an image", "at most", 1, one(cost["images"]["decoded"] / len({row["image"] for row in rows}))),
        Claim("passes an item, of the model that is run most often for one", "at most", 1, _most_passes(cost, rows)),
    )
    notes = (*NOTES, f"{len(rows)} rows; scorers: {', '.join(names)}.")
    return Result("library", TITLE, figures, claims, notes, quick=quick)


def _plan() -> Plan:
    host = Host()
    able = [scorer.name for scorer in own_scorers(host) if runs_by_itself(host, scorer)]
    return make_plan(host, {name: {} for name in able}, ["embedded"])


def _scored(data: Path, out: Path, names: Sequence[str]) -> tuple[float, Any]:
    import vlitq

    def score() -> None:
        vlitq.score(data, images=SHARED_DATA / "owleval" / "images", out=out, scorers=names, device="cpu",
                    batch_size=BATCH, quiet=True)  # fmt: skip

    taken = seconds(score)
    return taken, vlitq.open(out).manifest["passes"][-1]


def _most_passes(cost: Any, rows: Sequence[Any]) -> Spread:
    """Items computed by distinct items, of the model where that is most. The cache was empty."""
    pairs = [_texts(row) for row in rows]
    distinct = {
        "conse_image": len({row["image"] for row in rows}),
        "answer_loss": len(set(pairs)),
        "answer_alone": len({answer for _, answer in pairs}),
    }
    return one(max(cost["features"][name]["computed"] / count for name, count in distinct.items()))


def _has_model(feature: Feature) -> bool:
    return feature.name in {"conse_image", "text_masked", "text_embedding"} or hasattr(feature, "max_tokens")


def _label(feature: Feature) -> str:
    """Its name, and the last words of its prompt where it has one: several features differ in that alone."""
    prompt = getattr(feature, "prompt", None)
    return feature.name if prompt is None else f"{feature.name} ({' '.join(prompt.split()[-4:])})"


def _bare(feature: Feature, rows: Sequence[Any]) -> float:
    """Seconds of the bare forward passes over what vlitq encodes with this feature."""
    if feature.over == "image":
        return _bare_images(rows)
    if feature.name == "text_embedding":
        return _bare_sentences(rows)
    return _bare_tokens(feature, rows)


def _bare_images(rows: Sequence[Any]) -> float:
    import torch
    from PIL import Image

    from vlitq_scorers.features.embedded import ConseImage

    with ConseImage().open(Runtime(batch_size=BATCH)) as encoder, torch.inference_mode():
        classifier = encoder.encode.args[0].model  # type: ignore[attr-defined]  # a partial of the loaded model
        names = sorted({row["image"] for row in rows})
        images = [Image.open(SHARED_DATA / "owleval" / "images" / name).convert("RGB") for name in names]
        batches = [torch.stack([encoder.prepare(image) for image in batch]) for batch in _batches(images)]
        return seconds(lambda: [classifier(batch) for batch in batches])


def _bare_sentences(rows: Sequence[Any]) -> float:
    from vlitq.options import options
    from vlitq.sentences import sentences
    from vlitq_scorers.features.text_embedding import EMBEDDED, opened

    texts: set[str] = set()
    for row in rows:
        question, answer = _texts(row)
        texts |= {question, answer, *sentences(answer), *options(question)} - {""}
    with opened(EMBEDDED, "fp32", "cpu") as model:
        return seconds(lambda: model.encode(sorted(texts, key=len), batch_size=BATCH, show_progress_bar=False))


def _bare_tokens(feature: Feature, rows: Sequence[Any]) -> float:
    import torch

    from vlitq.sample import Exchange
    from vlitq_scorers.features.causal_lm import opened

    exchanges = [Exchange(*_texts(row)) for row in rows]
    items: list[Any] = list(set(exchanges if feature.over == "exchange" else [e.answer for e in exchanges]) - {""})
    with opened(feature.model, "fp32", "cpu") as lm, feature.open(Runtime(batch_size=BATCH)) as encoder:  # type: ignore[attr-defined]  # a language model's feature
        prepared = sorted((encoder.prepare(item).ids for item in items), key=len)
        batches, every = [], _batches(prepared)
        timed = every[::ONE_IN] if len(every) >= ONE_IN else every
        for batch in timed:
            longest = max(map(len, batch))
            ids = torch.tensor([(*row, *(0,) * (longest - len(row))) for row in batch])
            batches.append((ids, torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in batch])))

        def forward() -> None:
            with torch.inference_mode():
                for ids, mask in batches:
                    lm.model(input_ids=ids, attention_mask=mask, use_cache=False, logits_to_keep=1)

        return seconds(forward) * _tokens(every) / _tokens(timed)


def _tokens(batches: Sequence[Sequence[Any]]) -> int:
    """Tokens of batches, padding counted."""
    return sum(len(batch) * max(map(len, batch)) for batch in batches)


def _texts(row: Any) -> tuple[str, str]:
    question, answer = (turn["value"] for turn in row["conversations"])
    return question.removeprefix("<image>\n"), answer


def _batches(items: Iterable[Any]) -> list[list[Any]]:
    ready = list(items)
    return [ready[start : start + BATCH] for start in range(0, len(ready), BATCH)]
