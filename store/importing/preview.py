"""What an import would change, before it is written: pure reads. Fact by fact, the state before beside the state after."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.framework_table import framework_to_table
from scoring.policy import Policy
from scoring.policy_table import policy_to_dict
from scoring.values import STATES

from ..connection import table_of
from ..ledgers import LEDGERS
from ..ledgers.reading import current_records
from .intake import Intake

ADDED, CHANGED, UNCHANGED, REMOVED = "added", "changed", "unchanged", "removed"
KEYS = {
    "values": ("period", "unit", "indicator"), "adjustments": ("period", "unit", "kind", "document"), "units": ("code",),
    "framework": ("code",), "policy": ("key",), "guidance": ("target", "band", "tier", "text"),
}  # fmt: skip
FACTS = {"values": ("state", "value"), "adjustments": ("points", "reason"), "units": ("name", "sector", "size"), "policy": ("value",)}
PLACE = ("file", "sheet", "cell")
_VALUES = "SELECT period, unit, indicator, state, value FROM current_value WHERE period = ?"
_ADJUSTMENTS = "SELECT period, unit, kind, document, points, reason FROM current_adjustment WHERE period = ?"
_UNITS = "SELECT code, name, sector, size FROM unit WHERE active"
_TEXTS = {
    "framework": "SELECT framework_csv FROM current_framework", "policy": "SELECT policy_toml FROM current_framework",
    "guidance": "SELECT guidance_csv FROM current_guidance",
}  # fmt: skip


@dataclass(frozen=True)
class Changes:
    """What becomes of the facts of one kind, a row a thing.

    `table`: `keys`, `facts` (as they will be), the same with `old_` before them (as they are), `change` (added, changed, unchanged,
    removed), and where it stands: file, sheet, cell. Kinds: values, adjustments, units, framework, policy, guidance, and ledgers.
    """

    kind: str
    keys: tuple[str, ...]
    facts: tuple[str, ...]
    table: pd.DataFrame

    def count(self, change: str) -> int:
        """How many rows have this fate."""
        return int((self.table["change"] == change).sum())

    def differing(self) -> pd.DataFrame:
        """Which facts of each row differ, rows × `facts`."""
        return pd.DataFrame({f: _differs(self.table[f"old_{f}"], self.table[f]) for f in self.facts}, index=self.table.index)


def state(db: Database) -> tuple[int, int]:
    """What changes with every import and every revocation: the last batch, and how many are revoked."""
    return db.execute("SELECT coalesce(max(id), 0), count(revoked_at) FROM batch").fetchone()


def preview(intakes: Sequence[Intake], db: Database) -> list[Changes]:
    """What writing these intakes, in this order, would change; kinds that they bring nothing of are left out."""
    found = [_values(intakes, db), _adjustments(intakes, db), _units(intakes, db), *_texts(intakes, db)]
    found += [_ledger(name, intakes, db) for name in LEDGERS]
    return [changes for changes in found if len(changes.table)]


def _values(intakes: Sequence[Intake], db: Database) -> Changes:
    after = _together(intakes, lambda intake: intake.observations)
    before = _of_periods(db, _VALUES, after)
    before["state"] = np.array(STATES, object)[before["state"].to_numpy(int)]
    return _compared("values", before, after)


def _adjustments(intakes: Sequence[Intake], db: Database) -> Changes:
    after = _together(intakes, lambda intake: intake.adjustments)
    after["points"] = after["points"].astype(float).where(after["kind"] != "veto", 0.0)  # as a batch holds them
    return _compared("adjustments", _of_periods(db, _ADJUSTMENTS, after), after)


def _of_periods(db: Database, sql: str, after: pd.DataFrame) -> pd.DataFrame:
    """What the store holds of the periods that a table speaks of."""
    parts = [table_of(db.execute(sql, [period])) for period in after["period"].unique()]
    return pd.concat(parts, ignore_index=True) if parts else table_of(db.execute(sql, [""]))


def _units(intakes: Sequence[Intake], db: Database) -> Changes:
    """An empty cell erases nothing: each fact is the last that is stated."""
    before = table_of(db.execute(_UNITS)).astype({"size": float})
    stated = _together(intakes, lambda intake: intake.units)
    stated["size"] = stated["size"].astype(float)
    told = pd.concat([before[before["code"].isin(stated["code"])], stated], ignore_index=True)
    told[["name", "sector"]] = told[["name", "sector"]].astype(object).where(told[["name", "sector"]] != "", None)
    after = told.groupby("code", sort=False).last().reset_index() if len(told) else stated
    return _compared("units", before, after.assign(**{c: after[c].astype(object).where(after[c].notna(), "") for c in ("name", "sector")}))


def _ledger(name: str, intakes: Sequence[Intake], db: Database) -> Changes:
    spec = LEDGERS[name]
    facts = tuple(f.name for f in spec.fields)
    brought = [i for i in intakes if name in i.ledgers]
    if not brought:
        return Changes(name, ("unit", "ref"), facts, pd.DataFrame(columns=["change"]))
    after = _together(brought, lambda intake: intake.ledgers[name]).rename(columns={"row": "cell"})
    after["cell"] = "第 " + after["cell"].astype(str) + " 行"
    return _compared(name, current_records(db, name), after, ("unit", "ref"), facts)


def _texts(intakes: Sequence[Intake], db: Database) -> Iterator[Changes]:
    """Framework, policy and guidance come whole: what the new text lacks is removed."""
    readers = {"framework": _framework_rows, "policy": _policy_rows, "guidance": csv_rows}
    given = {"framework": lambda i: i.framework_csv, "policy": lambda i: i.policy_toml, "guidance": lambda i: i.guidance_csv}
    for kind, read in readers.items():
        brought = [(given[kind](i), i.file) for i in intakes if given[kind](i) is not None]
        if brought:
            text, file = brought[-1]
            now = db.execute(_TEXTS[kind]).fetchone()
            before, after = read(now[0] if now else ""), read(text).assign(file=file)
            facts = tuple(c for c in dict.fromkeys([*before, *after]) if c not in (*KEYS[kind], *PLACE))
            yield _compared(kind, before.reindex(columns=[*KEYS[kind], *facts], fill_value=""),
                            after.reindex(columns=[*KEYS[kind], *facts, "file"], fill_value=""), facts=facts, whole=True)  # fmt: skip


def version_changes(before: tuple[Framework, Policy], after: tuple[Framework, Policy]) -> list[Changes]:
    """What is otherwise in the second of two versions of framework and policy, as they are read: how a text is written counts for nothing."""
    tables = [framework_to_table(framework) for framework, _ in (before, after)]
    facts = tuple(c for c in dict.fromkeys([*tables[0], *tables[1]]) if c != "code")
    old, new = (table.reindex(columns=["code", *facts], fill_value="").fillna("") for table in tables)
    rules = [pd.DataFrame(list(_leaves(policy_to_dict(policy))), columns=["key", "value"], dtype=object) for _, policy in (before, after)]
    return [_compared("framework", old, new, facts=facts, whole=True), _compared("policy", *rules, whole=True)]


def csv_rows(text: str) -> pd.DataFrame:
    """The rows of a framework or of guidance, from the text that a batch holds; all cells are texts."""
    if not text:
        return pd.DataFrame(dtype=object)
    return pd.read_csv(io.StringIO(text.lstrip("\ufeff")), dtype=str, keep_default_na=False)


def _framework_rows(text: str) -> pd.DataFrame:
    """`csv_rows` with numbers in one form: 20 and 20.0 are no change. Codes are no numbers."""
    rows = csv_rows(text)
    return rows.assign(**{c: rows[c].map(_one_form) for c in rows if c not in ("code", "parent")})


def _one_form(cell: str) -> str:
    try:
        return f"{float(cell):.15g}"
    except ValueError:
        return cell


def _policy_rows(text: str) -> pd.DataFrame:
    rows = list(_leaves(tomllib.loads(text)))
    return pd.DataFrame(rows, columns=["key", "value"], dtype=object)


def _leaves(table: dict, path: str = "") -> Iterator[tuple[str, str]]:
    """Settings by their path, as texts; a list is one setting."""
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from _leaves(value, name)
        else:
            yield name, str(list(value) if isinstance(value, tuple) else value)


def _together(intakes: Iterable[Intake], part) -> pd.DataFrame:
    """A part of all intakes with the file that each row stands in."""
    return pd.concat([part(intake).assign(file=intake.file) for intake in intakes], ignore_index=True)


def _compared(
    kind: str, before: pd.DataFrame, after: pd.DataFrame, keys: tuple[str, ...] = (), facts: tuple[str, ...] = (), whole: bool = False
) -> Changes:
    """The two states side by side, in the order of `after`, the last of twins; with `whole` what only `before` has is removed."""
    keys, facts = keys or KEYS[kind], facts or FACTS[kind]
    after = after.reindex(columns=[*keys, *facts, *PLACE]).drop_duplicates(list(keys), keep="last")
    after[list(PLACE)] = after[list(PLACE)].astype(object).fillna("")
    before = before[[*keys, *facts]].drop_duplicates(list(keys), keep="last").rename(columns={f: f"old_{f}" for f in facts})
    table = after.merge(before, on=list(keys), how="outer" if whole else "left", indicator="change", sort=False)
    where = table["change"].astype(str).map({"left_only": ADDED, "right_only": REMOVED, "both": UNCHANGED})
    changes = Changes(kind, keys, facts, table.assign(change=where))
    differs = changes.differing().any(axis=1)
    table["change"] = where.mask((where == UNCHANGED) & differs, CHANGED).astype(object)
    return Changes(kind, keys, facts, table)


def _differs(old: pd.Series, new: pd.Series) -> pd.Series:
    """Whether two facts differ; two empty ones do not."""
    empty = old.isna() & new.isna()
    return ~empty & (old.astype(object) != new.astype(object))
