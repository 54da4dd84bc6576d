"""What the audit looks at inside a framework: weights that are stated and that work, correlations of siblings, principal components."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped
from charts.numbers import MINUS

_ROW = 34  # pixels of a row
_STATED, _EFFECTIVE = "○", "●"


def weights(table: pd.DataFrame, height: int | None = None) -> go.Figure:
    """Stated against effective share of each sibling, joined by a line; clickable by node code.

    table: index node code; columns name, stated, effective (0 to 1, NaN where it cannot be told), label (sign and word of the
    check), off (whether it is outside the limits).
    """
    height = height or _ROW * max(len(table), 3) + 60
    if table.empty or table["effective"].isna().all():
        return theme.empty("算不出有效权重。", height)
    rows = np.arange(len(table))
    fig = go.Figure()
    for row, (stated, effective, off) in enumerate(zip(table["stated"], table["effective"], table["off"], strict=True)):
        colour = theme.DOWN if off else theme.BLUE
        fig.add_scatter(x=[stated, effective], y=[row, row], mode="lines", hoverinfo="skip", line=dict(color=theme.faded(colour, 0.55), width=4))
    hovers = _weight_hovers(table)
    fills = [theme.DOWN if off else theme.BLUE for off in table["off"]]
    for column, marker in (
        ("stated", dict(size=12, color=theme.PAPER, line=dict(color=theme.INK, width=1.6))), ("effective", dict(size=13, color=fills)),
    ):  # fmt: skip
        fig.add_scatter(x=table[column], y=rows, mode="markers", marker=marker, customdata=np.column_stack([table.index.to_numpy(object), hovers]),
                        hovertemplate="%{customdata[1]}<extra></extra>", selected_marker_opacity=1, unselected_marker_opacity=1)  # fmt: skip
    far = float(np.nanmax(table[["stated", "effective"]].to_numpy()))
    fig.add_scatter(x=table[["stated", "effective"]].max(axis=1), y=rows, mode="text", text=_times(table), textposition="middle right",
                    textfont=dict(size=12, color=fills), hoverinfo="skip", cliponaxis=False)  # fmt: skip
    fig.add_annotation(theme.key_line(f"{_STATED} 所定权重　{_EFFECTIVE} 有效权重　右侧：几倍"))
    theme.layout(fig, height, margin=dict(l=4, r=4, t=26, b=4))
    fig.update_xaxes(range=[-0.02 * far, 1.28 * far], tickformat=".0%", nticks=6)
    return fig.update_yaxes(range=[len(table) - 0.5, -0.5], tickvals=rows, ticktext=[wrapped(n, 18, 2) for n in table["name"]], showgrid=False)


def _times(table: pd.DataFrame) -> list[str]:
    ratios = table["effective"] / table["stated"]
    return [f"　{r:.2f}{'' if not off else ' ' + plain(label.split()[0])}" if np.isfinite(r) else ""
            for r, off, label in zip(ratios, table["off"], table["label"], strict=True)]  # fmt: skip


def _weight_hovers(table: pd.DataFrame) -> np.ndarray:
    texts = [
        f"<b>{plain(name, 60)}</b><br>所定 {stated:.1%}" + (f"　有效 {effective:.1%}<br>{plain(label)}" if np.isfinite(effective) else "")
        for name, stated, effective, label in zip(table["name"], table["stated"], table["effective"], table["label"], strict=True)
    ]
    return np.array(texts, dtype=object)


def correlations(table: pd.DataFrame, names: Sequence[str], odd: np.ndarray, height: int | None = None) -> go.Figure:
    """Correlations of siblings with each other, and in the last row with their parent; each number is written in its cell.

    table: k × k, the parent last, NaN where there is none. names: of its rows. odd: (k, k), true for a cell to be framed: outside
    the limits. Columns are told by the numbers that rows have.
    """
    height = height or _ROW * max(len(table), 3) + 62
    values = table.to_numpy(float)
    below = np.tril(np.ones(values.shape, bool), -1)
    values = np.where(below, values, np.nan)
    if np.isnan(values).all():
        return theme.empty("两两都有值的太少，算不出相关系数。", height)
    rows, columns = np.nonzero(below)
    texts = [_two(values[r, c]) for r, c in zip(rows, columns, strict=True)]
    hovers = [[f"{plain(a, 60)}<br>{plain(b, 60)}<br>r = {_two(v)}" for b, v in zip(names, line, strict=True)]
              for a, line in zip(names, values, strict=True)]  # fmt: skip
    cells = go.Heatmap(z=values, customdata=hovers, hovertemplate="%{customdata}<extra></extra>", colorscale=theme.scale_of(theme.DIVERGING),
                       zmin=-1, zmax=1, showscale=False, xgap=2, ygap=2, hoverongaps=False)  # fmt: skip
    inks = [theme.INK if np.isnan(v) else theme.ink_on(theme.colour_at(theme.DIVERGING, (v + 1) / 2)) for v in values[rows, columns]]
    written = go.Scatter(x=columns, y=rows, text=texts, mode="text", textfont=dict(size=11, color=inks), hoverinfo="skip")
    frame = dict(type="rect", line=dict(color=theme.RED, width=2))
    framed = [frame | dict(x0=c - 0.47, x1=c + 0.47, y0=r - 0.45, y1=r + 0.45) for r, c in zip(*np.nonzero(odd & below), strict=True)]
    fig = theme.layout(go.Figure([cells, written]), height, margin=dict(l=4, r=4, t=26, b=4), shapes=framed)
    fig.add_annotation(theme.key_line("末行：与上级　红框：超出阈值" if framed else "末行：与上级"))
    last = len(names) - 1
    ticks = [f"{wrapped(n, 18, 2)}" if k == last else f"<b>{k + 1}</b> {wrapped(n, 18, 2)}" for k, n in enumerate(names)]
    fig.update_xaxes(range=[-0.5, last - 0.5], tickvals=list(range(last)), ticktext=[f"<b>{k + 1}</b>" for k in range(last)], showgrid=False)
    return fig.update_yaxes(range=[last + 0.5, -0.5], tickvals=list(range(len(names))), ticktext=ticks, showgrid=False)


def _two(r: float) -> str:
    return "" if np.isnan(r) else f"{r:.2f}".replace("-0.00", "0.00").replace("-", MINUS)


def components(shares: Mapping[str, Sequence[float]], names: Mapping[str, str], chosen: str, height: int | None = None) -> go.Figure:
    """Shares of variance of the principal components of each node's children, the first at the left; clickable by node code.

    shares: node code → shares (0 to 1), the greatest first, of as many components as children; those that count for more than
    an average child stand out. chosen: the node that is looked at.
    """
    height = height or _ROW * max(len(shares), 3) + 40
    if not shares:
        return theme.empty("没有一组有三项以上可比的下级。", height)
    fig = go.Figure()
    for place in range(max(map(len, shares.values()))):
        codes = [code for code, found in shares.items() if len(found) > place]
        parts = np.array([shares[code][place] for code in codes])
        strong = [share * len(shares[code]) > 1 + 1e-9 for code, share in zip(codes, parts, strict=True)]
        fills = [(theme.BLUE if code == chosen else theme.SEQUENTIAL[3]) if much else theme.BAND for code, much in zip(codes, strong, strict=True)]
        hovers = [f"<b>{plain(names[code], 60)}</b><br>第 {place + 1} 主成分解释 {share:.1%}" for code, share in zip(codes, parts, strict=True)]
        fig.add_bar(y=codes, x=parts, orientation="h", marker=dict(color=fills, line=dict(color=theme.PAPER, width=1)),
                    text=[f"{share:.0%}" if much else "" for share, much in zip(parts, strong, strict=True)], textposition="inside",
                    insidetextanchor="middle", textangle=0, textfont_color=[theme.ink_on(f) for f in fills],
                    customdata=np.column_stack([np.array(codes, object), np.array(hovers, object)]),
                    hovertemplate="%{customdata[1]}<extra></extra>", selected_marker_opacity=1, unselected_marker_opacity=1)  # fmt: skip
    fig.add_annotation(theme.key_line("蓝色：方差大于 1 的主成分，最好只有一个"))
    theme.layout(fig, height, margin=dict(l=4, r=4, t=26, b=4), barmode="stack", bargap=0.3)
    fig.update_xaxes(range=[0, 1], visible=False)
    return fig.update_yaxes(type="category", categoryarray=list(shares), autorange="reversed", tickvals=list(shares),
                            ticktext=[wrapped(names[c], 18, 2) for c in shares], showgrid=False)  # fmt: skip
