"""Tables of values, wide or long, to blocks of observations, with every bad cell by name; and blocks to a table of texts.

Inside a block everything is a column of integers: a million observations cost tenths of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scoring.values import STATE_TITLES, STATES

from .cells import BadCell, CellError, clean_state, clean_text, is_blank, quoted
from .columns import NOTHING, clean_column, most_percent
from .keys import BAD, BLANK, Keys, Scope, find_keys, resolve
from .names import Indicators
from .sheets import Sheet, address, column_letters, present
from .tables import Table

_MERGED = "在合并单元格里，说不清属于哪一行；请取消合并，逐行填写"
_HAS_VALUE = ("value", STATE_TITLES["value"])


@dataclass
class Block:
    """Observations of one table, each array (n,): ids of unit, indicator and period; state code; value; place on the sheet.

    `keys`: those of all its rows, of rows without an observation too.
    """

    sheet: Sheet
    keys: Keys
    units: np.ndarray
    indicators: np.ndarray
    periods: np.ndarray
    states: np.ndarray
    values: np.ndarray
    rows: np.ndarray
    columns: np.ndarray

    def take(self, mask: np.ndarray) -> Block:
        """The observations under a mask (n,)."""
        arrays = (self.units, self.indicators, self.periods, self.states, self.values, self.rows, self.columns)
        return Block(self.sheet, self.keys, *(a[mask] for a in arrays))


def block_of(table: Table, scope: Scope, aside: Iterable[str] = ()) -> tuple[Block, list[CellError]]:
    """Observations of a table of values, and what was refused. Rows of a long table that name one of `aside` are passed over."""
    block, errors = _wide_block(table, scope) if table.kind == "wide" else _long_block(table, scope, aside)
    kept = block.take((block.states != NOTHING) & (block.units >= 0) & (block.periods >= 0) & (block.indicators >= 0))
    return kept, errors + _merged_errors(block)


def _wide_block(table: Table, scope: Scope) -> tuple[Block, list[CellError]]:
    given = [*table.indicators, *(c for c, label in table.others.items() if label)]  # unknown columns count as content too
    filled = present(table.sheet.cells[table.rows][:, given]).any(axis=1)
    keys, errors = find_keys(table, scope, filled)
    keys, doubled = _without_doubled_rows(table, keys)
    shape = (len(keys.rows), len(table.indicators))
    states, values = np.full(shape, NOTHING, np.int8), np.full(shape, np.nan)
    for k, (column, node) in enumerate(table.indicators.items()):
        cleaned = clean_column(table.sheet.cells[keys.rows, column], node.unit, most_percent(node), table.coinr)
        states[:, k], values[:, k] = cleaned.states, cleaned.values
        errors += [table.sheet.error(int(keys.rows[i]), column, why) for i, why in cleaned.refused]
    ids = np.array([scope.indicators.ids[node.code] for node in table.indicators.values()], np.int64)
    block = Block(  # row by row, so that the store's key is met nearly in its order
        table.sheet,
        keys,
        np.repeat(keys.units, shape[1]),
        np.tile(ids, shape[0]),
        np.repeat(keys.periods, shape[1]),
        states.ravel(),
        values.ravel(),
        np.repeat(keys.rows, shape[1]),
        np.tile(np.array(list(table.indicators), np.int64), shape[0]),
    )
    return block, errors + doubled


def _long_block(table: Table, scope: Scope, aside: Iterable[str]) -> tuple[Block, list[CellError]]:
    raw, state_errors = _with_states(table)
    filled = present(raw)
    if aside:
        filled &= ~pd.Series(table.column("indicator")).isin(list(aside)).to_numpy()
    keys, errors = find_keys(table, scope, filled)
    at = keys.rows - table.header - 1
    ids, name_errors = _indicator_ids(table, at, scope.indicators)
    states, values = np.full(len(at), NOTHING, np.int8), np.full(len(at), np.nan)
    column = table.fields.get("value", table.fields.get("state"))
    for node in scope.indicators.columns.values():
        mine = np.flatnonzero(ids == scope.indicators.ids[node.code])
        cleaned = clean_column(raw[at[mine]], node.unit, most_percent(node), table.coinr)
        states[mine], values[mine] = cleaned.states, cleaned.values
        errors += [table.sheet.error(int(keys.rows[mine[i]]), column, why) for i, why in cleaned.refused]
    block = Block(table.sheet, keys, keys.units, ids, keys.periods, states, values, keys.rows, np.full(len(at), column))
    return block, errors + name_errors + state_errors


def _merged_errors(block: Block) -> list[CellError]:
    if not block.sheet.merged:
        return []
    given = block.take(block.states != NOTHING)
    places = zip(given.rows.tolist(), given.columns.tolist(), strict=True)
    return [block.sheet.error(*place, _MERGED) for place in places if place in block.sheet.merged]


def _without_doubled_rows(table: Table, keys: Keys) -> tuple[Keys, list[CellError]]:
    """A wide row whose unit and period stand above already is one error, not one for each of its cells."""
    good = (keys.units >= 0) & (keys.periods >= 0)
    pairs = pd.Series(list(zip(keys.units.tolist(), keys.periods.tolist(), strict=True)))
    again = pairs.duplicated().to_numpy() & good
    if not again.any():
        return keys, []
    first = dict(zip(pairs[::-1], keys.rows[::-1], strict=True))
    column = table.fields.get("unit_code", table.fields.get("unit"))
    errors = [
        table.sheet.error(int(keys.rows[i]), column, f"重复：同一单位、考核期已在第 {first[pairs[i]] + 1 + table.sheet.above} 行给出；请删去一行")
        for i in np.flatnonzero(again)
    ]
    return Keys(keys.rows[~again], keys.units[~again], keys.periods[~again]), errors


def _indicator_ids(table: Table, at: np.ndarray, indicators: Indicators) -> tuple[np.ndarray, list[CellError]]:
    """Indicator ids of the rows `at`, by code or by name; both columns, where both are there, must agree."""

    def find(cell: object) -> int | None:
        node = indicators.find(clean_text(cell))
        return None if node is None else indicators.ids[node.code]

    columns = [f for f in ("indicator", "indicator_name") if f in table.fields]
    found = [resolve(table.column(f)[at], find) for f in columns]
    ids = found[0][0]
    if len(found) == 2:
        other = found[1][0]
        ids = np.where(ids == BLANK, other, ids)
        ids = np.where((other != BLANK) & (other != ids) & (ids >= 0), BAD, ids)
    why = {text: error for _, refused in found for text, error in refused.items()}
    return ids, [_indicator_error(table, int(table.rows[at[i]]), columns, why, indicators) for i in np.flatnonzero(ids < 0)]


def _indicator_error(
    table: Table, row: int, columns: list[str], why: dict[str, BadCell], indicators: Indicators
) -> CellError:
    sheet = table.sheet
    filled = [c for f in columns if quoted(sheet.cells[row, c := table.fields[f]])]
    if not filled:
        return sheet.error(row, table.fields[columns[0]], "这一行有数据而没有指标；请填写指标，或删去这一行")
    column = filled[0]
    if error := why.get(str(sheet.cells[row, column])):
        return sheet.error(row, column, error)
    text = quoted(sheet.cells[row, column])
    if len(filled) == 2 and indicators.find(text) is not None:
        return sheet.error(row, filled[1], f"与指标代码 {text} 不是同一项指标；请改正其中一个")
    return sheet.error(row, column, "不是指标体系中的指标；请改正", indicators.nearest(text))


def _with_states(table: Table) -> tuple[np.ndarray, list[CellError]]:
    """Raw values (n_rows,), the word of the state column standing in for an empty value; the two must not contradict."""
    raw = table.column("value").copy()
    if "state" not in table.fields:
        return raw, []
    stated, errors = table.column("state"), []
    settled = present(raw) & pd.Series(stated).isin(_HAS_VALUE).to_numpy()  # what our own exports hold, row after row
    for i in np.flatnonzero(present(stated) & ~settled):
        row, column = int(table.rows[i]), table.fields["state"]
        text = quoted(stated[i])
        state, has_value = clean_state(text), not is_blank(raw[i])
        if text in _HAS_VALUE or not text:
            if text and not has_value:
                errors.append(table.sheet.error(row, column, "说有值，而值是空的；请填值，或改状态"))
        elif state is None:
            errors.append(table.sheet.error(row, column, f"不是状态；只能填 {'、'.join(STATE_TITLES.values())}"))
        elif not has_value:
            raw[i] = text
        elif clean_state(raw[i]) != state:
            errors.append(table.sheet.error(row, column, f"与值 {quoted(raw[i])} 矛盾；请删去其中一个"))
    return raw, errors


def doubled_errors(blocks: Sequence[Block], scope: Scope) -> list[CellError]:
    """Cells that give a unit's indicator a second time for a period, in all files together."""
    n_indicators, n_periods = len(scope.indicators.ids), len(scope.periods.names)
    keys = [(b.units * n_indicators + b.indicators) * n_periods + b.periods for b in blocks]
    key = np.concatenate([np.empty(0, np.int64), *keys])
    again = pd.Series(key).duplicated().to_numpy()
    if not again.any():
        return []
    first = dict(zip(key[::-1].tolist(), range(len(key) - 1, -1, -1), strict=True))
    starts = np.cumsum([0, *(len(b.rows) for b in blocks)])

    def place(i: int) -> tuple[Block, int, int]:
        k = int(np.searchsorted(starts, i, side="right")) - 1
        return blocks[k], int(blocks[k].rows[i - starts[k]]), int(blocks[k].columns[i - starts[k]])

    errors = []
    for i in np.flatnonzero(again):
        block, row, column = place(int(i))
        other, other_row, other_column = place(first[int(key[i])])
        where = " ".join(t for t in (other.sheet.file, other.sheet.name, address(other_row + other.sheet.above, other_column)) if t)
        errors.append(block.sheet.error(row, column, f"重复：同一单位、指标、考核期已在 {where} 给出；请删去一处"))
    return errors


