"""The sentences of 溯源: what each step of a figure says, why a value was taken, and what has changed since. Plain text, no markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.aggregation import Tournament, generator
from scoring.tree import thin
from scoring.values import MISSING, STATE_TITLES, STATES, VALUE
from store.ledgers import LEDGERS
from store.ledgers.views import BELONGS
from ui import trace
from ui.agreement import PARTING
from ui.method_tables import source_title
from ui.wording import clean, period_title, tenth
from ui.worked_example import aggregation_title, mean_formula, number

if TYPE_CHECKING:
    from ui.view import View

REPORTED, LEDGER = "报送值", "台账值"
_NOTHING_LEFT = "权重由同级其余各项分担"


@dataclass(frozen=True)
class Box:
    """One step on the way: what it is, its figure, where that comes from. `flag`: it asks for a look."""

    title: str
    figure: str
    note: str
    flag: bool = False


def boxes(view: View, cell: trace.Cell) -> list[Box]:
    """The steps from the records of an indicator to its points of the index, in this order."""
    unit = cell.node.unit
    found = [*_ledger(cell), Box("报送", _value(cell.reported["state"], cell.reported["value"], unit), place(cell.reported))]
    if cell.frozen:
        taken = LEDGER if cell.row["used"] else REPORTED
        asks = cell.row["outcome"] in PARTING
        found.append(Box("采用", taken, decision(view, cell), asks))
    found += [Box(step.title, _amount(step.result, unit), step.note) for step in cell.steps[1:-1]]
    score, share = cell.steps[-1], view.framework.effective_weight(cell.node.code)
    how = "；".join(t for t in (score.formula, score.note) if t)
    found.append(Box("得分", tenth(score.result), how if not np.isnan(score.result) else _without(view, cell.state)))
    whole = "—" if np.isnan(cell.points) else f"{cell.points:.2f}"
    return [*found, Box("计入指数", whole, f"所定权重 {share:.2%}；加减分前 {tenth(view.units.at[cell.unit, 'index_raw'])}")]


def _ledger(cell: trace.Cell) -> list[Box]:
    """Records and the figure that they give; none for an indicator that no ledger gives."""
    if not cell.figure:
        return []
    title = f"{LEDGERS[cell.figure.ledger].title}台账"
    counted = int(cell.records["counts"].sum())
    row, now = cell.row, "现在 " if cell.row["moved"] else ""
    said = f"{now}{counted} 条计入；{BELONGS[cell.figure.ledger].words}" if len(cell.records) else f"{now}本期没有记录"
    records = Box(title, f"{len(cell.records)} 条", said)
    if not cell.frozen:
        return [records, Box("台账推算", "—", "发布时没有可推算的记录")]
    scale = "" if cell.figure.factor == 1 else f" × {cell.figure.factor:g}"
    return [records, Box("台账推算", _derived(row["derived"], cell.node.unit), f"{ratio(row['numerator'], row['denominator'])}{scale}")]


def ratio(numerator: float, denominator: float) -> str:
    """Numerator over denominator, with a dash for one that is not known."""
    return f"{number(numerator)} ÷ {'—' if np.isnan(denominator) else number(denominator)}"


def _derived(value: float, unit: str) -> str:
    return STATE_TITLES["not_applicable"] if np.isnan(value) else _amount(value, unit)


def _amount(value: float, unit: str) -> str:
    return "—" if np.isnan(value) else f"{number(value)} {clean(unit, 20)}".strip()


def _value(state: str, value: float, unit: str) -> str:
    return _amount(value, unit) if state == STATES[VALUE] else STATE_TITLES[state]


def place(where: pd.Series) -> str:
    """Where a cell or a record stands: file, sheet, cell or row, batch."""
    parts = [clean(where[part], 60) for part in ("file", "sheet", "cell") if part in where and pd.notna(where[part])]
    parts += [f"第 {where['row']:.0f} 行"] if "row" in where else []
    parts += [f"批次 {where['batch']}"] if pd.notna(where["batch"]) else []
    return " · ".join(p for p in parts if p) or "没有报送"


def decision(view: View, cell: trace.Cell) -> str:
    """Why the reported or the ledger's value was taken, and by how much the two differ."""
    row, rule = cell.row, f"按规则以{LEDGER if view.policy.prefer == 'derived' else REPORTED}为准"
    said = STATE_TITLES[row["reported_state"]]
    if row["outcome"] == "filled":
        filled = "推算为不适用" if np.isnan(row["derived"]) else "补上"
        return f"报送为{said}，以台账{filled}"
    if row["outcome"] == "differs":
        return f"≠ 两者相差 {number(abs(row['gap']))}，{rule}"
    if row["outcome"] == "odd" and row["reported_state"] == STATES[VALUE]:
        return "◇ 台账推不出（不适用），用报送值"
    if row["outcome"] == "odd":
        return f"◇ 报送为{said}，台账有值；{rule}"
    return "＝ 两者一致"


