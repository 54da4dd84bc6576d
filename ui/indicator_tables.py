"""What the page of one indicator shows: the choice of nodes, rows of units, periods, and the table that leaves the house."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.framework import Framework, Node
from scoring.normalisation import FIXED
from scoring.values import STATE_TITLES, STATES
from ui.wording import clean, tags

if TYPE_CHECKING:
    from ui.view import View

LEVELS = {"raw": "原始值", "score": "得分"}
UNADJUSTED = "不含加减分"
INDENT = "　"


@dataclass(frozen=True)
class Subject:
    """What is looked at: a node of the framework or a group of a facet. `leaves`: codes of its indicators; `share`: weight in the index.

    `node` is None for a facet's group, which has no row of its own in the framework. `unadjusted`: it is the index, whose score as a
    node is not what other pages show, for adjustments come after it.
    """

    code: str
    name: str
    path: tuple[str, ...]
    leaves: tuple[str, ...]
    share: float
    node: Node | None
    unadjusted: bool = False

    @property
    def single(self) -> bool:
        """Whether it is one indicator, with raw values and states of its own."""
        return self.leaves == (self.code,)

    @property
    def levels(self) -> dict[str, str]:
        """What can be shown of it: only an indicator has raw values."""
        return LEVELS if self.single else {"score": UNADJUSTED if self.unadjusted else LEVELS["score"]}

    @property
    def direction(self) -> int:
        """Of an indicator; scores are always better when higher."""
        return self.node.direction if self.single else 1

    def title(self, level: str) -> str:
        """Name with the unit of what is shown, for an axis."""
        return f"{self.name}（{(self.node.unit if level == 'raw' else '') or self.levels[level]}）"

    def goalposts(self, level: str, scale: tuple[float, float]) -> tuple[float | None, float | None]:
        """What scores worst and best, on the level shown; None where the data set it."""
        if not self.single or self.node.normalisation not in ("", "goalposts") or self.node.low is None:
            return None, None
        ends = self.node.low, self.node.high
        return scale if level == "score" else ends[:: self.node.direction]


def choices(view: View, asked: str | None = None) -> dict[str, str]:
    """Code → title of every node, the framework as an indented tree, then the facets' groups.

    `asked`: a code from a link. One that only another served period knows comes last, so that the page can say so.
    """
    found = {n.code: _indented(view.framework, n.code, n.name) for n in _walk(view.framework, view.framework.root)}
    for facet, title in view.facets.items():
        found |= {f"{facet}:{g}": clean(f"{title}{INDENT}{g}", 80) for g in view.framework.groups(facet)}
    if asked and asked not in found and (known := elsewhere(view, asked)):
        found[asked] = f"{clean(name_in(view.at(known[-1]), asked), 60)}（本期没有）"
    return found


def _walk(tree: Framework, node: Node) -> Iterable[Node]:
    yield node
    for child in tree.children(node.code):
        yield from _walk(tree, child)


def _indented(tree: Framework, code: str, name: str) -> str:
    return INDENT * tree.depth(code) + clean(f"{name} · {code}", 80)


def _has(view: View, code: str) -> bool:
    return code in view.framework or code.partition(":")[2] in view.framework.groups(code.partition(":")[0])


def name_in(view: View, code: str) -> str:
    """Name of a node or a facet's group in the framework of a view that has it."""
    return view.framework.node(code).name if code in view.framework else code.partition(":")[2]


def elsewhere(view: View, code: str) -> list[str]:
    """The served periods, oldest first, whose framework has a node."""
    return [p for p in view.periods if _has(view.at(p), code)]


def subject(view: View, code: str) -> Subject | None:
    """What a code stands for in the view's framework; None where that does not have it."""
    tree = view.framework
    if not _has(view, code):
        return None
    if code in tree:
        leaves = tuple(n.code for n in tree.leaves(code))
        node, path = tree.node(code), tuple(n.name for n in tree.path(code))
        adjusted = node is tree.root and bool(view.history["adjustment"].fillna(0.0).any())
        return Subject(code, node.name, path, leaves, tree.effective_weight(code), node, adjusted)
    facet, _, group = code.partition(":")
    leaves = tuple(n.code for n in tree.indicators if n.facets.get(facet) == group)
    return Subject(code, group, (view.facets[facet], group), leaves, sum(map(tree.effective_weight, leaves)), None)


def rows(view: View, item: Subject, level: str) -> pd.DataFrame:
    """A row a unit, the best first, those without a score last.

    Index unit; columns name, tag (short), sector, tier, index, raw, state, score, rank, coverage, value (the level shown, NaN where the cell has
    none), last (the same a period before) and change (NaN where either has none, or where the two are not on one scale); numerator,
    denominator and derived, what a ledger gave an indicator's cell (NaN without one).
    """
    table = view.units[["name", "sector", "tier", "index"]].assign(tag=tags(view.units["name"])).join(_measured(view, item, level))
    table["rank"], table["coverage"] = view.ranks[item.code], view.coverage[item.code]
    ledger = view.derived[view.derived["indicator"] == item.code].set_index("unit").reindex(table.index)
    table = table.assign(derived=ledger["value"], **{c: ledger[c] for c in ("numerator", "denominator")})
    before = view.previous
    known = before is not None and _has(before, item.code)
    table["last"] = _measured(before, item, level)["value"].reindex(table.index) if known else np.nan
    same = known and _definition(before, item.code, level) == _definition(view, item.code, level)
    table["change"] = table["value"] - table["last"] if same else np.nan
    order = table.assign(place=table["state"].map(STATES.index))
    return table.loc[order.sort_values(["rank", "place", "name"], na_position="last", kind="stable").index]


