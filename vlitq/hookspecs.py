"""The hooks a plugin may implement. Each returns things with names; the host runs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Protocol

import pluggy

if TYPE_CHECKING:
    from vlitq.format import Format
    from vlitq.measure import Measure
    from vlitq.node import Feature, Precision, Scorer
    from vlitq.roles import ModelRole
    from vlitq.selector import Selector

PROJECT = "vlitq"  # entry-point group, hook prefix and marker in one

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class ModelFamily(Protocol):
    """Turns a model's name, as its library writes it, into the features that load it."""

    name: str

    def features(self, model: str, precision: Precision) -> Mapping[ModelRole, Feature] | None:
        """The features by role; None when the name is not of this family. Loads nothing."""


@hookspec
def vlitq_register_scorers() -> Iterable[type[Scorer]]:  # type: ignore[empty-body]  # pluggy never runs a spec
    """Offer scorers, as classes: `return [Alignment]`. Their names must be unclaimed."""


@hookspec
def vlitq_register_selectors() -> Iterable[type[Selector]]:  # type: ignore[empty-body]  # pluggy never runs a spec
    """Offer selection methods, as classes: `return [TopScore]`."""


@hookspec
def vlitq_register_measures() -> Iterable[type[Measure]]:  # type: ignore[empty-body]  # pluggy never runs a spec
    """Offer measures of whole sets, as classes: `return [VendiScore]`. `vlitq compare` prints what they say."""


@hookspec
def vlitq_register_formats() -> Iterable[Format]:  # type: ignore[empty-body]  # pluggy never runs a spec
    """Offer data formats, as objects: `return [Llava()]`. They are asked in turn whether a file is theirs."""


@hookspec
def vlitq_register_models() -> Iterable[ModelFamily]:  # type: ignore[empty-body]  # pluggy never runs a spec
    """Offer families of models: `return [OpenClip()]`. They are asked in turn whether a name is theirs."""


@hookspec
def vlitq_register_recipes() -> Iterable[Traversable]:  # type: ignore[empty-body]  # pluggy never runs a spec
    """Offer recipes, as TOML files: `return files("my_plugin").joinpath("recipes").iterdir()`. The stem is the name."""
