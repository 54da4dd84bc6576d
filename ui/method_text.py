"""The method of a release in words: every sentence and table is written from its framework, its policy and the registries."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from scoring import imputation, treatment
from scoring.aggregation import AGGREGATIONS, parse_aggregation
from scoring.framework import Node
from scoring.imputation import IMPUTATIONS
from scoring.index import Fitted
from scoring.normalisation import FIXED, NORMALISATIONS
from scoring.policy import MISSING_RULES
from scoring.tiers import TIER_RULES
from scoring.treatment import TREATMENTS
from scoring.tree import compares
from scoring.values import STATE_TITLES
from scoring.weighting import FROM_DATA, WEIGHTINGS, judgement, method_of
from ui import certainty, method_ledgers
from ui.wording import tenth
from ui.worked_example import aggregation_title, number

if TYPE_CHECKING:
    from ui.view import View


class Stage(NamedTuple):
    """One step of the calculation: its name, the figure that says most, and a few words."""

    title: str
    figure: str
    words: str


def percent(share: float) -> str:
    """A share as a percentage with as many decimals as it needs, at most two."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def stages(view: View, scales: Fitted | None) -> list[Stage]:
    """What is computed, in its order, with this release's figures."""
    policy, words, units = view.policy, view.words, view.units
    states, kinds = Counter(view.cells["state"]), view.adjustments["kind"]
    adjusted = view.adjustments.loc[kinds != "veto", "unit"].nunique()
    held = [str(int((units["tier"] == label).sum())) for label in policy.tier_labels]
    mean, dimensions, root = units["index"].mean(), view.framework.dimensions, view.framework.root
    return [
        Stage("原始值", f"{len(view.framework.indicators)} 项", f"有值 {percent(states['value'] / max(states.total(), 1))}"),
        Stage("得分", ends(view, scales), "、".join(f"{t} {n} 项" for t, n in normalisations_used(view).items())),
        Stage(words["dimension"], f"{len(dimensions)} 个", aggregations_of(view, [d.code for d in dimensions])),
        Stage(words["index"], f"均值 {tenth(mean)}" if np.isfinite(mean) else "—", aggregations_of(view, [root.code])),
        Stage("加减分", f"{adjusted} 个{words['unit']}", f"加至多 {policy.bonus_cap:g}，减至多 {policy.penalty_cap:g}"),
        Stage("一票否决", f"{int(units['veto'].sum())} 个{words['unit']}", f"至高为{policy.veto_ceiling}"),
        Stage("梯队", " / ".join(held), TIER_RULES[policy.tier_rule].title),
    ]


def span(low: float, high: float) -> str:
    """A range, such as 0–100."""
    return f"{number(low)}–{number(high)}" if np.isfinite([low, high]).all() else "不设上下限"


def ends(view: View, scales: Fitted | None) -> str:
    """Between which scores an indicator can lie: the policy's range, or what its methods give."""
    return span(*(scales.ends if scales else view.policy.range))


def normalisations_used(view: View) -> dict[str, int]:
    """Title of each normalisation in use → number of indicators, the commonest first."""
    return dict(Counter(NORMALISATIONS[n.method].title for n in view.framework.indicators).most_common())


def aggregations_of(view: View, codes: list[str]) -> str:
    """Titles of the aggregations of some nodes, each once; indicators have none."""
    nodes = [view.framework.node(code) for code in codes if not view.framework.is_indicator(code)]
    return "、".join(dict.fromkeys(aggregation_title(n.aggregation or view.policy.aggregation) for n in nodes))


def rules(view: View, scales: Fitted | None) -> list[tuple[str, list[str]]]:
    """(heading, sentences) of every rule in force, in the order in which they apply."""
    return [
        ("得分", _scoring(view, scales)),
        ("缺数怎么办", _missing(view)),
        *([("台账", of_ledgers)] if (of_ledgers := method_ledgers.rules(view)) else []),
        *_processing(view),
        ("权重", _weighing(view)),
        ("合成", _merging(view)),
        ("加减分", _adjusting(view)),
        ("一票否决", _veto(view)),
        ("名次与梯队", _tiers(view)),
        ("均衡与短板", _balance(view)),
        ("有多可靠", _certainty(view)),
    ]


