"""Parallel coordinates: every unit a line over the dimensions or indicators, those that are compared on top."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import cut, plain, width, wrapped
from charts.numbers import one_decimal
from charts.overlay import Sign

_END = 16  # columns of a name at the end of its line


def parallel(
    everyone: pd.DataFrame,
    names: pd.Series,
    things: pd.DataFrame,
    labels: Sequence[str],
    known: Mapping[str, Sign],
    height: int = 440,
) -> go.Figure:
    """Lines over axes that share one scale; the units behind are faint and clickable, the things on top carry their letter.

    everyone: index unit, a column a node. names: of the units. things: the same columns, index thing. labels: of the nodes, in
    their order. known: thing → sign. NaN breaks a line. The scale spans what is drawn.
    """
    if everyone.isna().all(axis=None) and things.isna().all(axis=None):
        return theme.empty("没有可以画出的得分。", height)
    numbers = np.concatenate([everyone.to_numpy(float).ravel(), things.to_numpy(float).ravel()])
    low, high = np.nanmin(numbers), np.nanmax(numbers)
    low, high = low - 0.04 * (high - low or 1.0), high + 0.04 * (high - low or 1.0)
    fig, last = go.Figure(_behind(everyone, names, labels)), len(labels) - 1
    for code in reversed(things.index):
        fig.add_trace(_line(things.loc[code], known[code], labels))
    columns = min(max(8, 120 // max(len(labels), 1)), 16)
    room = 18 + 6 * max(width(f"{known[code].letter} {cut(known[code].name, _END)}") for code in things.index)  # for the names at the ends
    theme.layout(
        fig, height, margin=dict(l=8, r=room, t=8, b=8), annotations=_ends(things, known, low, high, height),
        xaxis=dict(range=[-0.15, last + 0.15], tickvals=list(range(len(labels))), tickfont_size=12,
                   ticktext=[wrapped(label, columns, 3) for label in labels], gridcolor=theme.AXIS, ticklabeloverflow="allow"),
        yaxis=dict(range=[low, high], nticks=6, tickfont=dict(size=11, color=theme.MUTED)),
    )  # fmt: skip
    return theme.turning(fig)


def _behind(everyone: pd.DataFrame, names: pd.Series, labels: Sequence[str]) -> go.Scatter:
    """All units as one trace, a gap after each: a trace a unit would be drawn for a second."""
    values = np.column_stack([everyone.to_numpy(float), np.full(len(everyone), np.nan)])
    at = np.tile(np.arange(values.shape[1], dtype=float), len(values))
    hovers = [
        [f"{plain(name, 60)}<br>{plain(label, 60)}　{one_decimal(v)}" for label, v in zip(labels, row, strict=False)] + [""]
        for name, row in zip(names, values, strict=True)
    ]
    codes = np.repeat(everyone.index.to_numpy(object), values.shape[1])
    return go.Scatter(
        x=at, y=values.ravel(), mode="lines+markers", line=dict(color=theme.faded(theme.LEVEL, 0.28), width=1),
        marker=dict(size=5, color=theme.faded(theme.LEVEL, 0.35)), connectgaps=False,
        customdata=np.column_stack([codes, np.array([h for row in hovers for h in row], object)]),
        hovertemplate="%{customdata[1]}<extra></extra>", selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
    )  # fmt: skip


def _line(values: pd.Series, sign: Sign, labels: Sequence[str]) -> go.Scatter:
    hovers = [f"<b>{sign.title}</b><br>{plain(label, 60)}　{one_decimal(v)}" for label, v in zip(labels, values, strict=True)]
    return go.Scatter(
        x=list(range(len(values))), y=values, mode="lines+markers", connectgaps=False, line=dict(color=sign.colour, dash=sign.dash, width=2.5),
        marker=dict(symbol=sign.marker, size=9, color=sign.colour, line=dict(width=1, color=theme.PAPER)),
        customdata=hovers, hovertemplate="%{customdata}<extra></extra>",
        selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
    )  # fmt: skip


def _ends(things: pd.DataFrame, known: Mapping[str, Sign], low: float, high: float, height: int) -> list[dict]:
    """Letter and name at the right end of each line, moved apart where they would touch."""
    found = sorted(((row.last_valid_index(), code, row) for code, row in things.iterrows() if row.notna().any()), key=lambda f: f[2][f[0]])
    gap, floor, notes = 17 / (height - 60) * (high - low), -np.inf, []
    for column, code, row in found:
        floor = max(row[column], floor + gap)
        sign = known[code]
        notes.append(dict(x=list(things.columns).index(column), y=floor, text=f"<b>{sign.letter}</b> {plain(sign.name, _END)}", showarrow=False,
                          xanchor="left", xshift=9, font=dict(size=12, color=sign.colour)))
    return notes
