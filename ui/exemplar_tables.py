"""The tables and sentences of 红雁清风 as they are read and taken away, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ui import certainty, exemplar_peers, fields, glance
from ui.wording import clean, period_title, signed, tenth

if TYPE_CHECKING:
    from ui.exemplar_peers import Lesson
    from ui.view import View

CRITERIA = {"steady": "稳定领先", "balanced": "均衡", "improving": "进步", "significant": "可靠"}
_MARKS = {True: "✓", False: "✕"}
_UNKNOWN = "？"


def sentence(view: View, row: Any) -> str:
    """One exemplar in a line, for its unit's portrait. row: of `exemplars.with_lessons`."""
    learned = f"，被借鉴 {row.learned} 次" if row.learned else ""
    return f"培树点 · {view.node_name(row.node)}：{clean(row.title, 60)}（{row.since} 起，{clean(row.document, 60)}）{learned}"


def alike(view: View) -> str:
    """In what the units to learn from are like the one that learns."""
    size = f"、{view.words['size']}" if view.units["size"].notna().any() else ""
    sector = f"、{view.words['sector']}" if (view.units["sector"].fillna("") != "").any() else ""
    return f"其余{view.words['dimension']}{size}{sector}与它最接近、这一项明显更好"


def nobody(view: View, unit: str, node: str) -> str:
    """Why there is nobody to learn from."""
    if view.peers:
        return view.peers.untold
    others = [d.code for d in view.framework.dimensions if d.code != node]
    if view.nodes.loc[unit, others].isna().all() and not view.units.at[unit, "size"] > 0:
        return f"它没有其他{view.words['dimension']}的得分，也没有{view.words['size']}，看不出谁与它相近。"
    return f"{view.node_name(node)}没有明显更好的同类：要高出至少半个标准差，并在最好的四分之一里。"


def named_in(view: View, of: Lesson, held: pd.DataFrame) -> str:
    """The exemplars of the dimension that people have named, but for the unit itself, in a sentence; "" where there is none."""
    others = held[(held["field"] == of.node) & (held["unit"] != of.unit)]
    names = "、".join(f"{clean(tag, 24)}“{clean(title, 24)}”" for tag, title in zip(others["tag"], others["title"], strict=True))
    return f"{view.node_name(of.node)}在册的培树点：{names}。" if names else ""


