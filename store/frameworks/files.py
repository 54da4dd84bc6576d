"""Frameworks, policies and values from files that go into no store, and from the texts that a store holds."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from scoring.errors import FrameworkError, PolicyError
from scoring.framework import DEFAULT_FACETS, Framework
from scoring.framework_table import framework_from_table
from scoring.movement import period_key
from scoring.policy import Policy
from scoring.policy_table import policy_from_dict
from scoring.values import MISSING, Values

from ..errors import ImportRefused
from ..readers import toml
from ..readers.cells import BadCell, CellError, Percent, clean_number, quoted
from ..readers.coinr import read_meta
from ..readers.headers import METHOD_NAMES
from ..readers.keys import Scope
from ..readers.names import Indicators, Units
from ..readers.observations import Block, block_of, doubled_errors
from ..readers.sheets import Sheet, Unreadable, in_order
from ..readers.tables import Table, find_framework, find_table, header_errors
from ..readers.workbook import read_bytes, read_sheets

DATA = Path(__file__).resolve().parents[2] / "data"
NUMBERS = ("weight", "low", "high", "target", "error")  # columns of a framework that hold numbers


class ValuesFile(NamedTuple):
    """Values by period (in time order; "" where the file states none) and the units' sectors ("" where it states none)."""

    periods: dict[str, Values]
    sectors: dict[str, str]


def parse_policy(toml_text: str) -> Policy:
    """The policy that a policy.toml's text states. Raises PolicyError."""
    try:
        return policy_from_dict(toml.parsed(toml_text))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"评分规则不是完好的 TOML（{error}）；请对照 data/policy.toml 改正") from None


def read_policy(path: Path) -> Policy:
    """The policy in a file. Raises ImportRefused (unreadable), PolicyError."""
    return parse_policy(policy_text(path))


def policy_text(path: Path) -> str:
    """The text of a policy.toml. Raises ImportRefused when it cannot be read."""
    try:
        return read_bytes(Path(path)).decode("utf-8-sig")
    except (Unreadable, UnicodeDecodeError) as error:
        why = str(error) if isinstance(error, Unreadable) else "不是 UTF-8 文本；请另存为 UTF-8"
        raise ImportRefused([CellError(Path(path).name, "", "", "", why)]) from None


