"""The work list: how a record stands on a day, written out and recounted in plain Python; registers, events, and the index's own figures."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.ledgers.specification import record_frame
from store.ledgers.views import HIGH_RISK, indicator_views
from ui import worklist, worklist_cards, worklist_events, worklist_registers, worklist_tables
from ui.worklist import AHEAD, SOON

DAY = date(2025, 3, 31)  # the last of the period
UNITS = pd.DataFrame(
    {"name": ["甲局", "乙局", "丙局"], "sector": ["一组", "一组", None]}, index=pd.Index(["U1", "U2", "U3"], name="unit")
)
WORDS = {"unit": "单位", "sector": "片组"}


def view(ledger: str, rows: list[dict], period: str = "2025Q1") -> SimpleNamespace:
    """As much of a view as the work list reads, over records that are written out."""
    numbers = {"count": float, "likelihood": float, "severity": float, "score": float, "problems": float, "expected": float, "actual": float}
    table = record_frame(ledger, rows).assign(batch=1, file="f.csv", demo=False)
    table = table.astype({column: kind for column, kind in numbers.items() if column in table})
    empty = record_frame(ledger).assign(batch=1, file="", demo=False)
    return SimpleNamespace(
        records=lambda asked: table if asked == ledger else empty, units=UNITS, period=period, words=WORDS, previous=None
    )


def task(ref: str, due: date, done: date | None = None, **more) -> dict:
    return {"unit": "U1", "ref": ref, "title": ref, "category": "主体责任", "due": due.isoformat(), "done": done and done.isoformat()} | more


def test_the_day_is_today_but_never_after_the_period(monkeypatch):
    class Today(date):
        @classmethod
        def today(cls):
            return cls(2025, 2, 10)

    monkeypatch.setattr(worklist, "date", Today)
    days = [worklist.as_of(SimpleNamespace(period=period)) for period in ("2024Q4", "2025Q1", "2026", "某次")]
    assert days == [date(2024, 12, 31), date(2025, 2, 10), date(2025, 2, 10), date(2025, 2, 10)]


@pytest.mark.parametrize(
    ("due", "done", "status"),
    [
        (-1, None, "late"),
        (0, None, "soon"),
        (SOON, None, "soon"),
        (SOON + 1, None, "open"),
        (-5, -5, "done"),
        (-5, -4, "done_late"),
        (-5, 1, "late"),  # settled after the day: that day nobody knew
        (30, -2, "done"),
        (3, 2, "soon"),
    ],
)
def test_how_a_record_stands_on_the_day(due, done, status):
    at = [DAY + timedelta(due), None if done is None else DAY + timedelta(done)]
    row = worklist.work(view("task", [task("T1", *at)]), "task").iloc[0]
    assert row["status"] == status and row["left"] == due
    settled = status.startswith("done")
    assert (row["done"] == at[1].isoformat()) if settled else pd.isna(row["done"])


def test_the_period_and_what_waits_are_looked_at():
    rows = [
        task("long ago, open", date(2023, 5, 1)),
        task("long ago, settled", date(2023, 5, 1), date(2023, 6, 1)),
        task("in the period, settled", date(2025, 1, 1), date(2025, 1, 1)),
        task("next quarter", DAY + timedelta(AHEAD)),
        task("after that", DAY + timedelta(AHEAD + 1)),
        task("next quarter, settled", DAY + timedelta(9), DAY),
    ]
    found = worklist.work(view("task", rows), "task")
    assert list(worklist.current(found)["ref"]) == ["long ago, open", "in the period, settled", "next quarter"]
    assert list(worklist.waiting(found)["ref"]) == ["long ago, open", "next quarter"]


def test_a_rectification_counts_its_pieces_from_the_day_it_was_found():
    rows = [
        {"unit": "U1", "ref": "1", "title": "a", "level": "个人", "count": 7, "found": "2025-01-02", "due": "2025-03-01", "closed": "2025-02-01"},
        {"unit": "U2", "ref": "2", "title": "b", "level": "全局", "due": "2025-03-01"},
        {"unit": "U2", "ref": "3", "title": "c", "level": "全局", "found": "2025-04-01", "due": "2025-04-20"},
    ]
    found = worklist.work(view("rectification", rows), "rectification")
    assert list(found["ref"]) == ["1", "2"] and list(found["items"]) == [7, 1]
    counts = worklist.tally(found, "unit")
    assert list(counts.index) == ["U2", "U1"], "late ones first"
    assert counts.loc["U1", ["done", "late", "rate"]].tolist() == [7, 0, 100] and counts.loc["U2", ["late", "rate"]].tolist() == [1, 0]
    assert worklist.on_time(found) == pytest.approx(100 * 7 / 8)


WHEN = st.dates(date(2024, 6, 1), date(2025, 9, 30))
RECORDS = st.lists(st.tuples(st.sampled_from(list(UNITS.index)), WHEN, st.none() | WHEN), max_size=30)


def by_hand(due: date, done: date | None) -> str:
    if done is not None and done <= DAY:
        return "done" if done <= due else "done_late"
    return "late" if due < DAY else "soon" if due <= DAY + timedelta(SOON) else "open"


@given(RECORDS)
@settings(max_examples=40, deadline=None)
def test_every_count_is_a_plain_recount(records):
    rows = [task(f"T{k}", due, done, unit=unit) for k, (unit, due, done) in enumerate(records)]
    found = worklist.work(view("task", rows), "task")
    plain = [(unit, due, by_hand(due, done)) for unit, due, done in records]
    assert list(found["status"]) == [status for *_, status in plain]
    counts = worklist.tally(found, "unit")
    for unit, status in ((u, s) for u in counts.index for s in worklist.STATUSES):
        assert counts.at[unit, status] == sum(u == unit and s == status for u, _, s in plain)
    due_now = [s for _, due, s in plain if date(2025, 1, 1) <= due <= DAY]
    expected = 100 * due_now.count("done") / len(due_now) if due_now else np.nan
    assert worklist.on_time(found) == pytest.approx(expected, nan_ok=True)
    for step, months in (("quarter", 3), ("month", 1)):
        trend = worklist.over_time(found, step, DAY)
        now = worklist.step_of(DAY, step)
        assert len(trend) <= 12 + 3 // months and trend.index[-1 - 3 // months] == now
        last = [s for _, due, s in plain if due <= DAY and (DAY.year * 12 + DAY.month - due.year * 12 - due.month) < months]
        assert trend.loc[now, list(worklist.STATUSES)].sum() == len(last)
        assert step == "month" or trend.at[now, "rate"] == pytest.approx(expected, nan_ok=True), "as the card says of the same quarter"
    order = worklist.pressing(found)
    assert sorted(order["ref"]) == sorted(found["ref"])
    late = [int(left) for status, left in zip(order["status"], order["left"], strict=True) if status == "late"]
    assert late == sorted(late) and list(order["status"].cat.codes) == sorted(order["status"].cat.codes)
    assert list(worklist.pressing(found, 3)["ref"]) == list(order["ref"])[:3]


def test_steps_are_named_as_periods_are():
    assert [worklist.step_of(date(2024, 12, 31), s) for s in worklist.STEPS] == ["2024Q4", "2024M12"]
    trend = worklist.over_time(worklist.work(view("task", [task("1", date(2024, 7, 1))]), "task"), "quarter", DAY)
    assert list(trend.index) == ["2024Q3", "2024Q4", "2025Q1", "2025Q2"] and np.isnan(trend["rate"].iloc[-1])


def test_the_cards_of_work():
    rows = [task("1", date(2025, 3, 1)), task("2", date(2025, 3, 2), date(2025, 3, 9), unit="U2"), task("3", date(2025, 6, 1), unit="U3"),
            task("4", date(2025, 3, 5), date(2025, 3, 5))]  # fmt: skip
    now = view("task", rows)
    found = {card.label: card for card in worklist_cards.work_cards(now, worklist.work(now, "task"))}
    assert [found[label].value for label in ("✖ 逾期未结", f"▲ {SOON} 日内到期", "● 未到期", "✓ 本期办结")] == ["1", "0", "1", "2"]
    assert found["✖ 逾期未结"].note == "1 个单位，最长 30 天" and found["✓ 本期办结"].note == "其中逾期办结 1"
    assert found["按期办结率"].value == "33.3%" and found["按期办结率"].change is None, "one of three; nothing to compare with"


def test_a_units_cards_tell_of_what_it_has_records_of():
    now = view("task", [task("1", date(2025, 3, 1))])
    held = {"任务": worklist.work(now, "task", "U1"), "整改": worklist.work(view("rectification", []), "rectification", "U1")}
    cards = worklist_cards.unit_cards(held, worklist_registers.risks(view("risk", []), "U1"))
    assert [(card.label, card.value) for card in cards] == [("任务：✖ 逾期未结", "1"), ("任务：本期按期办结率", "0.0%")]


def risk(ref: str, likelihood=None, severity=None, **more) -> dict:
    return {"unit": "U1", "ref": ref, "title": ref, "post": "岗", "likelihood": likelihood, "severity": severity} | more


def test_risks_that_stand_and_their_map():
    rows = [
        risk("high", 4, 3, in_force=True), risk("off", 4, 3, in_force=False), risk("silent", 5, 5), risk("low", 2, 3), risk("new", 4, None),
        risk("ended", 5, 5, until="2025-03-30"), risk("last day", 1, 1, until=DAY.isoformat()), risk("later", 5, 5, since="2025-04-01"),
    ]  # fmt: skip
    assert HIGH_RISK == 12
    held = worklist_registers.risks(view("risk", rows))
    assert dict(zip(held["ref"], held["status"], strict=True)) == {
        "high": "controlled", "off": "uncontrolled", "silent": "uncontrolled", "low": "low", "new": "unassessed", "last day": "low",
    }  # fmt: skip
    cells = worklist_registers.matrix(held)
    assert len(cells) == 25 and cells["n"].sum() == 5 and list(cells.loc[(4, 3)]) == [2, 1, "4×3"]
    assert held.set_index("ref")["cell"].to_dict()["new"] == ""
    groups = worklist_registers.risk_groups(held, "unit")
    assert groups.loc["U1", ["uncontrolled", "controlled", "unassessed", "low"]].tolist() == [2, 1, 1, 2]
    assert groups.at["U1", "rate"] == pytest.approx(100 / 3)


def test_a_brand_tree_hangs_every_branch_once():
    rows = [
        {"unit": "U1", "ref": "1", "title": "x", "master": "总", "branch": "一支部"},
        {"unit": "U1", "ref": "2", "title": "x", "master": "总", "sub": "清风", "branch": "一支部"},
        {"unit": "U1", "ref": "3", "title": "x", "master": "总", "sub": "清风", "branch": "二支部"},
        {"unit": "U1", "ref": "4", "title": "x", "branch": "三支部"},
        {"unit": "U2", "ref": "1", "title": "x", "master": "总", "branch": "一支部"},
        {"unit": "U2", "ref": "2", "title": "x", "master": "总", "sub": "旧", "branch": "二支部", "until": "2024-12-31"},
    ]
    held = worklist_registers.brands(view("brand", rows))
    assert list(zip(held["unit"], held["ref"], strict=True)) == [("U1", "2"), ("U1", "3"), ("U1", "4"), ("U2", "1")]
    tree = worklist_registers.tree(held[held["unit"] == "U1"])
    tops = tree[tree["parent"] == ""]
    assert list(tops["label"]) == ["总", worklist_registers.UNNAMED] and list(tops["branches"]) == [2, 1]
    assert tree.loc[tree["level"] == "sub", ["label", "branches"]].to_numpy().tolist() == [["清风", 2]]
    assert set(tree["parent"]) - {""} <= set(tree.index) and tree.index.is_unique
    assert worklist_registers.richest(held) == "U1"
    assert worklist_registers.brand_groups(held, "unit")["rate"].to_dict() == pytest.approx({"U2": 0.0, "U1": 200 / 3})


def test_events_up_to_the_day():
    rows = [
        {"unit": "U1", "ref": "1", "title": "a", "kind": "共建合作", "date": "2025-01-05", "expected": 10, "actual": 7},
        {"unit": "U1", "ref": "2", "title": "b", "kind": "共建合作", "date": "2025-02-05", "actual": 7},
        {"unit": "U2", "ref": "1", "title": "c", "kind": "警示教育", "date": "2024-12-05", "expected": 4, "actual": 0},
        {"unit": "U2", "ref": "2", "title": "d", "kind": "警示教育", "date": "2025-04-01", "expected": 4, "actual": 4},
    ]
    held = worklist_events.activities(view("activity", rows))
    assert list(held["status"]) == ["held", "unknown", "empty"] and list(held["mine"]) == [True, True, False]
    assert worklist_events.presence(held, "kind").to_dict("index") == {
        "警示教育": {"absent": 4, "present": 0, "rate": 0}, "共建合作": {"absent": 3, "present": 7, "rate": 70},
    }  # fmt: skip
    months = worklist_events.by_month(held, DAY)
    assert list(months.index[[0, -1]]) == ["2024M04", "2025M03"] and months.at["2025M01", "rate"] == 70 and np.isnan(months.at["2025M02", "rate"])


def test_a_record_of_a_unit_that_the_period_does_not_have_is_left_out():
    found = worklist.work(view("task", [task("1", DAY), task("2", DAY, unit="U9"), task("3", DAY, unit="U3")]), "task")
    assert list(found["unit"]) == ["U1", "U3"] and list(found["name"]) == ["甲局", "丙局"] and list(found["sector"]) == ["一组", ""]


def test_tables_say_days_and_yes_and_no():
    now = view("task", [task("1", DAY - timedelta(3)), task("2", DAY), task("3", DAY + timedelta(2)), task("4", DAY, DAY)])
    rows = worklist.work(now, "task")
    assert list(worklist_tables.listing(now, "task", rows, worklist.STATUSES)["离期限"]) == ["已过 3 天", "今天", "还有 2 天", ""]
    out = worklist_tables.export(now, "task", rows, worklist.STATUSES)
    assert list(out["离期限天数"][:3]) == [-3, 0, 2] and np.isnan(out["离期限天数"].iloc[3]) and list(out["行"]) == [0] * 4
    now = view("risk", [risk("1", 4, 4, in_force=True), risk("2", 4, 4, in_force=False), risk("3", 4, 4)])
    rows = worklist_registers.risks(now)
    for table in (worklist_tables.listing, worklist_tables.export):
        assert list(table(now, "risk", rows, worklist_registers.RISKS)["措施已落实"]) == ["是", "否", ""]


@pytest.fixture(scope="module")
def of_views(demo_store):
    """Indicator code by the key of its view in the demo's framework, and the demo's newest view."""
    from ui import viewer

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUALITY_STORE", str(demo_store))
        now = viewer.latest()
    return {seen.key: code for code, seen in indicator_views(now.framework).items()}, now


RATES = {
    "rectification:on_time": lambda v: worklist.tally(worklist.work(v, "rectification"), "unit")["rate"],
    "risk:controlled": lambda v: worklist_registers.risk_groups(worklist_registers.risks(v), "unit")["rate"],
    "brand:sub_brand": lambda v: worklist_registers.brand_groups(worklist_registers.brands(v), "unit")["rate"],
    "inspection:score": lambda v: worklist_events.inspection_groups(_mine(worklist_events.inspections(v)), "unit")["rate"],
}


def _mine(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["mine"]]


@pytest.mark.parametrize("period", [0, -1])
@pytest.mark.parametrize("key", RATES)
def test_at_a_periods_end_the_page_says_what_the_index_is_made_of(of_views, key, period):
    codes, now = of_views
    then = now.at(now.periods[period])
    derived = then.derived[then.derived["indicator"] == codes[key]].set_index("unit")["value"].dropna()
    assert len(derived) > 50
    shown = RATES[key](then).reindex(derived.index)
    assert shown.to_numpy() == pytest.approx(derived.to_numpy(), abs=1e-9)
