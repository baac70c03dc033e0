"""The taxonomy of a sample: task, reasoning, focus, domain and scope, by rules on its text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from vlitq_scorers.maths.cues import question_type
from vlitq_scorers.maths.phrasebook import spelled
from vlitq_scorers.maths.taxonomy_domains import domain
from vlitq_scorers.maths.taxonomy_rules import focuses, kinds_of_reasoning, tasks
from vlitq_scorers.maths.words import remembered_words

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
    "knowledge": "knowledge",
}  # tasks that are a kind of reasoning
REASONING_ELSE: Mapping[str, str] = {
    "explain": "causal",
    "solve": "logical",
    "converse": "commonsense",
}  # where no phrase speaks for a kind; any other task needs none
SEEN = frozenset({"read_text", "describe", "create"})  # tasks that need none, but for a region's surroundings
DOMAIN_OF_TASK: Mapping[str, str] = {"chart": "document", "solve": "science"}  # where no word names another
FEW_IMAGES = 2  # of one sample; more are a clip

_POLITE = re.compile(
    r"(?<= \.)(?: (?:please|kindly|now|so|and|also|then|hi|hello|ok|okay|(?:can|could|would|will) you"
    r"|i want you to|i would like you to|i'd like you to|help me to"
    r"|(?:in|from|according to|based on|looking at|given) (?:the|this) (?:image|picture|photo|scene|figure)"
    r"|tell me(?= what| who| where| why| how| which| if)|do you know(?= what| who| where| why| how| which)))+(?= )"
)  # what may stand before the words that open a question or an order
_BOX = re.compile(
    r"[\[(<{]\s*\d+(?:\.\d+)?\s*[,>]\s*<?\d+(?:\.\d+)?|<(?:box|region|point|bbox|obj)\w*>|\d,\s?\d+(?:\.\d+)?>|\bx:\s*\d",
    re.IGNORECASE,
)
_OPTIONS = re.compile(r"(?:^|\s)\(?A[.)]\s|\b(?:options?|choices):", re.IGNORECASE)
_FORMAT = re.compile(
    r"\s*(?:answer the question (?:using|with) a single word[^\n]*|answer with the option's letter[^\n]*"
    r"|answer (?:briefly|in one word|yes or no)[^\n]*|provide a short answer[^\n]*)",
    re.IGNORECASE,
)
_COMMON = (
    "the is are of what which where who why how this that these there does do did it's what's can could would should "
    "and for with from at by or not if they he she his her their you your my our we has have had was were been "
    "describe write give explain read find tell please image picture photo any many color"
)
_ENGLISH = frozenset(_COMMON.split())  # a text with none of these and no phrase of a task is in another language


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
    focus: str
    words: frozenset[str]


def taxonomy(questions: Sequence[str], answer: str, images: int, *, is_clip: bool = False) -> Taxonomy | None:
    """The labels of a sample by the human's turns, the assistant's text and the images; None if not English.

    Task, reasoning and focus are those of most turns that are English, the first of equals; the domain is that of all
    turns together, with the answer where they do not tell. More than two images are a clip; of a street they are the
    cameras of one moment.
    """
    asked = [found for found in map(_asked_of, questions) if found is not None]
    if not asked:
        return None
    task = _commonest([turn.task for turn in asked])
    field = domain(frozenset[str]().union(*[turn.words for turn in asked]), remembered_words(answer))
    field = DOMAIN_OF_TASK.get(task, field) if field == "general" else field
    focus = _commonest([turn.focus for turn in asked])
    if focus == "image":
        focus = _shown(images, is_clip or (images > FEW_IMAGES and field != "street"))
    scope = "general" if field == "general" and focus in {"image", "none"} else "specific"
    skills = len(frozenset[str]().union(*[turn.tasks for turn in asked]))
    return Taxonomy(task, _commonest([turn.reasoning for turn in asked]), focus, field, scope, skills)


def _commonest(labels: Sequence[str]) -> str:
    return labels[0] if len(labels) == 1 else max(labels, key=labels.count)


def _shown(images: int, is_clip: bool) -> str:
    if is_clip:
        return "video"
    return "image" if images else "none"


def _asked_of(question: str) -> _Asked | None:
    return _remembered(question) if len(question) <= REMEMBERED_CHARACTERS else _read(question)


def _read(question: str) -> _Asked | None:
    stem, *options = _OPTIONS.split(_FORMAT.sub("", _ends(question)), maxsplit=1)
    text = _POLITE.sub("", spelled(stem))
    words = frozenset(text.split())
    named = tasks().labels(text, words)
    if not named and words.isdisjoint(_ENGLISH):
        return None
    has_box = _BOX.search(_ends(question)) is not None
    is_test = bool(options) and not has_box and (not named or domain(words) == "science")
    first = named[0] if named else TASK_OF_QUESTION.get(question_type(stem), "recognise")
    task = "solve" if is_test else first
    focus = "region" if has_box else _asked_focus(task, text, words)
    return _Asked(task, frozenset(named), _reasoning(task, focus, text, words), focus, words)


def _ends(question: str) -> str:
    """A question, or both ends of a long one."""
    if len(question) <= 2 * READ_CHARACTERS:
        return question
    return f"{question[:READ_CHARACTERS]}\n{question[-READ_CHARACTERS:]}"


def _asked_focus(task: str, text: str, words: frozenset[str]) -> str:
    return "text" if task == "read_text" else focuses().first(text, words) or "image"


def _reasoning(task: str, focus: str, text: str, words: frozenset[str]) -> str:
    if task in REASONING_OF_TASK:
        return REASONING_OF_TASK[task]
    if task in SEEN and focus != "region":
        return "none"
    return kinds_of_reasoning().first(text, words) or REASONING_ELSE.get(task, "none")


_remembered = lru_cache(maxsize=2**15)(_read)
