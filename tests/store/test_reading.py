"""What pages read: shapes, order, types, and that every read is a look-up in a key."""

import numpy as np
import pandas as pd
import pytest

from store.connection import reader
from store.errors import ReleaseError
from store.releasing import reading
from store.releasing.export import scores_table
from store.releasing.releases import publish
from tests.store.support import bring, intake, make_store

NODES = ["X", "A", "B", "A1", "A2", "B1", "B2", "requirement:守纪律", "requirement:讲政治"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = make_store(tmp_path_factory.mktemp("store") / "quality.db")
    publish(["2024Q4", "2025Q1"], "甲", path)
    bring(path, intake(values=[("U1", "A1", "2025Q2", 50)], file="第二季.csv"))
    publish(None, "甲", path)
    return path


@pytest.fixture
def db(path):
    with reader(path) as db:
        yield db


def test_served_releases_in_time_order(db):
    table = reading.served(db)
    assert table["period"].tolist() == ["2024Q4", "2025Q1", "2025Q2"]
    assert table["release"].tolist() == [1, 2, 3]
    assert list(table.columns) == [
        "release", "period", "at", "by", "served", "framework", "data_digest", "code_version", "digest", "demo", "units", "scored",
        "state", "state_at", "state_by", "reason", "event",
    ]  # fmt: skip
    assert table["served"].dtype == bool and table["demo"].dtype == bool and not table["demo"].any()
    assert table["scored"].tolist() == [3, 2, 0]


def test_units_of_a_release(db):
    units = reading.release_units(db, 2)
    assert units.index.tolist() == ["U1", "U2", "U3"] and units.index.name == "unit"
    assert list(units.columns) == [
        "name", "area", "sector", "size", "index", "index_raw", "bonus", "penalty", "adjustment", "rank", "tier", "tier_by_rule", "veto",
        "geometric", "weakest", "weakest_gap", "note",
    ]  # fmt: skip
    assert units["veto"].tolist() == [False, True, False]
    assert np.isnan(units.at["U3", "size"]) and units["index"].dtype == float
    assert units["rank"].tolist()[:2] == [1.0, 2.0] and np.isnan(units.at["U3", "rank"])


def test_units_without_a_score_say_why(db):
    units = reading.release_units(db, 3)
    assert units["index"].isna().all() and units["rank"].isna().all()
    assert (units["tier"] == "").all() and units["note"].str.len().gt(0).all()


def test_nodes_stand_in_the_frameworks_order(db):
    nodes = reading.release_nodes(db, 2)
    assert list(nodes.columns) == NODES and nodes.index.tolist() == ["U1", "U2", "U3"]
    assert nodes.loc["U1"].tolist() == pytest.approx([82.0, 80, 85, 80, 80, 90, 80, 84, 80])
    assert reading.release_node_ranks(db, 2).loc["U1", "A1"] == 1.0
    assert reading.release_coverage(db, 2).loc["U3", ["A", "B", "B2"]].tolist() == pytest.approx([1.0, 0.5, 0.0])
    assert np.isnan(nodes.at["U3", "B"])  # half of its weight: under the threshold


def test_cells_with_their_evidence(db):
    cells = reading.release_cells(db, 2)
    assert cells["unit"].tolist() == [u for u in ("U1", "U2", "U3") for _ in range(4)]
    assert cells["indicator"].tolist() == ["A1", "A2", "B1", "B2"] * 3
    first = cells.iloc[0].to_dict()
    assert first.pop("file").startswith("文件")
    assert first == {"unit": "U1", "indicator": "A1", "state": "value", "value": 80.0, "score": 80.0, "batch": 2, "sheet": "数据", "cell": "C14"}
    last = cells.iloc[-1]
    assert last["state"] == "not_applicable" and np.isnan(last["value"]) and np.isnan(last["score"])
    assert reading.release_cells(db, 2, "U2").equals(cells[cells["unit"] == "U2"].reset_index(drop=True))


def test_cells_as_they_were_reported(db):
    mine, cells = reading.reported_cells(db, 2, "U3"), reading.release_cells(db, 2, "U3").set_index("indicator")
    assert mine.loc[cells.index, list(mine)].equals(cells[list(mine)])
    with pytest.raises(ReleaseError, match="没有第 99 号发布"):
        reading.reported_cells(db, 99, "U3")


def test_a_cell_without_evidence(db):
    cell = reading.release_cells(db, 3, "U2").iloc[0]
    assert cell["state"] == "missing" and all(pd.isna(cell[c]) for c in ("value", "batch", "file", "sheet", "cell"))


def test_adjustments_and_framework(db):
    assert reading.release_adjustments(db, 1).to_dict("records") == [
        {"unit": "U1", "kind": "bonus", "points": 2.0, "reason": "事由", "document": "文1"}
    ]
    assert reading.release_adjustments(db, 3).empty
    framework, policy = reading.release_framework(db, 1)
    assert framework.root.name == "总指数" and policy.facets == {"requirement": "四项要求"}


@pytest.mark.parametrize("name", [name for name in dir(reading) if name.startswith("release_")])
def test_an_unknown_release_is_refused(db, name):
    with pytest.raises(ReleaseError, match="没有第 99 号发布"):
        getattr(reading, name)(db, 99)


def test_reads_are_look_ups(path):
    """No read of one release or one unit goes through a whole table of frozen rows."""
    with reader(path) as db:
        asked = []
        db.conn.set_trace_callback(asked.append)
        reading.release_units(db, 2)
        reading.release_nodes(db, 2)
        reading.release_cells(db, 2)
        reading.release_cells(db, 2, "U1")
        reading.release_adjustments(db, 2)
        db.conn.set_trace_callback(None)
        plans = [row[3] for sql in asked for row in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
    assert len(asked) >= 8
    scanned = [p for p in plans if p.startswith("SCAN") and p != "SCAN service"]
    assert not scanned and any(p.startswith("SEARCH t") for p in plans)


def test_the_export_holds_what_is_served(db):
    table, demo = scores_table(db)
    assert not demo and len(table) == 9
    assert list(table.columns)[:5] == ["考核期", "单位代码", "单位名称", "片组", "规模"]
    assert list(table.columns)[-7:] == ["X 总指数", "A 维度甲", "B 维度乙", "A1 指标甲一", "A2 指标甲二", "B1 指标乙一", "B2 指标乙二"]
    one, _ = scores_table(db, "2025Q1")
    assert one["单位代码"].tolist() == ["U1", "U2", "U3"]
    assert one["一票否决"].tolist() == ["", "是", ""]
    with pytest.raises(ReleaseError, match=r"1999.*2024Q4"):
        scores_table(db, "1999")


def test_nothing_to_export(tmp_path):
    path = make_store(tmp_path / "q.db")
    with reader(path) as db, pytest.raises(ReleaseError, match="publish"):
        scores_table(db)
