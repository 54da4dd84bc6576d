"""The API for every role: one table of routes, one of roles, and what comes of each pair."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from store.people.roles import ROLES
from tests.server.programs import ROUTES, program, serving

EVERYBODY = ("", *ROLES)  # "": a program without a token
READERS = [role for role, about in ROLES.items() if "export" in about.rights and about.rights & {"see", "own"}]
OTHER, OWN = "U1", "U2"  # OWN: the liaison's unit


@pytest.fixture(scope="module")
def programs(people_once, tmp_path_factory) -> tuple[Path, Callable[[str], TestClient]]:
    """A store, and a program with a token of each account; no test writes."""
    path = Path(shutil.copytree(people_once.parent, tmp_path_factory.mktemp("roles") / "store")) / people_once.name
    app = serving()
    return path, cache(lambda name: program(app, path, name))


def expected(kind: str, role: str, unit: str) -> int:
    if kind == "open":
        return 200
    if not role:
        return 401
    if kind == "all":
        return 200
    others = "own" in ROLES[role].rights and "see" not in ROLES[role].rights and kind == "unit" and unit != OWN
    return 403 if role not in READERS or others else 200


def test_readers_are_all_but_the_administrator():
    assert READERS == ["leader", "analyst", "steward", "publisher", "liaison"]


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_route_answers_by_the_table(programs, monkeypatch, role):
    path, at = programs
    monkeypatch.setenv("QUALITY_STORE", str(path))
    for route, kind in ROUTES.items():
        for unit in (OWN, OTHER):
            answer = at(role).get(route.format(unit=unit))
            assert answer.status_code == expected(kind, role, unit), (route, unit)
            if answer.status_code != 200 or role == "liaison":
                assert not [word for word in ("甲局", "丙局", "U3") if word in answer.text], route


@pytest.mark.parametrize("role", EVERYBODY)
def test_nothing_is_written_through_it(programs, monkeypatch, role):
    path, at = programs
    monkeypatch.setenv("QUALITY_STORE", str(path))
    for route in (route for route in ROUTES if route.startswith("/api/")):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert at(role).request(method, route.format(unit=OWN)).status_code in (401, 403, 405), (method, route)
