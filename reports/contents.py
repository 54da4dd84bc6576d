"""What documents and slides are made of: plain data, laid out alike on a screen, in PowerPoint and in Word.

A page of contents says one thing: its title, the sentence that it wants to be remembered by, and blocks in reading order. Whoever
fills it has done all counting; whoever draws it chooses no words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

CHARTS = ("radar", "bars", "columns", "lines", "scatter", "waterfall", "shares")


class Number(NamedTuple):
    """A big figure: its label, the figure as text, a quiet note, and `mood`: "good", "bad" or "" (neither)."""

    label: str
    value: str
    note: str = ""
    mood: str = ""


@dataclass(frozen=True)
class Numbers:
    """Big figures in a row."""

    items: tuple[Number, ...]


@dataclass(frozen=True)
class Words:
    """Sentences; `bullets`: a point each, else paragraphs."""

    lines: tuple[str, ...]
    bullets: bool = True


@dataclass(frozen=True)
class Grid:
    """A table. `frame`: columns in reading order under Chinese headers, numbers or texts, NaN or "" for nothing.

    `decimals`: of its numbers, by column, 1 where it says nothing. `weights`: relative widths, by column. `strong`: rows (positions)
    to be set in bold. `more`: how many rows were left out.
    """

    frame: pd.DataFrame
    decimals: dict[str, int] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    strong: tuple[int, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Chart:
    """A figure that stays editable. `kind` of CHARTS; `frame` as the kind asks:

    - radar, lines: index the axis's labels or the periods, one column a series; the first is the one that is spoken of;
    - bars (lying), columns (standing): index the labels, one column of numbers, and `tones`, a tone a row;
    - waterfall: index the labels, column `points`; `start` and `end`: titles of the first and last bar (start None: from zero);
      `base`: the figure of the start;
    - shares: index the bars, one column a part, in counts;
    - scatter: columns x, y, tone and label ("" for a mark without a name); `axes`: titles of x and y.

    `tones`: "tier0", "tier1" … (best first), "good", "bad", "house" or "quiet". `span`: ends of the value axis. `alt`: what it shows,
    for who cannot see it.
    """

    kind: str
    frame: pd.DataFrame
    alt: str
    tones: tuple[str, ...] = ()
    span: tuple[float, float] | None = None
    axes: tuple[str, str] = ("", "")
    start: str | None = None
    end: str = ""
    base: float = 0.0
    decimals: int = 1

    def __post_init__(self):
        if self.kind not in CHARTS:
            raise ValueError(f"a chart is one of {', '.join(CHARTS)}, not {self.kind!r}")


Block = Numbers | Words | Grid | Chart


@dataclass(frozen=True)
class Sheet:
    """One slide, or one section of a document. `columns`: relative widths over which `blocks` are spread, a tuple of blocks each.

    `lead`: the sentence to be remembered. `notes`: for who presents it. `opens`: unit code → title of the places that a click opens,
    where it is shown live. `code`: what tells it from the other sheets of a meeting.
    """

    code: str
    title: str
    lead: str
    blocks: tuple[tuple[Block, ...], ...]
    columns: tuple[float, ...] = (1.0,)
    notes: str = ""
    opens: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Imprint:
    """What every page says of itself: the index's name, period, release number, its date (ISO), the source, and marks.

    `marks`: such as 演示数据, 试算; `tiers`: labels, best first, as the tones tier0, tier1 … go.
    """

    index: str
    period: str
    release: int
    date: str
    source: str
    marks: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """One line for the foot of a page."""
        return "　".join([*self.marks, self.period, f"第 {self.release} 号发布（{self.date[:10]}）", self.source])


@dataclass(frozen=True)
class Document:
    """A whole document or deck: its title, subtitle, imprint and sheets."""

    title: str
    subtitle: str
    imprint: Imprint
    sheets: tuple[Sheet, ...]
