"""云图 over the small city: the big figures are what a person would count, and figures follow the choices in the address."""

import io
import json
import zipfile
from time import sleep

import pytest
from streamlit.testing.v1 import AppTest

from briefs import portraits
from store.connection import reader
from store.keeping.journal import journal
from store.releasing.releases import publish
from tests.store.support import bring, intake, make_store
from tests.ui.support import opened
from ui import exports


def figures(app: AppTest) -> dict[str, dict]:
    return {chart.proto.id.rsplit("-", 1)[-1]: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def metrics(app: AppTest) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def test_figures_of_all_units(store):
    app = opened()
    shown = metrics(app)
    # 2025Q1, by hand: U1 80·0.6 + (90 + 80)/2·0.4 = 82, U2 60·0.6 + (80 + 60)/2·0.4 = 64, U3 covers half of a dimension: none
    assert shown["指数均值"][0] == "73.0" and shown["离散度"][0] == "12.7"
    assert shown["单位"] == ("3", "0")
    assert sum(int(value) for label, (value, _) in shown.items() if label[0] in "★●▼") == 2
    assert set(figures(app)) == {"map", "quadrant", "top", "bottom", "improved"}


def test_tiles_are_coloured_and_sized_by_choice(store):
    by_tier, by_change = (figures(opened(colour=colour))["map"] for colour in ("tier", "change"))
    assert by_tier["data"][0]["marker"]["colors"] != by_change["data"][0]["marker"]["colors"]
    assert opened(size="size").query_params["size"] == "size"


def test_first_period_has_nothing_to_compare_with(store):
    app = opened(period="2024Q4")
    assert all(not delta for _, delta in metrics(app).values())
    assert "没有可以比较的上期数据" in json.dumps(figures(app)["quadrant"], ensure_ascii=False)


def test_unknown_choices_are_told_and_replaced(store):
    app = opened(colour="nothing", period="2024Q4")
    assert "nothing" in app.warning[0].value
    assert app.query_params["colour"] == "tier" and app.query_params["period"] == "2024Q4"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "*甲* _乙_ $x$ :red[丙]", "🏮" * 20, "长" * 200, "\"'%{x}"])
def test_odd_names_are_text(tmp_path, monkeypatch, name):
    path = make_store(tmp_path / "quality.db")
    units = intake(values=[]).units.reindex([0]).assign(code="U1", name=name, sector=name[:50], size=1.0)
    bring(path, intake(units))
    publish(["2025Q1"], "测试", path)
    monkeypatch.setenv("QUALITY_STORE", str(path))
    app = opened()
    for figure in figures(app).values():
        assert "<script" not in json.dumps(figure)
    assert not [part for part in app.get("html") if "alert(1)</script>" in part.proto.body]


def until(app: AppTest, done) -> AppTest:
    """The page once the work behind it has come so far."""
    for _ in range(200):
        if done(app):
            return app
        sleep(0.05)
        app.run()
    raise AssertionError("the work did not come so far")


def sidebar_button(app: AppTest, label: str):
    return next((b for b in [*app.sidebar.button, *app.sidebar.get("download_button")] if b.proto.label == label), None)


def test_all_portraits_are_packed_while_other_pages_are_looked_at(store):
    app = opened()
    app.selectbox(key="archive_sector").select("一组")
    next(b for b in app.button if b.label == "开始打包").click().run()
    assert not app.exception
    app.switch_page("../pages/method.py").run()
    until(app, lambda app: sidebar_button(app, "下载画像 ZIP"))
    assert "画像已打包：2 份。" in [c.value for c in app.sidebar.caption]
    job = app.session_state["archive"]
    assert zipfile.ZipFile(io.BytesIO(job.data())).namelist() == ["U1 甲局.docx", "U2 乙局.docx"]
    assert job.name == "指数 2025Q1 一组画像 Word.zip"
    sidebar_button(app, "收起").click().run()
    assert "archive" not in app.session_state and sidebar_button(app, "下载画像 ZIP") is None


def test_the_journal_says_of_which_period_an_archive_is(store, monkeypatch):
    made, recorded = {}, exports.recorded

    def kept(make, file, *of):
        made[file] = recorded(make, file, *of)
        return made[file]

    monkeypatch.setattr(exports, "recorded", kept)
    app = opened(period="2024Q4")
    app.selectbox(key="archive_sector").select("一组")
    next(b for b in app.button if b.label == "开始打包").click().run()
    app.selectbox(key="period").select("2025Q1").run()  # looked at while it is packed
    until(app, lambda app: sidebar_button(app, "下载画像 ZIP"))
    assert app.query_params["period"] == "2025Q1"
    made["指数 2024Q4 一组画像 Word.zip"]()
    with reader(store) as db:
        (row,) = journal(db, verbs=["export"])["detail"]
    assert json.loads(row) == {"what": "指数 2024Q4 一组画像 Word.zip", "release": 1, "period": "2024Q4"}


def test_packing_shows_whose_turn_it_is_and_stops_when_asked(store, monkeypatch):
    def packed(file, view, units, ending, progress):
        while True:  # until it is stopped
            progress(1, len(units), view.unit_name(units[1]))
            sleep(0.05)

    monkeypatch.setattr(portraits, "packed", packed)
    app = opened()
    next(b for b in app.button if b.label == "开始打包").click().run()
    until(app, lambda app: "1 / 3 · 乙局" in app.sidebar.get("progress")[0].proto.text)
    assert "开始打包" not in [b.label for b in app.button], "one archive at a time"
    other = opened()
    assert not other.sidebar.get("progress"), "another browser sees nothing of it"
    sidebar_button(app, "取消").click().run()
    assert any("打包已停止" in c.value for c in app.sidebar.caption) and not sidebar_button(app, "下载画像 ZIP")
