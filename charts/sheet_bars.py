"""Bars on a slide: lying, standing, of shares, and waterfalls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped
from charts.sheet_look import EM, SIZE, Look, figures, key

if TYPE_CHECKING:
    from reports.contents import Chart

_FEW = 8  # rows whose titles may take two lines

def _first(chart: Chart) -> np.ndarray:
    return pd.to_numeric(chart.frame.iloc[:, 0], errors="coerce").to_numpy(dtype=float)


def _names(chart: Chart, tones: Sequence[tuple[str, str, str]], columns: int, lines: int = 2) -> list[str]:
    """Titles of the rows, the sign of a tier before its own: colour does not speak alone."""
    signs = [sign if name.startswith("tier") else "" for (_, sign, _), name in zip(tones, [*chart.tones, *[""] * len(tones)], strict=False)]
    return [f"{sign} {wrapped(label, columns, lines)}".strip() for sign, label in zip(signs, chart.frame.index, strict=True)]


def _lines(rows: int) -> int:
    """Lines of a row's title: many rows leave each no room for two."""
    return 2 if rows <= _FEW else 1


def _rows(names: Sequence[str]) -> dict:
    """The axis of lying bars: their titles, the first on top."""
    return dict(range=[len(names) - 0.5, -0.5], tickvals=list(range(len(names))), ticktext=names, showgrid=False, ticklabelstandoff=10)


def _span(chart: Chart, values: Sequence[float], room: float) -> list[float]:
    """Ends of the axis of bars: from zero, with room for the figure at each bar's end."""
    if chart.span:
        return list(chart.span)
    low, high = min(np.nanmin(values), 0.0), max(np.nanmax(values), 0.0)
    more = room * ((high - low) or 1.0)
    return [low - more if low < 0 else 0.0, high + more if high > 0 else 0.0]


def _bar(lying: bool, values: Sequence, places: Sequence, texts: Sequence[str], colours: Sequence[str], codes, **more) -> go.Bar:
    along = dict(x=values, y=places, orientation="h") if lying else dict(y=values, x=places)
    return go.Bar(
        **along, text=texts, textposition="outside", textfont_size=SIZE, constraintext="none", cliponaxis=False, marker_color=colours,
        customdata=codes, hoverinfo="none", selected_marker_opacity=1, unselected_marker_opacity=1, **more,
    )  # fmt: skip


def bars(chart: Chart, look: Look) -> go.Figure:
    """Lying bars, the first on top."""
    values, places = _first(chart), list(range(len(chart.frame)))
    tones = look.tones(chart, len(places))
    texts = figures(chart, values, bool((values < 0).any()))
    fig = go.Figure(_bar(True, values, places, texts, [tone[0] for tone in tones], look.clickable(chart.frame.index)))
    return theme.layout(
        fig, 600, bargap=0.36, margin=dict(l=4, r=24, t=4, b=4),
        xaxis=dict(range=_span(chart, values, 0.16), visible=False, zeroline=bool((values < 0).any())),
        yaxis=_rows(_names(chart, tones, 26, _lines(len(places)))),
    )  # fmt: skip


def columns(chart: Chart, look: Look) -> go.Figure:
    """Standing bars."""
    values, places = _first(chart), list(range(len(chart.frame)))
    tones = look.tones(chart, len(places))
    texts = figures(chart, values, bool((values < 0).any()))
    fig = go.Figure(_bar(False, values, places, texts, [tone[0] for tone in tones], look.clickable(chart.frame.index)))
    names = _names(chart, tones, max(8, int(1000 / len(places) / EM)))
    return theme.layout(
        fig, 600, bargap=0.45, margin=dict(l=4, r=4, t=36, b=8),
        yaxis=dict(range=_span(chart, values, 0.12), visible=False),
        xaxis=dict(range=[-0.6, len(places) - 0.4], tickvals=places, ticktext=names, showgrid=False, showline=True),
    )  # fmt: skip


