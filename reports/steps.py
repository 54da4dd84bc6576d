"""What a waterfall is stacked of, for programs that draw none: an invisible base and the visible part of each bar."""

from __future__ import annotations

import pandas as pd

from reports.contents import Chart

MINUS = "−"  # U+2212: as wide as a digit, unlike the hyphen


def waterfall_steps(chart: Chart) -> pd.DataFrame:
    """A row for each bar: label, text, tone, from, to, and what is stacked: base, above, below.

    The ends are house; a step is what `tones` say where they name one a row, else good upwards and bad downwards.

    `above` and `below` lie on either side of zero; one of them is 0 unless the bar crosses it. `base` has the sign of the side on
    which the bar lies. A step that is not known (NaN) has an empty bar and no text.
    """
    rows, level = [], chart.base
    if chart.start is not None:
        rows.append((chart.start, _unsigned(level, chart.decimals), "house", 0.0, level))
    else:
        level = 0.0
    named = chart.tones if len(chart.tones) == len(chart.frame) else [None] * len(chart.frame)
    for (label, points), tone in zip(chart.frame["points"].items(), named, strict=True):
        known = 0.0 if pd.isna(points) else float(points)
        text = "" if pd.isna(points) else signed(known, chart.decimals)
        rows.append((str(label), text, ("good" if known >= 0 else "bad") if tone is None else tone, level, level + known))
        level += known
    if chart.end:
        rows.append((chart.end, _unsigned(level, chart.decimals), "house", 0.0, level))
    steps = pd.DataFrame(rows, columns=["label", "text", "tone", "from", "to"]).astype({"from": float, "to": float})
    low, high = steps[["from", "to"]].min(axis=1), steps[["from", "to"]].max(axis=1)
    above, below = ((high.clip(**side) - low.clip(**side)) for side in ({"lower": 0}, {"upper": 0}))
    return steps.assign(base=low.clip(lower=0) + high.clip(upper=0), above=above, below=-below)


def signed(number: float, decimals: int) -> str:
    """A change with its sign; no sign for one that shows as zero."""
    text = f"{number:+.{decimals}f}"
    return text[1:] if not float(text) else text.replace("-", MINUS)


def _unsigned(number: float, decimals: int) -> str:
    return f"{number + 0.0:.{decimals}f}".replace("-", MINUS)
