"""The method of a release in words: every sentence and table is written from its framework, its policy and the registries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scoring.aggregation import AGGREGATIONS, parse_aggregation
from scoring.index import Fitted
from scoring.normalisation import FIXED, NORMALISATIONS
from scoring.policy import MISSING_RULES
from scoring.registry import Method
from scoring.tier_rules import TIER_RULES
from scoring.tiers import gate
from scoring.values import STATE_TITLES
from ui.worked_example import aggregation_title, method_of, number, scale_words

if TYPE_CHECKING:
    from ui.viewer import View

TRANSFORMS = {"none": "", "log": "先取自然对数"}
DIRECTIONS = {1: "越高越好", -1: "越低越好"}


class Stage(NamedTuple):
    """One step of the calculation: its name, the figure that says most, and a few words."""

    title: str
    figure: str
    words: str


def percent(share: float) -> str:
    """A share as a percentage with as many decimals as it needs, at most two."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def stages(view: View) -> list[Stage]:
    """What is computed, in its order, with this release's figures."""
    policy, words, units = view.policy, view.words, view.units
    states, kinds = Counter(view.cells["state"]), view.adjustments["kind"]
    adjusted = view.adjustments.loc[kinds != "veto", "unit"].nunique()
    held = [str(int((units["tier"] == label).sum())) for label in policy.tier_labels]
    mean = units["index"].mean()
    return [
        Stage("原始值", f"{len(view.framework.indicators)} 项", f"有值 {percent(states['value'] / max(states.total(), 1))}"),
        Stage("得分", span(view), "、".join(f"{t} {n} 项" for t, n in normalisations_used(view).items())),
        Stage(words["dimension"], f"{len(view.framework.dimensions)} 个", _aggregations_of(view, [d.code for d in view.framework.dimensions])),
        Stage(words["index"], f"均值 {mean:.1f}".replace("-", "−") if np.isfinite(mean) else "—", _aggregations_of(view, [view.framework.root.code])),
        Stage("加减分", f"{adjusted} 个{words['unit']}", f"加至多 {policy.bonus_cap:g}，减至多 {policy.penalty_cap:g}"),
        Stage("一票否决", f"{int(units['veto'].sum())} 个{words['unit']}", f"至高为{policy.veto_ceiling}"),
        Stage("梯队", " / ".join(held), TIER_RULES[policy.tier_rule].title),
    ]


def span(view: View) -> str:
    """The score range, such as 0–100."""
    low, high = view.policy.range
    return f"{number(low)}–{number(high)}"


def normalisations_used(view: View) -> dict[str, int]:
    """Title of each normalisation in use → number of indicators, the commonest first."""
    return dict(Counter(NORMALISATIONS[method_of(n)].title for n in view.framework.indicators).most_common())


def _aggregations_of(view: View, codes: list[str]) -> str:
    nodes = [view.framework.node(code) for code in codes if not view.framework.is_indicator(code)]
    return "、".join(dict.fromkeys(aggregation_title(n.aggregation or view.policy.aggregation) for n in nodes))


def rules(view: View) -> list[tuple[str, list[str]]]:
    """(heading, sentences) of every rule in force, in the order in which they apply."""
    return [
        ("得分", _scoring(view)),
        ("缺数怎么办", _missing(view)),
        ("合成", _merging(view)),
        ("加减分", _adjusting(view)),
        ("一票否决", _veto(view)),
        ("名次与梯队", _tiers(view)),
        ("均衡与短板", _balance(view)),
    ]


def _scoring(view: View) -> list[str]:
    used = dict.fromkeys(method_of(n) for n in view.framework.indicators)
    sentences = [f"{NORMALISATIONS[name].title}：{NORMALISATIONS[name].doc}" for name in used]
    lowers = sum(n.direction < 0 for n in view.framework.indicators)
    logs = sum(n.transform == "log" for n in view.framework.indicators)
    if set(used) & {"goalposts", "min_max", "banded"}:
        sentences.append(f"得分区间 {span(view)}。")
    sentences += [f"{lowers} 项指标越低越好，折算时方向相反。"] if lowers else []
    return sentences + ([f"{logs} 项指标先取自然对数再折算。"] if logs else [])


