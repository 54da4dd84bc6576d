"""The stages of a call: all files are opened, then frameworks, tables, units and values are gathered, and every error with them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.errors import FrameworkError, PolicyError
from scoring.framework import Framework
from scoring.framework_table import framework_from_table
from scoring.policy import Policy

from ..errors import ImportRefused
from ..frameworks.files import facets_of, framework_csv, framework_error, framework_rows, parse_policy
from ..readers.cells import CellError
from ..readers.coinr import Meta, idata_units, read_meta, set_aside
from ..readers.guards import clean_name
from ..readers.guidance_tables import find_guidance, guidance_csv
from ..readers.keys import Scope
from ..readers.ledger_mapping import LedgerMapping
from ..readers.ledger_rows import records_of
from ..readers.ledger_tables import almost_ledger, find_ledger, find_own_ledger, ledger_header_errors, no_ledger
from ..readers.ledger_twins import doubled_records
from ..readers.names import Indicators, Units
from ..readers.observations import block_of, doubled_errors
from ..readers.registers import adjustment_frame, register, unit_rows
from ..readers.sheets import Sheet, Unreadable, in_order
from ..readers.source_file import SourceFile
from ..readers.tables import Table, find_framework, find_table, header_errors, headless_sheet
from ..readers.workbook import read_bytes, read_sheets

if TYPE_CHECKING:
    from .intake import Known


class Reading:
    """One call of `read_intakes`: its stages in order, what they share, and every refusal so far."""

    def __init__(self, known: Known, period: str, sector_column: str, mapping: LedgerMapping | None, tell: Callable[[str], None]):
        self.known = known
        self.policy = known.policy or Policy()
        self.framework = known.framework
        self.meta: Meta | None = None
        self.sector_column = sector_column
        self.mapping, self.tell = mapping, tell
        self.scope = Scope(Units(known.units), None, period=period)
        self.sheets: list[Sheet] = []
        self.errors: list[CellError] = []

    def open(self, path: Path) -> SourceFile:
        """The file's sheets, or its text when it is a policy."""
        file = SourceFile(clean_name(path.name))
        self.tell(f"{file.name} 读入")
        try:
            file.content = data = read_bytes(path)
            file.sha256 = hashlib.sha256(data).hexdigest()
            if path.suffix.lower() == ".toml":
                file.policy_toml = data.decode("utf-8-sig")
            else:
                file.sheets = read_sheets(file.name, data, lambda row: self.tell(f"{file.name} 读到第 {row} 行"))
                self.sheets += file.sheets
        except UnicodeDecodeError:
            self._refuse_file(file, "不是 UTF-8 文本；请另存为 UTF-8")
        except Unreadable as why:
            self._refuse_file(file, str(why))
        return file

    def policies(self, files: Sequence[SourceFile]) -> None:
        """The policy that a file of the call brings; it says which columns of a framework are facets."""
        given = [f for f in files if f.policy_toml is not None]
        for file in given[1:]:
            file.policy_toml = None
            self._refuse_file(file, f"一次只能导入一份评分规则，{given[0].name} 已是一份；请删去一份")
        for file in given[:1]:
            try:
                self.policy = parse_policy(file.policy_toml)
            except PolicyError as error:
                file.policy_toml = None
                self._refuse_file(file, str(error))

    def frameworks(self, files: Sequence[SourceFile]) -> None:
        """The framework that a file brings. One that equals the framework in force is not brought again."""
        brought: list[tuple[SourceFile, Framework]] = []
        for file in files:
            for sheet in list(file.sheets):
                if table := find_framework(sheet, self.policy.facets):
                    file.sheets.remove(sheet)
                    file.tables.append(table)
                    self._read_framework(file, table, brought)
        for file, framework in brought[1:]:
            if framework != brought[0][1]:
                self._refuse_file(file, f"指标体系与 {brought[0][0].name} 中的不同；一次只能导入一份")
        if brought:
            self.framework = brought[0][1]
            self._settle(files, brought)
        if self.framework is not None:
            self.scope.indicators = Indicators(self.framework)

    def _read_framework(self, file: SourceFile, table: Table, brought: list) -> None:
        if table.kind == "imeta":
            self.meta, errors = read_meta(table)
            rows = self.meta.framework
        else:
            rows, errors = framework_rows(table)
        self.errors += errors
        try:
            framework = framework_from_table(rows, facets_of(self.policy))
        except FrameworkError as error:
            self.errors.append(framework_error(table, error))
            return
        file.framework_csv = framework_csv(rows)
        brought.append((file, framework))

    def _settle(self, files: Sequence[SourceFile], brought: list) -> None:
        """Framework and policy of one call are one version: they travel together, and only when something is new."""
        for file, _ in brought if self.framework == self.known.framework else brought[1:]:
            file.framework_csv = None
        first = brought[0][0]
        for file in files:
            if file.policy_toml is not None and first.framework_csv is not None:
                first.policy_toml, file.policy_toml = file.policy_toml, first.policy_toml if file is first else None

    def tables(self, files: Sequence[SourceFile]) -> None:
        """The other tables. A call whose framework is refused ends here: against it nothing else could be judged."""
        if self.errors and self.framework is None:
            self.refuse()
        for file in files:
            for sheet in file.sheets:
                self._find_table(file, sheet)
            if not file.tables and file.sheets and not self._has_error(file):
                heads = "单位、指标体系、数据、加减分或台账（表头的写法见导入模板：python manage.py template）"
                self._refuse_file(file, f"没有认出任何一张表；应有 {heads}")

    def mapped(self, files: Sequence[SourceFile]) -> None:
        """The tables of files that are read by a mapping: nothing else is looked for in them."""
        for file in files:
            for sheet in file.sheets:
                if table := find_ledger(sheet, self.mapping):
                    self._take_ledger(file, table, self.mapping)
                else:
                    file.skipped.append(sheet.name)
            if not file.tables and not self._has_error(file):
                self._refuse_file(file, no_ledger(self.mapping))

    def _take_ledger(self, file: SourceFile, table: Table, mapping: LedgerMapping) -> None:
        self.errors += ledger_header_errors(table, mapping)
        file.tables.append(table)
        file.ledgers.append((table, mapping))

    def _find_table(self, file: SourceFile, sheet: Sheet) -> None:
        if own := find_own_ledger(sheet):
            self._take_ledger(file, *own)
            return
        almost = None if (table := find_guidance(sheet)) else almost_ledger(sheet)
        table = table if table or almost else find_table(sheet, self.scope.indicators)
        if table is None:
            promised = almost or headless_sheet(sheet)
            self.errors += [promised] if promised else []
            file.skipped += [sheet.name] if sheet.name and not promised else []
            return
        if table.coinr:
            set_aside(table, self.meta)
        self.errors += header_errors(table, self.scope.indicators)
        file.tables.append(table)

    def guidance(self, files: Sequence[SourceFile]) -> None:
        """The guidance that a file brings, against the framework and policy of the call or in force."""
        given = [(file, table) for file in files for table in file.tables if table.kind == "guidance"]
        self.errors += [t.sheet.refusal(f"一次只能导入一份分类指导，{given[0][0].name} 已有一份；请合并") for _, t in given[1:]]
        for file, table in given[:1]:
            file.guidance_csv, errors = guidance_csv(table, self.scope.indicators, self.policy)
            self.errors += errors

    def units(self, files: Sequence[SourceFile]) -> None:
        """Units that tables of units bring, and COINr's iData; other tables may only name them."""
        for file in files:
            for table in file.tables:
                if table.kind == "units":
                    rows, errors = unit_rows(table)
                elif table.coinr and table.kind in ("wide", "long"):
                    rows, errors = idata_units(table, self.meta, self.scope.units, self.sector_column)
                else:
                    continue
                file.units += rows
                self.errors += errors
        self.errors += register([row for file in files for row in file.units], self.scope.units)

    def values(self, files: Sequence[SourceFile]) -> None:
        """Observations and adjustments, and the cells that are given twice."""
        for file in files:
            seen: dict[tuple, tuple[str, int]] = {}
            for table in file.tables:
                if table.kind == "adjustments":
                    frame, errors = adjustment_frame(table, self.scope, seen)
                    file.adjustments.append(frame)
                elif table.kind in ("wide", "long") and self.scope.indicators:
                    block, errors = block_of(table, self.scope, self.meta.aside if self.meta else ())
                    file.blocks.append(block)
                else:
                    continue
                self.errors += errors
        if self.scope.indicators:
            self.errors += doubled_errors([b for f in files for b in f.blocks], self.scope)

    def ledgers(self, files: Sequence[SourceFile]) -> None:
        """Records of ledgers, and the files that bring nothing at all."""
        for file in files:
            for table, mapping in file.ledgers:
                what = f"{file.name} 核对{mapping.ledger.title}台账 {len(table.rows)} 行："
                records, errors = records_of(table, mapping, self.scope, lambda column, what=what: self.tell(what + column))
                file.records.append(records)
                self.errors += errors
            if file.tables and not self._has_error(file) and not file.brings_anything():
                self._refuse_file(file, "没有可导入的内容：表头下面没有数据，指标体系与现行的相同")
        self.errors += doubled_records([r for f in files for r in f.records])

    def _has_error(self, file: SourceFile) -> bool:
        return any(error.file == file.name for error in self.errors)

    def _refuse_file(self, file: SourceFile, why: str) -> None:
        self.errors.append(CellError(file.name, "", "", "", why))

    def refused(self) -> list[CellError]:
        """All errors so far, in the order of files, sheets and cells."""
        return in_order(self.errors, self.sheets)

    def refuse(self) -> None:
        """Raise ImportRefused with all errors so far; nothing without one."""
        if self.errors:
            raise ImportRefused(self.refused())
