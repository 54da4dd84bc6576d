"""任务整改: its figures are those of the ledgers, every choice is in the link, and a store that lacks a ledger says what to do."""

import io
import json

import openpyxl
import pandas as pd
import pytest

from store.ledgers.specification import LEDGERS, record_frame
from store.releasing.releases import publish
from tests.charts.test_figures import texts
from tests.store.support import bring, intake
from tests.ui.support import figure
from ui import parts, worklist, worklist_parts, worklist_registers

PAGE = "tasks"
ODD = "<img src=x onerror=alert(1)> :red[*x*] $y$ %{z}"


def said(app) -> str:
    spoken = [e.value for kind in ("info", "warning", "caption", "markdown", "code") for e in getattr(app, kind)]
    return "\n".join([*map(str, spoken), *(h.proto.body for h in app.get("html"))]).replace("\\", "")


def metrics(app) -> dict[str, str]:
    return {m.label.replace("\\", ""): m.value for m in app.metric}


@pytest.fixture
def taken(monkeypatch) -> dict:
    """What the download buttons hand out."""
    found = {}
    monkeypatch.setattr(parts, "downloads", lambda name, csv, xlsx, where=None: found.update(name=name, csv=csv, xlsx=xlsx))
    return found


@pytest.fixture
def with_records(store):
    """The small city with a few records of every ledger, published again."""
    rows = {
        "task": [
            {"unit": "U1", "ref": "T1", "title": ODD, "category": "主体责任", "owner": ODD, "due": "2025-03-01"},
            {"unit": "U1", "ref": "T2", "title": "乙", "category": "重大部署", "due": "2025-03-20", "done": "2025-03-19"},
            {"unit": "U2", "ref": "T3", "title": "丙", "category": "主体责任", "due": "2025-04-05"},
        ],
        "risk": [{"unit": "U1", "ref": "R1", "title": "丁", "post": ODD, "likelihood": 4, "severity": 5, "in_force": False}],
        "brand": [{"unit": "U1", "ref": "B1", "title": "戊", "master": ODD, "sub": ODD, "branch": ODD}],
    }
    bring(store, intake(ledgers={ledger: record_frame(ledger, found) for ledger, found in rows.items()}))
    publish(["2025Q1"], "测试", store)
    return store


def test_the_first_screen_says_what_is_late_next_and_settled(open_page, demo_store, latest):
    app, now = open_page(demo_store), latest(demo_store)
    work = worklist.work(now, "task")
    counts = worklist.current(work)["status"].value_counts()
    shown = metrics(app)
    for status in worklist.OPEN:
        assert shown[worklist.STATUSES[status].title] == f"{counts[status]:,}" and counts[status] > 0
    assert shown["按期办结率"] == f"{worklist.on_time(work):.1f}%"
    bars = figure(app, "bars task sector 8")
    assert {c[0] for c in bars["data"][0]["customdata"]} == set(now.units["sector"])
    assert len(figure(app, "trend")["data"]) == len(worklist.STATUSES) + 1
    listed = app.dataframe[0].value
    assert len(listed) == worklist_parts.MOST and set(listed["状态"]) <= {"✖ 逾期未结", "▲ 14 日内到期"}
    assert f"截至 {worklist.as_of(now).isoformat()}" in said(app)


@pytest.mark.parametrize("tab", worklist_parts.TABS)
def test_every_ledger_has_cards_bars_and_a_list(open_page, demo_store, tab):
    app = open_page(demo_store, tab=tab, by="unit")
    assert len(app.metric) == 5 and len(app.get("plotly_chart")) == 2
    titles = [field.title for field in LEDGERS[tab].fields]
    assert [t for t in titles if t not in app.dataframe[0].value] == [] and not app.warning


def test_filters_stand_in_the_link_and_narrow_everything(open_page, demo_store, latest):
    now = latest(demo_store)
    unit = now.units.index[3]
    app = open_page(demo_store, tab="task", units=[unit], kind=["主体责任"], span="all", by="owner", step="month")
    rows = worklist.work(now, "task", unit)
    rows = rows[rows["category"] == "主体责任"]
    listed = app.dataframe[0].value
    assert set(listed["编号"]) == set(rows["ref"]) and set(listed[now.words["unit"]]) == {now.unit_name(unit)}
    owners = {c[0] for trace in figure(app, f"bars task owner {rows['owner'].nunique()}")["data"] for c in trace["customdata"]}
    assert owners <= set(rows["owner"])
    only = open_page(demo_store, units=[unit], span="all", status=["done_late"])
    assert set(only.dataframe[0].value["状态"]) <= {"◐ 逾期办结"}


