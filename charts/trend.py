"""One unit over the periods, against its group."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain
from charts.numbers import one_decimal


def trend(
    line: pd.DataFrame,
    labels: Sequence[str],
    unit_name: str,
    group_name: str = "片组",
    height: int = 260,
) -> go.Figure:
    """The index over periods, each point signed by its tier, over the group's median and middle half; clickable by period.

    line: columns period (in order), index, tier, median, q1, q3.
    """
    if line.empty or line["index"].isna().all():
        return theme.empty("还没有已发布的得分。", height)
    periods = [str(period) for period in line["period"]]
    band, name = theme.faded(theme.LEVEL, 0.18), plain(group_name, 20)
    edge = dict(mode="lines", line_width=0, hoverinfo="skip", showlegend=False)
    fig = go.Figure(go.Scatter(x=periods, y=line["q3"], **edge))
    fig.add_scatter(x=periods, y=line["q1"], fill="tonexty", fillcolor=band, **edge)
    fig.add_scatter(x=periods, y=line["median"], mode="lines", line=dict(color=theme.MUTED, width=1.5, dash="dash"),
                    text=periods, hovertemplate=f"%{{text}}　{name}中位数 %{{y:.1f}}<extra></extra>")
    fig.add_trace(_unit_line(line, periods, labels, plain(unit_name, 20)))
    last = line["index"].last_valid_index()
    end = dict(x=line.index.get_loc(last), y=line.at[last, "index"], text=f"<b>{one_decimal(line.at[last, 'index'])}</b>",
               showarrow=False, xanchor="left", xshift=9, font=dict(color=theme.RED, size=14))
    key = (f'<span style="color:{theme.RED}">━</span> {plain(unit_name, 20)}　┅ {name}中位数　'
           f'<span style="color:{theme.BAND}">█</span> 中间一半')
    theme.layout(fig, height, annotations=[end, theme.key_line(key)], margin=dict(l=8, r=44, t=24, b=8))
    theme.period_axis(fig, periods)
    return fig.update_yaxes(nticks=5, tickfont=dict(size=11, color=theme.MUTED))


def _unit_line(line: pd.DataFrame, periods: list[str], labels: Sequence[str], name: str) -> go.Scatter:
    styles = [theme.tier_style(labels, tier) for tier in line["tier"]]
    rows = zip(periods, line["index"], styles, strict=True)
    hovers = [f"{period}　{name}<br><b>{one_decimal(index)}</b>　{plain(style.title)}" for period, index, style in rows]
    return go.Scatter(
        x=periods, y=line["index"], mode="lines+markers", line=dict(color=theme.RED, width=2.5),
        marker=dict(symbol=[s.marker for s in styles], color=[s.colour for s in styles], size=11,
                    line=dict(color=theme.PAPER, width=1)),
        customdata=np.column_stack([np.array(periods, dtype=object), np.array(hovers, dtype=object)]),
        hovertemplate="%{customdata[1]}<extra></extra>", selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip
