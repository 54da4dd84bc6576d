"""Periods as offices write them, to the canonical `2024`, `2024H1`, `2024Q4`, `2024M03`."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from .cells import BadCell, clean_text

_YEAR = r"(?P<year>(?:19|20)\d{2})"
_SEP = r"年?度?[-_/.·]?"
_ORDINALS = {c: str(n) for n, c in enumerate("一二三四五六七八九", 1)} | {"十": "10", "十一": "11", "十二": "12"}
_QUARTER = "[1-4一二三四]"
_MONTH = "1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_FORMS = {  # from the most to the least specific; `find_period` relies on the order
    "Q": [rf"{_YEAR}{_SEP}第?(?P<n>{_QUARTER})季度?", rf"{_YEAR}{_SEP}Q(?P<n>[1-4])", rf"Q(?P<n>[1-4])[-_/.]?{_YEAR}年?"],
    "H": [rf"{_YEAR}{_SEP}(?P<n>[上下])半年?", rf"{_YEAR}{_SEP}H(?P<n>[12])"],
    "M": [rf"{_YEAR}年度?(?P<n>{_MONTH})月份?", rf"{_YEAR}{_SEP}M(?P<n>1[0-2]|0?[1-9])", rf"{_YEAR}[-/.](?P<n>1[0-2]|0[1-9])"],
    "": [rf"{_YEAR}年?度?"],
}
_WHOLE = {kind: [re.compile(form) for form in forms] for kind, forms in _FORMS.items()}
_WITHIN = {kind: [re.compile(rf"(?<!\d){form}(?!\d)") for form in forms] for kind, forms in _FORMS.items()}
_DATE = re.compile(r"(?:19|20)\d{2}[年\-/.]?\d{1,2}[月\-/.]?\d{1,2}日?")
_CHINESE_YEAR = re.compile(r"[二一][〇○零一二三四五六七八九]{3}(?=年)")


def clean_period(raw: object) -> str:
    """The canonical period of a cell: `2024年四季度`, `2024-Q4`, `2024年上半年`, `2024年3月`, 2024 …

    A date on the first of a month is what Excel makes of `2024年3月`, so it is taken as that month. Raises BadCell otherwise.
    """
    if isinstance(raw, dt.date) and raw.day == 1:
        return f"{raw.year}M{raw.month:02d}"
    text = _compact(clean_text(raw))
    for kind, forms in _WHOLE.items():
        for form in forms:
            if found := form.fullmatch(text):
                return _canonical(kind, found)
    raise BadCell("不是考核期；请写成 2024Q4、2024年四季度、2024年上半年、2024年3月 或 2024")


def find_period(text: str) -> str:
    """The period named somewhere in a title, sheet name or file name; "" when there is none.

    Only the finest kind counts, so that 2024年度四季度 is a quarter; dates are passed over. Raises BadCell when two differ.
    """
    text = _DATE.sub(" ", _compact(text))
    for kind, forms in _WITHIN.items():
        found = {_canonical(kind, match) for form in forms for match in form.finditer(text)}
        if len(found) > 1:
            raise BadCell(f"含有几个考核期（{'、'.join(sorted(found))}）；请只留一个，或加一列“考核期”")
        if found:
            return found.pop()
    return ""


def _compact(text: str) -> str:
    text = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return _CHINESE_YEAR.sub(lambda m: m[0].translate(str.maketrans("〇○零一二三四五六七八九", "000123456789")), text)


def _canonical(kind: str, found: re.Match) -> str:
    if not kind:
        return found["year"]
    n = {"上": "1", "下": "2"}.get(found["n"]) or _ORDINALS.get(found["n"], found["n"])
    return f"{found['year']}{kind}{int(n):02d}" if kind == "M" else f"{found['year']}{kind}{n}"
