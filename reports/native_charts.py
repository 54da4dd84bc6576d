"""Charts of contents as native charts of a workbook, from which Word takes them too: data in cells, editable in Office and WPS."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from reports import palette
from reports.cells import clean, cut
from reports.chart_axes import (
    HEADROOM,
    Look,
    category_axis,
    decimal_format,
    hidden_axis,
    legend,
    span_of_bars,
    span_of_steps,
    span_with_figures,
    value_axis,
)
from reports.contents import Chart
from reports.name_places import name_sides
from reports.steps import waterfall_steps

_LONGEST_LABEL = 36  # columns of a name beside an axis; a longer one would leave the bars no room
_POINT = 0.353  # millimetres
_AROUND = (16, 26)  # millimetres of a scatter that axes and key take
_MARKERS = ("diamond", "circle", "square", "triangle")


class _Data:
    """A table on a worksheet that a chart refers to: labels in the first column, a series in each other one."""

    def __init__(self, sheet, top: int, labels: Iterable[object], columns: Iterable[tuple[object, Iterable[float]]]):
        self.sheet, self.top = sheet, top
        self.labels = [cut(label, _LONGEST_LABEL) or " " for label in labels]
        self.columns = []
        for row, label in enumerate(self.labels, top + 1):
            sheet.write_string(row, 0, label)
        for place, (name, values) in enumerate(columns, 1):
            self.columns.append(np.asarray(values, dtype=float))
            sheet.write_string(top, place, clean(name))
            for row in np.flatnonzero(np.isfinite(self.columns[-1])):
                sheet.write_number(top + 1 + row, place, float(self.columns[-1][row]))

    def series(self, column: int, **more) -> dict:
        """The options of a series whose values stand in a column (0: the first after the labels)."""
        first, last, place = self.top + 1, self.top + len(self.labels), column + 1
        name = self.sheet.get_name()
        categories, values = [name, first, 0, last, 0], [name, first, place, last, place]
        return {"name": [name, self.top, place], "categories": categories, "values": values, **more}


def is_empty(chart: Chart) -> bool:
    """Whether there is nothing to draw: no figure at all, no mark with both of its own, no figure to start from."""
    numbers = chart.frame[["x", "y"]] if chart.kind == "scatter" else chart.frame
    known = np.isfinite(numbers.to_numpy(dtype=float))
    return not (known.all(axis=1) if chart.kind == "scatter" else known).any() or not math.isfinite(chart.base)


def native_chart(book, sheet, top: int, chart: Chart, look: Look) -> tuple[object, int]:
    """A chart of the workbook, whose data are written on `sheet` from row `top` on; with it, how many rows they take.

    The chart is not placed: `sheet.insert_chart` does that, on this sheet or another.

    Raises:
        ValueError: the chart has no data (`is_empty`).
    """
    if is_empty(chart):
        raise ValueError(f"a chart of kind {chart.kind} without data cannot be drawn; ask is_empty first")
    known = replace(chart, frame=chart.frame.replace([np.inf, -np.inf], np.nan))
    drawn, rows = _KINDS[chart.kind](book, sheet, top, known, look)
    drawn.set_title({"none": True})
    drawn.show_blanks_as("gap")
    drawn.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    return drawn, rows


def _bars(book, sheet, top: int, chart: Chart, look: Look):
    """Lying or standing bars with their figures at the ends, which makes an axis of values superfluous."""
    tones = chart.tones or ("",) * len(chart.frame)
    names = [f"{look.tier_sign(tone)} {label}".strip() for tone, label in zip(tones, chart.frame.index, strict=True)]
    data = _Data(sheet, top, names, [(chart.frame.columns[0], chart.frame.iloc[:, 0])])
    drawn = book.add_chart({"type": "bar" if chart.kind == "bars" else "column"})
    labels = {"value": True, "position": "outside_end", "num_format": decimal_format(chart.decimals), "font": look.font()}
    drawn.add_series(data.series(0, points=[_filled(look.colour(t)) for t in tones], gap=45, data_labels=labels))
    low, high = span_of_bars(chart.frame.iloc[:, 0]) if chart.span is None else span_with_figures(chart.frame.iloc[:, 0], chart.span)
    _set_bar_axes(drawn, category_axis(look), hidden_axis(low, high), lying=chart.kind == "bars")
    drawn.set_legend({"none": True})
    return drawn, len(chart.frame) + 1


def _lines(book, sheet, top: int, chart: Chart, look: Look):
    """Lines over an axis of labels; the first is thick and has its last figure beside it."""
    data = _Data(sheet, top, chart.frame.index, chart.frame.items())
    drawn = book.add_chart({"type": "line"})
    for place, (values, line) in enumerate(zip(data.columns, _strokes(len(data.columns)), strict=True)):
        marker = {"type": "circle", "size": 5, "fill": {"color": line["color"]}, "border": {"color": palette.PAPER}}
        more = {"data_labels": _last_label(values, chart, look, line["color"])} if not place else {}
        drawn.add_series(data.series(place, line=line, marker=marker if not place else {"type": "none"}, **more))
    drawn.set_x_axis(category_axis(look, position_axis="on_tick"))
    drawn.set_y_axis(value_axis(chart.frame.to_numpy(dtype=float), look, chart.span))
    drawn.set_legend(legend(look, len(data.columns) > 1))
    return drawn, len(chart.frame) + 1


def _radar(book, sheet, top: int, chart: Chart, look: Look):
    figures = [f"{v:.{chart.decimals}f}" if math.isfinite(v) else "—" for v in chart.frame.iloc[:, 0].astype(float)]
    labels = [f"{cut(label, _LONGEST_LABEL - 8)} {figure}" for label, figure in zip(chart.frame.index, figures, strict=True)]
    data = _Data(sheet, top, labels, chart.frame.items())
    drawn = book.add_chart({"type": "radar", "subtype": "with_markers"})
    for place, line in enumerate(_strokes(len(data.columns))):
        marker = {"type": "circle", "size": 5, "fill": {"color": line["color"]}, "border": {"color": line["color"]}}
        drawn.add_series(data.series(place, line=line, marker={"type": "none"} if place else marker))
    drawn.set_x_axis({"num_font": look.font()})
    axis = value_axis(chart.frame.to_numpy(dtype=float), look, chart.span)
    drawn.set_y_axis(axis | {"major_gridlines": {"visible": True, "line": {"color": palette.AXIS, "width": 0.5}}, "label_position": "none"})
    drawn.set_plotarea({"layout": {"x": 0.2, "y": 0.12, "width": 0.6, "height": 0.6 if len(data.columns) > 1 else 0.76}})
    drawn.set_legend(legend(look, len(data.columns) > 1))
    return drawn, len(chart.frame) + 1


def _shares(book, sheet, top: int, chart: Chart, look: Look):
    """Bars that are all as long, of parts with their counts in them; a part of nothing has no figure."""
    counts = chart.frame.astype(float)
    tones = chart.tones if len(chart.tones) == counts.shape[1] else ("",) * counts.shape[1]
    titles = [f"{look.tier_sign(tone)} {part}".strip() for tone, part in zip(tones, counts.columns, strict=True)]
    data = _Data(sheet, top, counts.index, zip(titles, counts.where(counts != 0).to_numpy().T, strict=True))
    drawn = book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for place, colour in enumerate(_parts(chart, look)):
        labels = {"value": True, "position": "center", "num_format": "0", "font": look.font(palette.ink_on(colour))}
        drawn.add_series(data.series(place, fill={"color": colour}, gap=45, overlap=100, data_labels=labels))
    _set_bar_axes(drawn, category_axis(look), hidden_axis(0, 1), lying=True)
    drawn.set_legend(legend(look, True))
    return drawn, len(counts) + 1


def _waterfall(book, sheet, top: int, chart: Chart, look: Look):
    """Stacked columns on an invisible base; the figures are the labels of an invisible part on top."""
    steps = waterfall_steps(chart)
    low, high = span_of_steps(steps, chart.start is not None) if chart.span is None else chart.span
    peak = steps[["from", "to"]].max(axis=1)
    stacked = {"底": steps["base"], "段": steps["above"], "零下段": steps["below"], "标注": (high - low) * HEADROOM / 2 + 0 * peak}
    if not (steps["below"] < 0).any():
        del stacked["零下段"]
    data = _Data(sheet, top, steps["label"], stacked.items())
    drawn = book.add_chart({"type": "column", "subtype": "stacked"})
    tones = [_filled(look.colour(tone)) for tone in steps["tone"]]
    for place, name in enumerate(stacked):
        more = {"points": tones} if name.endswith("段") else {"fill": {"none": True}, "border": {"none": True}}
        if name == "标注":
            custom = [{"value": text, "position": "inside_base", "font": look.font()} if text else {"delete": True} for text in steps["text"]]
            more["data_labels"] = {"value": True, "position": "inside_base", "custom": custom, "font": look.font()}
        drawn.add_series(data.series(place, gap=35, overlap=100, **more))
    _set_bar_axes(drawn, category_axis(look), hidden_axis(low, high), lying=False)
    drawn.set_legend({"none": True})
    return drawn, len(steps) + 1


def _scatter(book, sheet, top: int, chart: Chart, look: Look):
    """Marks by tone, those that have a name with it beside them; the tiers make the key. In the cells: a row a mark, a column a tone."""
    points = chart.frame.dropna(subset=["x", "y"]).fillna({"label": "", "tone": ""})
    points = points.sort_values("tone", key=lambda tones: tones != "house", kind="stable")
    tones = sorted(points["tone"].unique(), key=lambda tone: (palette.tier_place(tone) is None, tone))
    titles = [look.tier_title(tone) or f"{chart.axes[1] or 'y'}{' ' * k}" for k, tone in enumerate(tones)]
    heights = [(title, points["y"].where(points["tone"] == tone)) for title, tone in zip(titles, tones, strict=True)]
    data = _Data(sheet, top, points["label"], [(chart.axes[0] or "x", points["x"]), *heights])
    axes = [value_axis(points[column].to_numpy(dtype=float), look, chart.span) for column in "xy"]
    labels = _names(points, axes, look)
    drawn = book.add_chart({"type": "scatter"})
    for place, tone in enumerate(tones):
        tier, mine = palette.tier_place(tone), points["tone"] == tone
        marker = {"type": "circle" if tier is None else _MARKERS[tier % len(_MARKERS)], "size": 9 if tier is None else 6}
        marker |= {"fill": {"color": look.colour(tone)}, "border": {"color": palette.PAPER, "width": 0.5}}
        shown = {"value": True, "font": look.font(), "custom": [label if m else {"delete": True} for label, m in zip(labels, mine, strict=True)]}
        drawn.add_series(data.series(place + 1) | {"categories": data.series(0)["values"], "marker": marker, "data_labels": shown})
    for place, (axis, title) in enumerate(zip(axes, chart.axes, strict=True)):
        axis |= {"name": clean(title), "crossing": "min", "name_font": look.font(palette.MUTED, bold=False)}
        (drawn.set_y_axis if place else drawn.set_x_axis)(axis)
    unnamed = [k for k, tone in enumerate(tones) if not look.tier_title(tone)]
    drawn.set_legend(legend(look, len(unnamed) < len(tones)) | ({"delete_series": unnamed} if unnamed else {}))
    return drawn, len(points) + 1


_KINDS: dict[str, Callable] = {
    "radar": _radar, "bars": _bars, "columns": _bars, "lines": _lines, "scatter": _scatter, "waterfall": _waterfall, "shares": _shares,
}  # fmt: skip


def _set_bar_axes(drawn, names: dict, values: dict, lying: bool) -> None:
    """Sets the axes of bars; of lying ones the names go from top to bottom, as a list is read."""
    if lying:  # xlsxwriter's x axis is the one along the bottom, whatever stands on it
        drawn.set_x_axis(values)
        drawn.set_y_axis(names | {"reverse": True})
    else:
        drawn.set_x_axis(names)
        drawn.set_y_axis(values)


def _strokes(number: int) -> list[dict]:
    """A line a series: the first in the house's red, a single other one quiet and dashed, more in their own colours and dashes."""
    others = [palette.MUTED] if number == 2 else [palette.BLUE, palette.GOLD, palette.INK, palette.UP]
    dashes = ["dash", "square_dot", "long_dash", "round_dot"]
    quiet = [{"color": others[k % len(others)], "width": 1.5, "dash_type": dashes[k % 4]} for k in range(number - 1)]
    return [{"color": palette.RED, "width": 2.25}, *quiet]


