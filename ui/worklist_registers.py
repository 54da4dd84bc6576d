"""Registers that hold on a day: risks with their controls, and brands with their branches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from store.ledgers.views import HIGH_RISK
from ui.worklist import Status, as_of, placed

if TYPE_CHECKING:
    from ui.view import View

RISKS = {
    "uncontrolled": Status("✖", "高风险未落实", f"可能性 × 严重性不低于 {HIGH_RISK}，防控措施没有落实"),
    "unassessed": Status("◇", "未评定", "可能性或严重性还没有评定"),
    "controlled": Status("✓", "高风险已落实", f"可能性 × 严重性不低于 {HIGH_RISK}，防控措施已落实"),
    "low": Status("●", "一般风险", f"可能性 × 严重性低于 {HIGH_RISK}"),
}
BRANDS = {
    "bare": Status("▨", "无子品牌", "支部还没有子品牌"),
    "covered": Status("✓", "有子品牌", "支部有自己的子品牌"),
}
UNNAMED = "（未写总品牌）"
SCALE = range(1, 6)  # of likelihood and of severity


def risks(view: View, unit: str = "") -> pd.DataFrame:
    """The risks of a unit, or of all, that stand in the register on the day of `as_of`.

    Columns: those of the record, name, sector; kind (the post), level (likelihood × severity, NaN where not assessed), cell (such as
    4×3), status (a key of RISKS).
    """
    held = _standing(view, "risk", unit)
    level = held["likelihood"] * held["severity"]
    high, forced = level >= HIGH_RISK, held["in_force"].eq(True)
    status = np.select([level.isna(), high & ~forced, high], ["unassessed", "uncontrolled", "controlled"], "low")
    sides = zip(held["likelihood"], held["severity"], strict=True)
    cell = ["" if np.isnan(a * b) else f"{a:.0f}×{b:.0f}" for a, b in sides]
    return held.assign(
        kind=held["post"], level=level, cell=pd.Series(cell, held.index, dtype=object), status=pd.Categorical(status, list(RISKS)),
        order=-level.fillna(0),
    )  # fmt: skip


def matrix(risks: pd.DataFrame) -> pd.DataFrame:
    """Risks by cell: index (likelihood, severity) over the whole scale; columns cell, n, uncontrolled."""
    known = risks[risks["level"].notna()]
    groups = known.assign(off=known["status"] == "uncontrolled").groupby(["likelihood", "severity"])["off"].agg(["size", "sum"])
    whole = pd.MultiIndex.from_product([SCALE, SCALE], names=["likelihood", "severity"])
    table = groups.reindex(whole, fill_value=0).set_axis(["n", "uncontrolled"], axis=1)
    return table.assign(cell=[f"{likelihood}×{severity}" for likelihood, severity in whole])


def brands(view: View, unit: str = "") -> pd.DataFrame:
    """The branches of a unit, or of all, and their brands on the day of `as_of`, a row a branch: one with a sub-brand before one without.

    Columns: those of the record, name, sector; kind (the unit's own brand), status (a key of BRANDS).
    """
    held = _standing(view, "brand", unit).sort_values(["unit", "ref"], kind="stable")
    held = held.assign(
        kind=held["master"].where(held["master"] != "", UNNAMED),
        status=pd.Categorical(np.where(held["sub"] == "", "bare", "covered"), list(BRANDS)), order=0,
    )  # fmt: skip
    return held.sort_values("status", ascending=False, kind="stable").drop_duplicates(["unit", "branch"]).sort_index()


def richest(brands: pd.DataFrame) -> str:
    """The unit with the most sub-brands; of equal ones the first."""
    return str(brands.loc[brands["status"] == "covered"].groupby("unit")["sub"].nunique().reindex(brands["unit"].unique(), fill_value=0).idxmax())


def tree(brands: pd.DataFrame) -> pd.DataFrame:
    """One unit's brands as a tree: own brand → sub-brand → branch; a branch without a sub-brand hangs on the own brand.

    `brands`: rows of `brands` of one unit. Index node id; columns parent (id, "" at the top), label, level (master, sub, branch, bare),
    branches (how many lie under it), ref (the record's number, "" for a brand).
    """
    nodes: list[tuple] = []

    def hang(*node: object) -> str:
        nodes.append((str(len(nodes)), *node))
        return nodes[-1][0]

    for master, rows in brands.groupby("kind", sort=False):
        top = hang("", master, "master", len(rows), "")
        named = rows[rows["sub"] != ""]
        over = {sub: hang(top, sub, "sub", len(own), "") for sub, own in named.groupby("sub", sort=False)}
        for row in rows.sort_values("status", ascending=False, kind="stable").itertuples():
            hang(over.get(row.sub, top), row.branch, "branch" if row.sub else "bare", 1, row.ref)
    return pd.DataFrame(nodes, columns=["id", "parent", "label", "level", "branches", "ref"]).set_index("id")


def risk_groups(risks: pd.DataFrame, by: str) -> pd.DataFrame:
    """Risks by status: index the values of a column, most high ones without controls first; columns the keys of RISKS, rate.

    rate: per cent of the high ones whose controls are in force, NaN where there is none.
    """
    counts = counted(risks, by, RISKS)
    high = counts["controlled"] + counts["uncontrolled"]
    counts["rate"] = 100 * counts["controlled"] / high.where(high > 0)
    return counts.sort_values(["uncontrolled", "unassessed"], ascending=False, kind="stable")


def brand_groups(brands: pd.DataFrame, by: str) -> pd.DataFrame:
    """Branches by status: index the values of a column, the least covered first; columns the keys of BRANDS, rate (per cent covered)."""
    counts = counted(brands, by, BRANDS)
    counts["rate"] = 100 * counts["covered"] / (counts["covered"] + counts["bare"])
    return counts.sort_values(["rate", "bare"], ascending=[True, False], kind="stable")


def counted(table: pd.DataFrame, by: str, statuses: Mapping[str, Status]) -> pd.DataFrame:
    """Rows by status: index the values of a column, columns the statuses."""
    counts = table.groupby([by, "status"], observed=False).size().unstack("status").reindex(columns=list(statuses)).fillna(0.0)
    counts.columns = list(statuses)
    return counts


def _standing(view: View, ledger: str, unit: str) -> pd.DataFrame:
    """Records that had begun by the day and had not ended before it; empty dates: from ever, for ever. ISO texts sort as days do."""
    held, day = placed(view, ledger, unit), as_of(view).isoformat()
    return held[(held["since"].fillna("") <= day) & (held["until"].fillna("9999") >= day)]
