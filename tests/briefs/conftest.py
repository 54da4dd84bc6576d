"""The small city of the briefs, built once a file, and views of a store."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.briefs.cities import city
from ui import viewer


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Read it only."""
    return city(tmp_path_factory.mktemp("city") / "quality.db")


@pytest.fixture
def view_of(monkeypatch) -> Callable[[Path], viewer.View]:
    """view_of(store): its newest period."""

    def of(store):
        monkeypatch.setenv("QUALITY_STORE", str(store))
        return viewer.latest()

    return of


@pytest.fixture
def view(built, view_of) -> viewer.View:
    """The small city at its newest period."""
    return view_of(built)
