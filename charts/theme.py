"""The house look of every figure: colours, tier signs, fonts, layout."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import plotly.graph_objects as go
from plotly.colors import hex_to_rgb, sample_colorscale

from charts.labels import plain
from scoring.values import STATE_TITLES, STATES

RED = "#B3261E"  # the house, and the one unit that is looked at
GOLD = "#D4A02F"
BLUE = "#34658F"
INK = "#23272E"
MUTED = "#6B7280"
FAINT = "#A7ADB8"
GRID = "#ECEAE5"
PAPER = "#FFFFFF"
CLEAR = "rgba(0,0,0,0)"
HALO = "rgba(255,255,255,0.8)"  # behind a name that lies over points
GROUND = "#F3F1EC"  # of a block of tiles
AXIS = "#D6D3CC"  # a zero line
BAND = "#E3E6EB"
UP, DOWN, LEVEL = "#1E7B74", "#B5622B", "#8A9099"

# Blue for a quantity; teal against brown for a change (ColorBrewer's BrBG idea: safe for every colour vision).
SEQUENTIAL = ("#F1F5F9", "#D5E0EA", "#AFC6DA", "#83A6C4", "#5884AB", "#34658F", "#1D4469")
DIVERGING = ("#8A4A1C", "#BF8253", "#E3C9B1", "#F6F4F0", "#BBD9D5", "#63A69F", "#14645D")
# Up to six things beside each other: far apart in lightness too, and never without a letter, a dash or a sign of their own.
SERIES = (RED, BLUE, GOLD, INK, UP, "#9A6FB0")

FONT = "'Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"


@dataclass(frozen=True)
class Ground:
    """What a figure stands on: its paper, inks and lines, and the house colours that would not read on it."""

    paper: str = PAPER
    ink: str = INK
    muted: str = MUTED
    grid: str = GRID
    axis: str = AXIS
    instead: Mapping[str, str] = field(default_factory=dict)

    def on(self, colour: str) -> str:
        """A house colour, or the one that stands for it here."""
        return self.instead.get(colour, colour)


LIGHT = Ground()
DARK = Ground(
    "#14171C", "#F1EFEA", "#B4B9C2", "#2B3038", "#565D69",
    {RED: "#F0837A", BLUE: "#7FA8CF", UP: "#55B9AE", DOWN: "#DE9660", INK: "#F1EFEA", MUTED: "#B4B9C2", FAINT: "#8A9099",
     SEQUENTIAL[6]: "#A9C8E6"},
)  # fmt: skip

NO_SCORE_MARK = "▨"  # in the place of a score that does not exist
STATE_MARKS = dict(zip(STATES, ("", "▨", "—", "◇"), strict=True))
STATE_NAMES = {state: f"{mark} {STATE_TITLES[state]}".strip() for state, mark in STATE_MARKS.items()}


@dataclass(frozen=True)
class TierStyle:
    """How one tier looks: its label, colour, the ink readable on it, the sign in text and the marker in a plot."""

    label: str
    colour: str
    ink: str
    symbol: str
    marker: str

    @property
    def title(self) -> str:
        """Sign and label, for text outside figures."""
        return f"{self.symbol} {self.label}"

    @property
    def key(self) -> str:
        """Coloured sign and label, for a figure's key."""
        return f'<span style="color:{self.colour}">{self.symbol}</span> {plain(self.label)}'


NO_TIER = TierStyle("无得分", PAPER, MUTED, "○", "circle-open")
_MIDDLE = (("●", "circle"), ("■", "square"), ("◆", "diamond"), ("▲", "triangle-up"))


def tier_styles(labels: Sequence[str]) -> dict[str, TierStyle]:
    """Style of each tier by its position, best first: gold star, blue marks between, grey triangle at the end."""
    last = len(labels) - 1
    styles = {}
    for i, label in enumerate(labels):
        if i == 0:
            colour, sign = GOLD, ("★", "star")
        elif i == last:
            colour, sign = FAINT, ("▼", "triangle-down")
        else:
            step = (i - 1) / max(last - 2, 1)
            colour = BLUE if last == 2 else colour_at((SEQUENTIAL[6], SEQUENTIAL[3]), step)
            sign = _MIDDLE[(i - 1) % len(_MIDDLE)]
        styles[label] = TierStyle(label, colour, ink_on(colour), *sign)
    return styles


def tier_style(labels: Sequence[str], tier: str) -> TierStyle:
    """Style of one tier; units without a tier, or with one that the policy does not know, share a neutral style."""
    return tier_styles(labels).get(tier, NO_TIER)


def tier_title(labels: Sequence[str], tier: str) -> str:
    """Sign and label of a tier, such as ★ 领跑型."""
    return tier_style(labels, tier).title


def tier_key(labels: Sequence[str], tiers: Iterable[str]) -> str:
    """One line that explains the tier signs, with the number of units in each."""
    tiers = list(tiers)
    known = tier_styles(labels)
    keys = [f"{style.key} {tiers.count(label)}" for label, style in known.items()]
    without = sum(tier not in known for tier in tiers)
    return "　".join([*keys, f"{NO_TIER.symbol} {NO_TIER.label} {without}"] if without else keys)


