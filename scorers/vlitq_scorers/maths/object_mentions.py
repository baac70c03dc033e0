"""Which of COCO's 80 objects a text says are there, and whether it asks for one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vlitq_scorers.maths.coco_names import phrases, table
from vlitq_scorers.maths.words import remembered_words

NEGATED_WITHIN = 3  # words before an object in which a negation is of it


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


CLASSES = tuple(table())
_NUMBER = {name: number for number, name in enumerate(CLASSES)}

# "orange" is a fruit between one of these and one of those, or at the end; else a colour.
_BEFORE_FRUIT = _set("an the one this that each half sliced peeled fresh whole ripe")
_AFTER_FRUIT = _set("and or is on in at with next beside near to by from has lies sits slice slices")
_NEGATIONS = _set(
    "no not without neither nor never isn't aren't wasn't weren't doesn't don't can't cannot "
    "isn’t aren’t wasn’t weren’t doesn’t don’t can’t"
)
_NOT_AFTER_NO = _set("the there a an it this that these those he she they i we you is are")  # "No, the …"

_ASKS = re.compile(
    r"\b(?:(?:is|are) there|(?:do|can) you (?:see|find)|does (?:the|this) (?:image|picture|photo|photograph|scene) "
    r"(?:contain|show|have|include|depict))\b([^?\n]{1,200})\?",
    re.IGNORECASE,
)
_FRAME = _set("a an any some one at least in the this image picture photo photograph scene visible present shown here")
_NOT_PLAIN = _set("or no not without only other another more besides except than both either")
_YES_NO = re.compile(r"\W{0,9}(yes|no)\b", re.IGNORECASE)


class Mention(NamedTuple):
    """An object that is named: the number of its class, its first word, and one past its last."""

    category: int
    start: int
    end: int


class Asked(NamedTuple):
    """The classes that a yes-or-no question asks for. `plainly`: one of them, nothing said of it, no place."""

    categories: frozenset[int]
    plainly: bool


def category_of(name: str) -> int | None:
    """The number of the class that a name stands for; None where it is none of the 80."""
    first, _, second = " ".join(name.lower().replace("_", " ").split()).partition(" ")
    return _PAIRS.get((first, second)) if second else _SINGLES.get(first)


def mentions(words: Sequence[str]) -> list[Mention]:
    """The objects that lower-case words name, in order; of two words that are one name, one."""
    if _STARTS.isdisjoint(words):
        return []
    found: list[Mention] = []
    end = 0
    for start, word in enumerate(words):
        if start < end or word not in _STARTS:
            continue
        pair = _PAIRS.get((word, words[start + 1]), "") if start + 1 < len(words) else ""
        category = _SINGLES.get(word) if pair == "" else pair
        end = start + (1 if pair == "" else 2)
        if isinstance(category, int) and (word != "orange" or end - start == 2 or _is_fruit(words, start)):
            found.append(Mention(category, start, end))
    return found


def affirmed(words: Sequence[str]) -> list[int]:
    """The classes of the objects that are named and not denied ("no dog", "without a dog"), one for each mention."""
    return [found.category for found in mentions(words) if not _is_negated(words, found.start)]


def asked_for(question: str) -> Asked | None:
    """The objects of which a question asks whether they are there; None where it asks for none or for a choice."""
    match = _ASKS.search(question)
    if match is None:
        return None
    words = remembered_words(match[1])
    found = mentions(words)
    if not found or not _NOT_PLAIN.isdisjoint(words):
        return None
    named = {place for mention in found for place in range(mention.start, mention.end)}
    rest = {word for place, word in enumerate(words) if place not in named}
    return Asked(frozenset(mention.category for mention in found), len(found) == 1 and rest <= _FRAME)


def says_yes(answer: str) -> bool | None:
    """True for an answer that begins with yes, False for one that begins with no, None for all others."""
    match = _YES_NO.match(answer)
    return None if match is None else match[1].lower() == "yes"


def _is_fruit(words: Sequence[str], place: int) -> bool:
    after = words[place + 1] if place + 1 < len(words) else "and"
    return after in _AFTER_FRUIT and place > 0 and words[place - 1] in _BEFORE_FRUIT


def _is_negated(words: Sequence[str], place: int) -> bool:
    """True where one of the few words before is a negation; "no" only if what follows can be its noun's."""
    before = words[max(0, place - NEGATED_WITHIN) : place]
    for at, word in enumerate(before):
        if word in _NEGATIONS and (word != "no" or _NOT_AFTER_NO.isdisjoint(before[at + 1 :])):
            return True
    return False


def _tables() -> tuple[Mapping[str, int], Mapping[tuple[str, str], int | None]]:
    """Names of one word to their class, and of two; with hyphens, and of people and animals with a possessive."""
    singles: dict[str, int] = {}
    pairs: dict[tuple[str, str], int | None] = {}
    for phrase, category in phrases().items():
        number = None if category is None else _NUMBER[category]
        first, _, second = phrase.partition(" ")
        if second:
            pairs[first, second] = number
        if number is not None:
            word = phrase.replace(" ", "-")
            singles |= {word: number, f"{word}'s": number, f"{word}’s": number}
    return singles, pairs


_SINGLES, _PAIRS = _tables()
_STARTS = frozenset(_SINGLES) | {first for first, _ in _PAIRS}
