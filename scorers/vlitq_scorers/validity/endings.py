"""Tells a text that stops in mid-sentence from one that ends, by its last words and by how its sentences end before."""

from __future__ import annotations

import re
from itertools import takewhile

from vlitq.sentences import sentences
from vlitq_scorers.validity.last_words import dangles

CUT = 0.5  # from here on an ending counts as cut off
TAIL = 1000  # characters at the end of a text that are looked at
NEAR = 80  # characters at the end where signs of code or mathematics speak for the last word

_STOPS = ".!?…。！？｡؟۔।॥։።"
_CLOSERS = "\"'”’»)]*_"
_OPEN = ",;:–—-([{“‘«&、，；：（【《「"  # a text cannot end with these
_WORDLIKE = "%°$€£¥′″'\""  # "45%", "12' x 10'": they end a word as a letter does

_SHORTENED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|e\.g|i\.e|approx|Fig)\.)$")
_NEXT_ITEM = re.compile(r"(?:^|\n\s{0,8}|[.!?;]\s{1,3})(\d{1,2})[.)]$")
_ITEM = re.compile(r"\s{0,8}(?:[-*•·–]\s|\(?\d{1,2}[.):]|\(?[a-zA-Z][.)]\s)")
_NO_PROSE = re.compile(r"[{}|\\]|[=!<>]=|=>|\w\(\)|\w\(\w+\)|://|\w@\w|\s=\s|#\w|^\s*#|</\w+>")
_VERDICT = re.compile(r"(?:\bis|\bare|=|:|\bequals|\banswer|\boption|####)\s{0,3}\(?(?:[A-Z]|[$€£]?\s?\d[\d.,%/]*)\)?$")
_LABELLED = re.compile(r"^[^.:\n]{1,30}:\s?\S*(?:\s\S+){0,4}$")
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def unfinished(text: str) -> float:
    """How sure it is, in [0, 1], that a text stops in mid-sentence; 0 of a text that ends, or of a single word.

    1 is a rank, no probability. A text without punctuation is judged by its last word alone. English; of other
    languages only what punctuation tells.
    """
    whole = text.rstrip()
    if not whole:
        return 0.0
    if "```" in whole and whole.count("```") % 2:
        return 0.9
    last = whole[-1]
    tail = whole[-TAIL:]
    if last in _STOPS:
        return _after_stop(tail)
    if _is_one_word(tail):
        return 0.0
    if last.isalnum() or last in _WORDLIKE:
        return _after_word(tail, tail[-2:-1].isspace() and last in "'\"", whole[:2].strip()[:1].isupper())
    return _after_mark(tail, last)


def _is_one_word(tail: str) -> bool:
    return len(tail.split(None, 1)) == 1 and not _HAN.search(tail)


def _after_stop(tail: str) -> float:
    """A full stop ends a text, but not that of "e.g." or of the number of an item that does not come."""
    if tail[-1] != ".":
        return 0.0
    if _SHORTENED.search(tail[-8:]):
        return 0.8
    if not tail[-2:-1].isdigit():
        return 0.0
    item = _NEXT_ITEM.search(tail[-16:])
    return 0.9 if item and f"{int(item[1]) - 1}." in tail[:-3] else 0.0


def _after_mark(tail: str, last: str) -> float:
    """A comma or an open bracket ends nothing; a bracket, an emoji or other sign does."""
    if last in _OPEN:
        is_code_or_face = last in ";:-([{" and (_NO_PROSE.search(_last_line(tail)) or tail[-2] in ":;-")
        return 0.2 if is_code_or_face else 0.95
    if last == "`" and tail[-2].isspace():
        return 0.9
    return 0.1 if last in _CLOSERS and tail.rstrip(_CLOSERS)[-1:] not in _STOPS else 0.0


def _after_word(tail: str, opens_quote: bool, is_capitalised: bool) -> float:
    """A text that ends with a word is cut off if the word dangles, or if the sentences before it end with a stop."""
    if tail[-1] in _CLOSERS and tail.rstrip(_CLOSERS)[-1:] in _STOPS:
        return 0.0
    if opens_quote:
        return 0.9
    line = _last_line(tail)
    if line.lstrip()[:1] in {"|", "#"} or _NO_PROSE.search(line[-NEAR:]):
        return 0.1
    count = tail.count(" ") + 1
    return dangles(line, count) or _by_sentences(tail, line, count, is_capitalised)


def _by_sentences(tail: str, line: str, count: int, is_capitalised: bool) -> float:
    found = sentences(tail)
    if not found:
        return 0.0
    if len(found) > 1 and _ends(found[-2]):
        return _after_sentences(found, line, tail)
    if _leaves_open(found[-1]):
        return 0.8
    if len(found) > 1:  # lines without full stops: a list, a poem, a heading
        return 0.2
    return 0.1 + 0.3 * min(count, 12) / 12 * is_capitalised


def _after_sentences(found: list[str], line: str, tail: str) -> float:
    """The last sentence has no stop although the one before has."""
    if _VERDICT.search(line[-40:]) or line.lstrip()[:1] == "#":
        return 0.2
    is_own_line = line.strip() == found[-1] and len(line) < len(tail)
    if not is_own_line:
        return 0.9
    if _ITEM.match(line):
        before = [each for each in tail.split("\n")[:-1] if each.strip()]
        items = list(takewhile(_ITEM.match, reversed(before)))
        return 0.9 if items and all(map(_ends, items)) else 0.3
    if _LABELLED.match(line) or len(line.split()) <= 3:
        return 0.3
    return 0.75


def _ends(sentence: str) -> bool:
    return sentence.rstrip().rstrip(_CLOSERS)[-1:] in tuple(_STOPS)


def _leaves_open(sentence: str) -> bool:
    is_round = sentence.count("(") > sentence.count(")")
    return is_round or sentence.count("“") > sentence.count("”") or sentence.count("[") > sentence.count("]")


def _last_line(tail: str) -> str:
    return tail[tail.rfind("\n") + 1 :]
