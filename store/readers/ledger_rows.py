"""Rows of an export to records of a ledger: each field cleaned as a column, what contradicts itself refused by cell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..ledgers import Field
from ..ledgers.specification import TEXTS
from .cells import BadCell, CellError, text_key
from .keys import Scope, find_units
from .ledger_columns import Refused, clean_field, clean_texts, distinct_cells, empty
from .ledger_mapping import LedgerMapping
from .names import Units
from .persons import is_name, refuse_persons, without_numbers
from .sheets import present
from .tables import Table

# Fields that name a department or a branch, where a person's name is most often put, and titles of what one person has to mend.
_OFFICES = {"task": ("owner",), "rectification": ("title",), "brand": ("branch",)}
_NAME = "像是个人姓名；本系统只记单位，不记个人，请改填科室、支部，或删去"


@dataclass
class Records:
    """Records of one table: the ledger's columns as `frame` (n rows), and `units` (n,), their units' ids, −1 where not known."""

    table: Table
    mapping: LedgerMapping
    frame: pd.DataFrame
    units: np.ndarray

    def place(self, i: int) -> str:
        """Where a record stands, in words."""
        sheet = self.table.sheet
        return " ".join(t for t in (sheet.file, sheet.name, f"第 {self.frame['row'].iloc[i]} 行") if t)


def records_of(
    table: Table, mapping: LedgerMapping, scope: Scope, tell: Callable[[str], None] = lambda what: None
) -> tuple[Records, list[CellError]]:
    """The records below a ledger's header, and every bad cell. Where there is one, the frame is not to be written.

    `tell`: called with the title of each column that is looked at.
    """
    tell(mapping.title("unit"))
    reading = _Reading(table, mapping, scope)
    for field in mapping.ledger.fields:
        tell(field.title)
        reading.take(field)
    for pair in mapping.ledger.in_order:
        reading.compare(*pair)
    reading.compare_status()
    reading.refuse_names()
    return reading.records(), [without_persons(error) for error in reading.errors]


def without_persons(error: CellError) -> CellError:
    """The error as it may be told: a person's number is not repeated in messages and in workbooks of refusals."""
    shown = without_numbers(error.value)
    return error if shown == error.value else replace(error, value=shown)