def _parts(chart: Chart, look: Look) -> list[str]:
    """A colour a part: as its tone says, else as many blues and greys as there are parts."""
    plain = [palette.BLUE, palette.GOLD, palette.UP, palette.MUTED, palette.FAINT, palette.DOWN]
    parts = chart.frame.shape[1]
    return [look.colour(t) for t in chart.tones] if len(chart.tones) == parts else [plain[k % len(plain)] for k in range(parts)]


def _filled(colour: str) -> dict:
    return {"fill": {"color": colour}, "border": {"none": True}}


def _names(points: pd.DataFrame, axes: list[dict], look: Look) -> list[dict]:
    """The label of each mark: its name, on the side where it touches least."""
    texts = [cut(label, 24) for label in points["label"]]
    plot = (look.room[0] - _AROUND[0], max(look.room[1] - _AROUND[1], 10))
    spans = [(axis["min"], axis["max"]) for axis in axes]
    sides = name_sides(points[["x", "y"]].to_numpy(dtype=float), texts, spans, plot, look.size * _POINT)
    return [
        {"value": _not_a_formula(text), "position": side, "font": look.font()} if side else {"delete": True}
        for text, side in zip(texts, sides, strict=True)
    ]


def _not_a_formula(text: str) -> str:
    """A label's own text, which xlsxwriter takes for a formula where it starts with =."""
    return f" {text}" if text.startswith("=") else text


def _last_label(values: np.ndarray, chart: Chart, look: Look, colour: str) -> dict:
    known = np.flatnonzero(np.isfinite(values))
    last = known[-1] if known.size else -1
    custom = [None if k == last else {"delete": True} for k in range(len(values))]
    font = look.font(colour, bold=True)
    return {"value": True, "position": "above", "num_format": decimal_format(chart.decimals), "font": font, "custom": custom}
