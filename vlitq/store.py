"""A run, read: scores as tables, features as memory maps, samples and labels by row, and whether the run is whole."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vlitq import labels as human
from vlitq.calibration import PERCENTILE, Quantiles, percentile_column
from vlitq.calibration import read as read_calibration
from vlitq.files import sha256_of, write_whole
from vlitq.format import Format
from vlitq.host import Host, HostError
from vlitq.labels import HUMAN
from vlitq.measure import Text
from vlitq.notebook import run_html
from vlitq.run_folder import (
    CALIBRATION,
    FEATURES,
    MANIFEST,
    ROWS,
    SELECTIONS,
    RunError,
    decisions_file,
    manifest_file,
    read_manifest,
    read_table,
    scores_folder,
)
from vlitq.sample import Sample, Span
from vlitq.schema import Array, Column, Status

__all__ = ["MANIFEST", "Run", "RunError", "decisions_file", "manifest_file", "numbers", "read_table"]


class Run:
    """The scores of one dataset, in a folder. Open one with `vlitq.open`; rows are in input order everywhere."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path / MANIFEST).is_file():
            raise RunError(f"{path} holds no run: there is no {MANIFEST}. `vlitq score DATA --out {path}` makes one")
        self.manifest: Mapping[str, Any] = read_manifest(path / MANIFEST)
        self._marks = human.Marks(path, len(self))

    def __len__(self) -> int:
        return int(self.manifest["rows"])

    def __repr__(self) -> str:
        state = "" if self.complete else ", not finished"
        return f"Run({str(self.path)!r}, {len(self)} rows, scorers: {', '.join(self.scorers)}{state})"

    def _repr_html_(self) -> str:
        return run_html(self)

    @property
    def complete(self) -> bool:
        """False when the run was stopped half-way; the same `score` command goes on where it stopped."""
        return bool(self.manifest["complete"])

    @property
    def scorers(self) -> tuple[str, ...]:
        """The scorers whose scores are here, whole, in the order they were asked for."""
        return tuple(self.manifest["scorers"])

    @property
    def data(self) -> Path:
        """The dataset file that was scored."""
        return Path(self.manifest["dataset"]["path"])

    @property
    def columns(self) -> dict[str, Column]:
        """Every column by its full name, `scorer.column`; `human.label` where somebody has marked samples."""
        return self._declared | ({HUMAN: human.COLUMN} if self.labels else {})

    @cached_property
    def _declared(self) -> dict[str, Column]:
        """The columns of scorers, and their percentiles."""
        scored = {
            f"{scorer}.{c['name']}": Column(**{**c, "bounds": tuple(c["bounds"])})
            for scorer, entry in self.manifest["scorers"].items()
            for c in entry["columns"]
        }
        return scored | {f"{name}{PERCENTILE}": percentile_column(scored[name]) for name in self.percentiles}

    @cached_property
    def percentiles(self) -> dict[str, Quantiles]:
        """The reference quantiles that the run carries, by column; none but after `carry`."""
        if not (self.path / CALIBRATION).is_file():
            return {}
        calibration = read_calibration(self.path / CALIBRATION)
        named = ((f"{s}.{c['name']}", e["key"]) for s, e in self.manifest["scorers"].items() for c in e["columns"])
        found = {column: calibration.find(column, key) for column, key in named}
        return {column: quantiles for column, quantiles in found.items() if quantiles is not None}

    @cached_property
    def format(self) -> Format:
        """The format of the dataset, able to write a subset of it. Raises `RunError` where no plugin has it now."""
        try:
            found: Format = Host().find("formats", self.manifest["dataset"]["format"]).thing
        except HostError as error:
            way_out = "If a plugin is gone, install it again: samples and subsets are read by it"
            raise RunError(f"the dataset of {self.path} cannot be read: {error} {way_out}") from error
        return found

    def rows(self) -> pa.Table:
        """One row a record: id, source, status, reason, offset, length, turns, tokens, images, content."""
        return read_table(self.path / ROWS)

    def table(self) -> pa.Table:
        """`id`, `status` and every column as `scorer.column`; null where a row has no score."""
        rows = self.rows()
        table = pa.table({"id": rows["id"], "status": rows["status"]})
        for scorer in self.scorers:
            scores = self.scores(scorer)
            for name in scores.column_names:
                if name not in ("status", "reason"):
                    table = table.append_column(f"{scorer}.{name}", scores[name])
        for name, quantiles in self.percentiles.items():
            values = quantiles.percentiles(numbers(table[name]))
            table = table.append_column(name + PERCENTILE, pa.array(values, pa.float64(), from_pandas=True))
        if marked := self.labels:
            table = table.append_column(HUMAN, pa.array(_spread(marked, len(rows)), pa.string()))
        return table

    def scores(self, scorer: str) -> pa.Table:
        """One scorer's columns, and why a row has none: `status`, `reason`."""
        return read_table(self._scores_folder(scorer))

    def status(self, scorer: str) -> Array:
        """The status of every row with this scorer, strings of shape (rows,); of `human`, whether it is marked."""
        if scorer == HUMAN.partition(".")[0]:
            unmarked = _spread(self.labels, len(self)) == None  # noqa: E711  # compared entry by entry
            return np.where(unmarked, Status.NOT_APPLICABLE.value, Status.OK.value).astype(object)
        return np.asarray(read_table(self._scores_folder(scorer), ["status"])["status"].to_numpy(zero_copy_only=False))

    def unscored(self) -> pa.Table:
        """Every failure: row, id, node (a scorer, or `sample`), status, reason."""
        rows = read_table(self.path / ROWS, ["id", "status", "reason"])
        parts = [_failures(rows, "sample", rows["id"])]
        for scorer in self.scorers:
            told = read_table(self._scores_folder(scorer), ["status", "reason"])
            parts.append(_failures(told, scorer, rows["id"]))
        return pa.concat_tables(parts)

    def summary(self) -> dict[str, float]:
        """Numbers about the whole set, as `scorer.number`."""
        entries = self.manifest["scorers"].items()
        return {f"{s}.{name}": value for s, entry in entries for name, value in entry.get("summary", {}).items()}

    @property
    def features(self) -> tuple[str, ...]:
        """The names `feature` answers to."""
        return tuple(self.manifest["features"]) + tuple(self.manifest["roles"])

    def feature(self, name: str) -> Array:
        """A memory map of shape (rows, dim), rows in input order, NaN where a row has none.

        `name` is a feature's own name, with the part it was taken of where that is not the usual one
        (`minilm.dialogue`), or a role: `clip_image` and `clip_text` are the two sides of the image–text model of this
        run, `text_embedding` its text model, whichever they were.
        """
        entry = self.manifest["features"].get(name) or self._by_role(name)
        if entry is None:
            raise RunError(f"{self.path} has no feature {name!r}; it has: {', '.join(self.features) or 'none'}")
        loaded: Array = np.load(self.path / FEATURES / entry["file"], mmap_mode="r", allow_pickle=False)
        return loaded

    def texts(self, part: Text, rows: Array) -> list[str]:
        """The instruction, response or dialogue of some rows, "" where there is none; read from the dataset.

        Raises `RunError` where the dataset is no longer the file that was scored.
        """
        self.check_data_unchanged()
        wanted = set(rows.tolist())
        records = enumerate(self.format.read(self.data, wanted=wanted.__contains__))
        found = {number: _text(row.sample, part) for number, row in records if row is not None}
        return [found.get(row, "") for row in rows.tolist()]

    def samples(self, rows: Sequence[int]) -> dict[int, Sample]:
        """Some samples by row, read by their places in the dataset, however large it is; unreadable records are left
        out. Whether the dataset has changed since is not looked at: see `check_data_unchanged`."""
        found = self.rows().select(["id", "status", "offset", "length"]).take(pa.array(rows, pa.int64())).to_pylist()
        told = {row: one for row, one in zip(rows, found, strict=True) if one["status"] != Status.INVALID.value}
        if not told:
            return {}
        with tempfile.TemporaryDirectory(prefix="vlitq-") as folder:
            part = Path(folder) / self.data.name
            self.format.write(self.data, [Span(one["offset"], one["length"]) for one in told.values()], part)
            read = [row.sample for row in self.format.read(part, wanted=lambda _: True) if row is not None]
        return {row: replace(sample, id=told[row]["id"]) for row, sample in zip(told, read, strict=True)}

    @property
    def images(self) -> Path:
        """The folder that image paths start from."""
        return Path(self.manifest["dataset"]["images"])

    @property
    def labels(self) -> Mapping[int, human.Label]:
        """What people said of samples, by row; warns of what of it cannot be read."""
        return self._marks.now()

    def mark(self, row: int, label: human.Label | None) -> None:
        """Keep what a person says of a row; None takes it back. Raises `RunError` for a row that is not there."""
        self.mark_all({row: label})

    def mark_all(self, labels: dict[int, human.Label | None]) -> None:
        """Keep what a person says of some rows, as `mark` does of one."""
        if absent := [row for row in labels if not (isinstance(row, int) and 0 <= row < len(self))]:
            raise RunError(f"{self.path} has no row {absent[0]!r}; it has {len(self)}, by their numbers from 0")
        human.mark_all(self.path, labels)

    def note_selection(self, subset: Path) -> None:
        """Remember where a subset was written, so that `vlitq explain` finds its decisions; warns where the folder
        cannot be written to, for the subset stands all the same."""
        known = [*self._selections(), str(subset.resolve())]
        text = json.dumps(list(dict.fromkeys(known)), indent=1)
        try:
            write_whole(self.path / SELECTIONS, lambda file: file.write(text.encode()))
        except OSError as error:
            told = f"the run does not know of it, for {self.path} cannot be written to ({error.strerror})"
            warnings.warn(f"{subset} is written; {told}: name it to report and compare", stacklevel=2)

    def selections(self) -> list[Path]:
        """The subsets written of this run that still stand, the oldest first."""
        return [path for path in map(Path, self._selections()) if decisions_file(path).is_file()]

    def _selections(self) -> list[str]:
        file = self.path / SELECTIONS
        return list(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else []

    def check_data_unchanged(self) -> None:
        """Raise `RunError` when the dataset is not the file that was scored, or no plugin can read it any more."""
        self.format  # noqa: B018  # it raises
        known = self.manifest["dataset"]
        if not self.data.is_file():
            way_out = f"Put it back, or say where it is now: `vlitq relocate {self.path} --data FILE`"
            raise RunError(f"{self.data} is gone: samples and subsets are read from it. {way_out}")
        if self.data.stat().st_size != known["bytes"] or sha256_of(self.data) != known["sha256"]:
            raise RunError(f"{self.data} has changed since it was scored: score it anew, into another folder")

    def _scores_folder(self, scorer: str) -> Path:
        if scorer not in self.scorers:
            raise RunError(f"{self.path} has no scores of {scorer!r}; it has: {', '.join(self.scorers) or 'none'}")
        return scores_folder(self.path, scorer, self.manifest["scorers"][scorer]["key"])

    def _by_role(self, name: str) -> Mapping[str, Any] | None:
        role, _, part = name.partition(".")
        node = self.manifest["roles"].get(role)
        entries: Mapping[str, Any] = self.manifest["features"]
        return entries.get(f"{node}.{part}" if part else node) if node else None


def numbers(values: pa.ChunkedArray) -> Array:
    """A column of a table as float64, NaN where null."""
    return np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False))


def _spread(labels: Mapping[int, str], rows: int) -> Array:
    """A label a row, object, None where there is none."""
    spread = np.full(rows, None, dtype=object)
    spread[list(labels)] = list(labels.values())
    return spread


def _text(sample: Sample, part: Text) -> str:
    if part == "dialogue":
        return "\n".join(turn.text for turn in sample.turns if turn.role != "system" and turn.text)
    return sample.instruction if part == "instruction" else sample.response


def _failures(table: pa.Table, node: str, ids: Any) -> pa.Table:
    failing = pa.array([status.value for status in Status if status.failed])
    failed = pa.array(np.flatnonzero(pc.is_in(table["status"], failing)), pa.int64())
    return pa.table(
        {
            "row": failed,
            "id": ids.take(failed),
            "node": pa.array([node] * len(failed), pa.string()),
            "status": table["status"].take(failed),
            "reason": table["reason"].take(failed),
        }
    )