def parse_framework(csv_text: str, policy: Policy | None = None) -> Framework:
    """The framework that a framework.csv's text states; the policy says which columns are facets. Raises FrameworkError."""
    try:
        table = pd.read_csv(io.StringIO(csv_text.lstrip("\ufeff")), dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise FrameworkError(f"指标体系不是完好的 CSV（{error}）；请用 WPS 或 Excel 检查后另存") from None
    return framework_from_table(table, facets_of(policy))


def read_framework(path: Path, policy: Policy | None = None) -> Framework:
    """The framework in a CSV or workbook, COINr's iMeta included. Raises ImportRefused (unreadable, no table), FrameworkError."""
    name = Path(path).name
    try:
        sheets = read_sheets(name, read_bytes(Path(path)))
    except Unreadable as why:
        raise ImportRefused([CellError(name, "", "", "", str(why))]) from None
    for sheet in sheets:
        if table := find_framework(sheet, (policy or Policy()).facets):
            rows, errors = framework_rows(table)
            if errors:
                raise ImportRefused(errors)
            return framework_from_table(rows, facets_of(policy))
    raise ImportRefused([CellError(name, "", "", "", "没有指标体系表；表头须有 code、parent、weight（代码、上级、权重）")])


def facets_of(policy: Policy | None) -> tuple[str, ...]:
    """The framework columns that hold groups of a second tree: those that the policy names, else the default ones."""
    return tuple(policy.facets) if policy and policy.facets else DEFAULT_FACETS


def framework_rows(table: Table) -> tuple[pd.DataFrame, list[CellError]]:
    """A framework or iMeta table as texts under framework.csv's columns, Chinese words for methods and directions translated."""
    if table.kind == "imeta":
        meta, errors = read_meta(table)
        return meta.framework, errors
    columns = {c: [_framework_cell(name, cell) for cell in table.sheet.cells[table.rows, c]] for c, name in table.others.items()}
    rows = pd.DataFrame(columns, dtype=object).set_axis(list(table.others.values()), axis=1)
    return rows[(rows != "").any(axis=1)], []


def framework_csv(rows: pd.DataFrame) -> str:
    """Rows of a framework as the text of a framework.csv."""
    return rows.to_csv(index=False, lineterminator="\n")


def _framework_cell(column: str, raw: object) -> str:
    text = quoted(raw)
    if column in METHOD_NAMES:
        return METHOD_NAMES[column].get(text, text)
    if column not in NUMBERS or not text:
        return text
    try:
        percent = isinstance(raw, Percent) or text.endswith(("%", "％"))
        return repr(clean_number(raw, "%" if percent else "", np.inf)).removesuffix(".0")
    except BadCell:
        return text  # refused by name and column where the tree is built


def framework_error(table: Table, error: FrameworkError) -> CellError:
    """The refusal of a framework, at the cell of the code that it names where it names one."""
    column = table.fields.get("icode" if table.kind == "imeta" else "code")
    code = str(error).partition("：")[0]
    for row in table.rows.tolist():
        if quoted(table.sheet.cells[row, column]) == code:
            return table.sheet.error(row, column, f"：{str(error).partition('：')[2]}")
    return table.sheet.refusal(str(error))


def read_values(path: Path, framework: Framework) -> ValuesFile:
    """A table of values of any units: `unit`, optionally `period` and `sector`, one column an indicator or denominator; or long.

    Empty cells are missing. Sectors, where the file states any, are the units' groups. Raises ImportRefused with every bad cell,
    unknown column and lacking indicator or denominator.
    """
    name = Path(path).name
    try:
        sheets = read_sheets(name, read_bytes(Path(path)))
    except Unreadable as why:
        raise ImportRefused([CellError(name, "", "", "", str(why))]) from None
    return values_of(name, sheets, framework)


def values_of(name: str, sheets: list[Sheet], framework: Framework) -> ValuesFile:
    """What the sheets of a file of this name say, as `read_values`. Raises ImportRefused."""
    scope = Scope(Units({}, open=True), Indicators(framework), free=True)
    tables = [t for sheet in sheets if (t := find_table(sheet, scope.indicators)) and t.kind in ("wide", "long")]
    if not tables:
        raise ImportRefused([CellError(name, "", "", "", "没有数据表；表头须有 unit（单位）和各项指标的代码")])
    blocks, errors = [], []
    for table in tables:
        errors += [*header_errors(table, scope.indicators), *_lacking(table, scope.indicators)]
        block, refused = block_of(table, scope)
        blocks.append(block)
        errors += refused
    errors += doubled_errors(blocks, scope)
    if errors:
        raise ImportRefused(in_order(errors, sheets))
    sectors = {u: s for table in tables for u, s in _sectors(table, scope.units)}
    periods = {p: _values(blocks, k, scope, sectors) for k, p in enumerate(scope.periods.names)}
    return ValuesFile({p: periods[p] for p in sorted(periods, key=period_key) if periods[p].units}, sectors)


def _lacking(table: Table, indicators: Indicators) -> list[CellError]:
    """What a wide table has no column for: each is an error, since a lacking column is not a missing value."""
    given = {node.code for node in table.indicators.values()}
    lacking = [code for code in indicators.ids if code not in given] if table.kind == "wide" else []
    what = {code: "指标" if code in indicators.framework else "分母" for code in lacking}
    return [table.sheet.refusal(f"没有这项{what[code]}的列；请补上（没有数据可留空）", code) for code in lacking]


def _values(blocks: list[Block], period: int, scope: Scope, sectors: dict[str, str]) -> Values:
    """Values of one period, units in the order in which they stand in the file."""
    order = pd.unique(np.concatenate([b.keys.units[b.keys.periods == period] for b in blocks]))
    place = np.full(len(scope.units.codes), -1)
    place[order] = np.arange(len(order))
    matrix = np.full((len(order), len(scope.indicators.ids)), np.nan)
    states = np.full(matrix.shape, MISSING, np.int8)
    for block in blocks:
        mine = block.periods == period
        matrix[place[block.units[mine]], block.indicators[mine]] = block.values[mine]
        states[place[block.units[mine]], block.indicators[mine]] = block.states[mine]
    units = tuple(scope.units.codes[i] for i in order)
    groups = tuple(sectors.get(u, "") for u in units) if sectors else None
    return Values(units, tuple(scope.indicators.ids), matrix, states, groups)


def _sectors(table: Table, units: Units) -> list[tuple[str, str]]:
    """(unit, sector) of the rows that name both."""
    column = "unit_code" if "unit_code" in table.fields else "unit"
    pairs = zip(table.column(column), table.column("sector"), strict=True)
    return [(units.codes[units.find(code)], text) for cell, s in pairs if (code := quoted(cell)) and (text := quoted(s))]
