"""What 数据管理 asks of a large store: by key or index, whatever the number of units."""

import re
from contextlib import nullcontext

import pytest

from store.connection import reader
from store.importing import batches, bringing, contents, entry
from store.releasing import appeals, drafts, finding, releases
from tests.large_city import PERIODS

UNIT = "100006"
CSV = f"单位编码,考核期,A1\n{UNIT},{PERIODS[1]},55\n西市政法第8所,{PERIODS[1]},56\n".encode()
# A view that was narrowed to one unit is a scan of these few rows; one look past the first so many units says that there are many.
SCANS = re.compile(r"SCAN (unit|unit_record|unit_name|observation|adjustment|release_\w+|[a-z])\b")
FEW = re.compile(r"release_event|SELECT 1 FROM unit LIMIT 1 OFFSET")
READS = {
    "states of periods": lambda db: drafts.periods(db),
    "changes since": lambda db: drafts.changes_since(db, 1),
    "releases": lambda db: releases.releases(db),
    "batches": lambda db: batches.batches(db),
    "what a batch brought": lambda db: [contents.overview(db, batch) for batch in (1, 2)],
    "who rests on a batch": lambda db: contents.resting(db, 2),
    "one unit's cells": lambda db: entry.facts(db, PERIODS[1], [UNIT]),
    "what can be typed": lambda db: entry.entry_periods(db),
    "a unit of the register": lambda db: finding.find_known_units(db, "xszfd7s"),
    "names": lambda db: finding.known_names(db, [UNIT]),
    "appeals": lambda db: appeals.appeals(db, UNIT),
}


def plans(db, asked: list[str]) -> list[str]:
    found = [sql for sql in asked if re.match(r"\s*(SELECT|WITH)", sql) and not FEW.search(sql)]
    return [f"{row[3]} <- {sql}" for sql in found for row in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() if SCANS.match(row[3])]


@pytest.mark.parametrize("what", READS)
def test_no_table_of_units_is_read_through(large_store, what):
    with reader(large_store) as db:
        asked: list[str] = []
        db.conn.set_trace_callback(asked.append)
        READS[what](db)
        db.conn.set_trace_callback(None)
        assert asked and not plans(db, asked)


def test_a_small_file_asks_for_its_own_units_only(large_store, monkeypatch):
    """`look` opens the store itself: what it asks is taken down by the register and the preview that it calls."""
    with reader(large_store) as db:
        asked: list[str] = []
        db.conn.set_trace_callback(asked.append)
        about = batches.known(db, looked_up=True)
        assert about.units.like("西市政法第8所")[0] == ("100007", "西市政法第8所")
        monkeypatch.setattr(bringing, "reader", lambda path: nullcontext(db))
        assert len(bringing.look([("更正.csv", CSV)], path=large_store).changes[0].table) == 2
        db.conn.set_trace_callback(None)
        assert not plans(db, asked)
