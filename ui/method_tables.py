"""The method of a release in tables: tiers, weights, indicators, facets, registries, and what identifies the release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring import imputation, treatment, weighting
from scoring.aggregation import AGGREGATIONS, parse_aggregation
from scoring.framework import Node
from scoring.imputation import IMPUTATIONS
from scoring.index import Fitted
from scoring.normalisation import NORMALISATIONS
from scoring.registry import Method
from scoring.tiers import TIER_RULES, gate
from scoring.treatment import TREATMENTS
from scoring.values import STATE_TITLES
from scoring.weighting import WEIGHTINGS
from store.ledgers.views import SOURCE, VIEWS
from ui.evidence import DIRECTIONS
from ui.method_text import comparability, percent
from ui.wording import period_title, tenth
from ui.worked_example import number, scale_words

if TYPE_CHECKING:
    from ui.view import View

TRANSFORMS = {"none": "", "log": "先取自然对数"}
SOURCES = {
    "report": "报送", "survey": "调查", "ledger": "台账", "task": "任务", "risk": "风险", "rectification": "整改",
    "activity": "活动", "inspection": "暗访", "brand": "品牌",
}  # fmt: skip
Line = tuple[str, str, str, str, str]  # name, what is said of it, a quiet note, a figure, a quiet figure


def tier_lines(view: View, title: Callable[[str], str]) -> list[Line]:
    """Each tier, best first: how it is cut, the indices in it by rule, and how many units hold it. `title`: label → shown."""
    policy, units, words = view.policy, view.units, view.words
    lines = []
    for place, label in enumerate(policy.tier_labels):
        members = units.loc[units["tier_by_rule"] == label, "index"]
        low, _ = gate(units["index"], units["tier_by_rule"], label, policy)
        held, ruled = int((units["tier"] == label).sum()), len(members)
        last = place == len(policy.tier_labels) - 1
        cut = "" if np.isnan(low) else f"{'最低' if last else '划线'} {tenth(low)}"
        note = "，".join([t for t in (cut, f"最高 {tenth(members.max())}" if ruled else "") if t])
        moved = f"按规则 {ruled} 个" if held != ruled else ""
        lines.append((title(label), cut_words(view, place), note, f"{held} 个{words['unit']}", moved))
    return lines


def cut_words(view: View, place: int) -> str:
    """How one tier is cut off, in words, from the policy's rule and cuts."""
    policy, words = view.policy, view.words
    cuts, last = policy.tier_cuts, place == len(policy.tier_labels) - 1
    if policy.tier_rule == "thresholds":
        return f"低于 {number(cuts[-1])}" if last else f"{words['index']} ≥ {number(cuts[place])}"
    if policy.tier_rule == "share":
        after = f"，且在前 {percent(cuts[place - 1])} 之后" if place else ""
        return "其余" if last else f"名次在前 {percent(cuts[place])}{after}"
    return TIER_RULES[policy.tier_rule].title


def methods(view: View) -> list[tuple[str, list[Line]]]:
    """(heading, lines) of every registry: the methods in use first, then what else a framework or policy can ask for."""
    leaves, inner, policy = view.framework.indicators, view.framework.inner, view.policy
    means = [parse_aggregation(n.aggregation or policy.aggregation)[0] for n in inner]
    return [
        ("缺报插补", _method_lines(IMPUTATIONS, Counter(imputation.method_of(n, policy) for n in leaves), "项指标")),
        ("异常值处理", _method_lines(TREATMENTS, Counter(treatment.method_of(n, policy) for n in leaves), "项指标")),
        ("标准化方法", _method_lines(NORMALISATIONS, Counter(n.method for n in leaves), "项指标")),
        ("权重方法", _method_lines(WEIGHTINGS, Counter(weighting.method_of(n, policy) for n in inner), "个节点")),
        ("合成方法", _method_lines(AGGREGATIONS, Counter(means), "个节点")),
        ("梯队规则", _method_lines(TIER_RULES, {view.policy.tier_rule: 1}, "")),
    ]


def _method_lines(registry: Mapping[str, Method], used: Mapping[str, int], what: str) -> list[Line]:
    order = sorted(registry.values(), key=lambda m: -used.get(m.name, 0))
    figures = [f"{used[m.name]} {what}" if what else "本期所用" for m in order if used.get(m.name)]
    figures += ["可选"] * (len(order) - len(figures))
    return [(m.title, m.doc, m.name, figure, "") for m, figure in zip(order, figures, strict=True)]


def node_table(view: View) -> pd.DataFrame:
    """Every node but the root, index code; name, parent ("" below the root), level, weight as it is stated, share of the index."""
    tree = view.framework
    root = tree.root.code
    nodes = [(n, "" if n.parent == root else n.parent) for n in tree.nodes if n.code != root]
    rows = [(n.code, n.name, parent, tree.depth(n.code), n.weight, tree.effective_weight(n.code)) for n, parent in nodes]
    return pd.DataFrame(rows, columns=["code", "name", "parent", "level", "weight", "share"]).set_index("code")


