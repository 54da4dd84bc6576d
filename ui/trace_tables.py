"""The tables of 溯源 under Chinese headings: children of a node, records of a figure, figures of a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from scoring.movement import period_days
from scoring.values import STATES, VALUE
from store.ledgers import LEDGERS
from store.ledgers.specification import Field
from store.ledgers.views import View as Figure
from store.ledgers.views import indicator_views
from ui import agreement, makeup, reads, trace
from ui.trace_words import ratio
from ui.wording import clean, period_title
from ui.worked_example import number

if TYPE_CHECKING:
    from ui.view import View

COUNTED, IN_DENOMINATOR, LEFT_OUT = "✓ 计入", "○ 只计分母", "— 不计"
SUM = "合计"
RECORD_COLUMNS = {
    "计入": st.column_config.TextColumn(width=88, pinned=True), "分子": st.column_config.NumberColumn(width=52),
    "分母": st.column_config.NumberColumn(width=52), "名称": st.column_config.TextColumn(width=210),
    "行": st.column_config.NumberColumn(format="%d", width=52), "批次": st.column_config.NumberColumn(format="%d", width=52),
}  # fmt: skip


def children(view: View, table: pd.DataFrame, states: Mapping[str, str]) -> pd.DataFrame:
    """What `trace.made` gives, with a last row for the sums; columns that say nothing are left out. `states`: how a cell's state is written."""
    counts = zip(table["numerator"], table["denominator"], strict=True)
    shown = pd.DataFrame(
        {
            "组成": [clean(n, 60) for n in table["name"]],
            "得分": table["score"],
            "所定权重": table["weight"],
            "实际权重": table["share"],
            "贡献": table["points"],
            "计入指数": table["whole"],
            "状态": [states.get(s, "") for s in table["state"]],
            "台账": [ratio(n, d) if n == n else "" for n, d in counts],
            "出处": [clean(s, 40) for s in table["source"]],
        }
    )
    sums = shown[["所定权重", "实际权重", "贡献", "计入指数"]].sum(min_count=1)
    texts = ("状态", "台账", "出处")
    shown.loc[SUM] = {"组成": SUM, "得分": np.nan, **dict.fromkeys(texts, ""), **sums}
    idle = [c for c in texts if shown[c].eq("").all() or (c == "状态" and table["state"].isin(["", STATES[VALUE]]).all())]
    idle += ["计入指数"] if np.array_equal(table["whole"], table["points"], equal_nan=True) else []
    return shown.drop(columns=idle)


def records(figure: Figure, table: pd.DataFrame) -> pd.DataFrame:
    """The records behind a figure: whether and how much each counts, its fields, and where it stands. Columns without content are left out."""
    marks = np.select([table["counts"], table["denominator"] > 0], [COUNTED, IN_DENOMINATOR], LEFT_OUT)
    fields = {f.title: table[f.name].map(lambda x, f=f: said(f, x)) for f in LEDGERS[figure.ledger].fields}
    whole = {"分子": table["numerator"], "分母": table["denominator"]}
    place = {"文件": table["file"], "工作表": table["sheet"], "行": table["row"], "批次": table["batch"]}
    shown = pd.DataFrame({"计入": marks, **whole, "编号": table["ref"], **fields, **place})
    return shown.loc[:, [c for c in shown if c in whole or shown[c].astype(str).ne("").any()]]


def said(field: Field, value: object) -> str:
    """A field of a record as text; "" for an empty one."""
    if value is None or value != value:
        return ""
    if field.kind == "yes_no":
        return field.words[bool(value)]
    return number(float(value)) if field.kind in ("whole", "number") else str(value)


def ledgers() -> dict[str, str]:
    """Name → title of every ledger."""
    return {name: ledger.title for name, ledger in LEDGERS.items()}


def of_unit(view: View, unit: str, ledger: str) -> pd.DataFrame:
    """A unit's current records of a ledger, index ref, the latest first; those of after the period come last."""
    mine = reads.unit_records(str(view.path), reads.stamp(view.path), ledger, unit).set_index("ref")
    day = mine[next(f for f in ("due", "date", "since") if f in mine)].fillna("")
    end = period_days(view.period)
    ahead = day > end[1].isoformat() if end else day != day
    return mine.loc[pd.DataFrame({"ahead": ahead, "day": day}).sort_values(["ahead", "day"], ascending=[True, False], kind="stable").index]