@lru_cache(maxsize=1024)
def ink_on(colour: str) -> str:
    """White or dark ink, whichever reads better on a colour (WCAG relative luminance)."""
    channels = [c / 255 for c in hex_to_rgb(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return PAPER if luminance < 0.22 else INK


def colour_at(scale: Sequence[str], share: float) -> str:
    """Hex colour at a share 0–1 of a scale."""
    text = sample_colorscale(list(scale), [min(max(share, 0.0), 1.0)])[0]
    return "#" + "".join(f"{round(float(c)):02X}" for c in text[4:-1].split(","))


def faded(colour: str, alpha: float) -> str:
    """A colour with transparency."""
    return "rgba({},{},{},{})".format(*hex_to_rgb(colour), alpha)


def scale_of(colours: Sequence[str]) -> list[list]:
    """A plotly colour scale with the colours evenly spread."""
    return [[i / (len(colours) - 1), colour] for i, colour in enumerate(colours)]


def span_of(values: Iterable[float], usual: tuple[float, float] = (0, 100)) -> tuple[float, float]:
    """Axis range: the usual one where every value lies in it, else the values' own with a margin (z-scores)."""
    found = [v for v in values if v is not None and math.isfinite(v)]
    if not found or (usual[0] <= min(found) and max(found) <= usual[1]):
        return usual
    margin = 0.08 * (max(found) - min(found) or 1.0)
    return min(found) - margin, max(found) + margin


_AXIS = dict(gridcolor=GRID, zeroline=False, linecolor=GRID, automargin=True, fixedrange=True, ticks="", title_standoff=6, tickangle=0)
_TEMPLATE = go.layout.Template(
    layout=dict(
        font=dict(family=FONT, size=13, color=INK),
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        margin=dict(l=8, r=12, t=8, b=8),
        xaxis=_AXIS,
        yaxis=_AXIS,
        hoverlabel=dict(bgcolor=PAPER, bordercolor="#C9C6BF", font=dict(family=FONT, size=13, color=INK), align="left"),
        hovermode="closest",
        dragmode=False,
        showlegend=False,
        separators=".",
        colorway=(BLUE, GOLD, UP, DOWN, MUTED, FAINT, RED, "#7FA0BF", "#8C6D1F", "#6E5A87"),
    )
)


def layout(fig: go.Figure, height: int, **changes) -> go.Figure:
    """The figure in the house look, at a height in pixels; further layout properties by keyword.

    In one assignment: update_layout walks through the template and the changes, which takes twice as long as all else in a figure.
    """
    fig.layout = fig.layout.to_plotly_json() | {"template": _TEMPLATE, "height": height} | changes
    return fig


def period_ticks(periods: Sequence[str]) -> list[str]:
    """Short ticks of periods in order: the quarter, half or month, with the year (24年) under the first of each year."""
    ticks, year = [], ""
    for period in periods:
        short = period[4:].lstrip("M0") + "月" if period[4:5] == "M" else period[4:]
        under = f"<br>{period[2:4]}年" if period[:4] != year else ""
        ticks.append(plain(short, 12) + under if short and period[:4].isdigit() else plain(period, 12))
        year = period[:4]
    return ticks


def period_axis(fig: go.Figure, periods: Sequence[str]) -> go.Figure:
    """Periods as the figure's horizontal axis. Annotations must give a period's place in it: plotly takes "2022" for a number."""
    return fig.update_xaxes(type="category", categoryarray=list(periods), tickvals=list(periods), ticktext=period_ticks(periods),
                            range=[-0.5, len(periods) - 0.5], showgrid=False, tickfont=dict(size=11, color=MUTED))


def turning(fig: go.Figure, angle: int = -60) -> go.Figure:
    """The same figure, whose names along the horizontal axis turn by an angle where they would touch, as on a phone."""
    fig.layout.template.layout.xaxis.tickangle = None  # the house's 0 would forbid it; a figure has a template of its own
    return fig.update_xaxes(autotickangles=[0, angle])


def key_line(text: str, anchor: str = "bottom") -> dict:
    """An annotation at the top left of a figure that explains its signs."""
    return dict(text=text, x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor=anchor, showarrow=False,
                align="left", font=dict(size=12, color=MUTED))


def rule(x: float | str | None = None, y: float | str | None = None, **line) -> dict:
    """A straight line across a figure, at an x or at a y, under the points; line: plotly's line properties."""
    ends = dict(x0=x, x1=x, y0=0, y1=1, yref="paper") if y is None else dict(x0=0, x1=1, y0=y, y1=y, xref="paper")
    return dict(type="line", layer="below", line=dict(width=1, color=LEVEL, dash="dot") | line, **ends)


def watermark(fig: go.Figure, sentence: str) -> go.Figure:
    """The same figure with a sentence across it, for what must not be taken for a release: dark with a light edge, to be read on any colour."""
    note = dict(text=plain(sentence), x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, textangle=-18)
    edge, ink = (note | dict(font=dict(size=34, color=faded(c, a))) for c, a in ((PAPER, 0.3), (INK, 0.15)))
    fig.layout.annotations = [*fig.layout.annotations, edge | dict(xshift=1.5, yshift=-1.5), ink]
    return fig


def empty(sentence: str, height: int = 200) -> go.Figure:
    """A figure without data that says why, in one sentence."""
    note = dict(text=plain(sentence), x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font=dict(color=MUTED, size=14))
    return layout(go.Figure(), height, annotations=[note], xaxis_visible=False, yaxis_visible=False)
