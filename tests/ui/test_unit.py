"""The portrait page, run in the shell over real stores: what stands on it, that shown tenths add up, and every odd unit."""

import json
import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from charts.numbers import one_decimal
from tests.ui.support import ROOT, figure, html_parts
from tools.live import manage
from ui import makeup, portrait_parts, reads, viewer

PAGE = "unit"


def drawn(app: AppTest) -> list[str]:
    """Keys of the figures on the page."""
    return [re.sub(r"^.*?-[0-9a-f]{32,}-", "", f.proto.id) for f in app.get("plotly_chart")]


def metrics(app: AppTest) -> list[tuple[str, str, str]]:
    """(label, value, note) of the big figures."""
    return [(m.label, m.value, m.proto.delta_description.replace("\\", "")) for m in app.metric]


def words(app: AppTest) -> str:
    """Everything that the page says in words."""
    spoken = [e.value for kind in ("info", "warning", "error", "caption", "markdown") for e in getattr(app, kind)]
    html = html_parts(app)
    cards = [text for card in metrics(app) for text in card]
    return "\n".join([*spoken, *html, *cards]).replace("\\", "")


def shown(text: str) -> int:
    """A figure as it stands on the screen, in tenths."""
    return round(10 * float(re.sub(r"<[^>]+>", "", text).replace("−", "-").replace("+", "")))


def steps(waterfall: dict) -> dict[str, int]:
    """Code → shown tenths of the bars and marks of a waterfall."""
    found = {}
    for trace in waterfall["data"]:
        found |= {str(row[0]): shown(text) for row, text in zip(trace["customdata"], trace["text"], strict=True)}
    return found


def test_the_first_screen_says_how_the_unit_stands(open_page, demo_store, latest):
    view = latest(demo_store)
    unit = view.units["rank"].idxmin()
    row = view.units.loc[unit]
    app = open_page(demo_store, unit=unit)
    label, value, raw = metrics(app)[0]
    assert (label, value) == (view.words["index"], one_decimal(row["index"]))
    assert raw == f"不含加减分 {one_decimal(row['index_raw'])}"
    place, among = metrics(app)[1][1:]
    assert place == "第 1 名" and among.split("，")[-1] == f"共 {view.units['rank'].notna().sum()} 个单位"
    assert metrics(app)[2][1] == f"★ {view.labels[0]}"
    assert [m[0] for m in metrics(app)][3:] == ["较2026年二季度", "较2025年三季度"]
    assert {"radar", "dots"} <= set(drawn(app))
    assert row["name"] in words(app)


def test_ties_are_said(open_page, demo_store, monkeypatch):
    real = reads.release

    def tied(path, digest, release, what):
        table = real(path, digest, release, what)
        if what == "units":
            table = table.copy()
            table.loc[table["rank"].isin([3, 4]), "rank"] = 3.0
        return table

    monkeypatch.setattr(reads, "release", tied)
    monkeypatch.setenv("QUALITY_STORE", str(demo_store))
    units = viewer.latest().units
    app = open_page(demo_store, unit=units.index[units["rank"] == 3][0])
    place, among = metrics(app)[1][1:]
    assert place == "第 3 名" and among.split("，")[-1] == f"并列 2 个 · 共 {units['rank'].count()} 个单位"


@pytest.mark.parametrize("period", ["2026Q3", "2026Q2"])
def test_shown_tenths_add_up_to_the_shown_index(open_page, demo_store, latest, period):
    view = latest(demo_store).at(period)
    for unit, index in view.units["index"].dropna().items():
        assert round(sum(table["points"].sum() for table in makeup.shown(view, unit)), 6) == float(one_decimal(index))
    adjusted = view.units[view.units["adjustment"].abs() > 0].drop_duplicates(["bonus", "penalty", "adjustment"]).index
    assert len(adjusted) > 3
    for unit in [*adjusted, *view.units.index[::50]]:
        app = open_page(demo_store, unit=unit, period=period)
        found = steps(figure(app, "made"))
        index, raw = (shown(re.sub("[^0-9.−]", "", text)) for text in metrics(app)[0][1:])
        total, subtotal = found.pop("total"), found.pop("subtotal", None)
        assert total == index == shown(one_decimal(view.units.at[unit, "index"]))
        assert sum(found.values()) == total
        assert sum(found[d.code] for d in view.framework.dimensions) == raw == (subtotal or total)


def test_entries_beyond_a_cap_are_said_with_their_sum(open_page, demo_store, latest):
    view = latest(demo_store).at("2026Q2")
    given = view.adjustments.groupby(["unit", "kind"])["points"].sum()
    (unit, kind), total = given[given > view.policy.penalty_cap].idxmax(), given.max()
    assert kind == "penalty" and view.units.at[unit, "penalty"] == view.policy.penalty_cap
    app = open_page(demo_store, unit=unit, period="2026Q2")
    assert f"减分合计 {total:g}，按上限计 {view.policy.penalty_cap:g}" in words(app)
    entries = next(t.value for t in app.dataframe if "分值" in t.value)
    assert entries["分值"].sum() == -total


