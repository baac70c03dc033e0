"""Model roles: the fields of a scorer that `--models` fills, and making a scorer with them filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, field, fields
from typing import Any, Literal

from vlitq.node import Feature, Node, Scorer

ModelRole = Literal["clip_image", "clip_text", "text_embedding", "language_model"]


def model_role(role: ModelRole, default: Feature) -> Any:
    """A dataclass field that `--models` fills: the run's feature for this role, unless a recipe names another."""
    return field(default=default, metadata={"role": role})


def with_models(scorer: type[Scorer], parameters: Mapping[str, Any], models: Mapping[ModelRole, Feature]) -> Scorer:
    """An instance with its model roles filled from `models`, and `parameters` above them.

    Raises `TypeError` that names the scorer and the parameters it has, when one is unknown.
    """
    known = {f.name: f for f in fields(scorer) if f.init}  # type: ignore[arg-type]  # subclasses are dataclasses
    for name in parameters:
        if name not in known:
            raise TypeError(f"scorer {scorer.name!r} has no parameter {name!r}; it has: {', '.join(known) or 'none'}")
    roles = {n: models[f.metadata["role"]] for n, f in known.items() if f.metadata.get("role") in models}
    typed = {n: tuple(v) if isinstance(v, list) else v for n, v in parameters.items()}
    return scorer(**{**roles, **typed})


def defaults(scorer: type[Node]) -> dict[str, Any]:
    """Parameter name to default value."""
    return {f.name: f.default for f in fields(scorer) if f.default is not MISSING}  # type: ignore[arg-type]  # subclasses are dataclasses