def shares(chart: Chart, look: Look) -> go.Figure:
    """A bar of 100 % a row; a count is written where its part has room."""
    counts = chart.frame.apply(pd.to_numeric, errors="coerce").fillna(0.0)
    shares = counts.div(counts.sum(axis=1).replace(0.0, 1.0), axis=0) * 100
    tones, places = _parts(chart, look), list(range(len(counts)))
    fig = go.Figure()
    for (colour, sign, _), name in zip(tones, counts.columns, strict=True):
        texts = [f"{count:.0f}" if share >= 4 else "" for count, share in zip(counts[name], shares[name], strict=True)]
        inside = dict(textfont_color=theme.ink_on(colour), name=f"{sign} {plain(name, 24)}".strip())
        fig.add_trace(_bar(True, shares[name], places, texts, [colour] * len(places), look.clickable(counts.index), **inside))
    fig.update_traces(textposition="inside", insidetextanchor="middle", textangle=0)
    return theme.layout(
        fig, 600, barmode="stack", bargap=0.36, margin=dict(l=4, r=8, t=4, b=4), **key(), xaxis=dict(range=[0, 100.5], visible=False),
        yaxis=_rows([wrapped(name, 26, _lines(len(places))) for name in counts.index]),
    )  # fmt: skip


def _parts(chart: Chart, look: Look) -> list[tuple[str, str, str]]:
    """The look of each part: as the chart says, the tiers' where there are as many, else colours in turn."""
    count = chart.frame.shape[1]
    if chart.tones or count == len(look.labels):
        names = chart.tones or [f"tier{k}" for k in range(count)]
        return [look.tone(name) for name in [*names, *[""] * count][:count]]
    colours = (theme.BLUE, theme.GOLD, theme.FAINT, theme.UP, theme.DOWN)
    return [(look.ground.on(colours[k % len(colours)]), "", "circle") for k in range(count)]


def waterfall(chart: Chart, look: Look) -> go.Figure:
    """Bars from top to bottom, each beginning where the last one ended; the ends are lines unless they begin at zero."""
    steps = _steps(chart, look)
    low, high = min(s["low"] for s in steps), max(s["high"] for s in steps)
    whole = chart.start is None
    low = min(low, 0.0) if whole else low
    room = 0.2 * ((high - low) or 1.0)
    places = list(range(len(steps)))
    thin = 0.006 * (high - low + 2 * room)
    ends = [(s["low"] if whole or not s["end"] else s["high"] - thin) for s in steps]
    bars = _bar(True, [s["high"] - base for s, base in zip(steps, ends, strict=True)], places, [s["text"] for s in steps],
                [s["colour"] for s in steps], None, base=ends)  # fmt: skip
    links = [theme.rule(x=s["level"], color=look.ground.axis) | dict(yref="y", y0=k, y1=k + 1) for k, s in enumerate(steps[:-1])]
    names = [wrapped(s["label"], 26, _lines(len(steps))) for s in steps]
    names = [f"<b>{name}</b>" if s["end"] else name for name, s in zip(names, steps, strict=True)]
    return theme.layout(
        go.Figure(bars), 600, bargap=0.34, shapes=links, margin=dict(l=4, r=24, t=4, b=4),
        xaxis=dict(range=[low - (0 if whole and low >= 0 else room), high + room], visible=False),
        yaxis=_rows(names),
    )  # fmt: skip


def _steps(chart: Chart, look: Look) -> list[dict]:
    """A dict a bar: label, text, colour, low, high, the level after it, and whether it is an end."""
    house = look.tone("house")[0]
    level = chart.base if chart.start is not None else 0.0
    steps = [_end(chart.start, level, chart, house)] if chart.start is not None else []
    for label, points in chart.frame["points"].astype(float).items():
        step = 0.0 if np.isnan(points) else points
        text = figures(chart, [points], plus=True)[0]
        colour = look.tone("good" if step >= 0 else "bad")[0]
        steps.append(dict(label=label, text=text, colour=colour, low=min(level, level + step), high=max(level, level + step),
                          level=level + step, end=False))  # fmt: skip
        level += step
    return [*steps, _end(chart.end, level, chart, house)] if chart.end else steps


def _end(label: str, level: float, chart: Chart, colour: str) -> dict:
    return dict(label=label, text=figures(chart, [level], plus=False)[0], colour=colour, low=min(level, 0.0) if chart.start is None else level,
                high=level, level=level, end=True)  # fmt: skip
