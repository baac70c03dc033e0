"""A run under the eyes of a person: what the page asks, answered as tables of JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vlitq.comparison.chosen import check, chosen, names_of
from vlitq.errors import VlitqError
from vlitq.images import ImageError
from vlitq.labels import HUMAN, LABELS
from vlitq.schema import Array, Column, Status
from vlitq.store import RunError
from vlitq.thumbnails import thumbnail
from vlitq.view.index import LABEL, ROW, Index
from vlitq.view.kept import KeptRun
from vlitq.view.query import Held, question

TEXT_LISTED = 200  # characters of a sample in a list
_FACTS = (ROW, "id", "source", "status", LABEL, "images")


class NotThere(VlitqError, LookupError):
    """What is asked for does not exist. The message says what."""


class NotYet(VlitqError):
    """What is asked for is still being made. The message says how far it is."""


class Explorer:
    """A run, its index, and the answers of the page's addresses."""

    def __init__(self, path: Path) -> None:
        self.run = KeptRun(path)
        self.notes: list[str] = []
        self.selections = self._standing()
        self.index = Index(self.run, self.selections)

    def close(self) -> None:
        """Stop what is being made, and give memory back."""
        self.index.close()

    def about(self) -> dict[str, Any]:
        """The run: its columns, selections, recipe, and how many samples have which label."""
        return {
            "path": str(self.run.path),
            "rows": len(self.run),
            "columns": [self._column(held) for held in self.index.columns.values()],
            "features": bool(self.run.features),
            "selections": list(self.selections),
            "recipe": {"select": self.run.manifest["recipe"].get("select", {})},
            "labels": self._labels(),
            "search": {"ready": False, "done": 0, "of": len(self.run)},
            "map": False,
            "notes": self.notes,
        }

    def page(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The rows that a question is answered by, with the beginnings of their texts."""
        put = question(asked)
        wanted = list(self.index.columns) if put.columns is None else list(put.columns)
        names = tuple(dict.fromkeys([*_FACTS, *wanted]))
        page = self.index.page(type(put)(put.filters, put.search, put.sort, put.offset, put.limit, names))
        texts = self._texts([row[ROW] for row in page.rows])
        rows = [
            {
                **{name: row[name] for name in _FACTS},
                "text": texts.get(row[ROW], ""),
                "values": {name: row[name] for name in wanted if name not in _FACTS},
            }
            for row in page.rows
        ]
        return {"total": page.total, "rows": rows}

    def sample(self, row: int) -> dict[str, Any]:
        raise NotThere("not yet")

    def neighbours(self, row: int, count: int) -> dict[str, Any]:
        raise NotThere("not yet")

    def map(self) -> dict[str, Any]:
        raise NotThere("not yet")

    def histogram(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        raise NotThere("not yet")

    def mark(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        raise NotThere("not yet")

    def undo(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        raise NotThere("not yet")

    def select(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        raise NotThere("not yet")

    def image(self, row: int, index: int) -> bytes:
        return self.thumb(row, index)

    def thumb(self, row: int, index: int) -> bytes:
        sample = self.run.samples([row])[row]
        return thumbnail(self.run.images, sample.images[index])

    def _column(self, held: Held) -> dict[str, Any]:
        column = self.run.columns.get(held.name)
        told = {
            "name": held.name,
            "dtype": held.dtype,
            "direction": column.direction if column else "neutral",
            "axis": column.axis if column else "",
            "description": column.description if column else "",
            "unit": column.unit if column else "",
        }
        return told | ({"values": self.index.values(held.name)} if held.dtype == "string" else {})

    def _labels(self) -> dict[str, int]:
        values = list(self.run.labels.values())
        return {label: values.count(label) for label in LABELS}

    def _texts(self, rows: list[int]) -> dict[int, str]:
        try:
            read = self.run.samples(rows)
        except VlitqError:
            return {}
        return {row: sample.instruction[:TEXT_LISTED] for row, sample in read.items()}

    def _standing(self) -> dict[str, Array]:
        """The rows that each written selection keeps, bool; one of another run is left out, and told."""
        found = {}
        for name, path in names_of(self.run.selections()).items():
            try:
                one = chosen(name, path)
                check(self.run, one)
            except RunError as error:
                self.notes.append(str(error))
                continue
            found[name] = np.asarray(one.decisions["kept"].to_numpy(zero_copy_only=False))
        return found
