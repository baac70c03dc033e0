"""Every scorer that reads text alone: microseconds a row by itself, and rows a second of all of them in one run."""

from __future__ import annotations

import json
import random
from pathlib import Path

from benchmarks.own_scorers import own_scorers
from benchmarks.results import Claim, Figure, Result, Spread, one
from benchmarks.timing import SHARED_DATA, empty_cache, seconds
from vlitq.host import Host
from vlitq.sentences import sentences

TITLE = "Scorers that need no model, on rows like owleval's"
ROWS, QUICK_ROWS = 20_000, 2_000
NOTES = (
    "Rows: owleval's 492, again and again with the sentences of each answer in another order, a number after its first "
    "word and one after the question, so that no text recurs but the question six times, as it does there; their "
    "images are left out.",
    "All of `vlitq.score` is timed, from the file to the run folder, in one process with one worker: every figure has "
    "the reading and writing of the rows in it. Words that several scorers count are found once.",
)


def benchmark(quick: bool) -> Result:
    """Microseconds a row of each, and rows a second together."""
    if not SHARED_DATA.is_dir():
        return Result("model_free", TITLE, could_not_run=f"the real data is not at {SHARED_DATA}", quick=quick)
    rows, repeats = (QUICK_ROWS, 1) if quick else (ROWS, 3)
    with empty_cache() as folder:
        data = _made(folder / "data.jsonl", rows)
        names = _text_scorers()
        _score(data, names)  # imports, and what is loaded once
        alone = {name: _microseconds(data, [name], rows, repeats) for name in names}
        together = Spread.of([rows / seconds(lambda: _score(data, names)) for _ in range(repeats)])
    figures = (
        Figure("by itself", "µs a row", alone),
        Figure("in one run", "rows a second", {f"all {len(names)}": together}),
    )
    slowest = max(alone, key=lambda name: alone[name].median)
    claims = (
        Claim("rows a second of all scorers that need no model, in one process", "at least", 3000, together),
        Claim(f"milliseconds a row of the slowest by itself, {slowest}", "at most", 1.0,
              one(alone[slowest].median / 1000)),
    )  # fmt: skip
    return Result("model_free", TITLE, figures, claims, (*NOTES, f"{rows:,} rows."), quick=quick)


def _made(path: Path, rows: int) -> Path:
    records = json.loads((SHARED_DATA / "owleval" / "owleval.json").read_text())
    rng = random.Random(0)  # noqa: S311  # an order of sentences, no secret
    with path.open("w", encoding="utf-8") as file:
        for row in range(rows):
            record = dict(records[row % len(records)])
            human, answer = (turn["value"] for turn in record["conversations"])
            parts = sentences(answer) or [answer]
            rng.shuffle(parts)
            first, _, rest = " ".join(parts).partition(" ")
            turns = [human.removeprefix("<image>\n") + f" {row // len(records)}", f"{first} {row} {rest}".strip()]
            del record["image"]
            speakers = zip(("human", "gpt"), turns, strict=True)
            record |= {"id": str(row), "conversations": [{"from": who, "value": text} for who, text in speakers]}
            file.write(json.dumps(record) + "\n")
    return path


def _text_scorers() -> list[str]:
    """vlitq's own scorers whose dearest need is the text, and regions, which looks at an image's header at most."""
    return sorted(scorer.name for scorer in own_scorers(Host()) if scorer.cost == "text" or scorer.name == "regions")


def _microseconds(data: Path, names: list[str], rows: int, repeats: int) -> Spread:
    return Spread.of([1e6 * seconds(lambda: _score(data, names)) / rows for _ in range(repeats)])


def _score(data: Path, names: list[str]) -> None:
    import vlitq

    with empty_cache() as folder:
        vlitq.score(data, out=folder / "run", scorers=names, workers=1, device="cpu", quiet=True)
