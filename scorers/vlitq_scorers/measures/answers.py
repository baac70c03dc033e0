"""answer_bias: whether a model could learn to answer yes, or A, without looking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from vlitq.hookspecs import hookimpl
from vlitq.measure import Measure, Subset
from vlitq.schema import Direction
from vlitq_scorers.maths.answer_bias import option_places, yes_no
from vlitq_scorers.measures.given import column, known

ONE_EXCHANGE = 2  # turns: of a longer dialogue the measure cannot tell which answer is to which question


@dataclass(frozen=True)
class AnswerBias(Measure):
    """Yes among answers that begin with yes or no, and the places of the options that answers choose.

    Of rows with one exchange. The counts tell how far to trust the shares.
    """

    name = "answer_bias"
    version = 1
    axis = "balance"
    description = "Whether answers can be guessed unseen: the share of yes, and of each option's place."
    source = "after Li et al. 2023 (POPE), arXiv 2305.10355: there the yes ratio of a model's answers"
    numbers: ClassVar[Mapping[str, str]] = {
        "yes_no_answers": "Answers that begin with yes or no.",
        "yes_share": "Yes among them, in [0, 1]; 0.5 is balanced.",
        "option_answers": "Answers that choose one of the options of the question.",
        "first_option_share": "Share of them that choose the first option, in [0, 1].",
        "first_option_expected": "What chance would have them choose it, in [0, 1].",
        "option_bias": "Divergence in nats of the places chosen from chance, at least 0; by chance alone about "
        "(places - 1) / (2 option_answers).",
    }  # fmt: skip
    directions: ClassVar[Mapping[str, Direction]] = {"option_bias": "lower"}

    def measure(self, subset: Subset) -> Mapping[str, float]:
        """Counts always; shares where there is something to share."""
        turns = column(subset, "turns")
        texts = zip(subset.texts("instruction"), subset.texts("response"), strict=True)
        exchanges = [pair for at, pair in enumerate(texts) if turns is None or turns[at] <= ONE_EXCHANGE]
        polar, places = yes_no(answer for _, answer in exchanges), option_places(exchanges)
        first = {} if not places.total else {
            "first_option_share": places.chosen["A"] / places.total,
            "first_option_expected": places.expected["A"] / places.total,
        }  # fmt: skip
        counts = {"yes_no_answers": polar.yes + polar.no, "option_answers": places.total}
        return known({**counts, "yes_share": polar.share, "option_bias": places.bias, **first})


@hookimpl
def vlitq_register_measures() -> list[type[Measure]]:
    """Offers `answer_bias`."""
    return [AnswerBias]
