"""A run under the eyes of a person: what the page asks, answered as tables of JSON values."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vlitq import labels as human
from vlitq.errors import VlitqError
from vlitq.labels import HUMAN, LABELS, Label
from vlitq.sample import ImageRef
from vlitq.schema import Array
from vlitq.selection.fields import Field, Fields
from vlitq.selection.vectors import parts_of_joint
from vlitq.view.decided import explanation, kept, standing
from vlitq.view.errors import NoQuestion, NotThere
from vlitq.view.histogram import histogram
from vlitq.view.index import LABEL, MAP, ROW, Index
from vlitq.view.kept import KeptRun
from vlitq.view.map import Map
from vlitq.view.marks import Marks
from vlitq.view.neighbours import neighbours
from vlitq.view.own_folder import is_usable
from vlitq.view.pictures import Pictures
from vlitq.view.query import Question, question
from vlitq.view.search import TextIndex
from vlitq.view.source import Source
from vlitq.view.told import told_column, told_sample, told_unfinished, told_values
from vlitq.view.trials import Trials

FOLDER = "view"  # in the run folder: what the explorer keeps, and can make again
TEXT_LISTED = 200  # characters of a sample in a list
MOST_NEIGHBOURS = 100
_FACTS = (ROW, "id", "source", "status", LABEL, "images")


class Explorer:
    """A run, its index, and the answers of the page's addresses. `close` it when it is not looked at any more."""

    def __init__(self, path: Path) -> None:
        self.run = KeptRun(path)
        self._chosen, notes = standing(self.run)
        self.notes = [*told_unfinished(self.run), *notes]
        self.index = Index(self.run, {name: kept(one) for name, one in self._chosen.items()})
        self._spare: tempfile.TemporaryDirectory[str] | None = None
        folder = self._folder()
        self.source = Source(self.run)
        self.texts = TextIndex(self.run, self.source, folder)
        self._pictures = Pictures(self.run.images, folder / "thumbs")
        self._marks, self._map = Marks(self.run), Map(self.run, self.index.place)
        self._trials = Trials(self.run, self.index, self._fields_now)
        self._labels: Mapping[int, Label] = self.run.labels
        self._fields: Fields | None = None
        self._relabelling = threading.Lock()
        self._background = threading.Thread(target=self._prepare, name="vlitq-view", daemon=True)

    def start(self) -> None:
        """Look in the background whether the dataset is the one that was scored, and make it searchable."""
        self._background.start()

    def close(self) -> None:
        """Stop what is being made, and give memory back."""
        self.texts.stop()
        if self._background.is_alive():
            self._background.join(5)
        self.index.close()
        if self._spare is not None:
            self._spare.cleanup()

    def about(self) -> dict[str, Any]:
        """The run: its columns, selections, recipe, and how many samples have which label."""
        self._follow_labels()
        features = bool(parts_of_joint(self.run))
        columns = self.index.columns | (MAP if features else {})  # those of the map before it is made, too
        return {
            "path": str(self.run.path),
            "rows": len(self.run),
            "columns": [told_column(self.run, self.index, held) for held in columns.values()],
            "features": features,
            "selections": list(self._chosen),
            "recipe": {"select": (self.run.manifest["recipe"] or {}).get("select", {})},
            "methods": self._trials.methods,
            "labels": self._counts(),
            "search": {"ready": self.texts.ready, "done": self.texts.done, "of": len(self.run),
                       "problem": self.texts.problem},
            "map": features,
            "problem": self.source.problem,
            "notes": self.notes,
        }  # fmt: skip

    def page(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The rows that a question is answered by, with the beginnings of their texts."""
        self._follow_labels()
        put, found = self._put(asked)
        wanted = [name for name in (self.index.columns if put.columns is None else put.columns) if name not in _FACTS]
        page = self.index.page(replace(put, columns=(*_FACTS, *wanted)), found)
        texts, problem = self._texts([row[ROW] for row in page.rows])
        rows = [
            {
                **{name: row[name] for name in _FACTS},
                "text": texts.get(row[ROW], ""),
                "values": {name: row[name] for name in wanted},
            }
            for row in page.rows
        ]
        return {"total": page.total, "rows": rows, "problem": problem}

    def sample(self, row: int) -> dict[str, Any]:
        """One sample with all that is known of it. Raises `NotThere`."""
        self._check(row)
        try:
            sample, problem = self.source.samples([row]).get(row), None
        except VlitqError as error:
            sample, problem = None, str(error)
        return {
            **told_sample(self.run, row, sample),
            "problem": problem,
            "values": list(told_values(self.run, self.index, row)),
            "explanations": self._explanations(row),
        }

    def neighbours(self, row: int, count: int) -> dict[str, Any]:
        """The samples nearest to one. Raises `NotThere`."""
        self._check(row)
        near = neighbours(self.run, row, min(count, MOST_NEIGHBOURS))
        rows = near.rows.tolist()
        texts, _ = self._texts(rows)
        facts = self.run.rows().select(["id", "status", "images"]).take(near.rows).to_pylist()
        labels = self.run.labels
        told = [
            {"row": one, **fact, "cosine": cosine, "text": texts.get(one, ""), "label": labels.get(one)}
            for one, fact, cosine in zip(rows, facts, near.cosines.tolist(), strict=True)
        ]
        return {"rows": told, "how": near.how}

    def map(self, colour: str | None) -> dict[str, Any]:
        """Where the samples lie, coloured by a column. Raises `NotThere`, `NotYet`."""
        self._follow_labels()
        return self._map.told(self._coloured(colour) if colour else None)

    def fits(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Which points of the map meet a question, and how many rows do. Raises `NotThere`, `NotYet`."""
        self._follow_labels()
        rows = self.index.matching(*self._put(asked))
        return {"fits": self._map.fits(rows), "total": len(rows)}

    def histogram(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """How a column is distributed, over all rows and over those that meet the question."""
        self._follow_labels()
        put, found = self._put(asked)
        column = str(asked.get("column"))
        self._await_map(column)
        return histogram(self.index, column, put, found)

    def mark(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Label one row, or all that meet a question."""
        label = asked.get("label")
        if label is not None and label not in LABELS:
            raise NoQuestion(f"label {str(label)[:80]!r} is not one of {', '.join(LABELS)}, or null")
        if "row" in asked:
            if type(asked["row"]) is not int:
                raise NoQuestion("row is not a whole number")
            self._check(asked["row"])
            rows = [asked["row"]]
        else:
            rows = self.index.matching(*self._put(asked)).tolist()
        self._marks.mark(rows, label)
        return {"marked": len(rows), "labels": self._labels_now()}

    def undo(self, asked: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002  # it undoes the last, whatever is asked
        """Take the last marking back, of one row or of many. `row` and `label`: of a marking of one."""
        undone = self._marks.undo()
        row = next(iter(undone.back), None) if undone.step == 1 else None
        label = None if row is None else undone.back[row]
        told = {"step": undone.step, "undone": len(undone.back), "row": row, "label": label}
        return {**told, "labels": self._labels_now()}

    def select(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Try a selection; the column `live` then says what it keeps."""
        self._follow_labels()
        return self._trials.select(asked)

    def image(self, row: int, index: int) -> bytes:
        """JPEG of an image of a sample. Raises `NotThere`, `ImageError`."""
        return self._pictures.picture(self._ref(row, index))

    def thumb(self, row: int, index: int) -> bytes:
        """JPEG of an image of a sample, small. Raises `NotThere`, `ImageError`."""
        return self._pictures.thumb(self._ref(row, index))

    def _prepare(self) -> None:
        self._trials.prepare()  # else the first selection waits for it
        self.source.check()
        self.texts.build()

    def _folder(self) -> Path:
        """Where the explorer keeps what it makes: in the run, or for this time only where that cannot be written to."""
        folder = self.run.path / FOLDER
        if is_usable(folder):
            return folder
        self._spare = tempfile.TemporaryDirectory(prefix="vlitq-view-")
        why = "cannot be written to, or holds a link"
        self.notes.append(f"{folder} {why}: the text index and thumbnails are made anew each time")
        return Path(self._spare.name)

    def _put(self, asked: Mapping[str, Any]) -> tuple[Question, Array | None]:
        """The question, and the rows that hold what it searches for. Raises `NotYet` where it goes by a map that is
        being made."""
        put = question(asked)
        self._await_map(*(one.column for one in put.filters), *(one.column for one in put.sort), *(put.columns or ()))
        return put, self.texts.find(put.search) if put.search.strip() else None

    def _await_map(self, *columns: str) -> None:
        if any(name in MAP for name in columns):
            self._map.places()

    def _texts(self, rows: list[int]) -> tuple[dict[int, str], str | None]:
        """The beginnings of samples' texts, of an unreadable one why it has none; and why all have none."""
        try:
            read = self.source.samples(rows)
        except VlitqError as error:
            return {}, str(error)
        told = {row: "\n".join(turn.text for turn in one.turns)[:TEXT_LISTED] for row, one in read.items()}
        reasons = self.run.rows()["reason"]
        unreadable = {row: f"(cannot be read: {reasons[row].as_py()})" for row in rows if row not in read}
        return told | unreadable, None

    def _explanations(self, row: int) -> list[dict[str, Any]]:
        """What each selection, and the one that is being tried (`live`), made of a row."""
        told: list[dict[str, Any]] = [
            {"selection": name, "text": explanation(self.run, row, one)} for name, one in self._chosen.items()
        ]
        if (text := self._trials.explanation(row)) is not None:
            told.append({"selection": "the selection being tried", "text": text, "live": True})
        return told

    def _labels_now(self) -> dict[str, int]:
        self._follow_labels()
        return self._counts()

    def _counts(self) -> dict[str, int]:
        values = list(self.run.labels.values())
        return {label: values.count(label) for label in LABELS}

    def _follow_labels(self) -> None:
        """Have the index hold the labels of now, whoever gave them."""
        with self._relabelling:
            now, was = self.run.labels, self._labels
            if now is was:
                return
            changed = [row for row in now.keys() | was.keys() if now.get(row) != was.get(row)]
            self.index.relabel(changed, [now.get(row) for row in changed])
            self._fields = self._fields and self._fields.relabelled(self.run)
            self._labels = now

    def _fields_now(self) -> Fields:
        """The run's columns, each read once as long as no label changes."""
        with self._relabelling:  # or a label that is given meanwhile would never be followed
            if self._fields is None:
                self._fields = Fields(self.run)
            return self._fields

    def _coloured(self, column: str) -> Field:
        """A column over all rows. Raises `SelectionError` where there is none."""
        if column not in (LABEL, HUMAN):
            return self._fields_now()[column]
        given = self.run.label_column().to_numpy(zero_copy_only=False)
        nothing = np.zeros(len(given), dtype=bool)
        return Field(LABEL, human.COLUMN, given, nothing, nothing)

    def _check(self, row: int) -> None:
        if not 0 <= row < len(self.run):
            raise NotThere(f"there is no row {row}; the run has {len(self.run)}")

    def _ref(self, row: int, index: int) -> ImageRef:
        self._check(row)
        sample = self.source.samples([row]).get(row)
        images = sample.images if sample else ()
        if not 0 <= index < len(images):
            raise NotThere(f"row {row} has no image {index}; it has {len(images)}")
        return images[index]
