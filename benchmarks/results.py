"""What a benchmark leaves behind: figures with their spread, claims with their targets, and the machine, as JSON."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent / "results"
PACKAGES = ("vlitq", "numpy", "torch", "open_clip_torch", "transformers", "faiss-cpu", "pillow", "pyarrow")

Sense = Literal["at least", "at most"]


@dataclass(frozen=True)
class Spread:
    """Smallest, middle and largest of the repeats."""

    low: float
    median: float
    high: float
    repeats: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        return cls(min(values), statistics.median(values), max(values), len(values))

    @classmethod
    def of_ratios(cls, over: Sequence[float], under: Sequence[float]) -> Spread:
        """The spread of what one has measured by what another has, repeat by repeat."""
        return cls.of([a / b for a, b in zip(over, under, strict=True)])


@dataclass(frozen=True)
class Figure:
    """One measured quantity, for each subject (a program, or a part of one)."""

    label: str
    unit: str
    subjects: Mapping[str, Spread | str]


@dataclass(frozen=True)
class Claim:
    """A ratio that is to hold; it holds when the median of the repeats does."""

    text: str
    sense: Sense
    target: float
    measured: Spread

    @property
    def holds(self) -> bool:
        """True when the median meets the target."""
        median = self.measured.median
        return median >= self.target if self.sense == "at least" else median <= self.target


def machine() -> str:
    """Processor, usable cores, memory and Python, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{_processor()}, {cores} cores, {memory:.0f} GiB, {system}"


def _processor() -> str:
    """The processor's name where the system tells it."""
    listing = Path("/proc/cpuinfo")
    lines = listing.read_text().splitlines() if listing.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def versions() -> dict[str, str]:
    """The installed version of each package that moves the figures."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found


@dataclass(frozen=True)
class Result:
    """One benchmark's outcome. `could_not_run` says why there are no figures; such a result claims nothing."""

    name: str
    title: str
    figures: tuple[Figure, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    could_not_run: str = ""
    quick: bool = False
    load_before: float = 0.0  # processes that wanted to run in the minute before: what a timing had to share with
    machine: str = field(default_factory=machine)
    versions: Mapping[str, str] = field(default_factory=versions)
    when: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="minutes"))

    @property
    def command(self) -> str:
        """What runs it again."""
        return f"python -m benchmarks {self.name}{' --quick' if self.quick else ''}"

    @property
    def holds(self) -> bool:
        """True when it ran and every claim holds."""
        return not self.could_not_run and all(claim.holds for claim in self.claims)


def one(value: float) -> Spread:
    """The spread of a count or of a single measurement."""
    return Spread.of([value])


def save(result: Result) -> Path:
    """Writes `results/NAME.json`. A quick run goes beside, so that it never replaces a full one."""
    FOLDER.mkdir(exist_ok=True)
    target = FOLDER / f"{result.name}{'.quick' if result.quick else ''}.json"
    claims = [asdict(claim) | {"holds": claim.holds} for claim in result.claims]
    target.write_text(json.dumps(asdict(result) | {"claims": claims}, indent=1, ensure_ascii=False) + "\n")
    return target


def load(path: Path) -> Result:
    """The result that `save` wrote."""
    raw = json.loads(path.read_text())
    figures = tuple(Figure(f["label"], f["unit"], _subjects(f["subjects"])) for f in raw.pop("figures"))
    claims = tuple(Claim(c["text"], c["sense"], c["target"], Spread(**c["measured"])) for c in raw.pop("claims"))
    return Result(**raw | {"figures": figures, "claims": claims, "notes": tuple(raw["notes"])})


def _subjects(raw: Mapping[str, dict[str, float] | str]) -> dict[str, Spread | str]:
    return {
        name: value
        if isinstance(value, str)
        else Spread(value["low"], value["median"], value["high"], int(value["repeats"]))
        for name, value in raw.items()
    }
