"""The taxonomy of a sample: task, reasoning, focus, domain and scope, by rules on its text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from vlitq_scorers.maths.cues import question_type
from vlitq_scorers.maths.lexical import remembered_words
from vlitq_scorers.maths.phrasebook import spelled
from vlitq_scorers.maths.taxonomy_domains import domain
from vlitq_scorers.maths.taxonomy_rules import FOCUS, REASONING, TASK

READ_CHARACTERS = 2048  # of either end of an instruction: a longer one tells its task at its beginning or its end
REMEMBERED_CHARACTERS = 256  # instructions up to this length recur

TASK_OF_QUESTION: Mapping[str, str] = {
    "why": "explain",
    "where": "locate",
    "how_many": "count",
    "how": "explain",
    "describe": "describe",
    "other": "converse",
}  # where no phrase speaks for a task; any other question asks to recognise
REASONING_OF_TASK: Mapping[str, str] = {
    "count": "numerical",
    "locate": "spatial",
    "compare": "comparative",
    "explain": "causal",
    "solve": "logical",
    "knowledge": "knowledge",
}  # where no phrase speaks for a kind of reasoning; any other task needs none

_POLITE = re.compile(
    r"(?<= \.)(?: (?:please|kindly|now|so|and|also|then|hi|hello|ok|okay|(?:can|could|would|will) you"
    r"|i want you to|i would like you to|i'd like you to|help me to"
    r"|(?:in|from|according to|based on|looking at|given) (?:the|this) (?:image|picture|photo|scene|figure)"
    r"|tell me(?= what| who| where| why| how| which| if)|do you know(?= what| who| where| why| how| which)))+(?= )"
)  # what may stand before the words that open a question or an order
_BOX = re.compile(r"[\[(<{]\s*\d+(?:\.\d+)?\s*[,>]\s*<?\d+(?:\.\d+)?|<(?:box|region|point|bbox|obj)\w*>", re.IGNORECASE)
_OPTIONS = re.compile(r"(?:^|\s)\(?A[.):]\s|\b(?:options?|choices):", re.IGNORECASE)
_FORMAT = re.compile(
    r"\s*(?:answer the question (?:using|with) a single word[^\n]*|answer with the option's letter[^\n]*"
    r"|answer (?:briefly|in one word|yes or no)[^\n]*|provide a short answer[^\n]*)",
    re.IGNORECASE,
)
_ENGLISH = (
    "the is are of what which where who why how this that these there does do did it's what's can could would should "
    "and for with from at by or not if they he she his her their you your my our we has have had was were been "
    "describe write give explain read find tell please image picture photo any many color"
)  # a text without any of these, and without a phrase of a task, is in another language
_COMMON = frozenset(_ENGLISH.split())


class Taxonomy(NamedTuple):
    """The labels of one sample, and how many distinct tasks its phrases name."""

    task: str
    reasoning: str
    focus: str
    domain: str
    scope: str
    skills: int


class _Asked(NamedTuple):
    task: str
    tasks: frozenset[str]
    reasoning: str
    focus: str | None
    words: frozenset[str]


def taxonomy(questions: Sequence[str], answer: str, images: int) -> Taxonomy | None:
    """The labels of a sample by the human's turns, the assistant's text and the number of images; None if not English.

    The first turn that is English gives task, reasoning and focus; all turns and the answer give the domain.
    """
    asked = [found for found in map(_asked_of, questions) if found is not None]
    if not asked:
        return None
    first = asked[0]
    field = domain(frozenset[str]().union(*[turn.words for turn in asked]), frozenset(remembered_words(answer)))
    focus = first.focus or ("image" if images else "none")
    if focus == "image" and images > 2:
        focus = "video"
    scope = "general" if field == "general" and focus in {"image", "none"} else "specific"
    tasks = frozenset[str]().union(*[turn.tasks for turn in asked])
    return Taxonomy(first.task, first.reasoning, focus, field, scope, len(tasks))


def _asked_of(question: str) -> _Asked | None:
    return _remembered(question) if len(question) <= REMEMBERED_CHARACTERS else _read(question)


def _read(question: str) -> _Asked | None:
    shortened = (
        question
        if len(question) <= 2 * READ_CHARACTERS
        else question[:READ_CHARACTERS] + "\n" + question[-READ_CHARACTERS:]
    )
    stem = _FORMAT.sub("", shortened)
    options = _OPTIONS.search(stem)
    stem = stem[: options.start()] if options and options.start() > 0 else stem
    text = _POLITE.sub("", spelled(stem))
    words = frozenset(text.split())
    tasks = TASK.labels(text, words)
    if not tasks and words.isdisjoint(_COMMON):
        return None
    kind = question_type(stem)
    task = tasks[0] if tasks else TASK_OF_QUESTION.get(kind, "recognise")
    reasoning = REASONING.first(text, words) or REASONING_OF_TASK.get(task, "none")
    if task in ("describe", "read_text", "create"):
        reasoning = "none"
    focus = FOCUS.first(text, words) or (
        "region" if _BOX.search(shortened) else "text" if task == "read_text" else None
    )
    return _Asked(task, frozenset(tasks), reasoning, focus, words)


_remembered = lru_cache(maxsize=2**15)(_read)
