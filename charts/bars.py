"""Horizontal bars: the first and the last, gains and losses, the states of cells."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain
from charts.numbers import one_decimal, signed, tenths, whole

_ROW = 26  # pixels a bar


def ranked_bars(
    units: pd.DataFrame,
    value: str,
    labels: Sequence[str],
    n: int = 5,
    ascending: bool = False,
    height: int | None = None,
) -> go.Figure:
    """The n units with the highest (or lowest) value, one bar a unit in its tier's colour; clickable.

    units: index unit code; columns name, tier, rank and the value. A column named change is shown with its sign.
    """
    chosen = units[units[value].notna()].sort_values(value, ascending=ascending, kind="stable").head(n)
    height = height or _ROW * n + 12
    if chosen.empty:
        return theme.empty("没有可以排列的数据。", height)
    styles = [theme.tier_style(labels, tier) for tier in chosen["tier"]]
    show = signed if value == "change" else one_decimal
    hovers = [
        f"<b>{plain(name, 60)}</b><br>{plain(style.title)}<br>{show(number)}　第 {whole(rank)} 名"
        for name, style, number, rank in zip(chosen["name"], styles, chosen[value], chosen["rank"], strict=True)
    ]
    names = [f"{plain(n, 18)} {style.symbol}" for n, style in zip(chosen["name"], styles, strict=True)]
    colours = [style.colour for style in styles]
    return _bars(chosen.index, names, chosen[value], [show(v) for v in chosen[value]], colours, hovers, height)


def signed_bars(parts: pd.DataFrame, total: float | None = None, height: int | None = None) -> go.Figure:
    """Gains to the right, losses to the left, in the given order, labelled with sign; clickable by the index's code.

    parts: index code; columns label, points. With a total the shown tenths sum to it.

    Raises:
        ValueError: a total is given and the points do not sum to it.
    """
    height = height or _ROW * max(len(parts), 3) + 12
    if parts.empty:
        return theme.empty("没有变化。", height)
    points = parts["points"].astype(float)
    shown = points if total is None else pd.Series(tenths(points.tolist(), total), index=points.index)
    texts = [signed(v) for v in shown]
    colours = [theme.UP if v > 0 else theme.DOWN if v < 0 else theme.LEVEL for v in shown]
    names = [plain(label, 26) for label in parts["label"]]
    hovers = [f"{plain(label, 60)}<br><b>{text}</b>" for label, text in zip(parts["label"], texts, strict=True)]
    return _bars(parts.index, names, shown, texts, colours, hovers, height)


def _bars(codes, names, values, texts, colours, hovers, height: int) -> go.Figure:
    """One bar a code, the first on top; the figure written at the bar's end."""
    trace = go.Bar(
        y=list(codes), x=values, orientation="h", text=texts, textposition="outside", cliponaxis=False,
        marker=dict(color=colours), hovertemplate="%{customdata[1]}<extra></extra>",
        customdata=np.column_stack([np.asarray(codes, dtype=object), np.asarray(hovers, dtype=object)]),
        selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
    )  # fmt: skip
    fig = theme.layout(go.Figure(trace), height, margin=dict(l=4, r=4, t=2, b=2), bargap=0.38)
    low, high = min(0.0, float(np.min(values))), max(0.0, float(np.max(values)))
    room = 0.2 * ((high - low) or 1.0)
    fig.update_xaxes(range=[low - room if low < 0 else 0, high + room if high > 0 else 0.0], visible=False)
    fig.update_xaxes(zeroline=low < 0, zerolinecolor=theme.FAINT)
    fig.update_yaxes(type="category", autorange="reversed", tickvals=list(codes), ticktext=names, showgrid=False, ticklabelstandoff=4)
    return fig


def coverage_bars(counts: pd.DataFrame, height: int | None = None) -> go.Figure:
    """Share of cells in each state, one full bar a row.

    counts: index the row's label; columns value, missing, not_applicable, pending (counts).
    """
    height = height or _ROW * max(len(counts), 2) + 34
    states = [state for state in theme.STATES if state in counts and counts[state].sum()]
    if not states:
        return theme.empty("没有可以统计的数据格。", height)
    rows = [str(i) for i in range(len(counts))]
    total = counts[states].sum(axis=1)
    names = [plain(label, 60) for label in counts.index]
    fig = go.Figure([_state_bar(state, counts[state], total, rows, names) for state in states])
    theme.layout(fig, height, barmode="stack", bargap=0.35, margin=dict(l=4, r=8, t=26, b=4))
    fig.add_annotation(theme.key_line("　".join(_state_key(state) for state in states)))
    fig.update_xaxes(visible=False, range=[0, 100])
    return fig.update_yaxes(type="category", autorange="reversed", tickvals=rows, showgrid=False, ticklabelstandoff=4,
                            ticktext=[plain(label, 26) for label in counts.index])  # fmt: skip


def _state_key(state: str) -> str:
    mark = theme.STATE_MARKS[state]
    return f'<span style="color:{theme.STATE_COLOURS[state]}">{mark or "■"}</span> {theme.STATE_TITLES[state]}'


def _state_bar(state: str, count: pd.Series, total: pd.Series, rows: list[str], names: list[str]) -> go.Bar:
    share = 100 * count / total.where(total > 0)
    colour = theme.STATE_COLOURS[state]
    hatch = dict(shape="/" if state == "missing" else "", size=5, solidity=0.25, fgcolor=theme.PAPER)
    return go.Bar(
        y=rows, x=share, orientation="h", marker=dict(color=colour, pattern=hatch), textangle=0, constraintext="none",
        text=[f"{v:.1f}%" if v >= 9 else "" for v in share.fillna(0)], textposition="inside", insidetextanchor="middle",
        textfont=dict(color=theme.ink_on(colour), size=11), customdata=np.column_stack([count, names]),
        hovertemplate=f"%{{customdata[1]}}<br>{theme.STATE_TITLES[state]} %{{customdata[0]}} 格（%{{x:.1f}}%）<extra></extra>",
    )  # fmt: skip
