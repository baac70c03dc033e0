"""Features that load models: CLIP, sentence embeddings, and the embedded set."""

from vlitq_scorers.features.chunks import Chunks, TextFeature
from vlitq_scorers.features.clip import ClipImage, ClipText
from vlitq_scorers.features.embedded import ConseImage, ConseText
from vlitq_scorers.features.language_model import AnswerAlone, AnswerLoss
from vlitq_scorers.features.seen import TextSeen
from vlitq_scorers.features.text_embedding import TextEmbedding

__all__ = [
    "AnswerAlone",
    "AnswerLoss",
    "Chunks",
    "ClipImage",
    "ClipText",
    "ConseImage",
    "ConseText",
    "TextEmbedding",
    "TextFeature",
    "TextSeen",
]
