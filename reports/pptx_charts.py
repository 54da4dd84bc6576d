"""Native, editable charts on a slide: one function a kind. Lengths are in points."""

from __future__ import annotations

from collections.abc import Sequence

from reports import pptx_chart_look as look
from reports.cells import clean
from reports.contents import Chart
from reports.palette import BLUE, DOWN, FAINT, GOLD, INK, UP, Tone, ink_on, tier_place, tone
from reports.pptx_blocks import draw_line
from reports.pptx_chart_data import category_data, number_format, numbers
from reports.pptx_scatter import draw_scatter
from reports.pptx_series import draw_lines, draw_radar
from reports.pptx_text import Box
from reports.pptx_waterfall import draw_waterfall

_KEY, _ROW = 26, 38  # a line of signs; the height of a lying bar
_EDGE = 3  # between a plot and the edge of its chart
_NOTHING = "没有可画的数据"


def chart_height(chart: Chart) -> float | None:
    """The height at which a chart of lying bars is best; None: it takes what there is."""
    if chart.kind not in ("bars", "shares") or chart.frame.empty:
        return None
    return _ROW * len(chart.frame) + _KEY + 8


def draw_chart(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> None:
    """A chart into a box; a word where there is nothing to draw. `tiers`: labels, best first."""
    marks = chart.kind == "scatter"
    known = numbers(chart.frame[["x", "y"]] if marks else chart.frame).notna()
    if (known.all(axis=1) if marks else known).to_numpy().any():  # a mark needs both of its figures
        _KINDS[chart.kind](slide, chart, box, tiers)
    else:
        draw_line(slide, _NOTHING, Box(box.x, box.y + 8, box.w, 30), 16, FAINT)


def _bars(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> None:
    """Lying bars, the first on top, each with its figure at its end; the axis of values is not drawn."""
    box = _tier_key(slide, chart, box, tiers)
    room = box.h / len(chart.frame)
    size = max(9.0, min(15.0, room * 0.5))
    labels, left = look.side_names(_labels(chart, tiers), box.w, size, lines=2 if room > 2.4 * size else 1)
    frame = _single(slide, "BAR_CLUSTERED", chart, box, labels)
    frame.chart.category_axis.reverse_order = True
    _figures(frame.chart, chart, tiers, size, look.gap(room, 26), margin=3.6 * size / (box.w - left))
    look.plot_area(frame.chart, box, left, _EDGE, _EDGE, _EDGE)
    look.finish(frame, chart.alt)


def _columns(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> None:
    """Standing bars, each with its figure on top."""
    box = _tier_key(slide, chart, box, tiers)
    room = box.w / len(chart.frame)
    size = look.column_size(_labels(chart, tiers), room)
    frame = _single(slide, "COLUMN_CLUSTERED", chart, box, look.names(_labels(chart, tiers), room * 0.94, size, 2))
    _figures(frame.chart, chart, tiers, size, look.gap(room, 64), margin=1.8 * size / box.h)
    look.finish(frame, chart.alt)


def _single(slide, kind: str, chart: Chart, box: Box, labels: Sequence[str]):
    values = numbers(chart.frame)
    signed = (values.iloc[:, 0] < 0).any()
    return look.add(slide, kind, category_data(labels, look.named(values).iloc[:, :1], number_format(chart.decimals, signed)), box)


def _figures(native, chart: Chart, tiers: Sequence[str], size: float, gap: int, margin: float) -> None:
    """Looks of the bars of a single series, and the figure at the end of each. `margin`: room for a figure, in shares of the axis."""
    from pptx.enum.chart import XL_LABEL_POSITION

    values = numbers(chart.frame).iloc[:, 0]
    low, high = min(values.min(), 0.0), max(values.max(), 0.0)
    room = margin * ((high - low) or 1.0) / max(1 - margin * (1 + (low < 0)), 0.2)
    look.category_axis(native.category_axis, size, line=True)
    look.value_axis(native.value_axis, _span(chart, high, margin) or (low - (room if low < 0 else 0), high + room), shown=False)
    native.has_legend = False
    plot = native.plots[0]
    plot.gap_width, plot.vary_by_categories, plot.has_data_labels = gap, False, True
    plot.data_labels.show_value, plot.data_labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
    look.colour(plot.data_labels.font, INK, size, bold=True)
    plot.series[0].invert_if_negative = False
    for place, one in enumerate(_tones(chart, tiers)):
        look.paint(plot.series[0].points[place].format, one.colour)


def _span(chart: Chart, high: float, margin: float) -> tuple[float, float] | None:
    """The chart's own span, stretched as far as the figure at its longest bar's end asks for."""
    if chart.span is None:
        return None
    start, end = chart.span
    return start, max(end, high + margin * (end - start))


def _tones(chart: Chart, tiers: Sequence[str]) -> list[Tone]:
    """The look of each row."""
    return [tone(chart.tones[k] if k < len(chart.tones) else "", len(tiers)) for k in range(len(chart.frame))]


def _labels(chart: Chart, tiers: Sequence[str]) -> list[str]:
    """Names of the rows; a tier's sign before its rows, since colour does not speak alone."""
    named = zip(chart.frame.index, _tones(chart, tiers), [*chart.tones, *[""] * len(chart.frame)], strict=False)
    return [f"{look_of.sign} {label}" if tier_place(name) is not None else str(label) for label, look_of, name in named]


def _tier_key(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> Box:
    """A line that explains the signs of the tiers that there are, and what is left of the box."""
    places = sorted({place for name in chart.tones if (place := tier_place(name)) is not None and place < len(tiers)})
    named = {clean(tiers[place]) for place in places} == {clean(label) for label in chart.frame.index}
    if not places or named:
        return box
    line = "　".join(f"{tone(f'tier{place}', len(tiers)).sign} {clean(tiers[place])}" for place in places)
    draw_line(slide, line, Box(box.x, box.y, box.w, 20), 13)
    return Box(box.x, box.y + _KEY, box.w, box.h - _KEY)


def _shares(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> None:
    """A bar of 100 % a row, the counts of its parts written where they have room."""
    from pptx.enum.chart import XL_LABEL_POSITION

    counts = numbers(chart.frame).fillna(0.0)
    tones = _part_tones(chart, tiers)
    size = max(9, min(15, box.h / (len(counts) + 1) * 0.5))
    series = counts.set_axis([f"{t.sign} {clean(c)}".strip() for t, c in zip(tones, counts.columns, strict=True)], axis=1)
    labels, left = look.side_names(counts.index, box.w, size)
    frame = look.add(slide, "BAR_STACKED_100", category_data(labels, series, "0;;"), box)
    native = frame.chart
    native.category_axis.reverse_order = True
    look.category_axis(native.category_axis, size)
    look.value_axis(native.value_axis, (0, 1), shown=False)
    look.key(native, top=True)
    plot = native.plots[0]
    plot.gap_width, plot.overlap = look.gap(box.h / (len(counts) + 1), 26), 100
    narrow = counts.div(counts.sum(axis=1).replace(0, 1), axis=0) * (box.w - left) < size * 1.4
    look.plot_area(native, box, left, _KEY + _EDGE, _EDGE, _EDGE)
    for place, one in enumerate(tones):
        part = plot.series[place]
        look.paint(part.format, one.colour)
        part.data_labels.show_value, part.data_labels.position = True, XL_LABEL_POSITION.CENTER
        look.colour(part.data_labels.font, ink_on(one.colour), size, bold=True)
        look.without_labels(part, narrow.iloc[:, place].to_numpy().nonzero()[0])
    look.finish(frame, chart.alt)


def _part_tones(chart: Chart, tiers: Sequence[str]) -> list[Tone]:
    """The look of each part: as the contents say, the tiers' where there are as many, else colours in turn."""
    count = chart.frame.shape[1]
    names = chart.tones or (tuple(f"tier{k}" for k in range(count)) if count == len(tiers) else ())
    return [tone(name, len(tiers)) for name in names] or [Tone((BLUE, GOLD, FAINT, UP, DOWN, INK)[k % 6]) for k in range(count)]


_KINDS = {
    "radar": draw_radar, "bars": _bars, "columns": _columns, "lines": draw_lines, "shares": _shares,
    "scatter": draw_scatter, "waterfall": draw_waterfall,
}  # fmt: skip
