"""The page about plugins tells the truth: its first blocks are the plugin's files, and every other block works."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vlitq.host import Host
from vlitq.plugin import Pool, Ragged, Sample, Span, Status, Turn

ROOT = Path(__file__).parents[1]
HELLO = ROOT / "plugins" / "vlitq-hello"
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def hello(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A host that finds vlitq-hello as if pip had installed it."""
    project = tomllib.loads((HELLO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = tmp_path / f"vlitq_hello-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.3\nName: {project['name']}\nVersion: {project['version']}\n")
    points = "".join(f"{name} = {module}\n" for name, module in project["entry-points"]["vlitq"].items())
    (info / "entry_points.txt").write_text(f"[vlitq]\n{points}")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(HELLO)
    monkeypatch.delitem(sys.modules, "vlitq_hello", raising=False)  # what others hold comes back afterwards
    yield Host()
    sys.modules.pop("vlitq_hello", None)


@pytest.mark.parametrize("name", ["vlitq_hello.py", "pyproject.toml", "tests/test_echo.py"])
def test_the_page_shows_the_plugin_s_own_files(name: str) -> None:
    assert (HELLO / name).read_text(encoding="utf-8") in [code for _, code in BLOCKS]


def test_an_installed_plugin_is_listed_with_its_scorer(hello: Host) -> None:
    plugin = hello.owner("scorers", "echo")
    assert plugin.label == "hello (vlitq-hello 0.1.0)"
    assert plugin.status == "active"


def test_echo_counts_the_sequences_that_stand_in_the_instruction(hello: Host) -> None:
    copied = Sample("a", turns=(Turn("human", "Name the big red boat."), Turn("assistant", "The big red boat sails")))
    silent = Sample("b", turns=(Turn("human", "Name it."), Turn("assistant", "Boat")))
    scorer = hello.scorer("echo")()
    assert scorer.score([copied, silent])["share"] == pytest.approx([2 / 3, float("nan")], nan_ok=True)  # type: ignore[attr-defined]  # either kind of scorer has it


def test_the_scorer_with_a_model_sees_every_image() -> None:
    images = Ragged(np.array([[1, 0], [0, 1], [1, 0]], np.float32), np.array([0, 2, 3], np.int64))
    scorer = _example("class ImageSpread")["ImageSpread"]()
    assert scorer.score(images)["distance"] == pytest.approx([1, float("nan")], nan_ok=True)


def test_the_corpus_scorer_leaves_a_row_without_text_null() -> None:
    text = np.array([[1, 0], [1, 0], [np.nan, np.nan]], np.float32)
    scorer = _example("class Typical")["Typical"]()
    assert scorer.score(text)["cosine"] == pytest.approx([1, 1, float("nan")], nan_ok=True)


def test_the_selection_method_takes_the_lowest_score() -> None:
    score, ones = np.array([0.9, 0.1, 0.5]), np.ones(3, np.int64)
    pool = Pool(
        score=score,
        second=score,
        tie=np.arange(3, dtype=np.uint64),
        cost=ones,
        strata=ones * 0,
        stratum_names=("all",),
        ids=np.array(["a", "b", "c"], object).__getitem__,
        feature=lambda name, positions: np.zeros((len(positions), 1), np.float32),
    )
    assert list(_example("class Bottom")["Bottom"]().choose(pool, 2, np.random.default_rng(0)).order) == [1, 2]


def test_the_measure_leaves_out_what_a_set_without_texts_does_not_have() -> None:
    class Texts:
        def __init__(self, *texts: str) -> None:
            self.texts = lambda part: texts

    questions = _example("class Questions")["Questions"]()
    assert questions.measure(Texts("What is it?", "", "Describe it.")) == {"share": 0.5}
    assert questions.measure(Texts("")) == {}


def test_the_format_keeps_a_line_it_cannot_read(tmp_path: Path) -> None:
    source, target = tmp_path / "data.tsv", tmp_path / "subset.tsv"
    source.write_text("a.jpg\tWhat is it?\tA boat.\nbroken\n", encoding="utf-8")
    tabs = _example("class Tabs")["Tabs"]()
    first, second = tabs.read(source, wanted=lambda row: True)
    assert first.sample.response == "A boat."
    assert second.sample.problems[0].status is Status.INVALID
    assert list(tabs.read(source, wanted=lambda row: row == 1)) == [None, second]
    tabs.write(source, [Span(first.span.offset, first.span.length)], target)
    assert target.read_text(encoding="utf-8") == "a.jpg\tWhat is it?\tA boat.\n"


def _example(mark: str) -> dict[str, Any]:
    """The names that the page's block with `mark` defines."""
    (code,) = [code for language, code in BLOCKS if language == "python" and mark in code]
    module: dict[str, Any] = {"__name__": __name__}
    exec(compile(code, "docs/plugins.md", "exec", dont_inherit=True), module)
    return module
