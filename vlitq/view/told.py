"""One sample as the page tells it: its conversation, its images, every value and why one is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vlitq.errors import VlitqError
from vlitq.images import ImageError, decode, locate, read
from vlitq.labels import HUMAN, LABELS
from vlitq.sample import ImageRef, Sample
from vlitq.schema import Status
from vlitq.selection.fields import ROW_COLUMNS
from vlitq.view.index import LABEL, LIVE, ROW, SELECTION, Index, plain
from vlitq.view.kept import KeptRun
from vlitq.view.query import Held

LONGEST_TURN = 100_000  # characters of a turn that are sent
MOST_TURNS, MOST_IMAGES = 500, 500
_DESCRIBED = {
    ROW: "Number of the row in the dataset, from 0.",
    LABEL: f"What a person said of the sample: {' or '.join(LABELS)}.",
    LIVE: "Whether the selection that is being tried keeps the sample.",
    "map.x": "How far to the right the sample lies on the map, whose longer side is 1.",
    "map.y": "How far up the sample lies on the map, whose longer side is 1.",
}


def told_unfinished(run: KeptRun) -> list[str]:
    """That a run was not finished when it was opened, and the way out; nothing of one that was."""
    if run.complete:
        return []
    return ["The run is not finished: only what was scored when the explorer was started is shown. Run the same "
            "`score` again, it goes on where it stopped, and start the explorer anew"]  # fmt: skip


def told_sample(run: KeptRun, row: int, sample: Sample | None) -> dict[str, Any]:
    """Identity, label, conversation and images; a record that cannot be read has no turns."""
    facts = run.rows().select(["id", "source", "status", "reason"]).slice(row, 1).to_pylist()[0]
    turns, images = (sample.turns, sample.images) if sample else ((), ())
    left = max(len(turns) - MOST_TURNS, 0)
    return {
        "row": row,
        **facts,
        "label": run.labels.get(row),
        "turns": [_turn(turn.role, turn.text) for turn in turns[:MOST_TURNS]],
        "turns_left_out": left,
        "images": [_image(run, index, ref, facts["status"]) for index, ref in enumerate(images[:MOST_IMAGES])],
        "images_left_out": max(len(images) - MOST_IMAGES, 0),
    }


def told_values(run: KeptRun, index: Index, row: int) -> Iterator[dict[str, Any]]:
    """Every scored column of a row: the value, the share of values below it, or why it is null."""
    scores, below = run.table(), index.below(row)
    for name, column in run.columns.items():
        if name == HUMAN:
            continue
        value = scores[name][row].as_py()
        yield {
            "column": name,
            "value": plain(value),
            "unit": column.unit,
            "description": column.description,
            "below": None if value is None or column.unit == "row" else below.get(name),
            "why": _why_null(run, name, row) if value is None else None,
        }


def told_column(run: KeptRun, index: Index, held: Held) -> dict[str, Any]:
    """A column that can be filtered by: what it holds and means; of texts the commonest values."""
    column = run.columns.get(held.name) or ROW_COLUMNS.get(held.name)
    own = f"Whether the selection {held.name.removeprefix(SELECTION)!r} keeps the sample."
    told = {
        "name": held.name,
        "dtype": held.dtype,
        "direction": column.direction if column else "neutral",
        "axis": column.axis if column else "",
        "description": column.description if column else _DESCRIBED.get(held.name, own),
        "unit": column.unit if column else "",
    }
    listed = held.dtype == "string" and held.name != "id"
    return told | ({"values": index.values(held.name)} if listed else {})


def _turn(role: str, text: str) -> dict[str, Any]:
    """`cut` is the length of the whole text where its end is left out."""
    return {"role": role, "text": text[:LONGEST_TURN], "cut": len(text) if len(text) > LONGEST_TURN else None}


def _image(run: KeptRun, index: int, ref: ImageRef, status: str) -> dict[str, Any]:
    return {"index": index, "path": ref.path, "problem": _problem(run, ref, status)}


def _problem(run: KeptRun, ref: ImageRef, status: str) -> str | None:
    """Why an image cannot be shown. It is decoded only where scoring could not: the page then need not ask in vain."""
    try:
        path = locate(run.images, ref)
        if status == Status.UNREADABLE_IMAGE:
            decode(read(path))
    except ImageError as error:
        return error.reason
    return None


def _why_null(run: KeptRun, name: str, row: int) -> str:
    try:
        status, reason = run.why_null(name.partition(".")[0], row)
    except VlitqError:
        return ""
    if status in (Status.OK, Status.NOT_APPLICABLE):
        return reason or run.columns[name].null
    return f"{status}: {reason}" if reason else status
