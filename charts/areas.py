"""Areas beside each other: how high the units of each stand and how far apart, and their tiers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.intervals import percent
from charts.labels import plain
from charts.numbers import one_decimal, whole

_ROW, _ROW_OF_MANY, _MANY = 30, 25, 12  # pixels an area; of more than so many
_TOP = 30  # of the key's line
_STILL = dict(selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)))


def height_of(areas: pd.DataFrame) -> int:
    """Pixels of both figures, whose rows stand side by side."""
    return (_ROW_OF_MANY if len(areas) > _MANY else _ROW) * max(len(areas), 3) + _TOP + 34


def standings(areas: pd.DataFrame, everywhere: float, unit: str = "单位") -> go.Figure:
    """One row an area, the first on top: its mean as a dot with the figure, its middle half as a bar, its median as a line; clickable.

    areas: index path; columns name, mean, q1, median, q3, low, high, scored. everywhere: the mean over all of them, as a dotted line.
    """
    shown, height = areas[areas["mean"].notna()], height_of(areas)
    if shown.empty:
        return theme.empty("没有地区有得分。", height)
    low, high = shown[["q1", "mean"]].min(axis=None), shown[["q3", "mean"]].max(axis=None)
    room = 0.06 * (high - low) or 1.0
    data = np.column_stack([shown.index.to_numpy(object), np.array([_told(row, unit) for row in shown.itertuples()], object)])
    how = dict(y=list(shown.index), customdata=data, hovertemplate="%{customdata[1]}<extra></extra>", **_STILL)
    bar = go.Bar(x=shown["q3"] - shown["q1"], base=shown["q1"], orientation="h", width=0.42, marker_color=theme.SEQUENTIAL[2], **how)
    middle = go.Scatter(x=shown["median"], mode="markers", marker=dict(symbol="line-ns", size=15, line=dict(width=2, color=theme.BLUE)), **how)
    dots = go.Scatter(
        x=shown["mean"], mode="markers+text", text=[f"<b>{one_decimal(v)}</b>" for v in shown["mean"]], textposition="top center", cliponaxis=False,
        textfont=dict(size=12, color=theme.INK), marker=dict(size=10, color=theme.RED, line=dict(width=1, color=theme.PAPER)), **how,
    )  # fmt: skip
    dot, line = (f'<span style="color:{colour}">{sign}</span>' for colour, sign in ((theme.RED, "●"), (theme.BLUE, "┃")))
    key = f"{dot} 均值　{line} 中位数　▬ 中间一半　┊ 全部 {one_decimal(everywhere)}"
    return theme.layout(
        go.Figure([bar, middle, dots]), height, margin=dict(l=4, r=10, t=_TOP, b=4), annotations=[theme.key_line(key)],
        shapes=[theme.rule(x=everywhere)], bargap=0.3,
        xaxis=dict(range=[low - room, high + room], nticks=6, tickfont=dict(size=11, color=theme.FAINT)), yaxis=_rows(shown),
    )  # fmt: skip


def _told(row, unit: str) -> str:
    head = f"<b>{plain(row.name, 60)}</b>　{whole(row.scored)} 个{plain(unit, 20)}有得分"
    middle = f"均值 {one_decimal(row.mean)}　中位数 {one_decimal(row.median)}"
    spread = f"中间一半 {one_decimal(row.q1)}～{one_decimal(row.q3)}，最低 {one_decimal(row.low)}，最高 {one_decimal(row.high)}"
    return "<br>".join((head, middle, spread))


def _rows(shown: pd.DataFrame) -> dict:
    names = [f"{plain(name, 16)}" for name in shown["name"]]
    return dict(type="category", categoryarray=list(shown.index), range=[len(shown) - 0.5, -0.7], tickvals=list(shown.index), ticktext=names,
                showgrid=False, ticklabelstandoff=4)  # fmt: skip


def tier_shares(areas: pd.DataFrame, labels: Sequence[str]) -> go.Figure:
    """One bar an area, in the rows of `standings`, cut by the share of its units in each tier; clickable.

    areas: index path; columns name, mean, and the number of units in each tier by its label.
    """
    shown, height = areas[areas["mean"].notna()], height_of(areas)
    counts = shown[list(labels)]
    total = counts.sum(axis=1)
    if not total.any():
        return theme.empty("没有分梯队的单位。", height)
    fig = go.Figure()
    for label, style in theme.tier_styles(labels).items():
        share = (counts[label] / total.where(total > 0)).fillna(0)
        hovers = [
            f"<b>{plain(name, 60)}</b><br>{plain(style.title)} {count} 个，{percent(s)}"
            for name, count, s in zip(shown["name"], counts[label], share, strict=True)
        ]
        fig.add_bar(
            y=list(shown.index), x=share, orientation="h", width=0.62, text=[percent(s) if s >= 0.12 else "" for s in share], textposition="inside",
            insidetextanchor="middle", textangle=0, constraintext="none", textfont=dict(color=style.ink, size=12),
            marker=dict(color=style.colour, line=dict(color=theme.PAPER, width=1)),
            customdata=np.column_stack([shown.index.to_numpy(object), np.array(hovers, object)]),
            hovertemplate="%{customdata[1]}<extra></extra>", **_STILL,
        )  # fmt: skip
    key = theme.key_line("　".join(style.key for style in theme.tier_styles(labels).values()))
    theme.layout(fig, height, barmode="stack", margin=dict(l=4, r=8, t=_TOP, b=24), annotations=[key], yaxis=_rows(shown))
    return fig.update_xaxes(range=[0, 1], visible=False)
