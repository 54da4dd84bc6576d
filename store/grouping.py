"""The groups of a release: the tree of areas and sectors over its units, and what the units of each group come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from sqlite3 import Cursor
from typing import NamedTuple

import numpy as np
import pandas as pd
from sqlite_utils import Database

_BLOCK = 50_000  # rows that are taken from the store at once
_UNITS = 'SELECT area, sector, size, "index", tier FROM release_unit WHERE release = ? ORDER BY unit'
_NODES = "SELECT score FROM release_node WHERE release = ? ORDER BY unit, node"
_FIRST_NODES = """
SELECT node FROM release_node WHERE release = ?1 AND unit = (SELECT min(unit) FROM release_unit WHERE release = ?1) ORDER BY node
"""
GROUP_COLUMNS = ("path", "parent", "name", "kind", "units", "scored", "size", "mean", "sd", "low", "q1", "median", "q3", "high")
_INSERT = "INSERT INTO release_group VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_TIER = "INSERT INTO release_group_tier VALUES (?, ?, ?, ?)"
_INSERT_NODE = "INSERT INTO release_group_node VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


MEMBERS = {"area": object, "sector": object, "size": float, "index": float, "tier": object}  # its columns in a table of units


class Members(NamedTuple):
    """The units of a release by code, each array (n_units,): where they hang, size, adjusted index (NaN: none), tier ("": none)."""

    areas: np.ndarray
    sectors: np.ndarray
    sizes: np.ndarray
    index: np.ndarray
    tiers: np.ndarray


class Tree(NamedTuple):
    """The groups: `rows` of (path, parent, name, kind), the whole first; `levels`: for each depth the group of each unit, -1 for none."""

    rows: list[tuple[str, str | None, str, str]]
    levels: list[np.ndarray]


def write_groups(db: Database, release: int) -> None:
    """Write what the groups of a frozen release come to, inside the caller's transaction."""
    members = read_members(db, release)
    codes = [row[0] for row in db.execute(_FIRST_NODES, [release])]
    scores = numbers(db.execute(_NODES, [release]), len(members.index) * len(codes)).reshape(len(members.index), len(codes))
    insert_groups(db, release, members, zip(codes, scores.T, strict=True))


def insert_groups(db: Database, release: int, members: Members, nodes: Iterable[tuple[str, np.ndarray]]) -> None:
    """As `write_groups`, of units and of the scores (n_units,) of nodes that are at hand; inside the caller's transaction."""
    tree = tree_of(members.areas, members.sectors)
    paths = [row[0] for row in tree.rows]
    db.conn.executemany(_INSERT, zip(repeat(release), *(_plain(column) for _, column in group_table(tree, members).items())))
    db.conn.executemany(_INSERT_TIER, ((release, paths[g], tier, n) for g, tier, n in tier_counts(tree, members)))
    for code, column in nodes:
        found = statistics(tree, np.ascontiguousarray(column))
        table = [found[c] for c in ("scored", "mean", "q1", "median", "q3")]
        db.conn.executemany(_INSERT_NODE, zip(repeat(release), paths, repeat(code), *map(_plain, table)))


def read_members(db: Database, release: int) -> Members:
    """The units of a release as arrays, by code."""
    parts: list[list[np.ndarray]] = [[np.empty(0, kind)] for kind in MEMBERS.values()]
    texts: dict[str, str] = {}  # one object for all units of an area
    for rows in blocks(db.execute(_UNITS, [release])):
        for part, kind, column in zip(parts, MEMBERS.values(), zip(*rows, strict=True), strict=True):
            part.append(np.array([texts.setdefault(t, t) for t in column] if kind is object else column, kind))
    return Members(*map(np.concatenate, parts))