def indicator_table(view: View, scales: Fitted | None) -> pd.DataFrame:
    """All that the framework says of each indicator, and this release's counts; Chinese headers, empty columns left out."""
    tree, rows = view.framework, []
    counts = pd.crosstab(view.cells["indicator"], view.cells["state"])
    values = view.cells.groupby("indicator")["value"].agg(["min", "max"])
    for node in tree.indicators:
        facets = {title: node.facets.get(column, "") for column, title in view.facets.items()}
        row = {
            "指标": node.name, "代码": node.code, "所属": " / ".join(n.name for n in tree.path(node.code)[1:-1]),
            "计量单位": node.unit, "方向": DIRECTIONS[node.direction], "权重": node.weight,
            "占指数": 100 * tree.effective_weight(node.code), "标准化": NORMALISATIONS[node.method].title,
            "折算": scale_words(node, scales.scales[node.code]) if scales else "",
            "低端": node.low, "高端": node.high, "目标": node.target, "基准": node.reference,
            "分档": "；".join(f"{number(a)} 起 {number(s)}" for a, s in node.bands),
            "变换": TRANSFORMS.get(node.transform, node.transform), "除以": node.denominator, "标准误": node.error,
            **_processing(view, node),
            "来源": source_title(node.source), **facets,
        }  # fmt: skip
        if not view.peers:  # counts and ends of all units
            row |= {title: int(counts.at[node.code, state]) if state in counts and node.code in counts.index else 0
                    for state, title in STATE_TITLES.items()}  # fmt: skip
            row |= {"最小值": values["min"].get(node.code), "最大值": values["max"].get(node.code)}
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.loc[:, [not table[c].isna().all() and not (table[c] == "").all() for c in table.columns]]


def _processing(view: View, node: Node) -> dict[str, str]:
    """How gaps and outliers of an indicator are dealt with; "" for not at all."""
    asked = {"插补": (IMPUTATIONS, imputation), "异常值": (TREATMENTS, treatment)}
    names = {title: module.method_of(node, view.policy) for title, (_, module) in asked.items()}
    return {title: "" if name == "none" else asked[title][0][name].title for title, name in names.items()}


def source_title(source: str) -> str:
    """Where an indicator's values come from, in Chinese: `ledger:task` → 台账：任务; a source that nobody named as it is.

    A view of a ledger has its title: 台账：任务：重大部署按期办结率.
    """
    view = VIEWS.get(source.removeprefix(SOURCE))
    if view:
        source = f"{SOURCE}{view.ledger}:{view.title}"
    return "：".join(SOURCES.get(part, part) for part in source.split(":", 2) if part)


def search(table: pd.DataFrame, codes: Collection[str], query: str) -> pd.DataFrame:
    """Rows of `indicator_table` with one of these codes (none given: all) in which every word of the query occurs."""
    kept = table["代码"].isin(codes) if codes else pd.Series(True, index=table.index)
    text = table.map(str).agg(" ".join, axis=1).str.casefold()
    for word in query.casefold().split():
        kept &= text.str.contains(word, regex=False)
    return table[kept]


def facet_lines(view: View) -> list[Line]:
    """Every facet with its groups: how many indicators each has and how much of the index it stands for."""
    lines = []
    for column, title in view.facets.items():
        groups = []
        for group in view.framework.groups(column):
            codes = [n.code for n in view.framework.indicators if n.facets.get(column) == group]
            groups.append(f"{group} {len(codes)} 项 {percent(sum(map(view.framework.effective_weight, codes)))}")
        lines.append((title, "　".join(groups), "", f"{len(groups)} 组", ""))
    return lines


def comparable(view: View) -> list[Line]:
    """When scores of different periods compare, a sentence a line."""
    return [("" if k else "各期能否相比", sentence, "", "", "") for k, sentence in enumerate(comparability(view))]


def facts(view: View) -> list[Line]:
    """What identifies a release."""
    row, words = view.row, view.words
    same = view.served.loc[view.served["framework"] == row["framework"], "period"]
    others = len(view.periods) - len(same)
    versions = f"{period_title(same.iloc[0])}至{period_title(same.iloc[-1])}共 {len(same)} 期同用此版" if len(same) > 1 else ""
    versions += f"；另 {others} 期用别的版本" if others else ""
    moment = f"{pd.Timestamp(row['at']):%Y-%m-%d %H:%M:%S}"
    again = f"同一{words['period']}重新发布后，可随时换回这一号"
    texts = [
        ("发布", f"第 {view.release} 号，{period_title(view.period)}", f"{moment}，{row['by']}"),
        (words["unit"], f"{row['units']} 个，{row['scored']} 个有得分", ""),
        ("指标体系与评分规则", f"第 {row['framework']} 版", versions.removeprefix("；")),
        ("程序", f"{row['code_version']} 版", ""),
        ("数据摘要", str(row["data_digest"]), "SHA-256，覆盖得分所依据的取值、状态、名单和加减分"),
        ("结果摘要", str(row["digest"]), "SHA-256；python manage.py check 逐个核对"),
        ("重开", f"python manage.py reopen {view.release}", again),
    ]
    return [(name, text, note, "", "") for name, text, note in texts]
