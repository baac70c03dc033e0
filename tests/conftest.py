"""Keeps every test off the network and out of the user's own cache."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("shared", deadline=None)  # a busy machine is no fault of the code
if not os.environ.get("CI"):  # there hypothesis has a profile of its own
    settings.load_profile("shared")
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when the libraries are imported; 0 lets tests of weights fetch them


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VLITQ_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