def facts(ledger: str, row: pd.Series) -> list[tuple[str, str]]:
    """(title, what is said) of each field of a record, its number first."""
    return [("编号", str(row.name)), *((f.title, said(f, row[f.name])) for f in LEDGERS[ledger].fields)]


def fed(view: View, unit: str, ledger: str, ref: str) -> pd.DataFrame:
    """The figures that a record is counted in, a row an indicator and period, the chosen period's first, then the latest.

    Columns: indicator, period; own_numerator, own_denominator (what this record adds); numerator, denominator, derived, used, moved as in
    `agreement.compared`; score, dimension (code), dimension_score, points (of the index before adjustments), index. NaN, False and ""
    where the period is not published or its release lacks the unit or the indicator.
    """
    pairs = reads.feeds(str(view.path), reads.stamp(view.path), ledger, unit, ref)
    order = sorted(pairs, key=lambda pair: (pair[1] != view.period, -view.periods.index(pair[1]) if pair[1] in view.periods else 1))
    return pd.DataFrame([_fed(view, unit, ref, *pair) for pair in order])


def _fed(view: View, unit: str, ref: str, indicator: str, period: str) -> dict:
    then, row = view.at(period), {"indicator": indicator, "period": period, "used": False, "moved": False, "dimension": ""}
    gaps = ("own_numerator", "own_denominator", "numerator", "denominator", "derived", "score", "dimension_score", "points", "index")
    row |= dict.fromkeys(gaps, np.nan)
    if then is None or unit not in then.units.index or indicator not in indicator_views(then.framework):
        return row
    cell = agreement.compared(then, unit).set_index("indicator").loc[indicator]
    own = trace.behind(then, unit, indicator).set_index("ref").reindex([ref]).iloc[0]
    dimension = then.framework.dimension_of(indicator).code
    row |= cell[["numerator", "denominator", "derived", "used", "moved", "score"]].to_dict()
    return row | {
        "own_numerator": own["numerator"], "own_denominator": own["denominator"], "dimension": dimension,
        "dimension_score": then.nodes.at[unit, dimension], "points": makeup.points(then, unit)[indicator], "index": then.units.at[unit, "index"],
    }  # fmt: skip


def fed_sheet(view: View, table: pd.DataFrame) -> pd.DataFrame:
    """`fed` under Chinese headings."""
    dimension, index = view.words["dimension"], view.words["index"]
    marks = np.select([table["own_numerator"] > 0, table["own_denominator"] > 0], [COUNTED, IN_DENOMINATOR], LEFT_OUT)
    return pd.DataFrame(
        {
            view.words["period"]: [period_title(p) for p in table["period"]],
            "指标": [clean(view.node_name(code), 60) for code in table["indicator"]],
            "本条": np.where(table["score"].isna() & table["own_numerator"].isna(), "未发布", marks),
            "合计": [ratio(n, d) if n == n else "" for n, d in zip(table["numerator"], table["denominator"], strict=True)],
            "台账值": table["derived"],
            "采用": np.where(table["derived"].isna(), "", np.where(table["used"], "台账值", "报送值")),
            "指标得分": table["score"],
            dimension: [clean(view.node_name(code), 40) if code else "" for code in table["dimension"]],
            f"{dimension}得分": table["dimension_score"],
            "计入指数": table["points"],
            index: table["index"],
            "说明": np.where(table["moved"], "发布后台账有变", ""),
        }
    )  # fmt: skip


def fed_columns(view: View) -> dict:
    """How the numbers of `fed_sheet` are written."""
    tenths = dict.fromkeys(("指标得分", f"{view.words['dimension']}得分", view.words["index"]), "%.1f")
    formats = tenths | {"计入指数": "%.2f"}
    return {name: st.column_config.NumberColumn(format=how) for name, how in formats.items()}


def feeds_nothing(view: View, ledger: str) -> str:
    """Why a record is counted in no figure."""
    asked = {figure.ledger for figure in indicator_views(view.framework).values()}
    title = LEDGERS[ledger].title
    if ledger not in asked:
        return f"{title}台账不推算指标：指标体系里没有一项指标取自它。"
    return f"这条记录不计入任何指标：它的类别没有指标去数，或它的日期不在任何有数据的{view.words['period']}里。"
