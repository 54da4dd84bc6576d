"""Every unit a sign on a scale, none upon another: over all units with goalposts, median and names, and by sector."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import cut, plain, tags, width, wrapped
from charts.quadrant import point_traces
from charts.quantity import quantity

_WIDE = 620  # pixels that a swarm is laid out for; on a narrow screen signs close up
_SIZES = (13.0, 11.0, 9.0, 7.5, 6.0, 4.5, 3.0)  # of a sign in pixels: the largest that fits is taken
_FEW, _LEGIBLE = 300, 7.5  # units that are few enough to be told apart, and their least sign: many of one value overlap instead
EMPTY = 120  # pixels of a figure that has nothing to draw
_ROW = 42  # pixels a sector takes at least
_LANE = 17  # pixels between two rows of names
_LANES = 4
_BELOW = 56  # pixels of an axis and its title
_AROUND = 100  # pixels of the two key lines above and of the axis below


def offsets(at: np.ndarray, size: float) -> np.ndarray:
    """Distance from the middle line at which a sign of this size touches no other: positions and result in pixels.

    Signs are placed from left to right, each as near to the line as those before it leave room ("beeswarm").
    """
    order = np.argsort(at, kind="stable")
    x, y = at[order], np.zeros(len(at))
    for i in range(len(x)):
        near = slice(np.searchsorted(x[:i], x[i] - size, side="right"), i)
        reach = np.sqrt(size**2 - (x[i] - x[near]) ** 2)
        free = np.concatenate([[0.0], y[near] + reach, y[near] - reach])
        fits = (np.abs(free[:, None] - y[near]) >= reach - 1e-9).all(axis=1)
        y[i] = min(free[fits], key=abs)
    result = np.empty(len(at))
    result[order] = y
    return result


def swarm(at: np.ndarray, half: float, least: float = 3.0) -> tuple[np.ndarray, float]:
    """(offsets in pixels, size of a sign) within half a height; signs of the least size may overlap where many tie."""
    sizes = [s for s in _SIZES if s >= least]
    for size in [s for s in sizes if len(at) * s**2 < 2 * half * _WIDE] or sizes[-1:]:
        found = offsets(at, size)
        if np.abs(found).max(initial=0) <= half:
            return found, size
    return found * half / np.abs(found).max(), size


def beeswarm(
    units: pd.DataFrame,
    labels: Sequence[str],
    title: str,
    spread: Mapping[str, float],
    places: int,
    goalposts: tuple[float | None, float | None] = (None, None),
    named: Iterable[str] = (),
    ringed: Iterable[str] = (),
    height: int = 380,
) -> go.Figure:
    """The distribution of one quantity: a sign a unit, middle half and median behind, goalposts dashed, some units named; clickable.

    units: index unit code; columns name, sector, tier, value, and tag for a short name. spread: median, q1, q3. goalposts: what scores 0 and 100.
    named, ringed: codes; outliers are ringed.
    """
    shown = units[units["value"].notna()]
    if shown.empty:
        return theme.empty("没有一个单位有值。", EMPTY)
    low, high = span(shown["value"], goalposts)
    shown = shown.assign(at=(shown["value"].astype(float) - low) / (high - low) * _WIDE)
    names = _tags(shown.loc[[c for c in named if c in shown.index]])
    top = _LANE * (names["lane"].max() + 1) + 8 if len(names) else 8
    half = (height - _AROUND - top) / 2
    shown["level"], size = swarm(shown["at"].to_numpy(), half - 6, _LEGIBLE if len(shown) <= _FEW else _SIZES[-1])
    fig = go.Figure(point_traces(shown, labels, "value", "level", hovers(shown, places)))
    fig.update_traces(marker_size=size)
    fig.add_trace(_rings(shown.loc[[c for c in ringed if c in shown.index]], size))
    for tag in names.join(shown[["value", "level"]]).itertuples():
        fig.add_annotation(_name_tag(tag, half + 8 + _LANE * tag.lane))
    _quartiles(fig, spread, half)
    for post, text in zip(goalposts, ("0 分", "100 分"), strict=True):
        if post is not None and low <= post <= high:
            _goalpost(fig, post, text, half)
    fig.add_annotation(theme.key_line(_key(labels, shown, spread, places, ringed)))
    theme.layout(fig, height, margin=dict(l=8, r=8, t=44, b=8))
    fig.update_yaxes(visible=False, range=[-half - 4, half + top])
    return fig.update_xaxes(range=[low, high], title=dict(text=plain(title, 60), font_size=12), showgrid=False, ticks="outside")


def by_sector(
    units: pd.DataFrame, labels: Sequence[str], title: str, places: int, direction: int = 1, height: int = 380
) -> go.Figure:
    """One row a sector, the best median on top: every unit a sign, the middle half and the median behind; clickable.

    height: about this; many sectors make it taller, few shorter.

    units: index unit code; columns name, sector, tier, value. direction −1: the lowest is the best.
    """
    shown = units[units["value"].notna()].assign(sector=lambda t: t["sector"].fillna(""))
    if shown.empty:
        return theme.empty("没有一个单位有值。", EMPTY)
    quarters = shown.groupby("sector")["value"].quantile([0.25, 0.5, 0.75]).unstack()
    quarters = quarters.sort_values(0.5, ascending=direction < 0, kind="stable")
    row_height = min(max((height - _BELOW) / len(quarters), _ROW), 2 * _ROW)
    height = round(row_height * len(quarters)) + _BELOW
    low, high, drawn = body(shown["value"])
    at = (drawn - low) / (high - low) * _WIDE / 2
    laid = [swarm(at[shown["sector"] == sector].to_numpy(float), row_height * 0.4, _LEGIBLE) for sector in quarters.index]
    size = min(size for _, size in laid)
    level = pd.concat([pd.Series(y, shown.index[shown["sector"] == s]) for s, (y, _) in zip(quarters.index, laid, strict=True)])
    rows = pd.Series(range(len(quarters)), quarters.index)
    shown = shown.assign(row=shown["sector"].map(rows) + level / row_height, drawn=drawn)
    fig = go.Figure(_boxes(quarters))
    fig.add_traces(point_traces(shown, labels, "drawn", "row", hovers(shown, places)))
    fig.update_traces(marker_size=size, selector=dict(type="scatter", mode="markers"))
    fig.add_trace(_medians(quarters, places))
    for unit in shown[shown["drawn"] != shown["value"]].itertuples():
        fig.add_annotation(beyond(unit.value, unit.drawn, unit.row, places))
    fig.add_vline(shown["value"].median(), line=dict(color=theme.FAINT, width=1, dash="dot"))
    theme.layout(fig, height, margin=dict(l=4, r=8, t=4, b=8))
    fig.update_xaxes(range=[low, high], title=dict(text=plain(title, 60), font_size=12))
    counts = shown["sector"].value_counts()
    ticks = [f"{wrapped(s or '未分组', 16, 2)} <b>{quantity(m, places)}</b><br>{counts[s]} 个" for s, m in quarters[0.5].items()]
    return fig.update_yaxes(range=[len(rows) - 0.45, -0.55], tickvals=list(rows), ticktext=ticks, showgrid=False)


def span(values: pd.Series, goalposts: tuple[float | None, float | None]) -> tuple[float, float]:
    """Ends of the axis: the values with a margin, and a goalpost where it does not press them together."""
    low, high = float(values.min()), float(values.max())
    reach = (high - low) or abs(high) or 1.0
    near = [g for g in goalposts if g is not None and low - reach / 2 <= g <= high + reach / 2]
    low, high = min([low, *near]), max([high, *near])
    margin = 0.04 * (high - low) or 0.5 * reach
    return low - margin, high + margin


def body(values: pd.Series) -> tuple[float, float, pd.Series]:
    """(low, high, where each value is drawn): far outliers are drawn at the edge, lest they press all others together.

    Far is beyond three times the middle half's width from the quartiles (Tukey's "far out").
    """
    q1, q3 = values.quantile([0.25, 0.75])
    reach = 3 * (q3 - q1) or np.inf
    low, high = span(values[values.between(q1 - reach, q3 + reach)], (None, None))
    inset = 0.02 * (high - low)
    return low, high, values.clip(low + inset, high - inset)


def beyond(value: float, x: float, y: float, places: int) -> dict:
    """An annotation that says the value of a sign drawn at the edge of its figure."""
    left = value < x
    text = f"◂ {quantity(value, places)}" if left else f"{quantity(value, places)} ▸"
    return dict(x=x, y=y, text=text, showarrow=False, xanchor="left" if left else "right", xshift=7 if left else -7,
                font=dict(size=11, color=theme.RED))


def hovers(shown: pd.DataFrame, places: int) -> pd.Series:
    """Name, sector, tier-free value and rank (where the table has one) of each unit, for the box under the pointer."""
    ranks = shown["rank"] if "rank" in shown else [None] * len(shown)
    rows = zip(shown["name"], shown["sector"], shown["value"], ranks, strict=True)
    texts = [
        f"<b>{plain(name, 60)}</b>　{plain(sector, 30)}<br>{quantity(value, places)}"
        + (f"　第 {rank:.0f} 名" if rank is not None and rank == rank else "")
        for name, sector, value, rank in rows
    ]
    return pd.Series(texts, index=shown.index, dtype=object)


def _tags(chosen: pd.DataFrame) -> pd.DataFrame:
    """Names to write and the row above the swarm in which each stands clear of the others; the rest go unnamed."""
    ends: list[float] = []
    placed = []
    room = 26 if len(chosen) <= 4 else 18
    for code, name, at in chosen.assign(tag=tags).sort_values("at", kind="stable")[["tag", "at"]].itertuples():
        text = cut(name, room)
        wide = 6.4 * width(text) + 10
        left = min(max(at - wide / 2, 0), _WIDE - wide)
        lane = next((k for k in range(_LANES) if k >= len(ends) or ends[k] <= left), None)
        if lane is None:
            continue
        ends[lane:lane + 1] = [left + wide]
        placed.append((code, text, lane, "left" if left == 0 else "right" if left == _WIDE - wide else "center"))
    return pd.DataFrame(placed, columns=["unit", "text", "lane", "anchor"]).set_index("unit")


def _name_tag(tag, y: float) -> dict:
    return dict(
        x=tag.value, y=tag.level, ax=tag.value, ay=y, axref="x", ayref="y", text=plain(tag.text), xanchor=tag.anchor, yanchor="bottom",
        arrowhead=0, arrowwidth=0.8, arrowcolor=theme.FAINT, standoff=5, font=dict(size=11, color=theme.INK), borderpad=0,
    )  # fmt: skip


def _rings(odd: pd.DataFrame, size: float) -> go.Scatter:
    return go.Scatter(
        x=odd["value"], y=odd["level"], mode="markers", hoverinfo="skip", customdata=[[code] for code in odd.index],
        marker=dict(symbol="circle-open", size=size + 6, color=theme.RED, line_width=1.5),
        selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


def _quartiles(fig: go.Figure, spread: Mapping[str, float], half: float) -> None:
    """The middle half as a band and the median as a line, behind the signs."""
    fig.add_shape(type="rect", x0=spread["q1"], x1=spread["q3"], y0=-half, y1=half, line_width=0, fillcolor=theme.BAND, layer="below")
    line = dict(color=theme.INK, width=2)
    fig.add_shape(type="line", x0=spread["median"], x1=spread["median"], y0=-half, y1=half, line=line, layer="below")


def _goalpost(fig: go.Figure, post: float, text: str, half: float) -> None:
    line = dict(color=theme.GOLD, width=1.5, dash="dash")
    fig.add_shape(type="line", x0=post, x1=post, y0=-half, y1=half, line=line, layer="below")
    fig.add_annotation(x=post, y=-half, text=text, textangle=-90, showarrow=False, xanchor="left", yanchor="bottom",
                       font=dict(size=11, color=theme.MUTED))


def _key(labels: Sequence[str], shown: pd.DataFrame, spread: Mapping[str, float], places: int, ringed: Iterable[str]) -> str:
    low, middle, high = (quantity(spread[k], places) for k in ("q1", "median", "q3"))
    ring = f'　<span style="color:{theme.RED}">◯</span> 离群' if list(ringed) else ""
    band = f'<span style="color:{theme.BAND}">█</span> 中间一半 {low} 至 {high}'
    return f"{theme.tier_key(labels, shown['tier'])}<br><b>┃</b> 中位数 {middle}　{band}{ring}"


def _boxes(quarters: pd.DataFrame) -> go.Bar:
    return go.Bar(
        y=list(range(len(quarters))), x=quarters[0.75] - quarters[0.25], base=quarters[0.25], orientation="h", width=0.8,
        marker_color=theme.BAND, hoverinfo="skip", selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


def _medians(quarters: pd.DataFrame, places: int) -> go.Scatter:
    return go.Scatter(
        y=list(range(len(quarters))), x=quarters[0.5], mode="markers", marker=dict(symbol="line-ns", size=26, line=dict(
            width=2.5, color=theme.INK)), customdata=[quantity(m, places) for m in quarters[0.5]],
        hovertemplate="中位数 %{customdata}<extra></extra>", selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip
