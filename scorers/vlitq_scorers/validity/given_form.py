"""Reads from an answer its form, and whether it is the one that was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vlitq.options import letter_in, plain
from vlitq_scorers.maths.words import remembered_words
from vlitq_scorers.validity.asked_form import PHRASE, AskedForm, Form, content

SHORT = 8  # words after an option's letter that are the option's text and no explanation of it

_AFFIRMS_OR_DENIES = "yes no yeah yep nope true false"
_WEIGHS = (
    "not never none nothing nobody nowhere neither nor without cannot unable impossible possible possibly correct "
    "incorrect sure certainly absolutely definitely indeed maybe perhaps probably likely unlikely sometimes depends "
    "unanswerable unknown unclear can could may might would should uncommon unusual rarely"
)
_LEAVES_OPEN = "unanswerable unknown unclear cannot can't can’t impossible unable unsure undetermined"
_COUNTS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands "
    "million dozen dozens couple pair pairs single both several many multiple few numerous no none half once twice "
    "thrice lot lots some only nothing nobody"
)
_YES_NO, _UNDECIDED = frozenset(_AFFIRMS_OR_DENIES.split()), frozenset(_LEAVES_OPEN.split())
_POLAR, _NUMERALS = _YES_NO.union(_WEIGHS.split()), frozenset(_COUNTS.split())
_HAN_YES_NO = re.compile("是|否|没有|不|对|有")
_HAN_NUMERAL = re.compile("[零〇一二两三四五六七八九十百千万几]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def fits(asked: AskedForm, answer: str) -> bool:
    """Whether an answer has the form asked for; the form must be other than "free"."""
    tokens = remembered_words(answer)
    if asked.form == "option":
        return _fits_options(asked.options, answer, tokens)
    if asked.form == "box":
        return "<box" in answer or "<loc" in answer or len(_NUMBER.findall(answer)) >= (asked.longest or 4)
    if asked.longest is not None and len(tokens) > asked.longest:
        return False
    if asked.form == "yes_no":
        return _fits_yes_no(asked, answer, tokens)
    if asked.form == "number":
        return _fits_number(answer, tokens)
    return bool(answer.strip())


def form_of(answer: str) -> Form:
    """The form an answer has by itself."""
    tokens = remembered_words(answer)
    if not tokens:
        return "free"
    if tokens[0] in _YES_NO:
        return "yes_no"
    if len(tokens) == 1:
        text = answer.strip()
        is_letter = len(tokens[0]) == 1 and tokens[0].isascii() and tokens[0].isalpha() and text.strip(".()").isupper()
        return "option" if is_letter else "number" if _is_number(tokens[0]) else "word"
    if len(tokens) <= 3 and _is_number(tokens[0]):
        return "number"
    if answer.lstrip()[:1] in "[(<" and len(_NUMBER.findall(answer[:200])) >= 4 and len(tokens) <= PHRASE:
        return "box"
    return "phrase" if len(tokens) <= PHRASE and answer.rstrip()[-1:] not in ".!?。" else "free"


def _is_number(token: str) -> bool:
    return token[0].isdigit() or token in _NUMERALS


def _fits_yes_no(asked: AskedForm, answer: str, tokens: Sequence[str]) -> bool:
    """By a word that affirms, denies or weighs, or by speaking of what was asked, as in "The terrace is larger."."""
    if not _POLAR.isdisjoint(tokens) or any("n't" in token or "n’t" in token for token in tokens):
        return True
    if not asked.about.isdisjoint(content(tokens)):
        return True
    return not answer.isascii() and _HAN_YES_NO.search(answer) is not None


def _fits_number(answer: str, tokens: Sequence[str]) -> bool:
    if _NUMBER.search(answer) or not _NUMERALS.isdisjoint(tokens) or not _UNDECIDED.isdisjoint(tokens):
        return True
    if tokens and tokens[0] in {"a", "an", "just"} and len(tokens) <= 4:
        return True
    is_compound = any("-" in token and not _NUMERALS.isdisjoint(token.split("-")) for token in tokens)
    return is_compound or (not answer.isascii() and _HAN_NUMERAL.search(answer) is not None)


def _fits_options(options: Sequence[str], answer: str, tokens: Sequence[str]) -> bool:
    """An option's letter that is offered, its text with it or alone; never a letter with another option's text."""
    texts = [plain(option) for option in options]
    letter = letter_in(answer)
    if letter is not None:
        index, rest = letter
        return index < len(options) and not _tells_another(texts, index, rest)
    said = plain(answer)
    if any(text in said for text in texts if text.strip()):
        return True
    about = content(tokens)
    return not _UNDECIDED.isdisjoint(tokens) or any(not about.isdisjoint(content(text.split())) for text in texts)


def _tells_another(texts: Sequence[str], index: int, rest: str) -> bool:
    """Whether what follows the letter is the text of another option, and not of its own."""
    line = rest.split("\n", 1)[0][:400]
    said = plain(line)
    own = texts[index]
    if not said.strip() or not own.strip() or own in said or said in own:
        return False
    others = [text for text in texts if text.strip() and text != own and text in said]
    is_explanation = len(said.split()) > SHORT and not any(said.startswith(text) for text in others)
    return bool(others) and not is_explanation and " not " not in said
