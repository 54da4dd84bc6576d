"""Numbers as people read them: one decimal, signs, whole counts."""

import math

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
