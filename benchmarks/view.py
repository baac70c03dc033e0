"""The explorer of a million rows: what each of its answers takes, and how long it takes to start."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.results import Claim, Figure, Result, Spread, one
from benchmarks.timing import ROOT, fresh_folder, run
from vlitq.files import sha256_of

TITLE = "The explorer of a million rows"
SOURCES, WORDS, VOCABULARY = 12, 25, 20_000
NUMBERS = 8  # columns
MOST_MS = 200.0
REPEATS = 7
WRITTEN = 50_000  # rows made at a time
SELECTION = {"method": "top", "by": "0.7*+made.n0 + 0.3*+made.n1", "stratify": "source"}
DRAW = {"method": "stratified", "options": {"within": "random"}, "stratify": "source, turns", "one_per": "made.group"}
COPIED = 0.2  # share of the rows that are in a group
NOTES = (
    f"Made rows: {NUMBERS} numbers, {SOURCES} sources, two turns of {WORDS} words in all, drawn by Zipf's law. A "
    "process opens the run, makes the text index and answers; each answer is that of the page's own question, from "
    "the table of JSON values that comes in to the one that goes out, and no two questions of a kind are the same.",
    "A page's time includes reading the texts of its 50 samples from the dataset. 'Any word' is a word that half of "
    "the samples hold. A live selection is `vlitq.select` with a new threshold each time: ranks, strata and "
    "counts; reasons are written when a sample is looked at. The first of them is the "
    "recipe's, whose columns are sorted in the background when the explorer starts; the second's are sorted by its "
    "longest repeat, the others rank by counting along the orders that are kept.",
    "Start: the process from its first import to the address. The digest of the dataset, the text index and what the "
    "recipe's selection needs are made in the background after that, the index once for a dataset.",
)
ANSWERS = {
    "filter": "the first page of a filter by two columns",
    "sort": "the first page sorted by a column",
    "page": "the page in the middle, sorted by a column",
    "search": "the first page of a rare word",
    "any word": "the first page of a word of every second sample",
    "histogram": "a histogram beside a filter",
    "sample": "one sample with all its values",
    "mark": "a label, kept on the disk and in the index",
    "live selection": "the recipe's, the best of two columns within sources, with another threshold",
    "live draw": "a draw within two strata after two gates on ranks and one per group, with another share",
}


def benchmark(quick: bool) -> Result:
    """Milliseconds of each kind of answer, seconds to start, seconds of the text index, and peak memory."""
    rows = 50_000 if quick else 1_000_000
    with fresh_folder() as folder:
        write_run(folder, rows)
        finished = run([sys.executable, "-m", "benchmarks.view", folder / "run"], cwd=ROOT)
    if finished.exit_code:
        raise RuntimeError(f"the explorer failed:\n{finished.output}")
    told = json.loads(finished.output.splitlines()[-1])
    answers = {name: Spread.of(told["ms"][name]) for name in ANSWERS}
    figures = (
        Figure(f"answers, {rows:,} rows", "ms", {f"{name}: {ANSWERS[name]}": ms for name, ms in answers.items()}),
        Figure("start", "s", {"until the address is printed": one(told["start"])}),
        Figure(
            "made in the background", "s", {"digest, text index and orders of the recipe's columns": one(told["index"])}
        ),
        Figure("peak memory", "MiB", {"the whole process": one(finished.peak_mib)}),
    )
    claims = tuple(Claim(f"{name}: milliseconds", "at most", MOST_MS, ms) for name, ms in answers.items())
    return Result("view", TITLE, figures, claims, NOTES, quick=quick)


def write_run(folder: Path, rows: int) -> None:
    """A dataset of JSON lines, and the folder of its run, without the scoring."""
    data = folder / "made.jsonl"
    spans = _write_data(data, rows)
    rng = np.random.default_rng(1)
    facts = pa.table(
        {
            "id": pa.array([f"sample-{number:08d}" for number in range(rows)]),
            "source": pa.array(rng.integers(0, SOURCES, rows)).cast(pa.string()),
            "status": pa.array(["ok"] * rows),
            "reason": pa.nulls(rows, pa.string()),
            "offset": pa.array(spans[:, 0]),
            "length": pa.array(spans[:, 1]),
            "turns": pa.array(np.full(rows, 2, np.int32)),
            "tokens": pa.array(rng.integers(20, 400, rows).astype(np.int32)),
            "images": pa.array(np.zeros(rows, np.int32)),
            "content": pa.array(rng.integers(0, 2**63, rows).astype(np.uint64)),
        }
    )
    names = [f"n{number}" for number in range(NUMBERS)]
    copies = {"group": pa.array(rng.integers(0, rows // 10, rows), mask=rng.random(rows) >= COPIED)}
    scores = pa.table(
        {name: pa.array(rng.random(rows, np.float32), mask=rng.random(rows) < 0.02) for name in names}
        | copies
        | {"status": facts["status"], "reason": facts["reason"]}
    )
    key = "0" * 24
    _write(folder / "run" / "rows" / "000000.parquet", facts)
    _write(folder / "run" / "scores" / f"made.{key[:8]}" / "000000.parquet", scores)
    columns = [{"name": name, "dtype": "float32", "description": "made", "bounds": [None, None]} for name in names]
    columns += [{"name": "group", "dtype": "int64", "description": "made", "bounds": [None, None]}]
    dataset = {"path": str(data), "images": str(folder), "format": "llava", "bytes": data.stat().st_size,
               "sha256": sha256_of(data), "limit": None}  # fmt: skip
    recipe = {"name": "made", "select": {"budget": "20%", **SELECTION}}
    manifest = {"layout": 1, "complete": True, "rows": rows, "dataset": dataset, "features": {}, "roles": {},
                "recipe": recipe, "scorers": {"made": {"key": key, "columns": columns}}}  # fmt: skip
    (folder / "run" / "manifest.json").write_text(json.dumps(manifest))


def _write_data(path: Path, rows: int) -> np.ndarray[Any, Any]:
    """The dataset; offset and length of each record, int64 of shape (rows, 2)."""
    rng = np.random.default_rng(0)
    vocabulary = np.array([f"word{number}" for number in range(VOCABULARY)], dtype=object)
    share = 1 / np.arange(1, VOCABULARY + 1)
    lengths, share = [], share / share.sum()
    with path.open("wb") as file:
        for start in range(0, rows, WRITTEN):
            count = min(WRITTEN, rows - start)
            words = vocabulary[rng.choice(VOCABULARY, (count, WORDS), p=share)].tolist()
            lines = [_line(start + number, said).encode() for number, said in enumerate(words)]
            lengths += [len(line) for line in lines]
            file.write(b"\n".join(lines) + b"\n")
    length = np.array(lengths)
    return np.column_stack([np.cumsum(length + 1) - length - 1, length])


def _line(number: int, words: list[str]) -> str:
    turns = [{"from": "human", "value": " ".join(words[:8])}, {"from": "gpt", "value": " ".join(words[8:])}]
    return json.dumps({"id": f"sample-{number:08d}", "conversations": turns})


def _write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True)
    pq.write_table(table, path)


def _answers(folder: Path, begun: float) -> dict[str, Any]:
    from vlitq.view.explorer import Explorer

    explorer = Explorer(folder)
    start = time.perf_counter() - begun
    begun = time.perf_counter()
    explorer.start()
    while not explorer.texts.ready:
        time.sleep(0.01)
    index = time.perf_counter() - begun
    explorer.about()
    ms = {name: [_ms(ask, number) for number in range(REPEATS)] for name, ask in _questions(explorer).items()}
    explorer.close()
    return {"start": start, "index": index, "ms": ms}


def _questions(explorer: Any) -> Mapping[str, Callable[[int], object]]:
    """What is asked of each kind, by the number of the repeat."""
    rows, columns = len(explorer.run), ["made.n0", "made.n1", "live"]

    def asked(**more: Any) -> dict[str, Any]:
        return {"limit": 50, "columns": columns, **more}

    def above(number: int, column: str = "made.n0") -> dict[str, Any]:
        return {"column": column, "op": ">=", "value": 0.3 + 0.05 * number}

    by = [{"column": "made.n2", "descending": True}]
    in_sources = {"column": "source", "op": "in", "value": ["1", "4", "7"]}
    return {
        "filter": lambda number: explorer.page(asked(filters=[above(number), in_sources])),
        "sort": lambda number: explorer.page(asked(sort=[{"column": f"made.n{number}"}])),
        "page": lambda number: explorer.page(asked(sort=by, offset=rows // 2 + 50 * number)),
        "search": lambda number: explorer.page(asked(search=f"word{3000 + number} ")),
        "any word": lambda number: explorer.page(asked(search=f"word{3 + number} word0", sort=by)),
        "histogram": lambda number: explorer.histogram({"column": "made.n3", "filters": [above(number)]}),
        "sample": lambda number: explorer.sample(rows // 3 + number),
        "mark": lambda number: explorer.mark({"row": rows // 2 + number, "label": "keep"}),
        "live selection": lambda number: explorer.select(
            {"budget": "20%", "gates": [f"made.n3 >= {0.1 + number / 100}"], **SELECTION}
        ),
        "live draw": lambda number: explorer.select(
            {"budget": "20%", "gates": ["rank(+made.n4) >= 0.05", f"rank(+made.n3) >= {0.1 + number / 100}"], **DRAW}
        ),
    }


def _ms(ask: Callable[[int], object], number: int) -> float:
    begun = time.perf_counter()
    ask(number)
    return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    print(json.dumps(_answers(Path(sys.argv[1]), time.perf_counter())))
