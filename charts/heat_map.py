"""Heat maps: dimensions against the groups of a facet, and tiers before against tiers after."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped
from charts.numbers import one_decimal


def heat_map(
    table: pd.DataFrame,
    span: tuple[float, float] = (0, 100),
    height: int | None = None,
    exists: pd.DataFrame | None = None,
    codes: np.ndarray | None = None,
    picked: str = "",
) -> go.Figure:
    """A table of numbers as colours, each number written in its cell; a sign where there is none.

    table: rows × columns of numbers, labels as index and columns. span: the scores' range. exists: False, in the table's shape,
    where a number cannot be: no sign there. codes: what a click on each cell answers, in the table's shape. picked: the code of the
    cell that is looked at, framed.
    """
    height = height or 38 * max(len(table), 2) + 56
    values = table.to_numpy(dtype=float)
    if table.empty or np.isnan(values).all():
        return theme.empty("没有可以画出的得分。", height)
    low, high = theme.span_of(values.ravel(), span)
    sign = np.where(np.ones(values.shape, bool) if exists is None else exists, theme.NO_SCORE_MARK, "")
    texts = [[none if np.isnan(v) else one_decimal(v) for v, none in zip(*row, strict=True)] for row in zip(values, sign, strict=True)]
    fig = go.Figure(_cells(values, texts, theme.SEQUENTIAL[:-1], low, high, table))
    _axes(fig, [wrapped(c, 14, 2) for c in table.columns], [wrapped(r, 18, 2) for r in table.index], height)
    return fig if codes is None else _clickable(fig, codes, picked)


def transition_matrix(counts: pd.DataFrame, before_title: str, after_title: str, height: int | None = None) -> go.Figure:
    """Units by tier before (rows) and after (columns): the count and its share of the row; the diagonal stayed.

    counts: tier labels × tier labels, best first.
    """
    height = height or 64 * max(len(counts), 2) + 84
    values = counts.to_numpy(dtype=float)
    if counts.empty or values.sum() == 0:
        return theme.empty("两期之间没有同时有得分的单位。", height)
    rows = values.sum(axis=1, keepdims=True)
    shares = np.divide(100 * values, rows, out=np.zeros_like(values), where=rows > 0)
    pairs = zip(values, shares, strict=True)
    texts = [[f"<b>{n:.0f}</b><br>{s:.1f}%" if n else "·" for n, s in zip(*row, strict=True)] for row in pairs]
    labels = list(counts.index)
    fig = go.Figure(_cells(shares, texts, theme.SEQUENTIAL[:-1], 0, 100, counts))
    ticks = [plain(theme.tier_title(labels, label), 20) for label in labels]
    _axes(fig, ticks, ticks, height).update_layout(shapes=[_frame(i, i, theme.GOLD) for i in range(len(labels))])
    fig.update_xaxes(title=dict(text=plain(after_title), font_size=12))
    return fig.update_yaxes(title=dict(text=plain(before_title), font_size=12))


def _cells(values: np.ndarray, texts: list, colours, low: float, high: float, table: pd.DataFrame) -> list:
    """The coloured cells, and over them the texts, each in the ink that reads on its colour."""
    names = [[f"{plain(r, 60)}<br>{plain(c, 60)}" for c in table.columns] for r in table.index]
    cells = go.Heatmap(
        z=values, text=texts, customdata=names, hovertemplate="%{customdata}<br>%{text}<extra></extra>",
        colorscale=theme.scale_of(colours), zmin=low, zmax=high, showscale=False, xgap=3, ygap=3, hoverongaps=False,
    )  # fmt: skip
    rows, columns = np.indices(values.shape)
    shares = ((values - low) / (high - low)).ravel()
    inks = [theme.FAINT if np.isnan(s) else theme.ink_on(theme.colour_at(colours, s)) for s in shares]
    written = go.Scatter(
        x=columns.ravel(), y=rows.ravel(), text=[t for row in texts for t in row], mode="text", textfont_color=inks,
        hoverinfo="skip",
    )  # fmt: skip
    return [cells, written]


def _clickable(fig: go.Figure, codes: np.ndarray, picked: str) -> go.Figure:
    """The texts take the clicks, as plotly selects no cell of a heat map: whatever text is nearest, so that all of a cell counts."""
    cells, written = fig.data
    names = [name for row in cells.customdata for name in row]
    written.update(
        mode="markers+text", marker=dict(symbol="square", size=26, opacity=0), selected_marker_opacity=0, unselected_marker_opacity=0,
        hoverinfo=None, hovertemplate="%{customdata[1]}<br>%{text}<extra></extra>", customdata=list(zip(codes.ravel(), names, strict=True)),
    )  # fmt: skip
    cells.update(hoverinfo="skip", hovertemplate=None)
    shapes = [_frame(x, y, theme.INK) for y, x in np.argwhere(codes == picked)]
    return fig.update_layout(hoverdistance=-1, shapes=shapes)


def _frame(x: float, y: float, colour: str) -> dict:
    return dict(type="rect", line=dict(color=colour, width=2), x0=x - 0.48, x1=x + 0.48, y0=y - 0.48, y1=y + 0.48)


def _axes(fig: go.Figure, columns: list[str], rows: list[str], height: int) -> go.Figure:
    theme.layout(fig, height, margin=dict(l=4, r=4, t=4, b=4))
    fig.update_xaxes(side="top", range=[-0.5, len(columns) - 0.5], tickvals=list(range(len(columns))), ticktext=columns)
    fig.update_yaxes(range=[len(rows) - 0.5, -0.5], tickvals=list(range(len(rows))), ticktext=rows)
    return fig.update_xaxes(showgrid=False).update_yaxes(showgrid=False)
