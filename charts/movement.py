"""Tiers and ranks over the periods: every unit a thin line, one of them red."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, tags
from charts.numbers import whole

_LINES = 40  # with more units than this the unchosen lines are fainter


def bump(history: pd.DataFrame, labels: Sequence[str], highlight: str | None = None, height: int = 460) -> go.Figure:
    """Rank over periods, best on top, every point signed by tier; clickable by unit.

    history: columns period (in order), unit, name, rank, tier, and tag for a short name; one row a unit and period.
    """
    ranked = history[history["rank"].notna()]
    if ranked.empty:
        return theme.empty("还没有已发布的排名。", height)
    periods = list(dict.fromkeys(history["period"]))
    fig = go.Figure(_thin_lines(ranked))
    fig.add_traces(_rank_points(ranked, labels, faint=highlight is not None))
    latest = ranked[ranked["period"] == periods[-1]]
    chosen = ranked[ranked["unit"] == highlight]
    notes = [*_end_names(latest, highlight, len(periods) - 1, height), theme.key_line(theme.tier_key(labels, latest["tier"]))]
    if not chosen.empty:
        fig.add_traces(_chosen_line(chosen, labels))
        notes += [_rank_note(periods.index(period), rank) for period, rank in zip(chosen["period"], chosen["rank"], strict=True)]
    theme.layout(fig, height, annotations=notes, margin=dict(l=8, r=118, t=24, b=8))
    theme.period_axis(fig, periods)
    last = ranked["rank"].max()
    step = 10 if last <= 60 else 20
    ticks = sorted({1.0, *np.arange(10, last - step / 4, step), last})
    return fig.update_yaxes(range=[last + 1, 0], tickvals=ticks, title=dict(text="名次", font_size=12), tickfont_size=11)


def _thin_lines(ranked: pd.DataFrame) -> go.Scatter:
    """All lines as one trace, with gaps between units: a trace a unit would be slow to draw."""
    ordered = ranked.sort_values("unit", kind="stable")
    ends = ordered["unit"] != ordered["unit"].shift(-1)
    x, y = [], []
    for period, rank, end in zip(ordered["period"], ordered["rank"], ends, strict=True):
        x += [period, None] if end else [period]
        y += [rank, None] if end else [rank]
    strength = 0.5 if ranked["unit"].nunique() <= _LINES else 0.28
    return go.Scatter(x=x, y=y, mode="lines", line=dict(color=theme.faded(theme.FAINT, strength), width=1), hoverinfo="skip")


def _rank_points(ranked: pd.DataFrame, labels: Sequence[str], faint: bool) -> list[go.Scatter]:
    """A trace a tier: what all its points share stands in the trace, since a whole sentence a point is most of the figure's size."""
    styles, names = theme.tier_styles(labels), {name: plain(name, 60) for name in ranked["name"].unique()}
    opacity, size = (0.4, 5) if faint else (0.95, 7)
    traces = []
    for tier, part in ranked.groupby("tier", sort=False):
        style = styles.get(tier, theme.NO_TIER)
        traces.append(
            go.Scatter(
                x=part["period"], y=part["rank"], mode="markers",
                customdata=np.column_stack([part["unit"].to_numpy(object), part["name"].map(names), part["period"].to_numpy(object)]),
                marker=dict(symbol=style.marker, color=style.colour, size=size, opacity=opacity),
                hovertemplate=f"%{{customdata[1]}}<br>%{{customdata[2]}}　第 %{{y:.0f}} 名　{plain(style.title)}<extra></extra>",
                selected_marker_opacity=opacity, unselected_marker_opacity=opacity,
            )
        )  # fmt: skip
    return traces


def _chosen_line(chosen: pd.DataFrame, labels: Sequence[str]) -> list[go.Scatter]:
    styles = [theme.tier_style(labels, tier) for tier in chosen["tier"]]
    marker = dict(symbol=[s.marker for s in styles], color=[s.colour for s in styles], size=13,
                  line=dict(color=theme.RED, width=1.5))
    return [
        go.Scatter(x=chosen["period"], y=chosen["rank"], mode="lines", line=dict(color=theme.RED, width=3), hoverinfo="skip"),
        go.Scatter(x=chosen["period"], y=chosen["rank"], mode="markers", marker=marker, customdata=_data(chosen, labels),
                   hovertemplate="%{customdata[1]}<extra></extra>", selected_marker_opacity=1, unselected_marker_opacity=1),
    ]  # fmt: skip


