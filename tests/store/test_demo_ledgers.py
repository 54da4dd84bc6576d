"""The demo's ledgers: what is reported is what they give, gaps are filled or stay, work lies ahead, and the article's counts hold."""

import re

import numpy as np
import pandas as pd
import pytest

from scoring.movement import period_days
from store.connection import reader, table_of
from store.demo import PERIODS
from store.demo.case import SOURCE
from store.demo.model import NAMED
from store.frameworks.files import DATA, read_framework, read_policy
from store.ledgers import LEDGERS
from store.ledgers.choosing import GAPS, differs
from store.ledgers.deriving import derive
from store.ledgers.reading import current_records
from store.ledgers.views import indicator_views
from store.releasing.reading import release_cells, release_derived, served

FRAMEWORK = read_framework(DATA / "framework.csv", read_policy(DATA / "policy.toml"))
NODES = {n.code: n for n in FRAMEWORK.indicators}
KEYS = {code: view.key for code, view in indicator_views(FRAMEWORK).items()}
TODAY = period_days(PERIODS[-1])[1].isoformat()
CASE = "JJ17"


@pytest.fixture(scope="module")
def records(demo_store):
    """The records of every ledger."""
    with reader(demo_store) as db:
        return {name: current_records(db, name) for name in LEDGERS}


@pytest.fixture(scope="module")
def figures(demo_store):
    """What each served release has of every cell that a ledger fills: derived value, reported state and value, scored state."""
    with reader(demo_store) as db:
        tables = []
        for row in served(db).itertuples():
            cells = release_cells(db, row.release)[["unit", "indicator", "state", "value"]]
            derived = release_derived(db, row.release).rename(columns={"value": "derived"})
            tables.append(cells.merge(derived, on=["unit", "indicator"], how="left").assign(period=row.period))
    table = pd.concat(tables, ignore_index=True)
    return table[table["indicator"].isin(KEYS)]


def test_what_is_reported_is_what_the_ledgers_give(demo_store, figures):
    assert set(figures["period"]) == set(PERIODS) and not figures["differs"].fillna(False).any()
    told = figures[figures["reported_state"] == "value"]
    assert len(told) > 0.95 * len(figures) and told["derived"].notna().all()
    for code, part in told.groupby("indicator"):
        half = 0.05 if NODES[code].unit in ("%", "分") else 0.005
        assert ((part["reported"] - part["derived"]).abs() <= half + 1e-9).all(), code
    assert figures.loc[figures["reported_state"] == "not_applicable", "derived"].isna().all()
    with reader(demo_store) as db:  # as the records stand now
        now = derive(db, PERIODS, FRAMEWORK).merge(figures, on=["period", "unit", "indicator"], suffixes=("_now", ""))
    assert len(now) == figures["numerator"].notna().sum()
    assert not differs(now["reported"], now["value_now"]).any()


def test_ledgers_fill_gaps_but_where_their_records_lack_too(figures):
    gaps = figures[figures["reported_state"].isin(GAPS)]
    assert len(gaps) > 100 and (gaps["state"] == "value").all(), "a gap with records has their value"
    bare = figures[figures["state"].isin(GAPS)]
    assert set(bare["indicator"].map(KEYS)) == {"rectification:on_time"} and bare["numerator"].isna().all()


def test_nothing_is_done_before_its_time(records):
    for ledger, day in (("task", "done"), ("rectification", "closed"), ("activity", "date"), ("inspection", "date"), ("learning", "date")):
        assert records[ledger][day].dropna().max() <= TODAY, ledger
    assert records["rectification"]["found"].max() <= TODAY


@pytest.mark.parametrize(("ledger", "done"), [("task", "done"), ("rectification", "closed")])
def test_every_unit_has_work_ahead_and_some_is_late(records, figures, ledger, done):
    table = records[ledger]
    open_ = table[table[done].isna()]
    assert set(open_.loc[open_["due"] > TODAY, "unit"]) == set(figures["unit"])
    ahead = table[table["due"] > TODAY]
    assert 0.05 < ahead[done].notna().mean() < 0.4, "some of it is done already"
    soon = (pd.Timestamp(TODAY) + pd.Timedelta(days=14)).date().isoformat()
    assert open_["due"].between(TODAY, soon, inclusive="right").any() and (open_["due"] <= TODAY).any()
    assert (table[done] > table["due"]).mean() > 0.03


