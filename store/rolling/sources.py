"""What is rolled up: the stores of cities, each under a name, and the releases that they serve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from scoring.framework import Framework
from scoring.movement import period_key
from scoring.policy import Policy

from ..connection import reader
from ..errors import RollupError
from ..frameworks.files import parse_framework, parse_policy
from ..readers.cells import clean_text, text_key

BETWEEN = "·"  # of a city's name and a unit's code there: names hold none, so that no two units of two cities have one code
_BARRED = {"/": "是上下级地区之间的分隔号", BETWEEN: "是地区名与单位代码之间的分隔号", ":": "在单位代码里另有用处"}
_LONGEST = 40  # characters of a name
_SERVED = """
SELECT release.period, release.id, release.digest, at, by, demo, units, scored, framework_csv, policy_toml
FROM service JOIN release ON release.id = service.release JOIN framework ON framework.id = release.framework
"""
_REPORTED = """
SELECT DISTINCT c.indicator FROM release_cell AS c
LEFT JOIN release_derived AS d ON d.release = c.release AND d.unit = c.unit AND d.indicator = c.indicator
WHERE c.release = ? AND (c.state <> 1 OR d.used)
"""


class City(NamedTuple):
    """A store to be rolled up, and what it is called above."""

    name: str
    path: Path


class Source(NamedTuple):
    """A release that a city serves, with the framework and policy that it was scored by, as read and as texts."""

    city: City
    period: str
    release: int
    digest: str
    at: str
    by: str
    demo: int
    units: int
    scored: int
    method: tuple[Framework, Policy]
    texts: tuple[str, str]


def named(given: Sequence[tuple[str, Path]]) -> list[City]:
    """The stores under their names. Raises RollupError: a name that cannot be one, or reads as another does; no such file, or one given twice."""
    cities = [City(clean_text(name), Path(path)) for name, path in given]
    for place, city in enumerate(cities):
        if not city.name or len(city.name) > _LONGEST:
            raise RollupError(f"{city.path} 的名称“{city.name[:_LONGEST]}”是空的，或长于 {_LONGEST} 个字；请写成 名称={city.path}")
        if mark := next((m for m in _BARRED if m in city.name), ""):
            raise RollupError(f"名称“{city.name}”里有“{mark}”，它{_BARRED[mark]}；请换一个：名称={city.path}")
        if not city.path.exists():
            raise RollupError(f"没有找到{city.name}的库 {city.path}；请核对路径")
        for other in cities[:place]:
            if text_key(other.name) == text_key(city.name):
                raise RollupError(f"{other.path} 和 {city.path} 都叫“{city.name}”；请给其中一个另起名称：名称={city.path}")
            if other.path.resolve() == city.path.resolve():
                raise RollupError(f"{city.path} 给了两次（{other.name}、{city.name}）；请只留一个")
    return cities


def sources(cities: Sequence[City]) -> list[Source]:
    """The served releases of all cities, city by city, each in time order. Raises RollupError for one that serves none, StoreError."""
    read: dict[tuple[str, str], tuple[Framework, Policy]] = {}
    found: list[Source] = []
    for city in cities:
        with reader(city.path) as db:
            mine = sorted((_source(city, row, read) for row in db.execute(_SERVED)), key=lambda s: period_key(s.period))
        if not mine:
            raise RollupError(f"{city.name}（{city.path}）没有在用的发布；请先在那里运行 publish，或不列它")
        found += mine
    first: dict[str, Source] = {}
    for one in found:
        if (twin := first.setdefault(one.digest, one)) is not one:
            raise RollupError(f"{twin.city.name}和{one.city.name}的 {one.period} 是同一号发布（摘要 {one.digest[:12]}）；请核对是不是同一个库")
    return found


def _source(city: City, row: tuple, read: dict[tuple[str, str], tuple[Framework, Policy]]) -> Source:
    *facts, framework_csv, policy_toml = row
    texts = framework_csv, policy_toml
    if texts not in read:
        policy = parse_policy(policy_toml)
        read[texts] = parse_framework(framework_csv, policy), policy
    return Source(city, *facts, read[texts], texts)


def reported(db: Database, release: int) -> set[str]:
    """The indicators and denominators of which at least one unit of a release reported something, or a ledger gave it."""
    return {row[0] for row in db.execute(_REPORTED, [release])}
