"""A scenario's figures: who changes tier stands out, every rank has its line, and any figure can be stamped."""

import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from charts import theme, what_if

LABELS = ("领跑型", "争先型", "追赶型")
PLACE = {label: k for k, label in enumerate(LABELS)}


def outcome(*rows: tuple) -> pd.DataFrame:
    """Rows: (unit, tier before, tier, rank before, rank)."""
    table = pd.DataFrame(rows, columns=["unit", "tier_before", "tier", "rank_before", "rank"]).set_index("unit")
    table[["rank_before", "rank"]] = table[["rank_before", "rank"]].astype(float)
    return table.assign(
        name=[f"<b>{u}局" for u in table.index], sector="一组", index=80.0, index_before=81.0, change=-1.0,
        shift=table["rank_before"] - table["rank"],
        step=(table["tier_before"].map(PLACE) - table["tier"].map(PLACE)).astype(float),
    )  # fmt: skip


UNITS = outcome(
    ("U1", "领跑型", "争先型", 1, 3), ("U2", "争先型", "领跑型", 2, 1), ("U3", "追赶型", "追赶型", 3, 2), ("U4", "", "追赶型", None, 4),
)  # fmt: skip


def test_changed_tiles_have_a_rim_and_an_arrow_and_keep_their_place():
    trace = what_if.scenario_map(UNITS, LABELS).data[0]
    tiles = {code: k for k, code in enumerate(trace.ids)}
    rims = {u: trace.marker.line.color[tiles[u]] == theme.INK for u in UNITS.index}
    assert rims == {"U1": True, "U2": True, "U3": False, "U4": True}
    assert [trace.text[tiles[u]][:9] for u in ("U1", "U2", "U4")] == ["<b>↓</b> ", "<b>↑</b> ", "<b>＊</b> "]
    assert sorted(UNITS.index, key=tiles.get) == ["U1", "U2", "U3", "U4"]  # by the release's ranks, not the scenario's
    assert "名次 1 → 3" in trace.customdata[tiles["U1"]][0] and "<b>U" not in trace.customdata[tiles["U1"]][0]


def test_nothing_changed_is_the_release_itself():
    same = outcome(("U1", "领跑型", "领跑型", 1, 1), ("U2", "追赶型", "追赶型", 2, 2))
    assert theme.INK not in np.atleast_1d(what_if.scenario_map(same, LABELS).data[0].marker.line.color)


def test_every_ranked_unit_has_a_line_and_the_movers_names():
    fig = what_if.rank_shift(UNITS, LABELS, ("发布", "试算"))
    lines = [t for t in fig.data if t.mode == "lines"]
    ends = sorted((float(t.y[k]), float(t.y[k + 1])) for t in lines for k in range(0, len(t.y), 3))
    assert ends == [(1, 3), (2, 1), (3, 2)]  # U4 had no rank
    (points,) = [t for t in fig.data if t.mode == "markers"]
    assert [row[0] for row in points.customdata] == ["U1", "U2", "U3"] * 2
    (names,) = [t for t in fig.data if t.mode == "text"]
    assert sorted(names.text) == ["&lt;b&gt;U1局 <b>−2</b>", "&lt;b&gt;U2局 <b>+1</b>", "&lt;b&gt;U3局 <b>+1</b>"]


def test_nothing_to_compare_is_said():
    fig = what_if.rank_shift(UNITS.loc[["U4"]], LABELS, ("发布", "试算"))
    assert "没有可以比较的名次" in fig.layout.annotations[0].text


@pytest.mark.parametrize(
    "fig", [go.Figure(), theme.empty("空"), what_if.scenario_map(UNITS, LABELS), what_if.rank_shift(UNITS, LABELS, ("发布", "试算"))]
)
def test_the_stamp_stands_on_any_figure_and_takes_nothing_away(fig):
    before = json.loads(fig.to_json())
    after = json.loads(theme.stamped(fig, "试算<1>").to_json())
    kept = before["layout"].get("annotations", [])
    assert after["layout"]["annotations"][: len(kept)] == kept and after["data"] == before["data"]
    assert {note["text"] for note in after["layout"]["annotations"][len(kept) :]} == {"试算&lt;1&gt;"}
