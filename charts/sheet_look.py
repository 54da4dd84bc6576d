"""How figures on a slide look: type that is legible from the last row, tones, a light or a dark ground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from charts import theme
from charts.numbers import MINUS, NOTHING

if TYPE_CHECKING:
    from reports.contents import Chart

SIZE = 24  # pixels of every text that is read
SMALL = 20  # of an axis, whose figures are only looked up
EM = SIZE / 2  # a column of text
_NAMED = {"good": (theme.UP, "✓"), "bad": (theme.DOWN, "！"), "house": (theme.RED, ""), "quiet": (theme.FAINT, "")}


@dataclass(frozen=True)
class Ground:
    """What a figure stands on: how a house colour reads there, its paper, inks and lines."""

    on: Callable[[str], str]
    paper: str
    ink: str
    muted: str
    grid: str
    axis: str


LIGHT, DARK = (Ground(on, *map(on, (theme.PAPER, theme.INK, theme.MUTED, theme.GRID, theme.AXIS))) for on in (str, theme.on_dark))


@dataclass(frozen=True)
class Look:
    """What a figure is drawn with: tier labels, best first, its ground, and `code`: title → what a click on it opens, "" for nothing."""

    labels: Sequence[str]
    ground: Ground = LIGHT
    code: Callable[[object], str] = lambda title: ""

    def tone(self, name: str) -> tuple[str, str, str]:
        """Colour, sign and marker of a tone; the house's blue for one that nobody knows."""
        if (tier := self.tier(name)) is not None:
            style = theme.tier_style(self.labels, tier)
            return self.ground.on(style.colour), style.symbol, style.marker
        colour, sign = _NAMED.get(name, (theme.BLUE, ""))
        return self.ground.on(colour), sign, "circle"

    def tier(self, name: str) -> str | None:
        """The label of the tier that a tone is of; None where it is of none."""
        place = name.removeprefix("tier")
        return self.labels[int(place)] if place != name and place.isdecimal() and int(place) < len(self.labels) else None

    def tones(self, chart: Chart, count: int) -> list[tuple[str, str, str]]:
        """The tone of each of so many rows or parts."""
        return [self.tone(chart.tones[k] if k < len(chart.tones) else "") for k in range(count)]

    def words(self, colour: str) -> str:
        """The colour of words about a mark: the ink, where the mark's own is too light to read."""
        return self.ground.ink if colour in (theme.GOLD, theme.FAINT, self.ground.on(theme.FAINT)) else colour

    def clickable(self, titles: Sequence[object]) -> list[list[str]]:
        """customdata of marks with these titles: the code that a click opens, "" where none does."""
        return [[self.code(title)] for title in titles]


def figures(chart: Chart, values: Sequence[float], plus: bool) -> list[str]:
    """Numbers as they are written, with a sign each where some are below zero; a dash for none."""
    texts = [NOTHING if not np.isfinite(v) else f"{v:{'+' if plus and round(v, chart.decimals) else ''}.{chart.decimals}f}" for v in values]
    return [text.replace("-", MINUS) for text in texts]


def key() -> dict:
    """Layout of a key above a figure."""
    return dict(showlegend=True, legend=dict(orientation="h", x=0, y=1.02, yanchor="bottom", traceorder="normal", font_size=SIZE, itemclick=False))
