"""Runs Data-Juicer as a user would: a configuration file, its command, and the files it leaves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.made_data import Pair
from benchmarks.timing import CACHE, Finished, run

VERSION = "1.6.1"
NAME = f"Data-Juicer {VERSION}"
ENVIRONMENT = CACHE / "rivals" / "data-juicer"
OPERATORS = Path(__file__).with_name("juicer_operators.py")
IMAGE_TOKEN, END_OF_CHUNK = "<__dj__image>", "<|__dj__eoc|>"  # data_juicer.utils.mm_utils.SpecialTokens
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "PYTHONWARNINGS": "ignore"}


@dataclass(frozen=True)
class Job:
    """One run of `dj-process`: where it lives, and what it reads and does."""

    folder: Path
    dataset: Path
    process: Sequence[Mapping[str, Mapping[str, Any]]]
    options: Mapping[str, Any]

    @property
    def exported(self) -> Path:
        """The file of rows that were kept."""
        return self.folder / "kept.jsonl"

    def command(self) -> list[str | Path]:
        """Writes the configuration and names the command that runs it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        configuration = self.folder / "job.yaml"  # JSON is YAML
        configuration.write_text(json.dumps(self._configuration(), indent=1))
        return [ENVIRONMENT / "bin" / "dj-process", "--config", configuration]

    def _configuration(self) -> dict[str, Any]:
        return {
            "dataset_path": str(self.dataset),
            "export_path": str(self.exported),
            "ds_cache_dir": str(self.folder / "cache"),
            "custom_operator_paths": [str(OPERATORS)],
            "process": list(self.process),
            **self.options,
        }

    def run(self, env: Mapping[str, str] | None = None) -> Finished:
        """Runs it to its end; raises `RuntimeError` with all it printed when it fails."""
        finished = run(self.command(), OFFLINE | dict(env or {}))
        if finished.exit_code:
            raise RuntimeError(f"dj-process ended with {finished.exit_code}:\n{finished.output}")
        return finished

    def kept(self) -> list[dict[str, Any]]:
        """The rows in the exported file; none where there is no file."""
        return _lines(self.exported)

    def stats(self) -> list[dict[str, Any]]:
        """The numbers computed for the rows that were kept, in the same order."""
        return [line["__dj__stats__"] for line in _lines(self.exported.with_name("kept_stats.jsonl"))]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def missing() -> str:
    """Why Data-Juicer cannot run here; empty when it can."""
    if (ENVIRONMENT / "bin" / "dj-process").exists():
        return ""
    return "Data-Juicer is not installed; run `python -m benchmarks.rivals.setup`"


def errors_in_summary(output: str) -> str:
    """The number after `Errors:` in the summary that ends a run."""
    found: list[str] = re.findall(r"^Errors: (\d+)", output, re.MULTILINE)
    return found[-1] if found else "no summary"


def convert_llava(source: Path, target: Path) -> Finished:
    """Data-Juicer's own converter, which its wheel carries, with its default options."""
    name = "tools.fmt_conversion.multimodal.source_format_to_data_juicer_format.llava_to_dj"
    return run([ENVIRONMENT / "bin" / "python", "-m", name, source, target], OFFLINE)


def write_pairs(rows: Iterable[Pair], target: Path, folder: Path = Path()) -> Path:
    """The rows in Data-Juicer's own format: the image's token, then the answer."""
    with target.open("w") as lines:
        for row in rows:
            token, images = (f"{IMAGE_TOKEN} ", [str(folder / row.image)]) if row.image else ("", [])
            record = {"id": row.id, "text": f"{token}{row.answer} {END_OF_CHUNK}", "images": images}
            lines.write(json.dumps(record) + "\n")
    return target
