"""Phrases by which an answer tells how it was made: what the generator was given, is, and will not do; and hedges."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

# Nouns for what a generator without eyes is given; one that the question names itself is no leak.
_GIVEN = (
    r"(?:captions?|descriptions?|annotations?|bounding box(?:es)?|metadata|ground[- ]truth|scene graph"
    r"|object (?:list|detections?)|detections|alt[- ]text|ocr (?:text|results?)|prompt|context)\b"
)
_THE = r"(?:the|these|this|those|your|its)(?: [\w-]+){0,2}? "
_CANNOT = r"(?:can ?not|can['’]t|could ?n[o'’]t|unable to|not able to)"
_SOURCE_SPEAKS = (
    r"(?: [\w-]+)? (?:do(?:es)? not|do(?:es)?n['’]t|did not|didn['’]t|mention(?:s|ed)?|state[sd]?|describe[sd]?"
    r"|specif(?:y|ies|ied)|lists?|(?:say|indicate|read|suggest)s? that|provided|given)\b"
)


class _Kind(NamedTuple):
    """Phrases of one kind, and what is far cheaper to look for: none of them is there without one of the words, and,
    where signs are given, without one of these in the text.
    """

    pattern: re.Pattern[str]
    words: frozenset[str]
    signs: tuple[str, ...] = ()


def _kind(telling: str, *phrases: str, signs: tuple[str, ...] = ()) -> _Kind:
    return _Kind(re.compile("|".join(phrases)), frozenset(telling.split()), signs)


_GENERATOR = (
    _kind(  # as described in the caption; based on the provided bounding boxes; the caption mentions
        "caption captions description descriptions annotation annotations bounding metadata truth ground-truth graph "
        "detection detections detected list alt alt-text ocr prompt context earlier me input coordinates locations",
        r"(?:described|mentioned|stated|indicated|noted|specified|listed|reported|given|provided|shown|seen) (?:in|by) "
        rf"{_THE}{_GIVEN}",
        rf"(?:based on|according to|judging (?:from|by)|inferred from|from|given|per|using) {_THE}{_GIVEN}",
        r"(?:information|details|data|content) (?:in|from|of|provided (?:in|by)|given (?:in|by)) " rf"{_THE}{_GIVEN}",
        rf"{_THE}{_GIVEN}{_SOURCE_SPEAKS}",
        rf"\bas {_THE}{_GIVEN} (?:suggest|indicate|say|state|mention|describe|show|note)s?\b",
        r"(?:image|provided|given) (?:captions?|descriptions?|annotations?|context)\b",
        r"(?:caption|description|context) provided\b|bounding box(?:es)?\b|object detections?\b|ocr text\b",
        rf"\b(?:only|just) (?:have|see|given) {_THE}{_GIVEN}|\bin the caption,|\bobject (?:coordinates|locations)\b",
        r"scene graph\b|ground[- ]truth (?:labels?|annotations?|data|answers?)|detected objects\b",
        r"(?:information|text|data|details) (?:provided|given|mentioned) "
        r"(?:earlier|to me|in the (?:prompt|text|input))\b",
        r"(?:faces?|objects?|celebrit(?:y|ies)|text)(?: \w+){0,4} detected in (?:this|the) (?:image|picture|photo)\b",
        signs=(
            *(
                "caption",
                "description",
                "annotation",
                "bounding",
                "metadata",
                "truth",
                "graph",
                "detect",
                "object list",
            ),
            *("alt", "ocr", "the prompt", "context", "earlier", "given to me", "provided to me", "the input"),
            *("object coordinates", "object locations"),
        ),
    ),
    _kind(  # as an AI language model; I am a text-based assistant
        "ai language artificial text-based virtual assistant chatbot llm training knowledge programming",
        r"\b(?:as|i ?am|i['’]m|i was)(?: just| only)? an? (?:[\w-]+ ){0,3}?"
        r"(?:ai|artificial intelligence|language model|text-based|virtual assistant|chatbot|llm)\b",
        r"\bai (?:language model|visual assistant|assistant)\b|\bmy (?:training data|knowledge cutoff|programming)\b",
    ),
    _kind(  # I cannot see the image; no image was provided
        "cannot can't can’t couldn't couldn’t unable not no provided attached uploaded input without ability access",
        rf"\b{_CANNOT} (?:\w+ ){{0,2}}?(?:see|view|access|open|display|recogni[sz]e|process|look at) "
        r"(?:the |this |that |your |any |an |actual ){0,3}(?:images?|pictures?|photos?|visuals?)\b",
        r"\bwithout (?:being able to see|seeing|(?:having )?access to) "
        r"(?:the |an |any |your |actual ){1,2}(?:image|picture|photo)",
        r"\b(?:ability|access) to (?:view |see |look at |process )?"
        r"(?:the |any |actual ){0,2}(?:images?|pictures?|photos?)\b",
        r"\bno images? (?:was |is |has been |were )?(?:provided|attached|uploaded|given|shared|in the input)\b",
        r"\bimages? (?:in the input|(?:was|is) not (?:provided|attached|visible to me))\b",
        signs=(
            *("cannot", "can not", "can't", "can’t", "could", "unable", "not able", "no image"),
            *("without ", "ability to ", "access to "),
            *("image was not", "image is not", "image in the", "images in the"),
        ),
    ),
    _kind(  # this question requires internet search
        "search require requires provide",
        r"\brequires? (?:further context|internet search)|based on the (?:[\w-]+ ){0,4}search\b",
        r"\bprovide (?:an|the|me with an) image\b",
    ),
)
_CHINESE_GENERATOR = re.compile(
    "作为(?:一个|一名)?(?:人工智能|ai|语言模型)|根据(?:提供的)?(?:图片|图像)?(?:描述|标题|标注)"
)
_NAMED = (
    *("caption", "description", "annotation", "bounding", "metadata", "graph", "prompt", "context", "detect", "search"),
    *("ocr", "language model", "artificial intelligence", "chatbot", "ai assistant", "alt text"),
)

_INABLE = (
    r"(?:provide|determine|identify|answer|assist|help(?! but)|tell|confirm|predict|give|recogni[sz]e|see|view|access"
    r"|comment|offer|communicate|process|generate|create|describe|analy[sz]e|interpret|fulfill|comply|discuss|engage"
    r"|verify|ascertain)\b"
)
_REFUSAL = _kind(
    "cannot can't can’t couldn't couldn’t won't won’t don't don’t not unable impossible sorry apologize apologise no",
    rf"\bi (?:can ?not|can['’]t|could ?n[o'’]t|won['’]t|will not) (?:\w+ ){{0,2}}?{_INABLE}",
    r"\bi(?: am|['’]m) (?:not able|unable) to\b|\bi(?: am|['’]m) sorry,? (?:but|i)\b|\bi apologi[sz]e\b",
    r"\bi (?:do not|don['’]t) have (?:\w+ ){0,2}"
    r"(?:information|ability|access|feelings|opinions|context|capability|knowledge)\b",
    r"\b(?:not possible|impossible) to (?:\w+ )?"
    r"(?:determine|tell|say|identify|know|answer|provide|see|ascertain|discern)\b",
    r"\bcan(?:not|['’]t) be (?:determined|identified|answered)\b|^ ?can['’]t recogni[sz]e\b|\bthere is no image\b",
    signs=(
        *("i can", "i could", "i won", "i will not", "unable", "not able", "sorry", "apologi", "not have", "n't have"),
        *("n’t have", "possible to", "not be ", "'t be ", "’t be ", "can't recogni", "can’t recogni", "no image"),
    ),
)
_CHINESE_REFUSAL = re.compile("无法(?:回答|回溯|确定|判断|看到|识别|提供|描述)|(?:拒绝|放弃|不能)回答|抱歉|对不起")
_TELLING = _REFUSAL.words.union(*[kind.words for kind in _GENERATOR])
_HEDGES = (
    "may might could possibly perhaps probably likely unlikely appears appear appearing seems seem seemingly "
    "apparently presumably maybe suggests suggesting unclear uncertain potentially conceivably supposedly"
)
HEDGES = frozenset(_HEDGES.split())


def telling(tokens: Sequence[str]) -> frozenset[str]:
    """The words without which a text has no phrase of `generator_phrases` and `refusals`."""
    return _TELLING.intersection(tokens)


def generator_phrases(line: str, told: frozenset[str], asked: str) -> int:
    """Phrases that tell of the generator, but those whose noun the question names itself.

    Text and question in lower case, the text on one line; `told` are its telling words.
    """
    found = [phrase for kind in _GENERATOR for phrase in _found(kind, line, told)] if told else []
    if not line.isascii():
        found += _CHINESE_GENERATOR.findall(line)
    named = [noun for noun in _NAMED if noun in asked] if found else []
    return sum([not any(noun in phrase for noun in named) for phrase in found])


def refusals(line: str, told: frozenset[str]) -> int:
    """Phrases that decline to answer or say that the answer cannot be known; the text as for `generator_phrases`."""
    found = len(_found(_REFUSAL, line, told)) if told else 0
    return found if line.isascii() else found + len(_CHINESE_REFUSAL.findall(line))


def hedges(tokens: Sequence[str], listed: Collection[str] = HEDGES) -> int:
    """How many of the words weaken a claim."""
    return sum(map(listed.__contains__, tokens))


def _found(kind: _Kind, line: str, told: frozenset[str]) -> list[str]:
    if kind.words.isdisjoint(told) or (kind.signs and not any(sign in line for sign in kind.signs)):
        return []
    return [match[0] for match in kind.pattern.finditer(line)]
