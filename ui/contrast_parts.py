"""What the page of comparison asks and lists: the choice of two to six, the filters, the peers, and its tables."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st
from starlette.datastructures import QueryParams

from ui import address, certainty, contrast, parts, themes
from ui.contrast import Thing
from ui.wording import clean, signed, tags, text

if TYPE_CHECKING:
    from ui.view import View

PICK = "pick"
PEERS = 3  # more lines than four are hard to tell apart
AXES = 7  # more of them need more room than a phone's screen is wide
# On a phone the table of how each stands is lines that break, as its columns would run out of the screen, and the filters stand side by
# side: one under the other they would push the answer off the first screen. On a tablet the picker, which holds names, has a line of
# its own.
_STYLE = """<style>
@media (min-width: 641px) { [data-testid="stElementContainer"]:has(.zx-standing) { display: none; } }
@media (max-width: 640px) {
.st-key-standing_table { display: none; }
.zx-standing > div { border-top: 1px solid var(--zx-line); padding: 0.4rem 0; }
.zx-standing a { color: inherit; display: inline-block; padding: 0.5rem 0; font-weight: 600; }
.zx-standing .zx-note > span { display: inline-block; margin-right: 1em; }
}
@media (min-width: 641px) and (max-width: 1000px) {
[data-testid="stColumn"]:has(> [data-testid="stVerticalBlock"] > .st-key-pick) { min-width: 100%; }
[data-testid="stColumn"]:has(> [data-testid="stVerticalBlock"] > .st-key-find_peers) { min-width: 8rem; }
[data-testid="stColumn"]:has(> [data-testid="stVerticalBlock"] > [data-testid="stLayoutWrapper"] > .st-key-contrast_filters) { min-width: 60%; }
}
@media (max-width: 1000px) {
.st-key-contrast_filters [data-testid="stColumn"] { min-width: 0 !important; }
.st-key-contrast_filters [data-testid="stHorizontalBlock"] { flex-wrap: nowrap; gap: 0.5rem; }
.st-key-heat, .st-key-lines_wide { overflow-x: auto; }
.st-key-heat > *, .st-key-lines_wide > * { min-width: 880px; }  /* names of many columns: the figure moves sideways in its own box */
}</style>"""


def choose(view: View, tier: Callable[[str], str], most: int) -> tuple[list[Thing], pd.DataFrame]:
    """The selectors; gives the things that are compared, two to `most`, and the rows of view.units that pass the filters.

    `tier`: label → what is shown for it.
    """
    st.html(_STYLE)
    picker, button, narrow = st.columns([5, 1.25, 5], vertical_alignment="bottom")
    offered = _filters(view, tier, narrow)
    titles = contrast.groups(view, tier)
    seen = st.session_state.get("unit")  # the one whose portrait was looked at last
    if not st.query_params.get_all(PICK) and PICK not in st.session_state:
        st.session_state[PICK] = contrast.filled(view, [], seen, offered.index)
    held = [*st.query_params.get_all(PICK), *st.session_state.get(PICK, [])]
    units = offered.index.union(view.units.index.intersection(held), sort=False)
    titles |= {u: clean(name, 60) for u, name in tags(view.units["name"])[units].items()}
    codes = address.multi(f"比较（2–{most} 个{view.words['unit']}或组）", list(titles), PICK, titles, picker, placeholder="请选择")
    if len(codes) > most:
        st.warning(f"最多同时比较 {most} 个，只显示前 {most} 个。", icon=":material/filter_list:")
    shown = contrast.filled(view, codes[:most], seen, offered.index)
    _peers(view, shown, offered.index, button)
    if len(codes) < 2:
        st.caption(f"请至少选两个；先看{'、'.join(text(t.tag) for t in contrast.things(view, shown, titles))}。")
    return contrast.things(view, shown, titles), offered


def _filters(view: View, tier: Callable[[str], str], where: Any) -> pd.DataFrame:
    left, right = where.container(key="contrast_filters").columns([2, 1])
    offered = parts.filters(view, {label: tier(label) for label in view.labels}, left)
    bands = contrast.bands(view)
    return contrast.of_size(view, offered, address.multi(view.words["size"], list(bands), "band", bands, right)) if bands else offered


def _peers(view: View, shown: Sequence[str], among: pd.Index, where: Any) -> None:
    """The button that puts a unit's nearest peers beside it, in place of all else."""
    unit = next((code for code in shown if code in view.units.index), None)
    found = contrast.nearest(view, unit, among, PEERS) if unit else []
    where.button(
        "自动找同类", key="find_peers", width="stretch", disabled=not found, on_click=_take, args=([unit, *found],),
        help=f"换成最像“{text(view.unit_name(unit))}”的 {len(found)} 个{view.words['unit']}：{text(why(view))}" if found else None,
    )  # fmt: skip


def _take(codes: list[str]) -> None:
    st.session_state[PICK] = codes


def why(view: View) -> str:
    """By what units are alike, in words."""
    size = f"和{view.words['size']}（取对数）" if view.units["size"].notna().any() else ""
    return f"各{view.words['dimension']}得分{size}标准化后的距离最近"


