"""What leaves the house of a comparison: sheets at full precision, and what must be said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from scoring.values import STATE_TITLES
from ui import certainty
from ui.contrast import MIDDLES, Thing
from ui.contrast_tables import MIXED, detail, growth, pairs, states

if TYPE_CHECKING:
    from ui.view import View


def sheets(view: View, chosen: Sequence[Thing], letters: Mapping[str, str], middle: str) -> dict[str, pd.DataFrame]:
    """Scores of every node, raw values with their states, how each stands, and every two of them. `letters`: code → letter."""
    return {
        "得分": _nodes(view, chosen, letters, middle, "score"),
        "原始值": _nodes(view, chosen, letters, middle, "raw"),
        "位置": _places(view, chosen, letters, middle),
        "谁领先": pairs(view, chosen, letters, middle),
    }


def _nodes(view: View, chosen: Sequence[Thing], letters: Mapping[str, str], middle: str, level: str) -> pd.DataFrame:
    """A row a node, a column a thing, and the difference of each to the first."""
    table, first = detail(view, chosen, middle, level), chosen[0].code
    out = table.reset_index()[["node", "name", "unit", "weight"]]
    out.columns = ["代码", "名称", "计量单位", "占指数权重"]
    found = states(view, [t.code for t in chosen if t.single])
    for thing in chosen:
        letter = letters[thing.code]
        out[f"{letter} {thing.name}"] = table[thing.code].to_numpy()
        if level == "raw" and thing.single:
            out[f"{letter} 状态"] = found.loc[thing.code].reindex(table.index).map(STATE_TITLES).to_numpy()
    for thing in chosen[1:]:
        out[f"{letters[thing.code]}−{letters[first]}"] = (table[thing.code] - table[first]).to_numpy()
    return out


def _places(view: View, chosen: Sequence[Thing], letters: Mapping[str, str], middle: str) -> pd.DataFrame:
    """A row a thing: index, rank and tier, the intervals and chances where they were measured, growth a year."""
    codes, root = [t.code for t in chosen], view.framework.root.code
    index = detail(view, chosen, middle, "score").loc[root, codes]
    units = certainty.table(view).reindex(codes)
    table = pd.DataFrame(
        {
            "标记": [letters[c] for c in codes],
            "代码": codes,
            "名称": [t.name for t in chosen],
            f"计分的{view.words['unit']}数": [len(t.members) for t in chosen],
            view.words["index"]: index.to_numpy(float),
            "名次": units["rank"].to_numpy(),
            "梯队": units["tier"].to_numpy(),
            "年均变化": list(growth(view, chosen, middle).values()),
        }
    )
    if view.uncertainty is None:
        return table
    titles = {"rank_p5": "名次 5%", "rank_p95": "名次 95%", "index_p5": "指数 5%", "index_p95": "指数 95%"}
    intervals = units[list(titles)].rename(columns=titles)
    chances = view.uncertainty.tiers.reindex(codes).add_prefix("概率 ")
    return pd.concat([table, intervals.reset_index(drop=True), chances.reset_index(drop=True)], axis=1)


def notes(view: View, chosen: Sequence[Thing], middle: str) -> list[str]:
    """What an export says of how it was made."""
    lines = [f"第 {view.release} 号发布，{view.period}；对比 {'、'.join(t.name for t in chosen)}"]
    if not all(t.single for t in chosen):
        lines.append(f"组的得分是组内有得分的{view.words['unit']}的{MIDDLES[middle]}")
    lines.append("年均变化是指数从口径相同的最早一期到本期的复合年增长率，不足一年或口径不可比的不算")
    if view.uncertainty is not None:
        lines += certainty.notes(view)
        lines.append(f"有组时，领先的把握是各取一个{view.words['unit']}、前者领先的机会；不够把握的写{MIXED}")
    return lines
