"""The model families that `--models` knows: the embedded set, open_clip, transformers, sentence-transformers."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from vlitq.hookspecs import ModelFamily, hookimpl
from vlitq.node import Feature, Precision
from vlitq.roles import ModelRole
from vlitq_scorers.features import ClipImage, ClipText, ConseImage, ConseText, TextEmbedding
from vlitq_scorers.features.clip_checkpoints import FOLDER, HUB, architectures
from vlitq_scorers.features.language_model import AnswerLoss
from vlitq_scorers.features.text_embedding import EMBEDDED

CAUSAL_LM = "causal-lm:"
_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")
_MISSPELT = 0.85  # likeness to an architecture from which a name is taken for a misspelt one


class Embedded:
    """`embedded`: weights from the package index."""

    name = "embedded"

    def features(self, model: str, precision: Precision) -> Mapping[ModelRole, Feature] | None:
        """ConSE for images and texts, all-MiniLM-L6-v2 for texts, SmolLM2-135M-Instruct as language model."""
        if model != EMBEDDED:
            return None
        return {
            "clip_image": ConseImage(precision=precision),
            "clip_text": ConseText(precision),
            "text_embedding": TextEmbedding(EMBEDDED, precision),
            "language_model": AnswerLoss(EMBEDDED, precision),
        }


class OpenClip:
    """`ARCHITECTURE/TAG`, `ARCHITECTURE/CHECKPOINT`, `hf-hub:ORG/NAME`, `local-dir:FOLDER`."""

    name = "open_clip"

    def features(self, model: str, precision: Precision) -> Mapping[ModelRole, Feature] | None:
        """One model for all three roles; a sentence model named as well takes `text_embedding`."""
        architecture, _, pretrained = model.partition("/")
        if model.startswith((HUB, FOLDER)):
            architecture, pretrained = model, ""
        elif not _is_architecture(architecture, model):
            return None
        text = ClipText(architecture, pretrained, precision)
        return {
            "clip_image": ClipImage(architecture, pretrained, precision),
            "clip_text": text,
            "text_embedding": text,
        }


class Transformers:
    """`causal-lm:ORG/NAME`, `causal-lm:FOLDER`, or a folder whose `config.json` names a causal language model."""

    name = "transformers"

    def features(self, model: str, precision: Precision) -> Mapping[ModelRole, Feature] | None:
        """A language model."""
        if not model.startswith(CAUSAL_LM) and not _is_causal_lm(Path(model).expanduser()):
            return None
        return {"language_model": AnswerLoss(model.removeprefix(CAUSAL_LM), precision)}


class SentenceTransformers:
    """A sentence-transformers id, or a folder that holds `modules.json` or `config.json`."""

    name = "sentence_transformers"

    def features(self, model: str, precision: Precision) -> Mapping[ModelRole, Feature] | None:
        """A sentence embedding; the last family asked, for an id cannot be told from a misspelt name."""
        folder = Path(model).expanduser()
        is_model = (folder / "modules.json").is_file() or (folder / "config.json").is_file()
        if _is_causal_lm(folder) or (not is_model and not _HUB_ID.fullmatch(model)):
            return None
        return {"text_embedding": TextEmbedding(model, precision)}


@hookimpl
def vlitq_register_models() -> list[ModelFamily]:
    """The four families. They are asked by name: what could be open_clip's or sentence-transformers' is open_clip's."""
    return [Embedded(), OpenClip(), Transformers(), SentenceTransformers()]


def _is_causal_lm(folder: Path) -> bool:
    """True of a folder that transformers wrote for a causal language model, and sentence-transformers did not."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    names = config.get("architectures") if isinstance(config, dict) else None
    causal = isinstance(names, list) and any(str(name).endswith("ForCausalLM") for name in names)
    return causal and not (folder / "modules.json").is_file()


def _is_architecture(name: str, model: str) -> bool:
    """Exactly, or so nearly that open_clip's error serves better than one about a missing sentence model."""
    known = architectures()
    near = "/" in model and not Path(model).exists() and difflib.get_close_matches(name, known, 1, _MISSPELT)
    return name in known or bool(near)