def models(view: View, of: Lesson, letters: Mapping[str, str], held: pd.DataFrame) -> pd.DataFrame:
    """Whom to learn from, as texts: letter, name, score there and how much it is ahead, likeness, in what it is ahead most.

    letters: unit → the letter that it has in figures; held: as `exemplars.named`.
    """
    node, rows = of.node, {}
    exemplary = set(held.loc[held["field"] == node, "unit"])
    for other, row in of.models.iterrows():
        rows[other] = {
            "": letters.get(other, ""),
            view.words["unit"]: clean(row["tag"], 40) + (" · 培树点" if other in exemplary else ""),
            clean(view.node_name(node), 20): tenth(row["score"]),
            "高出": signed(row["lead"]),
            "像在哪里": _likeness(view, row),
            "好在哪里": exemplar_peers.biggest(exemplar_peers.differences(view, of.unit, [other], node)),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.loc[:, (table != "").any()]


def _likeness(view: View, row: pd.Series) -> str:
    """How like a unit is: the mean distance of its other dimensions, its size, its sector."""
    said = [f"其余平均差 {tenth(row['apart'])} 分"] if pd.notna(row["apart"]) else []
    if pd.notna(row["ratio"]):
        said.append(f"{view.words['size']} {row['ratio']:{'.1f' if row['ratio'] >= 0.1 else '.1g'}} 倍")
    return "，".join([*said, *([f"同{view.words['sector']}"] if row["same"] else [])])


def differences(of: Lesson, cells: pd.DataFrame, letters: Mapping[str, str]) -> pd.DataFrame:
    """What parts a unit from those it can learn from, as shown: index indicator; the raw values of each under its letter.

    cells: as `exemplar_peers.cells`.
    """
    found = of.differences
    measured = [f"{'↑' if direction > 0 else '↓'} {clean(unit, 12)}" for direction, unit in zip(found["direction"], found["unit"], strict=True)]
    table = pd.DataFrame({"指标": [clean(name, 60) for name in found["name"]], "计量": measured}, index=found.index)
    table = table.join(cells.rename(columns=letters))
    table["得分差"] = found["lead"]
    table["折合指数"] = found["points"]
    return table


def candidates(view: View, found: pd.DataFrame) -> pd.DataFrame:
    """Candidates as shown: index unit; how many criteria are met, and each of them with its figure."""
    shown = pd.DataFrame(
        {
            view.words["unit"]: [clean(tag, 40) for tag in found["tag"]],
            view.words["sector"]: [clean(sector, 20) for sector in found["sector"]],
            "得分": found["score"],
            "名次": found["rank"],
            "满足": [f"{met} / {len(CRITERIA)}" for met in found["met"]],
        },
        index=found.index,
    )
    for name, facts in _facts(view, found).items():
        shown[CRITERIA[name]] = [f"{_MARKS.get(met, _UNKNOWN)} {fact}" for met, fact in zip(found[name].to_list(), facts, strict=True)]
    shown["已是培树点"] = [clean(titles, 60) for titles in found["named"]]
    return shown.loc[:, [c for c in shown if c not in (view.words["sector"], "已是培树点") or (shown[c] != "").any()]]


def _facts(view: View, found: pd.DataFrame) -> dict[str, list[str]]:
    """The figure behind each criterion."""
    weak = zip(found["weakest"], found["gap"], strict=True)
    return {
        "steady": [f"{n} 期，自{period_title(since)}" for n, since in zip(found["length"], found["since"], strict=True)],
        "balanced": [f"{clean(view.node_name(node), 16)}低 {tenth(gap)}" if pd.notna(gap) else "无从判断" for node, gap in weak],
        "improving": [signed(change) if pd.notna(change) else "无可比的一期" for change in found["change"]],
        "significant": [certainty.percent(share) if pd.notna(share) else "未测算" for share in found["chance"]],
    }


def meanings(view: View, periods: int) -> list[str]:
    """What each criterion asks, in the order of CRITERIA."""
    base, policy = glance.against(view, next(iter(glance.bases(view)), None)) or "较上期", view.policy
    gap = f"最低的{view.words['dimension']}低于自身均值不到 {policy.balance_gap:g} 分" if policy.balance_gap else "评分规则没有设短板线，不判断"
    return [
        f"连续 {periods} 期居{view.labels[0]}",
        gap,
        f"{base}提高，且不少于居中的{view.words['unit']}",
        f"{view.words['index']}在 {policy.draws.certainty:.0%} 以上的测算中居{view.labels[0]}",
    ]


def lessons(view: View, taken: pd.DataFrame) -> pd.DataFrame:
    """What was taken from exemplars, as shown."""
    return pd.DataFrame(
        {
            "日期": taken["date"].to_list(),
            view.words["unit"]: [clean(tag, 40) for tag in taken["tag"]],
            "向谁学": [clean(source, 40) for source in taken["source"]],
            "学了什么": [clean(title, 80) for title in taken["title"]],
            "成效": [clean(effect, 80) for effect in taken["effect"]],
            "得分变化": taken["change"].to_list(),
        },
        index=taken["unit"],
    )


def before_and_after(view: View, taken: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """The lessons after which a later period has followed, for `then_and_now`: those that gained most first, one a unit and node."""
    rows = taken[taken["change"].notna()].sort_values("change", ascending=False, kind="stable").drop_duplicates(["unit", "node"]).head(most)
    tables = {node: fields.tiers(view, node) for node in rows["node"].unique()}
    learned = zip(rows["date"], rows["source"], rows["title"], strict=True)
    where = list(zip(rows["unit"], rows["tag"], rows["node"], strict=True))
    return rows.assign(
        code=rows["unit"],
        label=[f"{clean(tag, 20)} · {clean(view.node_name(node), 10)}" for _, tag, node in where],
        tier=[tables[node][unit] for unit, _, node in where],
        note=[f"{day} 向{clean(source, 30)}学{clean(title, 40)}" for day, source, title in learned],
    )


def exemplars_out(view: View, held: pd.DataFrame) -> pd.DataFrame:
    """The exemplars to take away, at full precision. held: as `exemplars.with_lessons`."""
    head = {
        "unit": f"{view.words['unit']}代码", "name": view.words["unit"], "sector": view.words["sector"], "ref": "编号", "title": "名称",
        "field_name": "示范领域", "story": "事迹", "since": "命名日期", "until": "终止日期", "document": "命名文号", "score": "本期得分",
        "rank": "本期名次", "tier": "本期梯队", "learned": "被借鉴次数", "file": "来源文件", "row": "行",
    }  # fmt: skip
    return held.assign(field_name=[view.node_name(node) for node in held["node"]])[list(head)].rename(columns=head)


def lessons_out(view: View, taken: pd.DataFrame) -> pd.DataFrame:
    """What was taken to take away, at full precision."""
    head = {
        "unit": f"{view.words['unit']}代码", "name": view.words["unit"], "ref": "编号", "date": "借鉴日期", "exemplar": "培树点单位代码",
        "source": "培树点单位", "exemplar_title": "培树点名称", "title": "学了什么", "effect": "成效", "node_name": "领域", "then": "借鉴前得分",
        "now": "本期得分", "change": "变化", "file": "来源文件", "row": "行",
    }  # fmt: skip
    return taken.assign(node_name=[view.node_name(node) for node in taken["node"]])[list(head)].rename(columns=head)


def candidates_out(view: View, found: pd.DataFrame) -> pd.DataFrame:
    """The candidates to take away: each criterion as 是, 否 or nothing, and its figure at full precision."""
    head = {
        "name": view.words["unit"], "sector": view.words["sector"], "score": "得分", "rank": "名次", "met": "满足条数", **CRITERIA,
        "length": "连续期数", "since": "自", "gap": "最弱低于均值", "change": "变化", "chance": f"居{view.labels[0]}的概率", "named": "已是培树点",
    }  # fmt: skip
    return found[list(head)].rename(columns=head).rename_axis(f"{view.words['unit']}代码").reset_index()
