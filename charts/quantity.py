"""Raw values as people read them: as many decimals as the indicator's own size calls for, the same for every unit."""

import math
from collections.abc import Iterable

from charts.numbers import MINUS, NOTHING

_MOST = 6  # decimals; below a millionth nobody reads a column of zeros


def decimals(values: Iterable[float]) -> int:
    """Decimals for a column of raw values: none for counts and thousands, one as everywhere, more only for small fractions."""
    found = [abs(v) for v in values if v is not None and math.isfinite(v)]
    if all(v == int(v) for v in found):
        return 0
    usual = sorted(found)[3 * len(found) // 4] or max(found)
    return 0 if usual >= 1000 else min(max(1, 1 - math.floor(math.log10(usual))), _MOST)


def quantity(number: float | None, places: int) -> str:
    """Text of a raw value with thousands separated; a dash where there is no number."""
    if number is None or not math.isfinite(number):
        return NOTHING
    text = f"{number:,.{places}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.replace("-", MINUS)


def change(number: float | None, places: int) -> str:
    """Text of a difference of raw values with its sign; no sign for one that shows as zero."""
    text = quantity(number, places)
    return text if text == NOTHING or text.startswith(MINUS) or not text.strip("0.") else "+" + text
