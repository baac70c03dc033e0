"""Keeps every test off the network and out of the user's own cache; and what several modules look at in Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from view_world import Served

settings.register_profile("shared", deadline=None)  # a busy machine is no fault of the code
if not os.environ.get("CI"):  # there hypothesis has a profile of its own
    settings.load_profile("shared")
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when the libraries are imported; 0 lets tests of weights fetch them


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VLITQ_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from browser import chromium  # here: tests without a browser do not wait for it

    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run to be looked at; a test that changes it copies it."""
    from view_world import score

    return score(tmp_path_factory.mktemp("explored"))


@pytest.fixture
def server(explored: Path, tmp_path: Path) -> Iterator[Served]:
    """The explorer of a copy of the run, so that no test sees the labels of another."""
    from view_world import served

    shutil.copytree(explored, tmp_path / "run")
    with served(tmp_path / "run") as found:
        yield found
