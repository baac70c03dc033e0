"""The words of a run's samples, in a file beside its scores: which samples hold what is searched for."""

from __future__ import annotations

import os
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from vlitq.errors import VlitqError
from vlitq.schema import Array
from vlitq.store import Run
from vlitq.view.errors import NotYet
from vlitq.view.query import QueryError
from vlitq.view.source import Source

# Words without their places: a tenth of the texts' size, and no phrases. Beginnings of words are kept to three letters.
_TABLE = (
    "create virtual table texts using fts5(text, content='', detail=none, prefix='1 2 3', "
    "tokenize=\"unicode61 remove_diacritics 2 categories 'L* M* N* Co'\")"
)
REMEMBERED = 8  # searches whose rows are kept


class TextIndex:
    """The words of all samples, made once for a dataset and kept in a folder.

    done: samples whose words are in it; problem: why there will be none.
    """

    def __init__(self, run: Run, source: Source, folder: Path) -> None:
        self._run, self._source = run, source
        self.file = folder / f"text.{run.manifest['dataset']['sha256'][:16]}.{len(run)}.sqlite"
        self._stopped, self._searching = threading.Event(), threading.Lock()
        self._found: dict[str, Array] = {}
        self.ready = self.file.is_file()
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
        """The rows whose texts hold all the words, the last as the beginning of one: int64, ascending.

        Raises `NotYet` while the index is being made, `QueryError` where there is no word.
        """
        if self.problem is not None:
            raise QueryError(self.problem)
        if not self.ready:
            raise NotYet(f"texts are being indexed: {self.done} of {len(self._run)} samples")
        asked = _expression(words)
        with self._searching:
            if asked not in self._found:
                while len(self._found) >= REMEMBERED:
                    self._found.pop(next(iter(self._found)))
                self._found[asked] = self._rows(asked, words)
            return self._found[asked]

    def _rows(self, asked: str, words: str) -> Array:
        address = f"{self.file.resolve().as_uri()}?mode=ro&immutable=1"
        try:
            with closing(sqlite3.connect(address, uri=True)) as database:
                # As one text: a million rows come over in a tenth of a second, one by one in half a second.
                (listed,) = database.execute(
                    "select group_concat(rowid) from texts where texts match ?", [asked]
                ).fetchone()
        except sqlite3.Error as error:
            raise QueryError(f"{words!r} cannot be searched for: {error}") from error
        return np.sort(np.fromstring(listed or "", dtype=np.int64, sep=","))

    def _write(self, partial: Path) -> None:
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with closing(sqlite3.connect(partial)) as database:
            # Whole or not at all by its renaming; it can be made again at any time.
            database.execute("pragma journal_mode=off")
            database.execute("pragma synchronous=off")
            database.execute(_TABLE)
            database.executemany("insert into texts(rowid, text) values (?, ?)", self._texts())
            database.commit()
        if not self._stopped.is_set():
            partial.replace(self.file)
            self.done, self.ready = len(self._run), True

    def _texts(self) -> Iterator[tuple[int, str]]:
        rows = len(self._run)
        for number, row in enumerate(self._run.format.read(self._run.data, wanted=lambda at: at < rows)):
            if number >= rows or self._stopped.is_set():
                return
            if row is not None:
                text = "\n".join(turn.text for turn in row.sample.turns)
                yield number, text.encode("utf-8", "replace").decode()
            self.done = number


def _expression(words: str) -> str:
    """All the words, each quoted so that none is an operator, the last as the beginning of a word."""
    found = "".join(letter if _is_of_word(letter) else " " for letter in words).split()
    if not found:
        raise QueryError(f"there is no word to search for in {words!r}")
    return " ".join(f'"{word}"' for word in found) + "*"


def _is_of_word(letter: str) -> bool:
    """What the index takes for a part of a word: letters, numbers, and the marks on them."""
    return unicodedata.category(letter)[0] in "LNM" or unicodedata.category(letter) == "Co"
