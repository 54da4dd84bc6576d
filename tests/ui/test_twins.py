"""The text twin of a figure says what its points say, no more and no less."""

import numpy as np
import plotly.graph_objects as go
import pytest

from tests.ui.support import opened
from ui import twins


@pytest.fixture
def in_demo(demo_store, monkeypatch) -> None:
    """The app over the demo store."""
    monkeypatch.setenv("QUALITY_STORE", str(demo_store))


def test_points_say_their_template_and_lose_its_tags():
    data = np.array([["A", "<b>甲 &amp; 乙</b><br>★ 领跑型\u300098.3"], ["B", "<b>丙</b><br>▼ 追赶型\u300060.0"]], dtype=object)
    fig = go.Figure(go.Scatter(x=[1, 2], y=[3, 4], customdata=data, hovertemplate="%{customdata[1]}<extra></extra>"))
    assert twins.rows(fig) == [["甲 & 乙", "★ 领跑型", "98.3"], ["丙", "▼ 追赶型", "60.0"]]


def test_what_the_pointer_passes_over_is_left_out_and_nothing_is_said_twice():
    fig = go.Figure(go.Scatter(x=[1], y=[1], hoverinfo="skip"))
    assert twins.rows(fig) == []
    assert "没有数据点" in twins.table(fig, "空图")
    for _ in range(2):
        fig.add_bar(x=["甲"], y=[2.25], hovertemplate="%{x}\u3000%{y:.1f}<extra></extra>")
    assert twins.rows(fig) == [["甲", f"{2.25:.1f}"]]


def test_cells_of_a_heatmap_and_ticks_of_an_axis():
    fig = go.Figure(go.Heatmap(z=[[1, 2], [3, 4]], x=[0, 1], y=["行一", "行二"], hovertemplate="%{y}<br>%{x}\u3000%{z:.1f}<extra></extra>"))
    fig.update_xaxes(tickvals=[0, 1], ticktext=["列一", "列二"])
    expected = [["行一", "列一", "1.0"], ["行一", "列二", "2.0"], ["行二", "列一", "3.0"], ["行二", "列二", "4.0"]]
    assert twins.rows(fig) == expected


def test_a_name_from_the_store_is_text():
    fig = go.Figure(go.Bar(x=[1], customdata=["&lt;script&gt;x&lt;/script&gt;\u30001"], hovertemplate="%{customdata}<extra></extra>"))
    shown = twins.table(fig, "<b>名</b>")
    assert "<script" not in shown and "&lt;script&gt;" in shown and "<b>" not in shown


def test_switch_is_off_and_then_in_the_address(in_demo):
    app = opened()
    assert not app.sidebar.toggle(key="twin").value and "twin" not in app.query_params
    assert not [block for block in app.get("html") if "zx-twin\"" in block.proto.body]
    app.sidebar.toggle(key="twin").set_value(True).run()
    assert app.query_params["twin"] == "on"
    bodies = [block.proto.body for block in app.get("html")]
    assert sum('class="zx-twin"' in body for body in bodies) == len(app.get("plotly_chart"))


@pytest.mark.parametrize("page", ["unit", "movement", "indicator", "compare", "robustness", "what_if", "exemplars", "tasks", "guidance"])
def test_every_figure_has_a_twin_with_rows(in_demo, page):
    app = opened(page, twin="on")
    found = [block.proto.body for block in app.get("html") if 'class="zx-twin"' in block.proto.body]
    assert len(found) == len(app.get("plotly_chart")) > 0
    assert all("<td>" in body or "<th" in body for body in found)
