"""The data of a native chart: finite numbers, and a workbook inside that is safe and always the same."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from datetime import datetime

import pandas as pd

_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FIRST_DAY = datetime(1980, 1, 1)


def numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as floats, NaN for whatever is no finite number."""
    table = frame.apply(pd.to_numeric, errors="coerce").astype(float)
    return table.where(table.abs() < math.inf)


def category_data(labels: Iterable[str], series: pd.DataFrame, number_format: str):
    """Data of a chart with categories: a column a series, NaN left empty."""
    from pptx.chart.data import CategoryChartData

    class Data(CategoryChartData):
        xlsx_blob = property(_workbook)

    data = Data(number_format=number_format)
    data.categories = list(labels)
    for place, name in enumerate(series.columns):
        data.add_series(str(name), [None if math.isnan(v) else float(v) for v in series.iloc[:, place]])
    return data


def xy_data(series: dict[str, pd.DataFrame], number_format: str):
    """Data of a scatter: a table with columns x and y a series."""
    from pptx.chart.data import XyChartData

    class Data(XyChartData):
        xlsx_blob = property(_workbook)

    data = Data(number_format=number_format)
    for name, points in series.items():
        one = data.add_series(name)
        for x, y in zip(points["x"], points["y"], strict=True):
            one.add_data_point(float(x), float(y))
    return data


def _workbook(data) -> bytes:
    """The embedded workbook: python-pptx's own takes a name that begins with = for a formula, and states when it was made."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    with Workbook(buffer, _SAFE) as book:
        book.set_properties({"created": _FIRST_DAY})
        data._workbook_writer._populate_worksheet(book, book.add_worksheet())
    return buffer.getvalue()


def number_format(decimals: int, plus: bool = False) -> str:
    """Excel's format of so many decimals, with a true minus; `plus`: rises have a sign too."""
    shape = "0." + "0" * decimals if decimals else "0"
    return f"{'+' if plus else ''}{shape};−{shape};{shape}"
