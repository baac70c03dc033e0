"""Orders the nodes of a run and checks that all of them can run, before the first row is read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vlitq.errors import VlitqError
from vlitq.failure import described
from vlitq.host import Host, HostError
from vlitq.needs import corpus_features, features, misfits, stream_views, upstream
from vlitq.node import (
    Content,
    CorpusFeature,
    CorpusScorer,
    Feature,
    Need,
    Node,
    Precision,
    Samples,
    SampleScorer,
    Scorer,
    Unavailable,
    View,
    Weights,
)
from vlitq.roles import ModelRole, with_models

EMBEDDED = "embedded"
KEPT = frozenset({"images", "instruction", "response", "dialogue"})  # parts whose pooled embeddings a run keeps
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
        return tuple(dict.fromkeys(feature for scorer in self.corpus_scorers for feature in corpus_features(scorer)))

    @cached_property
    def stored(self) -> tuple[View, ...]:
        """The views kept in the run folder: what the corpus needs, and the pooled vectors of every embedding."""
        views: dict[View, None] = {}
        nodes: list[CorpusFeature | CorpusScorer] = [*self.corpus_features, *self.corpus_scorers]
        for node in nodes:
            views.update({view: None for view in stream_views(node) if not view.each})
        for scorer in self.sample_scorers:
            for view in stream_views(scorer):
                if view.feature.unit_length and view.part in KEPT and not isinstance(view.feature, GIVEN):
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
    missing: dict[str, list[str]] = {}
    weights: dict[Node, Weights] = {}
    for name, parameters in scorers.items():
        try:
            scorer = with_models(host.scorer(name), parameters, roles)
        except (HostError, TypeError, ValueError) as error:
            problems.append(str(error))
            continue
        made.append(scorer)
        try:
            problems += misfits(scorer)
            _find_weights(scorer, weights, missing)
        except Exception as error:  # a plugin's border: what its nodes raise is told with everything else
            problems.append(f"scorer {name!r} of plugin {host.owner('scorers', name).label}: {described(error)}")
    problems += [f"{cause} (needed by {', '.join(dict.fromkeys(names))})" for cause, names in missing.items()]
    if problems:
        raise PlanError("\n".join(dict.fromkeys(problems)))
    owners = {scorer.name: host.owner("scorers", scorer.name).label for scorer in made}
    return Plan(tuple(made), owners, roles, weights)


def _roles(host: Host, models: Sequence[str], precision: Precision, problems: list[str]) -> dict[ModelRole, Feature]:
    """The feature of every role: of the models named, and of the embedded ones where they leave a role open.

    A model that fills one role is a more deliberate choice for it than one that fills all; two that fill the same
    number of roles are a question back.
    """
    chosen: dict[ModelRole, tuple[str, Mapping[ModelRole, Feature]]] = {}
    for model in dict.fromkeys([EMBEDDED, *models]):
        filled = _features(host, model, precision, problems if model in models else [])
        for role in filled:
            name, rival = chosen.get(role, ("", {}))
            if name not in ("", EMBEDDED) and len(rival) == len(filled):
                problems.append(f"models {name!r} and {model!r} are both for {role}: name one of them")
            if name in ("", EMBEDDED) or len(filled) < len(rival):
                chosen[role] = (model, filled)
    return {role: filled[role] for role, (_, filled) in chosen.items()}


def _features(host: Host, model: str, precision: Precision, problems: list[str]) -> Mapping[ModelRole, Feature]:
    try:
        offers = (family.thing.features(model, precision) for family in host.offers("models"))
        found: Mapping[ModelRole, Feature] | None = next(filter(None, offers), None)
    except Exception as error:  # a plugin's border, as above
        problems.append(f"model {model!r}: {described(error)}")
        return {}
    if found is None:
        families = ", ".join(host.names("models")) or "none"
        problems.append(f"no model family knows {model!r}; families: {families}. See `vlitq doctor`.")
    return found or {}


def _find_weights(scorer: Scorer, weights: dict[Node, Weights], missing: dict[str, list[str]]) -> None:
    for feature in dict.fromkeys(features(scorer)):
        try:
            found = feature.weights()
        except Unavailable as error:
            missing.setdefault(str(error), []).append(scorer.name)
            continue
        if found is not None:
            weights[feature] = found
