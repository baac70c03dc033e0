"""Which open_clip models there are, and where their checkpoints lie."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlitq.node import Unavailable, Weights
from vlitq_scorers.features.weights import (
    file_digest,
    first_line,
    folder_digest,
    hub_address,
    in_hub_cache,
    nearest,
    require,
    require_reachable,
)

HUB, FOLDER = "hf-hub:", "local-dir:"
EXTRA = "clip"
_CHECKPOINTS = ("*.safetensors", "*.bin", "*.pth")


@dataclass(frozen=True)
class ClipModel:
    """A model as open_clip names it: architecture and tag or checkpoint, or a place after `hf-hub:` or `local-dir:`."""

    architecture: str
    pretrained: str

    @property
    def label(self) -> str:
        """As `--models` takes it."""
        return f"{self.architecture}/{self.pretrained}" if self.pretrained else self.architecture


def architectures() -> list[str]:
    """Names of open_clip's architectures, found without importing it; those added at run time too, once it is."""
    if "open_clip" in sys.modules:
        return list(sys.modules["open_clip"].list_models())
    spec = importlib.util.find_spec("open_clip")
    folders = spec.submodule_search_locations if spec else None
    return [path.stem for folder in folders or [] for path in Path(folder, "model_configs").glob("*.json")]


def clip_weights(model: ClipModel) -> Weights:
    """The checkpoint's path and sha256. Raises `Unavailable` when it is nowhere to be had."""
    path = locate(model)
    return Weights(str(path), folder_digest(path) if path.is_dir() else file_digest(path))


def locate(model: ClipModel) -> Path:
    """The checkpoint on this machine, fetched by open_clip where it is not; a folder for `hf-hub:` and `local-dir:`."""
    require("open_clip", EXTRA, model.label)
    if model.architecture.startswith(FOLDER):
        return _model_folder(Path(model.architecture.removeprefix(FOLDER)), model)
    if model.architecture.startswith(HUB):
        return _hub_folder(model)
    if model.architecture not in architectures():
        raise Unavailable(
            f"open_clip has no architecture {model.architecture!r}. {nearest(model.architecture, architectures())}"
        )
    return _tagged_or_file(model)


def _tagged_or_file(model: ClipModel) -> Path:
    import open_clip

    tag = open_clip.get_pretrained_cfg(model.architecture, model.pretrained)
    if tag:
        _require_same_activation(model, tag)
        return _cached(tag) or _download(model, tag)
    if Path(model.pretrained).is_file():
        return Path(model.pretrained)
    tags = open_clip.list_pretrained_tags_by_model(model.architecture)
    raise Unavailable(
        f"{model.architecture}: {model.pretrained!r} is neither a tag of it nor a file. "
        f"{nearest(model.pretrained, tags) if tags else 'It has no tags: name a checkpoint.'}"
    )


def _require_same_activation(model: ClipModel, tag: dict[str, Any]) -> None:
    """open_clip only warns where weights trained with QuickGELU are run with GELU: every embedding would be wrong."""
    import open_clip

    trained = tag.get("quick_gelu", False)
    if trained != open_clip.get_model_config(model.architecture).get("quick_gelu", False):
        other = f"{model.architecture}-quickgelu" if trained else model.architecture.removesuffix("-quickgelu")
        raise Unavailable(
            f"{model.label}: the weights were trained with {'QuickGELU' if trained else 'GELU'}, the architecture uses "
            f"the other. Way out: {other}/{model.pretrained}"
        )


def _cached(tag: dict[str, Any]) -> Path | None:
    """A tag's checkpoint where open_clip's download left it; no network."""
    from open_clip.constants import HF_SAFE_WEIGHTS_NAME, HF_WEIGHTS_NAME

    repository, _, name = tag.get("hf_hub", "").rpartition("/")
    if repository:
        names = [name, str(Path(name).with_suffix(".safetensors"))] if name else [HF_WEIGHTS_NAME, HF_SAFE_WEIGHTS_NAME]
        return next((path for name in reversed(names) if (path := in_hub_cache(repository, name))), None)
    file = Path.home() / ".cache" / "clip" / tag.get("url", "").rpartition("/")[2]
    return file if file.is_file() else None


def _download(model: ClipModel, tag: dict[str, Any]) -> Path:
    import open_clip

    repository = tag.get("hf_hub", "").rpartition("/")[0]
    return _fetched(model, repository, tag.get("url", ""), lambda: open_clip.download_pretrained(tag))


def _fetched(model: ClipModel, repository: str, url: str, download: Callable[[], str]) -> Path:
    require_reachable(hub_address(repository) if repository else url, model.label)
    try:
        return Path(download())
    except (OSError, RuntimeError, ValueError) as cause:  # what open_clip, huggingface_hub and urllib raise
        raise Unavailable(
            f"{model.label}: the download failed ({first_line(cause)}). "
            "Way out: check the name, or name a checkpoint on disk"
        ) from cause


def _hub_folder(model: ClipModel) -> Path:
    from open_clip import pretrained
    from open_clip.constants import HF_CONFIG_NAME, HF_SAFE_WEIGHTS_NAME, HF_WEIGHTS_NAME

    repository = model.architecture.removeprefix(HUB)
    config = in_hub_cache(repository, HF_CONFIG_NAME)
    checkpoint = in_hub_cache(repository, HF_SAFE_WEIGHTS_NAME) or in_hub_cache(repository, HF_WEIGHTS_NAME)
    if config and checkpoint:
        return config.parent
    fetch = pretrained.download_pretrained_from_hf
    _fetched(model, repository, "", lambda: fetch(repository))
    return _fetched(model, repository, "", lambda: fetch(repository, filename=HF_CONFIG_NAME)).parent


def _model_folder(folder: Path, model: ClipModel) -> Path:
    found = (folder / "open_clip_config.json").is_file() and any(any(folder.glob(kind)) for kind in _CHECKPOINTS)
    if not found:
        raise Unavailable(
            f"{model.label}: {folder} does not hold open_clip_config.json and a checkpoint "
            f"({', '.join(_CHECKPOINTS)}). Way out: name the folder that open_clip's push_to_hf_hub wrote"
        )
    return folder
