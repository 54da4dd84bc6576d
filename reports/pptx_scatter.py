"""A scatter that stays editable: a series a tone, names only where they are given, put where they touch least. Lengths are in points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reports import pptx_chart_look as look
from reports.cells import clean
from reports.contents import Chart
from reports.palette import AXIS, INK, MUTED, RED, tier_place, tone
from reports.pptx_chart_data import number_format, numbers, xy_data
from reports.pptx_text import Box, ems

_LEFT, _RIGHT, _TOP, _BOTTOM, _KEY = 58, 18, 12, 50, 28  # of the plot within the chart
_MIDDLE = ("circle", "square", "plus", "x")  # of the tiers between; diamond is the best, the triangle the last
_MARK, _NAME = 8, 12  # size of a mark, of a name
_NO_ROOM = 1000  # more marks than a name can cover
_SIDES = (("r", 1, 0), ("l", -1, 0), ("t", 0, -1), ("b", 0, 1))


def draw_scatter(slide, chart: Chart, box: Box, tiers: Sequence[str]) -> None:
    """Marks over two axes, a key of the tiers on top."""
    table = _points(chart)
    groups = {name: table[table["tone"] == name] for name in table["tone"].value_counts().index}
    named = {_series_name(name, rows, tiers): rows for name, rows in groups.items()}
    frame = look.add(slide, "XY_SCATTER", xy_data(named, number_format(chart.decimals)), box)
    native = frame.chart
    spans = [chart.span or look.round_span(table[axis]) for axis in ("x", "y")]
    top = _TOP + _key(native, list(groups))
    plot = Box(_LEFT, top, box.w - _LEFT - _RIGHT, box.h - top - _BOTTOM)
    look.plot_area(native, box, _LEFT, top, _RIGHT, _BOTTOM)
    for axis, title, span in zip((native.category_axis, native.value_axis), chart.axes, spans, strict=True):
        _axis(axis, title, span)
    table["side"] = _sides(table, plot, spans)
    for place, (name, rows) in enumerate(groups.items()):
        _series(native.plots[0].series[place], name, table.loc[rows.index], tiers)
    _order(native, list(groups))
    look.finish(frame, chart.alt)


def _points(chart: Chart) -> pd.DataFrame:
    """x, y, tone and label of every mark that has both figures."""
    table = numbers(chart.frame[["x", "y"]])
    for name in ("tone", "label"):
        table[name] = [clean(v) for v in chart.frame[name].fillna("")] if name in chart.frame else ""
    return table.dropna(subset=["x", "y"]).reset_index(drop=True)


def _series_name(name: str, rows: pd.DataFrame, tiers: Sequence[str]) -> str:
    """The tier; of another tone what its first mark with a name is called."""
    place = tier_place(name)
    if place is not None and place < len(tiers):
        return clean(tiers[place])
    return next(filter(None, rows["label"]), "—")


def _key(native, tones: Sequence[str]) -> float:
    """A key of the tiers; marks of another tone have no words of their own. Returns the room that it takes."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    if not any(tier_place(name) is not None for name in tones):
        native.has_legend = False
        return 0
    look.key(native, top=True)
    for place, name in enumerate(tones):
        if tier_place(name) is None:
            entry = parse_xml(f'<c:legendEntry {nsdecls("c")}><c:idx val="{place}"/><c:delete val="1"/></c:legendEntry>')
            native.legend._element.insert(1, entry)
    return _KEY


def _order(native, tones: Sequence[str]) -> None:
    """The key names the tiers best first. The series themselves go by length: LibreOffice loses one that is shorter than a later one."""
    from pptx.oxml.ns import qn

    ranked = sorted(tones, key=lambda name: (tier_place(name) is None, tier_place(name) or 0))
    for name, series in zip(tones, list(native.plots[0].series), strict=True):
        series._element.find(qn("c:order")).set("val", str(ranked.index(name)))


