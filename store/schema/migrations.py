"""The tables, as numbered migrations. STRICT, foreign keys, and triggers that keep the record append-only."""

from sqlite_utils import Database, Migrations

from ..chain import chain
from ..grouping import write_groups
from ..spelling import spell_units
from .ledgers import EXEMPLAR_TABLES, GUIDANCE_SQL, LEDGER_SQL, LEDGER_TABLES
from .parts import PART_SQL, PART_TABLES
from .scale import SCALE_SQL, SCALE_TABLES
from .trust import TRUST_SQL, TRUST_TABLES

MIGRATIONS = Migrations("quality")


def known_migrations() -> set[str]:
    """Names of all migrations of this version."""
    return {m.name for m in MIGRATIONS.pending(Database(memory=True))}


RECORDS = """
CREATE TABLE batch (
    id INTEGER PRIMARY KEY, file TEXT NOT NULL, sha256 TEXT NOT NULL, kind TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,
    rows INTEGER NOT NULL, demo INTEGER NOT NULL CHECK (demo BETWEEN 0 AND 1),
    revoked_at TEXT, revoked_by TEXT, revoke_reason TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoke_reason IS NULL))
) STRICT;
CREATE UNIQUE INDEX batch_live_file ON batch (sha256) WHERE revoked_at IS NULL;

CREATE TABLE unit (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, sector TEXT NOT NULL, size REAL,
    active INTEGER NOT NULL CHECK (active BETWEEN 0 AND 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit_record (
    code TEXT NOT NULL REFERENCES unit (code), batch INTEGER NOT NULL REFERENCES batch (id),
    name TEXT NOT NULL, sector TEXT NOT NULL, size REAL,
    PRIMARY KEY (code, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE framework (
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL, framework_csv TEXT NOT NULL, policy_toml TEXT NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id)
) STRICT;

-- The key lies in the order in which a period is read; `state` is 0 value, 1 missing, 2 not applicable, 3 pending.
CREATE TABLE observation (
    period TEXT NOT NULL, unit TEXT NOT NULL REFERENCES unit (code), indicator TEXT NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id),
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3 AND (state = 0) = (value IS NOT NULL)), value REAL,
    sheet TEXT NOT NULL, cell TEXT NOT NULL,
    PRIMARY KEY (period, unit, indicator, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE adjustment (
    period TEXT NOT NULL, unit TEXT NOT NULL REFERENCES unit (code), kind TEXT NOT NULL, document TEXT NOT NULL,
    batch INTEGER NOT NULL REFERENCES batch (id), points REAL NOT NULL CHECK (points >= 0), reason TEXT NOT NULL,
    PRIMARY KEY (period, unit, kind, document, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (id INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, verb TEXT NOT NULL, detail TEXT NOT NULL) STRICT;

CREATE VIEW live_unit_record AS
    SELECT * FROM unit_record WHERE batch NOT IN (SELECT id FROM batch WHERE revoked_at IS NOT NULL);
CREATE VIEW live_observation AS
    SELECT * FROM observation WHERE batch NOT IN (SELECT id FROM batch WHERE revoked_at IS NOT NULL);
CREATE VIEW live_adjustment AS
    SELECT * FROM adjustment WHERE batch NOT IN (SELECT id FROM batch WHERE revoked_at IS NOT NULL);
-- SQLite takes the other columns from the row that has the maximum: the latest live batch of each key.
CREATE VIEW current_value AS
    SELECT period, unit, indicator, state, value, sheet, cell, max(batch) AS batch
    FROM live_observation GROUP BY period, unit, indicator;
CREATE VIEW current_adjustment AS
    SELECT period, unit, kind, document, points, reason, max(batch) AS batch
    FROM live_adjustment GROUP BY period, unit, kind, document;
CREATE VIEW current_framework AS
    SELECT framework.* FROM framework JOIN batch ON batch.id = framework.batch WHERE batch.revoked_at IS NULL
    ORDER BY framework.id DESC LIMIT 1;
"""

