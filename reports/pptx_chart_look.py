"""What native charts look like: quiet axes, labels, keys, fonts. Lengths are in points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from reports.cells import clean
from reports.palette import AXIS, INK, MUTED
from reports.pptx_text import Box, cut, ems, name_fonts

_NAMES = 0.42  # the most that names may take of a chart's width
_SERIES_NAME = 220


def add(slide, kind: str, data, box: Box):
    """A native chart on the slide, of a kind as python-pptx names it."""
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Pt

    return slide.shapes.add_chart(XL_CHART_TYPE[kind], *(Pt(v) for v in box), data)


def names(labels: Iterable[object], room: float, size: float, lines: int = 1) -> list[str]:
    """Labels on one line each, cut to the room they have; empty ones become a space, which a chart needs."""
    return [cut(clean(label).strip(), size, room, lines) or " " for label in labels]


def named(values: pd.DataFrame) -> pd.DataFrame:
    """The same with names of series that a key can hold."""
    return values.set_axis(names(values.columns, _SERIES_NAME, 13), axis=1)


def side_names(labels: Iterable[object], width: float, size: float, lines: int = 1) -> tuple[list[str], float]:
    """Labels beside lying bars, and the room that they take of the chart's width."""
    labels = list(labels)
    longest = widest([clean(label) for label in labels], size)
    room = min(longest, _NAMES * width)
    return names(labels, room * 1.04, size, lines), room + 12


def colour(font, hex_colour: str, size: float, bold: bool = False) -> None:
    """Sets a font."""
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    font.size, font.bold, font.color.rgb = Pt(size), bold, RGBColor.from_string(hex_colour[1:])


def paint(fill_format, hex_colour: str | None) -> None:
    """Fills a bar or marker without an outline; None: invisible."""
    from pptx.dml.color import RGBColor

    if hex_colour is None:
        fill_format.fill.background()
    else:
        fill_format.fill.solid()
        fill_format.fill.fore_color.rgb = RGBColor.from_string(hex_colour[1:])
    fill_format.line.fill.background()


def stroke(line, hex_colour: str, width: float, dash: str = "") -> None:
    """Sets a line; `dash` as PowerPoint names it: sysDash, sysDot, dash …"""
    from pptx.dml.color import RGBColor
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    line.color.rgb, line.width = RGBColor.from_string(hex_colour[1:]), Pt(width)
    if dash:
        line.dash_style = MSO_LINE.from_xml(dash)


def category_axis(axis, size: float, ink: str = INK, line: bool = False) -> None:
    """Names without ticks, which break rather than lie on their side; a quiet line where bars stand on it."""
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK

    axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    axis.has_major_gridlines = False
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    colour(axis.tick_labels.font, ink, size)
    axis._element.txPr.bodyPr.set("rot", "0")
    if line:
        stroke(axis.format.line, AXIS, 1)
    else:
        axis.format.line.fill.background()


def value_axis(axis, span: tuple[float, float], shown: bool, size: float = 12, ink: str = MUTED) -> None:
    """A value axis with quiet gridlines, or none to be seen where every figure is written beside its mark."""
    from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK

    axis.minimum_scale, axis.maximum_scale = (float(v) for v in span)
    axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    axis.has_major_gridlines, axis.tick_label_position = shown, XL_TICK_LABEL_POSITION.LOW
    axis.format.line.fill.background()
    if shown:
        stroke(axis.major_gridlines.format.line, AXIS, 0.5)
        colour(axis.tick_labels.font, ink, size)
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "General", False
    else:
        axis.visible = False


def key(chart, size: float = 13, top: bool = False) -> None:
    """The chart's own key, at its foot or head."""
    from pptx.enum.chart import XL_LEGEND_POSITION

    chart.has_legend = True
    chart.legend.position = XL_LEGEND_POSITION.TOP if top else XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False
    colour(chart.legend.font, INK, size)


def plot_area(chart, box: Box, left: float, top: float, right: float, bottom: float) -> None:
    """Fixes the inner plot area by what is left free on each side."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    shares = (left / box.w, top / box.h, 1 - (left + right) / box.w, 1 - (top + bottom) / box.h)
    places = "".join(f'<c:{tag} val="{share:.4f}"/>' for tag, share in zip("xywh", shares, strict=True))
    modes = '<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
    area.insert(0, parse_xml(f"<c:layout {nsdecls('c')}><c:manualLayout>{modes}{places}</c:manualLayout></c:layout>"))


def round_span(values: Iterable[float]) -> tuple[float, float]:
    """Round ends around some numbers, within 0 to 100 where all of them are."""
    known = [v for v in values if math.isfinite(v)]
    low, high = min(known), max(known)
    stretch = (high - low) or abs(high) or 1.0
    step = 10.0 ** math.floor(math.log10(stretch))
    ends = (math.floor((low - stretch / 8) / step) * step, math.ceil((high + stretch / 8) / step) * step)
    return (max(ends[0], 0.0), min(ends[1], 100.0)) if low >= 0 and high <= 100 else ends


def widest(labels: Sequence[str], size: float) -> float:
    """Width of the widest label, in points."""
    return max((ems(label) for label in labels), default=0.0) * size


def finish(frame, alt: str) -> None:
    """Says what the chart shows for who cannot see it, takes its title away, names the fonts, mends what the schema forbids."""
    from pptx.oxml.ns import qn

    chart = frame.chart
    for number in chart._chartSpace.iter(qn("c:axId"), qn("c:crossAx")):
        number.set("val", number.get("val").lstrip("-"))  # python-pptx takes negative ones from a template
    for smooth in chart._chartSpace.findall(f".//{qn('c:radarChart')}//{qn('c:smooth')}"):
        smooth.getparent().remove(smooth)  # so does it this: a radar has no curves
    chart.has_title = False
    chart.font.size = chart.font.size or 152400
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt))
    frame.name = "图表"
    name_fonts(chart._chartSpace)


def column_size(labels: Iterable[object], room: float) -> float:
    """Size of the letters under and over standing bars that have so much width each: four characters stay on a line."""
    longest = max((ems(clean(label)) for label in labels), default=0.0)
    return max(9.0, min(15.0, round(room * 0.84 / max(min(longest, 4.0), 2.6), 1)))


def gap(room: float, bar: float) -> int:
    """Gap between bars in per cent of a bar, so that none is thicker than `bar` where each has so much room."""
    return round(min(max((room / bar - 1) * 100, 40), 500))


def without_labels(series, places: Iterable[int]) -> None:
    """Takes away the labels of some points, narrower than their figures."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    labels = series.data_labels._element
    for done, place in enumerate(places):
        labels.insert(done, parse_xml(f'<c:dLbl {nsdecls("c")}><c:idx val="{place}"/><c:delete val="1"/></c:dLbl>'))


def with_series_name(label) -> None:
    """Writes the series' name before the figure of a label."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    element = label._dLbl
    element.find(qn("c:showSerName")).set("val", "1")
    element.append(parse_xml(f'<c:separator {nsdecls("c")}> </c:separator>'))


def skip_ticks(axis, labels: Sequence[str], room: float, size: float) -> None:
    """Leaves out names along an axis where they would touch: every second, every third …"""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls, qn

    every = math.ceil((widest(labels, size) + 8) * len(labels) / room)
    if every > 1:
        for tag in ("tickLblSkip", "tickMarkSkip"):
            axis._element.find(qn("c:noMultiLvlLbl")).addprevious(parse_xml(f'<c:{tag} {nsdecls("c")} val="{every}"/>'))