def test_branches_gain_sub_brands_and_lose_none(records):
    ends = [period_days(p)[1].isoformat() for p in PERIODS]
    brands = records["brand"].fillna({"since": "", "until": "9999"})
    standing = [brands[(brands["since"] <= end) & (brands["until"] >= end)] for end in ends]
    have = pd.DataFrame([s.groupby("unit")["sub"].agg(lambda subs: (subs != "").sum()) for s in standing])
    branches = pd.DataFrame([s.groupby("unit")["branch"].agg(["size", "nunique"]).stack() for s in standing])
    assert (branches.xs("size", axis=1, level=1).fillna(0) == branches.xs("nunique", axis=1, level=1).fillna(0)).all(axis=None)
    assert (have.diff().iloc[1:].fillna(0) >= 0).all(axis=None) and (have.iloc[-1] > have.iloc[0]).sum() > 20


def test_the_articles_counts(records):
    mine = {name: table[table["unit"] == CASE] for name, table in records.items()}
    tasks, lists = mine["task"], mine["rectification"]
    measures = tasks[tasks["category"] == "主体责任"]
    assert len(measures) == 66 and measures["title"].str.split("：").str[0].nunique() == 8
    assert len(set(tasks["owner"])) == 20 and set(measures["due"].str[:4]) == {"2026"}
    assert measures["due"].str[5:7].astype(int).add(2).floordiv(3).nunique() == 4
    projects = tasks[tasks["category"] == "绩效管理"].groupby("title")["stage"].agg(list)
    assert len(projects) == 15 and all(stages == ["事前", "事中", "事后"] for stages in projects)
    by_level = lists.groupby("level")["ref"].size()
    assert by_level["全局"] == 7 and by_level["全局"] + by_level["科室"] == 62
    assert (by_level["个人"], lists.loc[lists["level"] == "个人", "count"].sum()) == (20, 318)
    assert set(mine["brand"]["master"]) == {"“财惠临安·寸金有情”"} and mine["brand"]["branch"].nunique() > 1
    named = mine["exemplar"].iloc[0]
    assert named["document"] == SOURCE and "虚构" in named["story"]
    assert {"8", "66", "62", "7", "318", "15", "20"} <= set(re.findall(r"\d+", named["story"]))


def test_exemplars_are_those_that_adjustments_name(demo_store, records):
    with reader(demo_store) as db:
        naming = table_of(db.execute("SELECT unit, period, document, reason FROM current_adjustment"))
    naming = naming[naming["reason"] == NAMED]
    both = records["exemplar"].merge(naming, on=["unit", "document"])
    assert len(both) == len(naming) == (records["exemplar"]["unit"] != CASE).sum()
    spans = both["period"].map(lambda p: [day.isoformat() for day in period_days(p)])
    assert all(first <= since <= last for (first, last), since in zip(spans, both["since"], strict=True))
    current = records["exemplar"][records["exemplar"]["until"].fillna("9999") > TODAY]
    assert set(current["node"]) == {d.code for d in FRAMEWORK.dimensions}


def test_what_was_learnt_shows_in_the_learners_figures(records, figures):
    taken = records["learning"]
    assert 10 <= len(taken) <= 15 and (taken["unit"] != taken["exemplar"]).all()
    whose = taken.merge(records["exemplar"], left_on=["exemplar", "exemplar_title"], right_on=["unit", "title"], suffixes=("", "_named"))
    assert len(whose) == len(taken) and (whose["date"] > whose["since"]).all() and (whose["date"] <= whose["until"]).all()
    values = figures.set_index(["period", "unit", "indicator"])["value"]
    for row in whose.itertuples():
        node = next(n for n in NODES.values() if row.effect.startswith((f"{n.name}由", f"{n.name}仍为")))
        *before, way, after = re.search(r"(?:由([\d.]+))?(升至|降至|仍为)([\d.]+)", row.effect.removeprefix(node.name)).groups()
        before, after = float(before[0] or after), float(after)
        assert np.sign(after - before) == {"升至": 1, "降至": -1, "仍为": 0}[way]
        named = next(p for p in PERIODS if period_days(p)[0].isoformat() <= row.since <= period_days(p)[1].isoformat())
        assert (before, after) == (values[named, row.unit, node.code], values[PERIODS[-1], row.unit, node.code])
