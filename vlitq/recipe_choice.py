"""Which recipe a call means (one named, one of scorers alone, the one of the run), and what a selection says of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vlitq.host import Host
from vlitq.recipe import Recipe, load
from vlitq.selection.fields import UnknownColumn
from vlitq.selection.result import Selection
from vlitq.store import Run, RunError

PathLike = str | os.PathLike[str]
Scorers = Sequence[str] | Mapping[str, Mapping[str, Any]]
DEFAULT_RECIPE = "default"


def asked_recipe(host: Host, recipe: PathLike | Recipe | None, scorers: Scorers | None) -> Recipe:
    """The recipe, with the scorers that are asked for by name. Scorers without a recipe are a recipe of their own,
    that selects nothing: the default one may select by columns that are not there."""
    if scorers is None:
        return named_recipe(host, recipe)
    if isinstance(scorers, str):
        raise RunError(f"scorers is a list of names: [{scorers!r}]")
    base = Recipe("scorers") if recipe is None else named_recipe(host, recipe)
    named = scorers if isinstance(scorers, Mapping) else {name: base.scorers.get(name, {}) for name in scorers}
    return replace(base, scorers=dict(named))


def named_recipe(host: Host, recipe: PathLike | Recipe | None) -> Recipe:
    """A recipe by its file or by the name it is registered under; the default one for None."""
    if isinstance(recipe, Recipe):
        return recipe
    name = os.fspath(recipe) if recipe is not None else DEFAULT_RECIPE
    if Path(name).suffix == ".toml" or Path(name).is_file():
        return load(Path(name))
    return load(host.find("recipes", name).thing)


def recipe_of(run: Run) -> Recipe:
    """The recipe that a run was scored with; an empty one where it was scored without."""
    recipe = run.manifest.get("recipe")
    return Recipe.from_dict(recipe) if recipe else Recipe("none")


def unscored_for(recipe: Recipe, asked: str, run: Run, error: UnknownColumn) -> UnknownColumn:
    """The error, with the command that scores what the recipe needs where the run lacks that."""
    absent = [name for name in recipe.scorers if name not in run.scorers]
    if error.column.partition(".")[0] not in absent:
        return error
    return UnknownColumn(
        error.column,
        f"no column {error.column!r}: recipe {recipe.name!r} needs {', '.join(absent)}, which the run was not "
        f"scored with. `vlitq score {run.data} --recipe {asked} --out {run.path}` adds what is missing; give the "
        "images and the limit as before",
    )


def with_recipe(selection: Selection, recipe: Recipe) -> Selection:
    """The selection, with the recipe it follows and what stands for the paper's models in its notes and manifest."""
    followed = {"name": recipe.name, "source": recipe.source, "stand_ins": list(recipe.stand_ins)}
    notes = [f"stand-in: {one}" for one in recipe.stand_ins]
    return replace(selection, notes=(*selection.notes, *notes), manifest={**selection.manifest, "recipe": followed})
