"""`vlitq explain RUN ID`: a sample's scores, why some are missing, and what every selection decided of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from vlitq import api
from vlitq.cli.main import OK
from vlitq.comparison.chosen import read_manifest
from vlitq.errors import VlitqError
from vlitq.labels import HUMAN
from vlitq.selection.explanation import Explanation, explained
from vlitq.store import Run, decisions_file

LOOKED_THROUGH = 10_000  # ids, for one that is meant
MOST_SHOWN = 300  # characters of a text
FEW = 0.005  # a share that rounds to no per cent


def explain(options: argparse.Namespace) -> int:
    """All that is known of the rows with this id."""
    run = api.open(options.data)
    facts = [known(run, row) for row in named(run, [options.id])]
    if options.json:
        print(json.dumps(facts, ensure_ascii=False, default=Explanation.to_dict))
        return OK
    print("\n\n".join("\n".join(_lines(fact, len(run))) for fact in facts))
    return OK


def known(run: Run, row: int) -> dict[str, Any]:
    """Identity, what a person said, scores, failures, and what every selection made of it.

    Parameters are those that the recipe gives scorers. Of a score: `value`, the shares `below` and `equal` to it of the
    `rows` that have one.
    """
    facts = run.rows().slice(row, 1).to_pylist()[0]
    table = run.table()
    return {
        "row": row,
        **{key: facts[key] for key in ("id", "source", "status", "reason", "turns", "tokens", "images")},
        "label": run.labels.get(row),
        "scores": {n: _score(table[n], row, column.unit == "row") for n, column in run.columns.items() if n != HUMAN},
        "parameters": {scorer: given for scorer in run.scorers if (given := _parameters(run, scorer))},
        "unscored": {s: why for s in run.scorers if (why := _why(run, s, row)) is not None},
        "selections": {str(path): _decided(run, row, path) for path in run.selections()},
    }


def _decided(run: Run, row: int, subset: Path) -> Explanation:
    file = decisions_file(subset)
    (decision,) = pq.read_table(file, filters=[("row", "==", row)]).to_pylist()
    kept = np.flatnonzero(pq.read_table(file, columns=["kept"])["kept"].to_numpy(zero_copy_only=False))
    return explained(run, decision, kept, read_manifest(subset)["selection"]["gates"])


def named(run: Run, asked: Sequence[str]) -> list[int]:
    """The rows with some ids, or with the number N of a `#N`. Raises `VlitqError` for one that is not there."""
    rows: dict[str, list[int]] = {}
    ids = run.rows()["id"].to_pylist()
    for row, identifier in enumerate(ids):
        rows.setdefault(identifier, []).append(row)
    return [row for one in asked for row in _rows(run, one, rows)]


def _rows(run: Run, asked: str, rows: Mapping[str, list[int]]) -> list[int]:
    if asked.startswith("#") and asked[1:].isdecimal() and int(asked[1:]) < len(run):
        return [int(asked[1:])]
    if asked not in rows:
        ids = list(islice(rows, LOOKED_THROUGH))
        near = get_close_matches(asked, ids, n=1)
        guess = f" Did you mean {near[0]!r}?" if near else ""
        if asked.isdecimal() and int(asked) < len(run):
            guess = f" Did you mean '#{int(asked)}', the row of that number?"
        raise VlitqError(
            f"no sample {asked!r} in {run.path}.{guess} Ids are such as {', '.join(map(repr, ids[:3])) or 'none'}; "
            f"'#0' to '#{len(run) - 1}' are the rows by number"
        )
    return rows[asked]


def _score(column: Any, row: int, names_a_row: bool) -> dict[str, Any]:
    value = column[row].as_py()
    if value is None or names_a_row or isinstance(value, (str, bool)):
        return {"value": value}
    numbers = column.drop_null().to_numpy()
    below, equal = float((numbers < value).mean()), float((numbers == value).mean())
    return {"value": value, "below": below, "equal": equal, "rows": len(numbers)}


def _parameters(run: Run, scorer: str) -> dict[str, Any]:
    given, used = (run.manifest.get("recipe") or {}).get("scorers", {}), run.manifest["scorers"][scorer]["parameters"]
    return {name: used[name] for name in given.get(scorer, {}) if name in used}


def _why(run: Run, scorer: str, row: int) -> str | None:
    scores = run.scores(scorer)
    status, reason = scores["status"][row].as_py(), scores["reason"][row].as_py()
    return None if status == "ok" else f"{status}: {reason}"


def _lines(fact: dict[str, Any], rows: int) -> list[str]:
    told = f": {fact['reason']}" if fact["reason"] else ""
    head = [
        f"{_plain(fact['id'])} (row {fact['row']}, source {_plain(fact['source'] or 'unknown')}): "
        f"{fact['status']}{_plain(told)}",
        ", ".join(
            [
                _counted(fact["turns"], "turn"),
                f"about {_counted(fact['tokens'], 'token')}",
                _counted(fact["images"], "image"),
            ]
        ),
    ]
    said = [f"marked {fact['label']} by hand"] if fact["label"] else []
    scores = [f"  {name:34} {_shown(score, rows)}" for name, score in fact["scores"].items()]
    parameters = [
        f"{scorer} was scored with {', '.join(f'{name} = {value!r}' for name, value in given.items())}"
        for scorer, given in fact["parameters"].items()
    ]
    unscored = [f"no score of {scorer}: {why}" for scorer, why in fact["unscored"].items()]
    selections = ["\n  ".join([f"{path}:", *str(told).splitlines()]) for path, told in fact["selections"].items()]
    return [*head, *said, *scores, *parameters, *unscored, *(selections or ["no subset was written of this run yet"])]


def _plain(text: str) -> str:
    """A text of the data as a terminal may show it: nothing in it that a terminal obeys, and not a page of it."""
    shown = text if text.isprintable() else repr(text)
    return shown if len(shown) <= MOST_SHOWN else f"{shown[:MOST_SHOWN]}… ({len(text):,} characters)"


def _counted(number: int | None, thing: str) -> str:
    """`1 image`, `2 images`; of a record that could not be read nothing is counted."""
    return f"{'no' if number is None else number} {thing}{'' if number == 1 else 's'}"


def _shown(score: dict[str, Any], of: int) -> str:
    value = score["value"]
    if value is None:
        return "–"
    if "below" not in score:
        return str(value).lower() if isinstance(value, bool) else _plain(str(value))
    return f"{value:<10.4g} {_place(score['below'], score['equal'], 'all' if score['rows'] == of else score['rows'])}"


def _place(below: float, equal: float, rows: int | str) -> str:
    """Where a value stands among those of the rows that have one, by the shares of lower and of equal ones."""
    if equal == 1:
        return f"the same in {rows} rows"
    if below == 0:
        return f"the lowest, as in {_per_cent(equal)} of the rows" if equal >= FEW else "the lowest"
    return f"above {_per_cent(below)} of the rows"


def _per_cent(share: float) -> str:
    """A share above 0 and below 1 in whole per cent, never 0% nor 100%."""
    if share < FEW:
        return "under 1%"
    return "over 99%" if share > 1 - FEW else f"{share:.0%}"
