"""The annexes of the report of a period, and the tables of its workbook."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from briefs import city_method, naming
from briefs.anonymous import without_codes
from reports.contents import Grid, Sheet, Words
from scoring.adjustment import KINDS
from scoring.values import STATE_TITLES
from ui import causes, certainty, move_tables, moves, portrait
from ui.wording import clean, tenth

if TYPE_CHECKING:
    from ui.view import View

_NARROW = 6  # dimensions that have room as columns on an upright page


def ranking(view: View) -> Sheet:
    """Every unit: rank with its interval, tier, index, change, dimensions."""
    units = view.units.sort_values(["rank", "name"], kind="stable", na_position="last")
    codes, before, words = portrait.dimension_codes(view), view.previous, view.words
    table = pd.DataFrame({"名次": units["rank"].to_numpy(), words["unit"]: naming.short(view)[units.index].to_numpy()})
    if (units["sector"].fillna("") != "").any():
        table[words["sector"]] = [clean(sector, 12) for sector in units["sector"]]
    table["梯队"] = units["tier"].to_numpy()
    table[words["index"]] = units["index"].to_numpy()
    if before is not None:
        table["上期"] = before.units["index"].reindex(units.index).to_numpy()
    if view.uncertainty is not None:
        table["名次区间"] = [certainty.interval(view, unit) for unit in units.index]
    if len(codes) <= _NARROW:
        for code in codes:
            table[clean(view.node_name(code), 8)] = view.nodes.loc[units.index, code].to_numpy()
    lead = f"按含加减分的{words['index']}排名，并列取最好名次"
    unscored = units[units["index"].isna()]
    names = naming.short(view)
    said = tuple(f"{names[unit]}：{clean(note) or '没有得分'}" for unit, note in unscored["note"].items())
    grid = Grid(table, decimals={"名次": 0}, weights=_widths(view, table))
    return Sheet("ranking", f"各{words['unit']}名次和得分", lead, ((grid, *([Words(said)] if said else [])),))


def _widths(view: View, table: pd.DataFrame) -> dict[str, float]:
    """Relative widths by which no tier, sector or interval breaks."""
    words = view.words
    texts = {words["unit"]: 2.7, words["sector"]: 1.45, "梯队": 1.15, "名次区间": 1.35, "名次": 0.85}
    return dict.fromkeys(table, 1.05) | {column: wide for column, wide in texts.items() if column in table}


def adjustments(view: View) -> Sheet:
    """Every bonus, penalty and veto with reason and document."""
    given = view.adjustments
    table = pd.DataFrame(
        {
            view.words["unit"]: naming.short(view)[given["unit"]].to_numpy(),
            "类别": given["kind"].map(KINDS).to_numpy(),
            "分数": [tenth(points) if kind != "veto" else "" for kind, points in zip(given["kind"], given["points"], strict=True)],
            "事由": [clean(reason, 80) for reason in given["reason"]],
            "文号": [clean(document, 60) for document in given["document"]],
        }
    )
    counts = given["kind"].value_counts()
    said = "、".join(f"{title} {counts[kind]} 笔" for kind, title in KINDS.items() if kind in counts)
    caps = f"加分合计至多 {view.policy.bonus_cap:g} 分，减分合计至多 {view.policy.penalty_cap:g} 分"
    weights = {view.words["unit"]: 1.8, "类别": 0.8, "分数": 0.6, "事由": 2.2, "文号": 2.2}
    return Sheet("adjustments", "加减分和一票否决", f"{said}；{caps}", ((Grid(table, weights=weights),),))


def indicators(view: View) -> Sheet:
    """Every indicator: weight, goalposts, mean score, gaps."""
    table = indicator_table(view).drop(columns="代码")
    grid = Grid(table, decimals={"缺报": 0}, weights=dict.fromkeys(table, 0.9) | {"指标": 4.4, view.words["dimension"]: 1.4})
    return Sheet("indicators", "指标得分", "各项指标得分的均值、四分位和缺报格数", ((grid,),))


def indicator_table(view: View) -> pd.DataFrame:
    """A row an indicator: code, name, dimension, weight in the index (per cent), mean and quartiles of the scores, cells not reported."""
    nodes = view.framework.indicators
    scores = view.nodes[[n.code for n in nodes]]
    missing = view.cells[view.cells["state"] == "missing"]["indicator"].value_counts()
    low, high = (scores.quantile(q).to_numpy() for q in (0.25, 0.75))
    return pd.DataFrame(
        {
            "代码": [n.code for n in nodes],
            "指标": [n.name for n in nodes],
            view.words["dimension"]: [view.framework.dimension_of(n.code).name for n in nodes],
            "权重（%）": [100 * view.framework.effective_weight(n.code) for n in nodes],
            "均值": scores.mean().to_numpy(),
            "下四分位": low,
            "上四分位": high,
            "缺报": missing.reindex([n.code for n in nodes]).fillna(0).astype(int).to_numpy(),
        }
    )


def method(view: View) -> Sheet:
    """How it is made and how sure it is."""
    made, sure = city_method.method(view), city_method.uncertainty(view)
    words = [block for column in sure.blocks for block in column if isinstance(block, Words)]
    return Sheet("method", "口径和可靠性", made.lead, ((*made.blocks[0], Words((f"{sure.lead}。",), bullets=False), *words),))


def annexes(view: View) -> tuple[Callable[[View], Sheet], ...]:
    """What writes each annex, in their order; that of adjustments only where there are any."""
    return (ranking, *([adjustments] if len(view.adjustments) else []), indicators, method)


def tables(view: View) -> dict[str, pd.DataFrame]:
    """The workbook's tables by title, at full precision: scores, tiers, indicators, cells, adjustments, intervals."""
    found = {"得分": scores(view), "指标": indicator_table(view), "指标得分": cells(view)}
    before = view.previous
    if before is not None:
        moved = moves.compare(before.units, view.units, view.labels)
        if not moves.refused(before, view, moved):
            found["梯队变化"] = move_tables.export(moved, causes.changes(before, view, moved.index), before, view)
    if len(view.adjustments):
        found["加减分"] = _given(view)
    if view.uncertainty is not None:
        found["名次区间"] = certainty.export(view, certainty.table(view))
    return {title: without_codes(view, table) for title, table in found.items()}


