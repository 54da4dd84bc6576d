"""What is refused taken out of what a file brings: the rest can be looked at. It is never written, as nothing of a refused file is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from openpyxl.utils.cell import coordinate_to_tuple

from ..readers.cells import CellError
from ..readers.ledger_rows import Records
from ..readers.observations import Block
from ..readers.sheets import address
from ..readers.source_file import SourceFile

_CELL = re.compile(r"[A-Z]+[0-9]+", re.ASCII)


def leave_out(file: SourceFile, errors: Sequence[CellError]) -> None:
    """Take the cells, records and units of these errors, which are the file's own, out of what was found in it.

    A sheet that is refused as a whole brings nothing; neither does a framework of which anything is refused.
    """
    if not errors:
        return
    cells: dict[str, set[str]] = {}
    for error in errors:
        cells.setdefault(error.sheet, set()).add(error.cell)
    file.units = [u for u in file.units if not cells.get(u.sheet.name, set()) & {"", address(u.row, u.column)}]
    file.blocks = [_block(block, cells.get(block.sheet.name, set())) for block in file.blocks]
    file.records = [_records(records, cells.get(records.table.sheet.name, set())) for records in file.records]
    if any(table.kind in ("framework", "imeta") and table.sheet.name in cells for table in file.tables):
        file.framework_csv = None


def _block(block: Block, cells: set[str]) -> Block:
    if "" in cells:
        return block.take(np.zeros(len(block.rows), bool))
    places = [coordinate_to_tuple(cell) for cell in cells if _CELL.fullmatch(cell)]
    width = max([0, *block.columns.tolist(), *(column for _, column in places)]) + 1
    refused = [(row - 1) * width + column - 1 for row, column in places]
    return block.take(~np.isin(block.rows * width + block.columns, refused))


def _records(records: Records, cells: set[str]) -> Records:
    """A record is refused with any of its cells."""
    rows = [int(found[0]) for cell in cells if (found := re.search(r"\d+", cell))]
    kept = np.zeros(len(records.frame), bool) if "" in cells else ~records.frame["row"].isin(rows).to_numpy()
    return replace(records, frame=records.frame[kept].reset_index(drop=True), units=records.units[kept])
