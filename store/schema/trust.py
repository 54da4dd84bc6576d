"""The tables of the sixth migration: who may do what, what was brought in as it came, and what became of releases and appeals.

As applied, hence never edited.
"""

TRUST_SQL = """
-- The file itself, so that what it brought can be read again: zlib over its bytes. What is typed in on a page has none.
CREATE TABLE batch_file (batch INTEGER PRIMARY KEY REFERENCES batch (id), content BLOB NOT NULL) STRICT;

-- A version of the framework that holds from a period on; without a row, for every period.
CREATE TABLE framework_since (framework INTEGER PRIMARY KEY REFERENCES framework (id), since TEXT NOT NULL CHECK (since <> '')) STRICT;

-- What became of a release. One without a row was published as it was made.
CREATE TABLE release_event (
    id INTEGER PRIMARY KEY, release INTEGER NOT NULL REFERENCES release (id),
    kind TEXT NOT NULL CHECK (kind IN ('draft', 'publish', 'withdraw', 'reopen')), reason TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL
) STRICT;
CREATE INDEX release_event_release ON release_event (release, id);

-- A question that a unit asks about a figure of a release, and what was said and done about it.
CREATE TABLE appeal (
    id INTEGER PRIMARY KEY, release INTEGER NOT NULL REFERENCES release (id), unit TEXT NOT NULL REFERENCES unit (code),
    node TEXT NOT NULL, text TEXT NOT NULL CHECK (text <> ''), at TEXT NOT NULL, by TEXT NOT NULL
) STRICT;
CREATE INDEX appeal_unit ON appeal (unit, id);
-- `batch`: the correction; `release`: the one that shows it; `shown`: the reply may stand beside the score.
CREATE TABLE appeal_event (
    id INTEGER PRIMARY KEY, appeal INTEGER NOT NULL REFERENCES appeal (id),
    kind TEXT NOT NULL CHECK (kind IN ('reply', 'correct', 'reissue', 'reject', 'withdraw')), text TEXT NOT NULL,
    batch INTEGER REFERENCES batch (id), release INTEGER REFERENCES release (id), shown INTEGER NOT NULL CHECK (shown BETWEEN 0 AND 1),
    at TEXT NOT NULL, by TEXT NOT NULL
) STRICT;
CREATE INDEX appeal_event_appeal ON appeal_event (appeal, id);

-- What is in force of a setting is its last row.
CREATE TABLE setting (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL) STRICT;

-- `roles`: a JSON list. `password`: null for one who signs in elsewhere. Times of a sign-in are seconds since 1970.
CREATE TABLE account (
    name TEXT PRIMARY KEY CHECK (name <> ''), title TEXT NOT NULL, roles TEXT NOT NULL CHECK (json_type(roles) IS 'array'),
    unit TEXT REFERENCES unit (code), password TEXT, must_change INTEGER NOT NULL CHECK (must_change BETWEEN 0 AND 1),
    failures INTEGER NOT NULL CHECK (failures >= 0), locked_until REAL, active INTEGER NOT NULL CHECK (active BETWEEN 0 AND 1)
) STRICT, WITHOUT ROWID;
-- A cookie or token is known by its SHA-256 only.
CREATE TABLE session (
    sha256 TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name), started REAL NOT NULL, seen REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE token (
    sha256 TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (name), title TEXT NOT NULL, at TEXT NOT NULL,
    until TEXT, revoked_at TEXT
) STRICT, WITHOUT ROWID;
"""
TRUST_TABLES = ("batch_file", "framework_since", "release_event", "appeal", "appeal_event", "setting")
