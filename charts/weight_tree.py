"""The framework as a tree of weights: how much of the index every node and every indicator stands for."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped

_ROW, _LINE, _TALLEST = 20, 15, 1200  # pixels of an indicator, of the smallest one's text, and of the figure
_LEAVES = 1.8  # width of the indicators' column; every column before it has 1


def weight_tree(nodes: pd.DataFrame, height: int | None = None) -> go.Figure:
    """Columns from the topmost nodes (left) to the indicators (right); heights are shares of the index; clickable by node code.

    nodes: index node code; columns name, parent (code, "" for the topmost), level (topmost 1), weight (as stated), share (0 to 1).
    """
    inner = nodes.index.isin(nodes["parent"])
    leaves = nodes[~inner]
    height = height or int(min(max(_ROW * len(leaves), _LINE / leaves["share"].min()), _TALLEST))
    starts = dict(_starts(nodes, "", 0.0))
    end = nodes["level"].max() - 1 + _LEAVES
    left = nodes["level"] - 1.0
    shares = [_percent(share) for share in nodes["share"]]
    hovers = [
        f"<b>{plain(name, 60)}</b><br>权重 {weight:g}　占指数 {share}"
        for name, weight, share in zip(nodes["name"], nodes["weight"], shares, strict=True)
    ]
    texts = [
        wrapped(f"{share} {name}", 18, 3) if within else f"{share}　{plain(name, 60)}"
        for name, share, within in zip(nodes["name"], shares, inner, strict=True)
    ]
    fills = [_fill(level) if within else theme.SEQUENTIAL[0] for level, within in zip(nodes["level"], inner, strict=True)]
    trace = go.Bar(
        orientation="h", base=left, x=np.where(inner, 1.0, end - left), y=[starts[code] for code in nodes.index] + nodes["share"] / 2,
        width=nodes["share"], marker=dict(color=fills, line=dict(color=theme.PAPER, width=1.5)), text=texts, textposition="inside",
        insidetextanchor="start", textangle=0, constraintext="none", textfont=dict(color=theme.INK, size=np.where(inner, 12, 11)), cliponaxis=False,
        customdata=np.column_stack([nodes.index.to_numpy(object), np.array(hovers, object)]),
        hovertemplate="%{customdata[1]}<extra></extra>", selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip
    fig = theme.layout(go.Figure(trace), height, margin=dict(l=0, r=0, t=0, b=0), barmode="overlay")
    fig.update_xaxes(visible=False, range=[0, end])
    return fig.update_yaxes(visible=False, range=[nodes.loc[nodes["parent"] == "", "share"].sum(), 0])


def _starts(nodes: pd.DataFrame, parent: str, start: float) -> Iterator[tuple[str, float]]:
    """(code, share of the index above it) of every node below a parent."""
    for code, share in nodes.loc[nodes["parent"] == parent, "share"].items():
        yield code, start
        yield from _starts(nodes, code, start)
        start += share


def _percent(share: float) -> str:
    """With two decimals where it needs them: a weight is stated, and eight times 1.25 % must read as 10 %."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def _fill(level: int) -> str:
    return theme.SEQUENTIAL[2] if level == 1 else theme.SEQUENTIAL[1]
