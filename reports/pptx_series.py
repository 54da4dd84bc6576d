"""Charts of several series over the same axis: radar, lines, columns side by side. Lengths are in points."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from reports import pptx_chart_look as look
from reports.contents import Chart
from reports.palette import BLUE, DOWN, FAINT, GOLD, INK, MUTED, RED, UP, tone
from reports.pptx_chart_data import category_data, number_format, numbers
from reports.pptx_text import Box, ems
from reports.steps import signed

_SERIES = (  # colour, width, dash, marker of the first series, which is spoken of, and of those it stands beside
    (RED, 3.0, "", "circle"), (MUTED, 2.0, "sysDash", "none"), (GOLD, 2.25, "sysDot", "diamond"), (BLUE, 2.0, "", "square"),
    (INK, 1.5, "sysDot", "triangle"), (UP, 2.0, "lgDash", "x"), (DOWN, 2.0, "dashDot", "plus"),
)  # fmt: skip
_LEFT, _END, _FOOT, _LOW = 46, 46, 32, 180  # around the plot of lines


def draw_radar(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> None:
    """The first series strong with its figures, the others quiet; fewer than three axes make columns side by side."""
    values = numbers(chart.frame)
    if len(values) < 3:
        return _side_by_side(slide, chart, box, tiers)
    size, side = (15, 118) if box.h > 260 else (12, 96)
    names = look.names(values.index, side, size, 1 if box.h < 260 else 2)
    said = [f"{name}\n{_figure(v, chart.decimals)}" for name, v in zip(names, values.iloc[:, 0], strict=True)]
    frame = look.add(slide, "RADAR_MARKERS", category_data(said, look.named(values), number_format(chart.decimals)), box)
    native = frame.chart
    look.category_axis(native.category_axis, size)
    _values_of_many(native, chart, values)
    for place, one in enumerate(native.plots[0].series):
        _line(one, _style(chart, place, tiers))
    top, foot = 2.9 * size, 2.9 * size + (34 if native.has_legend else 0)
    round_ = max(40.0, min(box.w - 2 * side, box.h - top - foot))
    aside = (box.w - round_) / 2
    look.plot_area(native, box, aside, top, aside, box.h - top - round_)
    look.finish(frame, chart.alt)


def _side_by_side(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> None:
    """Columns of several series, each with its figure."""
    from pptx.enum.chart import XL_LABEL_POSITION

    values = numbers(chart.frame)
    labels = look.names(values.index, box.w * 0.8 / len(values), 15, 2)
    frame = look.add(slide, "COLUMN_CLUSTERED", category_data(labels, look.named(values), number_format(chart.decimals)), box)
    look.category_axis(frame.chart.category_axis, 15, line=True)
    _values_of_many(frame.chart, chart, values)
    plot = frame.chart.plots[0]
    plot.gap_width, plot.overlap, plot.has_data_labels = 120, -8, True
    plot.data_labels.show_value, plot.data_labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    look.colour(plot.data_labels.font, INK, 13, bold=True)
    for place, one in enumerate(plot.series):
        look.paint(one.format, _style(chart, place, tiers)[0])
    look.finish(frame, chart.alt)


def _values_of_many(native, chart: Chart, values: pd.DataFrame) -> None:
    """The axis of values in four steps, and a key where there is more than one series."""
    span = chart.span or _whole_span(values)
    look.value_axis(native.value_axis, span, shown=True, size=10, ink=FAINT)
    native.value_axis.major_unit = (span[1] - span[0]) / 4
    native.has_legend = False
    if values.shape[1] > 1:
        look.key(native)


def _figure(value: float, decimals: int) -> str:
    return "—" if math.isnan(value) else signed(value, decimals).removeprefix("+")


def draw_lines(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> None:
    """Lines over the periods, each named at its end where the names do not touch, else by the key."""
    values = numbers(chart.frame)
    series, size = look.named(values), 13
    labels = look.names(values.index, 90, size)
    frame = look.add(slide, "LINE_MARKERS", category_data(labels, series, number_format(chart.decimals)), box)
    native = frame.chart
    span = chart.span or look.round_span(values.to_numpy().ravel())
    look.category_axis(native.category_axis, size, MUTED, line=True)
    look.value_axis(native.value_axis, span, shown=True)
    many = values.shape[1] > 1
    named = many and _apart(values, (span[1] - span[0]) / (box.h * 0.8) * size * 1.5)
    end = min(look.widest([f"{name} 100.0" for name in series.columns], size) + 14, box.w * 0.34) if named else _END
    foot = min(_FOOT + 20 * math.ceil(sum(ems(name) * size + 44 for name in series.columns) / (box.w * 0.9)), box.h / 2)
    foot = foot if many and not named else _FOOT
    native.has_legend = False
    if many and not named:
        look.key(native)
    if box.h > _LOW:
        look.plot_area(native, box, _LEFT, 10, end, foot)
    look.skip_ticks(native.category_axis, labels, box.w - _LEFT - end, size)
    for place, one in enumerate(native.plots[0].series):
        _line(one, _style(chart, place, tiers))
        last = values.iloc[:, place].notna().to_numpy().nonzero()[0]
        if len(last) and (named or place == 0):
            _end_label(one, int(last[-1]), _style(chart, place, tiers)[0], size, named)
    look.finish(frame, chart.alt)


def _end_label(series, place: int, colour: str, size: float, named: bool) -> None:
    """The last figure of a line, with its name where there is no key."""
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.oxml.ns import qn

    label = series.points[place].data_label
    label.position = XL_LABEL_POSITION.RIGHT
    look.colour(label.font, INK if colour in (GOLD, FAINT) else colour, size, bold=colour == RED)
    label._dLbl.get_or_add_txPr().find(qn("a:bodyPr")).set("wrap", "none")
    if named:
        look.with_series_name(label)


def _apart(values: pd.DataFrame, least: float) -> bool:
    """Whether the lines end so far from each other that each can be named there, all at the last period."""
    ends = values.iloc[-1].sort_values()
    return bool(ends.notna().all() and (ends.diff().dropna() >= least).all())


def _whole_span(values: pd.DataFrame) -> tuple[float, float]:
    """0 to 100 where all lies between."""
    inside = values.min(axis=None) >= 0 and values.max(axis=None) <= 100
    return (0.0, 100.0) if inside else look.round_span(values.to_numpy().ravel())


def _style(chart: Chart, place: int, tiers: Sequence[str]) -> tuple[str, float, str, str]:
    colour, *rest = _SERIES[place % len(_SERIES)]
    return (tone(chart.tones[place], len(tiers)).colour if place < len(chart.tones) else colour, *rest)


def _line(series, style: tuple[str, float, str, str]) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE

    colour, width, dash, marker = style
    series.smooth = False
    look.stroke(series.format.line, colour, width, dash)
    series.marker.style, series.marker.size = XL_MARKER_STYLE.from_xml(marker), 7
    if marker in ("x", "plus"):  # these are lines only
        look.stroke(series.marker.format.line, colour, 1.5)
    elif marker != "none":
        look.paint(series.marker.format, colour)
