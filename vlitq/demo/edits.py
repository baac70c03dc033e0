"""The edits that spoil a demo sample: pure functions from drafts, texts and pictures to worse ones."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

from PIL import Image

from vlitq.demo.conversations import Draft, Exchange

_EMPTY_ANSWERS = ("Yes.", "Nice.", "Okay.", "Image.", "Good.", "Sure.", "Something.", "Unknown.")
_REWRITES = {
    "picture": "image",
    "shows": "depicts",
    "stands": "is standing",
    "lies": "is lying",
    "large": "big",
    "small": "little",
    "larger": "bigger",
    "difference": "gap",
    "There are": "One can see",
    "things": "objects",
    "highest": "largest",
}
_WORDS = re.compile(r"\b(" + "|".join(_REWRITES) + r")\b")
_CROP = 3  # pixels a side that a re-encoded picture loses
_QUALITY = 65  # of the JPEG that it becomes


def encode(name: str, picture: Image.Image) -> bytes:
    """The picture as the file that its name promises."""
    return _encoded(picture, "PNG") if name.endswith(".png") else _encoded(picture, "JPEG", quality=90)


def encode_again(picture: Image.Image) -> bytes:
    """The picture a little smaller and coarser: the same to the eye, other bytes."""
    trimmed = picture.crop((_CROP, _CROP, picture.width - _CROP, picture.height - _CROP))
    return _encoded(trimmed, "JPEG", quality=_QUALITY)


def _encoded(picture: Image.Image, form: str, **options: int) -> bytes:
    file = BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def broken(whole: bytes, number: int) -> bytes:
    """Three ways a file is no image: cut off, a web page, nothing."""
    return (whole[: len(whole) // 3], b"<html>404 Not Found</html>\n", b"")[number % 3]


def answering(draft: Draft, answer: str) -> Draft:
    """The same draft with another last answer."""
    last = replace(draft.exchanges[-1], answer=answer)
    return replace(draft, exchanges=(*draft.exchanges[:-1], last))


def empty_answer(draft: Draft, number: int) -> Draft:
    """One word for an answer."""
    return answering(draft, _EMPTY_ANSWERS[number % len(_EMPTY_ANSWERS)])


def cut_answer(draft: Draft, number: int) -> Draft:
    """An answer that stops in the middle of a sentence, after 40 to 70 % of its words."""
    words = last_answer(draft).split()
    kept = len(words) * (4 + number % 4) // 10
    return answering(draft, " ".join(words[:kept]).rstrip(".,;:"))


def last_answer(draft: Draft) -> str:
    """What the assistant says last."""
    return draft.exchanges[-1].answer


def paraphrased(draft: Draft) -> Draft:
    """The same conversation in slightly other words."""
    return replace(
        draft,
        exchanges=tuple(
            Exchange(reworded(e.question, " Look closely."), reworded(e.answer, " That is what one can see."))
            for e in draft.exchanges
        ),
    )


def reworded(text: str, otherwise: str) -> str:
    """The text with synonyms; where it has no word that we know one for, `otherwise` is added."""
    changed = _WORDS.sub(lambda match: _REWRITES[match[0]], text)
    return text + otherwise if changed == text else changed
