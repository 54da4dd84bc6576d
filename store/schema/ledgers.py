"""The tables of the third and the fourth migration: ledgers, what was derived from them for a release, exemplars, guidance.

As applied, hence never edited.
"""

from string import Template

# One table a ledger. A correction is a later batch's row with the same unit and ref. A modifier makes SQLite look at the day itself:
# 30 February becomes 1 March, and is refused.
_FIELDS = {
    "task": """
    category TEXT NOT NULL, stage TEXT NOT NULL, owner TEXT NOT NULL, due TEXT NOT NULL CHECK (due IS date(due, '+0 days')),
    done TEXT CHECK (done IS date(done, '+0 days')), evidence TEXT NOT NULL""",
    "risk": """
    post TEXT NOT NULL, matter TEXT NOT NULL, likelihood INTEGER CHECK (likelihood BETWEEN 1 AND 5),
    severity INTEGER CHECK (severity BETWEEN 1 AND 5), control TEXT NOT NULL, in_force INTEGER CHECK (in_force BETWEEN 0 AND 1),
    since TEXT CHECK (since IS date(since, '+0 days')), until TEXT CHECK (until IS date(until, '+0 days') AND coalesce(until >= since, 1))""",
    "rectification": """
    source TEXT NOT NULL, level TEXT NOT NULL, count INTEGER CHECK (count >= 1), found TEXT CHECK (found IS date(found, '+0 days')),
    due TEXT NOT NULL CHECK (due IS date(due, '+0 days') AND coalesce(due >= found, 1)),
    closed TEXT CHECK (closed IS date(closed, '+0 days') AND coalesce(closed >= found, 1))""",
    "activity": """
    kind TEXT NOT NULL, date TEXT NOT NULL CHECK (date IS date(date, '+0 days')), expected INTEGER CHECK (expected >= 0),
    actual INTEGER CHECK (actual >= 0 AND coalesce(actual <= expected, 1)), partners TEXT NOT NULL""",
    "inspection": """
    date TEXT NOT NULL CHECK (date IS date(date, '+0 days')), score REAL CHECK (score BETWEEN 0 AND 100),
    problems INTEGER CHECK (problems >= 0)""",
    "brand": """
    master TEXT NOT NULL, sub TEXT NOT NULL, branch TEXT NOT NULL,
    since TEXT CHECK (since IS date(since, '+0 days')), until TEXT CHECK (until IS date(until, '+0 days') AND coalesce(until >= since, 1))""",
}
_COLUMNS = {
    "task": "category, stage, owner, due, done, evidence",
    "risk": "post, matter, likelihood, severity, control, in_force, since, until",
    "rectification": "source, level, count, found, due, closed",
    "activity": "kind, date, expected, actual, partners",
    "inspection": "date, score, problems",
    "brand": "master, sub, branch, since, until",
}
_LEDGER = Template("""
CREATE TABLE $name (
    unit TEXT NOT NULL REFERENCES unit (code), ref TEXT NOT NULL CHECK (ref <> ''), batch INTEGER NOT NULL REFERENCES batch (id),
    title TEXT NOT NULL, $fields, sheet TEXT NOT NULL, "row" INTEGER NOT NULL,
    PRIMARY KEY (unit, ref, batch)
) STRICT, WITHOUT ROWID;
CREATE VIEW live_$name AS
    SELECT * FROM $name WHERE batch NOT IN (SELECT id FROM batch WHERE revoked_at IS NOT NULL);
CREATE VIEW current_$name AS
    SELECT unit, ref, title, $columns, sheet, "row", max(batch) AS batch FROM live_$name GROUP BY unit, ref;
""")
LEDGER_TABLES = tuple(_FIELDS)
_RELEASE_DERIVED = """
-- What ledgers gave a release's cells. release_cell holds what was reported; `used` says which of the two was scored. A value that
-- is null does not apply: its denominator is 0, or null where it is not known.
CREATE TABLE release_derived (
    release INTEGER NOT NULL REFERENCES release (id) DEFERRABLE INITIALLY DEFERRED, unit TEXT NOT NULL, indicator TEXT NOT NULL,
    numerator REAL NOT NULL, denominator REAL, value REAL, used INTEGER NOT NULL CHECK (used BETWEEN 0 AND 1),
    PRIMARY KEY (release, unit, indicator)
) STRICT, WITHOUT ROWID;
"""
LEDGER_SQL = _RELEASE_DERIVED + "".join(
    _LEDGER.substitute(name=name, fields=fields.strip(), columns=_COLUMNS[name]) for name, fields in _FIELDS.items()
)

_EXEMPLAR_FIELDS = {
    "exemplar": """
    node TEXT NOT NULL, story TEXT NOT NULL, since TEXT NOT NULL CHECK (since IS date(since, '+0 days')),
    until TEXT CHECK (until IS date(until, '+0 days') AND until >= since), document TEXT NOT NULL CHECK (document <> '')""",
    "learning": """
    exemplar TEXT NOT NULL REFERENCES unit (code), exemplar_title TEXT NOT NULL,
    date TEXT NOT NULL CHECK (date IS date(date, '+0 days')), effect TEXT NOT NULL""",
}
_EXEMPLAR_COLUMNS = {"exemplar": "node, story, since, until, document", "learning": "exemplar, exemplar_title, date, effect"}
EXEMPLAR_TABLES = tuple(_EXEMPLAR_FIELDS)
_GUIDANCE = """
CREATE TABLE guidance (
    id INTEGER PRIMARY KEY, guidance_csv TEXT NOT NULL, batch INTEGER NOT NULL REFERENCES batch (id)
) STRICT;
CREATE VIEW current_guidance AS
    SELECT guidance.* FROM guidance JOIN batch ON batch.id = guidance.batch WHERE batch.revoked_at IS NULL
    ORDER BY guidance.id DESC LIMIT 1;
"""
GUIDANCE_SQL = _GUIDANCE + "".join(
    _LEDGER.substitute(name=name, fields=fields.strip(), columns=_EXEMPLAR_COLUMNS[name])
    for name, fields in _EXEMPLAR_FIELDS.items()
)
