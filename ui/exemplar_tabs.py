"""What the tabs of 红雁清风 beyond the cards ask and list: candidates, whom to learn from, who gains most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui import address, exemplar_peers, exemplar_race, exemplar_tables, exemplars, glance, parts, themes
from ui.exemplar_parts import SIGNED, field, in_sectors
from ui.places import open_page
from ui.wording import clean, signed, tags, tenth, text

if TYPE_CHECKING:
    from ui.exemplar_peers import Lesson
    from ui.view import View

WEAKEST = "weakest"  # in place of a dimension's code: the one in which the unit is weakest, whichever unit is chosen
_TENTH = st.column_config.NumberColumn(format="%.1f", width=66)
_PLACE = st.column_config.NumberColumn(format="%d", width=56)
_PERIODS = st.column_config.NumberColumn(format="%d 期", width=76)
_LINE = st.column_config.LineChartColumn(width=110)


def candidates(view: View, where: Any) -> pd.DataFrame:
    """The selectors, what each criterion asks, how many meet them, and the list; gives the candidates that are shown."""
    left, middle, right = where.columns(3, vertical_alignment="center")
    node, choices = field(view, left), {str(n): f"连续 {n} 期以上" for n in exemplars.runs(view)}
    run = int(address.select("连续领先", list(choices), "run", str(exemplars.usual_run(view)), choices, middle, label_visibility="collapsed"))
    found = in_sectors(view, exemplars.candidates(view, node, run), right)
    full, best = len(exemplar_tables.CRITERIA), view.labels[0]
    with st.grid(4, min_column_width=140, gap="small"):
        parts.metric(f"本期居{best}", str(len(found)), note="以下各条只看它们")
        parts.metric("各条全满足", str((found["met"] == full).sum()), note=f"共 {full} 条")
        parts.metric("只差一条", str((found["met"] == full - 1).sum()), note="未满足或无从判断")
        parts.metric("已是培树点", str((found["named"] != "").sum()), note="在这一领域" if node != view.framework.root.code else "在任一领域")
    asks = zip(exemplar_tables.CRITERIA.values(), exemplar_tables.meanings(view, run), strict=True)
    st.caption(text("　".join(f"{title}：{ask}" for title, ask in asks), 600))
    shown = exemplar_tables.candidates(view, found)
    if shown.empty:
        st.info(text(f"没有{view.words['unit']}在这一领域居{best}。"))
    elif unit := parts.picked(shown, "candidates", 13, column_config={"得分": _TENTH, "名次": _PLACE, "满足": st.column_config.TextColumn(width=56)}):
        parts.open_unit(view, unit)
    st.caption("名单只由数据筛出，供研究时参考；是不是培树点，由人按程序命名，以文号为准。✓ 满足　✕ 不满足　？ 无从判断")
    return found


def learner(view: View, where: Any) -> Lesson:
    """The unit that learns, the last one unless another was looked at, and the dimension, its weakest unless another is chosen; ends the
    page where there is nobody to learn from."""
    left, right = where.columns([3, 2])
    units = view.units.sort_values(["rank", "name"], kind="stable")
    titles = {u: f"{clean(n, 60)}　{clean(s, 30)}" for u, n, s in units[["name", "sector"]].itertuples()}
    last = units.index[max(units["rank"].notna().sum() - 1, 0)]
    unit = address.select(view.words["unit"], list(titles), "unit", last, titles, left, label_visibility="collapsed")
    weak = exemplar_peers.weakest(view, unit)
    usual = "最弱的" if view.units.at[unit, "weakest"] else "没有得分，看"
    choices = {WEAKEST: f"{usual}：{view.node_name(weak)}"} | {d.code: d.name for d in view.framework.dimensions}
    node = address.select(view.words["dimension"], list(choices), "weak", WEAKEST, choices, right, label_visibility="collapsed")
    found = exemplar_peers.lesson(view, unit, weak if node == WEAKEST else node)
    _standing(view, found)
    if found.models.empty:
        named = exemplar_tables.named_in(view, found, exemplars.named(view))
        st.info(text(f"{exemplar_tables.nobody(view, unit, found.node)}{named}", 600))
        address.stop()
    return found


def _standing(view: View, found: Lesson) -> None:
    """How the unit stands in the dimension, and a way to the page of comparison."""
    unit, node, word = found.unit, found.node, view.words["unit"]
    rank = view.ranks.at[unit, node]
    place = f"，第 {rank:.0f} 名" if rank > 0 else ""
    said, button = st.columns([5, 1], vertical_alignment="center")
    with said:
        title = f"{tags(view.units['name'])[unit]}：{view.node_name(node)} {tenth(view.nodes.at[unit, node])}{place}"
        parts.heading(title, "" if found.models.empty else f"下列{word}{exemplar_tables.alike(view)}")
    if len(found.codes) > 1 and button.button("对比研判", key="learn_compare", width="stretch", icon=":material/compare_arrows:"):
        open_page("compare", pick=found.codes, period=view.period)


def models(view: View, found: Lesson, signs: Mapping[str, Any]) -> pd.DataFrame:
    """Whom to learn from, as `exemplar_tables.models` gives it; a row opens its portrait. signs: unit → sign, with letter and colour."""
    held = exemplars.named(view)
    table = exemplar_tables.models(view, found, {code: sign.letter for code, sign in signs.items()}, held)
    shown = table.style.apply(lambda column: [f"color: {themes.shown(signs[u].colour)}; font-weight: bold" for u in column.index], subset=[""])
    config = {"": st.column_config.TextColumn(width=34), "高出": st.column_config.TextColumn(width=56)}
    if unit := parts.picked(shown, "models", column_config=config):
        parts.open_unit(view, unit)
    if named := exemplar_tables.named_in(view, found, held):
        st.caption(text(named, 300))
    return table


def differences(view: View, found: Lesson, table: pd.DataFrame) -> None:
    """What parts a unit from them, indicator by indicator; a row opens the indicator. table: as `exemplar_tables.differences`."""
    parts.heading("差在哪里", "原始值，括号里是台账的分子/分母；折合指数为追平后指数约可提高的分数")
    shown = table.style.format(signed, subset=["得分差", "折合指数"], na_rep="—")
    config = {"指标": st.column_config.TextColumn(width=240)} | dict.fromkeys(["得分差", "折合指数"], st.column_config.NumberColumn(width=80))
    if indicator := parts.picked(shown, f"differences {found.node}", column_config=config):
        open_page("indicator", node=indicator, period=view.period)


def racers(view: View, where: Any) -> tuple[str, str | None, pd.DataFrame]:
    """The field, the base of `glance.bases` (None where nothing can be compared), and the units that are shown, as `exemplar_race.race`."""
    left, middle, right = where.columns(3, vertical_alignment="center")
    node, bases = field(view, left), glance.bases(view)
    base = next(iter(bases), None)
    if len(bases) > 1:
        base = address.segments("与哪一期比", list(bases), "base", base, glance.BASES, middle, label_visibility="collapsed")
    return node, base, in_sectors(view, exemplar_race.race(view, node, base), right)


def incomparable(view: View, table: pd.DataFrame, base: str | None) -> None:
    """Says why nobody's gain can be told, where that is so."""
    if base is None:
        st.caption(text(f"{parts.period_title(view.period)}之前没有发布过，还没有可比的一期。"))
    elif table["change"].isna().all():
        st.caption("两期的得分不在同一尺度上：界值取自各期自身的数据，或其间改过指标体系、评分规则。所以不比增减，只看谁一直领先。")