def _measured(view: View, item: Subject, level: str) -> pd.DataFrame:
    """raw, state, score and value of every unit. A score that stands for a missing value is in `score`, not in `value`."""
    score = view.nodes[item.code]
    if item.single:
        cells = view.cells[view.cells["indicator"] == item.code].set_index("unit").reindex(score.index)
        raw, state = cells["value"].astype(float), cells["state"].fillna("missing")
    else:
        raw, state = pd.Series(np.nan, score.index), _state(view, item, score)
    value = (raw if level == "raw" else score).where(state == "value")
    return pd.DataFrame({"raw": raw, "state": state, "score": score, "value": value})


def _state(view: View, item: Subject, score: pd.Series) -> pd.Series:
    """Of a node: value where it has a score, else what its cells lack: not applicable or pending if all do, missing otherwise."""
    state = pd.Series("value", index=score.index, dtype=object)
    without = score.index[score.isna()]
    if without.empty:
        return state
    cells = view.cells[view.cells["indicator"].isin(item.leaves) & view.cells["unit"].isin(without)]
    for unit, found in cells.groupby("unit")["state"].unique().reindex(without).items():
        found = set(found)
        state[unit] = "missing" if found & {"value", "missing"} else "pending" if "pending" in found else "not_applicable"
    return state


def over_periods(view: View, item: Subject, level: str, units: Iterable[str]) -> pd.DataFrame:
    """Index period; n, q1, median, q3 of these units' values and the counts of their cells by state (0 where there are none)."""
    units, found = pd.Index(units), {}
    for period in view.periods:
        then = view.at(period)
        there = subject(then, item.code)
        row = dict.fromkeys(STATES, 0) | {"n": 0, "q1": np.nan, "median": np.nan, "q3": np.nan}
        if there is not None and (there.single or level == "score"):
            mine = then.units.index.isin(units)
            values = _measured(then, there, level)["value"][mine].dropna()
            cells = then.cells[then.cells["indicator"].isin(there.leaves)]
            kept = cells if mine.all() else cells[cells["unit"].isin(units)]
            row |= kept["state"].value_counts().to_dict() | {"n": len(values)}
            row |= dict(zip(("q1", "median", "q3"), values.quantile([0.25, 0.5, 0.75]), strict=True))
        found[period] = row
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("period")


def breaks(view: View, code: str, level: str) -> list[str]:
    """Periods from which the level shown is on another scale than in the period before: new goalposts, weights, members, units."""
    known = elsewhere(view, code)
    made = [_definition(view.at(p), code, level) for p in known]
    return [p for p, before, now in zip(known[1:], made, made[1:], strict=False) if before != now]


def _definition(view: View, code: str, level: str) -> tuple:
    """What two periods must share for a difference to mean something: of raw values the unit, of scores all that makes them."""
    tree = view.framework if code in view.framework else view.framework.facet_tree(code.partition(":")[0])
    if level == "raw":
        return (tree.node(code).unit,)
    rule = view.policy
    made = [replace(n, name="", source="", parent="", weight=0.0 if n.code == code else n.weight) for n in _walk(tree, tree.node(code))]
    return (rule.range, rule.aggregation, rule.pool, rule.missing_rule, rule.coverage, *made)


def relative(view: View, item: Subject) -> bool:
    """Whether scores rest on the data of each period, so that those of different periods are not on one scale."""
    moving = [n for n in map(view.framework.node, item.leaves) if n.method not in FIXED]
    return bool(moving) and view.policy.pool == "period"


def counted(shown: pd.DataFrame) -> dict[str, int]:
    """State → number of units, in the order of the states; those that do not occur are left out."""
    counts = shown["state"].value_counts()
    return {state: int(counts[state]) for state in STATES if state in counts}


def ledger_titles(shown: pd.DataFrame) -> dict[str, str]:
    """Column → title of what ledgers gave the rows; none where they gave nothing."""
    return {"derived": "台账值", "numerator": "分子", "denominator": "分母"} if shown["numerator"].notna().any() else {}


def export(view: View, item: Subject, shown: pd.DataFrame, level: str) -> pd.DataFrame:
    """The rows shown, at full precision, with Chinese headers, period and release."""
    words, before = view.words, view.previous
    last = f"上期（{before.period}）" if before is not None else "上期"
    table = pd.DataFrame(
        {
            words["period"]: view.period,
            "发布号": view.release,
            f"{words['unit']}代码": shown.index,
            f"{words['unit']}名称": shown["name"].to_numpy(),
            words["sector"]: shown["sector"].to_numpy(),
            "梯队": shown["tier"].to_numpy(),
            "指标代码": item.code,
            "指标": item.name,
            "原始值": shown["raw"].to_numpy(),
            **{title: shown[column].to_numpy() for column, title in ledger_titles(shown).items()},
            "计量单位": item.node.unit if item.single else "",
            "状态": shown["state"].map(STATE_TITLES).to_numpy(),
            item.levels["score"]: shown["score"].to_numpy(),
            "排名": shown["rank"].to_numpy(),
            "覆盖率": shown["coverage"].to_numpy(),
            f"{last}{item.levels[level]}": shown["last"].to_numpy(),
            f"{item.levels[level]}变化": shown["change"].to_numpy(),
            words["index"]: shown["index"].to_numpy(),
        }
    )
    without = [] if item.single else ["原始值", "计量单位"]
    return table.drop(columns=without)
