"""The heat map of units × indicators: every score of a population a cell, and a sign where the value was not reported."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped
from charts.numbers import one_decimal
from charts.overlay import Sign
from scoring.values import STATE_TITLES

_ROW = 17  # pixels of a unit
_HEAD, _LEVEL_HEAD = 150, 118  # pixels of the scale and of the names above, slanted and level
_RIGHT = 44  # pixels into which the last of the slanted names reaches
_FEW = 12  # columns up to which their names are written level
_SLANT = -60  # degrees of the others
_BEFORE, _LEVEL_BEFORE = 0.035, 0.06  # shares of the width before the cells, for the tiers' signs


def score_matrix(
    scores: pd.DataFrame,
    states: pd.DataFrame,
    units: pd.DataFrame,
    columns: pd.DataFrame,
    labels: Sequence[str],
    known: Mapping[str, Sign],
    span: tuple[float, float] = (0, 100),
) -> go.Figure:
    """Units (rows) × indicators (columns) as colours, in the order given; a sign before each row carries its tier and is clickable.

    scores: index unit, a column an indicator. states: the same shape, each cell's state. units: index as scores, columns name, tag,
    tier. columns: index as the scores' columns, columns name, group ("" or the dimension, named over its run). labels: tier
    labels. known: unit → sign of those that are compared.
    """
    if scores.empty or scores.isna().all(axis=None):
        return theme.empty("没有可以画出的得分。")
    low, high = _ends(scores, states, span)
    rows, heads = _categories(units["tag"], 24), _categories(columns["name"], 60)
    fig = go.Figure([_cells(scores, rows, heads, low, high), _tiers(units, rows, labels)])
    if (states != "value").any(axis=None):
        fig.add_trace(_gaps(scores, states, rows, heads, low, high))
    marked = [f"<b>{known[u].letter} {row}</b>" if u in known else row for u, row in zip(scores.index, rows, strict=True)]
    return _framed(fig, rows, marked, heads, columns)


def _framed(fig: go.Figure, rows: list[str], marked: list[str], heads: list[str], columns: pd.DataFrame) -> go.Figure:
    """The names at the edges: level where there are few columns and room for them, else slanted."""
    level = len(heads) <= _FEW
    head, before = (_LEVEL_HEAD, _LEVEL_BEFORE) if level else (_HEAD, _BEFORE)
    lines, notes = _groups(columns["group"], head)
    titles = [wrapped(h, 12, 3) if level else plain(h, 16) for h in columns["name"]]
    names = dict(type="category", tickfont_size=11, showgrid=False)
    theme.layout(
        fig, _ROW * max(len(rows), 3) + head + 4, margin=dict(l=4, r=_RIGHT, t=head, b=4), shapes=lines, annotations=notes,
        xaxis=names | dict(categoryarray=heads, domain=[before, 1], range=[-0.5, len(heads) - 0.5], side="top", tickvals=heads,
                           ticktext=titles, tickangle=None if level else _SLANT, automargin=False),
        xaxis2=dict(domain=[0, before], range=[-1, 1], visible=False),
        yaxis=names | dict(anchor="x2", categoryarray=rows, range=[len(rows) - 0.5, -0.5], tickvals=rows, ticktext=marked),
    )  # fmt: skip
    return theme.turning(fig, _SLANT) if level else fig


def _categories(names: pd.Series, columns: int) -> list[str]:
    """Names as categories of an axis, told apart by their code where two are the same."""
    shown = [plain(name, columns) for name in names]
    return [f"{name} {plain(code)}" if shown.count(name) > 1 else name for name, code in zip(shown, names.index, strict=True)]


def _ends(scores: pd.DataFrame, states: pd.DataFrame, span: tuple[float, float]) -> tuple[float, float]:
    """Ends of the colours: the range of scores without its lower tenths in which less than two in a hundred of the reported lie."""
    low, high = theme.span_of(scores.to_numpy().ravel(), span)
    reported = scores.to_numpy(float)[((states == "value") & scores.notna()).to_numpy()]
    step = (high - low) / 10
    return low + step * min(np.floor((np.percentile(reported, 2) - low) / step), 8) if len(reported) else low, high


def _cells(scores: pd.DataFrame, rows: list[str], heads: list[str], low: float, high: float) -> go.Heatmap:
    marks = np.linspace(low, high, 3)
    below = "≤" if np.nanmin(scores.to_numpy()) < low else ""
    scale = dict(
        orientation="h", x=1, xanchor="right", y=1, yref="container", yanchor="top", len=220, lenmode="pixels", thickness=8, ypad=2, xpad=0,
        outlinewidth=0, tickvals=marks, ticktext=[below + f"{low:.3g}", *(f"{m:.3g}" for m in marks[1:])],
        tickfont=dict(size=11, color=theme.MUTED),
    )  # fmt: skip
    return go.Heatmap(
        x=heads, y=rows, z=scores.to_numpy(np.float32), hovertemplate="%{y}<br>%{x}　%{z:.1f}<extra></extra>", colorbar=scale,
        colorscale=theme.scale_of(theme.SEQUENTIAL), zmin=low, zmax=high, xgap=1, ygap=1, hoverongaps=False,
    )  # fmt: skip


def _tiers(units: pd.DataFrame, rows: list[str], labels: Sequence[str]) -> go.Scatter:
    """The tier's sign before each row: a heat map answers no click, a sign does."""
    styles = [theme.tier_style(labels, tier) for tier in units["tier"]]
    hovers = [f"<b>{plain(name, 60)}</b><br>{plain(style.title)}" for name, style in zip(units["name"], styles, strict=True)]
    return go.Scatter(
        x=[0] * len(rows), y=rows, xaxis="x2", mode="markers", cliponaxis=False,
        marker=dict(symbol=[s.marker for s in styles], size=10, color=[theme.INK if s.colour == theme.PAPER else s.colour for s in styles]),
        customdata=np.column_stack([units.index.astype(object), np.array(hovers, object)]), hovertemplate="%{customdata[1]}<extra></extra>",
        selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
    )  # fmt: skip


