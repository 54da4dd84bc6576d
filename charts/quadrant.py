"""质×效: the level of the index against its change, cut at the medians."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, sure_lines, tags
from charts.numbers import one_decimal, signed, whole

_CORNERS = ((0, 1, "质低 · 效高"), (1, 1, "质高 · 效高"), (0, 0, "质低 · 效低"), (1, 0, "质高 · 效低"))


def quadrant(
    units: pd.DataFrame,
    labels: Sequence[str],
    x_title: str,
    y_title: str,
    highlight: str | None = None,
    height: int = 420,
) -> go.Figure:
    """Scatter of level (x) and change (y), one sign a tier, medians as cross-lines, the extremes labelled; clickable.

    units: index unit code; columns name, sector, tier, index, rank, change, tag for a short name, and sure for a last line of the hover.
    """
    shown = units[units["index"].notna() & units["change"].notna()].assign(tag=tags)
    if shown.empty:
        return theme.empty("没有可以比较的上期数据。", height)
    traces = point_traces(shown, labels, "index", "change", _hovers(shown, labels))
    return crossed(shown, traces, x_title, y_title, theme.tier_key(labels, shown["tier"]), highlight, height)


def crossed(
    shown: pd.DataFrame, traces: list[go.Scatter], x_title: str, y_title: str, key: str, highlight: str | None = None, height: int = 420
) -> go.Figure:
    """Points of index and change, cut at the medians, the extremes labelled. shown: index code; columns tag, index, change."""
    x, y = _range(shown["index"]), _range(shown["change"])
    named = shown.loc[_spaced(shown.drop(index=[highlight], errors="ignore"), x, y, height)]
    notes = [_corner(*corner) for corner in _CORNERS] + [_name_tag(unit, x) for unit in named.itertuples()]
    if highlight in shown.index:
        chosen = shown.loc[[highlight]]
        traces = [*traces, ring(chosen["index"], chosen["change"])]
        notes.append(_name_tag(next(chosen.itertuples()), x, chosen=True))
    notes.append(theme.key_line(key))
    return theme.layout(
        go.Figure(traces),
        height,
        annotations=notes,
        shapes=[theme.rule(x=shown["index"].median()), theme.rule(y=shown["change"].median())],
        margin=dict(l=8, r=8, t=24, b=8),
        xaxis=dict(range=x, title=dict(text=plain(x_title), font_size=12)),
        yaxis=dict(range=y, title=dict(text=plain(y_title), font_size=12), zeroline=True, zerolinecolor=theme.AXIS),
    )


def point_traces(shown: pd.DataFrame, labels: Sequence[str], x: str, y: str, hovers: pd.Series) -> list[go.Scatter]:
    """One trace of points a tier, each point with its unit's code and its hover text."""
    styles = [*theme.tier_styles(labels).values(), theme.NO_TIER]
    known = {style.label for style in styles}
    tiers = shown["tier"].where(shown["tier"].isin(known), theme.NO_TIER.label)
    traces = []
    for style in reversed(styles):
        part = shown[tiers == style.label]
        if part.empty:
            continue
        line = dict(width=0.8, color=theme.MUTED if style is theme.NO_TIER else theme.PAPER)
        traces.append(
            go.Scatter(
                x=part[x], y=part[y], mode="markers",
                customdata=np.column_stack([part.index.astype(object), hovers[part.index]]),
                marker=dict(symbol=style.marker, color=style.colour, size=10, line=line),
                hovertemplate="%{customdata[1]}<extra></extra>",
                # A click would fade every other point for good; the page changes instead.
                selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
            )
        )  # fmt: skip
    return traces


def extremes(shown: pd.DataFrame, count: int = 8) -> list[str]:
    """Codes of the units farthest from the middle, both ways scaled by their middle-half spread."""
    both = shown[["index", "change"]].astype(float)
    spread = (both.quantile(0.75) - both.quantile(0.25)).replace(0.0, 1.0)
    distance = ((both - both.median()) / spread).pow(2).sum(axis=1).pow(0.5)
    return distance[distance > 1.2].sort_values(ascending=False, kind="stable").index[:count].tolist()


def _spaced(shown: pd.DataFrame, x: list[float], y: list[float], height: int) -> list[str]:
    """The extremes whose labels do not lie upon one another (in a figure about as wide as high)."""
    kept: list[tuple[str, float, float]] = []
    for code in extremes(shown):
        index, change = shown.at[code, "index"], shown.at[code, "change"]
        at = (index - x[0]) / (x[1] - x[0]), (change - y[0]) / (y[1] - y[0])
        if all(abs(at[0] - px) > 0.24 or abs(at[1] - py) * height > 17 for _, px, py in kept):
            kept.append((code, *at))
    return [code for code, _, _ in kept]


def _range(values: pd.Series) -> list[float]:
    spread = values.max() - values.min()
    margin = 0.09 * spread if spread >= 0.1 else 0.5  # less than a tenth is no difference: the axis does not spell out its last bits
    return [float(values.min() - margin), float(values.max() + margin)]


def _corner(x: int, y: int, text: str) -> dict:
    return dict(text=text, x=x, y=y, xref="paper", yref="paper", showarrow=False, xanchor="right" if x else "left",
                yanchor="top" if y else "bottom", font=dict(size=12, color=theme.FAINT))


def _name_tag(unit: NamedTuple, x: list[float], chosen: bool = False) -> dict:
    at = (unit.index - x[0]) / (x[1] - x[0])
    anchor = "left" if at < 0.2 else "right" if at > 0.8 else "center"
    return dict(text=plain(unit.tag, 16), x=unit.index, y=unit.change, showarrow=False, yshift=13, xanchor=anchor,
                xshift={"left": -6, "right": 6, "center": 0}[anchor], bgcolor=theme.HALO, borderpad=0,
                font=dict(size=12 if chosen else 11, color=theme.RED if chosen else theme.MUTED))


def ring(x: Sequence[float], y: Sequence[float]) -> go.Scatter:
    """A red ring around the chosen unit's point."""
    return go.Scatter(x=x, y=y, mode="markers", hoverinfo="skip",
                      marker=dict(symbol="circle-open", size=17, color=theme.RED, line_width=2.5))


def _hovers(shown: pd.DataFrame, labels: Sequence[str]) -> pd.Series:
    facts = [shown[c] for c in ("name", "sector", "tier", "index", "rank", "change")]
    texts = [
        f"<b>{plain(name, 60)}</b>　{plain(sector, 30)}<br>{plain(theme.tier_title(labels, tier))}"
        f"<br>质 {one_decimal(index)}　第 {whole(rank)} 名<br>效 {signed(change)}{sure}"
        for name, sector, tier, index, rank, change, sure in zip(*facts, sure_lines(shown), strict=True)
    ]
    return pd.Series(texts, index=shown.index, dtype=object)
