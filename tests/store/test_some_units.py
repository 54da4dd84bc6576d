"""A few units of a release by their keys: the very rows that the whole release has of them, and the places that lists and lines begin at."""

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from store.connection import reader
from store.releasing import reading, robustness, some_units
from store.releasing.releases import publish
from tests.store.support import make_store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = make_store(tmp_path_factory.mktemp("some") / "q.db")
    publish(["2024Q4", "2025Q1"], "测试", path)
    return path


@pytest.mark.parametrize("what", some_units.TABLES)
@pytest.mark.parametrize("units", [["U1"], ["U3", "U2"], ["U1", "nobody"]])
def test_rows_are_those_of_the_whole(store, what, units):
    with reader(store) as db:
        found, whole = some_units.TABLES[what](db, 2, units), reading.TABLES[what](db, 2)
    wanted = whole[whole["unit"].isin(units)].reset_index(drop=True) if "unit" in whole else whole[whole.index.isin(units)]
    assert_frame_equal(found, wanted, check_dtype=len(wanted) > 0, check_index_type=len(wanted) > 0)


def test_nobody_has_no_rows(store):
    with reader(store) as db:
        for what, read in some_units.TABLES.items():
            assert read(db, 2, ["nobody"]).empty and list(read(db, 2, ["nobody"])) == list(read(db, 2, ["U1"])), what


def test_a_unit_over_time_is_in_the_order_asked_for(store):
    with reader(store) as db:
        found = some_units.unit_history(db, [("2025Q1", 2), ("2024Q4", 1)], "U2")
    assert list(found["period"]) == ["2025Q1", "2024Q4"] and list(found["release"]) == [2, 1] and set(found["unit"]) == {"U2"}


def test_lists_are_paged_with_the_unranked_last(large_store):
    with reader(large_store) as db:
        units = reading.release_units(db, 2)
        by_rank = units.sort_values("rank", kind="stable", na_position="last").index.tolist()
        for offset in (0, 7, 3190, 3200):
            assert some_units.unit_codes(db, 2, "rank", offset, 20) == by_rank[offset : offset + 20]
            assert some_units.unit_codes(db, 2, "unit", offset, 20) == sorted(by_rank)[offset : offset + 20]
        for sector, tier in (("政法", None), (None, "争先型"), ("经济", "追赶型"), ("没有", None)):
            kept = [c for c in by_rank if sector in (None, units.at[c, "sector"]) and tier in (None, units.at[c, "tier"])]
            assert some_units.unit_codes(db, 2, "rank", 5, 30, sector, tier) == kept[5:35]
            assert some_units.count_units(db, 2, sector, tier) == len(kept)
        assert some_units.count_units(db, 2) == len(units)


def test_a_tier_begins_at_its_lowest_index_and_ties_are_counted(large_store):
    with reader(large_store) as db:
        units, policy = reading.release_units(db, 2), reading.release_policy(db, 2)
        for tier in policy.tier_labels:
            lowest = units.loc[units["tier_by_rule"] == tier, "index"].min()
            assert some_units.tier_begins(db, 2, tier, policy.tier_labels) == lowest
        rank = units["rank"].mode()[0]
        assert some_units.ties(db, 2, rank) == (units["rank"] == rank).sum() > 1
        assert np.isnan(some_units.tier_begins(db, 2, "无人", [*policy.tier_labels, "无人"])), "a tier that nobody holds"


def test_how_sure_a_few_are_is_read_without_pairs(tmp_path):
    path = make_store(tmp_path / "q.db")
    publish(["2025Q1"], "测试", path)
    robustness.measure_releases(["2025Q1"], "测试", draws=8, path=path)
    with reader(path) as db:
        whole, few = (robustness.release_uncertainty(db, 1, units) for units in (None, ["U2"]))
        assert robustness.release_uncertainty(db, 1, []).units.empty
    assert_frame_equal(few.units, whole.units.loc[["U2"]])
    assert_frame_equal(few.tiers, whole.tiers.loc[["U2"]])
    assert few.ahead.size == 0 and whole.ahead.size and few.draws == 8 and few.sobol.equals(whole.sobol)


@pytest.mark.parametrize("sql", [some_units._BY_RANK, some_units._UNRANKED, some_units._OF_TIER, some_units._OF_SECTOR, some_units._BY_CODE])
def test_lists_look_up_and_never_scan(large_store, sql):
    asked = {"release": 2, "sector": "政法", "tier": "争先型", "limit": 5, "offset": 0}
    with reader(large_store) as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", asked)]
    assert plan and not [step for step in plan if step.startswith("SCAN release")], plan
