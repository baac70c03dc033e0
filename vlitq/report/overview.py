"""The overview section: what was scored, with which models and scorers, in how long, and how much of it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from vlitq.charts.chart import Cell
from vlitq.charts.numbers import share
from vlitq.counted import counted
from vlitq.report.blocks import Facts, Group, Section, Table, Text
from vlitq.report.in_short import in_short, model_nodes, models_told, origin, sizes, unscored
from vlitq.report.material import Material
from vlitq.report.naming import in_words
from vlitq.store import Run

BEHIND = "In numbers: models, scorers, dataset, recipe, machine and libraries"
DIGITS = 12  # of a digest


def section(material: Material) -> Section:
    """What is asked first in a line each; folded, the numbers, models, scorers, and what it takes to score again."""
    run = material.run
    told = tuple(models_told(run))
    tables = [one for one in (_models(run), _scorers(run), *_again(run)) if one.rows]
    behind = Group(BEHIND, [_numbers(material), *([Text(told)] if told else []), *tables], folded=True)
    return Section("overview", "What was scored", "", [Facts(tuple(in_short(material))), behind])


def _numbers(material: Material) -> Table:
    """The numbers that are asked for first."""
    run, failed = material.run, unscored(material.run)
    kept = {f"kept by {one.name}": len(one.rows) for one in material.selections}
    seconds = sum(float(one["seconds"]) for one in run.manifest.get("passes", ()))
    rows: list[list[Cell]] = [
        ["samples", len(run), ""],
        ["scored fully", len(run) - failed, share(len(run) - failed, len(run))],
        ["with some score missing", failed, share(failed, len(run))],
    ]
    rows += [[what, number, share(number, len(run))] for what, number in kept.items()]
    rows += [[what, number, ""] for what, number in sizes(run)]
    rows.append(["scored columns", len(material.columns), f"by {counted(len(run.scorers), 'scorer')}"])
    rows.append(["seconds of scoring", round(seconds, 1), _passes(run)])
    return Table("In numbers", ["", "number", "of all"], rows)


def _passes(run: Run) -> str:
    many = len(run.manifest.get("passes", ()))
    return "" if not many else f"in {counted(many, 'pass', 'passes')}; what was cached took no time again"


def _models(run: Run) -> Table:
    """Weights by their origin and digest, and what uses them."""
    users: dict[tuple[str, str], list[str]] = {}
    for node in model_nodes(run):
        digest = str((node.get("weights") or {}).get("digest") or "")[:DIGITS]
        users.setdefault((origin(node), digest), []).append(str(node["node"]))
    roles = {node: role for role, node in run.manifest.get("roles", {}).items()}
    rows: list[list[Cell]] = [
        [weights, digest, ", ".join(f"{one} ({roles[one]})" if one in roles else one for one in dict.fromkeys(nodes))]
        for (weights, digest), nodes in users.items()
    ]
    return Table("Models: where the weights come from", ["weights", "sha256 begins with", "used as"], rows)


def _scorers(run: Run) -> Table:
    """Each scorer with its plugin, its columns, and its seconds over all passes."""
    seconds: Counter[str] = Counter()
    for one in run.manifest.get("passes", ()):
        seconds.update(one.get("scorers", {}))
    rows: list[list[Cell]] = [
        [name, entry["plugin"], entry["version"], len(entry["columns"]), _seconds(seconds, name)]
        for name, entry in run.manifest["scorers"].items()
    ]
    return Table("Scorers; seconds without those of the models below them", _SCORER_HEAD, rows)


_SCORER_HEAD = ("scorer", "plugin", "version", "columns", "seconds")


def _seconds(seconds: Mapping[str, float], name: str) -> float | None:
    return round(float(seconds[name]), 3) if name in seconds else None


def _again(run: Run) -> tuple[Table, ...]:
    """What it takes to score the same again: the dataset, the recipe, the machine, libraries and plugins."""
    return _dataset(run), _passes_table(run), _libraries(run), _summary(run)


def _dataset(run: Run) -> Table:
    dataset, recipe = run.manifest["dataset"], run.manifest.get("recipe") or {}
    limit = f"the first {dataset['limit']:,} rows" if dataset.get("limit") else "all rows"
    told: dict[str, Cell] = {
        "dataset": f"{dataset['path']}, {limit}",
        "format": dataset["format"],
        "size in bytes": dataset["bytes"],
        "sha256": dataset["sha256"],
        "images": dataset["images"],
        "run folder": str(run.path),
        "recipe": _recipe(recipe),
        "selects by default": _selects(recipe.get("select") or {}),
        "stand-ins": "; ".join(recipe.get("stand_ins", ())),
    }
    return Table("Dataset and recipe", ["", ""], [[name, value] for name, value in told.items() if value])


def _recipe(recipe: Mapping[str, Any]) -> str:
    said = [str(recipe.get(key)) for key in ("name", "description", "source") if recipe.get(key)]
    return ". ".join(one.rstrip(".") for one in said)


def _selects(select: Mapping[str, Any]) -> str:
    return "; ".join(f"{name} {in_words(value)}" for name, value in select.items())


def _passes_table(run: Run) -> Table:
    """When and where each pass ran, and what its models computed or found in the cache."""
    rows: list[list[Cell]] = []
    for one in run.manifest.get("passes", ()):
        runtime, features = one.get("runtime", {}), one.get("features", {}).values()
        where = f"{one.get('machine', '')}, {runtime.get('device', '')}"
        computed, cached, failed = (sum(int(each.get(kind, 0)) for each in features) for kind in _COUNTS)
        rows.append([one.get("finished", ""), where, round(float(one["seconds"]), 1), computed, cached, failed])
    head = ["finished", "machine", "seconds", "vectors computed", "from the cache", "failed"]
    return Table("Passes", head, rows)


_COUNTS = ("computed", "cached", "failed")


def _libraries(run: Run) -> Table:
    rows: list[list[Cell]] = [[name, str(version)] for name, version in run.manifest.get("libraries", {}).items()]
    others = Counter((one["distribution"], one["version"], one["status"]) for one in run.manifest.get("plugins", ()))
    rows += [[f"{counted(n, 'plugin')} of {name}, {status}", version] for (name, version, status), n in others.items()]
    return Table("Libraries and plugins", ["", "version"], rows)


def _summary(run: Run) -> Table:
    rows: Sequence[Sequence[Cell]] = [[name, float(value)] for name, value in run.summary().items()]
    return Table("Numbers of the whole set", ["number", "value"], rows)
