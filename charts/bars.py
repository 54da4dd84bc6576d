"""Horizontal bars: the first and the last, gains and losses."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, tags, wrapped
from charts.numbers import one_decimal, signed, whole
from scoring.rounding import tenths

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

    units: index unit code; columns name, tier, rank, the value, and tag for a short name. A column named change is shown with its sign.
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
    names = [f"{plain(n, 18)} {style.symbol}" for n, style in zip(tags(chosen), styles, strict=True)]
    colours = [style.colour for style in styles]
    return drawn(chosen.index, names, chosen[value], [show(v) for v in chosen[value]], colours, hovers, height)


def signed_bars(parts: pd.DataFrame, total: float | None = None, height: int | None = None) -> go.Figure:
    """Gains to the right, losses to the left, in the given order, labelled with sign; clickable by the index's code.

    parts: index code; columns label, points. With a total the shown tenths sum to it.

    Raises:
        ValueError: a total is given and the points do not sum to it.
    """
    names = [wrapped(label, 26, 2) for label in parts["label"]]
    row = _ROW + 9 if any("<br>" in name for name in names) else _ROW
    height = height or row * max(len(parts), 3) + 12
    if parts.empty:
        return theme.empty("没有变化。", height)
    points = parts["points"].astype(float)
    shown = points if total is None else pd.Series(tenths(points.tolist(), total), index=points.index)
    texts = [signed(v) for v in shown]
    colours = [theme.UP if v > 0 else theme.DOWN if v < 0 else theme.LEVEL for v in shown]
    hovers = [f"{plain(label, 60)}<br><b>{text}</b>" for label, text in zip(parts["label"], texts, strict=True)]
    return drawn(parts.index, names, shown, texts, colours, hovers, height)


def drawn(codes, names, values, texts, colours, hovers, height: int) -> go.Figure:
    """One bar a code, the first on top; the figure written at the bar's end."""
    trace = go.Bar(
        y=list(codes), x=values, orientation="h", text=texts, textposition="outside", cliponaxis=False,
        marker=dict(color=colours), hovertemplate="%{customdata[1]}<extra></extra>",
        customdata=np.column_stack([np.asarray(codes, dtype=object), np.asarray(hovers, dtype=object)]),
        selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
    )  # fmt: skip
    low, high = min(0.0, float(np.min(values))), max(0.0, float(np.max(values)))
    room = 0.2 * ((high - low) or 1.0)
    return theme.layout(
        go.Figure(trace), height, margin=dict(l=4, r=4, t=2, b=2), bargap=0.38,
        xaxis=dict(range=[low - room if low < 0 else 0, high + room if high > 0 else 0.0], visible=False, zeroline=low < 0,
                   zerolinecolor=theme.FAINT),
        yaxis=dict(type="category", autorange="reversed", tickvals=list(codes), ticktext=names, showgrid=False, ticklabelstandoff=4),
    )  # fmt: skip