def _axis(axis, title: str, span: tuple[float, float]) -> None:
    look.value_axis(axis, span, shown=True)
    look.stroke(axis.format.line, AXIS, 1)
    if title:
        axis.axis_title.text_frame.text = clean(title)
        look.colour(axis.axis_title.text_frame.paragraphs[0].runs[0].font, MUTED, 13)


def _series(series, name: str, rows: pd.DataFrame, tiers: Sequence[str]) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION, XL_MARKER_STYLE

    look_of = tone(name, len(tiers))
    series.format.line.fill.background()
    series.marker.style = XL_MARKER_STYLE.from_xml(_marker(name, tiers))
    series.marker.size = _MARK + 5 if name == "house" else _MARK + 1 if name == "tier0" else _MARK
    look.paint(series.marker.format, look_of.colour)
    if _marker(name, tiers) in ("plus", "x"):  # these are lines only
        look.stroke(series.marker.format.line, look_of.colour, 1.5)
    for place, (label, side) in enumerate(zip(rows["label"], rows["side"], strict=True)):
        if label and side:
            one = series.points[place].data_label
            one.text_frame.text = label
            one.text_frame.word_wrap = False
            ink = RED if name == "house" else INK
            look.colour(one.text_frame.paragraphs[0].runs[0].font, ink, _NAME, bold=name == "house")
            one.position = XL_LABEL_POSITION.from_xml(side)


def _marker(name: str, tiers: Sequence[str]) -> str:
    place = tier_place(name)
    if place is None:
        return "circle"
    return "diamond" if place == 0 else "triangle" if place >= len(tiers) - 1 else _MIDDLE[(place - 1) % len(_MIDDLE)]


def _sides(table: pd.DataFrame, plot: Box, spans: Sequence[tuple[float, float]]) -> list[str]:
    """The side of its mark on which each name stands: where it covers fewest marks and stays in the plot.

    "": nowhere, since it would lie on another name. What is spoken of is named first.
    """
    (x0, x1), (y0, y1) = spans
    x = (table["x"].to_numpy() - x0) / (x1 - x0) * plot.w
    y = (y1 - table["y"].to_numpy()) / (y1 - y0) * plot.h
    marks = np.column_stack([x - _MARK / 2, y - _MARK / 2, x + _MARK / 2, y + _MARK / 2])
    names, sides = np.empty((0, 4)), [""] * len(table)
    for place in np.argsort(table["tone"].ne("house").to_numpy(), kind="stable"):
        if not table["label"].iat[place]:
            continue
        spots = [_spot(x[place], y[place], ems(table["label"].iat[place]) * _NAME, along, down) for _, along, down in _SIDES]
        costs = [_covers(spot, marks) + _NO_ROOM * (_covers(spot, names) + _outside(spot, plot)) for spot in spots]
        best = int(np.argmin(costs))
        if costs[best] < _NO_ROOM:
            names = np.vstack([names, spots[best]])
            sides[place] = _SIDES[best][0]
    return sides


def _spot(x: float, y: float, width: float, along: int, down: int) -> np.ndarray:
    """Left, top, right and bottom of a name beside a mark."""
    middle = (x + along * (width / 2 + _MARK), y + down * (_NAME * 0.7 + _MARK))
    return np.array([middle[0] - width / 2, middle[1] - _NAME * 0.7, middle[0] + width / 2, middle[1] + _NAME * 0.7])


def _covers(spot: np.ndarray, taken: np.ndarray) -> int:
    apart = (taken[:, 0] > spot[2]) | (taken[:, 2] < spot[0]) | (taken[:, 1] > spot[3]) | (taken[:, 3] < spot[1])
    return int((~apart).sum())


def _outside(spot: np.ndarray, plot: Box) -> bool:
    return spot[0] < 0 or spot[2] > plot.w + _RIGHT or spot[1] < 0 or spot[3] > plot.h
