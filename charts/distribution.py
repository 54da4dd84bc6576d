"""How one quantity is spread over the units: dots, histogram, by sector, against the index."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped
from charts.numbers import one_decimal
from charts.quadrant import point_traces

_NAMED = 6  # outliers labelled directly
_BINS = 24


def index_dots(units: pd.DataFrame, labels: Sequence[str], highlight: str | None = None, height: int = 180) -> go.Figure:
    """Every unit a sign of its tier, stacked over the index; clickable.

    units: index unit code; columns name, index, tier.
    """
    shown = units[units["index"].notna()].sort_values("index", kind="stable")
    if shown.empty:
        return theme.empty("没有可以画出的得分。", height)
    low, high = shown["index"].min(), shown["index"].max()
    width = ((high - low) / 36) or 1.0
    bins = np.floor((shown["index"] - low) / width)
    shown = shown.assign(level=shown.groupby(bins).cumcount() + 1.0, at=low + (bins + 0.5) * width)
    fig = go.Figure(point_traces(shown, labels, "at", "level", _hovers(shown, "index")))
    if highlight in shown.index:
        at, level = shown.at[highlight, "at"], shown.at[highlight, "level"]
        fig.add_scatter(x=[at], y=[level], mode="markers", hoverinfo="skip",
                        marker=dict(symbol="circle-open", size=17, color=theme.RED, line_width=2.5))
        fig.add_annotation(x=at, y=shown.loc[shown["at"] == at, "level"].max(), yshift=14, showarrow=False,
                           text=plain(shown.at[highlight, "name"], 20), font_color=theme.RED)
    fig.add_annotation(theme.key_line(theme.tier_key(labels, shown["tier"])))
    theme.layout(fig, height, margin=dict(l=8, r=8, t=24, b=8))
    fig.update_yaxes(visible=False, range=[0, max(shown["level"].max() * 1.25, 4)])
    return fig


def outliers(values: pd.Series) -> pd.Index:
    """Index of the values beyond Tukey's fences: 1.5 times the middle half's width below or above it."""
    found = values.dropna()
    q1, q3 = found.quantile(0.25), found.quantile(0.75)
    reach = 1.5 * (q3 - q1)
    return found.index[(found < q1 - reach) | (found > q3 + reach)]


def histogram(
    units: pd.DataFrame,
    title: str,
    low: float | None = None,
    high: float | None = None,
    highlight: str | None = None,
    height: int = 300,
) -> go.Figure:
    """Histogram over a rug of the units, outliers ringed and named, the goalposts as lines; the rug is clickable.

    units: index unit code; columns name, value. low, high: the values that score 0 and 100.
    """
    shown = units[units["value"].notna()]
    if shown.empty:
        return theme.empty("没有一个单位有值。", height)
    counts, edges = np.histogram(shown["value"], bins=_BINS)
    top = int(counts.max())
    fig = go.Figure(_columns(counts, edges))
    fig.add_trace(_rug(shown, top))
    odd = shown.loc[outliers(shown["value"])]
    fig.add_trace(_rings(odd, top))
    far = odd.assign(far=(odd["value"] - shown["value"].median()).abs()).sort_values("far", ascending=False, kind="stable")
    for code in far.index[:_NAMED]:
        fig.add_annotation(_tag(odd.loc[code], top))
    for at, text in ((low, "0 分"), (high, "100 分")):
        if at is not None and np.isfinite(at):
            fig.add_vline(at, line=dict(color=theme.GOLD, width=1.5, dash="dash"), annotation=dict(text=text, font_size=11, font_color=theme.MUTED))
    if highlight in shown.index:
        fig.add_vline(shown.at[highlight, "value"], line=dict(color=theme.RED, width=2),
                      annotation=dict(text=plain(shown.at[highlight, "name"], 20), font_color=theme.RED, yshift=-16))
    theme.layout(fig, height, margin=dict(l=8, r=8, t=24, b=8), bargap=0.02)
    fig.update_yaxes(range=[-0.2 * top, 1.12 * top], tickvals=_counts(top), title=dict(text="单位数", font_size=12))
    return fig.update_xaxes(title=dict(text=plain(title, 60), font_size=12), showgrid=False)


def _columns(counts: np.ndarray, edges: np.ndarray) -> go.Bar:
    hovers = [f"{one_decimal(low)}～{one_decimal(high)}<br><b>{n}</b> 个" for n, low, high in zip(counts, edges, edges[1:], strict=False)]
    return go.Bar(x=(edges[:-1] + edges[1:]) / 2, y=counts, width=np.diff(edges) * 0.96, marker_color=theme.SEQUENTIAL[2],
                  customdata=hovers, hovertemplate="%{customdata}<extra></extra>")  # fmt: skip


def _counts(top: int) -> list[int]:
    step = max(1, round(top / 3))
    return list(range(0, top + 1, step))


def _rug(shown: pd.DataFrame, top: int) -> go.Scatter:
    return go.Scatter(
        x=shown["value"], y=[-0.1 * top] * len(shown), mode="markers", customdata=_data(shown, "value"),
        marker=dict(symbol="line-ns", size=12, line=dict(width=1.2, color=theme.BLUE)),
        hovertemplate="%{customdata[1]}<extra></extra>", selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


def _rings(odd: pd.DataFrame, top: int) -> go.Scatter:
    return go.Scatter(
        x=odd["value"], y=[-0.1 * top] * len(odd), mode="markers", customdata=_data(odd, "value"),
        marker=dict(symbol="circle-open", size=13, color=theme.DOWN, line_width=2), hovertemplate="离群　%{customdata[1]}<extra></extra>",
    )  # fmt: skip


def _tag(unit: pd.Series, top: int) -> dict:
    return dict(x=unit["value"], y=-0.1 * top, text=plain(unit["name"], 14), showarrow=False, textangle=-30, xanchor="left",
                yanchor="bottom", yshift=6, font=dict(size=11, color=theme.DOWN))


def by_sector(
    units: pd.DataFrame,
    labels: Sequence[str],
    title: str,
    highlight: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """One row a sector: every unit a point, the middle half and the median behind it; best median on top; clickable.

    units: index unit code; columns name, sector, tier, value.
    """
    shown = units[units["value"].notna()].assign(sector=lambda t: t["sector"].fillna(""))
    medians = shown.groupby("sector")["value"].median().sort_values(ascending=False, kind="stable")
    height = height or 38 * max(len(medians), 2) + 56
    if shown.empty:
        return theme.empty("没有一个单位有值。", height)
    rows = {sector: row for row, sector in enumerate(medians.index)}
    order = shown.groupby("sector").cumcount()
    shown = shown.assign(row=shown["sector"].map(rows) + ((order * 7) % 11 - 5) / 22)  # a fixed scatter: no chance in a figure
    quarters = shown.groupby("sector")["value"].quantile([0.25, 0.75]).unstack().loc[medians.index]
    fig = go.Figure(
        go.Bar(y=list(rows.values()), x=quarters[0.75] - quarters[0.25], base=quarters[0.25], orientation="h", width=0.7,
               marker_color=theme.BAND, hoverinfo="skip"))  # fmt: skip
    fig.add_scatter(y=list(rows.values()), x=medians, mode="markers", marker=dict(symbol="line-ns", size=24, line=dict(
        width=2.5, color=theme.INK)), hovertemplate="中位数 %{x:.1f}<extra></extra>")  # fmt: skip
    fig.add_traces(point_traces(shown, labels, "value", "row", _hovers(shown, "value")))
    if highlight in shown.index:
        fig.add_scatter(x=[shown.at[highlight, "value"]], y=[shown.at[highlight, "row"]], mode="markers", hoverinfo="skip",
                        marker=dict(symbol="circle-open", size=17, color=theme.RED, line_width=2.5))  # fmt: skip
    theme.layout(fig, height, margin=dict(l=4, r=8, t=4, b=8))
    fig.update_xaxes(title=dict(text=plain(title, 60), font_size=12))
    ticks = [f"{wrapped(sector, 16, 2)}　{one_decimal(median)}" for sector, median in medians.items()]
    return fig.update_yaxes(range=[len(rows) - 0.4, -0.6], tickvals=list(rows.values()), ticktext=ticks, showgrid=False)


def correlation(units: pd.DataFrame, labels: Sequence[str], x_title: str, y_title: str, height: int = 340) -> go.Figure:
    """One quantity against the index, a straight line through the points, Pearson's r written; clickable.

    units: index unit code; columns name, tier, value, index.
    """
    shown = units[units["value"].notna() & units["index"].notna()]
    if shown.empty:
        return theme.empty("没有一个单位两项都有值。", height)
    fig = go.Figure(point_traces(shown, labels, "value", "index", _hovers(shown, "value")))
    spread = len(shown) > 2 and shown["value"].nunique() > 1 and shown["index"].nunique() > 1
    text = f"{len(shown)} 个单位"
    if spread:
        r = float(np.corrcoef(shown["value"].astype(float), shown["index"].astype(float))[0, 1])
        slope, start = np.polyfit(shown["value"].astype(float), shown["index"].astype(float), 1)
        ends = np.array([shown["value"].min(), shown["value"].max()])
        fig.add_scatter(x=ends, y=start + slope * ends, mode="lines", hoverinfo="skip", line=dict(color=theme.MUTED, width=1.5, dash="dash"))
        text = f"相关系数 r = {r:.2f}　{text}".replace("-", "−")
    fig.add_annotation(theme.key_line(text))
    theme.layout(fig, height, margin=dict(l=8, r=8, t=24, b=8))
    fig.update_xaxes(title=dict(text=plain(x_title, 60), font_size=12))
    return fig.update_yaxes(title=dict(text=plain(y_title, 40), font_size=12))


def _hovers(shown: pd.DataFrame, column: str) -> pd.Series:
    texts = [f"<b>{plain(name, 60)}</b><br>{one_decimal(value)}" for name, value in zip(shown["name"], shown[column], strict=True)]
    return pd.Series(texts, index=shown.index, dtype=object)


def _data(shown: pd.DataFrame, column: str) -> np.ndarray:
    return np.column_stack([shown.index.astype(object), _hovers(shown, column)])
