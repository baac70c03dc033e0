"""Makes the environment that Data-Juicer runs in, apart from the project's: `python -m benchmarks.rivals.setup`.

Data-Juicer alone does not start, and installs what it misses while it runs; so that no timing pays for that, what the
scenarios use is installed beforehand.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.rivals.data_juicer import ENVIRONMENT, VERSION

UNDECLARED = ("aiohttp", "fire", "imagededup", "opencv-python-headless", "ray", "torch", "torchvision", "transformers")


def main() -> None:
    """Creates the environment and installs into it; safe to repeat."""
    subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
    pip: list[str | Path] = [ENVIRONMENT / "bin" / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, f"py-data-juicer=={VERSION}", *UNDECLARED], check=True)
    print(f"Data-Juicer {VERSION} is in {ENVIRONMENT}")


if __name__ == "__main__":
    main()
