"""Makes the environments that the rivals run in, apart from the project's: `python -m benchmarks.rivals.setup`.

imagededup and CleanVision share one, so do SemHash and distilabel, and apricot, submodlib and vendi-score. Data-Juicer
alone does not start, and installs what it misses while it runs; so that no timing pays for that, what the scenarios use
is installed beforehand. DEITA is on no package index: it runs in Data-Juicer's environment, from a clone that is yours
to make.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.rivals import duplicates, image_checks, subsets
from benchmarks.rivals.data_juicer import ENVIRONMENT, VERSION

UNDECLARED = ("aiohttp", "fire", "imagededup", "opencv-python-headless", "ray", "torch", "torchvision", "transformers")


def main() -> None:
    """Creates the environments and installs into them; safe to repeat."""
    _make(ENVIRONMENT, f"py-data-juicer=={VERSION}", *UNDECLARED)
    for rivals in (image_checks, duplicates, subsets):
        _make(rivals.ENVIRONMENT, *rivals.PACKAGES)
    if duplicates.THEIR_FILTER.missing:
        print(f"DEITA is left to you: {duplicates.DEITA_WAY}")


def _make(environment: Path, *packages: str) -> None:
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run([environment / "bin" / "python", "-m", "pip", "install", "--quiet", *packages], check=True)
    print(f"{packages[0]} is in {environment}")


if __name__ == "__main__":
    main()
