"""Versions of framework and policy: adopted from a period on, revocable, and tried before they count."""

from dataclasses import replace
from math import nan

import pandas as pd
import pytest

from scoring.errors import FrameworkError
from scoring.framework_table import framework_to_table
from scoring.policy_table import policy_from_dict
from store.connection import reader
from store.errors import BatchError, ImportRefused, StoreMoved
from store.frameworks.in_force import framework_for
from store.importing import framework_versions as versions
from store.importing.batches import revoke
from store.importing.preview import version_changes
from store.template.workbook import write_template
from tests.store.support import FRAMEWORK, POLICY, bring, intake, make_store, rows

COUNT = "SELECT count(*) FROM batch"
THRESHOLDS = POLICY + '[tiers]\nrule = "thresholds"\ncuts = [80, 65]\n'


@pytest.fixture
def store(tmp_path):
    return make_store(tmp_path / "q.db")


def table(**weights) -> pd.DataFrame:
    """The framework's rows with other weights."""
    found = framework_to_table(versions.parsed(FRAMEWORK, POLICY)[0])
    for code, weight in weights.items():
        found.loc[found["code"] == code, "weight"] = str(weight)
    return found


def in_force(store, period) -> int:
    with reader(store) as db:
        return framework_for(db, period)[0]


def test_a_version_holds_from_its_period_on_and_leaves_with_its_batch(store):
    number, batch = versions.adopt(table(A=50, B=50), POLICY, "2025Q1", 1, "研判", store)
    assert (number, batch) == (2, 3) and in_force(store, "2025Q1") == in_force(store, "2026Q1") == 2 and in_force(store, "2024Q4") == 1
    with reader(store) as db:
        listed = versions.versions(db)
        assert versions.version_texts(db, 2)[1].startswith("# 第 2 版，自 2025Q1 起用\n")
    assert listed["since"].tolist() == ["2025Q1", None] and listed["by"].tolist() == ["研判", "测试"] and not listed["revoked"].any()
    assert rows(store, "SELECT verb FROM audit ORDER BY id DESC LIMIT 2") == [("framework_since",), ("import",)]
    assert rows(store, "SELECT count(*) FROM batch_file WHERE batch = 3") == [(1,)]
    revoke(batch, "研判", "试", store)
    assert in_force(store, "2025Q1") == 1


def test_a_change_that_changes_nothing_writes_nothing(store):
    for since in (None, "2025Q1"):
        with pytest.raises(BatchError, match="没有要存的改动"):
            versions.adopt(table(A="60.0"), f"# 别的写法\n{POLICY}", since, 1, "研判", store)
    assert rows(store, COUNT) == [(2,)]
    versions.adopt(table(A=50), POLICY, "2025Q1", 1, "研判", store)
    with pytest.raises(BatchError):
        versions.adopt(table(A=50), POLICY, "2025Q2", 2, "研判", store)  # it holds from earlier on already
    assert versions.adopt(table(), POLICY, "2025Q2", 2, "研判", store)[0] == 3  # back to the first, whose texts are in the store
    assert (in_force(store, "2025Q1"), in_force(store, "2025Q2")) == (2, 3)


def test_two_who_change_at_once_and_a_framework_that_is_none(store):
    versions.adopt(table(A=50), POLICY, None, 1, "甲", store)
    with pytest.raises(StoreMoved, match="第 2 版"):
        versions.adopt(table(A=40), POLICY, None, 1, "乙", store)
    with pytest.raises(FrameworkError, match="A：weight 列的 'x' 不是数"):
        versions.adopt(table(A="x"), POLICY, None, 2, "乙", store)
    assert rows(store, COUNT) == [(3,)]


def test_what_a_version_would_do_by_hand(store):
    """2025Q1. Dimension A is 80, 60, 72.5; B, from B1 reversed on 0–10 and B2 on 0–50, is (90+80)/2, (80+60)/2, and of the third unit nothing:
    half of it does not apply, and two thirds are needed.

    60:40 gives 82 and 64; 50:50 gives 82.5 and 65. With lines at 80 and 65 the second unit rises a tier.
    """
    versions.adopt(table(), THRESHOLDS, None, 1, "研判", store)
    framework, policy = versions.parsed(FRAMEWORK, THRESHOLDS)
    even = versions.checked(table(A=50, B=50), policy)
    found = versions.effect(even, policy, store)
    assert found.period == "2025Q1" and found.empty == () and found.units.index.tolist() == ["U1", "U2", "U3"]
    assert found.units["index_before"].tolist() == pytest.approx([82, 64, nan], nan_ok=True)
    assert found.units["index_after"].tolist() == pytest.approx([82.5, 65, nan], nan_ok=True)
    assert found.units["rank_before"].tolist()[:2] == [1, 2] == found.units["rank_after"].tolist()[:2]
    assert (found.units["tier_before"] != found.units["tier_after"]).tolist() == [False, True, False]
    assert found.units.at["U2", "tier_after"] == policy.tier_labels[1] and rows(store, COUNT) == [(3,)]
    same = versions.effect(framework, policy, store).units
    assert same["index_before"].equals(same["index_after"].rename("index_before"))
    new = pd.concat([table(), table()[lambda t: t["code"] == "B2"].assign(code="B3")])
    assert versions.effect(versions.checked(new, policy), policy, store).empty == ("B3",)


def test_two_versions_side_by_side(store):
    framework, policy = versions.parsed(FRAMEWORK, POLICY)
    other = versions.checked(table(A=50)[lambda t: t["code"] != "B2"], policy)
    nodes, rules = version_changes((framework, policy), (other, replace(policy, bonus_cap=3.0)))
    differ = nodes.table[nodes.table["change"] != "unchanged"].set_index("code")
    assert differ["change"].to_dict() == {"A": "changed", "B2": "removed"}
    assert differ.loc["A", ["old_weight", "weight"]].tolist() == ["60", "50"]
    changed = rules.table[rules.table["change"] != "unchanged"]
    assert changed[["key", "old_value", "value"]].to_numpy().tolist() == [["adjustments.bonus_cap", "5.0", "3.0"]]


def test_a_workbook_comes_back_as_it_went(store, tmp_path):
    framework, policy = versions.parsed(FRAMEWORK, POLICY)
    write_template(tmp_path / "f.xlsx", framework, None, policy)
    found = versions.rows_of_file("f.xlsx", (tmp_path / "f.xlsx").read_bytes(), policy)
    assert versions.checked(found, policy) == framework
    with pytest.raises(ImportRefused, match="没有指标体系表"):
        versions.rows_of_file("x.csv", "单位,值\n甲,1\n".encode(), policy_from_dict({}))
    bring(store, intake())  # the store is none the worse
