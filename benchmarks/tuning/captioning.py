"""What every arm starts from: a model that can name the things of a picture, as LLaVA's projector is taught first."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tuning.preparing import Prepared
from benchmarks.tuning.training import Course, fresh, train


def teach(prepared: Prepared, course: Course) -> None:
    """Train a model on the captions, and keep its weights; nothing where they are kept already."""
    import torch

    if not _kept(prepared).exists():
        maps, words = np.load(prepared.maps), prepared.words()
        model = train(fresh(len(words), 0), prepared.encoded("captions"), maps, course, seed=0)
        torch.save(model.state_dict(), _kept(prepared))


def taught(prepared: Prepared) -> Any:
    """The model that `teach` has trained, ready to be tuned."""
    import torch

    model = fresh(len(prepared.words()), 0)
    model.load_state_dict(torch.load(_kept(prepared), weights_only=True))
    return model


def _kept(prepared: Prepared) -> Path:
    """Where the weights lie; elsewhere when the code has changed that they depend on."""
    source = "".join(Path(__file__).with_name(name).read_text() for name in ("model.py", "training.py"))
    return prepared.folder / f"captioner-{hashlib.sha256(source.encode()).hexdigest()[:8]}.pt"
