"""A city's release as a batch of the store above: its frozen cells, units and adjustments, row by row, and what it said itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from sqlite3 import Cursor

from sqlite_utils import Database

from ..connection import audit, named_errors, now
from ..spelling import spell_units
from .sources import BETWEEN, Source

_BLOCK = 20_000  # rows that are held at once, whatever a city's size
_BATCH = "INSERT INTO batch (file, sha256, kind, by, at, rows, demo) VALUES (?, ?, 'units values adjustments', ?, ?, ?, ?)"
_UNIT = "UPDATE unit SET name = ?2, sector = iif(?3 = '', sector, ?3), size = coalesce(?4, size), area = ?5 WHERE code = ?1"
_NEW_UNIT = "INSERT INTO unit (code, name, sector, size, area, active) VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (code) DO NOTHING"
_RECORD = "INSERT INTO unit_record (batch, code, name, sector, size, area) VALUES (?, ?, ?, ?, ?, ?)"
_CELL = "INSERT INTO observation (batch, period, unit, indicator, state, value, sheet, cell) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_ADJUSTMENT = "INSERT INTO adjustment (batch, period, unit, kind, document, points, reason) VALUES (?, ?, ?, ?, ?, ?, ?)"
_ORIGIN = """
INSERT INTO origin (batch, area, period, release, digest, at, by, units, scored, mean) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ORIGIN_UNIT = 'INSERT INTO origin_unit (origin, unit, code, "index", rank, tier) VALUES (?, ?, ?, ?, ?, ?)'

# A figure of the ledgers that was scored comes as the value that it is. A sheet is named with its file: the file of the batch is the release.
_CELLS = """
SELECT ?2 || c.unit, c.indicator, iif(d.used, iif(d.value IS NULL, 2, 0), c.state) AS said, iif(d.used, d.value, c.value),
    iif(d.used, '台账', trim(coalesce(batch.file, '') || ' ' || coalesce(c.sheet, ''))), iif(d.used, '', coalesce(c.cell, ''))
FROM release_cell AS c LEFT JOIN batch ON batch.id = c.batch
LEFT JOIN release_derived AS d ON d.release = c.release AND d.unit = c.unit AND d.indicator = c.indicator
WHERE c.release = ?1 AND (said <> 1 OR c.batch IS NOT NULL) AND c.indicator IN (SELECT value FROM json_each(?3))
"""
_COUNT = f"SELECT count(*) FROM ({_CELLS})"  # noqa: S608 - a constant
_OTHERS = """
SELECT (SELECT count(*) FROM release_unit WHERE release = ?1), (SELECT count(*) FROM release_adjustment WHERE release = ?1)
"""
_UNITS = """
SELECT ?2 || unit, name, sector, size, ?3 || iif(area = '', '', '/' || area) FROM release_unit WHERE release = ?1 ORDER BY unit
"""
_ADJUSTMENTS = "SELECT ?2 || unit, kind, document, points, reason FROM release_adjustment WHERE release = ?1"
_MEAN = 'SELECT avg("index") FROM release_unit WHERE release = ?'
_STANDINGS = 'SELECT ?2 || unit, unit, "index", rank, tier FROM release_unit WHERE release = ?1 ORDER BY unit'
# What had been brought into a store that is itself rolled up, of the batches on which its release rests.
_EARLIER = """
SELECT id, ?2 || '/' || area, period, release, digest, at, by, units, scored, mean FROM origin
WHERE period = (SELECT period FROM release WHERE id = ?1) AND batch IN (SELECT batch FROM release_cell WHERE release = ?1) ORDER BY id
"""
_EARLIER_UNITS = 'SELECT ?2 || unit, code, "index", rank, tier FROM origin_unit WHERE origin = ?1 ORDER BY unit'


def copy_release(db: Database, city: Database, source: Source, columns: tuple[str, ...], by: str) -> None:
    """Append a city's release as a batch, inside the caller's transaction. `columns`: the indicators and denominators that are wanted.

    Facts of a unit are those of the last release that is copied. Raises StoreError where the city's store cannot be read.
    """
    name, path = source.city
    prefix, file = f"{name}{BETWEEN}", f"{name} {source.period} 第 {source.release} 号发布"
    wanted = json.dumps(columns, ensure_ascii=False)

    def rows(sql: str, *parameters: object) -> Iterator[tuple]:
        return _blocks(city, path, sql, [source.release, *parameters])

    counts = [next(rows(_COUNT, prefix, wanted))[0], *next(rows(_OTHERS))]
    batch = db.execute(_BATCH, [file, source.digest, by, now(), sum(counts), source.demo]).lastrowid
    for sql in (_NEW_UNIT, _UNIT):
        db.conn.executemany(sql, rows(_UNITS, prefix, name))
    db.conn.executemany(_RECORD, ((batch, *row) for row in rows(_UNITS, prefix, name)))
    spell_units(db, batch)
    db.conn.executemany(_CELL, ((batch, source.period, *row) for row in rows(_CELLS, prefix, wanted)))
    db.conn.executemany(_ADJUSTMENT, ((batch, source.period, *row) for row in rows(_ADJUSTMENTS, prefix)))
    _copy_origins(db, city, source, batch, prefix)
    audit(db, by, "import", batch=batch, file=file, sha256=source.digest, kind=["units", "values", "adjustments"], rows=sum(counts))


def _copy_origins(db: Database, city: Database, source: Source, batch: int, prefix: str) -> None:
    """Write down what the city had published, and what others had published that it was made of."""
    name, path = source.city
    mean = city.execute(_MEAN, [source.release]).fetchone()[0]
    own = (name, source.period, source.release, source.digest, source.at, source.by, source.units, source.scored, mean)
    origin = db.execute(_ORIGIN, [batch, *own]).lastrowid
    db.conn.executemany(_ORIGIN_UNIT, ((origin, *row) for row in _blocks(city, path, _STANDINGS, [source.release, prefix])))
    for number, *earlier in city.execute(_EARLIER, [source.release, name]).fetchall():
        origin = db.execute(_ORIGIN, [batch, *earlier]).lastrowid
        db.conn.executemany(_ORIGIN_UNIT, ((origin, *row) for row in _blocks(city, path, _EARLIER_UNITS, [number, prefix])))


def _blocks(city: Database, path: Path, sql: str, parameters: list) -> Iterator[tuple]:
    """The rows of a query on the city's store; what goes wrong there is told of that store, not of the one that is written."""
    with named_errors(path):
        cursor: Cursor = city.execute(sql, parameters)
    while True:
        with named_errors(path):
            block = cursor.fetchmany(_BLOCK)
        if not block:
            return
        yield from block
