"""One cell at a time: numbers, states, periods and names as Chinese offices write them.

Every function here takes what a reader hands over (text, number, boolean, date, `Percent`, `Formula`) and gives the clean value
or raises `BadCell` with a Chinese reason. Nothing is guessed: what could mean two things is refused.
"""

from __future__ import annotations

import datetime as dt
import difflib
import heapq
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from scoring.names import text_key

FORMULA_ERRORS = {
    "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!",
    "#BLOCKED!", "#UNKNOWN!", "#CONNECT!",
}  # fmt: skip
STATE_WORDS = {
    "不适用": "not_applicable", "N/A": "not_applicable", "NOT_APPLICABLE": "not_applicable",
    "待报": "pending", "待上报": "pending", "待填报": "pending", "PENDING": "pending",
    "缺报": "missing", "缺失": "missing", "MISSING": "missing",
}  # fmt: skip
_STROKES = re.compile(r"[-—–―──‐‑−]+|/+")
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?\.\d+(?:[eE][+-]?\d+)?", re.ASCII)
_WITH_SUFFIX = re.compile(rf"({_NUMBER.pattern})\s*(\D.*)", re.ASCII)
_STRAY_COMMA = re.compile(r"[+-]?\d+(?:,\d+)+(?:\.\d+)?")


class BadCell(ValueError):
    """A cell that cannot be taken; the message is the reason, in Chinese, with the remedy."""


@dataclass(frozen=True)
class CellError:
    """Where a refused cell stands (`cell` like `C7`), what it holds, why it is refused, and the nearest known name or ""."""

    file: str
    sheet: str
    cell: str
    value: str
    why: str
    nearest: str = ""


class Percent(float):
    """A number that the workbook shows with a percent format: 0.95, seen as 95%."""


@dataclass(frozen=True)
class Formula:
    """A formula whose result is not stored in the file."""

    text: str


def is_blank(raw: object) -> bool:
    """Whether a cell holds nothing but blanks."""
    return raw is None or (isinstance(raw, str) and not quoted(raw))


def clean_text(raw: object) -> str:
    """The cell as text on one line: outer and doubled blanks, no-break and zero-width blanks removed (joiners stay:
    emoji are made with them); 101.0 is `101`.

    Raises BadCell for a formula error or a formula without a stored result.
    """
    _refuse_formula(raw)
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, dt.datetime) and raw.time() == dt.time():
        return raw.date().isoformat()
    text = str(raw)
    if text.isalnum():
        return text
    return " ".join(re.sub("[\u200b\u200e\u200f\u2060\ufeff]", "", text).split())


def show(raw: object) -> str:
    """The cell as it is quoted in an error: one line, at most 60 characters."""
    text = raw.text if isinstance(raw, Formula) else str(raw) if isinstance(raw, str) else clean_text(raw)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def quoted(raw: object) -> str:
    """The cell as text whatever it holds, formula errors included; "" for a formula without a result."""
    try:
        return clean_text(raw)
    except BadCell:
        return raw if isinstance(raw, str) else ""


def clean_number(raw: object, unit: str = "", most: float = 100.0) -> float:
    """The number in a cell, to the last bit, in the indicator's `unit`; `most` is the largest possible percentage.

    Takes full-width digits, thousands commas, `95%`, a suffix that equals the unit, percent-formatted cells.
    Raises BadCell: no number, not finite, another unit's suffix, a percentage below 0 or above `most`.
    """
    _refuse_formula(raw)
    if isinstance(raw, bool | dt.date | dt.time | dt.timedelta):
        kind = "逻辑值" if isinstance(raw, bool) else "日期或时间"
        raise BadCell(f"是{kind}，不是数；请把单元格格式改为“数值”后重填")
    if isinstance(raw, str):
        value = _parse_number(raw, unit)
    elif isinstance(raw, Percent):
        value = _scaled_percent(raw, unit)
    else:
        value = _to_float(raw)
    if not math.isfinite(value):
        raise BadCell("不是有限的数；请填一个普通数字")
    if unit == "%" and not 0 <= value <= most:
        raise BadCell(f"作为百分数不可能：应在 0 到 {most:g} 之间；请核对")
    return value + 0.0  # no negative zero


