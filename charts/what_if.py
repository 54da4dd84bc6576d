"""A scenario beside the release: the tier map with what changed on it, and every rank from the release to the scenario."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, tags
from charts.numbers import one_decimal, signed, signed_count, whole
from charts.tier_map import tier_map

_ARROWS = {1: "↑", -1: "↓", 0: ""}


def scenario_map(units: pd.DataFrame, labels: Sequence[str], height: int = 420) -> go.Figure:
    """The tier map of a scenario; who changes tier against the release stands out by a rim and an arrow.

    units: as `tier_map`, with tier_before, rank_before and step (tiers gained; NaN for a unit without a tier in both).
    """
    # In the release's order: a tile that changes colour stays where it was seen before.
    fig = tier_map(units.assign(rank=units["rank_before"]), labels, height=height)
    if units.empty:
        return fig
    moved = units[units["tier"] != units["tier_before"]]
    tiles, ids = fig.data[0], list(fig.data[0].ids)
    if len(moved):
        place = {code: k for k, code in enumerate(ids)}
        texts, widths, rims = list(tiles.text), [1.5] * len(ids), [theme.PAPER] * len(ids)
        for code, step in zip(moved.index, moved["step"].fillna(0), strict=True):
            k = place[code]
            texts[k] = f"<b>{_ARROWS[int(np.sign(step))] or '＊'}</b> {texts[k]}"
            widths[k], rims[k] = 3, theme.INK
        tiles.text, tiles.marker.line = texts, dict(width=widths, color=rims)
    hovers = dict(zip(units.index, _hovers(units, labels), strict=True))
    tiles.customdata = [[hovers.get(code, "")] for code in ids]
    return fig


def rank_shift(units: pd.DataFrame, labels: Sequence[str], ends: tuple[str, str], height: int = 420, names: int = 14) -> go.Figure:
    """A line a unit from its rank in the release to its rank in the scenario, both ends signed by tier; clickable.

    units: index unit code; columns name, tier, rank, index, tier_before, rank_before, shift, step, and tag for a short name.
    ends: what stands above the two sides. Those that move most are named, as many as the height lets stand apart.
    """
    ranked = units[units["rank"].notna() & units["rank_before"].notna()]
    if ranked.empty:
        return theme.empty("没有可以比较的名次。", height)
    last = max(ranked["rank"].max(), ranked["rank_before"].max())
    traces = [*(line for kind in (0, 1, -1) for line in _lines(ranked, kind)), _ends(ranked, labels), _named(ranked, height, last, names)]
    step = 10 if last <= 60 else 20
    ticks = sorted({1.0, *np.arange(step, last - step / 4, step), last})
    return theme.layout(
        go.Figure(traces), height, margin=dict(l=8, r=8, t=24, b=8),
        annotations=[theme.key_line(plain(title)) | dict(x=x, xref="x", xanchor="center") for x, title in enumerate(ends)],
        xaxis=dict(range=[-0.08, 2], visible=False),
        yaxis=dict(range=[last + 1, 0], tickvals=ticks, showgrid=False, tickfont_size=11),
    )  # fmt: skip


def _lines(ranked: pd.DataFrame, kind: int) -> list[dict]:
    """All lines of those that rise a tier (1), fall (−1) or stay (0) as one trace, with gaps between."""
    part = ranked[np.sign(ranked["step"].fillna(0)) == kind]
    if part.empty:
        return []
    y = np.column_stack([part["rank_before"], part["rank"], np.full(len(part), np.nan)]).ravel()
    line = {1: dict(color=theme.UP, width=2.2), -1: dict(color=theme.DOWN, width=2.2), 0: dict(color=theme.faded(theme.FAINT, 0.55), width=1)}
    return [dict(type="scatter", x=[0, 1, None] * len(part), y=y, mode="lines", line=line[kind], hoverinfo="skip")]


def _ends(ranked: pd.DataFrame, labels: Sequence[str]) -> dict:
    """Both ends of every line, signed by the tier there, as one trace: a trace a tier takes four times as long to make."""
    styles = theme.tier_styles(labels)
    signs = [styles.get(tier, theme.NO_TIER) for tier in [*ranked["tier_before"], *ranked["tier"]]]
    codes, hovers = [*ranked.index] * 2, _hovers(ranked, labels) * 2
    return dict(
        type="scatter",
        x=np.repeat([0, 1], len(ranked)), y=[*ranked["rank_before"], *ranked["rank"]], mode="markers",
        marker=dict(symbol=[s.marker for s in signs], color=[s.colour for s in signs], size=7),
        customdata=list(zip(codes, hovers, strict=True)), hovertemplate="%{customdata[1]}<extra></extra>",
        selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


def _named(ranked: pd.DataFrame, height: int, last: float, most: int) -> dict:
    """Names at the right end: who changes tier first, then who moves furthest; none upon another."""
    room = last / max(height / 17, 1)
    over, far = ranked["step"].fillna(0).to_numpy(), ranked["shift"].abs().to_numpy()
    kept: list[int] = []
    ranks, shifts, names = ranked["rank"].to_numpy(), ranked["shift"].to_numpy(), tags(ranked).to_numpy()
    for k in np.lexsort((-far, over == 0)):
        if len(kept) < most and (over[k] or far[k]) and all(abs(ranks[k] - ranks[other]) >= room for other in kept):
            kept.append(k)
    return dict(
        type="scatter",
        x=[1.06] * len(kept), y=ranks[kept], mode="text", textposition="middle right", hoverinfo="skip",
        text=[plain(names[k], 16) + (f" <b>{signed_count(int(shifts[k]))}</b>" if shifts[k] else "") for k in kept],
        textfont=dict(size=11.5, color=[theme.UP if over[k] > 0 else theme.DOWN if over[k] < 0 else theme.MUTED for k in kept]),
    )  # fmt: skip


def _hovers(units: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    """What was and what would be, of every unit."""
    titles = {label: plain(style.title) for label, style in theme.tier_styles(labels).items()}
    columns = ("name", "tier_before", "tier", "rank_before", "rank", "index_before", "index", "change")
    return [
        f"<b>{plain(name, 60)}</b><br>{titles.get(then, theme.NO_TIER.title)} → {titles.get(now, theme.NO_TIER.title)}"
        f"<br>名次 {whole(r0)} → {whole(r1)}<br>{one_decimal(i0)} → {one_decimal(i1)}" + ("" if pd.isna(change) else f"（{signed(change)}）")
        for name, then, now, r0, r1, i0, i1, change in zip(*(units[c] for c in columns), strict=True)
    ]
