"""Mapping files: which column of a business system's export is which field of a ledger, and which of its words is which of ours."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import MappingError
from ..ledgers import LEDGERS, Ledger
from ..ledgers.specification import TEXTS
from . import toml
from .cells import nearest, text_key
from .ledger_columns import clean_word
from .persons import names_persons
from .sheets import Unreadable
from .workbook import read_bytes

KEYS = {"unit": "单位名称", "unit_code": "单位代码", "ref": "编号", "status": "状态"}  # what a column can be besides a field
_TEXTS = ("name", "ledger", "sheet", "unit", "unit_code", "ref")
_TABLES = ("columns", "words", "constants", "status")
_KNOWN = (*_TEXTS, "header", "drop", *_TABLES)


@dataclass(frozen=True)
class Status:
    """A column of words that say whether a record is closed, held against the date `field` (as `text_key` forms)."""

    field: str
    closed: frozenset[str]
    open: frozenset[str]


@dataclass(frozen=True)
class LedgerMapping:
    """How a table is read as a ledger; `columns`: header → field or key of KEYS, headers compared as `header_key` forms.

    `words`: field → their word (`text_key` form) → ours. `header`: row of the header from 1, 0 to look for it; `sheet` "" for
    every sheet that has the columns. `strict`: each column must be there. `text`: the TOML that states it, where it came from a file.
    """

    file: str
    ledger: Ledger
    columns: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
    drop: frozenset[str] = frozenset()
    sheet: str = ""
    header: int = 0
    status: Status | None = None
    strict: bool = True
    text: str = ""

    def title(self, name: str) -> str:
        """What a field or key is called on the screen."""
        return KEYS.get(name) or self.ledger.field(name).title


def header_key(label: str) -> str:
    """The form in which headers of exports are compared."""
    return text_key(label).strip("*:：＊")


def read_mapping(path: Path) -> LedgerMapping:
    """The mapping in a TOML file. Raises MappingError with everything that is wrong with it."""
    try:
        return parse_mapping(path.name, read_bytes(path).decode("utf-8-sig"))
    except Unreadable as why:
        raise MappingError(path.name, [str(why)]) from None
    except UnicodeDecodeError:
        raise MappingError(path.name, ["不是 UTF-8 文本；请另存为 UTF-8"]) from None


def parse_mapping(file: str, text: str) -> LedgerMapping:
    """The mapping that a file's text states. Raises MappingError with everything that is wrong with it."""
    try:
        return replace(mapping_from_dict(file, toml.parsed(text)), text=text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(file, [f"不是完好的 TOML（{error}）；请对照 data/mappings 里的样例改正"]) from None


def mapping_from_dict(file: str, table: Mapping) -> LedgerMapping:
    """The mapping that a parsed TOML states. Raises MappingError with everything that is wrong with it."""
    shape = _shape_problems(table)
    if shape:
        raise MappingError(file, shape)
    ledger = LEDGERS[table["ledger"]]
    columns = {**table.get("columns", {}), **{table[key]: key for key in ("unit", "unit_code", "ref") if key in table}}
    status = table.get("status")
    if status:
        columns[status["column"]] = "status"
    found = [*_column_problems(ledger, table, columns), *_value_problems(ledger, table), *_lacking(ledger, table, columns)]
    if found:
        raise MappingError(file, found)
    words = {name: {text_key(theirs): ours for theirs, ours in line.items()} for name, line in table.get("words", {}).items()}
    constants = {
        name: str(value) if name == "unit" else clean_word(ledger.field(name), value)
        for name, value in table.get("constants", {}).items()
    }
    return LedgerMapping(
        file, ledger, {header_key(label): name for label, name in columns.items()}, words, constants,
        frozenset(map(header_key, table.get("drop", ()))), table.get("sheet", ""), table.get("header", 0),
        status and Status(status["date"], _keys(status["closed"]), _keys(status["open"])),
    )  # fmt: skip


def _keys(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(text_key, words))


def _shape_problems(table: Mapping) -> list[str]:
    """Keys that there are none of, values of the wrong kind, and no ledger: after these nothing else can be judged."""
    found = [f"没有 {key} 这一项；可用：{'、'.join(_KNOWN)}{_hint(key, _KNOWN)}" for key in table if key not in _KNOWN]
    found += [f"{key} = {table[key]!r} 不是文字；请写在引号里" for key in _TEXTS if not isinstance(table.get(key, ""), str)]
    found += [f"{key} 应是一节 [{key}]；请对照样例改正" for key in _TABLES if not isinstance(table.get(key, {}), dict)]
    header = table.get("header", 1)
    if isinstance(header, bool) or not isinstance(header, int) or header < 1:
        found.append(f"header = {header!r} 不是行号；请写表头所在的行，从 1 数起，或删去这一项")
    if not _is_texts(table.get("drop", [])):
        found.append('drop 应是表头的列表，如 ["责任人", "联系电话"]')
    if table.get("ledger") not in LEDGERS:
        found.append(f"ledger = {table.get('ledger', '')!r} 不是台账；可用：{_ledgers()}")
    columns = table.get("columns", {})
    found += [f"[columns] “{c}” = {v!r} 不是字段名；请写在引号里" for c, v in dict(columns).items() if not isinstance(v, str)]
    words = table.get("words", {})
    found += [f"[words] {n} 应是一节 [words.{n}]" for n, line in dict(words).items() if not isinstance(line, dict)]
    status = table.get("status")
    return found + (_status_shape(status) if isinstance(status, dict) else [])


def _status_shape(status: Mapping) -> list[str]:
    right = set(status) == {"column", "date", "closed", "open"} and isinstance(status["column"], str)
    if right and isinstance(status["date"], str) and _is_texts(status["closed"]) and _is_texts(status["open"]):
        return []
    return ['[status] 应有四项：column（状态列的表头）、date（日期字段）、closed = ["已销号"]、open = ["未销号"]']


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _ledgers() -> str:
    return "、".join(f"{name}（{ledger.title}）" for name, ledger in LEDGERS.items())


def _fields(ledger: Ledger) -> str:
    return "、".join(f"{f.name}（{f.title}）" for f in ledger.fields)


def _hint(text: str, known: Iterable[str]) -> str:
    found = nearest(text, known)
    return f"；最接近的是“{found}”" if found else ""


def _column_problems(ledger: Ledger, table: Mapping, columns: Mapping[str, str]) -> list[str]:
    """Columns of no field, of persons, two for one field, and one that is both read and dropped."""
    names = {f.name: f.kind for f in ledger.fields}
    found, first, used = [], {}, {}
    for label, name in table.get("columns", {}).items():
        if name not in names:
            found.append(f"[columns] “{label}” = {name!r} 不是{ledger.title}台账的字段；可用：{_fields(ledger)}{_hint(name, names)}")
        elif names[name] in TEXTS and names_persons(label):
            found.append(f"[columns] “{label}”是写个人的列，不能读入；本系统只记单位，请改写进 drop")
    drop = set(map(header_key, table.get("drop", ())))
    for label, name in columns.items():
        if name in first:
            found.append(f"“{first[name]}”和“{label}”都对应 {name}；一个字段只能有一列，请删去一行")
        if header_key(label) in used:
            found.append(f"“{used[header_key(label)]}”和“{label}”是同一列；一列只能对应一个字段，请删去一行")
        if header_key(label) in drop:
            found.append(f"“{label}”既要读入又在 drop 里；请删去一处")
        first.setdefault(name, label)
        used.setdefault(header_key(label), label)
    keys = [table[key] for key in ("unit", "unit_code", "ref") if key in table]
    doubled = {label for label in keys if keys.count(label) > 1 or label in table.get("columns", {})}
    return found + [f"“{label}”对应了两样东西；一列只能用一次，请删去一处" for label in sorted(doubled)]


def _value_problems(ledger: Ledger, table: Mapping) -> list[str]:
    """Words and constants that a field cannot hold, and a status that is held against no date."""
    fields, found = {f.name: f for f in ledger.fields}, []
    given = [(f"[words.{n}] “{theirs}”", n, ours) for n, line in table.get("words", {}).items() for theirs, ours in line.items()]
    given += [(f"[constants] {n}", n, value) for n, value in table.get("constants", {}).items() if n != "unit"]
    for where, name, value in given:
        if name not in fields:
            found.append(f"{where}：{name!r} 不是{ledger.title}台账的字段；可用：{_fields(ledger)}{_hint(name, fields)}")
            continue
        try:
            clean_word(fields[name], value)
        except ValueError as why:
            found.append(f"{where} = {value!r} {why}")
    date = table.get("status", {}).get("date")
    if date is not None and (date not in fields or fields[date].kind != "date"):
        dates = "、".join(f.name for f in ledger.fields if f.kind == "date")
        found.append(f"[status] date = {date!r} 不是{ledger.title}台账的日期字段；可用：{dates}")
    return found


def _lacking(ledger: Ledger, table: Mapping, columns: Mapping[str, str]) -> list[str]:
    """No unit, no column for a field that every record needs, a field that has both a column and a constant."""
    constants, named = table.get("constants", {}), set(columns.values())
    found = [f"{n} 既有列又有固定值；请删去一处" for n in constants if n in named or (n == "unit" and "unit_code" in named)]
    if not {"unit", "unit_code"} & named and "unit" not in constants:
        found.append("没有说哪一列是单位；请写 unit（单位名称的列）或 unit_code（单位代码的列）")
    date = table.get("status", {}).get("date")
    if date in {f.name for f in ledger.fields} - named:
        found.append(f"[status] date = {date!r} 没有列可以核对；请在 [columns] 里写上它的列")
    lacking = [f for f in ledger.fields if f.required and f.name not in named and f.name not in constants]
    return found + [f"没有 {f.name}（{f.title}）的列；每条记录须有它，请写进 [columns]，或在 [constants] 给固定值" for f in lacking]
