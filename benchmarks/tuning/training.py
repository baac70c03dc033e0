"""Trains the small model on captions, tunes it on records, and asks it the held-out questions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tuning.questions import is_right
from vlitq.schema import Array

PAD, ASK, END = 0, 1, 2
QUESTION, ANSWER = 17, 18  # words that are read, at most
BATCH = 128
DECAY = 0.05  # of AdamW
_WORD = re.compile(r"[a-z']+|\d+|[^\sa-z\d]")


@dataclass(frozen=True)
class Encoded:
    """Records as the model reads them: question words, then the answer's; int64. `image` is a row of the maps."""

    questions: Array
    answers: Array
    image: Array

    def take(self, rows: Array) -> Encoded:
        """Some of the records."""
        return Encoded(self.questions[rows], self.answers[rows], self.image[rows])


@dataclass(frozen=True)
class Course:
    """How long a model is trained, and AdamW's highest rate, which it nears for a tenth of the steps and then leaves
    along a cosine."""

    steps: int
    rate: float


def tokens(text: str) -> list[str]:
    """Words and signs of a text, in lower case."""
    return _WORD.findall(text.lower())


def vocabulary(texts: Sequence[str]) -> dict[str, int]:
    """A number for each word, from 3 on, in the order of the alphabet."""
    words = sorted({word for text in texts for word in tokens(text)})
    return {word: number for number, word in enumerate(words, start=END + 1)}


def records(path: Path) -> list[tuple[str, str, str, str]]:
    """Id, image, question and answer of every LLaVA record of a file."""
    return [
        (row["id"], row["image"], turns[0]["value"].removeprefix("<image>\n"), turns[1]["value"])
        for row in json.loads(path.read_text())
        for turns in (row["conversations"],)
    ]


def encode(pairs: Sequence[tuple[str, str, str]], words: Mapping[str, int], rows: Mapping[str, int]) -> Encoded:
    """Image, question and answer of each record in numbers."""
    questions = np.full((len(pairs), QUESTION), PAD)
    answers = np.full((len(pairs), ANSWER), PAD)
    for place, (_, question, answer) in enumerate(pairs):
        asked = [words[word] for word in tokens(question) if word in words][:QUESTION]
        said = [*(words[word] for word in tokens(answer) if word in words), END][:ANSWER]
        questions[place, : len(asked)] = asked
        answers[place, : len(said)] = said
    return Encoded(questions, answers, np.array([rows[image] for image, _, _ in pairs]))


def fresh(words: int, seed: int) -> Any:
    """An untrained model for a vocabulary of so many words."""
    import torch

    from benchmarks.tuning.model import Answerer

    torch.manual_seed(seed)
    return Answerer(END + 1 + words)


def train(model: Any, data: Encoded, maps: Array, course: Course, seed: int) -> Any:
    """The model after the course's batches of the data, each record as often as any other, one at most."""
    import torch
    from torch.nn.functional import cross_entropy

    model.train()
    torch.manual_seed(seed)
    optimiser = torch.optim.AdamW(model.parameters(), course.rate, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, course.rate, course.steps, pct_start=0.1)
    for rows in batches(len(data.image), course.steps, np.random.default_rng(seed)):
        batch = data.take(rows)
        said = torch.from_numpy(batch.answers[:, : int((batch.answers != PAD).sum(axis=1).max())])
        spoken = torch.cat([torch.full((len(said), 1), ASK), said[:, :-1]], dim=1)
        thought = model.look(torch.from_numpy(batch.questions), torch.from_numpy(maps[batch.image]).float())
        loss = cross_entropy(model.say(thought, spoken)[0].flatten(0, 1), said.flatten(), ignore_index=PAD)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return model.eval()


def batches(count: int, steps: int, rng: np.random.Generator) -> Iterator[Array]:
    """`steps` batches of rows, going through all of them in a new order again and again."""
    rows = np.zeros(0, dtype=np.int64)
    for _ in range(steps):
        while len(rows) < BATCH:
            rows = np.concatenate([rows, rng.permutation(count)])
        batch, rows = rows[:BATCH], rows[BATCH:]
        yield batch


def answers(model: Any, data: Encoded, maps: Array, words: Mapping[str, int]) -> list[str]:
    """What the model says to each question, the likeliest word each time."""
    import torch

    spelled = {number: word for word, number in words.items()}
    lines = []
    with torch.inference_mode():
        thought = model.look(torch.from_numpy(data.questions), torch.from_numpy(maps[data.image]).float())
        word, memory = torch.full((len(thought), 1), ASK), None
        for _ in range(ANSWER):
            scores, memory = model.say(thought, word, memory)
            word = scores.argmax(dim=-1)
            lines.append(word)
    return [_spoken(row, spelled) for row in torch.cat(lines, dim=1).tolist()]


def _spoken(row: Sequence[int], spelled: Mapping[int, str]) -> str:
    until = row.index(END) if END in row else len(row)
    return " ".join(spelled.get(number, "") for number in row[:until])


def right(said: Sequence[str], tasks: Sequence[str], keys: Sequence[str]) -> Array:
    """Whether each answer is right, bool."""
    return np.array([is_right(task, key, text) for text, task, key in zip(said, tasks, keys, strict=True)])
