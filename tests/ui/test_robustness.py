"""稳健性: what the page says of ranks and tiers is what was measured; without a measurement it says how to get one."""


import numpy as np
import pandas as pd
import pytest

from scoring.uncertainty import verdict
from store.releasing import robustness
from store.releasing.releases import publish
from tests.store.support import bring, intake, make_store, whole
from tests.ui.support import figure
from ui import certainty

PAGE = "robustness"


@pytest.fixture
def measured(store):
    robustness.measure_releases(None, "测试", draws=400, path=store)
    return store


def test_without_a_measurement_the_page_says_how_to_make_one(store, open_page, latest):
    app = open_page(store)
    assert latest(store).uncertainty is None
    assert "还没有测算" in app.info[0].value and "manage.py uncertainty --period 2025Q1" in app.code[0].value
    assert not app.metric


def test_a_period_in_which_nobody_is_ranked(tmp_path, open_page):
    path = make_store(tmp_path / "bare.db")
    bring(path, intake(values=whole("2025Q2", *((unit, *["missing"] * 4) for unit in ("U1", "U2", "U3")))))
    publish(["2025Q2"], "测试", path)
    robustness.measure_releases(None, "测试", draws=20, path=path)
    app = open_page(path, tab="pair")
    assert "没有一个单位有名次" in app.info[0].value and not app.metric


def test_figures_are_those_that_were_measured(measured, open_page, latest):
    view, app = latest(measured), open_page(measured)
    found = view.uncertainty
    values = {m.label: m.value for m in app.metric}
    known = view.units[view.units["rank"].notna()]
    kept = [found.tiers.at[u, tier] for u, tier in known["tier"].items()]
    assert values["梯队明确"] == f"{sum(k >= 0.9 for k in kept)} / {len(known)}"
    assert values["测算次数"] == "400"
    drawn = {row[0]: y for t in figure(app, "intervals")["data"] if "customdata" in t for row, y in zip(rows(t["customdata"]), ys(t), strict=True)}
    assert drawn == found.units["rank_median"].dropna().to_dict()


def rows(data) -> list:
    return data if isinstance(data, list) else np.array(data["_inputArray"]).tolist()


def ys(trace) -> list:
    import base64

    y = trace["y"]
    return y if isinstance(y, list) else np.frombuffer(base64.b64decode(y["bdata"]), y["dtype"]).tolist()


def test_two_units_are_told_apart_only_when_sure(measured, open_page, latest):
    view = latest(measured)
    codes = view.uncertainty.units.dropna().index.tolist()
    for a in codes:
        for b in codes:
            if a == b:
                continue
            share, said = certainty.apart(view, a, b)
            assert share == pytest.approx(1 - certainty.apart(view, b, a)[0])
            assert said == {1: "领先", -1: "落后", 0: "无显著差异"}[verdict(share, 0.9)]
            title, note = certainty.duel(view, a, b)
            loser = b if share >= 0.5 else a
            assert ("无显著差异" in title) == (0.1 < share < 0.9)
            assert title.endswith(view.unit_name(loser)) or "无显著差异" in title
            assert note
    app = open_page(measured, tab="pair", a=codes[0], b=codes[1])
    heading = certainty.duel(view, codes[0], codes[1])[0]
    assert any(heading in part.proto.body for part in app.get("html"))
    assert figure(app, "pair")
    assert "请选两个不同的" in certainty.duel(view, codes[0], codes[0])[0]


def test_chances_of_a_unit_are_written_best_tier_first(measured, latest):
    view = latest(measured)
    for unit in view.units.index:
        written, row = certainty.chances(view, unit), view.uncertainty.tiers.loc[unit]
        assert written.count("%") == int((row > 0).sum())
        assert [part.split(" ")[0] for part in written.split(" / ") if part] == [t for t in view.labels if row[t] > 0]


@pytest.mark.parametrize(("share", "shown"), [(0.0, "0%"), (0.001, "不到 1%"), (0.72, "72%"), (0.999, "99% 以上"), (1.0, "100%"), (np.nan, "—")])
def test_what_is_not_certain_is_not_written_as_certain(share, shown):
    assert certainty.percent(share) == shown


def test_the_table_taken_away_holds_every_unit_at_full_precision(measured, latest):
    view = latest(measured)
    table = certainty.export(view, certainty.table(view))
    assert len(table) == len(view.units)
    by_code = table.set_index("单位代码")
    found = view.uncertainty
    for unit in found.units.dropna().index:
        assert by_code.at[unit, "指数 5%"] == found.units.at[unit, "index_p5"]
        assert by_code.loc[unit, [f"概率 {t}" for t in view.labels]].sum() == pytest.approx(1)


def test_the_list_of_all_shows_intervals_and_chances(measured, open_page, latest):
    view, app = latest(measured), open_page(measured, tab="all")
    shown = app.dataframe[0].value
    assert isinstance(shown, pd.DataFrame) and len(shown) == int(view.units["rank"].notna().sum())
    assert shown["梯队概率"].str.contains("%").all()


def test_overview_hovers_tell_how_sure_a_rank_is(measured, latest):
    from tests.ui.support import opened

    view, app = latest(measured), opened("overview")
    hovers = str(figure(app, "map")["data"][0]["customdata"])
    unit = view.uncertainty.units.dropna().index[0]
    assert certainty.interval(view, unit) and f"名次多在 {certainty.interval(view, unit)}" in hovers
    assert any("梯队两可" in part.proto.body for part in app.get("html"))
