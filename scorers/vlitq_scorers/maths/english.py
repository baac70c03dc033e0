"""What can be counted in English text without a parser: sentences, function words, marks of clauses and phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

ENGLISH_SHARE = 0.2  # of words that are function words, from which on a text is English
LATIN_SHARE = 0.9  # of letters that are ASCII, the same


def _listed(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Words that may open a subordinate clause.
CLAUSE_MARKS = _listed(
    "that which who whom whose what how why when whenever where wherever whether because if unless although though",
    "while whereas until",
)
PREPOSITIONS = _listed(
    "of in to on at by for with from into onto about above across against along among around behind below beneath",
    "beside between beyond during inside near off outside over through throughout toward towards under upon via",
    "within without",
)
FUNCTION_WORDS = (
    CLAUSE_MARKS
    | PREPOSITIONS
    | _listed(
        "a an the this these those there here and or but nor not no as than then so since",
        "i me my mine myself you your yours he him his himself she her hers herself it its itself we us our ours they",
        "them their theirs themselves one some any each every all both either neither such other another",
        "is are was were be been being am isn't aren't wasn't weren't it's that's there's",
        "has have had having hasn't haven't hadn't do does did doing don't doesn't didn't",
        "can could will would shall should may might must can't cannot couldn't won't wouldn't shouldn't",
        "up down out before after also very more most only just",
    )
)

# A stop and the closing marks after it, or the end of a line: a run of either costs its length once.
_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s)|[。！？]|\n(?![a-z])")
_ABBREVIATIONS = _listed("mr mrs ms dr st prof vs etc approx fig al no")
_LONGEST = 8  # characters of an abbreviation, its space and stop included


def sentence_count(text: str) -> int:
    """Sentences of a text; 0 without a word. Linear in the length of the text.

    A line that does not go on in lower case ends one; an abbreviation, an initial or an item's number ends none.
    """
    count = start = 0
    has_word = False
    for end in _END.finditer(text):
        place = end.start()
        piece = text[start:place]
        has_word = has_word or any(map(str.isalnum, piece))
        if has_word and not (text[place] == "." and _is_unfinished(piece)):
            count += 1
            has_word = False
        start = place + 1
    return count + (has_word or any(map(str.isalnum, text[start:])))


def _is_unfinished(piece: str) -> bool:
    """True where the stop after a piece follows an abbreviation, an initial, or a number by itself."""
    ending = piece[-_LONGEST:].split()
    last = ending[-1] if ending else ""
    return len(last) == 1 or last[-2:-1] == "." or last.lower() in _ABBREVIATIONS or piece.strip().isdigit()


def function_words(tokens: Iterable[str]) -> list[str]:
    """The English function words among the words of a text, in order."""
    return list(filter(FUNCTION_WORDS.__contains__, tokens))


def is_english(letters: str, tokens: Sequence[str], found: Sequence[str]) -> bool:
    """True where enough of the letters are ASCII and enough of the words function words; `found` are these."""
    if not tokens or len(found) < ENGLISH_SHARE * len(tokens):
        return False
    return letters.isascii() or len(letters.encode("ascii", "ignore")) >= LATIN_SHARE * len(letters)
