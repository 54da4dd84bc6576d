"""Finding a unit of a release, or of the register, by its code, a part of its name, its initials or its pinyin."""

from __future__ import annotations

import json
from typing import NamedTuple

import pandas as pd
from sqlite_utils import Database

from ..connection import table_of
from ..spelling import expressions, folded

_MOST = 200  # units that are found a way, of which the nearest are shown
_BY_CODE = "SELECT unit FROM release_unit WHERE release = ? AND unit >= ? AND unit < ? ORDER BY unit LIMIT ?"
_BY_WORDS = """
SELECT u.unit FROM unit_search CROSS JOIN unit_name ON unit_name.id = unit_search.rowid
CROSS JOIN release_unit AS u ON u.release = ? AND u.unit = unit_name.code WHERE unit_search MATCH ? LIMIT ?
"""
_ROWS = """
SELECT unit, name, area, sector, rank, tier FROM release_unit WHERE release = ? AND unit IN (SELECT value FROM json_each(?))
"""
_KNOWN_BY_CODE = "SELECT code FROM unit WHERE code >= ? AND code < ? AND active ORDER BY code LIMIT ?"
_KNOWN_BY_WORDS = """
SELECT unit.code FROM unit_search CROSS JOIN unit_name ON unit_name.id = unit_search.rowid
CROSS JOIN unit ON unit.code = unit_name.code AND unit.active WHERE unit_search MATCH ? LIMIT ?
"""
_KNOWN_ROWS = "SELECT code AS unit, name, area, sector FROM unit WHERE code IN (SELECT value FROM json_each(?))"
_LAST = "\U0010ffff"  # no code goes on with it


class _Asked(NamedTuple):
    """What is asked: by code, by words, for the rows of codes; and what each question begins with."""

    by_code: str
    by_words: str
    rows: str
    about: tuple[int, ...] = ()


def find_units(db: Database, release: int, text: str, limit: int = 20) -> pd.DataFrame:
    """Units of a release that a text finds: columns unit, name, area, sector, rank, tier.

    Those whose code begins with it first, then those that have it in their name, their initials (swbgs), their pinyin
    (shiweibangongshi): of each the names that begin with it, then the shorter ones. A unit is found by the name that it has now.
    """
    return _found(db, _Asked(_BY_CODE, _BY_WORDS, _ROWS, (int(release),)), text, limit).astype({"rank": float})


def find_known_units(db: Database, text: str, limit: int = 20) -> pd.DataFrame:
    """Active units that a text finds, in a release or not, as `find_units`: columns unit, name, area, sector."""
    return _found(db, _Asked(_KNOWN_BY_CODE, _KNOWN_BY_WORDS, _KNOWN_ROWS), text, limit)


def known_names(db: Database, units: list[str]) -> dict[str, str]:
    """Code → name of some units."""
    return dict(zip(*(_rows(db, _Asked("", "", _KNOWN_ROWS), units)[c] for c in ("unit", "name")), strict=True))


def _found(db: Database, asked: _Asked, text: str, limit: int) -> pd.DataFrame:
    text, found = text.strip(), []
    for code in dict.fromkeys((text, text.upper())) if text else ():
        found += [row[0] for row in db.execute(asked.by_code, [*asked.about, code, code + _LAST, limit])]
    parts = [_rows(db, asked, found).sort_values("unit")]
    for expression in expressions(text):
        if sum(map(len, parts)) >= limit:
            break
        seen = {u for part in parts for u in part["unit"]}
        units = [row[0] for row in db.execute(asked.by_words, [*asked.about, expression, _MOST])]
        parts.append(_nearest(_rows(db, asked, [u for u in units if u not in seen]), text))
    return pd.concat(parts, ignore_index=True).head(limit)


def _rows(db: Database, asked: _Asked, units: list[str]) -> pd.DataFrame:
    return table_of(db.execute(asked.rows, [*asked.about, json.dumps(units)]))


def _nearest(table: pd.DataFrame, text: str) -> pd.DataFrame:
    """The names that begin with the text before the others, shorter before longer."""
    names = table["name"].map(folded)
    keys = pd.DataFrame({"begins": ~names.str.startswith(folded(text)), "length": names.str.len(), "unit": table["unit"]})
    return table.loc[keys.sort_values(["begins", "length", "unit"]).index]
