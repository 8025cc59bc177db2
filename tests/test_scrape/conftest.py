"""A store of one's own for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scrape_site.server import LoopbackSite, invented_pages


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where snapshots and texts go."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SPECC_HOME", str(folder))
    return folder


@pytest.fixture
def web() -> Iterator[LoopbackSite]:
    """The invented set on all sites."""
    with LoopbackSite(invented_pages()).running() as site:
        yield site