class _Reading:
    """The rows of one table that count, their cleaned columns by field, and what was refused."""

    def __init__(self, table: Table, mapping: LedgerMapping, scope: Scope):
        self.table, self.mapping, self.scope = table, mapping, scope
        units = scope.units
        counts, ids, self.errors = self._units(units)
        self.rows, self.units = table.rows[counts], ids[counts]
        self.codes = np.array([*units.codes, ""], object)[self.units.clip(-1)]
        self.values: dict[str, np.ndarray] = {}
        self.refused: dict[str, set[int]] = {}  # field → places

    def _units(self, units: Units) -> tuple[np.ndarray, np.ndarray, list[CellError]]:
        """Mask of the rows that count, ids of their units, and the units that are not known."""
        stated = self.mapping.constants.get("unit")
        if stated is None and not {"unit", "unit_code"} & self.table.fields.keys():  # its header has been refused for that
            nothing = len(self.table.rows)
            return np.zeros(nothing, bool), np.full(nothing, -1), []
        if stated is None:
            named = np.logical_or.reduce([present(self.table.column(f)) for f in ("unit", "unit_code") if f in self.table.fields])
            return find_units(self.table, units, named if named.all() else self._filled())
        filled, found = self._filled(), units.find(stated)
        errors = []
        if found is None:
            why = f"对应文件 {self.mapping.file} 的 [constants] unit 不是已登记的单位；请改正"
            sheet = self.table.sheet
            errors.append(CellError(sheet.file, sheet.name, "", stated, why, units.nearest(stated)))
        return filled, np.full(len(filled), -1 if found is None else found), errors

    def _filled(self) -> np.ndarray:
        return np.logical_or.reduce([present(self.table.column(f)) for f in self.table.fields])

    def cells(self, name: str) -> np.ndarray:
        """Raw cells of a field on the rows that count."""
        return self.table.sheet.cells[self.rows, self.table.fields[name]]

    def refuse(self, name: str, i: int, why: str, nearest: str = "") -> None:
        """Refuse the cell of a field on the i-th row that counts."""
        column = self.table.fields.get(name)
        sheet, row = self.table.sheet, int(self.rows[i])
        if column is None:  # what the mapping states for all rows
            why = f"是对应文件 {self.mapping.file} 里固定的{self.mapping.title(name)}，{why}"
            self.errors.append(CellError(sheet.file, sheet.name, f"第 {row + 1} 行", str(self.values[name][i]), why, nearest))
        else:
            self.errors.append(sheet.error(row, column, why, nearest))

    def take(self, field: Field) -> None:
        """Clean a field's column; what is empty though every record needs it is refused."""
        name = field.name
        if name not in self.table.fields:
            nothing = np.nan if field.kind in ("whole", "number") else "" if field.kind in TEXTS else None
            self.values[name] = _filled_with(self.mapping.constants.get(name, nothing), len(self.rows))
            return
        values, refused = clean_field(field, self.cells(name), self.mapping.words.get(name, {}))
        hint = f"；业务系统的叫法请写进对应文件 {self.mapping.file} 的 [words.{name}]" if field.words and self.mapping.strict else ""
        for bad in refused:
            self.refuse(name, bad.place, bad.why + hint, bad.nearest)
        if field.kind == "text":
            self._refuse_persons(name, values)
        if field.kind in ("unit", "node"):
            values, lost = named(field, values, self.scope)
            for bad in lost:
                self.refuse(name, *bad)
            refused = [*refused, *lost]
        self.refused[name] = {bad.place for bad in refused}
        if field.required:
            for i in np.flatnonzero(empty(values)):
                if i not in self.refused[name]:
                    self.refuse(name, int(i), f"没有填{field.title}；每条记录须有它")
        self.values[name] = values

    def _refuse_persons(self, name: str, values: np.ndarray) -> None:
        for i, why in refuse_persons(values):
            self.refuse(name, i, why)

    def compare(self, first: str, second: str) -> None:
        """Refuse a second that is less than the first: an end before its start, more people than were expected."""
        left, right = self.values[first], self.values[second]
        both = np.flatnonzero(~empty(left) & ~empty(right))
        late = both[np.asarray(left[both] > right[both], bool)]
        number = self.mapping.ledger.field(first).kind != "date"
        for i in late:
            if number:
                self.refuse(first, int(i), f"多于{self.mapping.title(second)} {right[i]:g}；请核对")
            else:
                self.refuse(second, int(i), f"早于{self.mapping.title(first)} {left[i]}；请核对")

    def compare_status(self) -> None:
        """Refuse a closed record without its date, a date on an open one, and a word that says neither."""
        status = self.mapping.status
        if status is None or "status" not in self.table.fields:
            return
        places, distinct = distinct_cells(self.cells("status"))
        keys = [text_key(cell) if isinstance(cell, str) else "" for cell in distinct]
        closed, open_, blank = (np.array([test(k) for k in keys], bool)[places] for test in (
            status.closed.__contains__, status.open.__contains__, lambda key: not key,
        ))  # fmt: skip
        title, dated = self.mapping.title(status.field), ~empty(self.values[status.field])
        words = self.cells("status")
        wrong = self.refused.get(status.field, ())  # there is a date, if no good one
        for i in (i for i in np.flatnonzero(closed & ~dated) if i not in wrong):
            self.refuse(status.field, int(i), f"是空的，而状态是“{words[i]}”；请补上{title}，或改正状态")
        for i in np.flatnonzero(open_ & dated):
            self.refuse("status", int(i), f"与{title} {self.values[status.field][i]} 矛盾；请改正其中一个")
        for i in np.flatnonzero(~closed & ~open_ & ~blank):
            self.refuse("status", int(i), f"不是对应文件 {self.mapping.file} 的 [status] 里的词；请补进 closed 或 open")

    def refuse_names(self) -> None:
        """Refuse persons' names where a department stands, and as the title of what one person has to mend."""
        for name in _OFFICES.get(self.mapping.ledger.name, ()):
            if name not in self.table.fields:
                continue
            places, distinct = pd.factorize(self.values[name])
            names = np.array([is_name(text) for text in distinct], bool)[places]
            for i in np.flatnonzero(names):
                self.refuse(name, int(i), _NAME)

    def records(self) -> Records:
        """The columns as a table of records."""
        sheet = _filled_with(self.table.sheet.name, len(self.rows))
        plain = {"unit": self.codes, "ref": self._refs(), **self.values, "sheet": sheet}
        columns = {name: pd.Series(values, dtype=values.dtype, copy=False) for name, values in plain.items()}  # texts stay plain strings
        frame = pd.DataFrame({**columns, "row": self.rows + 1}, copy=False)
        return Records(self.table, self.mapping, frame, self.units)

    def _refs(self) -> np.ndarray:
        """Numbers of the records; where the export has none, one made of what every record must say."""
        if "ref" not in self.table.fields:
            return self._made_refs()
        refs, refused = clean_texts(self.cells("ref"))
        if not self.mapping.strict and not refused and empty(refs).all():  # our own workbook, with the column left empty
            del self.table.fields["ref"]
            return self._made_refs()
        for bad in refused:
            self.refuse("ref", *bad)
        self._refuse_persons("ref", refs)
        known = {bad.place for bad in refused}
        remedy = f"或在对应文件 {self.mapping.file} 里删去 ref" if self.mapping.strict else "或整列都不填"
        for i in np.flatnonzero(empty(refs)):
            if i not in known:
                self.refuse("ref", int(i), f"没有填编号；每条记录须有它，{remedy}")
        return refs

    def _made_refs(self) -> np.ndarray:
        needed = [self.values[f.name] for f in self.mapping.ledger.fields if f.required]
        return np.array([_made_ref(parts) for parts in zip(*needed, strict=True)], object)


def named(field: Field, texts: np.ndarray, scope: Scope) -> tuple[np.ndarray, list[Refused]]:
    """Codes (n,) of the units or nodes that texts name, and the texts that name none; "" stays ""."""
    places, distinct = pd.factorize(texts)
    codes, why = [], {}
    for k, text in enumerate(distinct):
        codes.append("")
        try:
            found = scope.units.find(text) if field.kind == "unit" else scope.node(text)
        except BadCell as bad:
            why[k] = (str(bad), "")
            continue
        if text and found is None:
            hint = (scope.units if field.kind == "unit" else scope.indicators).nearest(text)
            why[k] = ("不是已登记的单位；请改填单位名称或代码" if field.kind == "unit" else "不在现行指标体系中；请填指标或维度的名称或代码", hint)
        elif text:
            codes[k] = scope.units.codes[found] if field.kind == "unit" else found
    refused = [Refused(int(i), *why[places[i]]) for i in np.flatnonzero(np.isin(places, list(why)))] if why else []
    return np.array([*codes, ""], object)[places], refused


def _filled_with(value: object, n: int) -> np.ndarray:
    return np.full(n, value, float if isinstance(value, float) else object)


def _made_ref(parts: Sequence[object]) -> str:
    """The same record has the same number in every export: a digest of what identifies it."""
    return "~" + hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=8).hexdigest()
