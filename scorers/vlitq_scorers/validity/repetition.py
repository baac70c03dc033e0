"""How much of a text says again what it has said before: sentences, lines, and loops of words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vlitq_scorers.maths.words import words

RUN = 8  # words that are no accident when they come again in the same order
SENTENCE = 4  # words of a sentence that is no accident when it comes again

_END = re.compile(r"[.!?…。！？\n][.!?…。！？\s\"'”’)\]]*")


def repeated_share(text: str, tokens: Sequence[str]) -> float:
    """Share in [0, 1) of a text's words that repeat earlier ones; NaN of no words. `tokens` are its words.

    The largest of three: words in sentences or lines that are there before (those of fewer than four words only next
    to each other), words in runs of eight that are there before, and what the last words repeat at once.
    """
    if not tokens:
        return float("nan")
    if len(tokens) == 1:
        return 0.0
    runs = _repeated_runs(tokens) if _may_repeat_a_run(tokens) else 0.0
    return max(runs, _repeated_end(tokens), _repeated_sentences(text))


def _may_repeat_a_run(tokens: Sequence[str]) -> bool:
    """Whether five runs of four words in a row have occurred before: a repeat of eight words has so many."""
    distinct = set(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))
    if len(tokens) - 3 - len(distinct) <= RUN - 4:
        return False
    seen: set[tuple[str, ...]] = set()
    following = 0
    for gram in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        if gram in seen:
            following += 1
            if following > RUN - 4:
                return True
        else:
            following = 0
            seen.add(gram)
    return False


def _repeated_end(tokens: Sequence[str]) -> float:
    """Share of the words that go on with the period, of up to seven words, which the text ends with."""
    count = len(tokens)
    for period in range(1, RUN):
        if 2 * period > count:
            break
        if tokens[-1] != tokens[-1 - period] or tokens[-period:] != tokens[-2 * period : -period]:
            continue
        if any(token.isalpha() and len(token) > 1 for token in tokens[-period:]):
            return _period_length(tokens, period) / count
    return 0.0


def _period_length(tokens: Sequence[str], period: int) -> int:
    """How many words at the end are the same as the word one period before."""
    start = len(tokens) - period
    while start > 0 and tokens[start - 1] == tokens[start - 1 + period]:
        start -= 1
    return len(tokens) - period - start


def _repeated_sentences(text: str) -> float:
    pieces = [piece for piece in _END.split(text.lower()) if piece]
    if len(set(pieces)) == len(pieces):
        return 0.0
    seen: set[str] = set()
    previous = ""
    total = repeated = 0
    for piece in pieces:
        count = len(words(piece))
        total += count
        if piece in seen and (count >= SENTENCE or piece == previous):
            repeated += count
        seen.add(piece)
        previous = piece
    return repeated / total if total else 0.0


def _repeated_runs(tokens: Sequence[str]) -> float:
    """Share of the words that lie in a run of `RUN` words which has occurred before."""
    seen: set[tuple[str, ...]] = set()
    covered = until = 0
    for start in range(len(tokens) - RUN + 1):
        run = tuple(tokens[start : start + RUN])
        if run in seen:
            covered += start + RUN - max(until, start)
            until = start + RUN
        seen.add(run)
    return covered / len(tokens)
