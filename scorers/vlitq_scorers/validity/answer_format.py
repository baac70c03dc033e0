"""format: whether the answer has the form that the question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Samples, SampleScorer, Scorer
from vlitq.sample import Sample
from vlitq.schema import Column
from vlitq_scorers.validity.asked_form import AskedForm, asked_form
from vlitq_scorers.validity.given_form import fits, form_of

REMEMBERED_CHARACTERS = 512  # questions up to this length recur
LONGEST_QUESTION = 20_000  # characters of a question that are read

_NO_EXCHANGE = "the assistant says nothing"
_NO_FORM = "no question asks for a form"


@dataclass(frozen=True)
class Format(SampleScorer):
    """Whether a question that asks for yes or no, an option, a number, few words or a box gets one.

    Of several exchanges the first inconsistent one is told, else the first that asks for a form, else the first.
    """

    name = "format"
    version = 1
    cost = "text"
    known_failures = (
        "Questions and answers in English; of Chinese answers only yes, no and numerals.",
        "An option's letter that is offered but wrong is seen only where another option's text follows it.",
        "An answer to a yes/no question that shares a content word with it counts as one, whatever it says.",
        "A yes/no question that goes on, offers alternatives or asks for anything, and 'how much', count as free.",
    )
    columns = (
        Column(
            "expected",
            "string",
            "Form the question asks for: yes_no, option, number, box, word, phrase, or free where it asks for none.",
            null=_NO_EXCHANGE,
        ),
        Column(
            "answer_form",
            "string",
            "Form of the answer: the expected one where it fits, else the one it has by itself.",
            null=_NO_EXCHANGE,
        ),
        Column(
            "consistent",
            "bool",
            "Every answer has the form its question asks for.",
            direction="higher",
            null=_NO_FORM,
        ),
        Column(
            "consistent_share",
            "float32",
            "Share of the answers that have the form asked for, among those where one is asked for.",
            unit="share",
            bounds=(0, 1),
            direction="higher",
            null=_NO_FORM,
        ),
    )

    def needs(self) -> tuple[Feature, ...]:
        """The samples themselves."""
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        """From a sequence of `Sample`."""
        samples: Sequence[Sample] = features[0]
        rows = [_row(sample) for sample in samples]
        shares = np.array([row.share for row in rows], np.float32)
        return {
            "expected": [row.expected for row in rows],
            "answer_form": [row.answer_form for row in rows],
            "consistent": np.ma.MaskedArray(shares == 1, mask=np.isnan(shares)),
            "consistent_share": shares,
        }


class _Row(NamedTuple):
    expected: str | None
    answer_form: str | None
    share: float


def _row(sample: Sample) -> _Row:
    exchanges = sample.exchanges
    if not exchanges:
        return _Row(None, None, float("nan"))
    verdicts = [_verdict(question, answer) for question, answer in exchanges]
    judged = [verdict for verdict in verdicts if verdict.expected != "free"]
    if not judged:
        return verdicts[0]
    worst = next((verdict for verdict in judged if not verdict.share), judged[0])
    return worst._replace(share=sum([verdict.share for verdict in judged]) / len(judged))


def _verdict(question: str, answer: str) -> _Row:
    """The row of one exchange: 1 where the answer fits, 0 where it does not."""
    asked = _asked(question)
    if asked.form == "free":
        return _Row("free", form_of(answer), float("nan"))
    return _Row(asked.form, asked.form, 1.0) if fits(asked, answer) else _Row(asked.form, form_of(answer), 0.0)


def _asked(question: str) -> AskedForm:
    return _remembered(question) if len(question) <= REMEMBERED_CHARACTERS else asked_form(question[:LONGEST_QUESTION])


_remembered = lru_cache(maxsize=2**14)(asked_form)


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `format`."""
    return [Format]
