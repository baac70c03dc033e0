"""The echo scorer keeps vlitq's laws, and a response that repeats the instruction is found out."""

import math

from vlitq.testing import check_scorer
from vlitq_hello import Echo, echo


def test_echo_keeps_the_laws_of_every_scorer() -> None:
    check_scorer(Echo())


def test_a_response_that_only_repeats_is_all_echo() -> None:
    assert echo("What is in the picture?", "What is in the picture!", words=3) == 1


def test_half_of_the_words_repeat() -> None:
    assert echo("Describe a boat", "a boat sails home", words=1) == 0.5


def test_a_response_of_one_word_has_no_score() -> None:
    assert math.isnan(echo("What is in the picture?", "Cats", words=3))
