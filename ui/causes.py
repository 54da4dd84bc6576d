"""Why an index and a rank changed between two releases: points and places by cause, and the sentence that says them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.change import CAUSES, Changes
from scoring.errors import ScoringError
from scoring.rounding import filled
from ui.makeup import ADJUSTED, largest
from ui.wording import period_title, shown_gap, signed

if TYPE_CHECKING:
    from ui.view import View

OTHERS = {"framework": ":framework", "cohort": ":cohort", "adjustments": ADJUSTED}  # causes beside own data: no nodes, as in `makeup`
_ORDER = (
    "依次改一样，各步之差即各项：旧数据改按现在的指标体系和规则计分（指标体系），再按现在的总体定界、定权（参照群体），"
    "再换成新数据（自身数据），最后是加减分之差。"
)
FIGURES = (("causes", "变化的原因", _ORDER), ("own", "自身数据：变化最大的指标", None))  # key, title, help
_RANKS = [f"rank_{cause}" for cause in CAUSES]
_SHIFTED = "的发布所依据的其他考核期后来有更正，或没有发布，重算与发布时不符"


@dataclass(frozen=True)
class Why:
    """The change of one unit's index from `start` to `end`.

    `causes`: rows code → label, points, which sum to the change, and shown, tenths that sum to the change as it is shown. `own`: rows
    code → label, points of the indicators that moved most, tenths that sum to what is shown of the unit's own data. `places`: the
    change of the rank in words; `ends`: what the two sides are called.
    """

    start: float
    end: float
    causes: pd.DataFrame
    own: pd.DataFrame
    places: str
    ends: tuple[str, str]


def changes(before: View, after: View, units: Iterable[str] | None = None) -> Changes:
    """The split between two releases.

    A unit whose index does not come out as it was frozen is not split: a release may rest on other periods, which are taken as
    they are served now. Nor is any where a release cannot be scored again.
    """
    try:
        found = after.split(before, units)
    except ScoringError as error:
        every = before.units.index.union(after.units.index) if units is None else pd.Index(units)
        table = pd.DataFrame(np.nan, every.rename("unit"), [*CAUSES, *_RANKS, "rank_change"])
        return Changes(table.assign(reason=f"不能重算（{error}）"), pd.DataFrame(columns=list(after.framework.codes), dtype=float))
    table, nodes = found.units, found.nodes
    for view, side, when in ((before, "before", "起始时"), (after, "after", "现在")):
        frozen = view.units["index"].reindex(table.index).to_numpy(float)
        shifted = ~np.isclose(table[f"index_{side}"], frozen, rtol=0, atol=1e-9, equal_nan=True)
        table.loc[shifted, [*CAUSES, *_RANKS]] = np.nan
        table.loc[shifted, "reason"] = when + _SHIFTED
    return Changes(table, nodes[(table.loc[nodes.index, "reason"] == "").to_numpy()])


def points(found: Changes) -> pd.DataFrame:
    """Index unit; columns node codes (its own data) and the codes of OTHERS, in points.

    The indicators and the other causes of a row sum to the change of the index, and so do the dimensions and the other causes.
    Units that are not split are left out.
    """
    rows = found.units.loc[found.nodes.index]
    return found.nodes.assign(**{code: rows[cause] for cause, code in OTHERS.items()})


def why(before: View, after: View, unit: str) -> tuple[Why | None, str]:
    """(the split of one unit's change, "") or (None, why there is none)."""
    found = changes(before, after, [unit])
    row = found.units.loc[unit]
    if row["reason"]:
        return None, row["reason"]
    causes = _rows((OTHERS.get(cause, ":data"), title, row[cause]) for cause, title in CAUSES.items())
    own = found.nodes.loc[unit]
    leaves = largest(_rows((n.code, n.name, own[n.code]) for n in after.framework.indicators if abs(own[n.code]) > 1e-9), 7)
    start, end = row["index_before"], row["index_after"]
    causes["shown"] = filled(causes["points"], shown_gap(start, end))
    if len(leaves):
        leaves["points"] = filled(leaves["points"], causes["shown"].iloc[0])
    return Why(start, end, causes, leaves, places(row), ends(before, after)), ""


def _rows(rows: Iterable[tuple[str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["code", "label", "points"]).set_index("code")


def places(row: pd.Series | Mapping[str, float]) -> str:
    """The change of a rank in words: `名次升 4 位：自身 +6，他人 −2`. row: as of `Changes.units`; "" without a split."""
    if np.isnan(row["rank_data"]):
        return ""
    gained = int(row["rank_change"])
    head = f"名次{'升' if gained > 0 else '降'} {abs(gained)} 位" if gained else "名次未变"
    parts = {"自身": row["rank_data"] + row["rank_adjustments"], "指标体系": row["rank_framework"], "他人": row["rank_cohort"]}
    if not any(parts.values()):
        return head
    shown = [f"{title} {_count(part)}" for title, part in parts.items() if part or title != "指标体系"]
    return f"{head}：{'，'.join(shown)}"


def _count(places: float) -> str:
    return f"{places:+.0f}".replace("-", "−") if places else "0"


def sentence(found: Why) -> tuple[str, str]:
    """(`较2026年二季度 +2.3`, what it is made of in points and in places)."""
    made = "，".join(f"{row.label} {signed(row.shown)}" for row in found.causes.itertuples())
    return f"较{found.ends[0]} {signed(found.causes['shown'].sum())}", f"{made}；{found.places}"


def ends(before: View, after: View) -> tuple[str, str]:
    """What the two sides are called: their periods, or the numbers of two releases of one period."""
    if before.period != after.period:
        return period_title(before.period), period_title(after.period)
    return f"第 {before.release} 号发布", f"第 {after.release} 号发布"


def others(after: View) -> dict[str, str]:
    """What a release can be compared with, address code → title: the period before, a year ago, any other, older releases."""
    found = {code: view for code, view in (("previous", after.previous), ("year_ago", after.year_ago)) if view is not None}
    if len({view.period for view in found.values()}) < len(found):
        del found["year_ago"]  # yearly periods: both are the same
    titles = {"previous": "上期", "year_ago": "上年同期"}
    named = {code: f"{titles[code]}（{period_title(view.period)}）" for code, view in found.items()}
    named |= {period: period_title(period) for period in reversed(after.periods) if period != after.period}
    older = after.releases[after.releases["release"] != after.release]
    made = zip(older["release"], older["at"], older["state"], strict=True)
    return named | {f"r{n}": f"本期第 {n} 号{'草稿' if state == 'draft' else '发布'}（{at[:10]}）" for n, at, state in made}


def other(after: View, code: str) -> View | None:
    """The release that a code of `others` stands for."""
    if code in ("previous", "year_ago"):
        return getattr(after, code)
    return after.at(code) or (after.release_view(int(code[1:])) if code[1:].isdigit() else None)
