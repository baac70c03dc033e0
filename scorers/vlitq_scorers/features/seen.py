"""How much of a text its embedding has seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from vlitq.node import Encoder, Feature, Runtime, Weights
from vlitq_scorers.features.chunks import TextFeature
from vlitq_scorers.features.clip import ClipText


@dataclass(frozen=True)
class TextSeen(Feature):
    """Share in [0, 1] of a text's characters that its embedding is made of, float32 of shape (texts, 1).

    1 for every text that fits `max_chunks` chunks; characters stand for tokens, as the unseen rest is never tokenised.
    """

    name = "text_seen"
    over = "text"
    unit_length = False

    text: TextFeature = ClipText()  # noqa: RUF009  # features are frozen, a shared default is safe

    def weights(self) -> Weights | None:
        """Those of the embedding: another tokeniser sees another share."""
        return self.text.weights()

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Open what splits the text; of a CLIP model only the tokeniser."""
        with self.text.splitter(runtime) as split:
            yield Encoder(lambda shares: np.array(shares, np.float32)[:, None], 1, lambda text: split(text).seen)
