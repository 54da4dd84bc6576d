"""Rows of counts by outcome: how many of each row's cells came to what."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped

_ROW = 25  # pixels a bar
# From the outcome that asks for a look to the one that does not; further ones are told apart by their place and sign.
_COLOURS = (theme.DOWN, theme.GOLD, theme.BLUE, theme.FAINT, theme.SEQUENTIAL[2])


def outcome_bars(counts: pd.DataFrame, titles: Mapping[str, str], height: int | None = None) -> go.Figure:
    """A bar a row, cut by outcome in the order of `titles`; its counts stand in the parts that have room; clickable by the index's code.

    counts: index code; columns name and a count for each key of `titles` (at most five), whose text begins with a sign.
    """
    height = height or _ROW * max(len(counts), 3) + 30
    if counts.empty:
        return theme.empty("没有可以核对的指标。", height)
    most = counts[list(titles)].sum(axis=1).max()
    traces = [_part(counts, key, title, colour, most) for (key, title), colour in zip(titles.items(), _COLOURS, strict=False)]
    present = [(t, c) for (k, t), c in zip(titles.items(), _COLOURS, strict=False) if counts[k].any()]
    key = "　".join(f'<span style="color:{c}">■</span> {plain(t)}' for t, c in present)
    return theme.layout(
        go.Figure(traces), height, barmode="stack", bargap=0.28, margin=dict(l=4, r=4, t=26, b=2),
        title=dict(text=key, x=0, xref="container", xanchor="left", y=1, yref="container", yanchor="top", pad=dict(t=6),
                   font=dict(size=12, color=theme.MUTED)), xaxis=dict(visible=False, range=[0, most]),
        yaxis=dict(type="category", autorange="reversed", tickvals=list(counts.index), ticktext=[wrapped(n, 26, 1) for n in counts["name"]],
                   tickfont=dict(size=12), showgrid=False, ticklabelstandoff=4),
    )  # fmt: skip


def _part(counts: pd.DataFrame, key: str, title: str, colour: str, most: int) -> go.Bar:
    """The parts of all bars that came to one outcome. most: cells of the longest bar."""
    codes, sign = counts.index.to_numpy(object), title.split()[0]
    hovers = [f"<b>{plain(name, 60)}</b><br>{plain(title)} {n}" for name, n in zip(counts["name"], counts[key], strict=True)]
    return go.Bar(
        y=codes, x=counts[key], orientation="h", marker=dict(color=colour, line=dict(color=theme.PAPER, width=1)),
        text=[f"{sign} {n}" if n >= 0.12 * most else "" for n in counts[key]], textposition="inside", insidetextanchor="middle",
        textfont=dict(size=11, color=theme.ink_on(colour)), textangle=0, constraintext="none",
        customdata=np.column_stack([codes, np.array(hovers, object)]), hovertemplate="%{customdata[1]}<extra></extra>",
        selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
    )  # fmt: skip