def _gaps(scores: pd.DataFrame, states: pd.DataFrame, rows: list[str], heads: list[str], low: float, high: float) -> go.Scatter:
    """The house's sign in every cell that holds no reported value, in an ink that reads on its colour."""
    at = np.argwhere(states.to_numpy() != "value")
    found = [(rows[r], heads[c], scores.iat[r, c], states.iat[r, c]) for r, c in at]
    shares = [max(score - low, 0.0) / (high - low) if score == score else np.nan for _, _, score, _ in found]
    inks = [theme.MUTED if np.isnan(s) else theme.ink_on(theme.colour_at(theme.SEQUENTIAL, s)) for s in shares]
    return go.Scatter(
        x=[head for _, head, _, _ in found], y=[row for row, _, _, _ in found], mode="text", text=[theme.STATE_MARKS[s] for *_, s in found],
        textfont=dict(size=10, color=inks), hovertemplate="%{customdata}<extra></extra>",
        customdata=[f"{row}<br>{head}　{STATE_TITLES[state]}，得分 {one_decimal(score)}" for row, head, score, state in found],
    )  # fmt: skip


def _groups(groups: pd.Series, head: int) -> tuple[list[dict], list[dict]]:
    """Lines between the dimensions' runs of columns, and each dimension's name over its own; none where they are not in its order."""
    starts = [k for k in range(len(groups)) if groups.iloc[k] and (not k or groups.iloc[k] != groups.iloc[k - 1])]
    line = dict(type="line", yref="paper", y0=0, y1=1, line=dict(color=theme.MUTED, width=1))
    lines = [line | dict(x0=k - 0.5, x1=k - 0.5) for k in starts[1:]]
    note = dict(y=1, yref="paper", yshift=head - 34, showarrow=False, font=dict(size=12, color=theme.MUTED))
    ends = [*starts[1:], len(groups)]
    wide = 150 / max(len(groups), 1)  # columns of text that a column of the map has room for
    return lines, [note | dict(x=(a + b - 1) / 2, text=plain(groups.iloc[a], int(wide * (b - a)))) for a, b in zip(starts, ends, strict=False)]
