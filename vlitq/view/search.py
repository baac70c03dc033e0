"""The words of a run's samples, in a file beside its scores: which samples hold what is searched for."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import reduce
from pathlib import Path

import numpy as np

from vlitq.errors import VlitqError
from vlitq.schema import Array
from vlitq.store import Run
from vlitq.view.errors import NotYet
from vlitq.view.query import QueryError
from vlitq.view.source import Source
from vlitq.view.words import Sought, Words, sought, words_of

VERSION = 3  # of the file; 1 held the words of spaced scripts only, 2 new emoji as letters of words
# Words without their places: a tenth of the texts' size, and no phrases. Beginnings of words are kept to three letters.
# Letters with their places, for phrases of them: only texts that have any are in it.
_TABLES = (
    "create virtual table spaced using fts5(text, content='', detail=none, prefix='1 2 3', "
    "tokenize=\"unicode61 remove_diacritics 2 categories 'L* M* N* Co'\")",
    "create virtual table letters using fts5(text, content='', detail=full, tokenize=ascii)",
)
REMEMBERED = 8  # searches whose rows are kept
_TOLD = 100  # letters of a search in a message


class TextIndex:
    """The words of all samples, made once for a dataset and kept in a folder.

    done: samples whose words are in it; problem: why there will be none.
    """

    def __init__(self, run: Run, source: Source, folder: Path) -> None:
        self._run, self._source = run, source
        self.file = folder / f"text.{run.manifest['dataset']['sha256'][:16]}.{len(run)}.sqlite"
        self._stopped, self._searching = threading.Event(), threading.Lock()
        self._found: dict[Sought, Array] = {}
        self.ready = _version(self.file) == VERSION
        self.done = len(run) if self.ready else 0
        self.problem: str | None = None

    def build(self) -> None:
        """Make the index where there is none; `problem` says why that failed."""
        if self.ready:
            return
        partial = self.file.with_name(f"{self.file.name}.{os.getpid()}.partial")
        try:
            self._source.check()
            if self._source.problem is not None:
                raise VlitqError(self._source.problem)
            self._write(partial)
        except (VlitqError, OSError, sqlite3.Error) as error:
            self.problem = f"texts cannot be searched: {error}"
        finally:
            partial.unlink(missing_ok=True)

    def stop(self) -> None:
        """Have `build` end soon, without an index."""
        self._stopped.set()

    def find(self, words: str) -> Array:
        """The rows whose texts hold all the words, the last as the beginning of one, and all the runs of scripts
        without spaces, wherever they stand: int64, ascending.

        Raises `NotYet` while the index is being made, `QueryError` where there is no word.
        """
        if self.problem is not None:
            raise QueryError(self.problem)
        if not self.ready:
            raise NotYet(f"texts are being indexed: {self.done} of {len(self._run)} samples")
        asked = sought(words)
        if asked == Sought("", ""):
            raise QueryError(f"there is no word to search for in {_short(words)!r}")
        with self._searching:
            if asked not in self._found:
                while len(self._found) >= REMEMBERED:
                    self._found.pop(next(iter(self._found)))
                self._found[asked] = self._rows(asked, words)
            return self._found[asked]

    def _rows(self, asked: Sought, words: str) -> Array:
        try:
            with closing(_opened(self.file)) as database:
                parts = [_matches(database, name, sql) for name, sql in vars(asked).items() if sql]
        except sqlite3.Error as error:
            raise QueryError(f"{_short(words)!r} cannot be searched for: {error}") from error
        return reduce(np.intersect1d, parts)

    def _write(self, partial: Path) -> None:
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(partial)) as database:
            # Whole or not at all by its renaming; it can be made again at any time.
            database.execute("pragma journal_mode=off")
            database.execute("pragma synchronous=off")
            for table in _TABLES:
                database.execute(table)
            for row, words in self._words():
                database.execute("insert into spaced(rowid, text) values (?, ?)", [row, words.spaced])
                if words.letters:
                    database.execute("insert into letters(rowid, text) values (?, ?)", [row, words.letters])
            database.execute(f"pragma user_version={VERSION}")
            database.commit()
        if not self._stopped.is_set():
            partial.replace(self.file)
            self.done, self.ready = len(self._run), True

    def _words(self) -> Iterator[tuple[int, Words]]:
        rows = len(self._run)
        for number, row in enumerate(self._run.format.read(self._run.data, wanted=lambda at: at < rows)):
            if number >= rows or self._stopped.is_set():
                return
            if row is not None:
                text = "\n".join(turn.text for turn in row.sample.turns)
                yield number, words_of(text.encode("utf-8", "replace").decode())
            self.done = number


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _version(file: Path) -> int:
    """Of the index in a file; 0 where there is none that can be read."""
    if not file.is_file():
        return 0
    try:
        with closing(_opened(file)) as database:
            return int(database.execute("pragma user_version").fetchone()[0])
    except sqlite3.Error:
        return 0


def _matches(database: sqlite3.Connection, table: str, sought: str) -> Array:
    """The rows of a table that match an expression, int64, ascending."""
    # As one text: a million rows come over in a tenth of a second, one by one in half a second.
    (listed,) = database.execute(f"select group_concat(rowid) from {table} where {table} match ?", [sought]).fetchone()  # noqa: S608  # the names of our two tables
    return np.sort(np.fromstring(listed or "", dtype=np.int64, sep=","))


def _short(words: str) -> str:
    return words if len(words) <= _TOLD else f"{words[:_TOLD]}…"
