"""The words of a text: `vlitq_scorers.maths.words`, under the name it had before."""

from vlitq_scorers.maths.type_token import mattr, type_token_ratio
from vlitq_scorers.maths.words import remembered_words, words

__all__ = ["mattr", "remembered_words", "type_token_ratio", "words"]
