"""Where weights lie on this machine, what pins them, and one clear error where they are missing."""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import urllib.error
import urllib.request
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from vlitq.files import sha256_of
from vlitq.node import Unavailable

CONNECT_SECONDS = 5.0  # how long a hub may take to answer before it counts as out of reach
OFFLINE_WAY_OUT = (
    "Way out: run once on a connected machine and copy its cache, name a path on disk, or use --models embedded"
)


def require(module: str, extra: str, who: str) -> ModuleType:
    """Import a library; `Unavailable` with the pip line where it is missing or broken."""
    try:
        return importlib.import_module(module)
    except (ImportError, RuntimeError) as cause:  # torchvision built for another torch raises RuntimeError
        raise Unavailable(
            f'{who}: {module} cannot be imported ({cause}). Way out: pip install "vlitq[{extra}]"'
        ) from cause


def package_folder(package: str, distribution: str, way_out: str = 'pip install "vlitq[embedded]"') -> Path:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(f"embedded models: {distribution} is not installed. Way out: {way_out}")
    return Path(next(iter(spec.submodule_search_locations)))


def file_digest(path: Path) -> str:
    """sha256 of a file; of one that has not changed it is computed once."""
    stat = path.stat()
    return _file_digest(path.resolve(), stat.st_size, stat.st_mtime_ns)


def folder_digest(folder: Path) -> str:
    """sha256 over the names and contents of all files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{file_digest(path)}\n".encode())
    return digest.hexdigest()


def folder_revision(folder: Path) -> str:
    """What pins a model's folder: the hub's revision where it is a snapshot, else `folder_digest`."""
    return folder.name if folder.parent.name == "snapshots" else folder_digest(folder)


@lru_cache(maxsize=256)
def _file_digest(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001  # size and time are the cache's key
    return sha256_of(path)


def in_hub_cache(repository: str, name: str) -> Path | None:
    """A file of a hub's repository where an earlier download left it; no network."""
    found = _hub().try_to_load_from_cache(repository, name)
    return Path(found) if isinstance(found, str) else None


def snapshot_in_hub_cache(repository: str, cache: str | None) -> Path | None:
    """The snapshot of a hub's repository where one was downloaded, whole or not; no network."""
    hub = _hub()
    try:
        return Path(hub.snapshot_download(repository, local_files_only=True, cache_dir=cache))
    except (hub.errors.LocalEntryNotFoundError, hub.errors.HFValidationError):
        return None


def hub_address(repository: str) -> str:
    """An address that answers when the hub can be reached."""
    return str(_hub().hf_hub_url(repository, "config.json"))


def require_reachable(url: str, who: str) -> None:
    """`Unavailable` within seconds where no server answers, so that no library retries for minutes."""
    if _hub().constants.HF_HUB_OFFLINE:
        raise Unavailable(f"{who}: not on this machine, and HF_HUB_OFFLINE forbids to fetch it. {OFFLINE_WAY_OUT}")
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310  # the address comes from the library, https
    try:
        urllib.request.urlopen(request, timeout=CONNECT_SECONDS).close()  # noqa: S310  # as above
    except urllib.error.HTTPError:
        return  # a server answered: what it says is for the library to handle
    except OSError as cause:
        raise Unavailable(
            f"{who}: not on this machine, and {url} cannot be reached ({cause}). {OFFLINE_WAY_OUT}"
        ) from cause


def first_line(cause: BaseException) -> str:
    """What a library's long error says first."""
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]


def nearest(name: str, known: Iterable[str]) -> str:
    """The sentence that helps with a misspelt name."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(map(repr, close))}?" if close else f"There are: {', '.join(names[:20])}"


def _hub() -> ModuleType:
    return require("huggingface_hub", "clip", "a model from a hub")
