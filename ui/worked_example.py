"""The method of a release in figures: the scale of every indicator, and one unit's way from a raw value to its index."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.aggregation import AGGREGATIONS, Tournament, generator, mean, parse_aggregation
from scoring.errors import ScoringError
from scoring.framework import Node
from scoring.index import Fitted
from scoring.normalisation import NORMALISATIONS, Inverse, Linear, Scale
from scoring.values import MISSING, STATE_TITLES, STATES, VALUE
from ui.portrait import ranking
from ui.processing import processed

if TYPE_CHECKING:
    from ui.view import View


@dataclass(frozen=True)
class Step:
    """One line of the example. `formula` in plain text, "" where nothing is computed; `result` NaN where no number comes out.

    `unit`: of a raw value; `shown`: what stands in place of the result.
    """

    title: str
    formula: str
    result: float
    note: str = ""
    unit: str = ""
    shown: str = ""


def number(x: float) -> str:
    """A number with at most four decimals and a true minus sign, enough to compute with by hand."""
    text = f"{x:.4f}".rstrip("0").rstrip(".") if abs(x) >= 0.01 or x == 0 else f"{x:.4g}"
    return "0" if text in ("-0", "0") else text.replace("-", "−")


def _term(x: float) -> str:
    return f"({number(x)})" if x < 0 else number(x)


def fitted(view: View) -> Fitted | None:
    """The scales of a release, fitted again; None where they no longer give its scores: pooled data were corrected since."""
    try:
        scores = view.case.scores
    except ScoringError:
        return None
    same = np.allclose(scores.values, view.nodes.loc[list(scores.units), list(scores.codes)], rtol=0, atol=1e-9, equal_nan=True)
    return view.case.fitted if same else None


def scale_words(node: Node, scale: Scale) -> str:
    """What a scale does, in one line: the value at each end, or the steps."""
    back = math.exp if node.transform == "log" else float
    if isinstance(scale, Linear):
        if math.isnan(scale.origin):
            return "本期没有取值"
        ends = ((scale.origin, scale.base), (scale.origin + scale.span, scale.base + scale.width))
        return "；".join(f"{back(x):.6g} → {score:g}" for x, score in ends).replace("-", "−")
    if isinstance(scale, Inverse):
        return f"{scale.best:.6g} ÷ 取值"
    if scale.closed:
        starts = (f"{back(a):.6g} 起 {score:g}" for a, score in zip(scale.knots, scale.levels[1:], strict=True))
        return f"不足 {scale.levels[0]:g}；{'；'.join(starts)}".replace("-", "−")
    return f"{len(scale.knots)} 个取值中的名次"


def example(view: View, unit: str, code: str, scales: Fitted | None) -> list[Step]:
    """Steps from an indicator's raw value (or a node's children) up to the index with its adjustments."""
    path = list(reversed(view.framework.path(code)))
    steps = to_score(view, unit, path.pop(0), scales) if view.framework.is_indicator(code) else []
    return [*steps, *(_merged(view, unit, node) for node in path), _adjusted(view, unit), _placed(view, unit)]


def to_score(view: View, unit: str, node: Node, scales: Fitted | None) -> list[Step]:
    """Steps from an indicator's raw value to its score: the value, what was done to it where anything was, the score."""
    cell = view.cells[(view.cells["unit"] == unit) & (view.cells["indicator"] == node.code)].iloc[0]
    done = processed(view, unit).reindex([node.code]).iloc[0]
    used = float(cell["value"] if pd.isna(done["value"]) else done["value"])
    score = _scored(view, node, cell["state"], used, view.nodes.at[unit, node.code], scales)
    return [_raw(node, cell), *_done(node, done, scales), score]


def _raw(node: Node, cell) -> Step:
    place = " ".join(str(cell[part]) for part in ("sheet", "cell") if cell[part])
    source = "，".join(part for part in (str(cell["file"] or ""), place) if part)
    if cell["state"] == STATES[VALUE]:
        return Step(node.name, "", float(cell["value"]), source, node.unit)
    return Step(node.name, "", math.nan, "；".join(p for p in (STATE_TITLES[cell["state"]], source) if p))


