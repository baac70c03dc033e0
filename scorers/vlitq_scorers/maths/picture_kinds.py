"""Tells photographs, graphics and documents apart by how flat, how sharp-edged and how colourful a picture is."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from vlitq.schema import Array

Kind = Literal["photo", "graphic", "document"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# Set by eye on the 50 images of OwlEval, labelled by hand, and 300 photographs of ImageNet's classes.
DRAWN_FLAT = 0.44  # share of flat pixels, above which a picture may be drawn
DRAWN_EDGES = 0.17  # of the pixels that are not flat: a drawing steps from colour to colour, a photograph shades
DRAWN_ENTROPY = 6.3  # bits, below which a picture may be drawn
PAPER_LEVEL = 0.7  # brightness of the background above which a drawing may be a document
PAPER_CHROMA = 0.05  # mean chroma below which it is one


def kinds(flat: Array, edge: Array, entropy: Array, background_level: Array, chroma: Array) -> Array:
    """Each picture's place in `KINDS`, int64; a photograph unless it is mostly flat with edges and few colours."""
    unlike = 1 - flat
    edges = np.divide(edge, unlike, out=np.zeros_like(edge), where=unlike > 0)
    drawn = (flat > DRAWN_FLAT) & (edges > DRAWN_EDGES) & (entropy < DRAWN_ENTROPY)
    document = drawn & (background_level > PAPER_LEVEL) & (chroma < PAPER_CHROMA)
    return np.asarray(drawn.astype(np.int64) + document)
