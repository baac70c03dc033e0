"""Text-only samples through `complexity`, against reading and tokenising them alone."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.made_data import text_rows, write_jsonl
from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.timing import empty_cache, in_turn

TITLE = "Text-only samples through complexity, against reading and tokenising them"
ROWS, QUICK_ROWS = 200_000, 20_000
NOTES = (
    "Reading and tokenising: json.loads of each line, then complexity's own words() of each turn. vlitq's time is all "
    "of `vlitq.score`, the run folder written.",
    "The samples are LLaVA JSON lines with a question of 12 words and an answer of 60, no two alike.",
)


def benchmark(quick: bool) -> Result:
    """Seconds of both, and vlitq's by the other's."""
    rows, repeats = (QUICK_ROWS, 1) if quick else (ROWS, 5)
    with empty_cache() as folder:
        data = write_jsonl(text_rows(rows), folder / "data.jsonl")
        _score(data)  # imports, and the file into the system's cache
        plain, scored = in_turn(repeats, lambda: _read_and_tokenise(data), lambda: _score(data))
    figures = (
        Figure("time", "s", {"reading and tokenising": Spread.of(plain), "vlitq, complexity": Spread.of(scored)}),
        Figure("rate", "rows a second", {"reading and tokenising": Spread.of([rows / s for s in plain]),
                                         "vlitq, complexity": Spread.of([rows / s for s in scored])}),
    )  # fmt: skip
    ratios = [s / p for s, p in zip(scored, plain, strict=True)]
    claims = (Claim("complexity's time by that of reading and tokenising", "at most", 2.5, Spread.of(ratios)),)
    return Result("text_rows", TITLE, figures, claims, (*NOTES, f"{rows:,} samples."), quick=quick)


def _read_and_tokenise(data: Path) -> int:
    from vlitq_scorers.maths.words import words

    count = 0
    with data.open(encoding="utf-8") as lines:
        for line in lines:
            for turn in json.loads(line)["conversations"]:
                count += len(words(turn["value"]))
    return count


def _score(data: Path) -> None:
    import vlitq

    with empty_cache() as folder:
        vlitq.score(data, out=folder / "run", scorers=["complexity"], device="cpu", quiet=True)