def _done(node: Node, done: pd.Series, scales: Fitted | None) -> list[Step]:
    """What was done to the value before it was scored, where anything was."""
    if pd.isna(done["value"]):
        return []
    treatment, note = scales.treatments.get(node.code) if scales else None, ""
    if treatment and (treatment.points or treatment.side):
        was, is_now = ("、".join(map(number, pair)) for pair in (treatment.before, treatment.after))
        note = f"全部{node.name}的偏度、峰度由 {was} 变为 {is_now}"
    return [Step(f"处理 · {done['done']}", "", float(done["value"]), note, node.unit)]


def _scored(view: View, node: Node, state: str, used: float, released: float, scales: Fitted | None) -> Step:
    title = f"得分 · {NORMALISATIONS[node.method].title}"
    if math.isnan(used):
        low = state == STATES[MISSING] and view.policy.missing_rule == "low"
        return Step(title, "", released, "缺报按最差端点计分" if low else "没有得分，权重的去向见下一步")
    if scales is None:
        return Step(title, "", released, "取界数据在发布后有更正，此步以发布时的得分为准")
    x, scale = float(scales.treated(node, np.array([used]))[0]), scales.scales[node.code]
    formula, note = scale_formula(scale, x)
    prefix = "" if x == used else f"ln {number(used)} = {number(x)}；" if node.transform == "log" else f"取对数得 {number(x)}；"
    return Step(title, prefix + formula, float(scale(np.array([x]))[0]), note or scale_words(node, scale))


def scale_formula(scale: Scale, x: float) -> tuple[str, str]:
    """(formula with the numbers put in, note) of one value on a scale."""
    if isinstance(scale, Linear):
        top, bottom = (x, scale.origin) if scale.span > 0 else (scale.origin, x)
        text = f"({number(top)} − {_term(bottom)}) ÷ {number(abs(scale.span))}"
        text += f" × {number(scale.width)}" if scale.width != 1 else ""
        text += f" + {_term(scale.base)}" if scale.base else ""
        free = (x - scale.origin) / scale.span * scale.width + scale.base
        held = min(max(free, scale.clip_low), scale.clip_high)
        return text, "" if held == free else f"算得 {number(free)}，超出区间，按端点 {number(held)} 计"
    if isinstance(scale, Inverse):
        return f"{number(scale.best)} ÷ {_term(x)}", ""
    place = int(np.searchsorted(scale.knots, scale.direction * x, side="right" if scale.closed else "left"))
    if scale.closed:
        return (f"达到 {number(scale.knots[place - 1])} 这一档" if place else f"不足首档 {number(scale.knots[0])}"), ""
    return f"{len(scale.knots)} 个取值中有 {place} 个比它差", ""


def _merged(view: View, unit: str, node: Node) -> Step:
    """A node's mean of its children, computed again from their released scores."""
    scores, tree = view.nodes.loc[unit], view.framework
    text = node.aggregation or view.policy.aggregation
    kids = tree.children(node.code)
    present = [k for k in kids if not np.isnan(scores[k.code])]
    absent = "、".join(k.name for k in kids if np.isnan(scores[k.code]))
    title = f"{node.name} · {aggregation_title(text)}"
    if np.isnan(scores[node.code]):
        return Step(title, "", math.nan, f"没有得分：覆盖率 {view.coverage.at[unit, node.code]:.0%}，或下级 {absent} 没有得分")
    gap = f"；{absent} 没有得分，权重由其余分担" if absent else ""
    values, weights, gen = [float(scores[k.code]) for k in present], [k.weight for k in present], generator(text, node.code)
    if isinstance(gen, Tournament):
        return Step(title, "", float(scores[node.code]), f"与总体其余单位逐一相比，胜场减负场{gap}")
    result = float(mean([np.array([v]) for v in values], weights, gen, node.code)[0])
    lead = "加权平均与离散惩罚（方差 ÷ 平均），" if parse_aggregation(text)[0] == "mazziotta_pareto" else ""
    return Step(title, mean_formula(text, values, weights), result, f"{lead}依次为{'、'.join(k.name for k in present)}{gap}")


def aggregation_title(text: str) -> str:
    """Chinese title of an aggregation as the framework writes it, with its exponent where it has one."""
    name, exponent = parse_aggregation(text)
    marks = {"generalised": f" p={exponent:g}", "mazziotta_pareto": "" if exponent > 0 else "，加上惩罚"}
    return AGGREGATIONS[name].title + marks.get(name, "")


