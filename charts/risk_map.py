"""The risk map: likelihood against severity, the risks counted in each cell, and in which the controls are not in force."""

from collections.abc import Collection
from itertools import product

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme

_SCALE = range(1, 6)
_COLOURS = theme.SEQUENTIAL[1:6]


def risk_map(cells: pd.DataFrame, high: int, picked: Collection[str] = (), height: int = 330) -> go.Figure:
    """Five by five cells with the number of risks; ✖ and how many of them are high and not under control; clickable by cell.

    cells: index (likelihood, severity), each from 1 to 5; columns cell (its code), n, uncontrolled. high: likelihood × severity from
    which a risk is a high one, framed. picked: the codes of the cells that are looked at.
    """
    top = cells["n"].max()
    if not top:
        return theme.empty("没有已评定的风险。", height)
    x, y = cells.index.get_level_values("severity"), cells.index.get_level_values("likelihood")
    fills = [theme.colour_at(_COLOURS, np.sqrt(n / top)) if n else theme.PAPER for n in cells["n"]]
    squares = [_square(a, b, fill, cell in picked) for a, b, fill, cell in zip(x, y, fills, cells["cell"], strict=True)]
    texts = [_text(row.n, row.uncontrolled) for row in cells.itertuples()]
    hovers = [
        f"可能性 {b} × 严重性 {a} = {a * b}{'　高风险' if a * b >= high else ''}<br>{row.n} 个风险点"
        + (f"，其中 {row.uncontrolled} 个措施未落实" if row.uncontrolled else "")
        for a, b, row in zip(x, y, cells.itertuples(), strict=True)
    ]
    fig = go.Figure(
        go.Scatter(
            x=x, y=y, mode="markers+text", text=texts, textfont=dict(size=13, color=[theme.ink_on(fill) for fill in fills]),
            marker=dict(symbol="square", size=46, opacity=0), hovertemplate="%{customdata[1]}<extra></extra>",
            customdata=np.column_stack([cells["cell"].to_numpy(object), np.array(hovers, object)]),
            selected_marker_opacity=0, unselected_marker_opacity=0,
        )
    )  # fmt: skip
    key = f'<span style="color:{theme.RED}">▬</span> 粗线右上：高风险（≥ {high}）　✖ 其中措施未落实'
    theme.layout(fig, height, margin=dict(l=8, r=8, t=26, b=8), shapes=squares + _border(high), annotations=[theme.key_line(key)])
    fig.update_xaxes(title=dict(text="严重性", font_size=12), range=[0.45, 5.55], tickvals=list(_SCALE), showgrid=False)
    return fig.update_yaxes(title=dict(text="可能性", font_size=12), range=[0.45, 5.55], tickvals=list(_SCALE), showgrid=False)


def _text(n: int, uncontrolled: int) -> str:
    if not n:
        return "·"
    return f"<b>{n}</b><br>✖ {uncontrolled}" if uncontrolled else f"<b>{n}</b>"


def _square(x: int, y: int, fill: str, picked: bool) -> dict:
    edge = dict(color=theme.INK if picked else theme.GRID, width=3 if picked else 1)
    return dict(type="rect", layer="below", x0=x - 0.47, x1=x + 0.47, y0=y - 0.47, y1=y + 0.47, fillcolor=fill, line=edge)


def _border(high: int) -> list[dict]:
    """Lines between the cells of which one is high and the other is not."""
    line = dict(type="line", line=dict(color=theme.RED, width=3))
    lines = []
    for x, y in product(_SCALE, _SCALE):
        if x * y < high <= (x + 1) * y and x < 5:
            lines.append(line | dict(x0=x + 0.5, x1=x + 0.5, y0=y - 0.5, y1=y + 0.5))
        if x * y < high <= x * (y + 1) and y < 5:
            lines.append(line | dict(x0=x - 0.5, x1=x + 0.5, y0=y + 0.5, y1=y + 0.5))
    return lines
