"""A waterfall as stacked columns on an invisible base, so that it can be edited like any other chart. Lengths are in points."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from reports import pptx_chart_look as look
from reports.contents import Chart
from reports.palette import INK, PLAIN, Tone, tone
from reports.pptx_chart_data import category_data, number_format
from reports.pptx_text import Box
from reports.steps import waterfall_steps

_SLAB, _FIGURE = 0.02, 0.16  # shares of the range: thickness of an end that is a line; room for a figure
_SMALLEST = 13  # size of a figure
_BASE, _ABOVE, _BELOW, _LABEL = range(4)  # what is stacked


def draw_waterfall(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> None:
    """Standing steps, their figures above; where the axis does not begin at zero the ends are lines, not bars."""
    from pptx.enum.chart import XL_LABEL_POSITION

    steps = waterfall_steps(chart)
    low, high = _range(chart, steps)
    room = box.w / len(steps)
    size = look.column_size(steps["label"], room)
    labels = look.names(steps["label"], room * 0.94, size, 2)
    data = category_data(labels, _stack(chart, steps, high - low), number_format(chart.decimals))
    frame = look.add(slide, "COLUMN_STACKED", data, box)
    native = frame.chart
    native.has_legend = False
    look.category_axis(native.category_axis, size, line=chart.start is None)
    margin = _FIGURE * (high - low)
    look.value_axis(native.value_axis, chart.span or (low - (margin if low else 0.0), high + margin), shown=False)
    plot = native.plots[0]
    plot.gap_width, plot.overlap = look.gap(room, 72), 100
    look.paint(plot.series[_BASE].format, None)
    look.paint(plot.series[_LABEL].format, None)
    for place, (text, one) in enumerate(zip(steps["text"], _tones(chart, steps, tiers), strict=True)):
        for part in (_ABOVE, _BELOW):
            look.paint(plot.series[part].points[place].format, one.colour)
        label = plot.series[_LABEL].points[place].data_label
        label.text_frame.text = text or " "
        look.colour(label.text_frame.paragraphs[0].runs[0].font, INK, max(size, _SMALLEST), bold=True)
        label.position = XL_LABEL_POSITION.INSIDE_BASE
    for part in (_ABOVE, _BELOW):
        plot.series[part].invert_if_negative = False
    look.finish(frame, chart.alt)


def _range(chart: Chart, steps: pd.DataFrame) -> tuple[float, float]:
    """What the axis must hold: from zero, or from the least of the levels where a start is given."""
    levels = steps["to"] if chart.start is not None else pd.concat([steps["from"], steps["to"]])
    low, high = levels.min(), levels.max()
    return low, high if high > low else low + 1.0


def _stack(chart: Chart, steps: pd.DataFrame, stretch: float) -> pd.DataFrame:
    """Base, above, below and the room that the figure rides on; an end that is a line is a slab below its level."""
    stack = steps[["base", "above", "below"]].copy()
    if chart.start is not None:
        for place in [0, *([len(steps) - 1] if chart.end else [])]:
            level, slab = steps["to"].iloc[place], _SLAB * stretch
            stack.iloc[place] = (level - slab, slab, 0.0) if level > slab else (level, 0.0, -slab) if level < 0 else (0.0, slab, 0.0)
    under = stack["above"].eq(0) & (stack["base"].lt(0) | stack["below"].lt(0))
    stack["label"] = (0.8 * _FIGURE * stretch * (1 - 2 * under)).round(6)
    stack[["above", "below"]] = stack[["above", "below"]].replace(0.0, math.nan)  # nothing, not a bar without height
    return stack.set_axis(["底", "变化", "零以下", "数字"], axis=1).round(6)


def _tones(chart: Chart, steps: pd.DataFrame, tiers: Sequence[str]) -> list[Tone]:
    """Each bar's look: as the contents say; from zero upwards a part is neither good nor bad."""
    first = chart.start is not None
    tones = []
    for place, name in enumerate(steps["tone"]):
        inner = place - first
        if name != "house" and inner < len(chart.tones):
            tones.append(tone(chart.tones[inner], len(tiers)))
        else:
            tones.append(PLAIN if name == "good" and not first else tone(name, len(tiers)))
    return tones
