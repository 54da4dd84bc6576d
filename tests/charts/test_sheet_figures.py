"""Figures of slides: every kind on both grounds, in type that is legible from the last row, with the arithmetic of their bars written out."""

import json
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from plotly.colors import hex_to_rgb

from charts import theme
from charts.sheet_figures import sheet_figure
from charts.sheet_look import DARK, LIGHT, SIZE, Look
from reports.contents import CHARTS as KINDS
from reports.contents import Chart
from tests.reports.papers import CHARTS, TIERS

LOOKS = {"light": Look(TIERS), "dark": Look(TIERS, DARK)}
ODD = '<img src=x onerror=alert(1)> %{y} & "双"'


def spec(chart: Chart, look: Look = LOOKS["light"]) -> dict:
    return json.loads(sheet_figure(chart, look).to_json())


def sizes(part, path: str = "") -> list[tuple[str, float]]:
    """Every font size of a figure's JSON with its path; the template is overruled by the figure."""
    if isinstance(part, dict):
        own = [(path, part["size"])] if path.endswith("font") and "size" in part else []
        return own + [found for key, value in part.items() if key != "template" for found in sizes(value, f"{path}.{key}")]
    return [found for value in part for found in sizes(value, path)] if isinstance(part, list) else []


@pytest.mark.parametrize("ground", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_in_large_type(kind, ground):
    drawn = spec(CHARTS[kind], LOOKS[ground])
    assert drawn["layout"]["font"] == {"family": theme.FONT, "size": SIZE, "color": LOOKS[ground].ground.ink}
    assert SIZE >= 24 and min(size for _, size in sizes(drawn)) >= 20


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_text_and_nothing_is_said_where_nothing_is_known(kind):
    columns = ["x", "y", "tone", "label"] if kind == "scatter" else ["points"] if kind == "waterfall" else [ODD]
    row = [1.0, 2.0, "tier0", ODD] if kind == "scatter" else [1.0]
    chart = Chart(kind, pd.DataFrame([row] * 3, [ODD, "乙", "丙"], columns), "图", start=ODD if kind == "waterfall" else None, end=ODD)
    assert "<img" not in json.dumps(spec(chart), ensure_ascii=False) and "%{y}" not in json.dumps(spec(chart))
    unknown = chart.frame.astype(object)
    unknown.loc[:, [c for c in columns if c not in ("tone", "label")]] = np.nan
    assert spec(replace(chart, frame=unknown))["layout"]["annotations"][0]["text"] == "没有可画的数据。"
    assert spec(replace(chart, frame=chart.frame.head(0)))["layout"]["annotations"][0]["text"] == "没有可画的数据。"


def values(trace: dict, key: str) -> list[float]:
    found = trace[key]
    return np.frombuffer(b64decode(found["bdata"]), found["dtype"]).tolist() if isinstance(found, dict) else found


def test_a_waterfall_walks_from_its_start_to_its_end():
    points = pd.DataFrame({"points": [2.0, -3.0, np.nan, 0.5]}, ["甲", "乙", "丙", "丁"])
    chart = Chart("waterfall", points, "差距", start="我", end="标杆", base=70.0)
    bars = spec(chart)["data"][0]
    assert bars["text"] == ["70.0", "+2.0", "−3.0", "—", "+0.5", "69.5"]  # 70 + 2 − 3 + 0 + 0.5
    lengths, bases = values(bars, "x"), values(bars, "base")
    assert list(zip(bases, [b + x for b, x in zip(bases, lengths, strict=True)], strict=True))[1:5] == [(70, 72), (69, 72), (69, 69), (69, 69.5)]


def test_one_without_a_start_stands_on_zero():
    bars = spec(Chart("waterfall", pd.DataFrame({"points": [30.0, 40.5]}, ["甲", "乙"]), "由来", end="指数"))["data"][0]
    assert bars["text"] == ["+30.0", "+40.5", "70.5"] and values(bars, "base") == [0, 30, 0] and values(bars, "x") == [30, 40.5, 70.5]


def test_shares_are_of_each_row_and_counts_stand_where_there_is_room():
    chart = Chart("shares", pd.DataFrame([[97, 3, 0], [1, 1, 2]], ["甲", "乙"], list(TIERS)), "构成")
    parts = spec(chart)["data"]
    assert [values(part, "x") for part in parts] == [[97, 25], [3, 25], [0, 50]]
    assert [part["text"] for part in parts] == [["97", "1"], ["", "1"], ["", "2"]]
    assert [part["name"] for part in parts] == [f"{theme.tier_style(TIERS, tier).symbol} {tier}" for tier in TIERS]


def test_a_click_gives_the_code_of_a_row_or_of_a_name():
    look = Look(TIERS, code=lambda said: {"U1": "U1", "甲局": "U1", "乙局": "U2"}.get(said, ""))
    bars = spec(Chart("bars", pd.DataFrame({"得分": [1.0, 2.0]}, ["甲局", "丙局"]), "分"), look)
    assert bars["data"][0]["customdata"] == [["U1"], [""]]
    marks = pd.DataFrame({"x": [1, 2], "y": [1, 2], "tone": ["tier0", "tier0"], "label": ["", "乙局"]}, ["U1", "?"])
    assert spec(Chart("scatter", marks, "点"), look)["data"][0]["customdata"] == [["U1"], ["U2"]]


def test_lines_that_end_together_are_told_by_a_key():
    periods = ["2025Q3", "2025Q4", "2026Q1"]
    apart = spec(Chart("lines", pd.DataFrame({"甲": [10, 20, 30.0], "乙": [80, 85, 90.0]}, periods), "线"))["layout"]
    assert [note["text"] for note in apart["annotations"]] == ["甲 <b>30.0</b>", "乙 <b>90.0</b>"] and not apart.get("showlegend")
    close = spec(Chart("lines", pd.DataFrame({"甲": [10, 20, 30.0], "乙": [80, 85, 30.5]}, periods), "线"))["layout"]
    assert [note["text"] for note in close["annotations"]] == ["<b>30.0</b>"] and close["showlegend"]


def luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in hex_to_rgb(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", [LIGHT, DARK])
def test_inks_read_on_their_ground(ground):
    """WCAG: 4.5 to 1 for text, 3 to 1 for marks."""
    paper = luminance(ground.paper)

    def contrast(colour: str) -> float:
        high, low = sorted((luminance(colour), paper), reverse=True)
        return (high + 0.05) / (low + 0.05)

    assert min(contrast(c) for c in (ground.ink, ground.muted, *map(ground.on, (theme.RED, theme.BLUE)))) >= 4.5
    assert min(contrast(ground.on(c)) for c in (theme.UP, theme.DOWN)) >= 3
