"""A store of more units than a page reads: groups on 云图, one unit by look-up, a search by initials, and a word where all would be needed."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from manage import cli
from store.people.roles import Person
from tests import large_city
from tests.large_city import CITIES, EACH, PERIODS, SECTORS, UNITS
from tests.ui.support import figure, html_parts, opened
from ui import groups_parts, portrait, scope, scope_reads, user, viewer
from ui.peers import LEAST
from ui.places import PLACES
from ui.scope_parts import outside

CITY = f"甲省/{CITIES[1]}"
SECTOR = f"{CITY}/{SECTORS[0]}"
UNIT = "100006"  # 西市政法第7所
REFUSED = ("guidance", "what_if", "audit")


@pytest.fixture(autouse=True)
def large(large_store, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(large_store))


def members(path: str) -> pd.Index:
    return pd.Index(UNITS.loc[(UNITS["area"] + "/" + UNITS["sector"]).str.startswith(path), "code"])


def said(app) -> str:
    return "".join([*html_parts(app), *(part.value for kind in ("info", "warning", "markdown", "caption") for part in getattr(app, kind))])


def view(**how) -> viewer.View:
    whole = viewer.latest()
    return (scope.Single if "unit" in how else scope.Scoped)(whole.path, whole.served, whole.period, **how)


def test_at_the_whole_the_map_shows_groups_and_the_figures_are_all_units(large_store):
    app = opened()
    shown = {m.label: (m.value, m.delta) for m in app.metric}
    now, then = (large_city.index(period) for period in reversed(PERIODS))
    assert shown["单位"] == ("3,200", "0") and shown["指数均值"] == (f"{now.mean():.1f}", f"+{now.mean() - then.mean():.1f}")
    assert shown["离散度"][0] == f"{now.std():.1f}"
    assert sum(int(value.replace(",", "")) for label, (value, _) in shown.items() if label[0] in "★●▼") == len(UNITS)
    tiles = figure(app, "map")["data"][0]
    assert set(tiles["ids"]) == {"all:", *(f"甲省/{city}" for city in CITIES)}, "a province alone is no choice: its cities are shown"
    mean = now[members(CITY)].mean()
    assert f"{2 * EACH:,} 个　{mean:.1f}" in next(text for path, text in zip(tiles["ids"], tiles["text"], strict=True) if path == CITY)
    assert app.query_params["in"] == "甲省"


def test_in_a_group_that_a_page_reads_the_page_is_as_ever(large_store):
    app = opened(**{"in": SECTOR})
    units = {i for i in figure(app, "map")["data"][0]["ids"] if not i.startswith(("all:", "block:", "blank:"))}
    assert units == set(members(SECTOR))
    ranks = large_city.index(PERIODS[1]).round(9).rank(ascending=False, method="min")
    assert view(scope=SECTOR).units["rank"].equals(ranks[members(SECTOR)].sort_index().rename("rank").rename_axis("unit"))
    assert [b.label for b in app.button if b.label in ("甲省", CITIES[1])] == ["甲省", CITIES[1]]


def test_a_portrait_is_looked_up_and_its_group_told_by_its_figures(large_store):
    app = opened("unit", unit=UNIT)
    index = large_city.index(PERIODS[1])
    shown = {m.label: m.value for m in app.metric}
    assert shown["指数"] == f"{index[UNIT]:.1f}" and shown["名次"] == f"第 {(index.round(9) > round(index[UNIT], 9)).sum() + 1:,} 名"
    one, sector = view(unit=UNIT), view(scope=SECTOR)
    assert list(one.units.index) == [UNIT] and set(one.cells["unit"]) == {UNIT}
    codes = portrait.dimension_codes(one)
    assert np.allclose(portrait.axes(one, UNIT, codes)[["median", "q1", "q3"]], sector.nodes[codes].quantile([0.5, 0.25, 0.75]).T)
    assert portrait.ranking(one, UNIT) == ((index.round(9) == round(index[UNIT], 9)).sum(), len(UNITS))
    line = view(scope=SECTOR).policy.tier_labels[0]
    best = pd.concat([view(scope=f"甲省/{c}/{s}").units for c in CITIES for s in SECTORS])
    assert one.peers.line(line) == pytest.approx(best.loc[best["tier_by_rule"] == line, "index"].min())


@pytest.mark.parametrize(("others", "told"), [(LEAST - 1, False), (LEAST, True)])
def test_where_a_tier_of_a_few_begins_is_not_told(large_store, monkeypatch, others, told):
    peers = view(unit=UNIT).peers
    best = peers._view.labels[0]
    monkeypatch.setattr(scope_reads, "group", lambda *key: pd.Series({best: others}))
    assert np.isfinite(peers.line(best)) == told


def test_units_in_none_of_the_groups_that_are_shown_are_mentioned(large_store, monkeypatch):
    whole = view()
    assert whole.outside == 0 and outside(whole) == ""
    monkeypatch.setattr(scope_reads, "children", lambda *key: pd.DataFrame({"units": [EACH, EACH]}))
    assert f"另有 {len(UNITS) - 2 * EACH:,} 个" in outside(view())


@pytest.mark.parametrize("asked", ["xszfd7s", "西市政法第7", UNIT])
def test_a_unit_is_found_by_initials_name_and_code(large_store, asked):
    app = opened()
    app.text_input[0].set_value(asked).run()
    button = next(b for b in app.button if "西市政法第7所" in b.label)
    button.click().run()
    assert app.query_params["unit"] == UNIT and "西市政法第7所" in said(app)
    assert app.text_input[0].value == "", "the box is empty again"


def test_units_of_a_large_group_without_groups_are_listed_a_page_at_a_time(large_store, monkeypatch):
    monkeypatch.setattr(scope, "LARGE", EACH - 1)
    monkeypatch.setattr(groups_parts, "_PAGE", EACH // 2)
    by_rank = large_city.index(PERIODS[1])[members(SECTOR)].round(9).sort_values(ascending=False, kind="stable").index
    names = UNITS.set_index("code")["name"]
    app = opened(**{"in": SECTOR, "after": "nobody"})  # a unit of another period: the first page
    for part in (by_rank[: EACH // 2], by_rank[EACH // 2 :]):
        assert list(app.dataframe[0].value["单位"]) == list(names[part])
        if more := [b for b in app.button if b.label == "下一页"]:
            more[0].click().run()
    assert not more and app.query_params["after"] == by_rank[EACH // 2 - 1], "a full last page is the last"


def test_what_is_unknown_is_said_with_the_way_out(large_store):
    assert "没有代码为“nobody”" in said(opened("unit", unit="nobody"))
    assert "请在页首" in said(opened("unit"))
    app = opened(**{"in": f"{CITY}/无此片组"})
    assert "无此片组" in app.warning[0].value and app.query_params["in"] == CITY
    app = opened()
    app.text_input[0].set_value("查无此名").run()
    assert "没有名称、代码或拼音像" in said(app)


@pytest.mark.parametrize("where", ["甲省", SECTOR])
def test_every_page_opens_offers_groups_or_says_why_not(large_store, where):
    for place in PLACES:
        if place.keeps or place.name in ("overview", "cities"):
            continue
        app = opened(place.name, **{"in": where})
        if place.name in REFUSED:
            assert "页面上不做" in said(app) and app.code[0].value.startswith("python manage.py"), place.name
        elif place.name in ("unit", "trace"):
            assert "请在页首" in said(app)
        elif where == "甲省" and place.name != "method":
            assert "请选下面的一组" in said(app) and len(app.dataframe[0].value) == len(CITIES), place.name
        elif place.name == "robustness":
            assert "还没有测算稳健性" in said(app)
        else:
            assert "页面上不做" not in said(app) or place.name == "movement", place.name


@pytest.mark.parametrize("tab", ["change", "gap", "next", "trend", "table"])
def test_what_would_score_all_again_says_so_on_a_portrait(large_store, tab):
    app = opened("unit", unit=UNIT, tab=tab)
    assert (tab == "change") == ("要把全部 3,200 个" in said(app))


def test_another_period_is_the_same_group_then_and_changes_are_of_its_units(large_store):
    now = view(scope=SECTOR)
    assert now.previous.scope == SECTOR and set(now.history["period"]) == set(PERIODS)
    assert list(view(unit=UNIT).history["period"]) == list(PERIODS)


def test_the_command_line_writes_one_portrait_and_says_what_is_too_much(large_store, tmp_path):
    def said(*words: str) -> str:
        return CliRunner().invoke(cli, ["export", *words]).output

    assert "西市政法第7所" in said("portrait", "西市政法第7所", str(tmp_path / "p.xlsx")) and (tmp_path / "p.xlsx").stat().st_size > 5000
    assert "没有单位“查无此名”" in said("portrait", "查无此名", str(tmp_path / "n.xlsx"))
    for what, name in (("report", "r.xlsx"), ("portraits", "p.zip")):
        assert "一份文件至多写 3,000 个" in said(what, str(tmp_path / name)) and not (tmp_path / name).exists()


def test_what_is_browsed_is_kept_in_bounds():
    """A cache without end would fill the server while somebody clicks through a million units."""
    kept = re.findall(r"@st\.cache\w*(.*)", Path(scope_reads.__file__).read_text(encoding="utf-8"))
    assert len(kept) > 8 and all("max_entries=" in how for how in kept)


def test_a_small_store_has_no_parts(small_city, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(small_city))
    app = opened()
    assert type(viewer.latest()) is viewer.View and "in" not in app.query_params and not app.text_input


def filtered():
    from types import SimpleNamespace

    import pandas as pd
    import streamlit as st

    from ui import parts

    table = {"area": ["省/东", "省/西", "省/西"], "sector": ["政法", "政法", "经济"], "tier": ["甲", "甲", "乙"]}
    view = SimpleNamespace(units=pd.DataFrame(table, index=["U1", "U2", "U3"]), words={"sector": "片组"}, labels=("甲", "乙"))
    st.text(" ".join(parts.filters(view).index))


def test_units_of_several_areas_are_filtered_by_area_too():
    app = AppTest.from_function(filtered)
    app.query_params["area"] = ["省/西"]
    app.query_params["tier"] = ["甲"]
    app.run()
    assert [m.label for m in app.multiselect] == ["地区", "片组", "梯队"] and app.text[0].value == "U2"


def test_who_speaks_for_one_unit_sees_that_one_and_no_search(large_store, monkeypatch):
    monkeypatch.setattr(user, "LOCAL", Person("某人", "某某", ("liaison",), UNIT))
    own = viewer.latest()
    assert isinstance(own, scope.Single) and list(own.units.index) == [UNIT] and set(own.history["unit"]) == {UNIT}
    app = opened("unit")
    assert "西市政法第7所" in said(app) and not app.text_input and "甲省" not in [b.label for b in app.button]
    assert "不对你的账号开放" in said(opened("unit", unit="000001"))
    assert "任务台账" in said(opened("tasks")) and "页面上不做" in said(opened("guidance"))