def tree_of(areas: np.ndarray, sectors: np.ndarray) -> Tree:
    """The tree over units that hang in these areas ("a/b", "" for none) and sectors ("" for none), each (n_units,).

    An area and a sector of the same path are one group, and an area.
    """
    area_ids, area_names = pd.factorize(areas)
    sector_ids, sector_names = pd.factorize(sectors)
    pairs, leaf = np.unique(area_ids * max(len(sector_names), 1) + sector_ids, return_inverse=True)
    found: dict[str, tuple[str, str | None, str, str]] = {"": ("", None, "", "whole")}
    chains = [
        _chain(str(area_names[pair // len(sector_names)]), str(sector_names[pair % len(sector_names)]), found) for pair in pairs.tolist()
    ]
    place = {path: k for k, path in enumerate(found)}
    depth = max(map(len, chains), default=1)
    levels = [np.array([place[c[d]] if d < len(c) else -1 for c in chains], np.int64)[leaf] for d in range(depth)]
    return Tree(list(found.values()), levels)


def _chain(area: str, sector: str, found: dict[str, tuple[str, str | None, str, str]]) -> list[str]:
    """The paths from the whole to the group on which such units hang; those that are new are added to `found`."""
    chain = [""]
    for name in area.split("/") if area else ():
        path = f"{chain[-1]}/{name}" if chain[-1] else name
        found[path] = (path, chain[-1], name, "area")
        chain.append(path)
    if sector:
        name = sector.replace("/", "／")
        path = f"{area}/{name}" if area else name
        found.setdefault(path, (path, chain[-1], sector, "sector"))
        chain.append(path)
    return chain


def group_table(tree: Tree, members: Members) -> pd.DataFrame:
    """A row a group, columns GROUP_COLUMNS: how many units, how many of them scored, their size, and the index among these."""
    count = len(tree.rows)
    units, sizes, sized = np.zeros(count, int), np.zeros(count), np.zeros(count, int)
    has = ~np.isnan(members.sizes)
    for level in tree.levels:
        units += np.bincount(level[level >= 0], minlength=count)
        mine = has & (level >= 0)
        sizes += np.bincount(level[mine], members.sizes[mine], count)
        sized += np.bincount(level[mine], minlength=count)
    head = pd.DataFrame(tree.rows, columns=list(GROUP_COLUMNS[:4]), dtype=object)
    table = head.assign(units=units, size=np.where(sized > 0, sizes, np.nan), **statistics(tree, members.index))
    return table[list(GROUP_COLUMNS)]


def tier_counts(tree: Tree, members: Members) -> Iterator[tuple[int, str, int]]:
    """(group, tier, units) wherever there are any."""
    ids, labels = pd.factorize(members.tiers)
    for level in tree.levels:
        mine = level >= 0
        pairs, counts = np.unique(level[mine] * len(labels) + ids[mine], return_counts=True)
        for pair, n in zip(pairs.tolist(), counts.tolist(), strict=True):
            if label := labels[pair % len(labels)]:
                yield pair // len(labels), label, n


def statistics(tree: Tree, values: np.ndarray) -> dict[str, np.ndarray]:
    """Of values (n_units,), NaN for none, for each group: scored, mean, sd (n − 1), low, q1, median, q3, high; NaN where there is none."""
    names = ("mean", "sd", "low", "q1", "median", "q3", "high")
    found = {name: np.full(len(tree.rows), np.nan) for name in names}
    scored = np.zeros(len(tree.rows), int)
    order = np.argsort(values, kind="stable")
    order = order[: len(order) - np.isnan(values).sum()]
    for level in tree.levels:
        ids = level[order]
        ranked = order[ids >= 0][np.argsort(ids[ids >= 0], kind="stable")]
        if len(ranked):
            groups, starts, counts = np.unique(level[ranked], return_index=True, return_counts=True)
            scored[groups] = counts
            for name, column in zip(names, _summary(values[ranked], starts, counts), strict=True):
                found[name][groups] = column
    return {"scored": scored, **found}


def _summary(ranked: np.ndarray, starts: np.ndarray, counts: np.ndarray) -> Iterator[np.ndarray]:
    """Mean, sd, low, q1, median, q3, high of each stretch of values, which are in order within it."""
    mean = np.add.reduceat(ranked, starts) / counts
    yield mean
    apart = np.add.reduceat((ranked - np.repeat(mean, counts)) ** 2, starts)
    yield np.where(counts > 1, np.sqrt(apart / np.maximum(counts - 1, 1)), np.nan)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = (counts - 1) * share
        low = starts + np.floor(at).astype(int)
        high = starts + np.ceil(at).astype(int)
        yield ranked[low] + (ranked[high] - ranked[low]) * (at % 1)


def blocks(cursor: Cursor) -> Iterator[list[tuple]]:
    """The rows of a query, so many at a time."""
    while rows := cursor.fetchmany(_BLOCK):
        yield rows


def numbers(cursor: Cursor, count: int) -> np.ndarray:
    """The one column of a query of so many rows as floats (count,), NaN where there is none."""
    found, at = np.empty(count), 0
    for rows in blocks(cursor):
        found[at : at + len(rows)] = np.array(rows, float)[:, 0]
        at += len(rows)
    return found


def _plain(column: Sequence | pd.Series | np.ndarray) -> list:
    """A column as Python values, None where there is none."""
    return [None if v is None or v != v else v for v in np.asarray(column).tolist()]
