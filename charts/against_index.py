"""One quantity against the index: a sign a unit, a straight line through them, and what the numbers say."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, tags
from charts.quadrant import point_traces
from charts.quantity import quantity
from charts.swarm import EMPTY, beyond, body


def against_index(
    units: pd.DataFrame,
    labels: Sequence[str],
    x_title: str,
    y_title: str,
    said: str,
    places: int,
    named: Iterable[str] = (),
    line: bool = True,
    height: int = 340,
) -> go.Figure:
    """Scatter of a quantity (x) and the index (y), clickable. said: the correlation in words; line: draw the least-squares line.

    units: index unit code; columns name, sector, tier, value, index, and tag for a short name. named: codes to label.
    """
    shown = units[units["value"].notna() & units["index"].notna()]
    if shown.empty:
        return theme.empty("没有一个单位两项都有值。", EMPTY)
    low, high, drawn = body(shown["value"].astype(float))
    shown = shown.assign(drawn=drawn, tag=tags)
    fig = go.Figure()
    if line:
        slope, start = np.polyfit(shown["value"].astype(float), shown["index"].astype(float), 1)
        fig.add_scatter(x=[drawn.min(), drawn.max()], y=[start + slope * x for x in (drawn.min(), drawn.max())], mode="lines",
                        hoverinfo="skip", line=dict(color=theme.MUTED, width=1.2, dash="dash"))
    fig.add_traces(point_traces(shown, labels, "drawn", "index", _hovers(shown, x_title, y_title, places)))
    fig.update_traces(marker_size=9, selector=dict(mode="markers"))
    tagged = _spaced(shown, [c for c in named if c in shown.index], low, high)
    for code in tagged:
        fig.add_annotation(_name_tag(shown.loc[code], (shown.at[code, "drawn"] - low) / (high - low), places))
    for _, unit in shown[(shown["drawn"] != shown["value"]) & ~shown.index.isin(tagged)].iterrows():
        fig.add_annotation(beyond(unit["value"], unit["drawn"], unit["index"], places))
    fig.add_annotation(theme.key_line(plain(said)))
    theme.layout(fig, height, margin=dict(l=8, r=8, t=26, b=8))
    fig.update_xaxes(range=[low, high], title=dict(text=plain(x_title, 60), font_size=12))
    return fig.update_yaxes(title=dict(text=plain(y_title, 40), font_size=12))


def _spaced(shown: pd.DataFrame, codes: Iterable[str], low: float, high: float) -> list[str]:
    """Those of the codes whose names do not lie upon one another."""
    kept: list[tuple[str, float, float]] = []
    tall = (shown["index"].max() - shown["index"].min()) or 1.0
    for code in codes:
        at = (shown.at[code, "drawn"] - low) / (high - low), shown.at[code, "index"] / tall
        if all(abs(at[0] - x) > 0.35 or abs(at[1] - y) > 0.06 for _, x, y in kept):
            kept.append((code, *at))
    return [code for code, _, _ in kept]


def _name_tag(unit: pd.Series, share: float, places: int) -> dict:
    """The unit's name beside its sign, on the side where there is room; its value too where the sign stands at the edge."""
    side, shift = ("right", -8) if share > 0.5 else ("left", 8)
    if unit["drawn"] != unit["value"]:
        tag = beyond(unit["value"], unit["drawn"], unit["index"], places)
        return tag | {"text": f"{plain(unit['tag'], 16)} {tag['text']}"}
    return dict(x=unit["drawn"], y=unit["index"], text=plain(unit["tag"], 16), showarrow=False, xanchor=side, xshift=shift,
                font=dict(size=11, color=theme.MUTED))


def _hovers(shown: pd.DataFrame, x_title: str, y_title: str, places: int) -> pd.Series:
    texts = [
        f"<b>{plain(name, 60)}</b>　{plain(sector, 30)}<br>{plain(x_title, 60)}　{quantity(value, places)}"
        f"<br>{plain(y_title, 40)}　{quantity(index, 1)}"
        for name, sector, value, index in zip(shown["name"], shown["sector"], shown["value"], shown["index"], strict=True)
    ]
    return pd.Series(texts, index=shown.index, dtype=object)