def _missing(view: View) -> list[str]:
    policy, counts = view.policy, Counter(view.cells["state"])
    found = "，".join(f"{title} {counts[state]} 格" for state, title in STATE_TITLES.items())
    threshold = (
        f"任一节点有值指标的权重不足 {percent(policy.coverage)} 时，该节点不计分，其上级也不计分，并注明原因。"
        if policy.coverage
        else "不设覆盖率门槛：一个节点只要有一项有值就计分。"
    )
    return [
        f"缺报：{MISSING_RULES[policy.missing_rule]}。",
        "不适用、待报：不计该指标，权重由同级其余指标分担。",
        threshold,
        f"本期 {found}；{int(view.units['index'].isna().sum())} 个{view.words['unit']}不计分。",
    ]


def _merging(view: View) -> list[str]:
    nodes: dict[str, list[str]] = {}
    for node in view.framework.inner:
        nodes.setdefault(node.aggregation or view.policy.aggregation, []).append(node.name)
    sentences = []
    for text, names in nodes.items():
        name, _ = parse_aggregation(text)
        where = "各级" if len(nodes) == 1 else "、".join(names)
        sentences.append(f"{where}用{aggregation_title(text)}。{AGGREGATIONS[name].doc}")
    return sentences


def _adjusting(view: View) -> list[str]:
    policy, units = view.policy, view.units
    bonus = f"加分合计至多 {policy.bonus_cap:g} 分" if policy.bonus_cap else "不加分"
    penalty = f"减分合计至多 {policy.penalty_cap:g} 分" if policy.penalty_cap else "不减分"
    counts = f"本期加分 {int((units['bonus'] > 0).sum())} 个，减分 {int((units['penalty'] > 0).sum())} 个。"
    return [f"{bonus}，{penalty}；每笔有事由和文号，加减后仍在 {span(view)} 之间。", counts]


def _veto(view: View) -> list[str]:
    policy = view.policy
    if policy.veto_ceiling == policy.tier_labels[0]:
        return ["一票否决只作标记，不改变梯队。"]
    held = int((view.units["tier"] != view.units["tier_by_rule"]).sum())
    vetoed = int(view.units["veto"].sum())
    return [
        f"被一票否决的{view.words['unit']}至高为{policy.veto_ceiling}；指数和名次不变。",
        f"本期 {vetoed} 个被否决，其中 {held} 个因此改变了梯队。",
    ]


def _tiers(view: View) -> list[str]:
    rule = TIER_RULES[view.policy.tier_rule]
    return [f"按含加减分的{view.words['index']}由高到低排名，并列取最好名次。", f"梯队{rule.title}：{rule.doc}"]


def _balance(view: View) -> list[str]:
    words, gap = view.words, view.policy.balance_gap
    view_words = f"另列各{words['dimension']}的加权几何平均，短板越短，与{words['index']}相差越大；不影响名次。"
    if not gap:
        return [view_words]
    many = int((view.units["weakest_gap"] >= gap).sum())
    flag = f"最低的{words['dimension']}低于本{words['unit']}均值 {gap:g} 分以上，标为短板：本期 {many} 个。"
    return [view_words, flag]


def tier_table(view: View) -> pd.DataFrame:
    """Each tier, best first: the rule's words, units by rule and as shown, lowest and highest index by rule."""
    policy, units = view.policy, view.units
    rows = []
    for place, label in enumerate(policy.tier_labels):
        members = units.loc[units["tier_by_rule"] == label, "index"]
        low, _ = gate(units["index"], units["tier_by_rule"], label, policy)
        rows.append((label, cut_words(view, place), len(members), int((units["tier"] == label).sum()), low, members.max()))
    columns = ["tier", "rule", "by_rule", "held", "low", "high"]
    return pd.DataFrame(rows, columns=columns).astype({"low": float, "high": float})


def cut_words(view: View, place: int) -> str:
    """How one tier is cut off, in words, from the policy's rule and cuts."""
    policy, words = view.policy, view.words
    cuts, last = policy.tier_cuts, place == len(policy.tier_labels) - 1
    if policy.tier_rule == "thresholds":
        return f"低于 {number(cuts[-1])}" if last else f"{words['index']} ≥ {number(cuts[place])}"
    if policy.tier_rule == "share":
        return "其余" if last else f"名次在前 {percent(cuts[place])}" if not place else f"前 {percent(cuts[place - 1])}–{percent(cuts[place])}"
    return TIER_RULES[policy.tier_rule].title


def method_table(registry: Mapping[str, Method], used: Mapping[str, int]) -> pd.DataFrame:
    """Methods of a registry, those in use first: title, name, doc, used (number of places)."""
    rows = [(m.title, name, m.doc, used.get(name, 0)) for name, m in registry.items()]
    table = pd.DataFrame(rows, columns=["title", "name", "doc", "used"])
    return table.sort_values("used", ascending=False, kind="stable", ignore_index=True)