def _rank_note(place: int, rank: float) -> dict:
    return dict(x=place, y=rank, text=whole(rank), showarrow=False, yshift=16, bgcolor=theme.HALO, borderpad=0,
                font=dict(color=theme.RED, size=12))


def _end_names(last: pd.DataFrame, highlight: str | None, place: int, height: int) -> list[dict]:
    """Names at the right edge: the chosen unit, and as many others as the height lets stand without touching."""
    room = max(1.0, last["rank"].max() / max(height / 16, 1)) if len(last) else 1.0
    last = last.assign(tag=tags)
    chosen = last[last["unit"] == highlight]
    taken, notes = [], []
    for row in pd.concat([chosen, last.drop(chosen.index).sort_values("rank", kind="stable")]).itertuples():
        mine = row.unit == highlight
        if all(abs(row.rank - other) >= room for other in taken):
            taken.append(row.rank)
            font = dict(size=12 if mine else 11, color=theme.RED if mine else theme.MUTED)
            notes.append(dict(x=place, y=row.rank, text=plain(row.tag, 16), showarrow=False, xanchor="left", xshift=9, font=font))
    return notes


def _data(rows: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
    hovers = [
        f"{plain(name, 60)}<br>{period}　第 {whole(rank)} 名　{plain(theme.tier_title(labels, tier))}"
        for name, period, rank, tier in zip(rows["name"], rows["period"], rows["rank"], rows["tier"], strict=True)
    ]
    return np.column_stack([rows["unit"].to_numpy(dtype=object), np.array(hovers, dtype=object)])


def lanes(history: pd.DataFrame, labels: Sequence[str], highlight: str | None = None, height: int = 300) -> go.Figure:
    """How many units each tier holds in each period, stacked from the best, with the path of one unit over it.

    history: as `bump`.
    """
    held = history[history["tier"].isin(list(labels))]
    if held.empty:
        return theme.empty("还没有已发布的梯队。", height)
    periods = list(dict.fromkeys(history["period"]))
    counts = pd.crosstab(held["tier"], held["period"]).reindex(index=list(labels), columns=periods, fill_value=0)
    fig = go.Figure([_lane(counts, label, labels) for label in labels])
    chosen = held[held["unit"] == highlight]
    if not chosen.empty:
        fig.add_trace(_path(chosen, counts, labels))
    theme.layout(fig, height, barmode="stack", bargap=0.18, margin=dict(l=8, r=8, t=8, b=8))
    theme.period_axis(fig, periods)
    middle = counts[periods[0]].cumsum() - counts[periods[0]] / 2
    ticks = [plain(theme.tier_title(labels, label), 16) for label in labels]
    return fig.update_yaxes(range=[counts.sum().max() * 1.01, 0], tickvals=middle, ticktext=ticks, showgrid=False)


def _lane(counts: pd.DataFrame, label: str, labels: Sequence[str]) -> go.Bar:
    style = theme.tier_style(labels, label)
    row = counts.loc[label]
    return go.Bar(
        x=list(counts.columns), y=row, marker_color=theme.faded(style.colour, 0.9), text=[f"{n}" if n else "" for n in row],
        textposition="inside", insidetextanchor="middle", textangle=0, textfont=dict(color=style.ink, size=12),
        customdata=list(counts.columns),  # in place of %{x}, which would be the tick's text: the year under some of them only
        hovertemplate=f"%{{customdata}}　{plain(style.title)}　%{{y}} 个<extra></extra>",
    )  # fmt: skip


def _path(chosen: pd.DataFrame, counts: pd.DataFrame, labels: Sequence[str]) -> go.Scatter:
    """The unit's path, a quarter into the lane it was in, clear of the lane's count."""
    above = counts.cumsum() - counts
    stays = zip(chosen["tier"], chosen["period"], strict=True)
    y = [above.at[tier, period] + counts.at[tier, period] / 4 for tier, period in stays]
    return go.Scatter(
        x=chosen["period"], y=y, mode="lines+markers", line=dict(color=theme.RED, width=3),
        marker=dict(size=11, color=theme.RED, line=dict(color=theme.PAPER, width=2)), customdata=_data(chosen, labels),
        hovertemplate="%{customdata[1]}<extra></extra>",
    )  # fmt: skip
