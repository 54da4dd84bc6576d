"""What the first screen lets one see, in a sentence: how many changed tier, who moved most, which dimension is lowest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui import fields, moves, portrait
from ui.wording import clean, signed, tags, tenth

if TYPE_CHECKING:
    import pandas as pd

    from ui.view import View


def caption(view: View, units: pd.DataFrame, other: View | None, against: str) -> str:
    """The sentence. units: as `glance.with_change` gives them; other, against: what they are compared with, nothing in a first period."""
    index = units["index"].dropna()
    if index.empty:
        return f"{len(units)} 个{view.words['unit']}都没有{view.words['index']}，点开画像看原因。"
    called = tags(units["name"])
    said = [_tiers(view, other, against), _movers(view, units, called, other)] if other else [_ends(index, called)]
    found = "；".join(filter(None, (*said, _lowest(view, index.index))))
    return f"{found}。" if found else ""


def _tiers(view: View, other: View, against: str) -> str:
    """How many rose and fell; nothing where the tiers of both periods are not the same."""
    table = moves.compare(other.units, view.units, view.labels)
    if moves.refused(other, view, table):
        return ""
    counts, word = table["kind"].value_counts(), view.words["unit"]
    up, down = (int(counts.get(kind, 0)) for kind in ("up", "down"))
    if not up + down:
        return f"{against}没有{word}升降梯队"
    return f"{against} {up} 个{word}升梯队、{down} 个降" if up else f"{against} {down} 个{word}降梯队"


def _movers(view: View, units: pd.DataFrame, called: pd.Series, other: View) -> str:
    """Who rose most and who fell most, in points; nothing where something else may have moved the scores too."""
    change = units["change"].dropna().round(1)
    if change.empty or moves.caution(other, view):
        return ""
    ends = [("升", change.idxmax(), change.max() > 0), ("降", change.idxmin(), change.min() < 0)]
    most = "得最多" if len(change) > 1 else ""
    return "，".join(f"{clean(called[unit], 30)}{way}{most}（{signed(change[unit])}）" for way, unit, moved in ends if moved)


def _ends(index: pd.Series, called: pd.Series) -> str:
    """The highest and the lowest."""
    high, low = (f"{clean(called[unit], 30)} {tenth(index[unit])}" for unit in (index.idxmax(), index.idxmin()))
    return f"{high} 最高，{low} 最低" if len(index) > 1 else high


def _lowest(view: View, scored: pd.Index) -> str:
    """Which dimension has the lowest mean; nothing where all read the same."""
    means = {node: fields.scores(view, node).reindex(scored).mean() for node in portrait.dimension_codes(view)}
    shown = {node: tenth(mean) for node, mean in means.items() if mean == mean}
    if len(set(shown.values())) < 2:
        return ""
    least = shown[min(shown, key=lambda node: means[node])]
    names = "、".join(clean(view.node_name(node), 50) for node, mean in shown.items() if mean == least)
    return f"各{view.words['dimension']}中{names}最低（{'均值 ' if len(scored) > 1 else ''}{least}）"
