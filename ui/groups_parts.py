"""云图 of a group that holds more units than a page draws: the groups in it, or where it has none its units a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from ui import address, glance, parts, scope_reads
from ui.figures import figure
from ui.glance import Glance
from ui.scope_parts import AFTER, go_to, named, outside
from ui.wording import clean, signed, tags, tenth

if TYPE_CHECKING:
    import pandas as pd

    from ui.scope import Scoped

COLOURS = {"index": "均值", "best": "梯队占比", "change": "变化"}
SIZES = {"units": "按数量", "equal": "等面积"}
_PAGE = 50  # units of a list


class Figures(NamedTuple):
    """What draws groups, as in `charts.groups`, and what a tier's title is."""

    map: Callable[..., Any]
    quadrant: Callable[..., Any]
    bars: Callable[..., Any]
    title: Callable[[Any, str], str]


def show(view: Scoped, draw: Figures) -> None:
    """The whole screen: big figures, the map of groups, level against change, first and last; a click opens a group."""
    bases = {code: other for code, other in glance.bases(view).items() if other.group is not None}
    head = st.container()
    left, right = st.columns([1.62, 1], gap="small")
    with right.container(horizontal=True, vertical_alignment="center"):
        base = glance.chosen(bases)
    other, against = bases.get(base), glance.against(view, base)
    groups = table(view, other)
    with head:
        if len(groups):
            parts.finding(caption(view, groups, against))
        _figures(view, other, against, draw.title)
    if groups.empty:
        _units(view, left, draw.title)
        return
    _drawn(view, groups, against, draw, left, right)


def _drawn(view: Scoped, groups: pd.DataFrame, against: str, draw: Figures, left: Any, right: Any) -> None:
    labels, mean = view.labels, f"{view.words['index']}均值"
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            parts.heading(f"{named(view, view.scope)}的 {len(groups)} 组", "；".join(filter(None, ("点一块往下看", outside(view)))))
            colour = address.segments("颜色", list(COLOURS), "shade", "index", COLOURS, label_visibility="collapsed")
            size = address.segments("面积", list(SIZES), "tiles", "units", SIZES, label_visibility="collapsed")
        clicked = figure(draw.map(groups, labels, colour, size), "map", "各组的均值与梯队", groups.index, tall=True)
    with right:
        points = draw.quadrant(groups, labels, f"质：{mean}", f"效：{against}")
        clicked = figure(points, "quadrant", "各组均值的高低与变化", groups.index, tall=True) or clicked
    rankings = {"top": ("居前", "index", False), "bottom": ("居后", "index", True), "improved": ("进步最大", "change", False)}
    for place, (key, (title, value, ascending)) in zip(st.columns(3, gap="small"), rankings.items(), strict=True):
        with place:
            parts.heading(title, against if value == "change" else mean)
            clicked = figure(draw.bars(groups, value, labels, ascending), key, title, groups.index) or clicked
    if clicked:
        go_to(view, clicked)


def table(view: Scoped, other: Scoped | None) -> pd.DataFrame:
    """The groups in view as `charts.groups` takes them. other: what they are compared with."""
    found = view.children
    then = np.nan if other is None else other.children["mean"].reindex(found.index)
    return found.assign(index=found["mean"], change=found["mean"] - then, tag=tags(found["name"]))


def look(view: Scoped) -> Glance:
    """The figures of the group in view."""
    group = view.group
    return Glance(int(group["units"]), int(group["scored"]), float(group["mean"]), float(group["sd"]), group[list(view.labels)].astype(int))


def _figures(view: Scoped, other: Scoped | None, against: str, title: Callable[[Any, str], str]) -> None:
    now, then = look(view), look(other) if other else None
    with st.grid(3 + len(view.labels), min_column_width=120, gap="small"):
        parts.metric(view.words["unit"], f"{now.units:,}", then and _count(now.units - then.units), against, judged=False)
        parts.metric(f"{view.words['index']}均值", tenth(now.mean), then and signed(now.mean - then.mean), against)
        parts.metric("离散度", tenth(now.spread), then and signed(now.spread - then.spread), against, glance.SPREAD, judged=False)
        for label, count in now.tiers.items():
            moved = then and _count(count - then.tiers.get(label, 0))
            parts.metric(title(view.labels, label), f"{count:,}", moved, against, judged=False)


def _count(change: int) -> str:
    return f"{change:+,}".replace("-", "−") if change else "0"


def caption(view: Scoped, groups: pd.DataFrame, against: str) -> str:
    """Which group is highest and lowest, which has risen most."""
    scored = groups[groups["index"].notna()]
    if scored.empty:
        return f"{view.group['units']:,} 个{view.words['unit']}都没有{view.words['index']}。"
    high, low = scored["index"].idxmax(), scored["index"].idxmin()
    said = [f"{clean(scored.at[path, 'tag'], 30)} {tenth(scored.at[path, 'index'])} {word}" for path, word in ((high, "最高"), (low, "最低"))]
    if (change := scored["change"].dropna()).round(1).gt(0).any():
        said.append(f"{against}{clean(scored.at[change.idxmax(), 'tag'], 30)}升得最多（{signed(change.max())}）")
    return f"{'，'.join(said)}。" if len(scored) > 1 else ""


def _units(view: Scoped, where: Any, title: Callable[[Any, str], str]) -> None:
    """The units of a group that holds no groups, by rank, a page at a time; one that is picked opens its portrait."""
    after = st.query_params.get(AFTER) or None
    if after and scope_reads.place(*view.key, after) is None:  # was there in the period that was looked at before
        after = None
    found = scope_reads.unit_page(*view.key, view.scope, after, _PAGE + 1)
    listed = found.head(_PAGE)
    shown = listed.assign(rank=listed["rank"].astype("Int64"), tier=[title(view.labels, tier) for tier in listed["tier"]])
    names = {"rank": "名次", "name": view.words["unit"], "index": view.words["index"], "tier": "梯队", "note": "说明"}
    with where:
        parts.heading(named(view, view.scope), "按名次；点一行看画像")
        config = {view.words["index"]: st.column_config.NumberColumn(format="%.1f")}
        if unit := parts.picked(shown[list(names)].rename(columns=names), f"units {after}", 15, column_config=config):
            parts.open_unit(view, unit)
        with st.container(horizontal=True):
            if after and st.button("第一页", icon=":material/first_page:"):
                address.turn(**{AFTER: ""})
            if len(found) > _PAGE and st.button("下一页", icon=":material/chevron_right:"):
                address.turn(**{AFTER: str(listed.index[-1])})