def observation_frame(blocks: Sequence[Block], scope: Scope) -> pd.DataFrame:
    """Blocks as rows [unit, indicator, period, state, value, sheet, cell]; texts are plain Python strings."""
    names = {
        "unit": (scope.units.codes, [b.units for b in blocks]),
        "indicator": (list(scope.indicators.ids) if scope.indicators else [], [b.indicators for b in blocks]),
        "period": (scope.periods.names, [b.periods for b in blocks]),
        "state": (STATES, [b.states for b in blocks]),
    }
    frame = {field: _texts(texts, np.concatenate([np.empty(0, np.int64), *ids])) for field, (texts, ids) in names.items()}
    frame["value"] = np.concatenate([np.empty(0), *(b.values for b in blocks)])
    frame["sheet"] = _series([b.sheet.name for b in blocks for _ in range(len(b.rows))])
    frame["cell"] = _series([cell for b in blocks for cell in _addresses(b)])
    return pd.DataFrame(frame)


def _series(texts: list[str]) -> pd.Series:
    return pd.Series(texts, dtype=object)


def _texts(texts: Sequence[str], ids: np.ndarray) -> pd.Series:
    table = np.array([*texts, ""], dtype=object)
    return pd.Series(table[ids], dtype=object)


def _addresses(block: Block) -> list[str]:
    letters = {c: column_letters(int(c)) for c in np.unique(block.columns)}
    columns = block.columns.tolist()
    return [f"{letters[c]}{r}" for c, r in zip(columns, (block.rows + 1).tolist(), strict=True)]
