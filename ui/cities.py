"""Areas as they are compared: what each comes to, what parts them, how each has changed, and what was published there itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.normalisation import FIXED
from ui import address, area_reads
from ui.wording import clean, tenth

if TYPE_CHECKING:
    from ui.view import View

_SPREAD = {"sd": "标准差", "low": "最低", "q1": "下四分位", "median": "中位数", "q3": "上四分位", "high": "最高"}
_OWN = {"own_mean": "当地发布的均值", "own_release": "当地发布号", "own_at": "当地发布时间"}
SAME = 0.05  # points of a mean that no one decimal shows


@dataclass(frozen=True)
class Areas:
    """What lies directly within an area, or the whole ("").

    `table`: index path, the highest mean first; columns as of `store.releasing.groups.children`, and own_release, own_mean, own_at
    (of what was published there; missing where nothing was). `nodes`: index path, the mean of every node.
    """

    path: str
    table: pd.DataFrame
    nodes: pd.DataFrame

    def word(self, view: View) -> str:
        """What they are: areas, or the sectors of one."""
        return "地区" if (self.table["kind"] == "area").any() else view.words["sector"]


def key(view: View) -> tuple[str, str, int]:
    """What reads of a view's release are kept by."""
    return str(view.path), str(view.row["digest"]), view.release


def places(view: View) -> dict[str, str]:
    """Code → title of the whole and of every area."""
    return {address.ALL: "全部地区"} | {path: clean(path.replace("/", " › "), 60) for path in area_reads.areas(*key(view))}


def within(view: View, path: str) -> Areas:
    """What lies in an area ("": in the whole)."""
    children, nodes = area_reads.children(*key(view), path)
    own = area_reads.published(*key(view)[:2], view.period)[["release", "mean", "at"]].add_prefix("own_")
    table = children.join(own).sort_values("mean", ascending=False, kind="stable", na_position="last")
    return Areas(path, table, nodes.reindex(table.index))


def caption(view: View, areas: Areas) -> str:
    """Who is ahead, how far, and how much of all differences lies between the areas rather than within them."""
    table = areas.table[areas.table["mean"].notna()]
    word = areas.word(view)
    if len(table) < 2:
        return f"{len(areas.table)} 个{word}，有得分的不到两个，没有可比的"
    best, worst = table.iloc[0], table.iloc[-1]
    if tenth(best["mean"]) == tenth(worst["mean"]):
        return f"{len(areas.table)} 个{word}的均值都是 {tenth(best['mean'])}，没有高下"
    first, last = (f"{clean(row['name'], 20)}{which}，{tenth(row['mean'])}" for row, which in ((best, "均值最高"), (worst, "最低")))
    told = f"{len(areas.table)} 个{word}中{first}；{last}"
    share = between(table)
    return told if np.isnan(share) else f"{told}。{view.words['unit']}之间的差异，{share:.0%} 来自{word}之间，其余在{word}内部"


def between(table: pd.DataFrame) -> float:
    """Share of the variance of all units that lies between groups (η²), 0 to 1: from scored, mean and sd of each; NaN without any."""
    n, mean, sd = (table[c].to_numpy(float) for c in ("scored", "mean", "sd"))
    apart = n @ (mean - n @ mean / n.sum()) ** 2
    inside = np.where(n > 1, n - 1, 0) @ np.nan_to_num(sd) ** 2
    return apart / (apart + inside) if apart + inside > 0 else np.nan


def heat(view: View, areas: Areas) -> pd.DataFrame:
    """Means of the index and of every dimension, areas × dimensions, under their names."""
    tree = view.framework
    table = areas.nodes[[d.code for d in tree.dimensions]].set_axis([d.name for d in tree.dimensions], axis=1)
    table.insert(0, view.words["index"], areas.table["mean"])
    return table.set_axis(areas.table["name"].map(lambda name: clean(name, 30)), axis=0)