def _refuse_formula(raw: object) -> None:
    if isinstance(raw, Formula):
        raise BadCell("是公式，文件里没有存它的结果；请用 WPS 或 Excel 打开并保存一次，或改填数值")
    if isinstance(raw, str) and raw.startswith("#") and raw.strip().upper() in FORMULA_ERRORS:
        raise BadCell("是公式错误；请改正公式，或改填数值")


def _to_float(raw: object) -> float:
    try:
        return float(raw)
    except (TypeError, ValueError):
        raise BadCell("不是数；请填数字") from None
    except OverflowError:
        return math.inf


def _scaled_percent(raw: Percent, unit: str) -> float:
    """Percent cells are scaled in decimal, so that 0.29 shown as 29% is 29.0 and not 28.999999999999996."""
    if not math.isfinite(raw):
        return float(raw)
    scaled = float(Decimal(repr(float(raw))) * 100)
    if unit != "%":
        raise BadCell(f"显示为 {scaled:g}%，而计量单位{_unit_words(unit)}，不是 %；请改填数值")
    return scaled


def _unit_words(unit: str) -> str:
    return f"是“{unit}”" if unit else "为空"


def _parse_number(raw: str, unit: str) -> float:
    if any(unicodedata.category(c) == "No" for c in raw):
        raise BadCell("含上标或带圈数字，读法不明；请改填普通数字")
    text = unicodedata.normalize("NFKC", clean_text(raw)).replace("−", "-").strip()
    suffix = unicodedata.normalize("NFKC", unit)
    bare = text[: -len(suffix)].rstrip() if suffix and text.endswith(suffix) else text
    if _NUMBER.fullmatch(bare):
        return float(bare.replace(",", ""))
    if _STRAY_COMMA.fullmatch(bare):
        raise BadCell("中的逗号读法不明；小数点请用“.”，千分位每三位一个逗号")
    if text.upper() == "NA":
        raise BadCell("读法不明；不适用请写“不适用”，没有数据请留空")
    found = _WITH_SUFFIX.fullmatch(text)
    if found and found[2] == "%":
        raise BadCell(f"是百分数，而计量单位{_unit_words(unit)}，不是 %；请改填数值")
    if found:
        raise BadCell(f"带有“{found[2]}”，而计量单位{_unit_words(unit)}；请只填数字")
    raise BadCell("不是数；请填数字，或填 不适用、待报、缺报")


def clean_state(raw: object) -> str | None:
    """The state that a word or a stroke stands for (`not_applicable`, `pending`, `missing`), None for anything else."""
    if not isinstance(raw, str):
        return None
    text = unicodedata.normalize("NFKC", quoted(raw)).upper()
    return STATE_WORDS.get(text) or ("not_applicable" if _STROKES.fullmatch(text) else None)


@lru_cache(maxsize=100_000)
def _signature(name: str) -> tuple[str, frozenset[str]]:
    key = text_key(name)
    return key, frozenset(key)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like this one, or "" when none does.

    Names are first ranked by shared characters, so that a list of 30,000 costs milliseconds; difflib then compares the best. Of two that are
    equally near the first one counts.
    """
    wanted, letters = _signature(name)

    def alike(candidate: str) -> float:
        return difflib.SequenceMatcher(None, wanted, _signature(candidate)[0]).ratio()

    def shared(candidate: str) -> float:
        other = _signature(candidate)[1]
        return len(letters & other) / (len(letters | other) or 1)

    best = max(heapq.nlargest(20, known, key=shared), key=alike, default="")
    return best if best and alike(best) >= 0.5 else ""
