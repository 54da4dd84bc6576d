"""What an import would change, before it is written: pure reads. Fact by fact, the state before beside the state after."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from ..frameworks.files import parse_framework, parse_policy
from ..ledgers import LEDGERS
from ..ledgers.reading import current_records
from ..size import LARGE
from .batches import current_framework
from .intake import Intake

ADDED, CHANGED, UNCHANGED, REMOVED = "added", "changed", "unchanged", "removed"
KEYS = {
    "values": ("period", "unit", "indicator"), "adjustments": ("period", "unit", "kind", "document"), "units": ("code",),
    "framework": ("code",), "policy": ("key",), "guidance": ("target", "band", "tier", "text"),
}  # fmt: skip
FACTS = {"values": ("state", "value"), "adjustments": ("points", "reason"), "units": ("name", "area", "sector", "size"), "policy": ("value",)}
PLACE = ("file", "sheet", "cell")
_VALUES = "SELECT period, unit, indicator, state, value FROM current_value WHERE period = ?"
_ADJUSTMENTS = "SELECT period, unit, kind, document, points, reason FROM current_adjustment WHERE period = ?"
_UNITS = "SELECT code, name, area, sector, size FROM unit WHERE active"
_OF_UNIT, _OF_CODES = " AND unit = ?", " AND code IN (SELECT value FROM json_each(?))"
_GUIDANCE = "SELECT guidance_csv FROM current_guidance"


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


def preview(intakes: Sequence[Intake], db: Database, partly: bool = False) -> list[Changes]:
    """What writing these intakes, in this order, would change; kinds that they bring nothing of are left out.

    `partly`: some of what the files hold was refused and is not in them; then nobody can say what their guidance would remove.
    """
    found = [_values(intakes, db), _adjustments(intakes, db), _units(intakes, db), *_version(intakes, db), *_guidance(intakes, db, partly)]
    found += [_ledger(name, intakes, db) for name in LEDGERS]
    return [changes for changes in found if len(changes.table)]


def _values(intakes: Sequence[Intake], db: Database) -> Changes:
    after = _together(intakes, "values", lambda intake: intake.observations)
    before = _of_periods(db, _VALUES, after)
    before["state"] = np.array(STATES, object)[before["state"].to_numpy(int)]
    return _compared("values", before, after)


def _adjustments(intakes: Sequence[Intake], db: Database) -> Changes:
    after = _together(intakes, "adjustments", lambda intake: intake.adjustments)
    after["points"] = after["points"].astype(float).where(after["kind"] != "veto", 0.0)  # as a batch holds them
    return _compared("adjustments", _of_periods(db, _ADJUSTMENTS, after), after)


def _of_periods(db: Database, sql: str, after: pd.DataFrame) -> pd.DataFrame:
    """What the store holds of the periods that a table speaks of: of its units only, unless these are too many to be looked up."""
    asked = after[["period", "unit"]].drop_duplicates()
    if len(asked) > LARGE:
        return pd.concat([table_of(db.execute(sql, [period])) for period in asked["period"].unique()], ignore_index=True)
    found = [db.execute(sql + _OF_UNIT, pair) for pair in asked.itertuples(index=False, name=None)] or [db.execute(sql, [""])]
    return pd.DataFrame([row for cursor in found for row in cursor], columns=[d[0] for d in found[0].description])


def _units(intakes: Sequence[Intake], db: Database) -> Changes:
    """An empty cell erases nothing: each fact is the last that is stated."""
    stated = _together(intakes, "units", lambda intake: intake.units)
    stated["size"] = stated["size"].astype(float)
    before = table_of(db.execute(_UNITS + _OF_CODES, [json.dumps(stated["code"].tolist())])).astype({"size": float})
    told = pd.concat([before, stated], ignore_index=True)
    texts = ["name", "area", "sector"]
    words = told.reindex(columns=texts).astype(object)
    told[texts] = words.where(words != "", None)
    after = told.groupby("code", sort=False).last().reset_index() if len(told) else told
    return _compared("units", before, after.assign(**{c: after[c].astype(object).where(after[c].notna(), "") for c in texts}))


def _ledger(name: str, intakes: Sequence[Intake], db: Database) -> Changes:
    spec = LEDGERS[name]
    facts = tuple(f.name for f in spec.fields)
    brought = [i for i in intakes if name in i.ledgers]
    if not brought:
        return Changes(name, ("unit", "ref"), facts, pd.DataFrame(columns=["change"]))
    after = _together(brought, name, lambda intake: intake.ledgers[name]).rename(columns={"row": "cell"})
    after["cell"] = "第 " + after["cell"].astype(str) + " 行"
    units = after["unit"].unique().tolist()
    return _compared(name, current_records(db, name, units if len(units) <= LARGE else ""), after, ("unit", "ref"), facts)


def _version(intakes: Sequence[Intake], db: Database) -> Iterator[Changes]:
    """Framework and policy come whole, and are compared as they are read."""
    texts, rules = [i for i in intakes if i.framework_csv is not None], [i for i in intakes if i.policy_toml is not None]
    if not texts and not rules:
        return
    _, framework, policy = current_framework(db) or (0, None, None)
    new = parse_policy(rules[-1].policy_toml) if rules else policy
    if texts:
        yield _nodes(framework, parse_framework(texts[-1].framework_csv, new), texts[-1].file, texts[-1].sheets.get("framework", ""))
    if rules:
        yield _rules(policy, new, rules[-1].file)


def _guidance(intakes: Sequence[Intake], db: Database, partly: bool) -> Iterator[Changes]:
    """Guidance comes whole: what the new text lacks is removed."""
    for brought in [i for i in intakes if i.guidance_csv is not None][-1:]:
        now = db.execute(_GUIDANCE).fetchone()
        before, after = csv_rows(now[0] if now else ""), csv_rows(brought.guidance_csv)
        facts = tuple(c for c in dict.fromkeys([*before, *after]) if c not in KEYS["guidance"])
        columns = [*KEYS["guidance"], *facts]
        after = after.reindex(columns=columns, fill_value="").assign(file=brought.file, sheet=brought.sheets.get("guidance", ""))
        yield _compared("guidance", before.reindex(columns=columns, fill_value=""), after, facts=facts, whole=not partly)


def version_changes(before: tuple[Framework, Policy], after: tuple[Framework, Policy]) -> list[Changes]:
    """What is otherwise in the second of two versions of framework and policy, as they are read: how a text is written counts for nothing."""
    return [_nodes(before[0], after[0]), _rules(before[1], after[1])]


def _nodes(before: Framework | None, after: Framework, file: str = "", sheet: str = "") -> Changes:
    tables = [framework_to_table(framework) if framework else pd.DataFrame() for framework in (before, after)]
    facts = tuple(c for c in dict.fromkeys([*tables[1], *tables[0]]) if c != "code")
    old, new = (table.reindex(columns=["code", *facts]).fillna("").astype(object) for table in tables)
    return _compared("framework", old, new.assign(file=file, sheet=sheet), facts=facts, whole=True)


def _rules(before: Policy | None, after: Policy, file: str = "") -> Changes:
    old, new = (list(_leaves(policy_to_dict(policy))) if policy else [] for policy in (before, after))
    old, new = (pd.DataFrame(rows, columns=["key", "value"], dtype=object) for rows in (old, new))
    return _compared("policy", old, new.assign(file=file), whole=True)


def csv_rows(text: str) -> pd.DataFrame:
    """The rows of a framework or of guidance, from the text that a batch holds; all cells are texts."""
    if not text:
        return pd.DataFrame(dtype=object)
    return pd.read_csv(io.StringIO(text.lstrip("\ufeff")), dtype=str, keep_default_na=False)


def _leaves(table: dict, path: str = "") -> Iterator[tuple[str, str]]:
    """Settings by their path, as texts; a list is one setting."""
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from _leaves(value, name)
        else:
            yield name, str(list(value) if isinstance(value, tuple) else value)


def _together(intakes: Iterable[Intake], kind: str, part: Callable[[Intake], pd.DataFrame]) -> pd.DataFrame:
    """A part of all intakes with the file, and the sheet where it is known, that each row stands in."""
    tables = [part(intake).assign(file=intake.file) for intake in intakes]
    told = [t if "sheet" in t else t.assign(sheet=i.sheets.get(kind, "")) for t, i in zip(tables, intakes, strict=True)]
    return pd.concat(told, ignore_index=True)


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
