"""A run from plan to manifest: what is there already, what is left, and doing it."""

from __future__ import annotations

import errno
import fcntl
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from vlitq.engine.bank import Bank
from vlitq.engine.corpus import Corpus
from vlitq.engine.folder import Folder
from vlitq.engine.manifest import Request, begun, ended, fingerprint
from vlitq.engine.processes import Workers, number_of
from vlitq.engine.progress import Progress
from vlitq.engine.shard import shares
from vlitq.engine.stream import Stream
from vlitq.files import PARTIAL, finish_vectors
from vlitq.node import Runtime
from vlitq.plan import Plan
from vlitq.store import MANIFEST, Run, RunError

LOCK = "lock"
LOCK_SECONDS = 1.0  # the processes of a run that was killed hold its lock for an instant longer
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def execute(plan: Plan, request: Request, runtime: Runtime) -> Run:
    """Score the dataset into the run folder: what is not there yet, and nothing twice.

    Raises `RunError` when the folder holds something else, `FormatError` when the dataset cannot be read.
    """
    with _room(request), _locked(request.out) as lock:
        dataset = fingerprint(request)
        earlier = _earlier(request.out, dataset)
        todo = replace(plan, scorers=tuple(s for s in plan.scorers if not _done(s.name, plan.key(s), earlier)))
        if earlier is not None and earlier.complete and not todo.scorers:
            return earlier
        folder = Folder(request.out)
        manifest = begun(request, dataset, earlier.manifest if earlier else None)
        folder.write_manifest(manifest)
        began = time.perf_counter()
        with ExitStack() as stack:
            progress = Progress(manifest["dataset"]["bytes"], request.limit, request.quiet)
            stack.callback(progress.close)
            stream = _stream(todo, request, runtime, lock, progress, stack)
            corpus = _corpus(todo, folder, stream.counts.rows, runtime, progress)
        folder.write_manifest(ended(manifest, todo, stream, corpus, runtime, time.perf_counter() - began))
        return Run(request.out)


def _stream(plan: Plan, request: Request, runtime: Runtime, lock: int, progress: Progress, stack: ExitStack) -> Stream:
    folder = Folder(request.out)
    cache = request.cache or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vlitq-")))
    keys = {feature: plan.key(feature) for feature in plan.features}
    bank = stack.enter_context(Bank(keys, cache, runtime, progress.encoded))
    stream = Stream(plan, bank, folder, request.images.resolve(), runtime.workers, progress.shard)
    own, *others = shares(number_of(plan, request, runtime))
    with Workers(plan, request, others, lock, progress.shard) as workers:
        stream.run(workers.heard(request.shards(own)))
        workers.finish()
        stream.counts.add(workers.counts)
    for share in workers.refused:
        stream.run(request.shards(share))
    if stream.counts.rows == 0:
        raise RunError(f"{request.data} holds no records: there is nothing to score")
    for view in plan.stored:
        finish_vectors(folder.feature_file(view.label, plan.key(view)), stream.counts.rows)
    return stream


def _corpus(plan: Plan, folder: Folder, rows: int, runtime: Runtime, progress: Progress) -> Corpus:
    corpus = Corpus(plan, folder, rows, runtime.workers)
    for scorer in plan.corpus_scorers:
        progress.stage(scorer.name)
        corpus.score(scorer)
    return corpus


def _earlier(out: Path, dataset: Mapping[str, Any]) -> Run | None:
    """The run that the folder holds of this very dataset. Raises `RunError` when it holds anything else."""
    if not (out / MANIFEST).is_file():
        return None
    run = Run(out)
    for name, what in (("sha256", "dataset"), ("images", "image folder"), ("limit", "--limit")):
        if run.manifest["dataset"][name] != dataset[name]:
            moved = f", or, where it has been moved, `vlitq relocate {out}` first" if name == "images" else ""
            raise RunError(
                f"{out} holds another run: its {what} was {run.manifest['dataset'][name]}, not {dataset[name]}. "
                f"Choose another --out{moved}; vectors computed before are taken from the cache all the same"
            )
    return run


def _done(scorer: str, key: str, earlier: Run | None) -> bool:
    """True when an earlier pass finished this scorer. What a pass left unfinished goes on shard by shard."""
    return earlier is not None and earlier.manifest["scorers"].get(scorer, {}).get("key") == key


@contextmanager
def _room(request: Request) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        folders = f"{request.out}" + (f" or the cache {request.cache}" if request.cache else "")
        raise RunError(
            f"no room to write: {error.strerror}. Free some space for {folders}: the same command goes on where it "
            "stopped"
        ) from error


def _refuse_foreign(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise RunError(f"{out} is a file: choose another --out")
    if out.is_dir() and not (out / MANIFEST).is_file():
        ours = {LOCK, MANIFEST + PARTIAL}  # all that a run stopped in its first instant leaves
        if any(entry.name not in ours for entry in out.iterdir()):
            raise RunError(f"{out} is not empty and holds no run: choose another --out")


@contextmanager
def _locked(out: Path) -> Iterator[int]:
    """Holds the lock of a run folder; yields its descriptor."""
    _refuse_foreign(out)
    out.mkdir(parents=True, exist_ok=True)
    with (out / LOCK).open("w") as lock:
        until = time.monotonic() + LOCK_SECONDS
        while not _taken(lock.fileno()):
            if time.monotonic() > until:
                raise RunError(f"another process is writing {out}: wait for it, or choose another --out")
            time.sleep(0.02)
        yield lock.fileno()


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
