"""The groups of a release as they were frozen: the whole, areas, sectors; and the units within one, a page at a time."""

from __future__ import annotations

import json
from heapq import merge
from itertools import islice
from string import Template

import pandas as pd
from sqlite_utils import Database

from ..connection import table_of
from ..errors import ReleaseError
from . import queries
from .reading import node_order, release_policy, typed_units

_FIGURES = ("size", "mean", "sd", "low", "q1", "median", "q3", "high")
_GROUP = "SELECT path, name, kind, parent, units, scored, size, mean, sd, low, q1, median, q3, high FROM release_group WHERE release = ?"
_OF_PATH, _OF_PARENT = f"{_GROUP} AND path = ?", f"{_GROUP} AND parent = ? ORDER BY path"
_TIERS_OF_PATH = "SELECT path, tier, units FROM release_group_tier WHERE release = ? AND path = ?"
_TIERS = """
SELECT t.path, t.tier, t.units FROM release_group AS g CROSS JOIN release_group_tier AS t ON t.release = g.release AND t.path = g.path
WHERE g.release = ? AND g.parent = ?
"""
_NODES = """
SELECT n.path, n.node, n.mean FROM release_group AS g CROSS JOIN release_group_node AS n ON n.release = g.release AND n.path = g.path
WHERE g.release = ? AND g.parent = ?
"""
_LACKING = """
SELECT u.place, count(*) FROM release_cell AS c CROSS JOIN release_unit AS u ON u.release = c.release AND u.unit = c.unit
WHERE c.release = ?1 AND c.state IN (1, 3) AND NOT EXISTS (
    SELECT 1 FROM release_derived AS d WHERE d.release = c.release AND d.unit = c.unit AND d.indicator = c.indicator AND d.used
) GROUP BY u.place
"""
_PLACE = "SELECT place FROM release_unit WHERE release = ? AND unit = ?"
# In each place units stand in order; those of several places are merged as they are asked for.
_PAGE = Template("SELECT $key, unit FROM release_unit INDEXED BY $index WHERE release = :release$at AND $after ORDER BY $key, unit")
_STAGES = {  # what a page comes from, one after the other: the index to follow, the key, what is still to come
    "rank": (("release_unit_place", "rank", "(rank, unit) > (:key, :after)"), ("release_unit_place", "rank", "rank IS NULL AND unit > :after")),
    "name": (("release_unit_name", "name", "(name, unit) > (:key, :after)"),),
}
_PLACES = "SELECT path FROM release_group WHERE release = :release AND path >= :within AND path < :within || '0'"
_ALL_PLACES = "SELECT path FROM release_group WHERE release = :release"
_KEYS = "SELECT rank, name FROM release_unit WHERE release = ? AND unit = ?"
_ROWS = queries.UNITS.replace("$within", " AND t.unit IN (SELECT value FROM json_each(:units))")
ORDERS = tuple(_STAGES)


def group(db: Database, release: int, path: str) -> pd.Series | None:
    """One group, columns as in `children`; None where the release has no such group. Raises ReleaseError for an unknown release."""
    found = _table(db, release, _OF_PATH, _TIERS_OF_PATH, path)
    return None if found.empty else found.iloc[0]


def children(db: Database, release: int, path: str) -> pd.DataFrame:
    """The groups that lie directly below one, index path, by path.

    Columns name, kind (whole, area, sector), parent, units, scored, size, mean, sd, low, q1, median, q3, high (of the index with
    adjustments), then how many units are in each tier, by its label. Raises ReleaseError for an unknown release.
    """
    return _table(db, release, _OF_PARENT, _TIERS, path)


def lacking_cells(db: Database, release: int) -> pd.Series:
    """How many cells were not reported, or not yet, and not stood in for by a ledger, by the path on which the units hang: only where any.

    Looks at every cell of the release: seconds for a million units.
    """
    return pd.Series(dict(db.execute(_LACKING, [int(release)]).fetchall()), dtype=int).rename_axis("path")


def children_nodes(db: Database, release: int, path: str) -> pd.DataFrame:
    """The mean score of every node in the groups that lie directly below one, index path, columns as in `release_nodes`.

    Raises ReleaseError for an unknown release.
    """
    nodes = node_order(db, release)
    table = table_of(db.execute(_NODES, [int(release), path])).astype({"mean": float})
    return table.pivot(index="path", columns="node", values="mean").reindex(columns=nodes).rename_axis(columns=None)


def place_of(db: Database, release: int, unit: str) -> str:
    """The path of the group on which a unit hangs. Raises ReleaseError: the release has no such unit."""
    row = db.execute(_PLACE, [int(release), unit]).fetchone()
    if row is None:
        raise ReleaseError(f"第 {release} 号发布中没有单位 {unit}；请换一期，或搜索单位")
    return row[0]


def unit_page(
    db: Database, release: int, path: str, order: str = "rank", after: str | None = None, limit: int = 50
) -> pd.DataFrame:
    """So many units within a group, its areas included, in an order of ORDERS; columns as in `release_units`.

    `after`: the unit at which the page before ended. Those without a rank come last. Raises ReleaseError for an unknown release or unit.
    """
    units = _codes(db, release, path, order, after, limit)
    return typed_units(queries.table(db, _ROWS, release, units=json.dumps(units))).reindex(units)


def _codes(db: Database, release: int, path: str, order: str, after: str | None, limit: int) -> list[str]:
    """Codes of the units of a page, in their order."""
    stages, start, key = list(_STAGES[order]), after or "", {"rank": -1.0, "name": ""}[order]
    if after is not None:
        rank, name = _keys(db, release, after)
        key = rank if order == "rank" else name
        if order == "rank" and rank is None:
            del stages[0]
    units: list[str] = []
    for index, column, to_come in stages:
        asked = {"release": int(release), "key": key, "after": start}
        if path == "" and order == "rank":
            found = db.execute(_PAGE.substitute(key=column, index="release_unit_rank", at="", after=to_come), asked)
        else:
            sql = _PAGE.substitute(key=column, index=index, at=" AND place = :place", after=to_come)
            found = merge(*(db.execute(sql, asked | {"place": place}) for place in _places(db, release, path)))
        units += [row[1] for row in islice(found, limit - len(units))]
        start = ""
    return units


def _places(db: Database, release: int, path: str) -> list[str]:
    """The paths of a group and of all that lies below it."""
    found = [row[0] for row in db.execute(_PLACES if path else _ALL_PLACES, {"release": int(release), "within": path})]
    return [place for place in found if not path or place == path or place.startswith(f"{path}/")]


def _keys(db: Database, release: int, unit: str) -> tuple[float | None, str]:
    row = db.execute(_KEYS, [int(release), unit]).fetchone()
    if row is None:
        raise ReleaseError(f"第 {release} 号发布中没有单位 {unit}；请从第一页看起")
    return row


def _table(db: Database, release: int, groups: str, tiers: str, path: str) -> pd.DataFrame:
    """Groups with their tiers, as `children`."""
    labels = release_policy(db, release).tier_labels
    table = table_of(db.execute(groups, [int(release), path])).set_index("path")
    counts = table_of(db.execute(tiers, [int(release), path])).pivot(index="path", columns="tier", values="units")
    counts = counts.reindex(index=table.index, columns=list(labels)).fillna(0).astype(int).rename_axis(columns=None)
    return table.astype(dict.fromkeys(_FIGURES, float)).join(counts)
