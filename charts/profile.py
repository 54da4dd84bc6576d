"""The profile of one unit over its dimensions: the radar and its dot-plot twin, which can be read to the tenth."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped
from charts.numbers import one_decimal

_SERIES = ["unit", "previous", "median", "q1", "q3"]
_LEGEND = dict(orientation="h", x=0, yanchor="top", font_size=12, entrywidthmode="fraction", entrywidth=0.5)


def radar(
    axes: pd.DataFrame,
    unit_name: str,
    previous_name: str | None = None,
    group_name: str = "片组",
    span: tuple[float, float] = (0, 100),
    height: int = 380,
    legend: bool = True,
) -> go.Figure:
    """The unit, its last period, the group's median and middle half, on one spoke a row.

    axes: index node code; columns label, unit, previous, median, q1, q3 (NaN where there is none), three rows or more.
    span: the usual score range; scores outside it widen the axis. legend: off beside the twin, which has the same one.
    """
    if len(axes) < 3:
        return theme.empty("维度少于三个，画不成雷达图，请看旁边的点图。", height)
    axes = _complete(axes)
    if axes["unit"].isna().all():
        return theme.empty("这一期没有得分。", height)
    low, high = theme.span_of(axes[_SERIES].to_numpy().ravel(), span)
    angles = [360 * i / len(axes) for i in range(len(axes))]
    fig = go.Figure(_radar_band(axes, angles, group_name))
    fig.add_trace(_ring(angles, axes["median"], f"{plain(group_name, 20)}中位数", theme.MUTED, "dash", 1.5))
    if previous_name and axes["previous"].notna().any():
        fig.add_trace(_ring(angles, axes["previous"], plain(previous_name, 20), theme.GOLD, "dot", 2))
    shape = dict(mode="lines+markers", fill="toself", fillcolor=theme.faded(theme.RED, 0.08), marker_size=6)
    fig.add_trace(_ring(angles, axes["unit"], plain(unit_name, 20), theme.RED, "solid", 2.5, **shape))
    ticks = [f"{wrapped(label, 16, 2)}<br><b>{one_decimal(v)}</b>" for label, v in zip(axes["label"], axes["unit"], strict=True)]
    top = 8 + 17 * len(ticks[0].split("<br>"))  # the first spoke points up: its name stands above the figure
    return theme.layout(
        fig, height, showlegend=legend, margin=dict(l=64, r=64, t=top, b=72 if legend else 36), legend=_LEGEND | dict(y=-0.16),
        polar=dict(
            gridshape="linear", bgcolor=theme.CLEAR,
            angularaxis=dict(direction="clockwise", rotation=90, tickvals=angles, ticktext=ticks, gridcolor=theme.GRID,
                             linecolor=theme.GRID, tickfont_size=12),
            radialaxis=dict(range=[low, high], nticks=5, gridcolor=theme.GRID, showline=False, angle=90,
                            tickangle=90, tickfont=dict(size=10, color=theme.FAINT)),
        ),
    )  # fmt: skip


def dot_plot(
    axes: pd.DataFrame,
    unit_name: str,
    previous_name: str | None = None,
    group_name: str = "片组",
    span: tuple[float, float] = (0, 100),
    height: int | None = None,
) -> go.Figure:
    """The radar's twin: one row a dimension, the unit's dot labelled; clickable by node code. Arguments as `radar`."""
    height = height or 40 * max(len(axes), 2) + 64
    if axes.empty or axes["unit"].isna().all():
        return theme.empty("这一期没有得分。", height)
    axes = _complete(axes)
    low, high = theme.span_of(axes[_SERIES].to_numpy().ravel(), span)
    codes = list(axes.index)
    fig = go.Figure(_iqr_bar(axes, codes, group_name))
    fig.add_trace(_dots(axes, "median", f"{plain(group_name, 20)}中位数", theme.MUTED, "line-ns-open", 15))
    if previous_name and axes["previous"].notna().any():
        fig.add_trace(_dots(axes, "previous", plain(previous_name, 20), theme.GOLD, "circle-open", 10))
    written = dict(mode="markers+text", text=[one_decimal(v) for v in axes["unit"]], textposition="top center",
                   textfont=dict(color=theme.RED, size=13), cliponaxis=False)
    fig.add_trace(_dots(axes, "unit", plain(unit_name, 20), theme.RED, "circle", 12, **written))
    ticks = [wrapped(label, 16, 2) + ("　" + theme.NO_SCORE_MARK if pd.isna(v) else "") for label, v in zip(axes["label"], axes["unit"], strict=True)]
    return theme.layout(
        fig, height, showlegend=True, margin=dict(l=4, r=16, t=8, b=8), legend=_LEGEND | dict(y=-0.04),
        xaxis=dict(range=[low, high], side="top", tickfont=dict(size=11, color=theme.FAINT), nticks=6),
        yaxis=dict(type="category", range=[len(axes) - 0.4, -0.7], tickvals=codes, ticktext=ticks, griddash="dot"),
    )  # fmt: skip


def _complete(axes: pd.DataFrame) -> pd.DataFrame:
    """The table with every series as floats, NaN where one was not given."""
    numbers = axes.reindex(columns=_SERIES).astype(float)
    return axes[["label"]].join(numbers)


def _closed(values: Sequence) -> list:
    values = list(values)
    return [*values, values[0]]


def _ring(angles: Sequence[float], values: pd.Series, name: str, colour: str, dash: str, width: float, **more) -> go.Scatterpolar:
    return go.Scatterpolar(
        r=_closed(values), theta=_closed(angles), name=name, line=dict(color=colour, dash=dash, width=width),
        hovertemplate=f"{name}　%{{r:.1f}}<extra></extra>", **dict(mode="lines") | more,
    )  # fmt: skip


def _radar_band(axes: pd.DataFrame, angles: Sequence[float], group_name: str) -> go.Scatterpolar:
    """The middle half as one closed outline: out along the upper quartile, back along the lower."""
    known = axes["q1"].notna() & axes["q3"].notna()
    upper, lower = (_closed(axes[q].where(known, axes["median"])) for q in ("q3", "q1"))
    return go.Scatterpolar(
        r=upper + lower[::-1], theta=_closed(angles) + _closed(angles)[::-1], mode="lines", line=dict(width=0),
        fill="toself", fillcolor=theme.faded(theme.LEVEL, 0.2), name=f"{plain(group_name, 20)}中间一半", hoverinfo="skip",
    )  # fmt: skip


def _iqr_bar(axes: pd.DataFrame, codes: list, group_name: str) -> go.Bar:
    return go.Bar(
        y=codes, x=axes["q3"] - axes["q1"], base=axes["q1"], orientation="h", width=0.34, marker_color=theme.BAND,
        name=f"{plain(group_name, 20)}中间一半", hoverinfo="skip", selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


def _dots(axes: pd.DataFrame, column: str, name: str, colour: str, symbol: str, size: int, **more) -> go.Scatter:
    return go.Scatter(
        y=list(axes.index), x=axes[column], name=name, **dict(mode="markers") | more,
        marker=dict(symbol=symbol, size=size, color=colour, line=dict(width=2, color=colour)),
        customdata=np.column_stack([axes.index.astype(object), [plain(label, 60) for label in axes["label"]]]),
        hovertemplate=f"%{{customdata[1]}}<br>{name}　%{{x:.1f}}<extra></extra>",
        selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip
