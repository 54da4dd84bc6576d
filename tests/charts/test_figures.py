"""Every figure over ordinary, foreign and empty populations: it builds, is valid JSON, escapes names, and clicks give codes."""

import json

import numpy as np
import pandas as pd
import pytest

from charts import bars, flow, heat_map, movement, profile, quadrant, theme, tier_map, trend, waterfall
from charts.numbers import one_decimal

LABELS = ("领跑型", "争先型", "追赶型")
ODD = "<img src=x onerror=alert(1)> %{y} $x^2$ & \"双\" '单' 🏮"
CITY = ["党群", "经济", "政法", "<b>群团</b>", ""]


def population(count: int, sectors: list[str], centre: float, spread: float, name: str = "第{}局") -> pd.DataFrame:
    rng = np.random.default_rng(7)
    table = pd.DataFrame(
        {
            "name": [name.format(i) for i in range(count)],
            "sector": [sectors[i % len(sectors)] for i in range(count)],
            "size": rng.integers(5, 300, count).astype(float),
            "index": rng.normal(centre, spread, count),
            "change": rng.normal(0, spread / 3, count),
        },
        index=pd.Index([f"U{i:03d}" for i in range(count)], name="unit"),
    )
    if count > 3:
        table.loc[table.index[1], ["index", "change", "size"]] = np.nan
        table.loc[table.index[2], "name"] = ODD
    table["rank"] = table["index"].rank(ascending=False, method="min")
    third = table["rank"] / max(count, 1)
    table["tier"] = np.select([third <= 0.3, third <= 0.8, third.notna()], LABELS, "")
    return table.assign(value=table["index"])


POPULATIONS = {
    "city": population(110, CITY, 76, 8),
    "countries": population(51, ["Asia", "Europe"], 0, 1, "Republic of Somewhere {}"),
    "one": population(1, ["一组"], 80, 1),
    "none": population(0, ["一组"], 80, 1),
    "unscored": population(6, CITY, 80, 1).assign(index=np.nan, change=np.nan, value=np.nan, rank=np.nan, tier=""),
}
OF_UNITS = {
    "tier_map": lambda u: tier_map.tier_map(u, LABELS),
    "tier_map by index": lambda u: tier_map.tier_map(u, LABELS, "index", "size"),
    "tier_map by change": lambda u: tier_map.tier_map(u, LABELS, "change", "index"),
    "quadrant": lambda u: quadrant.quadrant(u, LABELS, "质", "效", highlight="U000"),
    "top": lambda u: bars.ranked_bars(u, "index", LABELS),
    "improved": lambda u: bars.ranked_bars(u, "change", LABELS),
}


def spec(fig) -> dict:
    return json.loads(fig.to_json())


def texts(part) -> list[str]:
    """Every text of a figure's JSON that plotly draws."""
    if isinstance(part, dict):
        return [t for key, value in part.items() if key not in ("family", "template") for t in texts(value)]
    if isinstance(part, list):
        return [t for value in part for t in texts(value)]
    return [part] if isinstance(part, str) else []


def clicked_codes(fig) -> set[str]:
    """What ui.figures reads from a click: the first customdata, or the id."""
    found = set()
    for trace in fig.data:
        data = trace.customdata if trace.customdata is not None else []
        found |= {row[0] for row in data if isinstance(row, list | tuple | np.ndarray)}
        found |= set(getattr(trace, "ids", None) if getattr(trace, "ids", None) is not None else [])
    return found


@pytest.mark.parametrize("units", POPULATIONS.values(), ids=POPULATIONS)
@pytest.mark.parametrize("draw", OF_UNITS.values(), ids=OF_UNITS)
def test_figures_of_units_build_over_every_population(draw, units):
    before = units.copy()
    drawn = spec(draw(units))
    pd.testing.assert_frame_equal(units, before)
    assert drawn["data"] or drawn["layout"]["annotations"], "an empty figure says why"
    assert not [text for text in texts(drawn) if "<img" in text or "<script" in text]


@pytest.mark.parametrize("draw", OF_UNITS.values(), ids=OF_UNITS)
def test_every_point_of_a_unit_answers_a_click_with_its_code(draw):
    units = POPULATIONS["city"]
    assert clicked_codes(draw(units)) & set(units.index)


def test_tier_map_has_one_tile_a_unit_and_sums_to_even_blocks():
    units = POPULATIONS["city"]
    tiles = tier_map.tier_map(units, LABELS).data[0]
    assert set(units.index) <= set(tiles.ids) and len(set(tiles.ids)) == len(tiles.ids)
    assert set(tiles.parents) - {""} <= set(tiles.ids)
    assert {value for code, value in zip(tiles.ids, tiles["values"], strict=True) if code in units.index} == {1.0}


