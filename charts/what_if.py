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
    fig = go.Figure([line for kind in (0, 1, -1) for line in _lines(ranked, kind)])
    hovers = np.array(_hovers(ranked, labels), object)
    for x, tier, rank in ((0, "tier_before", "rank_before"), (1, "tier", "rank")):
        for label, style in theme.tier_styles(labels).items():
            mine = (ranked[tier] == label).to_numpy()
            if mine.any():
                fig.add_trace(_ends(ranked[mine], hovers[mine], x, rank, style))
    last = max(ranked["rank"].max(), ranked["rank_before"].max())
    notes = [theme.key_line(plain(title)) | dict(x=x, xref="x", xanchor="center") for x, title in enumerate(ends)]
    theme.layout(fig, height, annotations=[*notes, *_named(ranked, height, last, names)], margin=dict(l=8, r=8, t=24, b=8))
    fig.update_xaxes(range=[-0.08, 2], visible=False)
    step = 10 if last <= 60 else 20
    ticks = sorted({1.0, *np.arange(step, last - step / 4, step), last})
    return fig.update_yaxes(range=[last + 1, 0], tickvals=ticks, showgrid=False, tickfont_size=11)


def _lines(ranked: pd.DataFrame, kind: int) -> list[go.Scatter]:
    """All lines of those that rise a tier (1), fall (−1) or stay (0) as one trace, with gaps between."""
    part = ranked[np.sign(ranked["step"].fillna(0)) == kind]
    if part.empty:
        return []
    y = np.column_stack([part["rank_before"], part["rank"], np.full(len(part), np.nan)]).ravel()
    line = {1: dict(color=theme.UP, width=2.2), -1: dict(color=theme.DOWN, width=2.2), 0: dict(color=theme.faded(theme.FAINT, 0.55), width=1)}
    return [go.Scatter(x=[0, 1, None] * len(part), y=y, mode="lines", line=line[kind], hoverinfo="skip")]


def _ends(part: pd.DataFrame, hovers: np.ndarray, x: int, rank: str, style: theme.TierStyle) -> go.Scatter:
    return go.Scatter(
        x=[x] * len(part), y=part[rank], mode="markers", marker=dict(symbol=style.marker, color=style.colour, size=7),
        customdata=np.column_stack([part.index.to_numpy(object), hovers]), hovertemplate="%{customdata[1]}<extra></extra>",
        selected_marker_opacity=1, unselected_marker_opacity=1,
    )  # fmt: skip


def _named(ranked: pd.DataFrame, height: int, last: float, most: int) -> list[dict]:
    """Names at the right end: who changes tier first, then who moves furthest; none upon another."""
    room = last / max(height / 17, 1)
    ranked = ranked.assign(tag=tags(ranked), far=ranked["shift"].abs(), over=ranked["step"].fillna(0) != 0)
    ranked = ranked[ranked["over"] | (ranked["far"] > 0)].sort_values(["over", "far"], ascending=False, kind="stable")
    kept: list[dict] = []
    for unit in ranked.itertuples():
        if len(kept) < most and all(abs(unit.rank - note["y"]) >= room for note in kept):
            colour = theme.UP if unit.step > 0 else theme.DOWN if unit.step < 0 else theme.MUTED
            text = plain(unit.tag, 16) + (f" <b>{signed_count(int(unit.shift))}</b>" if unit.shift else "")
            kept.append(dict(x=1, y=unit.rank, text=text, showarrow=False, xanchor="left", xshift=9, font=dict(size=11.5, color=colour)))
    return kept


def _hovers(units: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    """What was and what would be, of every unit."""
    titles = {label: plain(style.title) for label, style in theme.tier_styles(labels).items()}
    columns = ("name", "tier_before", "tier", "rank_before", "rank", "index_before", "index", "change")
    return [
        f"<b>{plain(name, 60)}</b><br>{titles.get(then, theme.NO_TIER.title)} → {titles.get(now, theme.NO_TIER.title)}"
        f"<br>名次 {whole(r0)} → {whole(r1)}<br>{one_decimal(i0)} → {one_decimal(i1)}" + ("" if pd.isna(change) else f"（{signed(change)}）")
        for name, then, now, r0, r1, i0, i1, change in zip(*(units[c] for c in columns), strict=True)
    ]
