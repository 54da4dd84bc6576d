"""Who changed tier since the period before, and what moved each most."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from briefs import naming
from reports.contents import Grid, Number, Numbers, Sheet, Words
from ui import causes, fields, move_tables, moves
from ui.wording import clean, period_title, signed

if TYPE_CHECKING:
    from scoring.change import Changes
    from ui.view import View

_SHOWN = 4  # of those who rose, and of those who fell, on a slide


class Moved(NamedTuple):
    """Two periods compared: `all` units and those that moved as `moves.compare` gives them, and why as `causes.changes` does."""

    before: View
    all: pd.DataFrame
    movers: pd.DataFrame
    why: Changes


def moved(view: View) -> tuple[Moved | None, str]:
    """(who moved since the period before, "") or (None, why it cannot be said)."""
    before = view.previous
    if before is None:
        return None, f"{period_title(view.period)}是最早的一期，没有更早的可以比较。"
    found = moves.compare(before.units, view.units, view.labels)
    if why := moves.refused(before, view, found):
        return None, why
    movers = moves.movers(found)
    return Moved(before, found, movers, causes.changes(before, view, movers.index)), ""


def movement(view: View, _: str = "") -> Sheet:
    """How many rose and fell, from where to where, and the biggest moves with their reasons."""
    found, why = moved(view)
    if found is None:
        return naming.lacking("movement", "梯队变化", why)
    kinds = found.all["kind"].value_counts()
    shown = [k for k in moves.MEANINGS if kinds.get(k, 0) or k in ("up", "down", "same")]
    figures = Numbers(tuple(Number(moves.KINDS[k], f"{kinds.get(k, 0)} 个") for k in shown))
    caution = moves.caution(found.before, view)
    left = (figures, transitions(view, found), *([Words((caution,), bullets=False)] if caution else []))
    rows = pd.concat([found.movers[found.movers["kind"] == kind].head(_SHOWN) for kind in ("up", "down", "joined", "left")]).head(2 * _SHOWN)
    right = reasons(view, found, rows, len(found.movers) - len(rows), 1) if len(rows) else Words(("没有梯队变化。",), bullets=False)
    return Sheet("movement", "梯队变化", headline(view, found), (left, (right,)), (1, 2.1), opens=_opens(view, rows))


def _opens(view: View, rows: pd.DataFrame) -> dict[str, str]:
    return naming.opens(view, rows.index.intersection(view.units.index))


def headline(view: View, found: Moved) -> str:
    """How many rose and fell, and who moved most."""
    kinds, since = found.all["kind"].value_counts(), f"较{period_title(found.before.period)}"
    up, down, joined, left = (int(kinds.get(kind, 0)) for kind in ("up", "down", "joined", "left"))
    if not len(found.movers):
        return f"{since}没有{view.words['unit']}变动梯队"
    said = f"{since} {up} 个上升、{down} 个下降" + "".join(f"、{n} 个{word}" for n, word in ((joined, "进入"), (left, "退出")) if n)
    biggest = found.movers[found.movers["step"].abs() > 0]
    if biggest.empty:
        return said
    row = biggest.loc[moves.biggest(biggest)]
    same = found.before.period in fields.course(view, view.framework.root.code).comparable
    points = f"，{signed(row['change'])} 分" if same and pd.notna(row["change"]) else ""
    return f"{said}；变动最大的是{_called(view, row)}，{move_tables.arrow(row, str)}{points}"


def _called(view: View, row: pd.Series) -> str:
    """The name of one that moved, as short as elsewhere; of one that left, as it was written."""
    return naming.short(view).get(row.name, clean(row["name"], 40))


def transitions(view: View, found: Moved) -> Grid:
    """Units by tier before and after."""
    table = moves.transitions(found.all, view.labels)
    table.insert(0, "上期 ＼ 本期", list(table.index))
    return Grid(table.reset_index(drop=True), decimals=dict.fromkeys(view.labels, 0))


def reasons(view: View, found: Moved, rows: pd.DataFrame, more: int = 0, most: int = 2) -> Grid:
    """These units with their tiers, the change of the index, one or two indicators that moved it most, and the adjustments where any did."""
    told = move_tables.explained(rows, found.why, view, str)
    word, names = view.words["unit"], naming.short(view).reindex(rows.index)
    table = pd.DataFrame(
        {
            word: [clean(row["name"], 24) if pd.isna(names[unit]) else names[unit] for unit, row in rows.iterrows()],
            "梯队": told["梯队"].to_list(),
            "变化": [signed(change) for change in rows["change"]],
            "主要原因（分）": ["；".join(filter(None, _main(row, most))) for _, row in told.iterrows()],
        }
    )
    return Grid(table, weights={word: 2, "梯队": 2, "变化": 0.8, "主要原因（分）": 4.4}, more=more)


def _main(row: pd.Series, most: int) -> list[str]:
    """The reasons of one row of `move_tables.explained`, the biggest first; what it says where nothing was split."""
    if pd.isna(row["指数变化"]):
        return [row["说明"]]
    adjusted = causes.CAUSES["adjustments"]
    points = [f"{adjusted} {signed(row[adjusted])}"] if row[adjusted] else []
    own = [_turned(row[column]) for column in ("变化最大的指标", "其次")[:most]]
    return [*own, *points, row["说明"].rstrip("。")]


def _turned(text: str) -> str:
    """`+2.3 name` → `name +2.3`, with a true minus sign."""
    points, _, name = text.partition(" ")
    return f"{clean(name, 24)} {points.replace('-', '−')}" if name else ""
