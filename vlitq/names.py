"""The sentence an unknown name deserves: what is unknown, the nearest name, and the list."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """`no column 'aligment.cosine'. Did you mean 'alignment.cosine'? There are: …`."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    guess = f" Did you mean {near[0]!r}?" if near else ""
    return f"no {kind} {name!r}.{guess} There are: {', '.join(names) or 'none'}"
