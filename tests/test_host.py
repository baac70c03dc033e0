"""Plugins fail alone, with their cause; and every name that cannot be served is answered with the way out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from worlds import install

from vlitq.host import DISABLE_VARIABLE, Host, HostError, Plugin

HEAD = """
from dataclasses import dataclass
from vlitq.plugin import Column, SampleScorer, Samples, hookimpl
MARK = Column("mark", "int32", "A mark.")
"""

GOOD = (
    HEAD
    + """
@dataclass(frozen=True)
class Good(SampleScorer):
    name = "good"
    columns = (MARK,)
    def score(self, samples): ...

@hookimpl
def vlitq_register_scorers():
    return [Good]
"""
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed plugins; their modules, called `plugged_…`, are forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv(DISABLE_VARIABLE, raising=False)
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("plugged_")]:
        del sys.modules[name]


def plug(site: Path, name: str, code: str, distribution: str = "") -> None:
    install(site, name, f"plugged_{name}_{distribution.replace('-', '_')}", code, distribution)


def plugin(host: Host, name: str) -> Plugin:
    (found,) = [plugin for plugin in host.plugins if plugin.name == name]
    return found


def test_a_plugin_that_fails_to_import_is_broken_with_its_cause_and_the_others_work(site: Path) -> None:
    plug(site, "bad", "import a_package_that_is_not_there")
    plug(site, "fine", GOOD)
    host = Host()
    assert plugin(host, "bad").status == "broken"
    assert "No module named 'a_package_that_is_not_there'" in plugin(host, "bad").cause
    assert host.scorer("good").name == "good"
    assert "complexity" in host.names("scorers")


@pytest.mark.parametrize("stop", ["raise ValueError('not today')", "raise SystemExit('not today')"])
def test_a_plugin_that_fails_to_register_is_broken_and_offers_nothing(site: Path, stop: str) -> None:
    plug(site, "bad", f"{GOOD}    {stop}\n".replace("    return [Good]\n", ""))
    host = Host()
    assert plugin(host, "bad").status == "broken"
    assert "not today" in plugin(host, "bad").cause
    assert "good" not in host.names("scorers")


def test_asking_for_the_scorer_of_a_broken_plugin_quotes_the_cause(site: Path) -> None:
    plug(site, "bad", "import a_package_that_is_not_there")
    with pytest.raises(HostError, match=r"no scorer 'bad'.*bad \(vlitq-bad 1\.0\) is broken: ModuleNotFoundError"):
        Host().scorer("bad")
    with pytest.raises(HostError, match="a_package_that_is_not_there"):
        Host().scorer("whatever_it_offers")


def test_a_disabled_plugin_is_listed_and_never_imported(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug(site, "quiet", GOOD)
    monkeypatch.setenv(DISABLE_VARIABLE, "other, quiet")
    host = Host()
    assert plugin(host, "quiet").status == "disabled"
    assert not any(name.startswith("plugged_quiet") for name in sys.modules)
    with pytest.raises(HostError, match=r"quiet \(vlitq-quiet 1\.0\) is disabled: named in VLITQ_DISABLE"):
        host.scorer("good")


def test_a_plugin_can_be_disabled_by_its_distribution(site: Path) -> None:
    plug(site, "quiet", GOOD)
    assert plugin(Host(disabled=["vlitq-quiet"]), "quiet").status == "disabled"


def test_a_name_claimed_twice_names_both_plugins_and_their_distributions(site: Path) -> None:
    plug(site, "one", GOOD, "first-dist")
    plug(site, "two", GOOD, "second-dist")
    with pytest.raises(HostError, match=r"'good' is claimed by one \(first-dist 1\.0\) and two \(second-dist 1\.0\)"):
        Host().scorer("good")
    assert Host(disabled=["two"]).owner("scorers", "good").name == "one"


def test_an_unknown_name_is_answered_with_the_nearest_and_the_list() -> None:
    with pytest.raises(HostError, match=r"no scorer 'complexty'\. Did you mean 'complexity'\? There are: .*alignment"):
        Host().scorer("complexty")


MISTAKES = {
    "a misspelt hook": (GOOD.replace("vlitq_register_scorers", "vlitq_register_scorer"), "unknown hook"),
    "not frozen": (GOOD.replace("frozen=True", "frozen=False"), "Good is not a frozen dataclass"),
    "no dataclass": (GOOD.replace("@dataclass(frozen=True)\n", ""), "Good is not a frozen dataclass"),
    "abstract": (GOOD.replace("def score", "def scores"), "Good does not define score"),
    "an instance": (GOOD.replace("[Good]", "[Good()]"), "is not a subclass of Scorer"),
    "no name": (GOOD.replace('    name = "good"\n', ""), "has no name"),
    "a name that is a path": (GOOD.replace('"good"', '"../good"'), "'../good' is not an identifier"),
    "no columns": (GOOD.replace("    columns = (MARK,)\n", ""), "columns must be a tuple of at least one Column"),
    "a list of columns": (GOOD.replace("(MARK,)", "[MARK]"), "columns must be a tuple of at least one Column"),
    "two columns of a name": (GOOD.replace("(MARK,)", "(MARK, MARK)"), "a second column 'mark'"),
    "a reserved column": (GOOD.replace('"mark"', '"status"'), "a second column 'status'"),
    "neither kind": (GOOD.replace("SampleScorer", "Scorer"), "neither a SampleScorer nor a CorpusScorer"),
    "offered twice": (GOOD.replace("[Good]", "[Good, Good]"), "scorer 'good' is registered twice"),
    "nothing returned": (GOOD.replace("return [Good]", "pass"), "TypeError"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_plugin_with_a_mistake_is_broken_with_what_is_wrong(site: Path, mistake: str) -> None:
    code, cause = MISTAKES[mistake]
    plug(site, "bad", code)
    found = plugin(Host(), "bad")
    assert found.status == "broken"
    assert cause in found.cause


def test_an_entry_point_must_name_a_module(site: Path) -> None:
    install(site, "bad", "plugged_bad:Good")
    (site / "plugged_bad.py").write_text(GOOD)
    assert "must name a module" in plugin(Host(), "bad").cause


def test_the_built_in_plugins_are_all_active() -> None:
    assert {plugin.status for plugin in Host(disabled=()).plugins} == {"active"}
