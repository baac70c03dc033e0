"""Unicode normal forms in time that grows with the text: Python's own grows with the square of a run of marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Literal

Form = Literal["NFC", "NFKC"]

PIECE = 1024  # characters; no word of a living language is as long
_MARKS = 64  # after so many marks at the end of a piece, the next begins with one


def normal_form(text: str, form: Form) -> str:
    """`unicodedata.normalize`, but a word of more than 1,024 characters is normalised in pieces.

    Pieces end before a character that is no combining mark, or after 64 marks: only there two texts that are
    canonically the same can come out as different.
    """
    if text.isascii():
        return text
    if len(text) <= PIECE or max(map(len, text.split()), default=0) <= PIECE:
        return unicodedata.normalize(form, text)
    return "".join(unicodedata.normalize(form, piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        stop = start + PIECE
        most = stop + _MARKS
        while stop < min(most, len(text)) and unicodedata.combining(text[stop]):
            stop += 1
        yield text[start:stop]
        start = stop
