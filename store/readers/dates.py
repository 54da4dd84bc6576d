"""Dates as Chinese offices and their systems write them, to ISO text."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from .cells import BadCell, clean_text

_TIME = r"(?:[ T]?\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}(?:\.\d+)?秒?|分)?)?"  # what systems add to a day; the day is what counts
_FORMS = [
    re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}", re.ASCII),
    re.compile(rf"(\d{{4}})(年)(\d{{1,2}})月(\d{{1,2}})[日号]?{_TIME}", re.ASCII),
    re.compile(r"((?:19|20)\d{2})()(\d{2})(\d{2})", re.ASCII),
]
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
_EPOCH = dt.date(1899, 12, 30)  # day 0 of a spreadsheet
FIRST, LAST = dt.date(1990, 1, 1), dt.date(2099, 12, 31)
_HOW = "请写成 2024-03-05、2024/3/5、2024年3月5日 或 20240305"


def clean_date(raw: object) -> str:
    """The day in a cell as `2024-03-05`: 2024-3-5, 2024/03/05, 2024.3.5, 2024年3月5日, 20240305, a spreadsheet's day number.

    A time of day is dropped. Raises BadCell: no date, a day that the calendar lacks, a year before 1990 or after 2099.
    """
    if isinstance(raw, dt.datetime):
        day = raw.date()
    elif isinstance(raw, dt.date):
        day = raw
    else:
        day = _day(unicodedata.normalize("NFKC", clean_text(raw)))
    if not FIRST <= day <= LAST:
        raise BadCell(f"年份不可能：应在 {FIRST.year} 到 {LAST.year} 年之间；请核对")
    return day.isoformat()


def _day(text: str) -> dt.date:
    for form in _FORMS:
        if found := form.fullmatch(text):
            year, month, day = (int(found[k]) for k in (1, 3, 4))
            try:
                return dt.date(year, month, day)
            except ValueError:
                raise BadCell("日历上没有这一天；请核对") from None
    if _SERIAL.fullmatch(text):
        return _EPOCH + dt.timedelta(days=int(float(text)))
    raise BadCell(f"不是日期；{_HOW}")