def tallies(view: View, table: pd.DataFrame, against: str) -> None:
    """How many have gained, who most, and the longest streaks."""
    known, best = table[table["change"].notna()], view.labels[0]
    held, word, gained = table[table["tier"] == best], view.words["unit"], known[known["change"] > 0]
    with st.grid(4, min_column_width=150, gap="small"):
        parts.metric(f"{against}提高" if against else "提高", f"{len(gained)} / {len(known)}" if len(known) else "—", note=word)
        none = "没有提高的" if len(known) else "没有可比的一期"
        parts.metric("进步最大", signed(gained["change"].iloc[0]) if len(gained) else "—", note=gained["tag"].iloc[0] if len(gained) else none)
        _longest(f"连续居{best}", held["length"], table["tag"])
        _longest("连续上升", table["rises"].where(table["rises"] > 1, 0), table["tag"])


def _longest(title: str, lengths: pd.Series, names: pd.Series) -> None:
    longest = int(lengths.max()) if len(lengths) else 0
    who = names[lengths.index[lengths == longest]] if longest else []
    more = f"等 {len(who)} 个" if len(who) > 1 else ""
    parts.metric(title, f"{longest} 期", note=f"{who.iloc[0]}{more}" if longest else "")


def streaks(view: View, table: pd.DataFrame, signs: Mapping[str, str]) -> None:
    """Who has led and who has risen without a stop, the longest first; a row opens its portrait. signs: tier → its sign."""
    parts.heading(f"连续居{view.labels[0]}", "各期的标记从早到近")
    led = parts.picked(exemplar_race.leaders(view, table, signs), "led", 5, column_config={"连续期数": _PERIODS})
    parts.heading("连续上升", "得分每一期都比前一期高，两期以上")
    risers = exemplar_race.risers(view, table)
    rose = None
    if risers.empty:
        st.caption("没有连续两期以上上升的，或各期不在同一尺度上。")
    else:
        rose = parts.picked(risers, "rose", 5, column_config={"连升期数": _PERIODS, "共升": SIGNED, "走势": _LINE})
    if unit := led or rose:
        parts.open_unit(view, unit)
