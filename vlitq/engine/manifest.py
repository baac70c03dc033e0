"""The manifest of a run: what was asked, of which data, by which plugins, models and versions, and what it cost."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from vlitq.engine.shard import Shard, Share, shards
from vlitq.files import sha256_of
from vlitq.format import Format
from vlitq.node import CorpusFeature, Feature, Runtime, Scorer, View, feature_of, label_of
from vlitq.plan import Plan
from vlitq.run_folder import LAYOUT, ROWS, read_table, scores_folder

if TYPE_CHECKING:
    from vlitq.engine.corpus import Corpus
    from vlitq.engine.stream import Stream

LIBRARIES = (
    "vlitq", "numpy", "pyarrow", "pillow", "torch", "torchvision", "open_clip_torch", "sentence-transformers",
    "transformers", "timm", "faiss-cpu",
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """What a user asks of a run, besides the plan. `limit` None is all rows; `cache` None keeps no vectors."""

    data: Path
    images: Path
    out: Path
    format: Format
    cache: Path | None = None
    limit: int | None = None
    recipe: Mapping[str, Any] | None = None
    plugins: tuple[Mapping[str, str], ...] = ()
    quiet: bool = False

    def shards(self, share: Share) -> Iterator[Shard]:
        """The shards of a share of the rows asked for."""
        return shards(islice(self.format.read(self.data, wanted=share.wants), self.limit), share)


def fingerprint(request: Request) -> dict[str, Any]:
    """What makes a dataset this one: its bytes, its image folder, and how many of its rows are asked for."""
    return {
        "path": str(request.data.resolve()),
        "images": str(request.images.resolve()),
        "format": request.format.name,
        "bytes": request.data.stat().st_size,
        "sha256": sha256_of(request.data),
        "limit": request.limit,
    }


def begun(request: Request, dataset: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> dict[str, Any]:
    """The manifest of a run that has begun: not complete, with what earlier passes finished and nothing else."""
    nothing = {"rows": 0, "models": {}, "roles": {}, "scorers": {}, "features": {}, "passes": []}
    return {
        **(earlier or nothing),
        "layout": LAYOUT,
        "complete": False,
        "dataset": dataset,
        "recipe": request.recipe,
        "plugins": list(request.plugins),
        "libraries": _libraries(),
    }


def ended(
    manifest: Mapping[str, Any], plan: Plan, stream: Stream, corpus: Corpus, runtime: Runtime, seconds: float
) -> dict[str, Any]:
    """The manifest of a run that is complete: rows by status, summaries, and the cost of this pass."""
    path = stream.folder.path
    models = {f"{f.name}.{plan.key(f)[:8]}": _describe(plan, f) for f in plan.features if f in plan.weights}
    scorers = {s.name: _scorer(plan, s, path, corpus.summaries.get(s.name, {})) for s in plan.scorers}
    ids = read_table(path / ROWS, ["id"])["id"]
    cost = {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": seconds,
        "runtime": asdict(runtime),
        "machine": f"{platform.machine()} {platform.system()}, Python {platform.python_version()}",
        "images": {"read": stream.counts.images_read, "decoded": stream.counts.images_decoded},
        "features": {name: asdict(meter) for name, meter in stream.bank.meters.items()},
        "scorers": {**stream.counts.seconds, **corpus.seconds},
    }
    return {
        **manifest,
        "complete": True,
        "rows": stream.counts.rows,
        "repeated_ids": len(ids) - pc.count_distinct(ids).as_py(),
        "statuses": _statuses(path / ROWS),
        "models": {**manifest["models"], **models},
        "roles": {**manifest["roles"], **{role: feature.name for role, feature in plan.models.items()}},
        "scorers": {**manifest["scorers"], **scorers},
        "features": {**manifest["features"], **_features(plan)},
        "passes": [*manifest["passes"], cost],
    }


def _scorer(plan: Plan, scorer: Scorer, run: Path, summary: Mapping[str, float]) -> dict[str, Any]:
    return {
        "key": plan.key(scorer),
        "version": scorer.version,
        "plugin": plan.owners[scorer.name],
        "parameters": scorer.parameters(),
        "columns": [asdict(column) for column in scorer.columns],
        "summary": dict(summary),
        "statuses": _statuses(scores_folder(run, scorer.name, plan.key(scorer))),
    }


def _features(plan: Plan) -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = {}
    needs: list[View | CorpusFeature] = [*plan.stored, *plan.corpus_features]
    for need in needs:
        key, name = plan.key(need), label_of(need)
        label = f"{name}.{key[:8]}" if name in entries else name  # one node with two sets of parameters
        entries[label] = {"file": f"{name}.{key[:8]}.npy", "key": key, **_describe(plan, feature_of(need))}
    return entries


def _describe(plan: Plan, node: Feature | CorpusFeature) -> dict[str, Any]:
    weights = plan.weights.get(node)
    return {
        "node": node.name,
        "version": node.version,
        "parameters": node.parameters(),
        "weights": asdict(weights) if weights else None,
    }


def _statuses(folder: Path) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for entry in pc.value_counts(read_table(folder, ["status"])["status"].combine_chunks()).to_pylist():
        counts[entry["values"]] += entry["counts"]
    return dict(sorted(counts.items()))


def _libraries() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
