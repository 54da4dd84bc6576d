"""Inspections one by one: when, with which score, and whether problems were found; the mean of each quarter through them."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain
from charts.numbers import one_decimal

_MANY = 600  # marks above which they are smaller and fainter
_SIGNS = {False: ("circle", theme.SEQUENTIAL[4], "● 没有问题"), True: ("diamond", theme.DOWN, "◆ 有问题")}


def inspections(table: pd.DataFrame, height: int = 300) -> go.Figure:
    """A mark an inspection, larger the more problems it found, and a line through the means of the quarters; clickable by unit.

    table: columns unit, name, date (ISO), score (0–100, NaN where not given), problems (count, NaN where not given).
    """
    known = table[table["score"].notna()]
    if known.empty:
        return theme.empty("没有记有得分的暗访。", height)
    found, many = known["problems"].fillna(0) > 0, len(known) > _MANY
    fig = go.Figure([_marks(known[found == has], has, many) for has in (False, True) if (found == has).any()])
    days = pd.to_datetime(known["date"].astype(object), format="%Y-%m-%d")
    means = known.groupby(days.dt.to_period("Q"))["score"].mean()
    middles = (means.index.start_time + (means.index.end_time - means.index.start_time) / 2).strftime("%Y-%m-%d")
    fig.add_scatter(x=middles, y=means, mode="lines+markers", line=dict(color=theme.INK, width=2), marker=dict(size=6), hoverinfo="skip")
    notes = [
        dict(x=x, y=y, text=f"<b>{one_decimal(y)}</b>", showarrow=False, yshift=-14, bgcolor=theme.HALO, borderpad=1, font_size=11)
        for x, y in zip(middles, means, strict=True)
    ]
    key = "　".join(f'<span style="color:{colour}">{word[0]}</span>{plain(word[1:])}' for _, colour, word in _SIGNS.values())
    notes.append(theme.key_line(f"{key}（越大越多）　━ 当季平均得分"))
    theme.layout(fig, height, margin=dict(l=8, r=12, t=26, b=8), annotations=notes)
    fig.update_xaxes(showgrid=False, tickformat="%y年%-m月", dtick="M1" if len(means) < 3 else "M6", tickfont=dict(size=11, color=theme.MUTED))
    return fig.update_yaxes(nticks=5, tickfont=dict(size=11, color=theme.MUTED))


def _marks(rows: pd.DataFrame, problems: bool, many: bool) -> go.Scatter:
    symbol, colour, _ = _SIGNS[problems]
    hovers = [
        f"<b>{plain(row.name_, 60)}</b><br>{row.date}　{one_decimal(row.score)} 分"
        + ("" if np.isnan(row.problems) else f"　{row.problems:.0f} 个问题")
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]
    sizes = (7 + 2.5 * np.minimum(rows["problems"].fillna(0), 5)) * (0.6 if many else 1)
    return go.Scatter(
        x=list(rows["date"]), y=rows["score"], mode="markers",
        marker=dict(symbol=symbol, color=theme.faded(colour, 0.25 if many else 0.7), size=sizes.tolist()),
        customdata=np.column_stack([rows["unit"].to_numpy(object), np.array(hovers, object)]), hovertemplate="%{customdata[1]}<extra></extra>",
        selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip
