"""COINr's own tables (R package COINr, W. Becker, JRC): iMeta describes indicators, iData holds units and values.

iMeta becomes a framework: Group, Denominator and Other rows are left out, leaves are normalised by min–max, the root comes first
and parents before their children. iData brings its units with it: `uCode`, `uName`, sector = the group column whose iMeta row
comes last (or the one asked for), size = the denominator called Population. NA and empty cells bring no observation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.movement import period_key

from .cells import BadCell, CellError, quoted, text_key
from .columns import clean_column
from .names import Units
from .periods import clean_period
from .registers import UnitRow
from .tables import Table

_TYPES = ("Indicator", "Aggregate", "Group", "Denominator", "Other")
_NOT_IN_TREE = ("Group", "Denominator", "Other")
_COLUMNS = {"icode": "code", "parent": "parent", "iname": "name", "unit": "unit", "direction": "direction", "weight": "weight"}


@dataclass(frozen=True)
class Meta:
    """What iMeta says: the framework as a table of text, group columns in order, the denominator of size, codes outside the tree."""

    framework: pd.DataFrame
    groups: tuple[str, ...]
    population: str
    aside: frozenset[str]


def read_meta(table: Table) -> tuple[Meta, list[CellError]]:
    """iMeta from its table. Refuses a row without a code or with an unknown Type; the tree is checked as any framework is."""
    rows, errors = [], []
    for at in table.rows.tolist():
        row = {key: _text(table.sheet.cells[at, c]) for key, c in table.fields.items()}
        if not any(row.values()):
            continue
        if not row["icode"]:
            errors.append(table.sheet.error(at, table.fields["icode"], "没有 iCode；请填写"))
        elif row["type"] not in _TYPES:
            errors.append(table.sheet.error(at, table.fields["type"], f"不是 iMeta 的类型；可用：{'、'.join(_TYPES)}"))
        else:
            rows.append(row)
    outside = {row["icode"]: row for row in rows if row["type"] in _NOT_IN_TREE}
    groups = tuple(code for code, row in outside.items() if row["type"] == "Group")
    populations = [c for c, row in outside.items() if row["type"] == "Denominator" and text_key(c) == "population"]
    tree = _framework([row for row in rows if row["icode"] not in outside])
    return Meta(tree, groups, next(iter(populations), ""), frozenset(outside)), errors


def _text(cell: object) -> str:
    text = quoted(cell)
    return "" if text == "NA" else text


def _framework(rows: list[dict[str, str]]) -> pd.DataFrame:
    """The tree as columns of framework.csv, sorted by depth and else in iMeta's order."""
    parents = {row["icode"]: row.get("parent", "") for row in rows}

    def depth(code: str) -> int:
        steps = 0
        while (code := parents.get(code, "")) and steps <= len(parents):  # a cycle is refused by name later
            steps += 1
        return steps

    table = pd.DataFrame(
        [
            {ours: row.get(theirs, "") for theirs, ours in _COLUMNS.items()}
            | {"normalisation": "min_max" if row["type"] == "Indicator" else "", "target": row.get("target", "")}
            for row in sorted(rows, key=lambda row: depth(row["icode"]))
        ],
        columns=[*_COLUMNS.values(), "normalisation", "target"],
    )
    return table if (table["target"] != "").any() else table.drop(columns="target")


def set_aside(table: Table, meta: Meta | None) -> None:
    """Move the columns of groups and denominators from a wide iData's unknown ones to `aside`."""
    aside = meta.aside if meta else frozenset()
    table.aside = {label: c for c, label in table.others.items() if label in aside}
    for column in table.aside.values():
        del table.others[column]


def idata_units(
    table: Table, meta: Meta | None, units: Units, group: str = ""
) -> tuple[list[UnitRow], list[CellError]]:
    """The units of an iData table, each fact as the latest period states it; and a size that is no number, a group not there.

    `group`: the column to take the sectors from instead of the last one.
    """
    groups = [g for g in (meta.groups if meta else ()) if table.kind == "long" or g in table.aside]
    if group and group not in groups:
        return [], [table.sheet.refusal(f"没有分组列 {group}；已有：{'、'.join(groups) or '无'}")]
    size_cells = _aside_cells(table, meta.population if meta else "")
    sizes = clean_column(size_cells, coinr=True)
    column = table.aside.get(meta.population, table.fields.get("value")) if meta else None
    errors = [table.sheet.error(int(table.rows[i]), column, why) for i, why in sizes.refused]
    stated = pd.DataFrame(
        {
            "code": [_text(cell) for cell in table.column("unit_code")],
            "name": [_text(cell) or None for cell in table.column("unit")],
            "sector": [_text(cell) or None for cell in _aside_cells(table, group or next(reversed(groups), ""))],
            "size": sizes.values,
            "row": table.rows,
        },
    )
    stated = stated.iloc[_by_period(table)]
    last = stated[stated["code"] != ""].groupby("code", sort=False).last().sort_values("row")  # of each column, the last that is not empty
    place = table.fields.get("unit", table.fields["unit_code"])
    return [
        UnitRow(code, u.name or units.name_of(code) or code, u.sector or "", u.size, table.sheet, int(u.row), place)
        for code, u in zip(last.index, last.itertuples(index=False), strict=True)
    ], errors


def _aside_cells(table: Table, code: str) -> np.ndarray:
    """Raw cells (n_rows,) of a group or denominator; None on the rows of a long table that hold something else."""
    if table.kind != "long":
        return table.sheet.cells[table.rows, table.aside[code]] if code in table.aside else np.full(len(table.rows), None, dtype=object)
    mine = table.column("indicator") == code
    return np.where(mine, table.column("value"), None)


def _by_period(table: Table) -> np.ndarray:
    """Order of the rows (n_rows,), the latest period last, else as they stand. Rows with a bad period come first."""
    places, distinct = pd.factorize(table.column("period"), use_na_sentinel=False)
    keys = []
    for cell in distinct:
        try:
            keys.append((1, period_key(clean_period(cell))))
        except BadCell:
            keys.append((0, ()))
    ranks = np.empty(len(keys), int)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return np.argsort(ranks[places], kind="stable")