def test_shown_gaps_add_up_from_end_to_end(open_page, demo_store, latest):
    view = latest(demo_store).at("2026Q2")
    units = view.units.sort_values("rank")
    vetoed = units.index[units["veto"]]
    assert len(vetoed)
    for unit in [*vetoed, *units.index[::15], units.index[-1]]:
        app = open_page(demo_store, unit=unit, period=view.period, tab="gap")
        ends = []
        for key in ("gap", "gap-indicators"):
            found = steps(figure(app, key))
            mine, other = found.pop("mine"), found.pop("other")
            assert mine + sum(found.values()) == other, (unit, key)
            ends.append((mine, other, found.get(":adjustment")))
        assert ends[0] == ends[1]
        size = one_decimal((ends[0][1] - ends[0][0]) / 10)
        assert re.search(rf"(还差|领先) {size}\b", words(app))


def test_a_unit_without_a_score_says_why(open_page, demo_store, latest):
    view = latest(demo_store)
    bare = view.history[view.history["index"].isna()].iloc[0]
    for tab in portrait_parts.TABS:
        app = open_page(demo_store, unit=bare["unit"], period=bare["period"], tab=tab)
        assert bare["note"] in words(app)
        assert [m[1] for m in metrics(app)[:3]] == ["—", "不排名", "○ 无得分"]
        assert "本期不计分" in words(app) and "nan" not in words(app).lower()


def test_a_veto_is_shown_as_an_override(open_page, demo_store, latest):
    view = latest(demo_store)
    row = view.history[view.history["veto"] & (view.history["tier"] != view.history["tier_by_rule"])].iloc[0]
    app = open_page(demo_store, unit=row["unit"], period=row["period"], tab="gap")
    assert metrics(app)[2][1].endswith(row["tier"]) and row["tier_by_rule"] in metrics(app)[2][2]
    assert "一票否决" in app.error[0].value and row["tier_by_rule"] in app.error[0].value
    assert metrics(app)[0][1] == one_decimal(row["index"])
    assert f"一票否决期间梯队不高于{view.policy.veto_ceiling}" in words(app)


def test_an_unknown_unit_in_the_link_is_told_and_another_is_shown(open_page, demo_store):
    app = open_page(demo_store, unit="<b>无此单位</b>", tab="trend")
    assert "不存在" in app.warning[0].value
    assert metrics(app)[1][1] == "第 1 名"
    assert app.query_params["tab"] in ("trend", ["trend"])


def test_a_unit_of_other_periods_only_keeps_its_name(open_page, demo_store, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(demo_store))
    real, past, newest = reads.release, viewer.latest().history, viewer.latest().release
    unit = past["unit"].iloc[0]
    past = past[(past["unit"] != unit) | (past["release"] != newest)]

    def without(path, digest, release, what):
        table = real(path, digest, release, what)
        return table.drop(unit) if release == newest and what == "units" else table

    monkeypatch.setattr(reads, "release", without)
    monkeypatch.setattr(reads, "history", lambda path, digests: past)
    app = open_page(demo_store, unit=unit)
    assert "2026年三季度没有它的数据" in app.info[0].value
    assert [b.label for b in app.button] == ["看2026年二季度"] and not app.metric


def test_one_period_only(open_page, demo_store, monkeypatch):
    real = reads.served
    monkeypatch.setattr(reads, "served", lambda path, stamp: real(path, stamp).tail(1).reset_index(drop=True))
    for tab in portrait_parts.TABS:
        app = open_page(demo_store, tab=tab)
        assert metrics(app)[3] == ("较上期", "—", "没有更早的一期")
        assert tab == "work" or len(metrics(app)) == 4  # that tab has big figures of its own


@pytest.mark.parametrize("tab", portrait_parts.TABS)
def test_every_tab_keeps_to_six_figures(open_page, demo_store, tab):
    app = open_page(demo_store, tab=tab)
    assert 2 <= len(drawn(app)) <= 6
    assert "演示数据" in words(app)


def test_the_heat_map_and_the_radar_follow_the_facet(open_page, demo_store, latest):
    view = latest(demo_store)
    for facet in view.facets:
        app = open_page(demo_store, tab="facets", facet=facet)
        groups = view.framework.groups(facet)
        assert len(figure(app, "heat")["layout"]["xaxis"]["ticktext"]) == len(groups) + 1
        assert len(figure(app, "groups")["layout"]["polar"]["angularaxis"]["ticktext"]) == len(groups)


def test_the_table_has_every_indicator_and_follows_the_dimension(open_page, demo_store, latest):
    view = latest(demo_store)
    unit = view.units.index[0]
    whole = open_page(demo_store, unit=unit, tab="table").dataframe[0].value
    assert len(whole) == len(view.framework.indicators)
    assert pd.to_numeric(whole["计入指数"]).sum() == pytest.approx(view.units.at[unit, "index_raw"])
    assert whole["文件"].str.contains("2026Q3").any() and whole["单元格"].notna().any()
    dimension = view.framework.dimensions[1]
    part = open_page(demo_store, unit=unit, tab="table", node=dimension.code).dataframe[0].value
    assert list(part["指标"]) == [n.name for n in view.framework.leaves(dimension.code)]


