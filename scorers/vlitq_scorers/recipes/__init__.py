"""The recipes that vlitq brings: TOML files in this folder."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

from vlitq.hookspecs import hookimpl


@hookimpl
def vlitq_register_recipes() -> list[Traversable]:
    """Offer every TOML file of this folder; its stem is the recipe's name."""
    found = (file for file in files(__name__).iterdir() if file.name.endswith(".toml"))
    return sorted(found, key=lambda file: file.name)
