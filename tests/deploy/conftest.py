"""Two replicas and nginx for all tests here; where there is no nginx they are skipped by name, except under CI=true."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.releasing.releases import draft, publish
from tests.deploy.house import NGINX, House
from tests.people import add_people
from tests.store.support import make_store


def pytest_collection_modifyitems(items) -> None:
    """What deploy/ sets up is for systems with a POSIX shell."""
    for item in items:
        if os.name == "nt" and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="deploy/ is for Linux"))


@pytest.fixture(scope="session")
def _running(tmp_path_factory) -> Iterator[House]:
    if NGINX is None and os.environ.get("CI") != "true":
        pytest.skip("no nginx; type: apt-get install nginx-light")
    tmp: Path = tmp_path_factory.mktemp("house")
    tmp.chmod(0o755)
    store = make_store(tmp / "quality.db")
    publish(["2025Q1"], "测试", store)
    draft(["2024Q4"], "测试", store)
    add_people(store, "U2")
    house = House(tmp, store)
    with house.closing:
        house.start()
        yield house


@pytest.fixture
def house(_running) -> House:
    """Both replicas serve, whatever was done to them before."""
    for replica in _running.replicas:
        if replica.process.poll() is not None:
            replica.start()
    for replica in _running.replicas:
        replica.wait()
    return _running
