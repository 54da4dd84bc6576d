"""Groups of units in figures: tiles by size, colours by a figure, shares of tiers; and blocks of areas around those of sectors."""

import numpy as np
import pandas as pd
import pytest

from charts import groups, tier_map

LABELS = ("甲", "乙", "丙")
GROUPS = pd.DataFrame(
    [
        ("东<市", 300, 71.25, 1.5, 30, 150, 70),
        ("西市", 100, 64.0, np.nan, 0, 0, 0),
        ("北市", 600, 80.0, -2.0, 300, 200, 100),
    ],
    index=["省/东市", "省/西市", "省/北市"],
    columns=["name", "units", "index", "change", *LABELS],
).assign(tag=lambda table: table["name"])


def test_tiles_are_as_large_as_their_groups_and_say_what_colours_them():
    trace = groups.group_map(GROUPS, LABELS).data[0]
    tiles = dict(zip(trace.ids, zip(trace.values, trace.text, trace.labels, strict=True), strict=True))
    assert tiles["省/东市"][0] == 300 and tiles["省/北市"][0] == 600
    assert tiles["省/东市"][1].startswith("300 个　71.2") and "甲" not in tiles["省/东市"][1]
    assert tiles["省/东市"][2] == "东&lt;市", "a name is text"
    even = groups.group_map(GROUPS, LABELS, size="equal").data[0]
    assert {value for id, value in zip(even.ids, even.values, strict=True) if id != "all:"} == {1.0}


def test_the_share_of_the_best_tier_is_of_those_in_a_tier():
    shares = groups.shares(GROUPS, LABELS)
    assert shares.loc["省/北市"].tolist() == pytest.approx([50, 100 / 3, 50 / 3])  # of 600
    assert shares.loc["省/东市", "甲"] == pytest.approx(100 * 30 / 250) and shares.loc["省/西市"].isna().all()
    tiles = groups.group_map(GROUPS, LABELS, "best").data[0]
    assert "12.0%" in dict(zip(tiles.ids, tiles.text, strict=True))["省/东市"]


def test_a_point_a_group_that_has_both_figures_and_bars_in_order():
    points = groups.group_quadrant(GROUPS, LABELS, "质", "效").data[0]
    assert list(points.customdata[:, 0]) == ["省/东市", "省/北市"] and list(points.y) == [1.5, -2.0]
    assert list(groups.group_bars(GROUPS, "index", LABELS).data[0].y) == ["省/北市", "省/东市", "省/西市"]
    assert list(groups.group_bars(GROUPS, "change", LABELS, ascending=True).data[0].text) == ["−2.0", "+1.5"]
    assert "没有可以比较" in groups.group_quadrant(GROUPS.assign(change=np.nan), LABELS, "质", "效").layout.annotations[0].text


def units(count: int, areas: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"name": [f"单位{k}" for k in range(count)], "tier": "甲", "index": 50.0, "rank": 1.0, "size": 1.0})
    return table.set_index("U" + table.index.astype(str)).assign(
        area=[areas[k % len(areas)] for k in range(count)], sector=["政法" if k % 3 else "" for k in range(count)]
    )


def test_units_of_several_areas_lie_in_blocks_of_these_first():
    trace = tier_map.tier_map(units(8, ["省/东市", "省/西市"]), LABELS).data[0]
    label, parent = (dict(zip(trace.ids, values, strict=True)) for values in (trace.labels, trace.parents))
    way = [label[parent["U1"]], label[parent[parent["U1"]]], parent[parent[parent["U1"]]]]
    assert way == ["政法", "西市", "all:"] and label[parent["U0"]] == "东市", "a unit without a sector lies in its area"
    alone = tier_map.tier_map(units(8, ["省/东市"]), LABELS).data[0]
    assert "东市" not in alone.labels, "one area tells nothing apart"


def test_many_tiles_bear_no_words():
    assert tier_map.tier_map(units(60, ["甲"]), LABELS).data[0].texttemplate == "%{label}<br>%{text}"
    many = tier_map.tier_map(units(500, ["甲", "乙"]), LABELS).data[0]
    assert many.texttemplate is None and many.textinfo == "none"