def test_tiles_name_their_units_in_two_lines_unless_two_would_read_the_same():
    names = ["市人民政府办公室", "市自然资源和规划局机关", "市自然资源和规划院机关", "市公共资源交易管理办公室"]
    units = POPULATIONS["city"].head(4).assign(name=names).drop(columns="tag", errors="ignore")
    labels = dict(zip((tiles := tier_map.tier_map(units, LABELS).data[0]).ids, tiles.labels, strict=True))
    assert [labels[code].count("<br>") for code in units.index] == [1, 2, 2, 1]


def test_tier_map_by_size_gives_unsized_units_a_tile():
    tiles = tier_map.tier_map(POPULATIONS["city"], LABELS, size="size").data[0]
    sizes = dict(zip(tiles.ids, tiles["values"], strict=True))
    assert sizes["U001"] > 0 and sizes["U000"] == POPULATIONS["city"].at["U000", "size"]


def axes(count: int, **columns) -> pd.DataFrame:
    rows = {"label": [f"维度{i} Economic & Financial" for i in range(count)], "unit": np.linspace(40, 90, count)}
    rows |= {"previous": 60.0, "median": 65.0, "q1": 55.0, "q3": 75.0} | columns
    return pd.DataFrame(rows, index=[f"D{i}" for i in range(count)])


@pytest.mark.parametrize("count", range(13))
@pytest.mark.parametrize("columns", [{}, {"unit": np.nan}, {"previous": np.nan, "q1": np.nan, "q3": np.nan}, {"unit": -1.7}])
def test_profiles_hold_for_any_number_of_dimensions(count, columns):
    table = axes(count, **columns)
    assert spec(profile.radar(table, ODD, "2026Q2"))["layout"]["height"] == 380
    dots = profile.dot_plot(table, ODD, "2026Q2")
    assert spec(dots)
    if count and "unit" not in columns:
        assert set(table.index) <= clicked_codes(dots)


def parts(**points) -> pd.DataFrame:
    return pd.DataFrame({"label": [f"维度{k}" for k in points], "points": points.values()}, index=list(points))


def shown_numbers(fig) -> list[str]:
    return [text for trace in fig.data if trace.text is not None for text in trace.text]


def test_contributions_are_shown_in_tenths_that_sum():
    fig = waterfall.contribution_waterfall(parts(A=17.64, B=14.82, C=13.96), 46.92, parts(bonus=2.0, penalty=-1.5), "指数")
    assert spec(fig)
    assert shown_numbers(fig) == ["17.6", "14.8", "14.0", "46.4", "+2.0", "−1.5", "46.9"]


def test_contributions_that_do_not_sum_are_refused():
    with pytest.raises(ValueError, match="parts sum"):
        waterfall.contribution_waterfall(parts(A=1.0, B=2.0), 4.0)


@pytest.mark.parametrize(("mine", "gap"), [(81.66, (1.2, 0.8, -0.3, 2.11, 0.03)), (50.05, (0.04, 0.04, 0.04)), (70.0, (0.0, 0.0))])
def test_gap_steps_lead_from_one_shown_end_to_the_other(mine, gap):
    table = parts(**{f"D{i}": p for i, p in enumerate(gap)})
    other = mine + sum(gap)
    steps = [float(t.replace("−", "-")) for t in waterfall.gap_waterfall(mine, table, other, "本单位", "门槛").data[0].text]
    start, end = (float(one_decimal(v)) for v in (mine, other))
    assert start + sum(steps) == pytest.approx(end, abs=1e-9)


def test_gap_steps_that_do_not_sum_are_refused():
    with pytest.raises(ValueError, match="points sum"):
        waterfall.gap_waterfall(50.0, parts(A=1.0), 60.0, "甲", "乙")


def test_waterfalls_without_a_score_say_so():
    for fig in (waterfall.contribution_waterfall(parts(), 0.0), waterfall.gap_waterfall(np.nan, parts(A=1.0), 2.0, "a", "b")):
        assert not fig.data and fig.layout.annotations[0].text


@pytest.mark.parametrize(("ahead", "rise"), [(True, theme.UP), (False, theme.DOWN)])
def test_what_is_lacking_is_not_coloured_as_a_gain(ahead, rise):
    fig = waterfall.gap_waterfall(50.0, parts(A=3.0, B=-1.0), 52.0, "本单位", "门槛", ahead)
    colours = list(fig.data[0].marker.color)
    assert colours[0] == rise and set(colours) == {theme.UP, theme.DOWN}


