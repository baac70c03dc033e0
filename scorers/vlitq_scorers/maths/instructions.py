"""What an instruction opens with, and the verb and the noun that say what it asks for, by rules and without a parser.

English only. The pair is after the root verb and its object of Self-Instruct (Wang et al. 2023, arXiv 2212.10560),
which takes both from a parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vlitq_scorers.maths.lemmas import noun_lemma, verb_lemma
from vlitq_scorers.maths.words import words

LONGEST = 4096  # characters of an instruction that are read
OPENING = 40  # words of a sentence that are read


class VerbNoun(NamedTuple):
    """Lemmas in lower case; None where the rules find none."""

    verb: str | None
    noun: str | None


_SENTENCE = re.compile(r"[^.?!\n？。！]*(?:\.(?=\w)[^.?!\n？。！]*)*[?？]?")
_CLAUSE = re.compile(r"[,;:，]\s*")
_PIECE = re.compile(r"[\w]+(?:['’-][\w]+)*|[^\w\s]")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BE = _listed("is are was were be been being isn't aren't wasn't weren't what's who's where's there's it's")
_AUXILIARIES = _BE | _listed(
    "do does did can could will would should shall may might must has have had don't doesn't didn't can't won't"
)
_INTERROGATIVES = _listed("what which who whom whose where when why how what's who's where's")
_HAVE = _listed("has have had")
_ORDERED = _listed("can could will would shall")  # "can you describe" orders
_ASKING = _AUXILIARIES | _INTERROGATIVES
_OPENERS = _listed("please kindly now so then ok okay also first next and but hey hello hi just again well")
_PERSONS = _listed("i you he she we they me us him her them it someone anyone somebody everybody")
_EMPTY = _PERSONS | _listed(
    "this that these those there here something anything nothing everything one ones each all both any some more most "
    "so much many such other others another lot kind sort type couple bit way"
)
_DETERMINERS = _listed("a an the this that these those my your his her its our their any some each every no all both")
_BOUNDS = _AUXILIARIES | _listed(
    "of in to on at by for with from into onto about above across against along among around behind below beneath "
    "beside between beyond during inside near off outside over through throughout toward towards under upon via within "
    "without after before as than and or but that which who whom whose what where when why how if because while so "
    "using based given excluding including according shown out up down"
)
_QUALITIES = _listed(
    "funny unusual common interesting possible important special different wrong bigger smaller taller larger cheaper "
    "short long detailed brief step-by-step visible happening going likely true correct good bad better best strange "
    "real present located similar same able available like empty full open closed new old young happy sad big small "
    "large red green blue yellow white black brown orange pink purple grey gray"
)


def first_words(text: str, count: int = 3) -> str:
    """The first `count` words in lower case, or all where there are fewer."""
    return " ".join(words(text[:LONGEST])[:count])


def verb_and_noun(instruction: str) -> VerbNoun:
    """What an instruction asks for: of its first question, or else of its first order.

    The verb of "can you V" and "help me V" is V; a question that links has "be". The noun is the head of the verb's
    object, of "which N" and "how many N" that N; where there is none, of the subject, or of what follows a
    preposition.
    """
    sentences = list(_sentences(instruction[:LONGEST]))
    questions = [tokens for tokens, is_question in sentences if is_question]
    orders = [tokens for tokens, is_question in sentences if not is_question]
    for tokens in questions or orders:
        found = _of_question(tokens) if questions or tokens[0] in _ASKING else _of_clauses(tokens)
        if found is not None:
            return found
    return VerbNoun(None, None)


def _sentences(text: str) -> Iterator[tuple[list[str], bool]]:
    """Words and commas of each sentence, what opens it politely left out; whether it ends as a question."""
    for match in _SENTENCE.finditer(text):
        tokens = [piece.lower() for piece in _PIECE.findall(match[0])[:OPENING]]
        is_question = bool(tokens) and tokens[-1] in "?？"
        tokens = tokens[:-1] if is_question else tokens
        while tokens and (tokens[0] in _OPENERS or not tokens[0][0].isalnum()):
            tokens = tokens[1:]
        if tokens:
            yield tokens, is_question


def _of_question(tokens: Sequence[str]) -> VerbNoun | None:
    """From the word that asks on, or the auxiliary that opens a clause; an order with a question mark is an order."""
    for at, token in enumerate(tokens):
        opens = not at or tokens[at - 1] == ","
        if token in _INTERROGATIVES and (opens or at == len(tokens) - 1 or tokens[at - 1] in _OPENERS):
            return _of_interrogative(tokens[at:])
        if opens and token in _AUXILIARIES:
            order = _of_order(tokens[at:]) if token in _ORDERED else None
            return order or _of_inversion(token, tokens[at + 1 :], None)
    return _of_order(tokens)


def _of_clauses(tokens: Sequence[str]) -> VerbNoun | None:
    """Of the first clause that orders: "in this image, find ..."."""
    opens = [0, *(at + 1 for at, word in enumerate(tokens) if word == ",")]
    return next((found for at in opens if (found := _of_order(tokens[at:]))), None)


def _of_order(tokens: Sequence[str]) -> VerbNoun | None:
    """Of "V ...", "can you V ..." and "help me V ..."; None where no verb opens it."""
    rest = list(tokens)
    if len(rest) > 2 and rest[0] in _ORDERED:
        if rest[1] not in {"you", "we"}:
            return None
        rest = rest[2:]
    while rest and rest[0] in _OPENERS:
        rest = rest[1:]
    if len(rest) > 2 and rest[0] == "help" and rest[1] in _PERSONS:
        rest = rest[3:] if rest[2] == "to" else rest[2:]
    verb = verb_lemma(rest[0]) if rest and rest[0] == verb_lemma(rest[0]) else None
    return VerbNoun(verb, _noun(rest[1:])) if verb else None


def _of_interrogative(tokens: Sequence[str]) -> VerbNoun:
    """Of "what is N", "which N is V", "how many N did S V", "why does S V"."""
    at = next((place for place, token in enumerate(tokens) if token in _AUXILIARIES), None)
    is_subject = len(tokens) > 1 and verb_lemma(tokens[1]) not in {None, tokens[1], "be", "do", "have"}  # "who painted"
    if at is None or is_subject:
        place = next((p for p, token in enumerate(tokens[1:], 1) if verb_lemma(token)), None)
        if place is None:
            return VerbNoun(None, _noun(tokens[1:]))
        return VerbNoun(verb_lemma(tokens[place]), _noun(tokens[1:place]) or _noun(tokens[place + 1 :]))
    counted = tokens[0] in {"which", "what", "whose"} or tokens[1:2] in (["many"], ["much"])
    asked = _noun(tokens[1:at]) if counted and at > 1 else None
    return _of_inversion(tokens[at], tokens[at + 1 :], asked)


def _of_inversion(auxiliary: str, rest: Sequence[str], asked: str | None) -> VerbNoun:
    """Of what follows an auxiliary: a subject, and the verb unless the auxiliary is it."""
    if auxiliary not in _BE and "be" in rest:
        at = rest.index("be")
        return VerbNoun("be", asked or _noun(rest[:at]) or _noun(rest[at + 1 :]))
    if auxiliary not in _HAVE and "have" in rest[:-1] and auxiliary not in {"do", "does", "did"}:
        return _of_inversion("have", rest[rest.index("have") + 1 :], asked)
    place = _verb_place(rest, participle=auxiliary in _BE | _HAVE)
    if place is None:
        verb = (
            "be"
            if auxiliary in _BE
            else "have"
            if auxiliary in _HAVE
            else "do"
            if auxiliary[:2] in {"do", "di"}
            else None
        )
        return VerbNoun(verb, asked or _noun(rest))
    verb, after = verb_lemma(rest[place]), rest[place + 1 :]
    return VerbNoun(verb, asked or _noun(after, first=True) or _noun(rest[:place]) or _noun(after))


def _verb_place(rest: Sequence[str], participle: bool) -> int | None:
    """Where the verb after a subject stands: a participle after "be" and "have", else the dictionary form."""
    if participle and rest[:1] == ["there"]:
        return None  # "is there a car parked": there is a car
    for at, token in enumerate(rest):
        if participle and at and token in _BOUNDS - {"being", "been"}:
            return len(rest) - 1 if rest[-1].endswith("ing") and verb_lemma(rest[-1]) else None
        lemma = verb_lemma(token) if token not in _BE else None
        before, after = rest[at - 1 : at], rest[at + 1 : at + 2]
        is_form = lemma is not None and (token != lemma) == participle
        if is_form and (participle or before) and not _makes_noun(before, after):
            return at
    return None


def _makes_noun(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the words beside a form that may be a verb make it a noun or its modifier: "the help", "of help"."""
    if not before or before[0] in _PERSONS:
        return False
    if before[0] in {"this", "that", "these", "those"}:
        return bool(after) and after[0] not in _BOUNDS | _DETERMINERS
    return before[0] in _DETERMINERS or before[0] in {"of", "in", "on", "at", "with"}


def _noun(tokens: Sequence[str], first: bool = False) -> str | None:
    """The head of the first run of words that has a noun; with `first` only of what stands before any preposition."""
    run: list[str] = []
    before = ""
    for token in [*tokens, "."]:
        ends = token in _BOUNDS or not token[0].isalnum()
        if not ends and not (run and token in _DETERMINERS | _PERSONS):
            is_verb = (before == "to" or before in _PERSONS) and verb_lemma(token) == token
            run += [] if is_verb else [token]
        else:
            head = None if run and not ends and verb_lemma(run[-1]) not in {None, run[-1]} else _head(run)
            if head is not None or (first and run):
                return head
            run = [] if ends else [token]
        before = token
    return None


def _head(run: Sequence[str]) -> str | None:
    """The last word of a run that may be a noun, as its lemma."""
    named = [word for word in run if word not in _EMPTY | _DETERMINERS | _QUALITIES and not word.endswith("ly")]
    if len(named) > 1 and named[-1].endswith("ed") and verb_lemma(named[-1]):
        named = named[:-1]  # "cars parked"
    return noun_lemma(named[-1]) if named else None
