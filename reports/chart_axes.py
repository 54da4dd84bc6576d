"""Axes, keys and number formats of native charts, as xlsxwriter asks for them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reports import palette
from reports.contents import Chart

HEADROOM = 0.16  # of the axis, for the figure at a bar's end


@dataclass(frozen=True)
class Look:
    """How charts are set: size of the type in points, labels of the tiers, best first, width and height of a chart in millimetres."""

    size: float
    tiers: tuple[str, ...] = ()
    room: tuple[float, float] = (160.0, 80.0)

    def colour(self, tone: str) -> str:
        """Colour of a tone."""
        return palette.tone(tone, len(self.tiers)).colour

    def tier_sign(self, tone: str) -> str:
        """The sign of a tier's tone, which says the same as its colour; "" of another, which words beside it explain."""
        return "" if palette.tier_place(tone) is None else palette.tone(tone, len(self.tiers)).sign

    def tier_title(self, tone: str) -> str:
        """Sign and label of a tier's tone; "" of another."""
        place = palette.tier_place(tone)
        return f"{self.tier_sign(tone)} {self.tiers[place]}" if place is not None and place < len(self.tiers) else ""

    def font(self, colour: str = palette.INK, **more) -> dict:
        """Type in the house's font, as xlsxwriter asks for it."""
        return {"name": palette.FONT, "size": self.size, "color": colour, **more}


def tier_key(chart: Chart, look: Look) -> str:
    """The tiers' signs and labels in a line, for bars that bear the signs only; "" where there is nothing to explain."""
    places = {palette.tier_place(tone) for tone in chart.tones} - {None} if chart.kind in ("bars", "columns") else set()
    return "　".join(filter(None, (look.tier_title(f"tier{place}") for place in sorted(places))))


def legend(look: Look, shown: bool) -> dict:
    """A key under the plot, or none."""
    return {"position": "bottom", "font": look.font()} if shown else {"none": True}


def category_axis(look: Look, **more) -> dict:
    """An axis of names, at the low end even where bars go below zero; `more`: further options of xlsxwriter."""
    line = {"color": palette.AXIS, "width": 0.75}
    ticks = {"major_tick_mark": "none", "minor_tick_mark": "none", "label_position": "low"}
    return {"num_font": look.font(rotation=0), "line": line, "major_gridlines": {"visible": False}, **ticks, **more}


def hidden_axis(low: float, high: float) -> dict:
    """An axis of values that nobody sees, for bars that bear their figures."""
    return {"visible": False, "major_gridlines": {"visible": False}, "min": low, "max": high}


def value_axis(values: np.ndarray, look: Look, span: tuple[float, float] | None = None) -> dict:
    """An axis with about five round figures; its ends are the span, else round ones about the values (any shape, NaN left out)."""
    found = values[np.isfinite(values)]
    low, high = span or (float(found.min()), float(found.max()))
    step = _round_step(high - low)
    if span is None:
        low, high = step * math.floor(low / step), step * math.ceil(high / step)
        high += step if low == high else 0
    places = max(0, -math.floor(math.log10(step)))
    ticks = {"major_tick_mark": "none", "minor_tick_mark": "none", "line": {"none": True}, "num_font": look.font(palette.MUTED)}
    grid = {"visible": True, "line": {"color": palette.GRID, "width": 0.75}}
    return {"min": low, "max": high, "major_unit": step, "num_format": decimal_format(places), "major_gridlines": grid, **ticks}


def _round_step(extent: float) -> float:
    """1, 2 or 5 times a power of ten, so that four to seven steps make the extent."""
    rough = (extent or 1.0) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return power * min((1, 2, 5, 10), key=lambda k: abs(math.log(k * power / rough)))


def span_of_bars(values: pd.Series) -> tuple[float, float]:
    """Ends that hold zero, all bars and the figures at their ends."""
    low, high = min(0.0, values.min()), max(0.0, values.max())
    room = HEADROOM * (high - low or 1.0)
    return low - room if low < 0 else 0.0, high + room if high > 0 else 0.0


def span_with_figures(values: pd.Series, span: tuple[float, float]) -> tuple[float, float]:
    """A span stretched as far as the figure at the longest bar's end asks for."""
    low, high = span
    return low, max(high, values.max() + HEADROOM * (high - low)) if values.notna().any() else high


def span_of_steps(steps: pd.DataFrame, start: bool) -> tuple[float, float]:
    """Ends for the bars of `waterfall_steps`: from zero, or with a first bar (`start`) about the steps, which would be lost beside it."""
    ends = steps.loc[(steps["tone"] != "house") | (not start), ["from", "to"]]
    ends = (steps if ends.empty else ends)[["from", "to"]].to_numpy()
    low, high = float(ends.min()), float(ends.max())
    room = HEADROOM * (high - low or 1.0)
    return low - (2 * room if start else room if low < 0 else 0), high + room


def decimal_format(places: int) -> str:
    """A number format with the sign as wide as a digit, U+2212."""
    number = "0" + ("." + "0" * places if places else "")
    return f"{number};−{number};{number}"
