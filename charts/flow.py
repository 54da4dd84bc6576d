"""Flows of units between the tiers of two periods."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain


def flow(
    before: pd.Series,
    after: pd.Series,
    labels: Sequence[str],
    before_title: str,
    after_title: str,
    height: int = 320,
) -> go.Figure:
    """Sankey of the units' tiers in two periods; a band is coloured by the tier it comes from.

    before, after: index unit code, value the tier's label ("" without a score). A unit absent from a period counts as without.
    """
    units = before.index.union(after.index)
    pairs = pd.DataFrame({"before": before.reindex(units).fillna(""), "after": after.reindex(units).fillna("")})
    known = list(labels)
    pairs = pairs.where(pairs.isin(known), theme.NO_TIER.label)
    pairs = pairs[(pairs["before"].isin(known)) | (pairs["after"].isin(known))]
    if pairs.empty:
        return theme.empty("两期之间没有可以比较的单位。", height)
    order = [*known, theme.NO_TIER.label]
    sides = [[tier for tier in order if (pairs[side] == tier).any()] for side in ("before", "after")]
    links = pairs.value_counts(["before", "after"], sort=False).reset_index(name="units")
    fig = go.Figure(_sankey(pairs, links, sides, labels, order))
    ends = [theme.key_line(plain(before_title)), theme.key_line(plain(after_title)) | dict(x=1, xanchor="right")]
    return theme.layout(fig, height, annotations=ends, margin=dict(l=4, r=4, t=26, b=8))


def _sankey(pairs: pd.DataFrame, links: pd.DataFrame, sides: list, labels: Sequence[str], order: list[str]) -> go.Sankey:
    style = {tier: theme.tier_style(labels, tier) for tier in order}
    nodes = [(side, tier) for side, tiers in zip(("before", "after"), sides, strict=True) for tier in tiers]
    number = {node: i for i, node in enumerate(nodes)}
    held = [int((pairs[side] == tier).sum()) for side, tier in nodes]
    links = links.sort_values(["before", "after"], key=lambda column: column.map(order.index))
    hovers = [
        f"{plain(style[b].title)} → {plain(style[a].title)}<br><b>{n}</b> 个" for b, a, n in links.itertuples(index=False)
    ]
    solid = [style[tier].colour if style[tier] is not theme.NO_TIER else theme.BAND for _, tier in nodes]
    return go.Sankey(
        arrangement="fixed",
        node=dict(
            label=[f"{plain(style[tier].title)} {n}" for (_, tier), n in zip(nodes, held, strict=True)], color=solid, pad=18,
            thickness=14, line_width=0, hovertemplate="%{label}<extra></extra>",
            x=[0.001 if side == "before" else 0.999 for side, _ in nodes],
            y=_heights(sides, held),
        ),
        link=dict(
            source=[number["before", b] for b in links["before"]], target=[number["after", a] for a in links["after"]],
            value=links["units"].tolist(), customdata=hovers, hovertemplate="%{customdata}<extra></extra>",
            color=[theme.faded(style[b].colour if style[b] is not theme.NO_TIER else theme.BAND, 0.45) for b in links["before"]],
        ),
    )  # fmt: skip


def _heights(sides: list[list[str]], held: list[int]) -> list[float]:
    """Middles of the nodes from top to bottom, best tier first: plotly would sort them by size."""
    heights, at = [], 0
    for tiers in sides:
        counts = held[at : at + len(tiers)]
        at += len(tiers)
        done, total = 0.0, sum(counts) or 1
        for count in counts:
            heights.append(min(max((done + count / 2) / total, 0.001), 0.999))
            done += count
    return heights
