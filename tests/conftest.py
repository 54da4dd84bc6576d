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
