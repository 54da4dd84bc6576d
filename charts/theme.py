"""The house look of every figure: colours, tier signs, fonts, layout."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
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


# On dark paper: the same hue, light where it was dark. A scale's low end is the paper's own lightness, its high end stands out.
_SCALES = (
    (SEQUENTIAL, ("#1C2530", "#22384E", "#2B4E70", "#3F6F9D", "#5689BB", "#74A5D3", "#B5D3EE")),
    (DIVERGING, ("#F2B27C", "#B97A45", "#5F4530", "#23272D", "#284A49", "#3F8F87", "#7FDCD0")),
)
KEPT = {PAPER: "#FFFFFE", INK: "#23272F"}  # inks on a colour on which they stay as they are when the figure turns dark
PARTNERS = {
    RED: "#F0837A", GOLD: "#E2B650", BLUE: "#74A5D3", INK: "#ECEAE5", MUTED: "#B4B9C2", FAINT: "#9299A5", GRID: "#2B3038",
    PAPER: "#14171C", GROUND: "#1E2228", AXIS: "#565D69", BAND: "#303742", UP: "#55B9AE", DOWN: "#DE9660", LEVEL: "#A3A9B2",
    SERIES[5]: "#BE93D4", KEPT[PAPER]: "#ECEAE4", KEPT[INK]: "#14171D",
} | {light: dark for scale in _SCALES for light, dark in zip(*scale, strict=True)}  # fmt: skip

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
    """White or dark ink, whichever reads better on a colour; one of KEPT where the colour's dark partner wants the same again."""
    light, dark = (PAPER if _luminance(colour) < 0.22 else INK), (PAPER if _luminance(on_dark(colour)) < 0.18 else INK)
    return KEPT[light] if light == dark else light


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in hex_to_rgb(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=4096)
def on_dark(colour: str) -> str:
    """The partner of a colour, as #RRGGBB, on dark paper; a colour from within a scale has the partner of its place in it."""
    return PARTNERS.get(colour) or min(_between(hex_to_rgb(colour)))[1]


def _between(colour: tuple[int, int, int]) -> Iterator[tuple[float, str]]:
    """Distance of a colour to each step of the scales, and what lies at the same place on dark paper."""
    for light, dark in _SCALES:
        for (a, b), pair in zip(pairwise(light), pairwise(dark), strict=True):
            start, way = np.array(hex_to_rgb(a)), np.subtract(hex_to_rgb(b), hex_to_rgb(a))
            share = float(np.clip((colour - start) @ way / (way @ way), 0, 1))
            yield float(np.linalg.norm(start + share * way - colour)), colour_at(pair, share)


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
        hoverlabel=dict(bgcolor=PAPER, bordercolor=AXIS, font=dict(family=FONT, size=13, color=INK), align="left"),
        hovermode="closest",
        dragmode=False,
        showlegend=False,
        separators=".",
        colorway=(BLUE, GOLD, UP, DOWN, MUTED, FAINT, RED, SERIES[5], SEQUENTIAL[3], DIVERGING[0]),
    )
)


def layout(fig: go.Figure, height: int, **changes) -> go.Figure:
    """The figure in the house look, at a height in pixels; further layout properties by keyword.

    In one assignment: update_layout walks through the template and the changes, which takes twice as long as all else in a figure.
    """
    fig.layout = fig.layout.to_plotly_json() | {"template": _TEMPLATE, "height": height} | changes
    return fig


def period_ticks(periods: Sequence[str]) -> list[str]:
    """Short ticks of periods in order: the quarter, half or month, with the year (24年) under the first of each year.

    Not under the first tick where the next one has a year too: on a phone the two would run into each other.
    """
    ticks, year = [], ""
    alone = len(periods) > 2 and periods[0][:4] != periods[1][:4]
    for place, period in enumerate(periods):
        short = period[4:].lstrip("M0") + "月" if period[4:5] == "M" else period[4:]
        under = f"<br>{period[2:4]}年" if period[:4] != year and not (alone and place == 0) else ""
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


def stamped(fig: go.Figure, sentence: str) -> go.Figure:
    """The same figure with a red stamp at its top right, where no name lies under it: for what must not be taken for a release."""
    above = (fig.layout.margin.t or 0) >= 20  # room over the plot; else on its first line, beside the key
    stamp = dict(text=plain(sentence), x=1, y=1, xref="paper", yref="paper", xanchor="right", yanchor="bottom" if above else "top",
                 showarrow=False, font=dict(size=12, color=RED, weight="bold"), bgcolor=PAPER, bordercolor=RED, borderpad=2)
    fig.layout.annotations = [*fig.layout.annotations, stamp]
    return fig


def empty(sentence: str, height: int = 200) -> go.Figure:
    """A figure without data that says why, in one sentence."""
    note = dict(text=plain(sentence), x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False, font=dict(color=MUTED, size=14))
    return layout(go.Figure(), height, annotations=[note], xaxis_visible=False, yaxis_visible=False)
