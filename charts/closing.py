"""Records by how they stand: bars a group, and columns over time. A status has a colour, and always its sign and word beside it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain

_ROW, _FEWEST, _MOST = 26, 3, 10  # pixels of a bar; bars that there is room for: fewer are no thicker
_ROOM = 0.12  # share of the longest bar below which a segment's number would not stand in it
_RED = ("late", "uncontrolled", "problems", "empty", "absent")  # what is to be done first
_COLOURS = {
    **dict.fromkeys(_RED, theme.RED),
    "soon": theme.GOLD, "open": theme.UP, "done_late": theme.FAINT, "done": theme.BAND,
    "unassessed": theme.GOLD, "unknown": theme.FAINT, "controlled": theme.UP, "low": theme.BAND,
    "bare": theme.FAINT, "covered": theme.UP, "clean": theme.BAND, "held": theme.BAND, "present": theme.BAND,
}  # fmt: skip


def css(status: str) -> str:
    """A table cell's style for a status: loud for what is to be done, plain for what is well or settled."""
    colour = _COLOURS[status]
    return "" if status not in (*_RED, "soon", "open", "unassessed") else f"background-color: {colour}; color: {theme.ink_on(colour)}"


def status_bars(
    counts: pd.DataFrame, names: Mapping[str, str], titles: Mapping[str, str], rate: str, sign: str = "%"
) -> go.Figure:
    """One bar a group, the statuses side by side in it, the first one's number and the rate at its end; clickable by group.

    counts: index group, in order from the top, of which the first ten are shown; a column of counts for each status of `titles`, and
    rate (NaN for none). names: group → what it is called. titles: status → sign and word, in order from the left. rate: what the
    number at the end of a bar says; sign: its unit.
    """
    shown = counts.head(_MOST)
    height = _ROW * max(len(shown), _FEWEST) + 48
    totals = shown[list(titles)].sum(axis=1)
    if not totals.sum():
        return theme.empty("没有可以画出的记录。", height)
    codes = [str(code) for code in shown.index]
    labels = [plain(names.get(code, code), 22) for code in codes]
    fig = go.Figure([_bars(shown, status, title, codes, labels, _ROOM * totals.max()) for status, title in titles.items()])
    first, title = next(iter(titles.items()))
    ends = [_at_the_end(k, f"{title[:1]} {n:,.0f}", r, sign) for k, (n, r) in enumerate(zip(shown[first], shown["rate"], strict=True))]
    more = f"　{len(counts)} 个中的前 {_MOST} 个" if len(counts) > _MOST else ""
    key = theme.key_line(f"{_key(titles, shown)}<br>右侧：{title[:1]} 的数量与{plain(rate)}{more}")
    theme.layout(fig, height, barmode="stack", bargap=0.25, margin=dict(l=4, r=104, t=42, b=4), annotations=[key, *ends])
    rows = max(len(codes), _FEWEST)
    fig.update_yaxes(tickvals=list(range(len(codes))), ticktext=labels, range=[rows - 0.5, -0.5], showgrid=False)
    return fig.update_xaxes(showgrid=False, showticklabels=False)


def over_time(counts: pd.DataFrame, titles: Mapping[str, str], rate: str, now: str, height: int = 300) -> go.Figure:
    """One column a period, the statuses on top of each other, the rate above; a line after the period that is looked at.

    counts: index period in time order; a column for each status of `titles`, and rate (per cent, NaN for none). titles: status → sign
    and word, from the bottom. rate: what the number above a column says. now: the last period that is past or running.
    """
    total = counts[list(titles)].sum(axis=1)
    if not total.sum():
        return theme.empty("这段时间没有记录。", height)
    periods = list(counts.index)
    fig = go.Figure([_columns(counts, status, title, periods) for status, title in titles.items()])
    fig.add_scatter(
        x=periods, y=total, mode="text", textposition="top center", hoverinfo="skip", cliponaxis=False,
        text=["" if np.isnan(r) else f"{r:.0f}" for r in counts["rate"]], textfont=dict(size=11, color=theme.INK),
    )  # fmt: skip
    line = [theme.rule(x=periods.index(now) + 0.5)] if now in periods[:-1] else []
    theme.layout(fig, height, barmode="stack", bargap=0.25, margin=dict(l=8, r=8, t=42, b=8), shapes=line,
                 annotations=[theme.key_line(_key(titles, counts, f"柱上：{plain(rate)}"))])
    theme.period_axis(fig, periods)
    return fig.update_yaxes(nticks=5, tickfont=dict(size=11, color=theme.MUTED), range=[0, 1.1 * total.max()])


def _bars(counts: pd.DataFrame, status: str, title: str, codes: list[str], labels: list[str], least: float) -> go.Bar:
    colour, sign = _COLOURS[status], title[:1]
    hovers = [f"<b>{label}</b><br>{plain(title)}　{n:,.0f}" for label, n in zip(labels, counts[status], strict=True)]
    data = np.column_stack([np.array(codes, object), np.array(hovers, object)])
    return go.Bar(
        orientation="h", y=list(range(len(codes))), x=counts[status], marker=dict(color=colour, line=dict(color=theme.PAPER, width=1)),
        text=[f"{sign} {n:,.0f}" if n >= least else "" for n in counts[status]], textfont=dict(size=11, color=theme.ink_on(colour)),
        textposition="inside", insidetextanchor="start", textangle=0, constraintext="none", customdata=data,
        hovertemplate="%{customdata[1]}<extra></extra>", selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


def _columns(counts: pd.DataFrame, status: str, title: str, periods: Sequence[str]) -> go.Bar:
    hovers = [f"{plain(p, 12)}<br>{plain(title)}　{n:,.0f}" for p, n in zip(periods, counts[status], strict=True)]
    return go.Bar(
        x=list(periods), y=counts[status], marker=dict(color=_COLOURS[status], line=dict(color=theme.PAPER, width=0.5)),
        customdata=hovers, hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip


def _key(titles: Mapping[str, str], counts: pd.DataFrame, more: str = "") -> str:
    """The signs that occur, each in its colour, and what else is to be said: in lines that a phone has room for."""
    signs = [f'<span style="color:{_COLOURS[s]}">█</span> {plain(title)}' for s, title in titles.items() if counts[s].sum()]
    first, rest = signs[:3], [*signs[3:], *([more] if more else [])]
    return "　".join(first) + ("<br>" + "　".join(rest) if rest else "")


def _at_the_end(place: int, count: str, rate: float, sign: str) -> dict:
    text = f"{count}　<b>{'—' if np.isnan(rate) else f'{rate:.1f}{sign}'}</b>"
    return dict(x=1, xref="paper", y=place, text=text, showarrow=False, xanchor="left", xshift=4, font=dict(size=12, color=theme.INK))
