"""One quantity over the periods: median and middle half above, what the cells hold below, on one time axis."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain
from charts.numbers import NOTHING
from charts.quantity import quantity
from scoring.values import STATE_TITLES, STATES


def over_periods(
    table: pd.DataFrame, title: str, places: int, chosen: str, breaks: Sequence[str] = (), height: int = 340
) -> go.Figure:
    """Median line over its middle-half band, with the counts of cells by state below; clickable by period.

    table: index period (in order); columns n, q1, median, q3 (NaN where nothing has a value) and value, missing, not_applicable,
    pending (counts; all 0 where the framework of that period does not have the item). breaks: periods from which the item is
    defined otherwise than before.
    """
    if table.empty or not table[list(STATES)].to_numpy().sum():
        return theme.empty("各期都没有数据。", height)
    periods = list(table.index)
    states = [s for s in STATES if s == "value" or table[s].sum()]
    fig = go.Figure([*_band(table), _line(table, places), *(_counts(table, state) for state in states)])
    for period in breaks:
        at = periods.index(period) - 0.5
        fig.add_shape(type="line", x0=at, x1=at, y0=0, y1=1, yref="paper", line=dict(color=theme.GOLD, width=1.5, dash="dot"))
    if chosen in periods and not np.isnan(table.at[chosen, "median"]):
        fig.add_annotation(x=periods.index(chosen), y=table.at[chosen, "median"], text=f"<b>{quantity(table.at[chosen, 'median'], places)}</b>",
                           showarrow=False, yshift=13, font=dict(color=theme.RED, size=13))
    if table["median"].isna().all():
        fig.add_annotation(text="各期都没有值。", x=0.5, y=0.7, xref="paper", yref="paper", showarrow=False, font_color=theme.MUTED)
    fig.add_annotation(theme.key_line(_key(table, bool(breaks))))
    below = 20 * len(states) / (height - 70)
    theme.layout(fig, height, margin=dict(l=8, r=8, t=26, b=8),
                 yaxis=dict(domain=[below + 0.06, 1], title=dict(text=plain(title, 40), font_size=12), nticks=5,
                            visible=bool(table["median"].notna().any())),
                 yaxis2=dict(domain=[0, below], type="category", categoryarray=[STATE_TITLES[s] for s in reversed(states)],
                             range=[-0.5, len(states) - 0.5], showgrid=False, tickfont=dict(size=11, color=theme.MUTED)))
    return fig.update_xaxes(type="category", categoryarray=periods, range=[-0.6, len(periods) - 0.4], showgrid=False, anchor="y2",
                            tickvals=periods, ticktext=theme.period_ticks(periods), tickangle=0, tickfont_size=11)


def _band(table: pd.DataFrame) -> list[go.Scatter]:
    """One filled outline for each unbroken run of periods: a gap stays a gap."""
    known = table["median"].notna()
    traces = []
    for _, run in table[known].groupby((~known).cumsum()[known]):
        traces.append(
            go.Scatter(
                x=[*run.index, *run.index[::-1]], y=[*run["q3"], *run["q1"][::-1]], mode="lines", line_width=0, fill="toself",
                fillcolor=theme.faded(theme.LEVEL, 0.2), hoverinfo="skip",
            )
        )  # fmt: skip
    return traces


def _line(table: pd.DataFrame, places: int) -> go.Scatter:
    texts = [
        f"{plain(period, 20)}　中位数 <b>{quantity(row.median, places)}</b><br>中间一半 {quantity(row.q1, places)} 至 "
        f"{quantity(row.q3, places)}<br>{row.n:.0f} 个有值"
        for period, row in zip(table.index, table.itertuples(), strict=True)
    ]
    return go.Scatter(
        x=list(table.index), y=table["median"], mode="lines+markers", line=dict(color=theme.INK, width=2), marker=dict(size=7),
        customdata=np.column_stack([table.index.astype(object), np.array(texts, dtype=object)]), connectgaps=False,
        hovertemplate="%{customdata[1]}<extra></extra>", selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


def _counts(table: pd.DataFrame, state: str) -> go.Scatter:
    """A row of numbers under the periods; a dot for none, a dash where the framework of that period does not have the item."""
    title, known = STATE_TITLES[state], table[list(STATES)].sum(axis=1) > 0
    return go.Scatter(
        x=list(table.index), y=[title] * len(table), yaxis="y2", mode="text", hoverinfo="skip", customdata=[[p] for p in table.index],
        text=[(f"{n:.0f}" if n else "·") if has else NOTHING for n, has in zip(table[state], known, strict=True)],
        textfont=dict(size=11, color=theme.INK if state == "value" else theme.DOWN),
    )  # fmt: skip


def _key(table: pd.DataFrame, broken: bool) -> str:
    band = f'━ 中位数　<span style="color:{theme.BAND}">█</span> 中间一半　下方数字：数据格数'
    absent = f"（{NOTHING} 该期体系无此项）" if (table[list(STATES)].sum(axis=1) == 0).any() else ""
    change = f'　<span style="color:{theme.GOLD}">┊</span> 此后口径有改动' if broken else ""
    return band + absent + change
