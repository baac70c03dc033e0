"""Finds, isolates, lists and disables plugins: the only file that talks to pluggy."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

import pluggy

from vlitq import hookspecs
from vlitq.errors import VlitqError
from vlitq.measure import Measure
from vlitq.names import unknown
from vlitq.node import CorpusScorer, SampleScorer, Scorer
from vlitq.schema import Column
from vlitq.selector import Selector

RESERVED = ("status", "reason")  # columns that a table of scores has anyway
DISABLE_VARIABLE = "VLITQ_DISABLE"  # plugin names, with commas between


class HostError(VlitqError):
    """A name cannot be served. The message says which plugins are concerned and the way out."""


@dataclass(frozen=True)
class Plugin:
    """An installed plugin: where it comes from, whether it takes part, and what it offers."""

    name: str
    distribution: str
    version: str
    module: str
    status: Literal["active", "broken", "disabled"] = "active"
    cause: str = ""
    offers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """`name (distribution version)`, for messages."""
        return f"{self.name} ({self.distribution} {self.version})"


@dataclass(frozen=True)
class Offer:
    """A thing with a name, and the plugin it belongs to."""

    thing: Any
    plugin: Plugin


class Host:
    """The plugins of this environment and what they offer. Making one imports the plugins that are not disabled."""

    KINDS = ("scorers", "selectors", "measures", "formats", "models", "recipes")

    def __init__(self, disabled: Iterable[str] | None = None) -> None:
        names = os.environ.get(DISABLE_VARIABLE, "").split(",") if disabled is None else disabled
        self._disabled = {name.strip() for name in names if name.strip()}
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._plugins: dict[str, Plugin] = {}
        self._offers: dict[str, dict[str, list[Offer]]] = {kind: {} for kind in self.KINDS}
        for point in sorted(entry_points(group=hookspecs.PROJECT), key=lambda p: (p.name, p.value)):
            self._admit(point)

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """Every installed plugin, active or not, by name."""
        return tuple(self._plugins[key] for key in sorted(self._plugins))

    def names(self, kind: str) -> tuple[str, ...]:
        """The names on offer of one kind, sorted."""
        return tuple(sorted(self._offers[kind]))

    def offers(self, kind: str) -> tuple[Offer, ...]:
        """All offers of one kind, by name; a name claimed twice stands twice."""
        return tuple(offer for name in self.names(kind) for offer in self._offers[kind][name])

    def find(self, kind: str, name: str) -> Offer:
        """The one offer of this name. Raises `HostError` when it is unknown, broken or claimed twice."""
        claims = self._offers[kind].get(name, [])
        if len(claims) == 1:
            return claims[0]
        if claims:
            owners = " and ".join(claim.plugin.label for claim in claims)
            raise HostError(f"{kind[:-1]} {name!r} is claimed by {owners}; disable one: {DISABLE_VARIABLE}=PLUGIN")
        raise HostError(self._unknown(kind, name))

    def scorer(self, name: str) -> type[Scorer]:
        """The scorer class of this name; raises as `find` does."""
        found: type[Scorer] = self.find("scorers", name).thing
        return found

    def selectors(self) -> dict[str, type[Selector]]:
        """The selection methods that can be asked for by name."""
        return {name: claims[0].thing for name, claims in self._offers["selectors"].items() if len(claims) == 1}

    def owner(self, kind: str, name: str) -> Plugin:
        """The plugin that offers this name."""
        return self.find(kind, name).plugin

    def _unknown(self, kind: str, name: str) -> str:
        absent = [p for p in self.plugins if p.status != "active"]
        concerned = [p for p in absent if p.name == name] or absent
        causes = "".join(f" Plugin {p.label} is {p.status}: {p.cause}." for p in concerned)
        thing = "selection method" if kind == "selectors" else kind[:-1]
        return f"{unknown(thing, name, self.names(kind))}.{causes}"

    def _admit(self, point: EntryPoint) -> None:
        plugin = _describe(point)
        key = f"{plugin.name}:{plugin.distribution}"
        if {plugin.name, plugin.distribution} & self._disabled:
            self._plugins[key] = replace(plugin, status="disabled", cause=f"named in {DISABLE_VARIABLE}")
            return
        try:
            offers = self._register(point, key)
        except (Exception, SystemExit) as error:  # a plugin's border: what it raises is its own failure, and listed
            if self._manager.has_plugin(key):
                self._manager.unregister(name=key)
            self._plugins[key] = replace(plugin, status="broken", cause=f"{type(error).__name__}: {error}")
            return
        plugin = replace(plugin, offers={kind: tuple(things) for kind, things in offers.items() if things})
        self._plugins[key] = plugin
        for kind, things in offers.items():
            for name, thing in things.items():
                self._offers[kind].setdefault(name, []).append(Offer(thing, plugin))

    def _register(self, point: EntryPoint, key: str) -> dict[str, dict[str, Any]]:
        module = point.load()
        if not inspect.ismodule(module):
            raise TypeError(f"entry point {point.name!r} must name a module, not {type(module).__name__}")
        self._manager.register(module, name=key)
        self._manager.check_pending()
        return {kind: self._call(kind, key) for kind in self.KINDS}

    def _call(self, kind: str, key: str) -> dict[str, Any]:
        hook = getattr(self._manager.hook, f"vlitq_register_{kind}")
        things = [thing for impl in hook.get_hookimpls() if impl.plugin_name == key for thing in impl.function()]
        named: dict[str, Any] = {}
        for thing in things:
            name = _CHECKS.get(kind, _check_named)(thing)
            if name in named:
                raise ValueError(f"{kind[:-1]} {name!r} is registered twice")
            named[name] = thing
        return named


def _describe(point: EntryPoint) -> Plugin:
    dist = point.dist
    return Plugin(point.name, dist.name if dist else "?", dist.version if dist else "?", point.value)


def _check_named(thing: Any) -> str:
    name = getattr(thing, "name", None)
    if not isinstance(name, str) or not name:
        raise TypeError(f"{thing!r} has no name")
    return name


def _check_recipe(thing: Any) -> str:
    name = _check_named(thing)
    if not name.endswith(".toml"):
        raise TypeError(f"recipe {name!r} is not a .toml file")
    return name.removesuffix(".toml")


def _check_class(base: type) -> Callable[[Any], str]:
    def check(thing: Any) -> str:
        if not (isinstance(thing, type) and issubclass(thing, base)):
            raise TypeError(f"{thing!r} is not a subclass of {base.__name__}")
        if not is_dataclass(thing) or not thing.__dataclass_params__.frozen:  # type: ignore[attr-defined]  # set by dataclass()
            raise TypeError(f"{thing.__name__} is not a frozen dataclass")
        if inspect.isabstract(thing):
            raise TypeError(f"{thing.__name__} does not define {', '.join(sorted(thing.__abstractmethods__))}")
        return _check_named(thing)

    return check


def _check_scorer(thing: Any) -> str:
    name = _check_class(Scorer)(thing)
    if not issubclass(thing, (SampleScorer, CorpusScorer)):
        raise TypeError(f"scorer {name!r} is neither a SampleScorer nor a CorpusScorer")
    columns = getattr(thing, "columns", None)
    if not (isinstance(columns, tuple) and columns and all(isinstance(column, Column) for column in columns)):
        raise TypeError(f"scorer {name!r}: columns must be a tuple of at least one Column, not {columns!r}")
    if not name.isidentifier():
        raise ValueError(f"scorer name {name!r} is not an identifier: a column is asked for as scorer.column")
    taken = [*RESERVED, *(column.name for column in columns)]
    for column in columns:
        if taken.count(column.name) > 1:
            raise ValueError(f"scorer {name!r}: a second column {column.name!r} in its table")
    return name


_CHECKS: dict[str, Callable[[Any], str]] = {
    "scorers": _check_scorer,
    "selectors": _check_class(Selector),
    "measures": _check_class(Measure),
    "recipes": _check_recipe,
}
