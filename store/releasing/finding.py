"""Finding a unit of a release by its code, a part of its name, its initials or its pinyin."""

from __future__ import annotations

import json

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
_LAST = "\U0010ffff"  # no code goes on with it


def find_units(db: Database, release: int, text: str, limit: int = 20) -> pd.DataFrame:
    """Units of a release that a text finds: columns unit, name, area, sector, rank, tier.

    Those whose code begins with it first, then those that have it in their name, their initials (swbgs), their pinyin
    (shiweibangongshi): of each the names that begin with it, then the shorter ones. A unit is found by the name that it has now.
    """
    text, found = text.strip(), []
    for code in dict.fromkeys((text, text.upper())) if text else ():
        found += [row[0] for row in db.execute(_BY_CODE, [int(release), code, code + _LAST, limit])]
    parts = [_rows(db, release, found).sort_values("unit")]
    for expression in expressions(text):
        if sum(map(len, parts)) >= limit:
            break
        seen = {u for part in parts for u in part["unit"]}
        units = [row[0] for row in db.execute(_BY_WORDS, [int(release), expression, _MOST])]
        parts.append(_nearest(_rows(db, release, [u for u in units if u not in seen]), text))
    return pd.concat(parts, ignore_index=True).head(limit)


def _rows(db: Database, release: int, units: list[str]) -> pd.DataFrame:
    return table_of(db.execute(_ROWS, [int(release), json.dumps(units)])).astype({"rank": float})


def _nearest(table: pd.DataFrame, text: str) -> pd.DataFrame:
    """The names that begin with the text before the others, shorter before longer."""
    names = table["name"].map(folded)
    keys = pd.DataFrame({"begins": ~names.str.startswith(folded(text)), "length": names.str.len(), "unit": table["unit"]})
    return table.loc[keys.sort_values(["begins", "length", "unit"]).index]
