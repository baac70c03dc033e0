"""Builds the wheel, installs it elsewhere without any model library, lists its plugins and scores five samples."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = {".html", ".j2", ".css", ".js"}  # files that are no code of Python
TURNS = [{"from": "human", "value": "How many dogs are there?"}, {"from": "gpt", "value": "Two dogs are near a tree."}]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        check_contents(wheel)
        python = install(wheel, folder / "venv")
        check_plugins(python, folder)
        check_scores(python, folder)
    print(f"wheel: {wheel.name} installs alone, lists its plugins, scores five samples")


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT))
    return next(folder.glob("vlitq-*.whl"))


def check_contents(wheel: Path) -> None:
    top = {entry.split("/")[0] for entry in zipfile.ZipFile(wheel).namelist()}
    packages = {entry for entry in top if not entry.endswith(".dist-info")}
    assert packages == {"vlitq", "vlitq_scorers"}, f"the wheel must ship two packages, not {packages}"
    shipped = set(zipfile.ZipFile(wheel).namelist())
    ours = {str(path.relative_to(ROOT)) for path in (ROOT / "vlitq").rglob("*") if path.suffix in PAGES}
    assert ours, "the report and the explorer have pages"
    assert ours <= shipped, f"the wheel lacks {', '.join(sorted(ours - shipped))}"


def install(wheel: Path, folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(str(python), "-m", "pip", "install", "--quiet", str(wheel))
    return python


def check_plugins(python: Path, folder: Path) -> None:
    listed = json.loads(run(str(python), "-m", "vlitq", "plugins", "list", "--json", cwd=folder))
    broken = [plugin for plugin in listed if plugin["status"] != "active"]
    assert listed, "no plugin is listed"
    assert not broken, f"broken without the model libraries: {broken}"


def check_scores(python: Path, folder: Path) -> None:
    samples = [{"id": str(i), "conversations": TURNS} for i in range(5)]
    (folder / "data.json").write_text(json.dumps(samples), encoding="utf-8")
    command = ["-m", "vlitq", "score", "data.json", "--out", "run", "--scorers", "complexity", "--json"]
    facts = json.loads(run(str(python), *command, cwd=folder))
    assert facts["scorers"]["complexity"] == {"ok": 5}, facts


def run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, check=False, text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
