"""The vectors a method compares rows by: a stored feature, or `joint`, the image and the text as one vector."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.rows import unit
from vlitq.selector import SelectableRun, SelectionError
from vlitq.store import RunError

JOINT = "joint"
_IMAGE = ("clip_image",)
# The first that is stored: the whole dialogue before the response alone.
_TEXT = ("clip_text.dialogue", "text_embedding.dialogue", "clip_text", "text_embedding")


def reader(run: SelectableRun, rows: Array) -> Callable[[str, Array], Array]:
    """A function from a feature's name and positions in `rows` to unit vectors, read block by block."""

    def read(name: str, positions: Array) -> Array:
        at = rows[positions]
        if name != JOINT:
            return unit(_stored(run, (name,), name)[at])
        parts = [part for names in (_IMAGE, _TEXT) if (part := _first(run, names)) is not None]
        if not parts:
            raise SelectionError(_nothing_stored(run, JOINT, (*_IMAGE, *_TEXT)))
        return joint([np.asarray(part[at], dtype=np.float32) for part in parts])

    return read


def parts_of_joint(run: SelectableRun) -> list[str]:
    """The names of the features that `joint` vectors are made of, the image first; none where none is stored."""
    found = (next((name for name in names if _first(run, (name,)) is not None), None) for names in (_IMAGE, _TEXT))
    return [name for name in found if name is not None]


def joint(parts: Sequence[Array]) -> Array:
    """The parts side by side, each scaled to unit length, an absent one zero, and the whole scaled to unit length.

    From arrays of shape (rows, dim_i) to float32 of shape (rows, Σ dim_i); NaN where all parts are absent. The cosine
    of two rows with the same parts is the mean of the parts' cosines; a text-only row is compared by its text.
    """
    return unit(np.concatenate([unit(part, without=0.0) for part in parts], axis=1))


def _first(run: SelectableRun, names: Sequence[str]) -> Array | None:
    for name in names:
        try:
            return run.feature(name)
        except RunError:
            continue
    return None


def _names_of_vectors(run: SelectableRun) -> list[str]:
    """What the models of a run have stored, by role, and by part where it is not the usual one."""
    stored, roles = run.manifest.get("features", {}), run.manifest.get("roles", {})
    return [
        f"{role}{name.removeprefix(node)}"
        for role, node in roles.items()
        for name in stored
        if name.partition(".")[0] == node
    ]


def _stored(run: SelectableRun, names: Sequence[str], asked: str) -> Array:
    vectors = _first(run, names)
    if vectors is None:
        raise SelectionError(_nothing_stored(run, asked, names))
    return vectors


def _nothing_stored(run: SelectableRun, asked: str, names: Sequence[str]) -> str:
    """Why there are no such vectors, and what the run has instead."""
    looked = "" if names == (asked,) else f" (looked for {', '.join(names)})"
    stored = ", ".join(_names_of_vectors(run))
    instead = f"name one that it stores with the method's option feature=NAME: {stored}; or " if stored else ""
    return f"the run stores no {asked!r} vectors{looked}; {instead}score it with --scorers duplicates, which needs some"
