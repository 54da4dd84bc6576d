"""Whether the groups that were frozen with a release are what its units come to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sqlite_utils import Database

from ..connection import table_of
from ..grouping import GROUP_COLUMNS, group_table, read_members, tier_counts, tree_of
from ..size import LARGE
from .reading import release_nodes

_GROUPS = "SELECT * FROM release_group WHERE release = ? ORDER BY path"
_TIERS = "SELECT path, tier, units FROM release_group_tier WHERE release = ?"
_NODES = "SELECT node, scored, mean, median FROM release_group_node WHERE release = ? AND path = ?"
_FEW = 3  # groups whose nodes are looked at, none of them large
_WORDS, _FIGURES = list(GROUP_COLUMNS[1:4]), list(GROUP_COLUMNS[4:])


def faulty_group(db: Database, release: int) -> str | None:
    """The path of a group that is not what the units of a release come to; None where all are. Of nodes a few groups are looked at."""
    members = read_members(db, release)
    tree = tree_of(members.areas, members.sectors)
    expected = group_table(tree, members).set_index("path").sort_index()
    found = table_of(db.execute(_GROUPS, [release])).set_index("path").sort_index()
    if lost := sorted(set(expected.index) ^ set(found.index)):
        return lost[0]
    wrong = ~np.isclose(found[_FIGURES].astype(float), expected[_FIGURES].astype(float), rtol=1e-9, atol=1e-9, equal_nan=True).all(axis=1)
    wrong |= (found[_WORDS].fillna("") != expected[_WORDS].fillna("")).any(axis=1).to_numpy()
    if wrong.any():
        return found.index[wrong][0]
    counts = {(tree.rows[group][0], tier, n) for group, tier, n in tier_counts(tree, members)}
    if odd := sorted(counts ^ set(db.execute(_TIERS, [release]))):
        return odd[0][0]
    small = expected.index[expected["units"] <= LARGE]
    few = small[np.unique(np.linspace(0, len(small) - 1, _FEW).astype(int))] if len(small) else small
    return next((path for path in few if not _same_nodes(db, release, path)), None)


def _same_nodes(db: Database, release: int, path: str) -> bool:
    scores = release_nodes(db, release, path)
    found = table_of(db.execute(_NODES, [release, path])).set_index("node").astype(float)
    expected = pd.DataFrame({"scored": scores.count(), "mean": scores.mean(), "median": scores.median()})
    return set(found.index) == set(expected.index) and np.allclose(found.loc[expected.index], expected, rtol=1e-9, atol=1e-9, equal_nan=True)
