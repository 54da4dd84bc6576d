"""The checks before publishing, as pure functions of tables: each status at its threshold, and the list behind it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.audit import Check
from scoring.publishing import (
    STATUSES,
    audit_outcomes,
    changed_values,
    coverage,
    ledger_differences,
    membership,
    open_appeals,
    rank_moves,
)


def units(ranks: dict, **notes) -> pd.DataFrame:
    """Units by rank; one with rank None has no score, and a note."""
    table = pd.DataFrame({"rank": pd.Series(ranks, dtype=float)})
    return table.assign(index=100 - table["rank"], note=[notes.get(u, "") for u in table.index])


def cells(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["unit", "indicator", "value", "state"])
    return table.astype({"value": float})


@pytest.mark.parametrize(("lacking", "status"), [(0, "ok"), (1, "warn"), (2, "warn"), (3, "fail"), (20, "fail")])
def test_more_than_a_tenth_without_a_score_fails(lacking, status):
    found = coverage(units({f"U{n}": None if n < lacking else n for n in range(20)}, U0="覆盖不足"))
    assert found.status == status and len(found.rows) == lacking
    assert not lacking or found.rows.iloc[0][["unit", "note"]].tolist() == ["U0", "覆盖不足"]


def test_a_release_without_units_fails():
    assert coverage(units({})).status == "fail"


def test_ranks_that_moved_farther_than_the_setting_come_farthest_first():
    before, after = units({"A": 1, "B": 2, "C": 3, "D": 4, "E": None}), units({"A": 4, "B": 3, "C": 1, "D": 2, "E": 5})
    found = rank_moves(after, before, 1, "moves", "上期")
    assert found.status == "warn" and found.rows[["unit", "before", "after", "note"]].to_numpy().tolist() == [
        ["A", 1, 4, "降 3 位"], ["C", 3, 1, "升 2 位"], ["D", 4, 2, "升 2 位"],
    ]  # fmt: skip
    assert rank_moves(after, before, 3, "moves", "上期").status == "ok", "a move of just so many is none too large"
    assert rank_moves(after, None, 3, "moves", "上期").status == "ok"


@given(st.permutations(range(1, 9)), st.integers(1, 8))
def test_every_move_is_listed_or_within_the_limit(order, most):
    before = units(dict(zip("ABCDEFGH", range(1, 9), strict=True)))
    after = units(dict(zip("ABCDEFGH", order, strict=True)))
    listed = set(rank_moves(after, before, most, "moves", "上期").rows["unit"])
    assert listed == {u for u in before.index if abs(before.at[u, "rank"] - after.at[u, "rank"]) > most}


def test_who_came_and_who_has_gone():
    before, after = units({"A": 1, "B": 2}), units({"B": 1, "C": 2, "D": 3})
    found = membership(after, before, "members", "在用的发布", vanished="fail")
    assert found.status == "fail" and found.rows[["unit", "note"]].to_numpy().tolist() == [["A", "少了"], ["C", "多了"], ["D", "多了"]]
    assert membership(after, before, "members", "上期").status == "warn" == membership(after, units({"B": 1}), "members", "上期", "fail").status
    assert membership(after, after, "members", "上期").status == "ok" == membership(after, None, "members", "上期").status


def test_values_that_changed_with_what_they_were():
    same = ("A", "J", np.nan, "missing"), ("B", "I", 3, "value")
    before = cells(("A", "I", 1, "value"), *same, ("B", "J", np.nan, "pending"), ("C", "I", 5, "value"))
    after = cells(("A", "I", 2, "value"), *same, ("B", "J", np.nan, "not_applicable"))
    found = changed_values(after, before)
    assert found.rows[["unit", "subject", "before", "after"]].to_numpy().tolist() == [
        ["A", "I", 1.0, 2.0], ["B", "J", "待报", "不适用"], ["C", "I", 5.0, "缺报"],
    ]  # fmt: skip
    assert found.status == "warn" and "60.0%" in found.said
    assert changed_values(before, before).status == "ok" and changed_values(after, None).rows.empty


def test_one_changed_value_of_many_is_a_correction():
    before = cells(*((f"U{n}", "I", n, "value") for n in range(10)))
    after = before.assign(value=before["value"].where(before["unit"] != "U3", 99.0))
    found = changed_values(after, before)
    assert found.status == "ok" and len(found.rows) == 1


def check(name: str, status: str, group: str = "structure", members: tuple = ()) -> Check:
    return Check(name=name, title=name, group=group, subject="I", status=status, finding="发现", figure=2.0, threshold=1.0, units=members)


def test_the_audits_fails_fail_and_its_questions_warn():
    found = audit_outcomes([check("a", "fail"), check("b", "flag"), check("c", "flag", "pattern", ("U1", "U2")), check("d", "pass", "pattern")])
    assert [f.status for f in found] == ["fail", "warn"]
    assert found[0].rows["subject"].tolist() == ["I"] and found[1].rows["unit"].tolist() == ["U1", "U2"]
    assert [f.status for f in audit_outcomes([check("b", "flag"), check("d", "none", "pattern")])] == ["ok", "ok"]


def test_ledgers_and_appeals_warn():
    columns = ["unit", "indicator", "value", "reported", "differs"]
    derived = pd.DataFrame([("A", "I", 90.0, 95.0, True), ("B", "I", 90.0, 90.0, False)], columns=columns)
    found = ledger_differences(derived)
    assert found.status == "warn" and found.rows[["unit", "before", "after"]].to_numpy().tolist() == [["A", 95.0, 90.0]]
    assert ledger_differences(derived[~derived["differs"]]).status == "ok"
    asked = pd.DataFrame([("A", "I", "待答复", "为什么")], columns=["unit", "node", "state", "text"])
    assert open_appeals(asked).status == "warn" and open_appeals(asked.iloc[:0]).status == "ok"
    assert {found.status, "ok", "fail"} == set(STATUSES)
