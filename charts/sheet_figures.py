"""Charts of contents as figures for a slide of 1920 × 1080 pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import sheet_bars, theme
from charts.labels import plain, width, wrapped
from charts.sheet_look import EM, SIZE, SMALL, Look, figures, key

if TYPE_CHECKING:
    from reports.contents import Chart

_SERIES = ((theme.RED, "solid", 5), (theme.MUTED, "dash", 3), (theme.GOLD, "dot", 4), (theme.BLUE, "solid", 3), (theme.INK, "dot", 3))
_APART = 0.07  # of the axis, between the ends of lines that are named there
_KEY_MARK, _NARROW = 90, 700  # beside a name in a key; what half of a slide has for a key
_TICKS = 8  # of an axis of periods


def sheet_figure(chart: Chart, look: Look) -> go.Figure:
    """A chart of contents as a figure; a sentence in its place where it holds no number."""
    values = chart.frame[["x", "y"]] if chart.kind == "scatter" else chart.frame
    known = values.apply(pd.to_numeric, errors="coerce").replace([np.inf, -np.inf], np.nan).notna()
    if not (known.all(axis=1) if chart.kind == "scatter" else known).to_numpy().any():
        return _dressed(theme.empty("没有可画的数据。"), look)
    return _dressed(_DRAWN[chart.kind](chart, look), look)


def _dressed(fig: go.Figure, look: Look) -> go.Figure:
    """The figure in the type and the inks of a slide."""
    ground = look.ground
    fig.update_layout(font=dict(family=theme.FONT, size=SIZE, color=ground.ink), hoverlabel_font_size=SMALL)
    fig.update_xaxes(gridcolor=ground.grid, linecolor=ground.axis, zerolinecolor=ground.axis)
    fig.update_yaxes(gridcolor=ground.grid, linecolor=ground.axis, zerolinecolor=ground.axis)
    fig.update_annotations(font=dict(color=ground.ink, size=SIZE), selector=lambda note: note.font.color is None)
    return fig


def _styles(chart: Chart, look: Look) -> list[dict]:
    """Colour, dash, width and marker of each series: the first is spoken of, the others stand beside it."""
    found = []
    for place in range(chart.frame.shape[1]):
        colour, dash, wide = _SERIES[place % len(_SERIES)]
        colour = look.tone(chart.tones[place])[0] if place < len(chart.tones) else look.ground.on(colour)
        found.append(dict(line=dict(color=colour, dash=dash, width=wide), marker=dict(size=12 if place == 0 else 8, color=colour)))
    return found


def _radar(chart: Chart, look: Look) -> go.Figure:
    """The first series strong and with its figures, the others quiet; columns where there are too few axes for it."""
    if len(chart.frame) < 3:
        return sheet_bars.columns(chart, look)
    frame = chart.frame.apply(pd.to_numeric, errors="coerce").astype(float)
    angles = [360 * k / len(frame) for k in range(len(frame))]
    rings = [_ring(frame.iloc[:, k], angles, style, strong=k == 0) for k, style in enumerate(_styles(chart, look))]
    said = zip(frame.index, figures(chart, frame.iloc[:, 0].tolist(), plus=False), strict=True)
    ticks = [f"{wrapped(label, 14)}<br><b>{text}</b>" for label, text in said]
    below = key() | dict(showlegend=len(rings) > 1)
    below["legend"] |= dict(y=0, yref="container", yanchor="bottom", x=0.5, xanchor="center", traceorder="reversed")
    axis = dict(gridcolor=look.ground.grid, linecolor=look.ground.grid)
    lines = -(-sum(width(str(name)) * EM + _KEY_MARK for name in frame.columns) // _NARROW) if len(rings) > 1 else 0
    margin = dict(l=150, r=150, t=84, b=84 + 36 * lines)
    return theme.layout(go.Figure(rings[::-1]), 600, margin=margin, **below, polar=dict(
        gridshape="linear", bgcolor=theme.CLEAR,
        angularaxis=dict(direction="clockwise", rotation=90, tickvals=angles, ticktext=ticks, tickfont_size=SIZE, **axis),
        radialaxis=dict(range=chart.span or theme.span_of(frame.to_numpy().ravel()), nticks=5, showline=False, angle=90, tickangle=90,
                        gridcolor=look.ground.grid, tickfont=dict(size=SMALL, color=look.ground.muted)),
    ))  # fmt: skip


def _ring(values: pd.Series, angles: Sequence[float], style: dict, strong: bool) -> go.Scatterpolar:
    fill = dict(fill="toself", fillcolor=theme.faded(style["line"]["color"], 0.12)) if strong else {}
    closed = [*values, values.iloc[0]]
    return go.Scatterpolar(r=closed, theta=[*angles, angles[0]], name=plain(values.name, 30), hoverinfo="skip",
                           mode="lines+markers" if strong else "lines", **style, **fill)  # fmt: skip


def _lines(chart: Chart, look: Look) -> go.Figure:
    """Lines over the periods, each named at its end where the names do not touch, else by the key."""
    frame = chart.frame.apply(pd.to_numeric, errors="coerce").astype(float)
    low, high = chart.span or _round_span(frame)
    places, styles = list(range(len(frame))), _styles(chart, look)
    direct = bool((frame.ffill().iloc[-1].sort_values().diff().dropna() > _APART * (high - low)).all())
    lines = [go.Scatter(x=places, y=frame.iloc[:, k], mode="lines+markers", name=plain(frame.columns[k], 24), hoverinfo="skip", **style)
             for k, style in enumerate(styles)]  # fmt: skip
    ends = [_line_end(chart, frame.iloc[:, k], direct, look.words(style["line"]["color"])) for k, style in enumerate(styles) if direct or k == 0]
    room = EM * (7 + (max(width(str(name)) for name in frame.columns) if direct else 0))
    every, ticks = max(1, -(-len(places) // _TICKS)), theme.period_ticks([str(name) for name in frame.index])
    return theme.layout(
        go.Figure(lines), 600, annotations=[end for end in ends if end], margin=dict(l=8, r=min(room, 420), t=16, b=8),
        yaxis=dict(range=[low, high], tickfont=dict(size=SMALL, color=look.ground.muted), nticks=5),
        xaxis=dict(range=[-0.2, len(places) - 0.8], tickvals=places[::-1][::every], ticktext=ticks[::-1][::every], showgrid=False,
                   showline=True, tickfont_size=SMALL),
        **({} if direct else key()),
    )  # fmt: skip


def _line_end(chart: Chart, values: pd.Series, named: bool, colour: str) -> dict | None:
    """The last figure of a line beside its end, with its name where no key tells it; None for a line without a figure."""
    known = np.flatnonzero(values.notna())
    if not len(known):
        return None
    name = f"{plain(values.name, 24)} " if named else ""
    text = f"{name}<b>{figures(chart, [values.iloc[known[-1]]], plus=False)[0]}</b>"
    return dict(x=int(known[-1]), y=values.iloc[known[-1]], text=text, showarrow=False, xanchor="left", xshift=14, font=dict(color=colour, size=SIZE))


def _round_span(frame: pd.DataFrame) -> tuple[float, float]:
    low, high = np.nanmin(frame.to_numpy()), np.nanmax(frame.to_numpy())
    margin = 0.15 * ((high - low) or 1.0)
    return float(low - margin), float(high + margin)


def _scatter(chart: Chart, look: Look) -> go.Figure:
    """Marks over two axes by tone, with a key of the tiers; names where they are given. A mark opens what its row or its name stands for."""
    table = chart.frame.assign(**{axis: pd.to_numeric(chart.frame[axis], errors="coerce") for axis in ("x", "y")}).dropna(subset=["x", "y"])
    table = table.assign(**{name: table[name].fillna("").astype(str) if name in table else "" for name in ("tone", "label")})
    fig = go.Figure()
    for name in sorted(set(table["tone"]), key=lambda tone: (not tone.startswith("tier"), tone), reverse=True):
        fig.add_trace(_marks(table[table["tone"] == name], name, look))
    above = key() | dict(showlegend=any(trace.showlegend for trace in fig.data))
    above["legend"] |= dict(traceorder="reversed")
    axes = [dict(title=dict(text=plain(title, 40), font=dict(size=SMALL, color=look.ground.muted)), showline=True,
                 tickfont=dict(size=SMALL, color=look.ground.muted), nticks=6) for title in chart.axes]  # fmt: skip
    return theme.layout(fig, 600, margin=dict(l=8, r=24, t=16, b=8), xaxis=axes[0], yaxis=axes[1], **above)


def _marks(part: pd.DataFrame, tone: str, look: Look) -> go.Scatter:
    """The marks of one tone, larger for what is spoken of; every other name stands below its mark, so that fewer touch."""
    colour, sign, marker = look.tone(tone)
    tier = look.tier(tone)
    codes = [[look.code(row) or look.code(label)] for row, label in zip(part.index, part["label"], strict=True)]
    return go.Scatter(
        x=part["x"], y=part["y"], mode="markers+text", text=[plain(label, 20) for label in part["label"]], customdata=codes,
        textposition=[("top center", "bottom center")[k % 2] for k in range(len(part))], cliponaxis=False, hoverinfo="none",
        showlegend=tier is not None, name=sign if tier is None else plain(tier, 20),
        marker=dict(symbol=marker, color=colour, size=22 if tone == "house" else 16, line=dict(width=1, color=look.ground.paper)),
        textfont=dict(size=SMALL, color=colour if tone == "house" else look.ground.ink),
        selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


_DRAWN: dict[str, Callable[[Chart, Look], go.Figure]] = {
    "radar": _radar, "bars": sheet_bars.bars, "columns": sheet_bars.columns, "lines": _lines, "scatter": _scatter, "waterfall": sheet_bars.waterfall,
    "shares": sheet_bars.shares,
}  # fmt: skip