def test_an_old_period_shows_how_things_stood_at_its_end(open_page, demo_store, latest):
    old = latest(demo_store).periods[2]
    app = open_page(demo_store, period=old, span="all")
    then = latest(demo_store).at(old)
    day = worklist.as_of(then).isoformat()
    assert f"截至 {day}" in said(app)
    assert (app.dataframe[0].value["完成日期"] <= day).all(), "what was settled later was open then"


def test_a_cell_of_the_risk_map_lists_its_risks(open_page, demo_store, latest):
    risks = worklist_registers.risks(latest(demo_store))
    cell = risks.loc[risks["status"] == "uncontrolled", "cell"].iloc[0]
    app = open_page(demo_store, tab="risk", cell=[cell])
    listed = app.dataframe[0].value
    assert len(listed) == min((risks["cell"] == cell).sum(), worklist_parts.MOST)
    assert set(listed["可能性"] + "×" + listed["严重性"]) == {cell}


def test_downloads_hold_every_record_and_where_it_stands(open_page, demo_store, taken, monkeypatch, latest):
    monkeypatch.setattr(worklist_parts, "BOOK", 30)
    open_page(demo_store, tab="rectification", span="all")
    rows = worklist.work(latest(demo_store), "rectification")
    csv = pd.read_csv(io.BytesIO(taken["csv"]()), encoding="utf-8-sig")
    assert len(csv) == len(rows) > worklist_parts.MOST and set(csv["数据性质"]) == {"演示数据"} and csv["文件"].notna().all()
    book = openpyxl.load_workbook(io.BytesIO(taken["xlsx"]()))
    assert book["整改"].max_row == 31 and any("全部记录请下载 CSV" in str(row[0].value) for row in book["说明"])


@pytest.mark.parametrize("tab", worklist_parts.TABS)
def test_a_store_without_ledgers_says_how_to_bring_them(open_page, asem_store, tab):
    app = open_page(asem_store, tab=tab)
    assert not app.metric and f"manage.py import {LEDGERS[tab].title}台账.csv" in said(app) and "单位代码" in said(app)


def test_names_are_text_and_empty_ledgers_are_told(open_page, with_records):
    app = open_page(with_records)
    assert metrics(app)["✖ 逾期未结"] == "1" and app.dataframe[0].value["名称"].iloc[0] == ODD
    for tab in ("task", "risk", "brand"):
        app = open_page(with_records, tab=tab, units=["U1"], by="kind" if tab != "brand" else "unit")
        drawn = [json.loads(chart.proto.spec)["data"] for chart in app.get("plotly_chart")]
        assert drawn and not [t for t in texts([[trace | {"customdata": None} for trace in data] for data in drawn]) if "<img" in t]
    assert "还没有活动台账" in said(open_page(with_records, tab="activity"))


def test_filters_that_let_nothing_through_can_be_cleared(open_page, with_records):
    app = open_page(with_records, units=["U3"])
    assert "没有符合筛选的任务" in said(app) and not app.metric
    app.button[0].click().run()
    assert not app.exception and metrics(app)["✖ 逾期未结"] == "1"


def test_where_only_other_periods_have_records_the_span_is_named(open_page, with_records):
    brought = {"inspection": record_frame("inspection", [{"unit": "U1", "ref": "I1", "title": "庚", "date": "2024-11-05", "score": 90.0}])}
    bring(with_records, intake(ledgers=brought))
    assert "把范围改为“历期”" in said(open_page(with_records, tab="inspection"))
    assert metrics(open_page(with_records, tab="inspection", span="all"))["暗访次数"] == "0"


def test_one_units_work_for_its_portrait(demo_store, latest, monkeypatch):
    now, shown = latest(demo_store), {}
    monkeypatch.setattr(worklist_parts, "_grid", lambda view, rows, table, key, paint: shown.update(rows=rows, table=table))
    monkeypatch.setattr(worklist_parts, "cards", lambda found: shown.update(cards=found))
    unit = now.units.index[0]
    worklist_parts.of_unit(now, unit, worklist_registers.risks(now, unit), worklist_registers.brands(now, unit), most=3)
    waits = [worklist.waiting(worklist.work(now, ledger, unit)) for ledger in worklist.WORK]
    assert len(shown["rows"]) == min(3, sum(map(len, waits))) and set(shown["rows"]["unit"]) == {unit}
    late = [str(int(rows.loc[rows["status"] == "late", "items"].sum())) for rows in waits]
    assert [card.value for card in shown["cards"] if "逾期" in card.label] == late
