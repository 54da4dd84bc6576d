"""云图 over the small city: the big figures are what a person would count, and figures follow the choices in the address."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from store.releases import publish
from tests.store.support import bring, intake, make_store
from tests.ui.support import opened


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
