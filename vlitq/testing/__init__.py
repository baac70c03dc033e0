"""The laws every scorer obeys, for plugin authors to run on theirs: `check_scorer(MyScorer)`."""

from vlitq.testing.laws import LAWS, LawBroken, Verdict, check_laws, check_scorer

__all__ = ["LAWS", "LawBroken", "Verdict", "check_laws", "check_scorer"]
