"""Numbers as people read them: one decimal, signs, and tenths that add up to the figure shown beside them."""

import math
from collections.abc import Sequence
from decimal import Decimal

MINUS = "−"  # U+2212: as wide as a digit, unlike the hyphen
NOTHING = "—"


def one_decimal(number: float | None) -> str:
    """Text with one decimal; a dash where there is no number."""
    if number is None or not math.isfinite(number):
        return NOTHING
    text = f"{number:.1f}"
    return "0.0" if text == "-0.0" else text.replace("-", MINUS)


def signed(number: float | None) -> str:
    """Text of a change with its sign and one decimal; no sign for a change that shows as zero."""
    text = one_decimal(number)
    return text if text in (NOTHING, "0.0") or text.startswith(MINUS) else "+" + text


def whole(number: float | None) -> str:
    """Text of a count or a rank; a dash where there is none."""
    return NOTHING if number is None or not math.isfinite(number) else f"{number:.0f}"


def signed_count(number: int) -> str:
    """Text of a change of a count with its sign; 0 without one."""
    return f"{number:+d}".replace("-", MINUS) if number else "0"


def tenths(parts: Sequence[float], total: float) -> list[float]:
    """Parts rounded to tenths so that they sum to the total as it is shown with one decimal.

    Largest-remainder rounding (Hamilton's method): every part is floored to a tenth and the tenths still missing go to
    the parts that lost most. No part moves by a whole tenth.

    Raises:
        ValueError: the parts do not sum to the total.
    """
    values = [float(part) * 10 for part in parts]
    if not math.isclose(math.fsum(values), total * 10, rel_tol=1e-9, abs_tol=1e-6):
        raise ValueError(f"parts sum to {math.fsum(values) / 10!r}, not to the total {total!r}; pass all of them")
    floors = [math.floor(value) for value in values]
    missing = int(Decimal(f"{total:.1f}") * 10) - sum(floors)
    by_loss = sorted(range(len(values)), key=lambda i: floors[i] - values[i])
    for i in by_loss[:missing]:
        floors[i] += 1
    return [tenth / 10 for tenth in floors]
