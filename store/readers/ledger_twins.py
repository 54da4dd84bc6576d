"""The same record given twice, in all tables of a call together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .cells import CellError
from .ledger_rows import Records, without_persons


def doubled_records(all_records: Sequence[Records]) -> list[CellError]:
    """Records that a unit gives a second time in one ledger, each with the place of the first."""
    ledgers = dict.fromkeys(r.mapping.ledger.name for r in all_records)
    return [error for name in ledgers for error in _doubled_in([r for r in all_records if r.mapping.ledger.name == name])]


def _doubled_in(tables: Sequence[Records]) -> list[CellError]:
    refs = np.concatenate([r.frame["ref"].to_numpy(object) for r in tables])
    if (refs[1:] > refs[:-1]).all():  # as an export in the order of its numbers is
        return []
    units = np.concatenate([r.units for r in tables])
    numbers = pd.factorize(refs)[0]
    keys = pd.factorize(units * (numbers.max(initial=0) + 1) + numbers)[0]
    places = np.arange(len(keys))
    first = np.empty_like(places)
    first[keys[::-1]] = places[::-1]  # of those of one key the earliest is written last
    again = np.flatnonzero((first[keys] < places) & (units >= 0) & (refs != ""))
    starts = np.cumsum([0, *(len(r.frame) for r in tables[:-1])])

    def at(place: int) -> tuple[Records, int]:
        table = int(np.searchsorted(starts, place, side="right")) - 1
        return tables[table], int(place - starts[table])

    errors = []
    for place in again:
        records, i = at(first[keys[place]])
        errors.append(_doubled(*at(place), records.place(i)))
    return errors


def _doubled(records: Records, i: int, where: str) -> CellError:
    table = records.table
    name = "ref" if "ref" in table.fields else records.mapping.ledger.fields[0].name
    number = "导出带编号的列并在对应文件里写 ref" if records.mapping.strict else "给每条记录填上编号"
    why = f"与 {where}是同一单位的同一条记录；请删去一行" + ("" if name == "ref" else f"，或{number}")
    row = int(records.frame["row"].iloc[i]) - 1
    return without_persons(table.sheet.error(row, table.fields[name], why)) if name in table.fields else table.sheet.refusal(why)
