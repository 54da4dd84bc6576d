"""How sure a standing is: rank intervals of all units, the chances of each tier, and which assumption matters most."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import theme
from charts.labels import plain, tags, wrapped
from charts.numbers import whole
from charts.quadrant import ring

MOST_BARS = 40
_ROW = 23  # pixels a unit in the chart of tier chances
_NAMES = 8  # widest intervals that are named


def percent(share: float) -> str:
    """A share as whole per cent; a chance that is neither none nor certain never shows as 0 or 100."""
    if not np.isfinite(share):
        return "—"
    shown = round(100 * share)
    if shown == 0 and share > 0:
        return "<1%"
    return ">99%" if shown == 100 and share < 1 else f"{shown}%"


def rank_intervals(units: pd.DataFrame, labels: Sequence[str], seen: str | None = None, height: int = 420) -> go.Figure:
    """Every unit in the order of its rank, with its median rank and its 5–95 % interval; clickable.

    units: index unit code; columns name, tier, rank, rank_median, rank_p5, rank_p95, sure (a line for the hover), and tag.
    The widest intervals are named, and the unit that was looked at last.
    """
    shown = units[units["rank_median"].notna()].sort_values(["rank", "rank_median"], kind="stable")
    if shown.empty:
        return theme.empty("还没有测算稳健性。", height)
    shown = shown.assign(at=np.arange(1, len(shown) + 1), tag=tags(shown))
    fig = go.Figure()
    styles = [*theme.tier_styles(labels).values(), theme.NO_TIER]
    known = {style.label for style in styles}
    tiers = shown["tier"].where(shown["tier"].isin(known), theme.NO_TIER.label)
    for style in styles:
        part = shown[tiers == style.label]
        if len(part):
            fig.add_trace(_whiskers(part, style))
    fig.add_scatter(x=shown["at"], y=shown["rank"], mode="lines", line=dict(color=theme.FAINT, width=1, shape="hvh"), hoverinfo="skip")
    if seen in shown.index:
        fig.add_trace(ring([shown.at[seen, "at"]], [shown.at[seen, "rank_median"]]))
    n = len(shown)
    notes = [*_named(shown, seen, n), theme.key_line(theme.tier_key(labels, shown["tier"]) + "<br>│ 90% 区间　— 发布名次")]
    theme.layout(fig, height, annotations=notes, margin=dict(l=8, r=8, t=40, b=8))
    fig.update_xaxes(title=dict(text="按发布名次排列", font_size=12), range=[0, n + 1], tickvals=_ticks(n), showgrid=False)
    return fig.update_yaxes(title=dict(text="名次", font_size=12), range=[n + 0.04 * n + 1, -0.05 * n], tickvals=_ticks(n))


def _ticks(n: int) -> list[int]:
    """1 and about six round ranks."""
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if n / s <= 7), 2000)
    return [1, *range(step if step > 1 else 2, n + 1, step)]


def _whiskers(part: pd.DataFrame, style: theme.TierStyle) -> go.Scatter:
    hovers = [
        f"<b>{plain(u.name, 60)}</b><br>{plain(style.title)}　第 {whole(u.rank)} 名<br>{plain(u.sure, 120)}"
        for u in part[["name", "rank", "sure"]].itertuples(index=False, name="Unit")
    ]
    colour = theme.INK if style.colour == theme.PAPER else style.colour
    return go.Scatter(
        x=part["at"], y=part["rank_median"], mode="markers", marker=dict(symbol=style.marker, color=colour, size=8),
        error_y=dict(type="data", symmetric=False, array=part["rank_p95"] - part["rank_median"],
                     arrayminus=part["rank_median"] - part["rank_p5"], color=theme.faded(colour, 0.75), thickness=1.6, width=0),
        customdata=np.column_stack([part.index.astype(object), np.array(hovers, object)]),
        hovertemplate="%{customdata[1]}<extra></extra>",
        selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
    )  # fmt: skip


def _named(shown: pd.DataFrame, seen: str | None, n: int) -> list[dict]:
    """Names at the upper end of the widest intervals, upon neither another name nor another interval."""
    wide = (shown["rank_p95"] - shown["rank_p5"]).sort_values(ascending=False, kind="stable")
    kept: list[tuple[str, float, float]] = []
    for code in dict.fromkeys([*([seen] if seen in shown.index else []), *wide.index[wide > 0][: 3 * _NAMES]]):
        at, top = shown.at[code, "at"], shown.at[code, "rank_p5"]
        near = shown[(shown["at"] - at).abs().between(0.5, 0.07 * n)]
        free = not ((near["rank_p5"] < top) & (near["rank_p95"] > top - 0.06 * n)).any()
        apart = all(abs(at - x) > 0.13 * n or abs(top - y) > 0.06 * n for _, x, y in kept)
        if len(kept) < _NAMES and apart and (free or code == seen):
            kept.append((code, at, top))
    return [
        dict(x=at, y=top, text=plain(shown.at[code, "tag"], 14), showarrow=False, yanchor="bottom", yshift=1,
             bgcolor=theme.HALO, borderpad=0,
             xanchor="left" if at < 0.1 * n else "right" if at > 0.9 * n else "center",
             font=dict(size=11, color=theme.RED if code == seen else theme.MUTED))
        for code, at, top in kept
    ]  # fmt: skip


def tier_chances(units: pd.DataFrame, chances: pd.DataFrame, labels: Sequence[str]) -> go.Figure:
    """One bar a unit in the order of the rank, at most `MOST_BARS`, cut by the share of draws in each tier; clickable.

    units: index unit code; columns name, tier, rank and tag. chances: index unit code, a column a tier, shares of 1.
    """
    shown = units.sort_values("rank", kind="stable").head(MOST_BARS)
    height = max(_ROW * len(shown) + 40, 120)
    if shown.empty:
        return theme.empty("没有梯队两可的。", height)
    styles = theme.tier_styles(labels)
    names = [f"{plain(t, 20)} {styles.get(tier, theme.NO_TIER).symbol}" for t, tier in zip(tags(shown), shown["tier"], strict=True)]
    fig = go.Figure()
    for label, style in styles.items():
        share = chances.loc[shown.index, label]
        # As wide as a phone has room for: the sign goes first, then the figure; the hover has both.
        texts = [f"{style.symbol} {percent(s)}" if s >= 0.2 else percent(s) if s >= 0.12 else "" for s in share]
        hover = [f"<b>{plain(name, 60)}</b><br>{plain(style.title)} {percent(s)}" for name, s in zip(shown["name"], share, strict=True)]
        fig.add_bar(
            y=list(shown.index), x=share, orientation="h", text=texts, textposition="inside", insidetextanchor="middle", textangle=0,
            constraintext="none",
            marker=dict(color=style.colour, line=dict(color=theme.PAPER, width=1)), textfont=dict(color=style.ink, size=12),
            customdata=np.column_stack([shown.index.astype(object), np.array(hover, object)]),
            hovertemplate="%{customdata[1]}<extra></extra>", selected=dict(marker=dict(opacity=1)), unselected=dict(marker=dict(opacity=1)),
        )  # fmt: skip
    theme.layout(fig, height, barmode="stack", bargap=0.22, margin=dict(l=4, r=8, t=24, b=4),
                 annotations=[theme.key_line("　".join(style.key for style in styles.values()))])
    fig.update_xaxes(range=[0, 1], visible=False)
    return fig.update_yaxes(type="category", autorange="reversed", tickvals=list(shown.index), ticktext=names, showgrid=False, ticklabelstandoff=4)


def assumptions(sobol: pd.DataFrame, titles: Mapping[str, str], height: int | None = None) -> go.Figure:
    """What moves ranks most: each assumption's own share of the variance, and with its interactions, with 95 % intervals.

    sobol: index assumption; columns first, first_low, first_high, total, total_low, total_high. The greatest total is on top.
    """
    shown = sobol.sort_values("total", ascending=False, kind="stable")
    height = height or max(44 * len(shown) + 64, 160)
    if shown.empty:
        return theme.empty("没有可以变动的假设。", height)
    names = [wrapped(titles.get(code, code), 16, 2) for code in shown.index]
    fig = go.Figure()
    for kind, title, symbol, colour, shift in (
        ("total", "连同交互作用", "diamond", theme.BLUE, -0.16),
        ("first", "单独作用", "circle", theme.GOLD, 0.16),
    ):
        # Estimates of a small share may fall below 0, where no share can be.
        value, low, high = (shown[c].clip(lower=0) for c in (kind, f"{kind}_low", f"{kind}_high"))
        hover = [
            f"<b>{plain(titles.get(c, c))}</b><br>{title} {percent(v)}<br>95% 区间 {percent(a)}～{percent(b)}"
            for c, v, a, b in zip(shown.index, value, low, high, strict=True)
        ]
        fig.add_scatter(
            x=value, y=np.arange(len(shown)) + shift, mode="markers", name=title, showlegend=False,
            marker=dict(symbol=symbol, size=11, color=colour), customdata=hover, hovertemplate="%{customdata}<extra></extra>",
            error_x=dict(type="data", symmetric=False, array=high - value, arrayminus=value - low,
                         color=theme.faded(colour, 0.7), thickness=1.6, width=3),
        )  # fmt: skip
    key = f'<span style="color:{theme.BLUE}">◆</span> 连同交互作用　<span style="color:{theme.GOLD}">●</span> 单独作用'
    figures = [
        dict(x=end, y=row, text=percent(share), showarrow=False, xanchor="left", xshift=9, font=dict(size=12, color=theme.INK))
        for row, (end, share) in enumerate(zip(shown["total_high"].clip(lower=0), shown["total"].clip(lower=0), strict=True))
    ]
    theme.layout(fig, height, margin=dict(l=8, r=14, t=26, b=8), annotations=[theme.key_line(key), *figures])
    top = float(max(shown["total_high"].max(), shown["first_high"].max(), 0.1))
    fig.update_xaxes(range=[-0.02, min(top, 1.2) * 1.18], tickformat=".0%", nticks=6, title=dict(text="占名次变动方差的份额", font_size=12))
    return fig.update_yaxes(tickvals=list(range(len(shown))), ticktext=names, range=[len(shown) - 0.45, -0.55], showgrid=False)


def head_to_head(pair: pd.DataFrame, labels: Sequence[str], height: int = 120) -> go.Figure:
    """Two units' rank intervals, one above the other.

    pair: index unit code, two rows; columns name, tier, rank, rank_median, rank_p5, rank_p95, and tag.
    """
    shown = pair[pair["rank_median"].notna()].assign(tag=tags)
    if shown.empty:
        return theme.empty("都没有得分。", height)
    fig = go.Figure()
    for row, unit in enumerate(shown[["name", "tier", "rank_median", "rank_p5", "rank_p95"]].itertuples(index=False)):
        style = theme.tier_style(labels, unit.tier)
        ends = [unit.rank_p5, unit.rank_p95]
        fig.add_scatter(
            x=ends, y=[row, row], mode="lines+text", line=dict(color=theme.faded(theme.BLUE, 0.4), width=9),
            text=[f"{whole(ends[0])} ", f" {whole(ends[1])}"], textposition=["middle left", "middle right"],
            textfont=dict(size=12, color=theme.MUTED), cliponaxis=False, hoverinfo="skip",
        )
        fig.add_scatter(x=[unit.rank_median], y=[row], mode="markers", hovertemplate=f"{plain(unit.name, 60)}<br>中位名次 %{{x}}<extra></extra>",
                        marker=dict(symbol=style.marker, size=13, color=style.colour, line=dict(color=theme.INK, width=1)))
    names = [f"{plain(tag, 24)} {theme.tier_style(labels, tier).symbol}" for tag, tier in zip(shown["tag"], shown["tier"], strict=True)]
    low, high = shown["rank_p5"].min(), shown["rank_p95"].max()
    room = max(0.08 * (high - low), 1.0)
    step = max(1, round((high - low) / 8))
    theme.layout(fig, height, margin=dict(l=8, r=12, t=4, b=4))
    fig.update_xaxes(range=[max(low - room, 0.5), high + room], dtick=step, tick0=1, title=dict(text="名次", font_size=12))
    return fig.update_yaxes(tickvals=list(range(len(shown))), ticktext=names, range=[len(shown) - 0.5, -0.5], showgrid=False)
