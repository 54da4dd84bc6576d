"""Groups of units beside each other, where there are too many units to draw: a map of tiles, level against change, first and last.

All take groups: index path; columns name, tag (a short name), units, index (its mean over the group), change, and a column a tier: how
many units of the group are in it. A click gives the path.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import bars, quadrant, theme, tier_map
from charts.labels import plain, wrapped
from charts.numbers import one_decimal, signed

_ROOT = "all:"
_FEW = 6  # groups that have room for the shares of their tiers on the tile


def group_map(groups: pd.DataFrame, labels: Sequence[str], colour: str = "index", size: str = "units", height: int = 396) -> go.Figure:
    """Treemap of groups. colour: "index", "best" (the share of the best tier) or "change"; size: "units" or "equal"."""
    if groups.empty:
        return theme.empty("没有下一级可以看。", height)
    groups = groups.sort_values("index", ascending=False, kind="stable")
    values = shares(groups, labels)[labels[0]] if colour == "best" else groups[colour]
    fills, key = tier_map.graded(values, colour == "change")
    root = dict(id=_ROOT, label=" ", parent="", value=0.0, text=" ", hover="", fill=theme.PAPER)
    tiles = pd.DataFrame(
        {
            "id": groups.index,
            "label": [wrapped(tag, 16, 2) for tag in groups["tag"]],
            "parent": _ROOT,
            "value": groups["units"].clip(lower=groups["units"].max() / 60).astype(float) if size == "units" else 1.0,
            "text": _seconds(groups, labels, values, colour),
            "hover": _hovers(groups, labels),
            "fill": fills,
        }
    )
    fig = go.Figure(tier_map.treemap(pd.concat([pd.DataFrame([root]), tiles], ignore_index=True), even=False))
    unit = {"index": "均值", "best": f"{labels[0]}占 %", "change": "变化"}[colour]
    return theme.layout(fig, height, annotations=[theme.key_line(f"{unit}　{key}", anchor="top")], margin=dict(l=0, r=0, t=4, b=0))


def shares(groups: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Of each group the per cent of its units in a tier, in each tier; NaN where none is in any."""
    counts = groups[list(labels)].astype(float)
    return 100 * counts.div(counts.sum(axis=1).replace(0.0, np.nan), axis=0)


def group_quadrant(groups: pd.DataFrame, labels: Sequence[str], x_title: str, y_title: str, height: int = 396) -> go.Figure:
    """Mean (x) against change (y) of groups, one mark each."""
    shown = groups[groups["index"].notna() & groups["change"].notna()]
    if shown.empty:
        return theme.empty("没有可以比较的上期数据。", height)
    points = go.Scatter(
        x=shown["index"], y=shown["change"], mode="markers", marker=dict(color=theme.BLUE, size=11, line=dict(width=0.8, color=theme.PAPER)),
        customdata=np.column_stack([shown.index.astype(object), np.array(_hovers(shown, labels), dtype=object)]),
        hovertemplate="%{customdata[1]}<extra></extra>",
        selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
    )  # fmt: skip
    return quadrant.crossed(shown, [points], x_title, y_title, "", height=height)


def group_bars(groups: pd.DataFrame, value: str, labels: Sequence[str], ascending: bool = False, height: int = 138, n: int = 5) -> go.Figure:
    """The n groups with the highest (or lowest) mean, or change of it, one bar each."""
    chosen = groups[groups[value].notna()].sort_values(value, ascending=ascending, kind="stable").head(n)
    if chosen.empty:
        return theme.empty("没有可以排列的数据。", height)
    show = signed if value == "change" else one_decimal
    names, texts = [plain(tag, 18) for tag in chosen["tag"]], [show(number) for number in chosen[value]]
    return bars.drawn(chosen.index, names, chosen[value], texts, [theme.BLUE] * len(chosen), _hovers(chosen, labels), height)


def _seconds(groups: pd.DataFrame, labels: Sequence[str], values: pd.Series, colour: str) -> list[str]:
    """Under the name: how many units, and what the colour says; where there is room, all tiers."""
    show = {"index": one_decimal, "best": lambda x: f"{one_decimal(x)}%", "change": signed}[colour]
    lines = [f"{units:,} 个　{show(value)}" for units, value in zip(groups["units"], values, strict=True)]
    if len(groups) > _FEW:
        return lines
    return [f"{line}<br>{tiers}" for line, tiers in zip(lines, _tiers(groups, labels), strict=True)]


def _tiers(groups: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    signs = [theme.tier_style(labels, label).symbol for label in labels]
    rows = shares(groups, labels).to_numpy()
    return ["　".join(f"{sign} {one_decimal(share)}%" for sign, share in zip(signs, row, strict=True)) for row in rows]


def _hovers(groups: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    moved = ["" if pd.isna(change) else f"　变化 {signed(change)}" for change in groups["change"]]
    rows = zip(groups["name"], groups["units"], groups["index"], moved, _tiers(groups, labels), strict=True)
    return [f"<b>{plain(name, 60)}</b><br>{units:,} 个　均值 {one_decimal(mean)}{change}<br>{tiers}" for name, units, mean, change, tiers in rows]