def methods(view: View) -> list[tuple[str, pd.DataFrame]]:
    """(heading, table) of every registry that the page shows."""
    inner = [parse_aggregation(n.aggregation or view.policy.aggregation)[0] for n in view.framework.inner]
    return [
        ("标准化", method_table(NORMALISATIONS, Counter(map(method_of, view.framework.indicators)))),
        ("合成", method_table(AGGREGATIONS, Counter(inner))),
        ("梯队", method_table(TIER_RULES, {view.policy.tier_rule: 1})),
    ]


def comparability(view: View) -> list[str]:
    """When scores of different periods compare."""
    words, policy, nodes = view.words, view.policy, view.framework.indicators
    moving = [n for n in nodes if method_of(n) not in FIXED]
    fixed = "界值写在指标体系中，不随数据变动：各期得分可比，增减单位不影响他人得分。".replace("单位", words["unit"])
    if not moving:
        return [f"全部 {len(nodes)} 项指标的{fixed}"]
    titles = "、".join(dict.fromkeys(NORMALISATIONS[method_of(n)].title for n in moving))
    lead = f"{len(moving)} 项指标（{titles}）"
    if policy.pool == "period":
        sentence = f"{lead}按本期全部{words['unit']}的取值定界：得分只在本期内可比；跨期只宜比名次和梯队。"
    elif policy.pool == "all":
        sentence = f"{lead}按发布时各期的全部取值定界：同一次发布的各期可比；新增一期后重新发布，界值会变。"
    else:
        sentence = f"{lead}按基期 {policy.pool.removeprefix('base:')} 的取值定界：各期可比，基期数据不改则界值不变。"
    rest = len(nodes) - len(moving)
    return [sentence, *([f"其余 {rest} 项指标的{fixed}"] if rest else [])]


def node_table(view: View) -> pd.DataFrame:
    """Every node with the weight it is stated with and the share it has in the index: index code; name, parent, level, weight, share."""
    tree = view.framework
    rows = [(n.code, n.name, n.parent, tree.depth(n.code), n.weight, tree.effective_weight(n.code)) for n in tree.nodes]
    return pd.DataFrame(rows, columns=["code", "name", "parent", "level", "weight", "share"]).set_index("code")


def indicator_table(view: View, scales: Fitted | None) -> pd.DataFrame:
    """Everything the framework says of each indicator, and this release's counts, under Chinese headers; empty columns left out."""
    tree, rows = view.framework, []
    counts = pd.crosstab(view.cells["indicator"], view.cells["state"])
    values = view.cells.groupby("indicator")["value"].agg(["min", "max"])
    for node in tree.indicators:
        facets = {title: node.facets.get(column, "") for column, title in view.facets.items()}
        row = {
            "代码": node.code, "指标": node.name, "所属": " / ".join(n.name for n in tree.path(node.code)[1:-1]),
            "计量单位": node.unit, "方向": DIRECTIONS[node.direction], "权重": node.weight,
            "占指数": 100 * tree.effective_weight(node.code), "标准化": NORMALISATIONS[method_of(node)].title,
            "折算": scale_words(node, scales.scales[node.code]) if scales else "",
            "低端": node.low, "高端": node.high, "目标": node.target, "基准": node.reference,
            "分档": "；".join(f"{number(a)} 起 {number(s)}" for a, s in node.bands), "变换": TRANSFORMS.get(node.transform, node.transform),
            "来源": node.source, **facets,
            **{title: int(counts.at[node.code, state]) if state in counts and node.code in counts.index else 0
               for state, title in STATE_TITLES.items()},
            "最小值": values["min"].get(node.code), "最大值": values["max"].get(node.code),
        }  # fmt: skip
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.loc[:, [not table[c].isna().all() and not (table[c] == "").all() for c in table.columns]]


def facet_table(view: View) -> pd.DataFrame:
    """Groups of every facet: facet, group, number of indicators, share of the index."""
    rows = []
    for column, title in view.facets.items():
        for group in view.framework.groups(column):
            codes = [n.code for n in view.framework.indicators if n.facets.get(column) == group]
            rows.append((title, group, len(codes), 100 * sum(map(view.framework.effective_weight, codes))))
    return pd.DataFrame(rows, columns=["facet", "group", "indicators", "share"])