RELEASES = """
-- The rows of a release are written before its own row, which carries their digest: hence deferred references.
-- `nodes` is a JSON list: the order of the columns that `release_node` holds.
CREATE TABLE release (
    id INTEGER PRIMARY KEY, period TEXT NOT NULL, framework INTEGER NOT NULL REFERENCES framework (id), data_digest TEXT NOT NULL,
    code_version TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, demo INTEGER NOT NULL CHECK (demo BETWEEN 0 AND 1),
    nodes TEXT NOT NULL, units INTEGER NOT NULL, scored INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL
) STRICT;

CREATE TABLE service (
    period TEXT PRIMARY KEY, release INTEGER NOT NULL REFERENCES release (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE release_unit (
    release INTEGER NOT NULL REFERENCES release (id) DEFERRABLE INITIALLY DEFERRED, unit TEXT NOT NULL,
    name TEXT NOT NULL, sector TEXT NOT NULL, size REAL,
    "index" REAL, index_raw REAL, bonus REAL NOT NULL, penalty REAL NOT NULL, adjustment REAL, rank REAL,
    tier TEXT NOT NULL, tier_by_rule TEXT NOT NULL, veto INTEGER NOT NULL CHECK (veto BETWEEN 0 AND 1),
    geometric REAL, weakest TEXT NOT NULL, weakest_gap REAL, note TEXT NOT NULL,
    PRIMARY KEY (release, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE release_node (
    release INTEGER NOT NULL REFERENCES release (id) DEFERRABLE INITIALLY DEFERRED, unit TEXT NOT NULL, node TEXT NOT NULL,
    score REAL, rank REAL, coverage REAL,
    PRIMARY KEY (release, unit, node)
) STRICT, WITHOUT ROWID;

CREATE TABLE release_cell (
    release INTEGER NOT NULL REFERENCES release (id) DEFERRABLE INITIALLY DEFERRED, unit TEXT NOT NULL, indicator TEXT NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3), value REAL, batch INTEGER REFERENCES batch (id), sheet TEXT, cell TEXT,
    PRIMARY KEY (release, unit, indicator)
) STRICT, WITHOUT ROWID;

CREATE TABLE release_adjustment (
    release INTEGER NOT NULL REFERENCES release (id) DEFERRABLE INITIALLY DEFERRED, unit TEXT NOT NULL, kind TEXT NOT NULL,
    document TEXT NOT NULL, points REAL NOT NULL, reason TEXT NOT NULL, batch INTEGER NOT NULL REFERENCES batch (id),
    PRIMARY KEY (release, unit, kind, document)
) STRICT, WITHOUT ROWID;
"""

APPEND_ONLY = (
    "unit_record", "framework", "observation", "adjustment", "audit",
    "release", "release_unit", "release_node", "release_cell", "release_adjustment",
)  # fmt: skip

METHOD = """
-- What the data made of a release's framework: weights that were not given, and cells that were not scored as reported.
-- Releases without such rows have the digests that they had before these tables.
CREATE TABLE release_weight (
    release INTEGER NOT NULL REFERENCES release (id) DEFERRABLE INITIALLY DEFERRED, node TEXT NOT NULL,
    weight REAL NOT NULL CHECK (weight > 0),
    PRIMARY KEY (release, node)
) STRICT, WITHOUT ROWID;

-- `mark`: the flags of Fitted.marks; `value`: what was normalised in the reported value's place.
CREATE TABLE release_mark (
    release INTEGER NOT NULL REFERENCES release (id) DEFERRABLE INITIALLY DEFERRED, unit TEXT NOT NULL, indicator TEXT NOT NULL,
    mark INTEGER NOT NULL CHECK (mark BETWEEN 0 AND 255), value REAL NOT NULL,
    PRIMARY KEY (release, unit, indicator)
) STRICT, WITHOUT ROWID;

-- How sure a release is. `ahead`: unit by unit in the units' order, zlib over little-endian doubles.
CREATE TABLE uncertainty (
    id INTEGER PRIMARY KEY, release INTEGER NOT NULL REFERENCES release (id), draws INTEGER NOT NULL CHECK (draws > 0),
    seed INTEGER NOT NULL, code_version TEXT NOT NULL, ahead BLOB NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL,
    UNIQUE (release, draws, seed, code_version)
) STRICT;

CREATE TABLE uncertainty_unit (
    uncertainty INTEGER NOT NULL REFERENCES uncertainty (id), unit TEXT NOT NULL,
    rank REAL, rank_median REAL, rank_p5 REAL, rank_p95 REAL, index_p5 REAL, index_p95 REAL,
    PRIMARY KEY (uncertainty, unit)
) STRICT, WITHOUT ROWID;

CREATE TABLE uncertainty_tier (
    uncertainty INTEGER NOT NULL REFERENCES uncertainty (id), unit TEXT NOT NULL, tier TEXT NOT NULL, share REAL,
    PRIMARY KEY (uncertainty, unit, tier)
) STRICT, WITHOUT ROWID;

CREATE TABLE uncertainty_sobol (
    uncertainty INTEGER NOT NULL REFERENCES uncertainty (id), place INTEGER NOT NULL, assumption TEXT NOT NULL,
    first REAL, first_low REAL, first_high REAL, total REAL, total_low REAL, total_high REAL,
    PRIMARY KEY (uncertainty, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE scenario (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, release INTEGER NOT NULL REFERENCES release (id), settings TEXT NOT NULL,
    at TEXT NOT NULL, by TEXT NOT NULL, UNIQUE (release, name)
) STRICT;
"""
_MEETING = """
-- A meeting is what was appended last under its name; one without slides is off the list.
CREATE TABLE meeting (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> ''), codes TEXT NOT NULL CHECK (json_type(codes) IS 'array'),
    at TEXT NOT NULL, by TEXT NOT NULL
) STRICT;
CREATE INDEX meeting_name ON meeting (name, id);
"""
METHOD_TABLES = (
    "release_weight", "release_mark", "uncertainty", "uncertainty_unit", "uncertainty_tier", "uncertainty_sobol", "scenario",
)  # fmt: skip


