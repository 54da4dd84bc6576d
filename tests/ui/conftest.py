"""A small city for the pages: three units, two dimensions, two quarters, published; the store that the app opens."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from store.releasing.releases import publish
from tests.store.support import make_store
from tests.ui.support import opened
from ui import look, viewer


@pytest.fixture(scope="session")
def small_city(tmp_path_factory) -> Path:
    """Built once; read it only."""
    path = make_store(tmp_path_factory.mktemp("city") / "quality.db")
    publish(["2024Q4", "2025Q1"], "测试", path)
    return path


@pytest.fixture(autouse=True)
def nothing_to_paint(monkeypatch) -> None:
    """There is no browser here that would need a moment for the heading."""
    monkeypatch.setattr(look, "FIRST_PAINT", 0.0)


@pytest.fixture
def store(small_city, tmp_path, monkeypatch) -> Path:
    """A copy of the small city for one test, where the app looks for its store."""
    path = Path(shutil.copytree(small_city.parent, tmp_path / "city")) / small_city.name
    monkeypatch.setenv("QUALITY_STORE", str(path))
    return path


@pytest.fixture
def open_page(monkeypatch, request) -> Callable[..., AppTest]:
    """open_page(store, unit=…, tab=…): the page that the test file names in PAGE, as that link shows it."""

    def open_at(store: Path, **query: str | list[str]) -> AppTest:
        monkeypatch.setenv("QUALITY_STORE", str(store))
        return opened(request.module.PAGE, **query)

    return open_at


@pytest.fixture
def latest(monkeypatch) -> Callable[[Path], viewer.View]:
    """latest(store): the view of its newest release."""

    def of(store: Path) -> viewer.View:
        monkeypatch.setenv("QUALITY_STORE", str(store))
        return viewer.latest()

    return of
