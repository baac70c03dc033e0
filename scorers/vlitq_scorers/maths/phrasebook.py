"""A phrase book: labels with the phrases that speak for them, in order of priority, matched in linear time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

GAP = 5  # words that `*` may stand for

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?![^\W_])|[^\W_]+(?:['-][^\W_]+)*|[.!?;:\n。！？：；]")
_END = frozenset(".!?;:\n。！？：；")


def spelled(text: str) -> str:
    """The words of a text in lower case, a space around each, with a lone full stop where a sentence begins or ends.

    `Hi! A cat?` is ` . hi . a cat . `; a colon or a new line ends a sentence too.
    """
    tokens = _TOKEN.findall(text.lower().replace("’", "'"))
    return f" . {' '.join(['.' if token in _END else token for token in tokens])} . "


@dataclass(frozen=True)
class Block:
    """Phrases that speak for a label, one a line or between commas.

    In a phrase `a|b` is either word, `a?` a word that may be absent, `*` up to five words of the same sentence, `^` and
    `$` the beginning and the end of a sentence; `@name` is the alternatives of that name.
    """

    label: str
    phrases: str


@dataclass(frozen=True)
class _Phrase:
    label: str
    occurs: Callable[[str], object]


class Phrasebook:
    """Blocks in order of priority: a phrase of an earlier block wins over one of a later."""

    def __init__(self, blocks: Sequence[Block], names: Mapping[str, str] | None = None) -> None:
        self._phrases: list[_Phrase] = []
        self._by_word: dict[str, list[int]] = {}
        for block in blocks:
            for phrase in filter(None, map(str.strip, re.split("[,\n]", block.phrases))):
                self._add(block.label, _resolved(phrase, names or {}))

    def _add(self, label: str, elements: list[str]) -> None:
        for word in _telling(elements):
            self._by_word.setdefault(word, []).append(len(self._phrases))
        self._phrases.append(_Phrase(label, _matcher(elements)))

    def first(self, spelled_text: str, words: frozenset[str]) -> str | None:
        """The label of the first phrase that occurs in a `spelled` text, whose distinct words are given."""
        for number in self._candidates(words):
            if self._phrases[number].occurs(spelled_text):
                return self._phrases[number].label
        return None

    def labels(self, spelled_text: str, words: frozenset[str]) -> list[str]:
        """The distinct labels whose phrases occur, in order of priority."""
        phrases = [self._phrases[number] for number in self._candidates(words)]
        return list(dict.fromkeys([phrase.label for phrase in phrases if phrase.occurs(spelled_text)]))

    def _candidates(self, words: frozenset[str]) -> list[int]:
        known = self._by_word.keys() & words
        return sorted({number for word in known for number in self._by_word[word]})


def _resolved(phrase: str, names: Mapping[str, str]) -> list[str]:
    return [re.sub("@([a-z_]+)", lambda name: names[name[1]], element) for element in phrase.split()]


def _telling(elements: Sequence[str]) -> list[str]:
    """The alternatives of the element whose words are longest: one of them is there wherever the phrase is."""
    needed = [element.split("|") for element in elements if element not in {"^", "$", "*"} and element[-1] != "?"]
    if not needed:
        raise ValueError(f"phrase {' '.join(elements)!r} has no word that must be there")
    return max(needed, key=lambda words: min(map(len, words)))


def _matcher(elements: Sequence[str]) -> Callable[[str], object]:
    if not any(mark in element for element in elements for mark in "^$*|?"):
        return _containing(f" {' '.join(elements)} ")
    return re.compile("".join(map(_pattern, elements)) + "(?= )").search


def _containing(phrase: str) -> Callable[[str], object]:
    return lambda text: phrase in text


def _pattern(element: str) -> str:
    if element == "*":
        return f"(?: [^ .]+){{0,{GAP}}}?"
    if element in {"^", "$"}:
        return r" \."
    words = f" (?:{'|'.join(map(re.escape, element.rstrip('?').split('|')))})"
    return f"(?:{words})?" if element[-1] == "?" else words
