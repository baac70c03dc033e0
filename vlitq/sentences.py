"""Splits a text into sentences by its punctuation, in any script that has some."""

from __future__ import annotations

import re

MOST_SENTENCES = 64  # of a text; the rest is the last one's: a page of full stops is no page of sentences

_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])|\n\s*")
_ABBREVIATION = re.compile(r"(?:\b(?:[A-Za-z]|[A-Z][a-z]?|Mrs|Prof|vs|etc|approx|fig|Fig|no|No|al)|\.[a-z])\.$")
_ITEM_NUMBER = re.compile(r"(?:^|\s)\(?(\d{1,3})[.)]$")


def sentences(text: str) -> list[str]:
    """The sentences of a text, stripped, in order; none of a text without a word.

    An abbreviation, an initial or the number of a list item ends none, nor does a line's end where the next goes on in
    lower case; what has no letter or digit belongs to the sentence before it.
    """
    found: list[str] = []
    unfinished, item = "", 0
    for piece in filter(None, _pieces(text)):
        whole = f"{unfinished} {piece}" if unfinished else piece
        unfinished = ""
        number = _ITEM_NUMBER.search(whole[-12:])
        if number is not None and (number[0] == whole or int(number[1]) == item + 1):
            unfinished, item = whole, int(number[1])
        elif _ABBREVIATION.search(whole[-12:]):
            unfinished = whole
        elif found and not any(map(str.isalnum, whole)):
            found[-1] += f" {whole}"
        else:
            found.append(whole)
    if unfinished:
        found.append(unfinished)
    return [sentence for sentence in found if any(map(str.isalnum, sentence))]


def _pieces(text: str) -> list[str]:
    starts = [0]
    for end in _END.finditer(text):
        if len(starts) == MOST_SENTENCES:
            break
        goes_on = end[0].startswith("\n") and text[end.end() : end.end() + 1].islower()
        if not goes_on:
            starts.append(end.end())
    return [text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
