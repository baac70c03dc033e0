"""What nodes stand on: walks over their needs, and what the engine could not give them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from vlitq.node import (
    CorpusFeature,
    CorpusScorer,
    Feature,
    Need,
    Over,
    Part,
    Samples,
    Scorer,
    View,
    feature_of,
    view_of,
)

PARTS: Mapping[Over, tuple[Part, ...]] = {
    "image": ("images",),
    "thumbnail": ("images",),
    "text": ("instruction", "response", "sentences", "references", "options", "dialogue"),
    "exchange": ("exchanges",),
    "sample": ("sample",),
}
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def needs_of(node: Scorer | CorpusFeature) -> tuple[Need, ...]:
    """What a node needs, the labels of its parts included."""
    partition = node.partition() if isinstance(node, CorpusScorer) else None
    return (*node.needs(), *((partition,) if partition is not None else ()))


def stream_views(node: Scorer | CorpusFeature) -> list[View]:
    """What a node needs of the streaming pass, in order."""
    return [view_of(need) for need in needs_of(node) if not isinstance(need, CorpusFeature)]


def upstream(feature: Feature) -> list[Feature]:
    """The features this one is derived from, the deepest first."""
    direct = [need for need in feature.needs() if isinstance(need, Feature)]
    return [found for need in direct for found in (*upstream(need), need)]


def corpus_features(node: Scorer | CorpusFeature) -> Iterator[CorpusFeature]:
    """The corpus features below a node, each after what it needs; one that is needed twice comes twice."""
    for need in needs_of(node):
        if isinstance(need, CorpusFeature):
            yield from (*corpus_features(need), need)


def features(node: Scorer | CorpusFeature) -> Iterator[Feature]:
    """The features below a node, each after those it is derived from; one that is needed twice comes twice."""
    nodes: list[Scorer | CorpusFeature] = [*corpus_features(node), node]
    for below in nodes:
        for view in stream_views(below):
            yield from (*upstream(view.feature), view.feature)


def misfits(scorer: Scorer) -> Iterator[str]:
    """What is wrong with the needs of a scorer, a sentence each."""
    who = f"scorer {scorer.name!r}"
    if not isinstance(scorer, CorpusScorer):
        for need in scorer.needs():
            if isinstance(need, CorpusFeature):
                yield f"{who} scores each row by itself and cannot need {need.name!r}: make it a CorpusScorer"
    nodes: list[Scorer | CorpusFeature] = [*corpus_features(scorer), scorer]
    for node in nodes:
        for view in stream_views(node):
            yield from _misfits_of_view(who, view)
            if isinstance(node, CorpusScorer | CorpusFeature) and (view.each or isinstance(view.feature, Samples)):
                yield f"{who}: {view.label!r} is not kept for the corpus, only one vector a row is: use .of(part)"
    for below in (*corpus_features(scorer), *features(scorer)):
        if not _FILE_NAME.fullmatch(below.name):
            yield f"{who}: feature {below.name!r} must be named in letters, digits and '_.-', as its files are"


def _misfits_of_view(who: str, view: View) -> Iterator[str]:
    feature = view.feature
    if view.part not in PARTS[feature.over]:
        allowed = ", ".join(PARTS[feature.over])
        yield f"{who}: {feature.name!r} is over {feature.over}, so there is none of {view.part!r}, only of {allowed}"
    for derived in (*upstream(feature), feature):
        for need in derived.needs():
            if not isinstance(need, Feature) or need.over != derived.over:
                yield f"{who}: {derived.name!r} is derived from features over {derived.over} only, not {_name(need)}"


def _name(need: Need) -> str:
    return repr(feature_of(need).name)
