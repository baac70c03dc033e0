"""What the scorers have in common that read every answer after its question, and alone."""

from __future__ import annotations

from dataclasses import dataclass

from vlitq.node import SampleScorer, View
from vlitq.roles import model_role
from vlitq_scorers.features.language_model import MAX_TOKENS, AnswerLoss
from vlitq_scorers.features.lm_tokens import CHAT


@dataclass(frozen=True)
class AskedAndAlone(SampleScorer):
    """Scores from the losses of each answer with and without its question, under one model, template and window."""

    model: AnswerLoss = model_role("language_model", AnswerLoss())
    template: str = CHAT
    header: str = ""
    max_tokens: int = MAX_TOKENS

    def needs(self) -> tuple[View, View]:
        """Every answer after its question, and alone."""
        asked = self.model.asking(self.template, self.header, self.max_tokens)
        return asked.each("exchanges"), asked.alone.each("response")
