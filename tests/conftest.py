"""Stores that take seconds to build are built once a run and copied; nothing of a test touches data/."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tools.live import ROOT, manage

settings.register_profile("patient", deadline=None)  # speed is measured in bench/: a busy machine fails no property
settings.load_profile("patient")

ASEM = ROOT / "tests" / "oracles" / "asem"


@pytest.fixture(scope="session")
def build_once(tmp_path_factory) -> Callable[..., Path]:
    """build_once(name, *arguments): the store that `manage.py` makes with them, built by one test process for all."""
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here

    def build(name: str, *arguments: object) -> Path:
        store = shared / name / "quality.db"
        with FileLock(shared / f"{name}.lock"):
            if not store.parent.exists():
                building = shared / f"{name}.building"
                shutil.rmtree(building, ignore_errors=True)
                building.mkdir()
                manage(building / "quality.db", *arguments)
                building.rename(store.parent)
        return store

    return build


@pytest.fixture(scope="session")
def demo_store(build_once) -> Path:
    """The demo store. Read it only; `demo_copy` is for writing."""
    return build_once("demo", "init", "--demo")


@pytest.fixture(scope="session")
def asem_store(build_once) -> Path:
    """51 countries, 49 indicators, five years, read from COINr's own tables. Read it only."""
    return build_once("asem", "init", "--from", ASEM / "coinr_imeta.csv", ASEM / "coinr_idata_panel.csv")


@pytest.fixture
def demo_copy(demo_store, tmp_path) -> Path:
    """A demo store of this test's own."""
    return Path(shutil.copytree(demo_store.parent, tmp_path / "store")) / demo_store.name


@pytest.fixture(scope="session")
def large_store(tmp_path_factory) -> Path:
    """A province of more units than a page reads, as `tests.large_city` has it. Read it only."""
    from tests.large_city import make_large

    return make_large(tmp_path_factory.mktemp("large") / "quality.db")


@pytest.fixture(scope="session")
def people_once(tmp_path_factory) -> Path:
    """The small city of the store's tests, published, with an account for each role. Copied by `people_store`."""
    from store.releasing.releases import publish
    from tests.people import add_people
    from tests.store.support import make_store

    path = make_store(tmp_path_factory.mktemp("people") / "quality.db")
    publish(["2024Q4", "2025Q1"], "测试", path)
    add_people(path, "U2")
    return path


@pytest.fixture
def people_store(people_once, tmp_path, monkeypatch) -> Path:
    """A copy for one test, where the server and the pages look for their store."""
    path = Path(shutil.copytree(people_once.parent, tmp_path / "people")) / people_once.name
    monkeypatch.setenv("QUALITY_STORE", str(path))
    return path


@pytest.fixture
def visit_as(people_store, monkeypatch) -> Callable[[str], str]:
    """visit_as(name): pages that AppTest runs from now on are shown to this account ("": to nobody); the session's token."""
    from tests.people import token_of
    from ui import user

    def visit(name: str) -> str:
        token = token_of(people_store, name) if name else ""
        monkeypatch.setattr(user, "token", lambda: token)
        return token

    return visit
