"""The tables of the seventh migration: where units lie, what groups of them come to, how they are found, where they came from.

As applied, hence never edited.
"""

# `area`: what lies above a sector, levels joined by "/"; `place`: the path of the group on which a unit hangs. A "/" that is
# part of a sector's name is "／" in a path.
AREA_SQL = """
ALTER TABLE unit ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE unit_record ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE release_unit ADD COLUMN area TEXT NOT NULL DEFAULT '';
ALTER TABLE release_unit ADD COLUMN place TEXT GENERATED ALWAYS AS
    (area || iif(area <> '' AND sector <> '', '/', '') || replace(sector, '/', '／')) VIRTUAL;
CREATE INDEX unit_record_batch ON unit_record (batch, code);
CREATE INDEX release_unit_place ON release_unit (release, place, rank, unit);
CREATE INDEX release_unit_name ON release_unit (release, place, name, unit);
CREATE INDEX release_unit_rank ON release_unit (release, rank, unit);
"""

# Of the index with adjustments. What follows from release_unit and release_node, hence is in no digest.
GROUP_SQL = """
CREATE TABLE release_group (
    release INTEGER NOT NULL REFERENCES release (id), path TEXT NOT NULL, parent TEXT, name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('whole', 'area', 'sector')), units INTEGER NOT NULL, scored INTEGER NOT NULL, size REAL,
    mean REAL, sd REAL, low REAL, q1 REAL, median REAL, q3 REAL, high REAL,
    PRIMARY KEY (release, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_group_parent ON release_group (release, parent);
CREATE TABLE release_group_tier (
    release INTEGER NOT NULL REFERENCES release (id), path TEXT NOT NULL, tier TEXT NOT NULL, units INTEGER NOT NULL,
    PRIMARY KEY (release, path, tier)
) STRICT, WITHOUT ROWID;
CREATE TABLE release_group_node (
    release INTEGER NOT NULL REFERENCES release (id), path TEXT NOT NULL, node TEXT NOT NULL, scored INTEGER NOT NULL,
    mean REAL, q1 REAL, median REAL, q3 REAL,
    PRIMARY KEY (release, path, node)
) STRICT, WITHOUT ROWID;
"""

# The words of a name stand under its number. A name that changes gets a new number, and its old words lead nowhere: so the index
# only grows, and needs no copy of what it holds.
SEARCH_SQL = """
CREATE TABLE unit_name (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE REFERENCES unit (code), name TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE unit_search USING fts5 (name, initials, pinyin, content = '', columnsize = 0, tokenize = 'ascii');
"""

# What a city had published when it was brought in, and where each of its units stood there.
ORIGIN_SQL = """
CREATE TABLE origin (
    id INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batch (id), area TEXT NOT NULL, period TEXT NOT NULL,
    release INTEGER NOT NULL, digest TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, units INTEGER NOT NULL, scored INTEGER NOT NULL,
    mean REAL -- of the index as it was published there
) STRICT;
CREATE INDEX origin_period ON origin (period, area);
CREATE INDEX origin_batch ON origin (batch);
CREATE TABLE origin_unit (
    origin INTEGER NOT NULL REFERENCES origin (id), unit TEXT NOT NULL REFERENCES unit (code), code TEXT NOT NULL,
    "index" REAL, rank REAL, tier TEXT NOT NULL,
    PRIMARY KEY (origin, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX origin_unit_unit ON origin_unit (unit, origin);
"""
SCALE_SQL = AREA_SQL + GROUP_SQL + SEARCH_SQL + ORIGIN_SQL
SCALE_TABLES = ("release_group", "release_group_tier", "release_group_node", "origin", "origin_unit")
