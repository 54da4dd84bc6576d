"""A small city for the pages: three units, two dimensions, two quarters, published; the store that the app opens."""

import shutil
from pathlib import Path

import pytest

from store.releases import publish
from tests.store.support import make_store


@pytest.fixture(scope="session")
def small_city(tmp_path_factory) -> Path:
    """Built once; read it only."""
    path = make_store(tmp_path_factory.mktemp("city") / "quality.db")
    publish(["2024Q4", "2025Q1"], "测试", path)
    return path


@pytest.fixture
def store(small_city, tmp_path, monkeypatch) -> Path:
    """A copy of the small city for one test, where the app looks for its store."""
    path = Path(shutil.copytree(small_city.parent, tmp_path / "city")) / small_city.name
    monkeypatch.setenv("QUALITY_STORE", str(path))
    return path