def _append_only(db: Database, tables: tuple[str, ...]) -> None:
    for table in tables:
        for verb in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


@MIGRATIONS()
def m001_records_and_releases(db: Database) -> None:
    """The first tables. An applied migration is never edited: a change is a new one below."""
    db.executescript(RECORDS + RELEASES)
    _append_only(db, APPEND_ONLY)
    db.execute("CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch BEGIN SELECT RAISE(ABORT, 'batch is append-only'); END")
    db.execute(
        "CREATE TRIGGER batch_revoked_once BEFORE UPDATE ON batch WHEN old.revoked_at IS NOT NULL "
        "OR (new.id, new.file, new.sha256, new.kind, new.by, new.at, new.rows, new.demo) "
        "IS NOT (old.id, old.file, old.sha256, old.kind, old.by, old.at, old.rows, old.demo) "
        "BEGIN SELECT RAISE(ABORT, 'a batch changes only by being revoked, once'); END"
    )


@MIGRATIONS()
def m002_method_and_scenarios(db: Database) -> None:
    """Resolved weights and marks of a release, its uncertainty, and scenarios tried against it."""
    db.executescript(METHOD)
    _append_only(db, METHOD_TABLES)


@MIGRATIONS()
def m003_ledgers(db: Database) -> None:
    """Records of the work itself, and what a release derived from them."""
    db.executescript(LEDGER_SQL)
    _append_only(db, (*LEDGER_TABLES, "release_derived"))


@MIGRATIONS()
def m004_guidance_and_exemplars(db: Database) -> None:
    """Advice by indicator and tier, exemplars that people have named, and what others took from them."""
    db.executescript(GUIDANCE_SQL)
    _append_only(db, (*EXEMPLAR_TABLES, "guidance"))


@MIGRATIONS()
def m005_meetings(db: Database) -> None:
    """Lists of slides that are kept under a name."""
    db.executescript(_MEETING)
    _append_only(db, ("meeting",))


@MIGRATIONS()
def m006_trust(db: Database) -> None:
    """Files as they came, framework versions by period, what became of releases, appeals, settings, accounts; a chained journal."""
    db.executescript(TRUST_SQL)
    _append_only(db, TRUST_TABLES)
    db.execute("CREATE TRIGGER account_no_delete BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, 'accounts are kept'); END")
    db.execute("ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT ''")
    db.execute("DROP TRIGGER audit_no_update")
    chain(db)
    db.execute("CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END")


@MIGRATIONS()
def m007_scale(db: Database) -> None:
    """Areas above the sectors, groups of the releases' units, units found by how their names are spelt, cities rolled up."""
    db.executescript(SCALE_SQL)
    _append_only(db, SCALE_TABLES)
    spell_units(db)
    for (release,) in db.execute("SELECT id FROM release ORDER BY id").fetchall():
        write_groups(db, release)


@MIGRATIONS()
def m008_parts(db: Database) -> None:
    """What batches brought and releases rest on, counted once."""
    db.executescript(PART_SQL)
    _append_only(db, PART_TABLES)