def reach(table: pd.DataFrame) -> tuple[float, float]:
    """From the lowest to the highest number of a table: means of many units lie too near each other to be told by the colours of all scores."""
    low, high = table.min(axis=None), table.max(axis=None)
    return (low, high) if high > low else (low - 1, high + 1)


def profiles(view: View, areas: Areas, chosen: list[str]) -> pd.DataFrame:
    """Index dimension's code; the mean of each chosen area as a column."""
    return areas.nodes.loc[chosen, [d.code for d in view.framework.dimensions]].T


def gap(view: View, areas: Areas, one: str, other: str) -> pd.DataFrame:
    """What the second area's mean has over the first's, index code; columns label, points: a row a dimension, then what is no dimension's.

    The points sum to the difference of the means. What lies beside the dimensions: adjustments, and where the index is no weighted
    mean of all dimensions of every unit, what that makes.
    """
    tree = view.framework
    step = areas.nodes.loc[other] - areas.nodes.loc[one]
    points = {d.code: tree.effective_weight(d.code) * step[d.code] for d in tree.dimensions}
    total = areas.table.at[other, "mean"] - areas.table.at[one, "mean"]
    rows = [(d.code, d.name, points[d.code]) for d in tree.dimensions if not np.isnan(points[d.code])]
    adjusted = total - step[tree.root.code]
    rest = total - adjusted - sum(p for *_, p in rows)
    rows += [(code, label, value) for code, label, value in (("adjusted", "加减分", adjusted), ("rest", "合成与缺项", rest)) if abs(value) > 1e-7]
    return pd.DataFrame(rows, columns=["code", "label", "points"]).set_index("code")


def changes(areas: Areas, before: Areas) -> tuple[pd.DataFrame, list[str]]:
    """Index path: label and points gained since the period before, the greatest gain first; and the names of those that it lacks."""
    gained = (areas.table["mean"] - before.table["mean"].reindex(areas.table.index)).rename("points")
    table = areas.table[["name"]].rename(columns={"name": "label"}).join(gained)
    lacking = table.loc[table["points"].isna(), "label"].map(lambda name: clean(name, 30)).tolist()
    return table.dropna(subset="points").sort_values("points", ascending=False, kind="stable"), lacking


def why_different(view: View, areas: Areas) -> str:
    """One line on the means that were published below, beside those of here; "" where nothing was published there."""
    apart = (areas.table["mean"] - areas.table["own_mean"]).abs()
    if apart.isna().all():
        return ""
    if apart.max() < SAME:
        return f"各地自己发布的均值与这里相同：目标区间固定，换了范围得分不变；名次和梯队按全部{view.words['unit']}重排。"
    moving = [n for n in view.framework.indicators if n.method not in FIXED]
    why = f"上下限或权重取自数据，这里按全部{view.words['unit']}重算" if moving else "各地发布时的计分规则、程序版本或范围与这里不同"
    return f"与各地自己发布的均值最多相差 {tenth(apart.max())}：{why}。"


def sheet(view: View, areas: Areas, titles: Mapping[str, str]) -> pd.DataFrame:
    """A row an area, at full precision, under Chinese headings; what was published there beside it. titles: tier label → heading."""
    table = areas.table
    heads = {"name": areas.word(view), "units": f"{view.words['unit']}数", "scored": "有得分", "mean": "均值", **_OWN, **titles, **_SPREAD}
    found = table[list(heads)].rename(columns=heads).astype({"当地发布号": "Int64"})
    return found.dropna(axis=1, how="all")


def dimensions(view: View, areas: Areas) -> pd.DataFrame:
    """The mean of every node of the framework, a row an area, under code and name."""
    tree = view.framework
    table = areas.nodes[list(tree.codes)].rename(columns={n.code: f"{n.code} {n.name}" for n in tree.nodes})
    table.insert(0, areas.word(view), areas.table["name"])
    return table
