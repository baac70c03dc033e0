"""The statuses section: which rows could not be scored, why, and what they look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vlitq.charts.chart import Cell, Chart
from vlitq.charts.kinds import bars
from vlitq.charts.numbers import share
from vlitq.counted import counted
from vlitq.report.blocks import Block, Cards, Figure, Section, Table
from vlitq.report.material import Material, shortened
from vlitq.report.naming import listed
from vlitq.schema import Array, Status

REASONS = 10  # the most frequent kinds of a status
REASON_SHOWN = 200  # characters
EXAMPLES = 5  # samples of a status
# What differs between rows that fail alike: the name of the file, what stands in it, and numbers.
_FILE = r"[^\s:;,'\"]*[^\s:;,'\"/\\]\.[A-Za-z][A-Za-z0-9]{1,4}\b"
_QUOTED = r"b?'[^']*'|b?\"[^\"]*\""
_NUMBER = r"\b\d+\b"


@dataclass(frozen=True, eq=False)
class Failures:
    """Rows of one status, int64 ascending, and the reason of each."""

    status: str
    rows: Array
    reasons: pa.Array


def section(material: Material) -> Section:
    """Rows by status; of each that is not ok its reasons and some samples; then what only some scorers failed at."""
    wrong = _wrong(material)
    blocks: list[Block] = [Figure(_chart(material))]
    if wrong:
        blocks.append(_reasons(wrong))
    scorers = _of_scorers(material)
    if scorers.rows:
        blocks.append(scorers)
    blocks += [_examples(material, one) for one in wrong]
    return Section("statuses", "What could not be scored", _lead(material, wrong), blocks)


def _wrong(material: Material) -> list[Failures]:
    """Every status but ok that rows have, the most frequent first."""
    statuses, reasons = material.fields.stored("status"), material.fields.stored("reason")
    found = []
    for status in Status:
        rows = np.flatnonzero(pc.equal(statuses, status.value).to_numpy(zero_copy_only=False))
        if len(rows) and status is not Status.OK:
            found.append(Failures(status.value, rows, reasons.take(pa.array(rows)).combine_chunks()))
    return sorted(found, key=lambda one: -len(one.rows))


def _lead(material: Material, wrong: list[Failures]) -> str:
    rows = len(material.run)
    if not wrong:
        return f"Every one of {counted(rows, 'record')} could be read, and its images too."
    said = listed(f"{len(one.rows):,} {one.status}" for one in wrong)
    fine = rows - sum(len(one.rows) for one in wrong)
    read = f"{share(fine, rows)} of {counted(rows, 'record')} could be read and scored"
    return f"{read}; {said}. All of them stay in the run."


def _chart(material: Material) -> Chart:
    """A bar a status that occurs, ok first."""
    found = pc.value_counts(material.fields.stored("status")).to_pylist()
    counts = {str(one["values"]): int(one["counts"]) for one in found}
    order = sorted(counts, key=lambda name: (name != Status.OK.value, -counts[name], name))
    values = {name: {"rows": counts[name]} for name in order}
    return bars(
        "statuses",
        "Rows by status",
        "A bar a status; all rows of the dataset are in one of them.",
        values,
        "rows",
        f"role_order and image_count are scored all the same; ok is {share(counts.get('ok', 0), len(material.run))}.",
    )


def _reasons(wrong: list[Failures]) -> Table:
    """The kinds of reasons of each status, counted; names of files, quotations and numbers are left open."""
    rows: list[list[Cell]] = []
    for one in wrong:
        kinds = kinds_of(one.reasons)
        rows += [[one.status, n, kind] for kind, n in list(kinds.items())[:REASONS]]
        left = len(kinds) - REASONS
        if left > 0:
            rest = sum(list(kinds.values())[REASONS:])
            rows.append([one.status, rest, counted(left, "other reason")])
    return Table(
        "Why: the reasons of each status, most frequent first; FILE, N and … stand for what differs",
        ["status", "rows", "reason"],
        rows,
    )


def kinds_of(reasons: pa.Array) -> dict[str, int]:
    """Reasons that differ only in the name of a file, in what is quoted or in numbers, as one; most frequent first.

    One that occurs once stands as it is.
    """
    kinds = _kinds(reasons).dictionary_encode()
    _, first, counts = np.unique(kinds.indices.to_numpy(), return_index=True, return_counts=True)
    texts = kinds.dictionary.to_pylist()
    found: dict[str, int] = {}
    for kind, place, n in zip(texts, first.tolist(), counts.tolist(), strict=True):
        told = shortened(str(reasons[place].as_py() or "") if n == 1 else kind, REASON_SHOWN) or "no reason is given"
        found[told] = found.get(told, 0) + n
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _kinds(reasons: pa.Array) -> pa.Array:
    """Each reason with what differs between rows left open."""
    kinds = pc.utf8_slice_codeunits(pc.fill_null(reasons.cast(pa.large_string()), ""), 0, 4 * REASON_SHOWN)
    for pattern, stands in ((_QUOTED, "…"), (_FILE, "FILE"), (_NUMBER, "N")):
        kinds = pc.replace_substring_regex(kinds, pattern, stands)
    return kinds


def _of_scorers(material: Material) -> Table:
    """What scorers failed at; those that failed at the same rows share a line."""
    failures = material.run.unscored()
    nodes = pc.unique(failures["node"]).to_pylist()
    whole = _rows_of(failures, "sample")
    together: dict[bytes, list[str]] = {}
    kept: dict[bytes, Array] = {}
    for node in nodes:
        rows = _rows_of(failures, node)
        if node != "sample":
            together.setdefault(rows.tobytes(), []).append(node)
            kept[rows.tobytes()] = rows
    lines = [_line(failures, names, kept[key], whole) for key, names in together.items()]
    return Table("By scorer: rows without a score that should exist", _SCORER_HEAD, lines)


_SCORER_HEAD = ("scorers", "rows", "of these, records that are wrong as a whole", "why the others")


def _line(failures: pa.Table, names: list[str], rows: Array, whole: Array) -> list[Cell]:
    """Some scorers that failed at the same rows, and the reasons where the record itself is fine."""
    own = np.setdiff1d(rows, whole)
    of_first = failures.filter(pc.and_(pc.equal(failures["node"], names[0]), pc.is_in(failures["row"], pa.array(own))))
    kinds = kinds_of(of_first["reason"].combine_chunks())
    said = [f"{kind} ({n:,})" for kind, n in list(kinds.items())[:3]]
    more = f"; {counted(len(kinds) - 3, 'other reason')}" if len(kinds) > 3 else ""
    return [listed(names, 12), len(rows), len(rows) - len(own), "; ".join(said) + more]


def _rows_of(failures: pa.Table, node: str) -> Array:
    rows = failures.filter(pc.equal(failures["node"], node))["row"]
    return np.asarray(rows.to_numpy(zero_copy_only=False), dtype=np.int64)


def _examples(material: Material, one: Failures) -> Cards:
    """Some samples of the status, of different kinds of reasons first."""
    places = _varied(one.reasons)[:EXAMPLES]
    reasons: Mapping[int, str] = {place: str(one.reasons[place].as_py() or "") for place in places}
    shown = [(int(one.rows[place]), one.status, (shortened(reasons[place]),)) for place in places]
    note = f"{len(places)} of {counted(len(one.rows), 'sample')}."
    return Cards(f"Status {one.status}", material.cards(shown), note, folded=True)


def _varied(reasons: pa.Array) -> list[int]:
    """The place of every reason, the first of each kind before the second of any."""
    codes = _kinds(reasons).dictionary_encode().indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    first = np.searchsorted(codes[order], codes[order], side="left")
    turn = np.empty(len(codes), dtype=np.int64)
    turn[order] = np.arange(len(codes)) - first
    varied: list[int] = np.argsort(turn, kind="stable").tolist()
    return varied
