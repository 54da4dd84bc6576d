"""Releases as tables: how each period stands, all releases, what the checks found, two releases side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.framework import Framework
from scoring.policy import Policy
from scoring.publishing import STATUSES, Finding
from store.releasing.releases import STATES
from ui import desk_reads, reads
from ui.wording import clean, period_title, said_once, tenth

PLACES = {  # the page that shows what a check found, and its address
    "coverage": ("indicator", {}), "audit": ("audit", {"tab": "list"}), "patterns": ("audit", {"tab": "pattern"}),
    "moves": ("movement", {}), "moves_before": ("movement", {}), "members": ("movement", {}), "members_before": ("movement", {}),
    "values": ("indicator", {}), "ledgers": ("trace", {"tab": "check"}), "appeals": ("appeals", {}),
}  # fmt: skip


def all_releases(path: Path) -> pd.DataFrame:
    """All releases, index release, the last first."""
    return reads.releases(str(path), reads.stamp(path)).set_index("release", drop=False)


def standing(path: Path) -> pd.DataFrame:
    """How every period stands, the newest first; columns as the store's `periods`, and batches (how many have changed since)."""
    table = desk_reads.period_states(str(path), reads.stamp(path)).copy()
    table["batches"] = [
        0 if pd.isna(served) or not changed else len(desk_reads.changes_since(str(path), reads.stamp(path), int(served))["batch"].unique())
        for served, changed in zip(table["served"], table["changed"], strict=True)
    ]
    return table


def pressing(table: pd.DataFrame) -> str:
    """The period in which something is to be done: the newest that has a draft, serves nothing or has changed; else the newest."""
    asked = table["draft"].notna() | table["served"].isna() | table["changed"]
    return table.index[asked][0] if asked.any() else table.index[0]


def undrafted(table: pd.DataFrame) -> list[str]:
    """Periods whose data no release has yet, in time order."""
    return list(table.index[table["current"].isna()])[::-1]


def standing_sheet(table: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """How every period stands, in words."""
    return pd.DataFrame(
        {
            words["period"]: [period_title(p) for p in table.index],
            "在用": [_number(n) for n in table["served"]],
            "草稿": [_number(n) for n in table["draft"]],
            "数据": [_changed(r) for r in table.itertuples()],
        },
        index=table.index,
    )


def _number(number) -> str:
    return "—" if pd.isna(number) else f"第 {number} 号"


def _changed(row) -> str:
    if pd.isna(row.served):
        return "尚未发布"
    return f"{row.batches} 批有变动" if row.batches else "有变动" if row.changed else "无变动"


def sheet(table: pd.DataFrame, words: Mapping[str, str]) -> pd.DataFrame:
    """All releases under Chinese headings, index release."""
    return pd.DataFrame(
        {
            "号": table["release"], words["period"]: table["period"], "状态": table["state"].map(STATES),
            words["unit"]: table["units"], "有得分": table["scored"], "指标体系": [f"第 {n} 版" for n in table["framework"]],
            "生成": table["at"].str[:16].str.replace("T", " "), "生成人": table["by"],
            "状态时间": table["state_at"].str[:16].str.replace("T", " "), "由": table["state_by"], "理由": table["reason"],
            "摘要": table["digest"], "程序": table["code_version"], "数据性质": table["demo"].map({True: "演示数据", False: ""}),
        },
        index=table.index,
    )  # fmt: skip


def units_of(path: Path, row: pd.Series) -> pd.DataFrame:
    """The units of a release, index unit."""
    return reads.release(str(path), str(row["digest"]), int(row["release"]), "units")


def method_of(path: Path, row: pd.Series) -> tuple[Framework, Policy]:
    """Framework and policy of a release."""
    return reads.release(str(path), str(row["digest"]), int(row["release"]), "framework")


def findings_sheet(found: list[Finding]) -> pd.DataFrame:
    """The checks, index name: status, title, sentence."""
    rows = [(f.name, STATUSES[f.status], f.title, f.said) for f in found]
    return pd.DataFrame(rows, columns=["name", "结果", "检查", "发现"]).set_index("name")


def rows_sheet(finding: Finding, units: pd.DataFrame, framework: Framework, words: Mapping[str, str]) -> pd.DataFrame:
    """The list behind a check, with names: only the columns that say anything."""
    rows = finding.rows
    names = [clean(units.at[u, "name"]) if u in units.index else str(u) for u in rows["unit"]]
    subjects = [framework.node(s).name if s in framework else str(s) for s in rows["subject"]]
    table = pd.DataFrame(
        {
            words["unit"]: names, "对象": subjects, "原": [_shown(v) for v in rows["before"]], "现": [_shown(v) for v in rows["after"]],
            "说明": said_once(rows["note"].astype(str)).tolist() if finding.name == "patterns" else rows["note"].astype(str).tolist(),
        }
    )  # fmt: skip
    return table.loc[:, [c for c in table if (table[c] != "").any()]]


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def side(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Two releases beside each other, index unit: name, sector, rank, index, tier of both, change of rank (up is +) and of index.

    What differs most comes first: units in only one of them, then by places, then by points.
    """
    units = after.index.union(before.index)
    old, new = before.reindex(units), after.reindex(units)
    table = pd.DataFrame(
        {
            "name": new["name"].fillna(old["name"]), "sector": new["sector"].fillna(old["sector"]),
            "rank_before": old["rank"], "rank_after": new["rank"], "places": old["rank"] - new["rank"],
            "index_before": old["index"], "index_after": new["index"], "points": new["index"] - old["index"],
            "tier_before": old["tier"].fillna("—"), "tier_after": new["tier"].fillna("—"),
        },
        index=units,
    )  # fmt: skip
    alone = ~(units.isin(before.index) & units.isin(after.index))
    order = np.lexsort([table["rank_after"].fillna(np.inf), -table["points"].abs().fillna(0).round(9), -table["places"].abs().fillna(0), ~alone])
    return table.iloc[order]


def side_sheet(table: pd.DataFrame, words: Mapping[str, str], ends: tuple[str, str]) -> pd.DataFrame:
    """`side` under Chinese headings. `ends`: what the two releases are called."""
    a, b = ends
    return pd.DataFrame(
        {
            words["unit"]: table["name"], words["sector"]: table["sector"],
            f"名次 {a}": table["rank_before"], f"名次 {b}": table["rank_after"], "名次变动": table["places"],
            f"{words['index']} {a}": table["index_before"], f"{words['index']} {b}": table["index_after"], "得分变动": table["points"],
            f"梯队 {a}": table["tier_before"], f"梯队 {b}": table["tier_after"],
        },
        index=table.index,
    )  # fmt: skip


def differences(table: pd.DataFrame, words: Mapping[str, str]) -> str:
    """What parts two releases, in a sentence."""
    scored, moved = (table["points"].abs() > 5e-10).sum(), (table["places"].abs() > 0).sum()
    tiers = (table["tier_before"] != table["tier_after"]).sum()
    if not scored and not moved and not tiers:
        return "两号的得分、名次和梯队完全相同"
    most = table["places"].abs().max()
    far = f"，最多 {most:.0f} 位" if most > 0 else ""
    return f"{scored} 个{words['unit']}得分不同（最多 {tenth(table['points'].abs().max())} 分），{moved} 个名次不同{far}，{tiers} 个梯队不同"
