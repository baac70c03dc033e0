"""Orders the nodes of a run and checks that all of them can run, before the first row is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vlitq.errors import VlitqError
from vlitq.host import Host, HostError
from vlitq.node import (
    Content,
    CorpusFeature,
    CorpusScorer,
    Feature,
    ModelRole,
    Need,
    Node,
    Precision,
    Samples,
    SampleScorer,
    Scorer,
    Unavailable,
    View,
    Weights,
    view_of,
    with_models,
)

EMBEDDED = "embedded"
GIVEN = (Samples, Content)  # what the engine itself provides; nothing is opened for these


class PlanError(VlitqError):
    """Something a run needs is missing or wrong. The message lists everything found, with its mending."""


@dataclass(frozen=True)
class Plan:
    """What a run computes: scorers in the order asked for, and all they stand on."""

    scorers: tuple[Scorer, ...]
    owners: Mapping[str, str]  # scorer name to the label of its plugin
    models: Mapping[ModelRole, Feature]
    weights: Mapping[Node, Weights]

    @cached_property
    def sample_scorers(self) -> tuple[SampleScorer, ...]:
        """The scorers that run with the stream."""
        return tuple(s for s in self.scorers if isinstance(s, SampleScorer))

    @cached_property
    def corpus_scorers(self) -> tuple[CorpusScorer, ...]:
        """The scorers that run after it."""
        return tuple(s for s in self.scorers if isinstance(s, CorpusScorer))

    @cached_property
    def corpus_features(self) -> tuple[CorpusFeature, ...]:
        """Every corpus feature, each after what it needs."""
        ordered: dict[CorpusFeature, None] = {}
        for scorer in self.corpus_scorers:
            for need in _needs(scorer):
                _visit(need, ordered)
        return tuple(ordered)

    @cached_property
    def stored(self) -> tuple[View, ...]:
        """The views kept in the run folder: what the corpus needs, and the pooled vectors of every embedding."""
        views: dict[View, None] = {}
        nodes: list[CorpusFeature | CorpusScorer] = [*self.corpus_features, *self.corpus_scorers]
        for node in nodes:
            views.update({view: None for view in stream_views(node) if not view.each})
        for scorer in self.sample_scorers:
            for view in stream_views(scorer):
                if view.feature.unit_length and not isinstance(view.feature, GIVEN):
                    views[View(view.feature, view.part)] = None
        return tuple(v for v in views if not isinstance(v.feature, Samples))

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """The features to compute, each after those it is derived from."""
        needs = [view for scorer in self.sample_scorers for view in stream_views(scorer)]
        ordered: dict[Feature, None] = {}
        for view in (*needs, *self.stored):
            if not isinstance(view.feature, GIVEN):
                ordered.update(dict.fromkeys([*upstream(view.feature), view.feature]))
        return tuple(ordered)

    def key(self, need: Need | Scorer) -> str:
        """The cache key of a node, or of a view of one."""
        if isinstance(need, View):
            part = f"{need.feature.key(self.weights)}:{need.part}"
            return hashlib.sha256(part.encode()).hexdigest()[:24]
        return need.key(self.weights)


def make_plan(
    host: Host, scorers: Mapping[str, Mapping[str, Any]], models: Sequence[str], precision: Precision = "fp32"
) -> Plan:
    """The plan for scorers (name to parameters) with these models.

    Raises `PlanError`, which lists all that is unknown, broken, missing or wrong at once.
    """
    problems: list[str] = []
    roles = _roles(host, models, precision, problems)
    made: list[Scorer] = []
    for name, parameters in scorers.items():
        try:
            made.append(with_models(host.scorer(name), parameters, roles))
        except (HostError, TypeError, ValueError) as error:
            problems.append(str(error))
    weights = _weights(made, problems)
    if problems:
        raise PlanError("\n".join(dict.fromkeys(problems)))
    owners = {scorer.name: host.owner("scorers", scorer.name).label for scorer in made}
    return Plan(tuple(made), owners, roles, weights)


def _roles(host: Host, models: Sequence[str], precision: Precision, problems: list[str]) -> dict[ModelRole, Feature]:
    found = []
    for model in models:
        offers = (family.thing.features(model, precision) for family in host.offers("models"))
        roles = next((roles for roles in offers if roles), None)
        if roles is None:
            families = ", ".join(host.names("models")) or "none"
            problems.append(f"no model family knows {model!r}; families: {families}. See `vlitq doctor`.")
        else:
            found.append(roles)
    # A model that fills one role is a more deliberate choice for it than one that fills all.
    return {role: feature for roles in sorted(found, key=len, reverse=True) for role, feature in roles.items()}


def _weights(scorers: Sequence[Scorer], problems: list[str]) -> dict[Node, Weights]:
    weights: dict[Node, Weights] = {}
    for scorer in scorers:
        for feature in _all_features(scorer):
            try:
                found = feature.weights()
            except Unavailable as error:
                problems.append(f"scorer {scorer.name!r} needs {feature.name!r}: {error}")
                continue
            if found is not None:
                weights[feature] = found
    return weights


def _all_features(node: Scorer | CorpusFeature) -> Iterator[Feature]:
    for need in _needs(node):
        if isinstance(need, CorpusFeature):
            yield from _all_features(need)
        else:
            feature = need.feature if isinstance(need, View) else need
            yield from (*upstream(feature), feature)


def _needs(node: Scorer | CorpusFeature) -> tuple[Need, ...]:
    partition = node.partition() if isinstance(node, CorpusScorer) else None
    return (*node.needs(), *((partition,) if partition is not None else ()))


def stream_views(node: Scorer | CorpusFeature) -> list[View]:
    """What a node needs of the streaming pass, in order."""
    return [view_of(need) for need in _needs(node) if not isinstance(need, CorpusFeature)]


def upstream(feature: Feature) -> list[Feature]:
    """The features this one is derived from, the deepest first."""
    direct = [need for need in feature.needs() if isinstance(need, Feature)]
    return [found for need in direct for found in (*upstream(need), need)]


def _visit(need: Need, ordered: dict[CorpusFeature, None]) -> None:
    if isinstance(need, CorpusFeature):
        for upstream in need.needs():
            _visit(upstream, ordered)
        ordered[need] = None
