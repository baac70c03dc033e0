"""Makes the environments that the rivals run in, apart from the project's: `python -m benchmarks.rivals.setup`.

imagededup and CleanVision share one. Data-Juicer alone does not start, and installs what it misses while it runs; so
that no timing pays for that, what the scenarios use is installed beforehand.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.rivals import image_checks
from benchmarks.rivals.data_juicer import ENVIRONMENT, VERSION

UNDECLARED = ("aiohttp", "fire", "imagededup", "opencv-python-headless", "ray", "torch", "torchvision", "transformers")


def main() -> None:
    """Creates the environments and installs into them; safe to repeat."""
    _make(ENVIRONMENT, f"py-data-juicer=={VERSION}", *UNDECLARED)
    _make(image_checks.ENVIRONMENT, *image_checks.PACKAGES)


def _make(environment: Path, *packages: str) -> None:
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run([environment / "bin" / "python", "-m", "pip", "install", "--quiet", *packages], check=True)
    print(f"{packages[0]} is in {environment}")


if __name__ == "__main__":
    main()