def _without(view: View, state: str) -> str:
    """Why there is no score, and where the weight goes. state: of the cell that was scored."""
    low = state == STATES[MISSING] and view.policy.missing_rule == "none"
    return "不估计，上级不计分" if low else f"{STATE_TITLES[state]}，{_NOTHING_LEFT}"


def changed(view: View, cell: trace.Cell) -> str:
    """What the records say today where that is not what the release froze; "" where it is the same."""
    if cell.row is None or not cell.row["moved"]:
        return ""
    row = cell.row
    was = ratio(row["numerator"], row["denominator"]) if cell.frozen else "没有记录"
    now = "没有记录" if np.isnan(row["numerator_now"]) else ratio(row["numerator_now"], row["denominator_now"])
    value = "" if np.isnan(row["derived_now"]) else f" = {_amount(row['derived_now'], cell.node.unit)}"
    then = f" = {_amount(row['derived'], cell.node.unit)}" if cell.frozen and not np.isnan(row["derived"]) else ""
    again = f"重新发布（python manage.py publish --period {view.period}）后才计入。"
    return f"发布后台账有变。发布时 {was}{then}，现在 {now}{value}。下面是现在的记录；{again}"


def no_records(view: View, cell: trace.Cell) -> str:
    """Why an indicator shows no records, and what to do where something can be done; "" where it shows some."""
    if not cell.figure:
        return f"数来自{source_title(cell.node.source) or '报送'}，不由台账推算：到报送的这一格为止。"
    if len(cell.records):
        return ""
    title = LEDGERS[cell.figure.ledger].title
    return f"{title}台账在{period_title(view.period)}没有它的记录。导入台账（python manage.py import 文件）后，就能看到每一条。"


def _lacking(view: View, unit: str, code: str) -> str:
    """Why a node has no score: too little of its weight has values, or children have no score."""
    cover = view.coverage.at[unit, code]
    if thin(cover, view.policy):
        return f"有值的权重占 {cover:.0%}，低于门槛 {view.policy.coverage:.0%}"
    bare = [k.name for k in trace.tree_of(view, code).children(code) if np.isnan(view.nodes.at[unit, k.code])]
    return f"{'、'.join(clean(n, 40) for n in bare)}没有得分"


def merged(view: View, unit: str, code: str) -> tuple[str, str]:
    """(heading, note): a node's score and the way in which it is made of its children."""
    tree, scores = trace.tree_of(view, code), view.nodes.loc[unit]
    node = tree.node(code)
    method = node.aggregation or view.policy.aggregation
    kids = [k for k in tree.children(code) if not np.isnan(scores[k.code])]
    name = clean(view.node_name(code), 60)
    if np.isnan(scores[code]):
        return f"{name}没有得分", _lacking(view, unit, code)
    title = aggregation_title(method)
    if isinstance(generator(method, code), Tournament):
        return f"{name}由 {len(kids)} 项合成", f"{title}：与其余单位逐一相比；贡献按得分 × 权重分摊，合计即其得分；点一项往下看"
    if method == "arithmetic":
        return f"{name}由 {len(kids)} 项合成", "得分 × 实际权重，合计即其得分；点一项往下看"
    formula = mean_formula(method, [scores[k.code] for k in kids], [k.weight for k in kids])
    return f"{name}由 {len(kids)} 项合成", f"{title} {formula}；贡献按各项的边际作用分摊，合计即其得分；点一项往下看"
