"""The sentences of a portrait, in Chinese: why there is no score, what a veto does, what the gap is. Plain text, no markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.adjustment import KINDS
from scoring.values import STATE_TITLES
from ui import makeup, portrait
from ui.wording import clean, period_title, shown_gap, signed, tenth

if TYPE_CHECKING:
    from ui.portrait import Change, Headline
    from ui.view import View


def place(view: View, unit: str, head: Headline) -> tuple[str, str]:
    """(`第 3 名`, `并列 2 个 · 共 110 个`): the rank, and among how many."""
    rank, size = view.units.at[unit, "rank"], f"共 {head.ranked:,} 个{clean(view.words['unit'])}"
    if np.isnan(rank):
        return "不排名", f"{size}有名次"
    return f"第 {rank:,.0f} 名", f"并列 {head.ties} 个 · {size}" if head.ties > 1 else size


def gaps(view: View, unit: str) -> str:
    """Why the unit, or one of its dimensions, has no score; "" where all have one."""
    note = view.units.at[unit, "note"]
    if note:
        return f"本期{note}，不排名、不定梯队。下面是已有数据的部分。"
    codes = [d.code for d in view.framework.dimensions]
    bare = [c for c in codes if np.isnan(view.nodes.at[unit, c])]
    if not bare:
        return ""
    covered = "、".join(f"{clean(view.node_name(c), 40)}（有值权重占 {view.coverage.at[unit, c]:.0%}）" for c in bare)
    return f"{covered}没有得分，{view.words['index']}由其余{view.words['dimension']}合成。"


def reached(state: str, score: float) -> str:
    """A score, or in its place the state of a cell that brought none of its own."""
    return tenth(score) if state == "value" else STATE_TITLES[state]


def change(of: Change | None) -> str:
    """Points gained or lost, with a sign."""
    return "—" if of is None else signed(of.index)


def against(of: Change | None) -> str:
    """Why there is no change; "" where there is one."""
    if of is None:
        return "没有更早的一期"
    if not np.isnan(of.index):
        return ""
    return "本期没有得分" if of.tier else "那时没有得分"


def moved(of: Change | None) -> str | None:
    """Places gained or lost, `+2 名`; None where there is nothing to compare."""
    if of is None or np.isnan(of.rank):
        return None
    return "名次未变" if of.rank == 0 else f"{'+' if of.rank > 0 else '−'}{abs(of.rank):.0f} 名"


def made_of(view: View, unit: str) -> str:
    """The index without adjustments, which always stands beside it, as the waterfall shows it."""
    made, _ = makeup.shown(view, unit)
    return f"不含加减分 {tenth(made['points'].sum())}" if len(made) else "本期不计分"


def tier_note(view: View, unit: str, head: Headline) -> str:
    """What a veto overrode, else the tier of the period before."""
    row, before = view.units.loc[unit], head.previous
    if row["tier"] != row["tier_by_rule"]:
        return f"一票否决，按指数为{row['tier_by_rule']}"
    if row["veto"]:
        return f"一票否决，不高于{view.policy.veto_ceiling}"
    if before is None or not before.tier:
        return ""
    return "与上期相同" if before.tier == row["tier"] else f"上期为{before.tier}"


def levels(view: View, unit: str) -> list[str]:
    """`name score` of the nodes between the index and its dimensions."""
    if unit not in view.nodes.index:
        return []
    return [f"{view.node_name(c)} {tenth(view.nodes.at[unit, c])}" for c in portrait.above_dimensions(view)]


def veto(view: View, unit: str) -> str:
    """What a veto does to the tier of a unit; "" without one."""
    row = view.units.loc[unit]
    if not row["veto"]:
        return ""
    given = view.adjustments[(view.adjustments["unit"] == unit) & (view.adjustments["kind"] == "veto")]
    why = "；".join(clean(f"{r.reason}（{r.document}）") for r in given.itertuples())
    if row["tier"] == row["tier_by_rule"]:
        held = f"梯队不得高于{view.policy.veto_ceiling}，本期梯队未受影响。"
    else:
        held = f"按指数为{row['tier_by_rule']}，改定为{row['tier']}；指数和名次不变。"
    return f"{KINDS['veto']}：{why}。{held}"


def caps(view: View, given: pd.DataFrame) -> str:
    """What the entries of one unit sum to where a cap cuts them, else the caps. given: rows kind, points of its adjustments."""
    sums, said = given.groupby("kind")["points"].sum(), []
    for kind, cap in (("bonus", view.policy.bonus_cap), ("penalty", view.policy.penalty_cap)):
        word, total = KINDS[kind], float(sums.get(kind, 0.0))
        said.append(f"{word}合计 {total:g}，按上限计 {cap:g}" if total > cap else f"{word}上限 {cap:g}")
    return "；".join(said)


def balance(view: View, unit: str, head: Headline) -> str:
    """The weakest dimension and how far it lies below the unit's own mean, flagged from the policy's gap on."""
    row = view.units.loc[unit]
    if np.isnan(row["index"]) or not row["weakest"]:
        return "不计分，不判短板"
    name, low = clean(view.node_name(row["weakest"]), 40), f"低于自身均值 {tenth(row['weakest_gap'])}"
    return f"⚑ 短板：{name}，{low}" if head.unbalanced else f"无明显短板；最低的{name}{low}"


def geometric(view: View, unit: str) -> str:
    """The geometric view, which asks for balance, beside the index before adjustments."""
    value = view.units.at[unit, "geometric"]
    return "" if np.isnan(value) else f"按几何平均为 {tenth(value)}"


def distance(view: View, unit: str, gap: makeup.Gap | None) -> tuple[str, str]:
    """(headline, note) on the way to the next tier, or on what a leading unit stands above."""
    row, label = view.units.loc[unit], view.policy.veto_ceiling
    if gap is None:
        why = "没有得分，无从比较" if np.isnan(row["index"]) else f"没有得分不同的{view.words['unit']}可以比较"
        if view.peers and not np.isnan(row["index"]):
            why = f"没有更好的梯队可以比较，或它的{view.words['unit']}太少；{view.peers.untold}"
        return "梯队差距", why
    size = tenth(shown_gap(gap.mine, gap.other))
    other = clean(view.unit_name(gap.reference), 40) if gap.reference else ""
    held = f"；一票否决期间梯队不高于{label}" if row["veto"] else ""
    if gap.kind == "next":
        return f"距{gap.tier}还差 {size}", (f"参照：{gap.tier}末位（{other}）" if other else "") + held
    above = f"高出{gap.tier}门槛 {tenth(makeup.lead_over_gate(view, unit))}；参照：{other}{held}"
    return f"距第 1 名还差 {size}" if gap.kind == "first" else f"位列第 1，领先 {size}", above


def ends(view: View, unit: str, gap: makeup.Gap) -> tuple[str, str]:
    """What stands at the two ends of a gap."""
    mine, other = view.unit_name(unit), view.unit_name(gap.reference) if gap.reference else ""
    if gap.kind == "lead":
        return other, mine
    return mine, f"{gap.tier}门槛" if gap.kind == "next" else other


def notes(view: View, unit: str) -> list[str]:
    """Lines that go with a downloaded table."""
    row = view.units.loc[unit]
    return [
        f"{view.words['unit']}：{view.unit_name(unit)}（{unit}）",
        f"{view.words['period']}：{period_title(view.period)}，第 {view.release} 号发布",
        f"{view.words['index']}：{tenth(row['index'])}，不含加减分 {tenth(row['index_raw'])}",
    ]
