"""Waterfalls: what an index is made of, and what lies between a unit and the next tier. Shown tenths always sum."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, wrapped
from charts.numbers import one_decimal, signed
from scoring.rounding import filled, tenths

_ROW = 33
_SUBTOTAL = "subtotal"


def contribution_waterfall(
    parts: pd.DataFrame,
    total: float,
    adjustments: pd.DataFrame | None = None,
    total_label: str = "指数",
    raw_label: str = "加减分前",
    height: int | None = None,
) -> go.Figure:
    """Points of each dimension, then the adjustments, up to the index; clickable by code.

    parts: index node code; columns label, points. adjustments: the same, signed points. All points sum to the total.

    Raises:
        ValueError: the points do not sum to the total.
    """
    adjusted = adjustments is not None and not adjustments.empty
    steps = pd.concat([parts, adjustments]) if adjusted else parts
    rows = len(steps) + 1 + adjusted
    height = height or _ROW * max(rows, 3) + 16
    if steps.empty or not np.isfinite(total):
        return theme.empty("这一期没有得分，无从分解。", height)
    shown = tenths(steps["points"].tolist(), total)
    bars = [_step(c, label, v, theme.BLUE) for c, label, v in zip(parts.index, parts["label"], shown, strict=False)]
    if adjusted:
        bars.append(_total(_SUBTOTAL, raw_label, round(sum(shown[: len(parts)]), 1), theme.FAINT))
        extra = zip(adjustments.index, adjustments["label"], shown[len(parts) :], strict=True)
        bars += [_step(code, label, v, theme.UP if v >= 0 else theme.DOWN, True) for code, label, v in extra]
    bars.append(_total("total", total_label, round(sum(shown), 1), theme.RED))
    return _figure(bars, 0.0, height, zero_based=True)


def gap_waterfall(
    mine: float,
    parts: pd.DataFrame,
    other: float,
    mine_label: str,
    other_label: str,
    ahead: bool = True,
    height: int | None = None,
) -> go.Figure:
    """From the unit's index, dimension by dimension, to another index (a tier's threshold, a model unit); clickable.

    ahead: a step up speaks well of the one looked at, as in a rise or a lead; else it is what is lacking, and coloured so.

    parts: index node code; columns label, points, which sum to other − mine. The axis does not start at zero: the two
    ends are lines, not bars.

    Raises:
        ValueError: the points do not sum to the gap.
    """
    height = height or _ROW * (len(parts) + 2) + 16
    if parts.empty or not np.isfinite([mine, other]).all():
        return theme.empty("没有可以比较的得分。", height)
    start, end = (round(float(f"{v:.1f}"), 1) for v in (mine, other))
    exact = parts["points"].astype(float)
    if not np.isclose(exact.sum(), other - mine, rtol=1e-9, atol=1e-6):
        raise ValueError(f"points sum to {exact.sum()!r}, not to the gap {other - mine!r}; pass every dimension")
    shown = filled(exact, round(end - start, 1))
    bars = [_total("mine", mine_label, start, theme.RED)]
    pairs = zip(parts.index, parts["label"], shown, strict=True)
    bars += [_step(code, label, v, theme.UP if (v >= 0) == ahead else theme.DOWN, True) for code, label, v in pairs]
    bars.append(_total("other", other_label, end, theme.INK))
    return _figure(bars, start, height, zero_based=False)


def _step(code: str, label: str, points: float, colour: str, sign: bool = False) -> dict:
    return dict(code=code, label=label, points=points, colour=colour, text=signed(points) if sign else one_decimal(points))


def _total(code: str, label: str, level: float, colour: str) -> dict:
    return dict(code=code, label=label, level=level, colour=colour, text=one_decimal(level))


def _figure(bars: Sequence[dict], start: float, height: int, zero_based: bool) -> go.Figure:
    """Bars from top to bottom, each beginning where the last one ended."""
    level, ends = start, [start]
    for bar in bars:
        bar["base"] = 0.0 if "level" in bar else level
        level = bar.get("level", round(level + bar.get("points", 0.0), 10))
        bar["end"] = level
        ends.append(level)
    low, high = min(ends), max(ends)
    low = min(low, 0.0) if zero_based else low
    room = (0.2 if zero_based else 0.26) * ((high - low) or 1.0)
    fig = go.Figure(_bars([bar for bar in bars if zero_based or "level" not in bar]))
    if not zero_based:
        fig.add_trace(_lines([bar for bar in bars if "level" in bar]))
    codes = [bar["code"] for bar in bars]
    links = [theme.rule(x=bar["end"], color=theme.FAINT) | dict(yref="y", y0=i, y1=i + 1) for i, bar in enumerate(bars[:-1])]
    return theme.layout(
        fig, height, shapes=links, margin=dict(l=4, r=8, t=4, b=4), bargap=0.35,
        xaxis=dict(range=[low - (room if low < 0 or not zero_based else 0), high + room], visible=False),
        yaxis=dict(type="category", categoryarray=codes, range=[len(codes) - 0.5, -0.5], showgrid=False, ticklabelstandoff=6,
                   tickvals=codes, ticktext=[_tick(bar) for bar in bars]),
    )  # fmt: skip


def _tick(bar: dict) -> str:
    text = wrapped(bar["label"], 22, 2)
    return f"<b>{text}</b>" if "level" in bar else text


def _bars(bars: Sequence[dict]) -> go.Bar:
    return go.Bar(
        y=[b["code"] for b in bars], x=[b["end"] - b["base"] for b in bars], base=[b["base"] for b in bars],
        orientation="h", marker_color=[b["colour"] for b in bars], text=[b["text"] for b in bars],
        textposition="outside", cliponaxis=False, customdata=_data(bars), hovertemplate="%{customdata[1]}<extra></extra>",
        selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


def _lines(bars: Sequence[dict]) -> go.Scatter:
    return go.Scatter(
        y=[b["code"] for b in bars], x=[b["end"] for b in bars], mode="markers+text", text=[f"<b>{b['text']}</b>" for b in bars],
        textposition="middle right", cliponaxis=False, customdata=_data(bars), hovertemplate="%{customdata[1]}<extra></extra>",
        marker=dict(symbol="line-ns", size=18, line=dict(width=3, color=[b["colour"] for b in bars])),
        textfont_color=[b["colour"] for b in bars],
    )  # fmt: skip


def _data(bars: Sequence[dict]) -> np.ndarray:
    hovers = [f"{plain(b['label'], 60)}<br><b>{b['text']}</b>" for b in bars]
    return np.column_stack([np.array([b["code"] for b in bars], dtype=object), np.array(hovers, dtype=object)])
