"""The figures of the work list: counts are drawn where they are, signs stand beside colours, names are text, clicks give codes."""

import json

import numpy as np
import pandas as pd
import pytest

from charts import brand_tree, closing, inspections, risk_map, theme
from tests.charts.test_figures import ODD, clicked_codes, texts

TITLES = {"late": "✖ 逾期未结", "soon": "▲ 14 日内到期", "done": "✓ 按期办结"}


def counts(index=("A", "B"), rows=((3, 1, 10), (0, 2, 0)), rate=(90.0, np.nan)) -> pd.DataFrame:
    return pd.DataFrame(rows, index=list(index), columns=list(TITLES), dtype=float).assign(rate=list(rate))


def spec(fig) -> dict:
    return json.loads(fig.to_json())


def test_bars_show_every_count_and_the_rate_at_their_end():
    fig = closing.status_bars(counts(), {"A": ODD, "B": "乙"}, TITLES, "按期率")
    assert [list(trace.x) for trace in fig.data] == [[3, 0], [1, 2], [10, 0]]
    assert clicked_codes(fig) == {"A", "B"}
    notes = [note.text for note in fig.layout.annotations]
    assert "✖ 3　<b>90.0%</b>" in notes and "✖ 0　<b>—</b>" in notes and all(title in notes[0] for title in TITLES.values())
    assert not [t for t in texts(spec(fig)) if "<img" in t or "%{y}" in t]
    assert len({trace.marker.color for trace in fig.data}) == 3


def test_bars_beyond_the_tenth_are_told():
    many = pd.concat([counts([f"U{k}"], [(k, 0, 0)], [50.0]) for k in range(12, 0, -1)])
    fig = closing.status_bars(many, {}, TITLES, "按期率", "")
    assert len(fig.data[0].x) == 10 and "12 个中的前 10 个" in fig.layout.annotations[0].text
    assert "<b>50.0</b>" in fig.layout.annotations[1].text


def test_columns_over_time_carry_the_rate_and_mark_the_day():
    fig = closing.over_time(counts(["2025Q1", "2025Q2"]), TITLES, "按期率 %", "2025Q1")
    assert [list(trace.y) for trace in fig.data] == [[3, 0], [1, 2], [10, 0], [14, 2]]
    assert list(fig.data[-1].text) == ["90", ""] and fig.layout.shapes[0].x0 == 0.5
    assert not closing.over_time(counts(["2025Q1", "2025Q2"]), TITLES, "按期率 %", "2025Q2").layout.shapes


@pytest.mark.parametrize(
    "fig",
    [
        closing.status_bars(counts([], [], []), {}, TITLES, "率"),
        closing.status_bars(counts(["A"], [(0, 0, 0)], [np.nan]), {}, TITLES, "率"),
        closing.over_time(counts(["2025Q1"], [(0, 0, 0)], [np.nan]), TITLES, "率", "2025Q1"),
        brand_tree.brand_tree(pd.DataFrame(columns=["parent", "label", "level", "branches", "ref"])),
        inspections.inspections(pd.DataFrame({"unit": ["A"], "name": ["甲"], "date": ["2025-01-01"], "score": [np.nan], "problems": [1.0]})),
    ],
)
def test_nothing_to_draw_is_said(fig):
    assert not fig.data and fig.layout.annotations[0].text


def test_what_is_open_is_loud_in_a_table_and_what_is_settled_is_not():
    assert theme.RED in closing.css("late") and closing.css("done") == closing.css("done_late") == closing.css("covered") == ""


def cells(**found: tuple[int, int]) -> pd.DataFrame:
    whole = pd.MultiIndex.from_product([range(1, 6), range(1, 6)], names=["likelihood", "severity"])
    table = pd.DataFrame({"n": 0, "uncontrolled": 0}, index=whole)
    for cell, (n, off) in found.items():
        table.loc[tuple(map(int, cell.strip("c"))), :] = n, off
    return table.assign(cell=[f"{a}×{b}" for a, b in whole])


def test_the_risk_map_counts_marks_and_frames():
    table = cells(c43=(7, 2), c11=(5, 0))
    fig = risk_map.risk_map(table, 12, ["4×3"])
    text = dict(zip(table["cell"], fig.data[0].text, strict=True))
    assert text["4×3"] == "<b>7</b><br>✖ 2" and text["1×1"] == "<b>5</b>" and text["5×5"] == "·"
    assert clicked_codes(fig) == set(table["cell"])
    looked_at = [s for s in fig.layout.shapes if s.type == "rect" and s.line.color == theme.INK]
    assert [(s.x0, s.y0) for s in looked_at] == [pytest.approx((2.53, 3.53))], "severity across, likelihood up"
    assert not risk_map.risk_map(cells(), 12).data


@pytest.mark.parametrize("high", [1, 5, 12, 20, 25])
def test_the_border_parts_high_cells_from_the_others(high):
    """A line between two neighbours wherever one is high and the other is not, and nowhere else."""
    lines = {(s.x0, s.x1, s.y0, s.y1) for s in risk_map.risk_map(cells(c11=(1, 0)), high).layout.shapes if s.type == "line"}
    expected = set()
    for x in range(1, 6):
        for y in range(1, 6):
            if x < 5 and (x * y >= high) != ((x + 1) * y >= high):
                expected.add((x + 0.5, x + 0.5, y - 0.5, y + 0.5))
            if y < 5 and (x * y >= high) != (x * (y + 1) >= high):
                expected.add((x - 0.5, x + 0.5, y + 0.5, y + 0.5))
    assert lines == expected


def test_the_brand_tree_hangs_together():
    nodes = pd.DataFrame(
        [("", ODD, "master", 2, ""), ("0", "清风", "sub", 1, ""), ("1", "一支部", "branch", 1, "B1"), ("0", "二支部", "bare", 1, "B2")],
        columns=["parent", "label", "level", "branches", "ref"], index=list("0123"),
    )  # fmt: skip
    fig = brand_tree.brand_tree(nodes)
    tree = fig.data[0]
    assert list(tree.base) == [0, 1, 2, 1] and list(tree.y) == [1, 0.5, 0.5, 1.5], "beside the parent, one under another"
    assert {row[0] for row in tree.customdata} == {"", "B1", "B2"}
    assert tree.text[3].startswith("▨") and "还没有子品牌" in fig.layout.annotations[0].text
    assert not [t for t in texts(spec(fig)) if "<img" in t]


def test_inspections_by_sign_size_and_mean():
    table = pd.DataFrame({
        "unit": ["A", "B", "C"], "name": [ODD, "乙", "丙"], "date": ["2025-01-05", "2025-02-05", "2025-05-05"], "score": [80.0, 91.0, 70.0],
        "problems": [0.0, 2.0, np.nan],
    })  # fmt: skip
    fig = inspections.inspections(table)
    clean, found, means = fig.data
    assert list(clean.x) == ["2025-01-05", "2025-05-05"] and list(found.y) == [91.0] and found.marker.size[0] > clean.marker.size[0]
    assert clean.marker.symbol != found.marker.symbol and list(means.y) == [85.5, 70.0]
    assert clicked_codes(fig) >= {"A", "B", "C"} and not [t for t in texts(spec(fig)) if "<img" in t]
