"""`vlitq doctor`: what this environment can run, and what is missing from it."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from vlitq import runtime
from vlitq.cli.main import FAILED, OK
from vlitq.engine.manifest import LIBRARIES
from vlitq.host import Host
from vlitq.node import Unavailable
from vlitq.plan import EMBEDDED


def doctor(options: argparse.Namespace) -> int:
    """Print the findings; 2 when a plugin is broken."""
    facts = findings()
    if options.json:
        print(json.dumps(facts))
    else:
        for name, value in facts.items():
            for line in _lines(value):
                print(f"{name:14} {line}")
    return FAILED if facts["broken plugins"] else OK


def findings() -> dict[str, Any]:
    """What matters for a run, by name."""
    host = Host()
    where = runtime.runtime("auto", "auto", None)
    cache = runtime.cache_folder()
    return {
        "vlitq": _version("vlitq"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()} {platform.system()}, {len(os.sched_getaffinity(0))} cores",
        "device": f"{where.device}, batches of {where.batch_size}, {where.workers} workers",
        "libraries": [f"{name} {_version(name)}" for name in LIBRARIES if name != "vlitq"],
        "embedded": _embedded(host),
        "scorers": ", ".join(host.names("scorers")),
        "selectors": ", ".join(host.names("selectors")),
        "formats": ", ".join(host.names("formats")),
        "recipes": ", ".join(host.names("recipes")),
        "broken plugins": [f"{p.label}: {p.cause}" for p in host.plugins if p.status == "broken"],
        "disabled": [p.label for p in host.plugins if p.status == "disabled"],
        "cache": f"{cache}, {_size(cache) / 1e6:.1f} MB; delete it whenever you like",
    }


def _embedded(host: Host) -> list[str]:
    found = (offer.thing.features(EMBEDDED, "fp32") for offer in host.offers("models"))
    features: Mapping[str, Any] = next((roles for roles in found if roles), {})
    return [f"{role}: {_state(feature)}" for role, feature in features.items()] or ["no plugin provides it"]


def _state(feature: Any) -> str:
    try:
        weights = feature.weights()
    except Unavailable as error:
        return f"missing: {error}"
    return f"{feature.name}, {weights.origin}" if weights else feature.name


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _lines(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value or ["none"]