def mean_formula(text: str, values: Sequence[float], weights: Sequence[float]) -> str:
    """A weighted mean with the numbers put in; equal weights are not written."""
    name, exponent = parse_aggregation(text)
    equal = len(set(weights)) == 1
    total = number(len(values) if equal else sum(weights))
    pairs = list(zip(values, [1.0] * len(values) if equal else weights, strict=True))
    if len(pairs) == 1:
        return number(pairs[0][0])
    if name == "geometric":
        return f"({' × '.join(_power(_term(v), w) for v, w in pairs)}) ^ (1 ÷ {total})"
    if name == "harmonic":
        return f"{total} ÷ ({' + '.join(f'{number(w)} ÷ {_term(v)}' for v, w in pairs)})"
    if name == "generalised":
        return f"(({' + '.join(_times(_power(_term(v), exponent), w) for v, w in pairs)}) ÷ {total}) ^ (1 ÷ {_term(exponent)})"
    if name == "mazziotta_pareto":
        shares = np.array(weights) / sum(weights)
        centre = float(shares @ values)
        spread = float(shares @ (np.array(values) - centre) ** 2)
        return f"{number(centre)} {'−' if exponent > 0 else '+'} {number(spread)} ÷ {number(centre)}" if centre else "0"
    if name == "arithmetic":
        return f"({' + '.join(_times(_term(v), w) for v, w in pairs)}) ÷ {total}"
    return f"{aggregation_title(text)}({'，'.join(f'{_term(v)} 权重 {number(w)}' for v, w in pairs)})"


def _times(text: str, weight: float) -> str:
    return text if weight == 1 else f"{text} × {number(weight)}"


def _power(text: str, exponent: float) -> str:
    return text if exponent == 1 else f"{text}^{number(exponent)}"


def _adjusted(view: View, unit: str) -> Step:
    """The index with adjustments, as the release shows it."""
    row, (low, high) = view.units.loc[unit], view.policy.range
    title = f"{view.words['index']} · 加减分"
    if np.isnan(row["index"]):
        return Step(title, "", math.nan, row["note"])
    if not (row["bonus"] or row["penalty"]):
        return Step(title, number(row["index_raw"]), float(row["index_raw"]), "本期没有加减分")
    free = row["index_raw"] + row["bonus"] - row["penalty"]
    formula = f"{_term(row['index_raw'])} + {number(row['bonus'])} − {number(row['penalty'])}"
    note = "" if math.isclose(free, row["index"], abs_tol=1e-9) else f"算得 {number(free)}，不超出 {low:g}–{high:g}"
    return Step(title, formula, float(min(max(free, min(row["index_raw"], low)), max(row["index_raw"], high))), note)


def _placed(view: View, unit: str) -> Step:
    """Rank and tier, the last step."""
    row = view.units.loc[unit]
    ties, ranked = ranking(view, unit)
    if np.isnan(row["rank"]):
        return Step("名次与梯队", "", math.nan, "没有指数，不排名，不列梯队")
    formula = f"{ranked} 个有得分的{view.words['unit']}中第 {row['rank']:.0f} 名" + (f"（{ties} 个并列）" if ties > 1 else "")
    note = f"一票否决：按规则为{row['tier_by_rule']}" if row["tier"] != row["tier_by_rule"] else ""
    return Step("名次与梯队", formula, math.nan, note, shown=row["tier"])


def default_pair(view: View) -> tuple[str, str]:
    """(unit, indicator) to begin with: the middle of the ranking, with adjustments where any have, and its heaviest indicator."""
    adjusted = (view.units["bonus"] > 0) | (view.units["penalty"] > 0)
    ranked = view.units.loc[adjusted if (adjusted & view.units["rank"].notna()).any() else slice(None), "rank"]
    ranked = ranked.dropna().sort_values(kind="stable")
    unit = str(ranked.index[len(ranked) // 2] if len(ranked) else view.units.index[0])
    cells = view.cells[(view.cells["unit"] == unit) & (view.cells["state"] == STATES[VALUE])]
    known = set(cells["indicator"])
    codes = [n.code for n in view.framework.indicators if n.code in known] or [n.code for n in view.framework.indicators]
    return unit, max(codes, key=view.framework.effective_weight)
