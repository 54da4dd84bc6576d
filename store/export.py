"""Tables that leave the house: served scores under the framework's own names, and the scores of a file without a store."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.index import score_panel
from scoring.movement import period_key
from scoring.policy import Policy
from scoring.ranking import rank
from scoring.tiers import assign

from .errors import ReleaseError
from .files import read_framework, read_policy, read_values
from .reading import release_framework, release_nodes, release_units, served


def scores_table(db: Database, period: str | None = None) -> tuple[pd.DataFrame, bool]:
    """Served scores of one period, or of all in time order, and whether any of them are demo data.

    One row a period and unit: identity, adjusted index, rank, tier, adjustments, then every node's score at full precision.
    Raises ReleaseError when nothing is served, or not for this period.
    """
    table = served(db)
    if table.empty:
        raise ReleaseError("还没有发布，没有可导出的得分；请先运行 publish")
    chosen = table if period is None else table[table["period"] == period]
    if chosen.empty:
        raise ReleaseError(f"考核期 {period} 没有发布；已发布：{'、'.join(table['period'])}")
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


def score_file(framework_path: Path, values_path: Path, policy_path: Path | None, out: Path) -> int:
    """Score a file of values without a store and write unit, period, rank, tier and every node's score; the number of rows.

    Sorted by period, rank, then as given; numbers as their shortest text that reads back to the same double; no BOM, because
    programs read it. A table without rows gives one without rows. Raises ImportRefused, ScoringError, OSError.
    """
    policy = read_policy(policy_path) if policy_path else Policy()
    framework = read_framework(framework_path, policy)
    scores = score_panel(read_values(values_path, framework).periods, framework, policy)
    parts = []
    for period in sorted(scores, key=period_key):
        frame = scores[period].frame()
        index = frame[framework.root.code]
        head = pd.DataFrame({"period": period, "rank": rank(index.to_numpy()), "tier": assign(index, policy)}, index=frame.index)
        parts.append(head.join(frame).sort_values("rank", kind="stable", na_position="last").reset_index())
    columns = ["unit", "period", "rank", "tier", *framework.codes]
    table = pd.concat(parts, ignore_index=True).astype({"rank": "Int64"}) if parts else pd.DataFrame(columns=columns)
    with out.open("w", encoding="utf-8", newline="") as file:
        table.to_csv(file, index=False, lineterminator="\n")
    return len(table)