def middle(chosen: Sequence[Thing]) -> str:
    """How a group is summed up; asked only where one is compared."""
    if all(thing.single for thing in chosen):
        return next(iter(contrast.MIDDLES))
    titles = {code: f"组取{title}" for code, title in contrast.MIDDLES.items()}
    return address.segments("组取", list(titles), "middle", "mean", titles, label_visibility="collapsed")


def standing(view: View, table: pd.DataFrame, colours: Mapping[str, str]) -> None:
    """The table of how each stands, with a coloured letter; a chosen row opens the unit's portrait. `colours`: code → colour.

    On a phone the same in lines.
    """
    st.html(f'<div class="zx-standing">{"".join(_lines(view, code, row, themes.shown(colours[code])) for code, row in table.iterrows())}</div>')
    shown = table.style.apply(lambda column: [f"color: {themes.shown(colours[code])}; font-weight: bold" for code in column.index], subset=[""])
    widths = {"": 34, view.words["unit"]: 180, view.words["index"]: 92, "名次": 46, "名次区间": 72, "梯队": 92, "梯队概率": 205, "年均变化": 76}
    config = {name: st.column_config.TextColumn(width=width) for name, width in widths.items()}
    config |= {name: st.column_config.TextColumn(width=170) for name in table.columns.difference(list(widths))}
    picked = parts.grid(
        shown, st.container(key="standing_table"), hide_index=True, row_height=32, height="content", column_config=config,
        on_select="rerun", selection_mode="single-row", key=f"standing {' '.join(table.index)}", placeholder="",
        alt=f"所选各项的{view.words['index']}、名次和梯队",
    ).selection.rows  # fmt: skip
    unit = table.index[picked[0]] if picked and picked[0] < len(table) else None
    if unit in view.units.index:
        parts.open_unit(view, unit)


def _lines(view: View, code: str, row: pd.Series, colour: str) -> str:
    letter, name = row.iloc[0], html.escape(clean(row.iloc[1]))
    if code in view.units.index:
        name = f'<a href="unit?{html.escape(str(QueryParams({"unit": code, "period": view.period})))}" target="_self">{name}</a>'
    rest = "".join(f"<span>{html.escape(clean(title))} {html.escape(clean(said))}</span>" for title, said in row.iloc[2:].items() if said)
    return f'<div><b style="color:{colour}">{html.escape(clean(letter))}</b> {name}<div class="zx-note">{rest}</div></div>'


def remarks(view: View, chosen: Sequence[Thing], letters: Mapping[str, str], among: pd.Index) -> None:
    """Quiet lines under the table: why peers are alike, who has no score, and that nothing was measured."""
    first, lines = chosen[0], []
    rest = [t.code for t in chosen[1:]]
    if first.single and len(rest) > 1 and rest == contrast.nearest(view, first.code, among, len(rest)):
        lines.append(f"{'、'.join(letters[c] for c in rest)} 是最像 {letters[first.code]} 的{view.words['unit']}：{why(view)}。")
    for thing in chosen:
        if thing.single and not len(thing.members):
            note = view.units.at[thing.code, "note"]
            lines.append(f"{letters[thing.code]} 没有得分" + (f"（{note}）。" if note else "。"))
    if view.uncertainty is None:
        lines.append("本期还没有测算稳健性：没有名次区间和梯队概率。")
    elif not all(t.single for t in chosen):
        lines.append(f"与组比：任取组里一个{view.words['unit']}，领先的机会。")
    if lines:
        st.caption(text("　".join(lines), 800))


def pairs(view: View, table: pd.DataFrame) -> None:
    """Who is ahead of whom, and how surely."""
    sure, gap = view.policy.draws.certainty, table.columns[2]
    parts.heading("两两比较", "" if view.uncertainty is None else f"领先的把握不到 {sure:.0%}，就说{certainty.VERDICTS[0]}")
    shown = table.assign(**{gap: table[gap].map(signed)})
    share = table["甲领先的把握"]
    shown["甲领先的把握"] = [certainty.percent(s) if pd.notna(s) else "" for s in share]
    parts.grid(shown.loc[:, (shown != "").any()], hide_index=True, height="content", row_height=32)


def detail(view: View, shown: pd.DataFrame, change: Callable[[float], str], units: Mapping[str, str]) -> None:
    """Every node of the framework as a row, as `contrast_tables.written` gives it; a unit's cell that is clicked opens its way down.

    change: how a difference that is a number is written; units: column → code of the unit that it shows.
    """
    numbers = [c for c in shown.columns if pd.api.types.is_numeric_dtype(shown[c])]
    config = dict.fromkeys(shown.columns, st.column_config.TextColumn(alignment="right", width=120))
    config |= dict.fromkeys(numbers, st.column_config.NumberColumn(width=84))
    config |= {"名称": st.column_config.TextColumn(pinned=True, width=250), "计量": st.column_config.TextColumn(width=90)}
    styled = shown.style.format(change, subset=numbers, na_rep="—")
    picked = parts.grid(
        styled, said=dict.fromkeys(numbers, change), hide_index=True, height=560 if len(shown) > 16 else "content", placeholder="—",
        column_config=config, key=f"detail {' '.join(units.values())} {len(shown)}", on_select="rerun", selection_mode="single-cell",
    ).selection.cells  # fmt: skip
    for row, column in picked:
        if column in units:
            parts.open_trace(view, units[column], shown.index[row])
