"""The small multimodal model: a projector of image cells, a question that looks at them, and a decoder that answers."""

from __future__ import annotations

import torch  # noqa: TID253  # this module is imported where a model is trained, and nowhere else
from torch import Tensor, nn  # noqa: TID253  # as above

from benchmarks.tuning.encoding import CELLS, DIM

WIDTH, HEADS = 128, 4
NOISE, DROPPED = 0.5, 0.2  # on the cells while training: deviations added, and the share of what is left out


class Answerer(nn.Module):
    """Question and image cells to an answer, word by word: `look`, then `say`."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, WIDTH)
        self.weigh = nn.Linear(WIDTH, HEADS)
        self.ask = nn.Linear(HEADS * WIDTH, WIDTH)
        self.project = nn.Sequential(nn.Linear(DIM, WIDTH), nn.ReLU(), nn.Dropout(DROPPED), nn.Linear(WIDTH, WIDTH))
        self.forget = nn.Dropout(DROPPED)
        self.cells = nn.Parameter(torch.randn(CELLS, WIDTH))
        self.queries, self.keys = nn.Linear(WIDTH, HEADS * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.count = nn.Linear(WIDTH, HEADS)
        self.sum_up = nn.Sequential(
            nn.Linear((HEADS + 1) * WIDTH + 2 * HEADS, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH)
        )
        self.decode = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.word = nn.Linear(2 * WIDTH, vocabulary)

    def look(self, question: Tensor, image: Tensor) -> Tensor:
        """What the image says to a question, float32 of shape (batch, width).

        question: int64 of shape (batch, words), 0 where there is none. image: float32 of shape (batch, cells, dim).
        Heads weigh the words, and ask the cells: each averages what it attends to and keeps how well it was met;
        further heads count cells whatever is asked.
        """
        read = self.words(question)
        weights = self.weigh(read).masked_fill((question == 0).unsqueeze(-1), -torch.inf).softmax(dim=1)
        meaning = self.ask(torch.einsum("bth,btw->bhw", weights, read).flatten(1))
        blurred = image + NOISE * torch.randn_like(image) if self.training else image
        cells = self.project(blurred) + self.cells
        queries = self.queries(meaning).view(len(image), HEADS, WIDTH)
        met = torch.einsum("bhw,bcw->bhc", queries, self.keys(cells)) * WIDTH**-0.5
        seen = torch.einsum("bhc,bcw->bhw", met.softmax(dim=-1), cells).flatten(1)
        counted = self.count(cells).sigmoid().sum(dim=1)
        thought: Tensor = self.sum_up(self.forget(torch.cat([seen, met.logsumexp(dim=-1), counted, meaning], dim=-1)))
        return thought

    def say(self, thought: Tensor, spoken: Tensor, memory: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Scores of the word after each one spoken, of shape (batch, words, vocabulary), and the decoder's state."""
        start = thought.tanh().unsqueeze(0) if memory is None else memory
        said, memory = self.decode(self.words(spoken), start)
        always = thought.unsqueeze(1).expand(-1, spoken.shape[1], -1)
        return self.word(torch.cat([said, always], dim=-1)), memory
