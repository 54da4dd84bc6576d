"""Ledgers on sheets: where the header stands, and which column is which field, by a mapping or by our own titles."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ..ledgers import LEDGERS, Ledger
from .cells import CellError, is_blank, nearest, quoted, text_key
from .headers import field_of, is_ignored, words_of
from .ledger_mapping import LedgerMapping, header_key
from .persons import names_persons
from .sheets import Sheet, address, present
from .tables import Table, candidates, title_above

_KEYS = {word: key for key in ("unit", "unit_code") for word in words_of(key)} | {"编号": "ref"}


def own_mapping(ledger: Ledger) -> LedgerMapping:
    """The mapping of a table under our own Chinese titles; columns that no record needs may be left out."""
    columns = _KEYS | {f.title: f.name for f in ledger.fields}  # 名称 is a field of a record, not the unit's
    return LedgerMapping("", ledger, {header_key(label): name for label, name in columns.items()}, strict=False)


OWN = tuple(map(own_mapping, LEDGERS.values()))


def find_own_ledger(sheet: Sheet) -> tuple[Table, LedgerMapping] | None:
    """The ledger whose own titles head the sheet: a unit and each field that a record needs; None if there is none."""
    for row in candidates(sheet):
        keys = {header_key(quoted(cell)) for cell in sheet.cells[row]}
        for mapping in OWN:
            needed = {header_key(f.title) for f in mapping.ledger.fields if f.required}
            if needed <= keys and any(name in ("unit", "unit_code") and key in keys for key, name in mapping.columns.items()):
                return _table(sheet, row, mapping), mapping
    return None


def almost_ledger(sheet: Sheet) -> CellError | None:
    """The refusal of a sheet whose header has half of what a ledger needs, with the columns that it lacks; None of any other."""
    for row in candidates(sheet):
        labels = {header_key(text): text for cell in sheet.cells[row] if (text := quoted(cell))}
        for mapping in OWN:
            needed = {header_key(f.title): f.title for f in mapping.ledger.fields if f.required}
            lacking = [title for key, title in needed.items() if key not in labels]
            if not any(key in labels for key, name in mapping.columns.items() if name in ("unit", "unit_code")):
                lacking.insert(0, "单位")
            own = any(not field_of(key) for key in needed.keys() & labels.keys())  # a word that no other table has
            if own and 2 * len(lacking) <= len(needed) + 1:
                near = nearest(lacking[0], [text for key, text in labels.items() if key not in mapping.columns])
                why = f"像是{mapping.ledger.title}台账，而第 {row + 1} 行的表头里没有 {'、'.join(lacking)}；请补上这一列，或改正表头"
                return CellError(sheet.file, sheet.name, "", "", why, near)
    return None


def find_ledger(sheet: Sheet, mapping: LedgerMapping) -> Table | None:
    """The table that a mapping speaks of: under the row that it names, or under the one with most of its columns (half at least)."""
    if mapping.sheet and sheet.name and text_key(mapping.sheet) != text_key(sheet.name):
        return None
    if mapping.header:
        return _table(sheet, mapping.header - 1, mapping) if mapping.header <= len(sheet.cells) else None
    found = Counter({row: len(_labels(sheet, row).keys() & mapping.columns.keys()) for row in reversed(candidates(sheet))})
    row, most = max(found.items(), key=lambda item: (item[1], -item[0]), default=(0, 0))
    return _table(sheet, row, mapping) if 2 * most >= len(mapping.columns) else None


def no_ledger(mapping: LedgerMapping) -> str:
    """Why a file that holds no table of a mapping is refused."""
    where = f"工作表“{mapping.sheet}”" if mapping.sheet else "任何一张表"
    row = f"第 {mapping.header} 行" if mapping.header else "前 40 行"
    return f"没有在{where}的{row}找到对应文件 {mapping.file} 所写的表头；应有的列：{'、'.join(mapping.columns)}"


def ledger_header_errors(table: Table, mapping: LedgerMapping) -> list[CellError]:
    """Columns that the mapping names and the file lacks, that stand there twice, hold persons, or that nobody speaks of."""
    sheet, row = table.sheet, table.header
    labels = _labels(sheet, row)
    errors = []
    for key, name in mapping.columns.items() if mapping.strict else ():
        if key not in labels:
            near = nearest(key, [quoted(sheet.cells[row, c[0]]) for k, c in labels.items() if k not in mapping.columns])
            why = f"文件里没有这一列，而对应文件 {mapping.file} 说它是{mapping.title(name)}；请改正对应文件或表头"
            errors.append(CellError(sheet.file, sheet.name, "", key, why, near))
    for key, columns in labels.items():
        name = mapping.columns.get(key)
        if name is None:
            errors += [error for c in columns if (error := _unspoken(sheet, row, c, mapping))]
        elif table.fields[name] not in columns:
            errors.append(sheet.error(row, columns[0], f"与 {address(row, table.fields[name])} 都是{mapping.title(name)}；请删去一列"))
        else:
            twice = f"与 {address(row, columns[0])} 的表头相同，说不清哪一列是{mapping.title(name)}；请删去一列或改名"
            errors += [sheet.error(row, c, twice) for c in columns[1:]]
    return errors + _headless(table)


def _unspoken(sheet: Sheet, row: int, column: int, mapping: LedgerMapping) -> CellError | None:
    label = quoted(sheet.cells[row, column])
    if header_key(label) in mapping.drop:
        return None
    drop = f"或在对应文件 {mapping.file} 里写进 drop" if mapping.strict else "或删去这一列"
    if names_persons(label):
        return sheet.error(row, column, f"是写个人的列；本系统只记单位，不记个人。请在业务系统里去掉它再导出，{drop}")
    if is_ignored(label):
        return None
    known = [f.title for f in mapping.ledger.fields] if not mapping.strict else list(mapping.columns)
    what = f"对应文件 {mapping.file} 没有说这一列是什么" if mapping.strict else f"不是{mapping.ledger.title}台账的列"
    return sheet.error(row, column, f"{what}；请改正表头，{drop}", nearest(label, known))


def _headless(table: Table) -> list[CellError]:
    """Cells to the right of the header: most often a row that has slipped at an unquoted comma."""
    errors = []
    for c, cell in enumerate(table.sheet.cells[table.header]):
        if quoted(cell):
            continue
        cells = table.sheet.cells[table.rows, c]
        filled = [i for i in np.flatnonzero(present(cells)) if not is_blank(cells[i])]
        why = "所在的列没有表头；请补上表头，或删去（CSV 里带逗号的内容要加引号）"
        errors += [table.sheet.error(int(table.rows[i]), c, why) for i in filled[:1]]
    return errors


def _labels(sheet: Sheet, row: int) -> dict[str, list[int]]:
    """Header → its columns, in order."""
    labels: dict[str, list[int]] = {}
    for column, cell in enumerate(sheet.cells[row]):
        if key := header_key(quoted(cell)):
            labels.setdefault(key, []).append(column)
    return labels


def _table(sheet: Sheet, row: int, mapping: LedgerMapping) -> Table:
    fields: dict[str, int] = {}
    for key, columns in _labels(sheet, row).items():
        if key in mapping.columns:
            fields.setdefault(mapping.columns[key], columns[0])
    return Table(sheet, "ledger", row, fields, title=title_above(sheet, row))