def _scoring(view: View, scales: Fitted | None) -> list[str]:
    used = dict.fromkeys(n.method for n in view.framework.indicators)
    sentences = [f"{NORMALISATIONS[name].title}：{NORMALISATIONS[name].doc}" for name in used]
    lowers = sum(n.direction < 0 for n in view.framework.indicators)
    logs = sum(n.transform == "log" for n in view.framework.indicators)
    sentences.append(f"指标得分 {ends(view, scales)}。")
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
        *([] if view.peers else [f"本期{found}；{int(view.units['index'].isna().sum())} 个{view.words['unit']}不计分。"]),
    ]


def _weighing(view: View) -> list[str]:
    nodes: dict[str, list[Node]] = {}
    for node in view.framework.inner:
        nodes.setdefault(method_of(node, view.policy), []).append(node)
    sentences = []
    for name, mine in nodes.items():
        where = "各级" if len(nodes) == 1 else "、".join(n.name for n in mine)
        sentences.append(f"{where}：{WEIGHTINGS[name].title}。{WEIGHTINGS[name].doc}")
        for node in mine if name == "ahp" else []:
            kids = view.framework.children(node.code)
            ratio = judgement(node, kids, view.policy).ratio if len(kids) > 1 else 0.0
            sentences.append(f"{node.name}的两两比较，一致性比率 {ratio:.3f}。")
    if set(nodes) & set(FROM_DATA):
        sentences.append(f"由数据求得的权重以下级全部有得分的{view.words['unit']}为准，随发布固定，见“权重”。")
    return sentences


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


def _processing(view: View) -> list[tuple[str, list[str]]]:
    """What is done to values before they are scored, under its heading; nothing where nothing is asked for."""
    policy, leaves, sentences = view.policy, view.framework.indicators, []
    if policy.screening:
        few = f"有值指标不足 {percent(policy.screening)} 的{view.words['unit']}不计分，也不参与定界、插补和求权重。"
        sentences.append(few)
    if divided := [n.name for n in leaves if n.denominator]:
        sentences.append(f"{len(divided)} 项指标先除以规模：{'、'.join(divided[:6])}{'等' if len(divided) > 6 else ''}。")
    for registry, chosen in ((IMPUTATIONS, imputation.method_of), (TREATMENTS, treatment.method_of)):
        counts = Counter(chosen(n, policy) for n in leaves)
        sentences += [f"{n} 项指标{registry[name].title}：{registry[name].doc}" for name, n in counts.items() if name != "none"]
    if any(treatment.method_of(n, policy) != "none" for n in leaves):
        limits = f"偏度绝对值超过 {policy.skewness:g} 且峰度超过 {policy.kurtosis:g} 为有异常值"
        sentences.append(f"{limits}；缩尾至多 {policy.winsorised} 个{view.words['unit']}。")
    done = len(view.marks)
    return [("计分前的处理", [*sentences, f"本期处理了 {done} 格，见“单位画像”的明细。"])] if sentences else []


def _certainty(view: View) -> list[str]:
    draws, found = view.policy.draws, view.uncertainty
    if found is None:
        return [f"本期还没有测算，运行 {certainty.MEASURE} 即可。"]
    return [
        f"把{certainty.varied(view)}一起随机变动，重算 {found.draws:,} 次，得到每个{view.words['unit']}的名次区间和各梯队的概率，见“稳健性”。",
        f"在 {percent(draws.certainty)} 以上的测算中领先才说领先，否则为{certainty.VERDICTS[0]}。",
        "各项假设的影响用 Sobol 指数衡量：单独作用，与连同交互作用。",
        "指数本身按 OECD/JRC 手册的检查单逐项核对，见“体检”。",
    ]