def test_another_framework_brings_its_own_words(open_page, asem_store, latest):
    view = latest(asem_store)
    for tab in portrait_parts.TABS:
        app = open_page(asem_store, unit="AUT", tab=tab)
        said = words(app) + json.dumps([json.loads(f.proto.spec) for f in app.get("plotly_chart")], ensure_ascii=False)
        assert not re.search("嵌入|清廉|机关|片组|要求|模范|演示", said)
        assert len(figure(app, "radar")["layout"]["polar"]["angularaxis"]["ticktext"]) == 8
        assert "heat" not in drawn(app)
    above = [n.name for n in view.framework.children(view.framework.root.code)]
    assert all(f"{name} " in words(app) for name in above)
    assert "Europe" in words(app) and metrics(app)[0][0] == view.words["index"]


def heading(app: AppTest) -> tuple[str, dict[str, int], str]:
    """(what is compared with, tenths by cause with the change under "", the change of the rank) as the tab of causes says it."""
    body = next(part for part in html_parts(app) if "自身数据" in part)
    title, note = re.search(r">([^<]*) <span[^>]*>([^<]*)</span>", body).groups()
    since, change = re.fullmatch(r"较(.*) (\S+)", title).groups()
    made, _, ranks = note.partition("；")
    return since, {"": shown(change)} | {part.split(" ")[0]: shown(part.split(" ")[1]) for part in made.split("，")}, ranks


def test_the_causes_of_a_change_add_up_as_they_are_shown(open_page, demo_store, latest):
    view = latest(demo_store)
    adjusted = (view.units["adjustment"] - view.previous.units["adjustment"]).abs() > 1e-9
    for unit in [*view.units.index[adjusted][:2], *view.units.index[::25]]:
        app = open_page(demo_store, unit=unit, tab="change")
        found, (since, said, ranks) = steps(figure(app, "causes")), heading(app)
        mine, other = found.pop("mine"), found.pop("other")
        assert since == "2026年二季度" and other - mine == said.pop("") == sum(said.values()) == sum(found.values())
        assert list(said) == ["自身数据", "指标体系", "参照群体", "加减分"] and list(said.values()) == list(found.values())
        assert shown(metrics(app)[3][1]) == other - mine
        assert sum(map(shown, figure(app, "own")["data"][0]["text"])) == said["自身数据"]
        gained = int(view.previous.units.at[unit, "rank"] - view.units.at[unit, "rank"])
        places = [int(n.replace("−", "-")) for n in re.findall(r" ([+−]?\d+)(?:，|$)", ranks)]
        assert sum(places) == gained and ranks.startswith("名次升" if gained > 0 else "名次降" if gained else "名次未变")
    assert said["指标体系"] == said["参照群体"] == 0


def test_any_served_period_can_be_compared_with(open_page, demo_store, latest):
    view = latest(demo_store)
    unit = view.units.index[0]
    for code, period in (("year_ago", "2025Q3"), ("2024Q1", "2024Q1")):
        app = open_page(demo_store, unit=unit, tab="change", against=code)
        mine = steps(figure(app, "causes"))["mine"]
        assert mine == shown(one_decimal(view.at(period).units.at[unit, "index"])) and heading(app)[0].startswith(period[:4])
        assert app.query_params["against"] in (code, [code])


def test_an_older_release_of_the_period_can_be_compared_with(open_page, demo_copy, tmp_path, latest):
    old = latest(demo_copy)
    rules = (ROOT / "data" / "policy.toml").read_text(encoding="utf-8")
    changed = tmp_path / "policy.toml"
    changed.write_text(rules.replace('aggregation = "arithmetic"', 'aggregation = "geometric"', 1), encoding="utf-8")
    manage(demo_copy, "import", changed)
    manage(demo_copy, "publish", "--no-uncertainty")
    new = latest(demo_copy)
    assert (new.period, old.release) == (old.period, min(new.releases["release"])) and new.release > old.release
    unit = old.units.index[0]
    app = open_page(demo_copy, unit=unit, tab="change", against=f"r{old.release}")
    found, (since, said, _) = steps(figure(app, "causes")), heading(app)
    assert since == f"第 {old.release} 号发布" and found["mine"] == shown(one_decimal(old.units.at[unit, "index"]))
    assert said["指标体系"] == said[""] != 0
    assert new.release_view(999) is None


def test_a_change_that_cannot_be_split_says_why(open_page, demo_store, latest):
    bare = latest(demo_store).history.pipe(lambda h: h[h["index"].isna()]).iloc[0]
    app = open_page(demo_store, unit=bare["unit"], period=bare["period"], tab="change")
    assert any("的变化没有分解：现在不计分" in e.value.replace("\\", "") for e in app.info) and "causes" not in drawn(app)


def test_the_portrait_can_be_taken_away(open_page, demo_store, latest):
    unit = latest(demo_store).units.index[0]
    buttons = open_page(demo_store, unit=unit).get("download_button")
    assert [button.proto.label for button in buttons] == ["画像幻灯片 PPTX", "两页画像 Word", "数据与图表 Excel"]
