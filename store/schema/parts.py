"""The tables of the eighth migration: what a batch brought and what a release rests on, counted once, so that no page counts rows.

As applied, hence never edited.
"""

# `period`: "" for all of a kind's rows. What follows from the rows of a batch or a release, hence is in no digest.
PART_SQL = """
CREATE TABLE batch_part (
    batch INTEGER NOT NULL REFERENCES batch (id), kind TEXT NOT NULL, period TEXT NOT NULL, rows INTEGER NOT NULL, units INTEGER NOT NULL,
    PRIMARY KEY (batch, kind, period)
) STRICT, WITHOUT ROWID;
CREATE TABLE release_batch (
    release INTEGER NOT NULL REFERENCES release (id), batch INTEGER NOT NULL REFERENCES batch (id),
    PRIMARY KEY (release, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_batch_batch ON release_batch (batch, release);
INSERT INTO batch_part SELECT batch, 'values', '', count(*), count(DISTINCT unit) FROM observation GROUP BY batch;
INSERT INTO batch_part SELECT batch, 'values', period, count(*), count(DISTINCT unit) FROM observation GROUP BY batch, period;
INSERT INTO batch_part SELECT batch, 'adjustments', '', count(*), count(DISTINCT unit) FROM adjustment GROUP BY batch;
INSERT INTO batch_part SELECT batch, 'adjustments', period, count(*), count(DISTINCT unit) FROM adjustment GROUP BY batch, period;
INSERT INTO batch_part SELECT batch, 'units', '', count(*), count(*) FROM unit_record GROUP BY batch;
INSERT INTO release_batch SELECT DISTINCT release, batch FROM release_cell WHERE batch IS NOT NULL
    UNION SELECT release, batch FROM release_adjustment;
"""
PART_TABLES = ("batch_part", "release_batch")