def scores(view: View) -> pd.DataFrame:
    """A row a unit, best first: index with and without adjustments, rank, tier, dimensions, balance, why there is no score."""
    units, words, codes = view.units.sort_values("rank", kind="stable", na_position="last"), view.words, portrait.dimension_codes(view)
    head = {
        "name": words["unit"], "sector": words["sector"], "size": words["size"], "rank": "名次", "tier": "梯队", "index": words["index"],
        "index_raw": "不含加减分", "bonus": "加分", "penalty": "减分",
    }  # fmt: skip
    table = units[list(head)].rename(columns=head).rename_axis(f"{words['unit']}代码")
    table = table.join(view.nodes[codes].rename(columns={code: f"{code} {view.node_name(code)}" for code in codes}))
    weakest = [view.node_name(code) if code else "" for code in units["weakest"].fillna("")]
    return table.assign(最低=weakest, 低于自身均值=units["weakest_gap"], 几何平均=units["geometric"], 说明=units["note"]).reset_index()


def cells(view: View) -> pd.DataFrame:
    """A row a cell: unit, indicator, state, value, score, and the file that it came from."""
    found, words = view.cells, view.words
    names = view.units["name"]
    return pd.DataFrame(
        {
            f"{words['unit']}代码": found["unit"].to_numpy(),
            words["unit"]: found["unit"].map(names).to_numpy(),
            "指标代码": found["indicator"].to_numpy(),
            "指标": found["indicator"].map({n.code: n.name for n in view.framework.indicators}).to_numpy(),
            "计量": found["indicator"].map({n.code: n.unit for n in view.framework.indicators}).to_numpy(),
            "状态": found["state"].map(STATE_TITLES).to_numpy(),
            "原始值": found["value"].to_numpy(),
            "得分": found["score"].to_numpy(),
            "文件": found["file"].to_numpy(),
        }
    )


def _given(view: View) -> pd.DataFrame:
    given, word = view.adjustments, view.words["unit"]
    return pd.DataFrame(
        {
            f"{word}代码": given["unit"].to_numpy(),
            word: [view.unit_name(unit) for unit in given["unit"]],
            "类别": given["kind"].map(KINDS).to_numpy(),
            "分数": given["points"].where(given["kind"] != "veto", np.nan).to_numpy(),
            "事由": given["reason"].to_numpy(),
            "文号": given["document"].to_numpy(),
        }
    )
