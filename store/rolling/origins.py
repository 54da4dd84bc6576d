"""What was published where the units of a rolled-up store come from: read beside what the store itself makes of them."""

from __future__ import annotations

import pandas as pd
from sqlite_utils import Database

from ..connection import table_of

_ANY = "SELECT EXISTS (SELECT 1 FROM service JOIN release_group ON release_group.release = service.release WHERE kind = 'area')"
_AREAS = "SELECT path FROM release_group WHERE release = ? AND kind = 'area' ORDER BY path"
_OF_PERIOD = """
SELECT area, release, digest, at, by, units, scored, mean FROM origin WHERE id IN (SELECT max(id) FROM origin WHERE period = ? GROUP BY area)
"""
_OF_UNIT = """
SELECT origin.area, origin.release, origin.at, code, origin_unit."index", rank, tier, origin.units
FROM origin_unit JOIN origin ON origin.id = origin WHERE unit = ? AND period = ? ORDER BY length(origin.area), origin.id
"""


def has_areas(db: Database) -> bool:
    """Whether the units of any served release lie in areas."""
    return bool(db.execute(_ANY).fetchone()[0])


def areas(db: Database, release: int) -> list[str]:
    """The paths of a release's areas, such as 浙江省/杭州市."""
    return [row[0] for row in db.execute(_AREAS, [int(release)])]


def origins(db: Database, period: str) -> pd.DataFrame:
    """What each area had published for a period itself, index area: release, digest, at, by, units, scored, mean (of the index there)."""
    return table_of(db.execute(_OF_PERIOD, [period])).astype({"mean": float}).set_index("area")


def unit_origins(db: Database, unit: str, period: str) -> pd.DataFrame:
    """Where a unit stood in what was published below, the widest area first: area, release, at, code, index, rank, tier, units."""
    return table_of(db.execute(_OF_UNIT, [unit, period])).astype({"index": float, "rank": float})
