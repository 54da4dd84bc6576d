"""Guidance on pages: the three most useful actions of one unit, its diagnosis, what is said to its tier; lists of weak spots."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import streamlit as st

from scoring.errors import ScoringError
from ui import address, guidance, guidance_tables, parts
from ui import guidance_words as words
from ui.places import open_page
from ui.wording import clean, tenth

if TYPE_CHECKING:
    from ui.view import View

_SHOWN = 3  # actions of a unit; more is no priority
_SPOT = "guidance_spot"
_WITHIN = "within"  # in the address: the group of which weak spots are shown
_APART = "\t"  # between a tier and a group, neither of which can hold it
_WIDE = {"弱项": 215, "建议": 400, "提升路径": 105, "得分区间": 72, "指标": 200, "做什么": 165}
_COLUMNS = {
    **{name: st.column_config.Column(width=width) for name, width in _WIDE.items()},
    **{name: st.column_config.NumberColumn(format="%.1f", width=72) for name in ("平均失分", "得分", "失分")},
    "增分": st.column_config.NumberColumn(format="%+.1f", width=60),
    "难度": st.column_config.NumberColumn(format="%g", width=50),
}
_STYLE = """<style>
.zx-action { border: 1px solid var(--zx-line); border-radius: 6px; padding: 0.5rem 0.8rem; margin-bottom: 0.5rem; }
.zx-action > div { display: flex; gap: 0.8rem; align-items: baseline; justify-content: space-between; }
.zx-action b.gain { color: var(--zx-good); white-space: nowrap; }
.zx-share { display: grid; grid-template-columns: 7em 1fr auto; gap: 0.6em; align-items: center; margin-bottom: 0.25rem; }
.zx-share i { display: block; height: 0.7em; background: var(--zx-blue); border-radius: 2px; min-width: 1px; }
</style>"""


def lacking() -> None:
    """Says that the store holds no guidance, and how to bring it."""
    st.info(f"{words.NONE_YET}在安装目录里运行下面的命令，然后刷新本页；自己的指标体系请照这个文件另写一份。", icon=":material/tips_and_updates:")
    st.code(words.COMMAND, language="shell")


def of_unit(view: View, unit: str) -> None:
    """The three actions that bring one unit most for their effort, where its weak spots lie, and the advice to its tier."""
    st.html(_STYLE)
    left, right = st.columns([1.5, 1], gap="medium")
    try:
        with left:
            _actions(view, unit)
        with right:
            _diagnosis(view, unit)
    except ScoringError as error:
        st.info(parts.text(f"这一号发布不能重新计分，算不出建议能增加多少分：{error}", 600))
    with right:
        tier_advice(view, view.units.at[unit, "tier"], unit=unit)


def _actions(view: View, unit: str) -> None:
    parts.heading("优先做的三件事", "按每步、每级难度的增分排列；增分以其余数据、界值和权重不变计")
    if view.guidance.empty:
        lacking()
        return
    found = guidance.best(view, [unit])
    if found.empty:
        st.caption(parts.text(words.why_none(view, unit), 400))
        return
    st.html("".join(_card(view, action) for _, action in found.head(_SHOWN).iterrows()))
    if len(found) > _SHOWN:
        with st.expander(f"全部 {len(found)} 项"):
            parts.grid(guidance_tables.action_table(view, found), hide_index=True, placeholder="—", column_config=_COLUMNS)


def _card(view: View, action: pd.Series) -> str:
    name = html.escape(clean(view.node_name(action["indicator"]), 60))
    note = "　".join(filter(None, (words.reaching(view, action), clean(action["path"], 40), f"难度 {action['difficulty']:g}")))
    text = action["text"] or "这一项没有报送，按最差端点计分；报送后按实际值计"
    return (
        f'<div class="zx-action"><div><span><b>{name}：{html.escape(words.step(view, action))}</b></span>'
        f'<b class="gain">→ {words.gain(action["gain"])}</b></div>{html.escape(clean(text, 300))}'
        f'<div class="zx-note">{html.escape(note)}</div></div>'
    )


def _diagnosis(view: View, unit: str) -> None:
    table = guidance.diagnosis(view, unit)
    if table.empty:
        return
    parts.heading(view.facets[view.policy.diagnosis], "离满分的差距在哪一组")
    lines = [
        f'<div class="zx-share"><span>{html.escape(clean(name, 20))}</span><i style="width:{100 * row["lost"] / table["lost"].max():.0f}%"></i>'
        f'<span>{tenth(row["lost"])} 分　{row["share"]:.0%} <span class="zx-note">权重 {row["weight"]:.0%}</span></span></div>'
        for name, row in table.iterrows()
    ]
    st.html(f'<div style="margin-bottom:0.4rem">{html.escape(words.pointed(table))}</div>{"".join(lines)}')


def tier_advice(view: View, tier: str, paths: Sequence[str] = (), unit: str = "") -> None:
    """What is said to a tier as a whole, or of that to one unit; nothing where nothing is."""
    advice = guidance.advice_to(view, tier, paths, unit)
    if not tier or advice.empty:
        return
    parts.heading(f"对{tier}的建议")
    lines = [
        f'<div style="margin-bottom:0.4rem">· {html.escape(clean(r.text, 300))}'
        f' <span class="zx-note">{html.escape(_for_whom(view, r))}</span></div>'
        for r in advice.itertuples()
    ]
    sources = "<br>".join(html.escape(source) for source in dict.fromkeys(map(clean, advice["source"])) if source)
    st.html("".join(lines) + (f'<details class="zx-note"><summary>依据</summary>{sources}</details>' if sources else ""))


def _for_whom(view: View, advice: Any) -> str:
    """The band of scores that advice to a tier is meant for, where it is not for all of it, and its path."""
    band = words.band(advice.low, advice.high)
    return "　".join(filter(None, (band and f"{view.words['index']} {band}", clean(advice.path, 40))))


def filters(view: View, titles: Mapping[str, str]) -> tuple[str, pd.DataFrame, list[str]]:
    """Tier, the units of the chosen sectors, and the paths that are looked at (none: all). titles: of tiers."""
    held = [label for label in view.labels if (view.units["tier"] == label).any()]
    left, middle, right = st.columns([1.4, 1, 1], vertical_alignment="bottom")
    st.html(_STYLE)
    labels = held if view.peers and held else list(view.labels)
    tier = address.segments("梯队", labels, "advised", (held or view.labels)[-1], titles, left)
    paths = sorted(set(view.guidance["path"]) - {""})
    chosen = address.multi("提升路径", paths, "path", where=middle) if paths else []
    sectors = sorted(set(view.units["sector"].dropna()) - {""})
    wanted = address.multi(view.words["sector"], sectors, "sector", where=right) if sectors and not view.peers else []
    return tier, view.units[view.units["sector"].isin(wanted)] if wanted else view.units, chosen


def lost(view: View, units: Sequence[str], by: str) -> pd.DataFrame:
    """`guidance.lost_by_tier`; ends the page with the reason where the release cannot be scored again."""
    try:
        return guidance.lost_by_tier(view, units, by)
    except ScoringError as error:
        st.info(parts.text(f"这一号发布不能重新计分，无从分解失分：{error}", 600))
        address.stop()


def look_at(by: str, clicked: str | None) -> None:
    """Turns to the tier and the group of a cell of the map of lost points that was just clicked."""
    if clicked:
        tier, _, within = clicked.partition(_APART)
        address.turn(advised=tier, lost=by, within=within)


def cell(tier: str, within: str) -> str:
    """The code of a cell of the map of lost points, as `look_at` reads it."""
    return f"{tier}{_APART}{within}"


def cells(view: View, by: str, tiers: Sequence[str]) -> np.ndarray:
    """The codes of all cells, groups × tiers."""
    return np.array([[cell(tier, target) for tier in tiers] for target in guidance.targets(view, by)], dtype=object)


def group(view: View, tier: str, units: Sequence[str], by: str) -> tuple[str, Any]:
    """The heading of a tier's weak spots, and the choice of a group of those by which lost points are summed.

    The target chosen, "" for all of them, and the place beside.
    """
    if view.guidance.empty:
        return "", st
    if view.peers:
        parts.heading(f"本{view.words['unit']}的弱项", "失分多的在前；点一行看建议")
    else:
        parts.heading(f"{tier}的共同弱项", f"共 {len(units)} 个{view.words['unit']}，失分多的在前；点一行看涉及哪些")
    left, right = st.columns(2, vertical_alignment="bottom")
    groups = {address.ALL: f"全部{guidance.groupings(view)[by]}"} | {t: view.node_name(t) for t in guidance.targets(view, by)}
    within = address.select("看哪一组", list(groups), _WITHIN, address.ALL, groups, right, label_visibility="collapsed")
    return "" if within == address.ALL else within, left


def spot(view: View, tier: str, units: Sequence[str], paths: Sequence[str], within: str, where: Any) -> int | None:
    """The weak spots of a tier's units with the advice to each; the row of the guidance that is looked at, None without any.

    within: the target of which weak spots are shown. where: the place of the choice between indicators and groups.
    """
    found = guidance.spots(view, units, paths, within)
    kinds = {"leaf": "指标", "group": guidance_tables.groups_title(view, found)}
    if found["leaf"].nunique() > 1:
        kind = address.segments("弱项", list(kinds), "kind", "leaf", kinds, where, label_visibility="collapsed")
        found = found[found["leaf"] == (kind == "leaf")]
    if found.empty:
        lost_touch = guidance.stale(view)
        other = f"库中有 {lost_touch} 条建议的对象或梯队不在这一期的指标体系里，请改正后重新导入。" if lost_touch else ""
        st.info(parts.text(f"没有涉及{tier}、符合条件的弱项建议。{other}", 300))
        return None
    codes = [str(row) for row in found.index]
    table = guidance_tables.spot_table(found, view.words["unit"]).set_axis(codes)
    return int(_looked_at(codes, parts.picked(table, "spots", 7, column_config=_COLUMNS)))


def _looked_at(codes: Sequence[str], picked: str | None) -> str:
    """The row that is looked at: the one just picked, else what a new link says, else the last one, else the first."""
    if (said := address.given(("spot",))) is not None:
        st.session_state[_SPOT] = next(iter(said["spot"]), "")
    if picked != st.session_state.get(f"{_SPOT}_picked"):
        st.session_state[f"{_SPOT}_picked"] = picked
        st.session_state[_SPOT] = picked or st.session_state.get(_SPOT)  # coming back to the page finds the table without its tick
    shown = st.session_state.get(_SPOT)
    shown = shown if shown in codes else codes[0]
    address.put({"spot": [shown]})
    return shown


def concerned(view: View, row: int | None, units: Sequence[str]) -> None:
    """The units that a piece of advice concerns; one that is picked opens its portrait, where its actions are listed."""
    if row is None:
        return
    advice, found = view.guidance.loc[row], guidance.members(view, row, units)
    parts.heading(guidance.target_name(view, advice["target"]), f"{len(found)} 个{view.words['unit']}")
    st.html(f'{html.escape(clean(advice["text"], 300))}<div class="zx-note">{html.escape(clean(advice["source"]))}</div>')
    if picked := parts.picked(guidance_tables.member_table(view, found), "members", 6, column_config=_COLUMNS):
        open_page("unit", unit=picked, period=view.period, tab="next")
