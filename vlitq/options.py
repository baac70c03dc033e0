"""Multiple choice as questions write it: the options of a question, and which of them an answer chooses."""

from __future__ import annotations

import re
from typing import NamedTuple

from vlitq.sample import Sample

LETTERS = "ABCDEFGH"
LONGEST_QUESTION = 20_000  # characters looked through for options

_MARK = re.compile(r"(?:^|[\s(\[（,;:])([A-Ha-h])[.):\]：、）](?=\s|\w)\s?")
_AFTER = re.compile(r"\n|\s(?:Answer|Please|Give|Choose|Select|Respond|Your)\b")
_CHOSEN = re.compile(
    r"\W{0,3}(?:(?:the )?(?:correct |best |right )?(?:answer|option|choice)(?: is| would be)?\s?:?\s{0,3})?"
    r"(?:option |choice )?[(\[*\"']{0,3}([A-Z])(?:[)\]*\"'.:,]{1,3}|\s?[-–]\s|\s{0,3}$|\n)\s{0,3}",
    re.IGNORECASE,
)
_CHOSEN_LATER = re.compile(r"\b(?:[Aa]nswer|[Oo]ption|[Cc]hoice)(?: is)?\s?:?\s?\(?([A-Z])(?:[).,:;]|$|\n)\s{0,3}")
_PLAIN = re.compile(r"[\W_]+")


class Choice(NamedTuple):
    """The options of a question, in order, and the number of the one that the answer chooses; None where it does not
    choose one of them."""

    options: tuple[str, ...]
    chosen: int | None


def options(question: str) -> tuple[str, ...]:
    """The texts of lettered options (`A. cat`, `(b) dog`, `C: bird`), two at least, from A on; else none."""
    if question.count(".") + question.count(")") + question.count(":") + question.count("、") < 2:
        return ()  # far cheaper to see than a mark is to find
    run: list[re.Match[str]] = []
    for mark in _MARK.finditer(question[:LONGEST_QUESTION]):
        alike = not run or mark[1].isupper() == run[0][1].isupper()
        if alike and len(run) < len(LETTERS) and mark[1].upper() == LETTERS[len(run)]:
            run.append(mark)
        elif len(run) < 2 and mark[1].upper() == "A":
            run = [mark]
    if len(run) < 2:
        return ()
    ends = [*(mark.start() for mark in run[1:]), len(question)]
    texts = [question[mark.end() : end] for mark, end in zip(run, ends, strict=True)]
    texts[-1] = _AFTER.split(texts[-1][:LONGEST_QUESTION].lstrip(), maxsplit=1)[0]
    return tuple(text.strip(" \n\t.,;()[]") for text in texts)


def letter_in(answer: str) -> tuple[int, str] | None:
    """The number of the letter by which an answer chooses (0 for A), and what it says after it; None without one.

    A small letter is an option's only where the answer opens with it in brackets or is nothing else.
    """
    found = _CHOSEN.match(answer) or _CHOSEN_LATER.search(answer)
    if found is None:
        return None
    if not (found[1].isupper() or len(answer.strip()) <= 2 or answer.lstrip()[:1] == "("):
        return None
    return ord(found[1].upper()) - ord("A"), answer[found.end() :]


def chosen(answer: str, offered: tuple[str, ...]) -> int | None:
    """The number of the option that an answer names, by its letter or by its text; None where it names none of them."""
    letter = letter_in(answer)
    if letter is not None:
        return letter[0] if letter[0] < len(offered) else None
    same = [number for number, option in enumerate(offered) if plain(option) == plain(answer)]
    return same[0] if len(same) == 1 else None


def choice(sample: Sample) -> Choice | None:
    """The first question of a sample that offers options, and what its answer chooses; None where none does."""
    for exchange in sample.exchanges:
        offered = options(exchange.question)
        if offered:
            return Choice(offered, chosen(exchange.answer, offered))
    return None


def plain(text: str) -> str:
    """The words of a text in lower case, a space around each."""
    return f" {_PLAIN.sub(' ', text.lower()).strip()} "