@pytest.mark.parametrize("periods", [("2021", "2022"), ("2024Q3", "2024Q4")])
def test_notes_on_a_period_axis_stand_at_a_place(periods):
    """A year is a number to plotly: a note at x = "2022" would stand far outside the figure."""
    history = pd.DataFrame({"period": periods, "unit": "U1", "name": "示例市财政局", "tag": "财政局", "rank": 1.0, "tier": LABELS[0]})
    line = pd.DataFrame({"period": periods, "index": [80.0, 81.0], "tier": LABELS[0], "median": 70.0, "q1": 60.0, "q3": 75.0})
    for fig in (movement.bump(history, LABELS, "U1"), trend.trend(line, LABELS, "财政局")):
        notes = [a for a in fig.layout.annotations if a.xref != "paper"]
        assert notes and all(a.x in (0, 1) for a in notes)
    assert "财政局" in [a.text for a in movement.bump(history, LABELS, "U1").layout.annotations]


def test_long_names_of_bars_take_two_lines_and_more_room():
    short, long = (parts(A=1.0, B=2.0, C=3.0, D=4.0).assign(label=label) for label in ("占比", "Public debt as a percentage of GDP"))
    found = bars.signed_bars(long)
    assert list(found.layout.yaxis.ticktext) == ["Public debt as a<br>percentage of GDP"] * 4
    assert found.layout.height > bars.signed_bars(short).layout.height


def test_signed_bars_keep_their_order_and_sum():
    fig = bars.signed_bars(parts(A=1.234, B=-0.617, C=0.443), 1.06)
    assert list(fig.data[0].y) == ["A", "B", "C"]
    assert sum(float(t.replace("−", "-")) for t in fig.data[0].text) == pytest.approx(1.1)
    assert not bars.signed_bars(parts()).data


def test_heat_map_marks_cells_without_a_score():
    table = pd.DataFrame([[88.0, np.nan], [-3.0, 120.0]], index=["甲", ODD], columns=["讲政治", ODD])
    written = heat_map.heat_map(table).data[1]
    assert list(written.text).count("▨") == 1 and len(written.text) == 4
    assert not heat_map.heat_map(table * np.nan).data


def test_a_heat_map_that_is_clicked_answers_with_codes_and_frames_the_one_looked_at():
    table = pd.DataFrame([[1.0, 2.0], [3.0, float("nan")]], index=["甲", "乙"], columns=["一", "二"])
    codes = np.array([["a1", "a2"], ["b1", "b2"]], dtype=object)
    fig = heat_map.heat_map(table, (0, 4), codes=codes, picked="b1")
    cells, written = fig.data
    assert [code for code, _ in written.customdata] == ["a1", "a2", "b1", "b2"] and cells.hoverinfo == "skip"
    frame = fig.layout.shapes[0]
    assert len(fig.layout.shapes) == 1 and frame.x0 < 0 < frame.x1 and frame.y0 < 1 < frame.y1  # column 0, row 1


def test_transition_matrix_shows_counts_and_shares_of_the_row():
    counts = pd.DataFrame([[3, 1, 0], [0, 0, 0], [0, 0, 5]], index=LABELS, columns=LABELS)
    written = heat_map.transition_matrix(counts, "前", "后").data[1].text
    assert written[0] == "<b>3</b><br>75.0%" and written[1] == "<b>1</b><br>25.0%" and written[3] == "·"
    assert not heat_map.transition_matrix(counts * 0, "前", "后").data


def history(units: pd.DataFrame, periods=("2023Q4", "2024Q1", "2024Q2")) -> pd.DataFrame:
    return pd.concat([units.reset_index().assign(period=p) for p in periods], ignore_index=True)


@pytest.mark.parametrize("units", POPULATIONS.values(), ids=POPULATIONS)
@pytest.mark.parametrize("draw", [movement.bump, movement.lanes])
def test_movement_builds_over_every_population(draw, units):
    assert spec(draw(history(units), LABELS, "U000"))
    assert spec(draw(history(units), LABELS))


def test_flow_counts_every_unit_once():
    before = pd.Series({"a": "领跑型", "b": "争先型", "c": "", "d": "追赶型", "f": ""})
    after = pd.Series({"a": "争先型", "b": "争先型", "c": "领跑型", "e": "追赶型", "f": ""})
    assert sum(flow.flow(before, after, LABELS, "前", "后").data[0].link["value"]) == 5  # f has a score in neither
    assert not flow.flow(before[:0], after[:0], LABELS, "前", "后").data


def test_trend_leaves_gaps_and_signs_tiers():
    line = pd.DataFrame({"period": ["2024Q1", "2024Q2", "2024Q3"], "index": [70.0, np.nan, 72.5], "tier": ["争先型", "", "领跑型"]})
    line = line.assign(median=70.0, q1=65.0, q3=75.0)
    unit = trend.trend(line, LABELS, ODD).data[-1]
    assert list(unit.marker.symbol) == ["circle", "circle-open", "star"]
    assert not trend.trend(line[:0], LABELS, "甲").data
