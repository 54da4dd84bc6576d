"""Up to six units or groups upon each other: the sign that each keeps in every figure, their radar, and their dots by dimension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped
from charts.numbers import one_decimal
from charts.swarm import offsets

MOST = len(theme.SERIES)
_DASHES = ("solid", "dash", "dot", "longdash", "dashdot", "longdashdot")
_MARKERS = ("circle", "square", "diamond", "triangle-up", "cross", "x")
_DOT = 17  # pixels of a dot that holds a letter
_WIDE = 320  # pixels that rows of dots are laid out for


@dataclass(frozen=True)
class Sign:
    """How one of the things that are compared looks: its letter, colour, the ink readable on it, the dash of its line, its marker."""

    letter: str
    name: str
    colour: str
    ink: str
    dash: str
    marker: str

    @property
    def title(self) -> str:
        """Letter and name, escaped, for a figure."""
        return f"{self.letter} {plain(self.name, 18)}"


def signs(names: Mapping[str, str]) -> dict[str, Sign]:
    """Code → sign of at most `MOST` things, in their order. names: code → short name."""
    looks = zip(names.items(), "ABCDEF", theme.SERIES, _DASHES, _MARKERS, strict=False)
    return {code: Sign(letter, name, colour, theme.ink_on(colour), dash, marker) for (code, name), letter, colour, dash, marker in looks}


def radar(
    scores: pd.DataFrame, labels: Sequence[str], known: Mapping[str, Sign], span: tuple[float, float] = (0, 100), height: int = 400
) -> go.Figure:
    """The profiles of several things on the same spokes, told apart by dash and marker as well as by colour; the centre is no zero.

    scores: index node code (three or more), a column a thing, NaN where it has none. labels: of the nodes. known: code → sign.
    span: the usual score range; scores outside it widen the axis.
    """
    if len(scores) < 3:
        return theme.empty("维度少于三个，画不成雷达图，请看旁边的点图。", height)
    if scores.isna().all(axis=None):
        return theme.empty("所选的都没有得分。", height)
    low, high = _reach(scores.to_numpy(float), span)
    angles = [360 * k / len(scores) for k in range(len(scores))]
    fig = go.Figure()
    for code in reversed(scores.columns):  # the first lies on top
        fig.add_trace(_ring(scores[code], angles, known[code], labels))
    return theme.layout(
        fig, height, showlegend=True, margin=dict(l=4, r=4, t=36, b=4),
        legend=dict(orientation="h", x=0, y=0, yref="container", yanchor="bottom", font_size=12, entrywidthmode="fraction", entrywidth=0.49,
                    traceorder="reversed"),
        polar=dict(
            gridshape="linear", bgcolor=theme.CLEAR, domain=dict(x=[0.14, 0.86], y=[0.09, 1]),
            angularaxis=dict(direction="clockwise", rotation=90, tickvals=angles, ticktext=[wrapped(label, 16, 2) for label in labels],
                             gridcolor=theme.GRID, linecolor=theme.GRID, tickfont_size=12),
            radialaxis=dict(range=[low, high], nticks=5, gridcolor=theme.GRID, showline=False, angle=90, tickangle=90,
                            tickfont=dict(size=10, color=theme.FAINT)),
        ),
    )  # fmt: skip


def _reach(numbers: np.ndarray, span: tuple[float, float]) -> tuple[float, float]:
    """Ends of the spokes: the range of scores, without the tenths that lie more than one below every score."""
    low, high = theme.span_of(numbers.ravel(), span)
    step = (high - low) / 10
    return low + step * max(np.floor((np.nanmin(numbers) - low) / step) - 1, 0), high


def _ring(values: pd.Series, angles: Sequence[float], sign: Sign, labels: Sequence[str]) -> go.Scatterpolar:
    hovers = [f"<b>{sign.title}</b><br>{plain(label, 60)}　{one_decimal(v)}" for label, v in zip(labels, values, strict=True)]
    r, theta, hovers = ([*part, part[0]] for part in (list(values), list(angles), hovers))
    return go.Scatterpolar(
        r=r, theta=theta, name=sign.title, mode="lines+markers", line=dict(color=sign.colour, dash=sign.dash, width=2),
        marker=dict(symbol=sign.marker, size=8, color=sign.colour), customdata=hovers, hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip


def dots(scores: pd.DataFrame, labels: Sequence[str], known: Mapping[str, Sign], height: int | None = None) -> go.Figure:
    """One row a dimension, one lettered dot a thing, none upon another, and the distance of the furthest two; clickable by node code.

    Arguments as `radar`. The axis spans the dots, not the range of scores: alike things would else lie in one heap.
    """
    height = height or 56 * max(len(scores), 2) + 40
    numbers = scores.to_numpy(float)
    if scores.isna().all(axis=None):
        return theme.empty("所选的都没有得分。", height)
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    margin = 0.06 * (high - low) or 1.0
    low, high = low - margin, high + margin
    places, apart = _places(numbers, low, high, height), scores.max(axis=1) - scores.min(axis=1)
    fig = go.Figure()
    for k, code in enumerate(scores.columns):
        fig.add_trace(_dots(scores[code], places[:, k], known[code], labels))
    ends = [_stretch(row, scores.iloc[row]) for row in range(len(scores)) if apart.iloc[row] > 0]
    return theme.layout(
        fig, height, margin=dict(l=4, r=72, t=8, b=4), shapes=ends, annotations=_distances(apart),
        xaxis=dict(range=[low, high], side="top", nticks=6, tickfont=dict(size=11, color=theme.FAINT)),
        yaxis=dict(range=[len(scores) - 0.4, -0.6], tickvals=list(range(len(scores))), ticktext=[wrapped(label, 16, 2) for label in labels],
                   showgrid=False),
    )  # fmt: skip


def _places(numbers: np.ndarray, low: float, high: float, height: int) -> np.ndarray:
    """Where each dot lies in rows (n_nodes, n_things): on its row, or so far off it that it hides no other."""
    row = (height - 40) / len(numbers)
    at, places = (numbers - low) / (high - low) * _WIDE, np.full(numbers.shape, np.nan)
    for k, found in enumerate(~np.isnan(numbers)):
        off = offsets(at[k, found], _DOT)
        most = np.abs(off).max(initial=0.0)
        places[k, found] = k + off / row * min(1.0, (row - _DOT) / 2 / most if most else 1.0)
    return places


def _dots(values: pd.Series, places: np.ndarray, sign: Sign, labels: Sequence[str]) -> go.Scatter:
    texts = [f"<b>{sign.title}</b><br>{plain(label, 60)}　{one_decimal(v)}" for label, v in zip(labels, values, strict=True)]
    return go.Scatter(
        x=values, y=places, mode="markers+text", text=[sign.letter] * len(values), textfont=dict(size=11, color=sign.ink),
        marker=dict(size=_DOT, color=sign.colour, line=dict(width=1, color=theme.PAPER)),
        customdata=np.column_stack([values.index.astype(object), np.array(texts, object)]), hovertemplate="%{customdata[1]}<extra></extra>",
        selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)), cliponaxis=False,
    )  # fmt: skip


def _stretch(row: int, values: pd.Series) -> dict:
    return dict(type="line", layer="below", x0=values.min(), x1=values.max(), y0=row, y1=row, line=dict(color=theme.BAND, width=5))


def _distances(apart: pd.Series) -> list[dict]:
    """At the right of each row how far its ends lie apart."""
    style = dict(x=1, xref="paper", xanchor="left", xshift=6, showarrow=False, font=dict(size=12, color=theme.MUTED))
    return [style | dict(y=row, text=f"相距 {one_decimal(value)}") for row, value in enumerate(apart) if not np.isnan(value)]