def _adjusting(view: View) -> list[str]:
    policy, units = view.policy, view.units
    bonus = f"加分合计至多 {policy.bonus_cap:g} 分" if policy.bonus_cap else "不加分"
    penalty = f"减分合计至多 {policy.penalty_cap:g} 分" if policy.penalty_cap else "不减分"
    counts = f"本期加分 {int((units['bonus'] > 0).sum())} 个，减分 {int((units['penalty'] > 0).sum())} 个。"
    return [f"{bonus}，{penalty}；每笔有事由和文号，加减后仍在 {span(*policy.range)} 之间。", *([] if view.peers else [counts])]


def _veto(view: View) -> list[str]:
    policy = view.policy
    if policy.veto_ceiling == policy.tier_labels[0]:
        return ["一票否决只作标记，不改变梯队。"]
    held = int((view.units["tier"] != view.units["tier_by_rule"]).sum())
    vetoed = int(view.units["veto"].sum())
    counts = f"本期 {vetoed} 个被否决，其中 {held} 个因此改变了梯队。" if vetoed else "本期没有。"
    return [f"被一票否决的{view.words['unit']}至高为{policy.veto_ceiling}；指数和名次不变。", *([] if view.peers else [counts])]


def _tiers(view: View) -> list[str]:
    rule = TIER_RULES[view.policy.tier_rule]
    return [f"按含加减分的{view.words['index']}由高到低排名，并列取最好名次。", f"梯队{rule.title}：{rule.doc}"]


def _balance(view: View) -> list[str]:
    words, gap = view.words, view.policy.balance_gap
    view_words = f"另列各{words['dimension']}的加权几何平均，短板越短，与{words['index']}相差越大；不影响名次。"
    if not gap:
        return [view_words]
    many = int((view.units["weakest_gap"] >= gap).sum())
    flag = f"最低的{words['dimension']}低于本{words['unit']}均值 {gap:g} 分以上，标为短板{'' if view.peers else f'：本期 {many} 个'}。"
    return [view_words, flag]


def comparability(view: View) -> list[str]:
    """When scores of different periods compare."""
    words, policy, nodes = view.words, view.policy, view.framework.indicators
    moving = [n for n in nodes if n.method not in FIXED]
    fixed = "界值写在指标体系中，不随数据变动：各期得分可比，增减单位不影响他人得分。".replace("单位", words["unit"])
    if not moving:
        return [f"全部 {len(nodes)} 项指标的{fixed}", *_relative(view)]
    titles = "、".join(dict.fromkeys(NORMALISATIONS[n.method].title for n in moving))
    lead = f"{len(moving)} 项指标（{titles}）"
    if policy.pool == "period":
        sentence = f"{lead}按本期全部{words['unit']}的取值定界：得分只在本期内可比；跨期只宜比名次和梯队。"
    elif policy.pool == "all":
        sentence = f"{lead}按发布时各期的全部取值定界：同一次发布的各期可比；新增一期后重新发布，界值会变。"
    else:
        sentence = f"{lead}按基期 {policy.pool.removeprefix('base:')} 的取值定界：各期可比，基期数据不改则界值不变。"
    rest = len(nodes) - len(moving)
    return [sentence, *([f"其余 {rest} 项指标的{fixed}"] if rest else []), *_relative(view)]


def _relative(view: View) -> list[str]:
    """What else of the method moves with the data: weights found in them, and aggregations that compare units."""
    weighed = [n.name for n in view.framework.inner if method_of(n, view.policy) in FROM_DATA]
    compared = [n.name for n in compares(view.framework, view.policy)]
    sentences = []
    if weighed and view.policy.pool == "period":
        sentences.append(f"但{'、'.join(weighed)}的下级权重由本期数据求得，各期不同：跨期只宜比名次和梯队。")
    if compared:
        sentences.append(f"但{'、'.join(compared)}的得分是与其余{view.words['unit']}相比的胜负，随参评名单而变。")
    return sentences
