"""Multiple choice as questions write it: the options of a question, and which of them an answer chooses."""

from __future__ import annotations

import re
from typing import NamedTuple

from vlitq.sample import Sample

LETTERS = "ABCDEFGH"
LONGEST_QUESTION = 20_000  # characters looked through for options

_MARK = re.compile(r"(?:^|(?<=[\s,;:]))\(?([A-Ha-h])[.):](?=\s|\w)", re.MULTILINE)
_CHOSEN = re.compile(r"\(?([A-Ha-h])(?:[.):]|\)|$|(?=\s*\n))")
_TOLD = re.compile(r"\b(?:answer|option|choice)(?: is|:)?\s+\(?([A-Ha-h])\b(?!')", re.IGNORECASE)


class Choice(NamedTuple):
    """The options of a question, in order, and the number of the one that the answer chooses; None where it does not
    choose one of them."""

    options: tuple[str, ...]
    chosen: int | None


def options(question: str) -> tuple[str, ...]:
    """The texts of lettered options (`A. cat`, `(b) dog`, `C: bird`), two at least, from A on; else none."""
    marks = list(_MARK.finditer(question[:LONGEST_QUESTION]))
    run: list[re.Match[str]] = []
    for mark in marks:
        if mark[1].upper() == LETTERS[len(run) % len(LETTERS)] and len(run) < len(LETTERS):
            run.append(mark)
        elif mark[1].upper() == "A" and len(run) < 2:
            run = [mark]
    if len(run) < 2:
        return ()
    ends = [*(mark.start() for mark in run[1:]), len(question)]
    return tuple(_text(question[mark.end() : end]) for mark, end in zip(run, ends, strict=True))


def chosen(answer: str, offered: tuple[str, ...]) -> int | None:
    """The number of the option that an answer names, by its letter or by its text; None where it names none of them."""
    stripped = answer.strip()
    letter = _CHOSEN.match(stripped) or _TOLD.search(stripped[:200])
    if letter is not None:
        number = LETTERS.index(letter[1].upper())
        return number if number < len(offered) else None
    plain = _plain(stripped)
    same = [number for number, option in enumerate(offered) if _plain(option) == plain]
    return same[0] if len(same) == 1 else None


def choice(sample: Sample) -> Choice | None:
    """The first question of a sample that offers options, and what its answer chooses; None where none does."""
    for exchange in sample.exchanges:
        offered = options(exchange.question)
        if offered:
            return Choice(offered, chosen(exchange.answer, offered))
    return None


def _text(option: str) -> str:
    """Up to the end of its line, without what separates it from the next."""
    lines = option.strip().split("\n", 1)
    return lines[0].strip().rstrip(",;").strip()


def _plain(text: str) -> str:
    return text.strip().strip(".!").casefold()
