"""The table of served scores that leaves the house, under the framework's own names."""

from __future__ import annotations

import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.policy import Policy

from .reading import release_framework, release_nodes, release_units, served_for


def scores_table(db: Database, period: str | None = None) -> tuple[pd.DataFrame, bool]:
    """Served scores of one period, or of all in time order, and whether any of them are demo data.

    One row a period and unit: identity, adjusted index, rank, tier, adjustments, then every node's score at full precision.
    Raises ReleaseError when nothing is served, or not for this period.
    """
    chosen = served_for(db, None if period is None else [period])
    parts = [_one(db, row.period, row.release) for row in chosen.itertuples()]
    return pd.concat(parts, ignore_index=True), bool(chosen["demo"].any())


def _one(db: Database, period: str, release: int) -> pd.DataFrame:
    framework, policy = release_framework(db, release)
    units = release_units(db, release)
    table = units.join(release_nodes(db, release)[list(framework.codes)]).reset_index()
    table.insert(0, "period", period)
    table["veto"] = table["veto"].map({True: "是", False: ""})
    titles = _titles(framework, policy)
    table = table.sort_values("rank", kind="stable", na_position="last")
    return table[list(titles)].rename(columns=titles)


def _titles(framework: Framework, policy: Policy) -> dict[str, str]:
    """Column → header, in the order of the table."""
    words = policy.words
    head = {
        "period": words["period"], "unit": f"{words['unit']}代码", "name": f"{words['unit']}名称", "sector": words["sector"],
        "size": words["size"], "index": f"{words['index']}（含加减分）", "rank": "位次", "tier": "梯队",
        "tier_by_rule": "规则梯队",
        "veto": "一票否决", "index_raw": f"{words['index']}（不含加减分）", "bonus": "加分", "penalty": "减分", "note": "说明",
    }  # fmt: skip
    return head | {n.code: n.code if n.name == n.code else f"{n.code} {n.name}" for n in framework.nodes}
