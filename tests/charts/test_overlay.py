"""Figures of a comparison: things keep their sign, no dot hides another, gaps stay gaps, clicks give codes, odd names are text."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts import overlay, parallel, score_matrix, theme

LABELS = ("领跑型", "争先型", "追赶型")
ODD = "<b>第1局</b> %{y}"
NODES = [f"N{k}" for k in range(5)]
NAMES = [f"<i>维度</i>{k}" for k in range(5)]


def things(n: int, values=None) -> pd.DataFrame:
    """Scores by node, a column a thing."""
    found = np.random.default_rng(5).uniform(60, 95, (len(NODES), n)) if values is None else values
    return pd.DataFrame(found, index=pd.Index(NODES, name="node"), columns=[f"T{k}" for k in range(n)])


def signs(n: int) -> dict[str, overlay.Sign]:
    return overlay.signs({f"T{k}": f"{ODD} {k}" for k in range(n)})


def spec(fig) -> dict:
    return json.loads(fig.to_json())


def no_markup(fig) -> bool:
    """No name of user data stands as markup in what plotly draws."""
    return not re.search(r"<i>维度|<b>第1局|%\{y\} ", json.dumps(spec(fig), ensure_ascii=False))


def test_six_signs_differ_in_letter_colour_dash_and_marker():
    found = list(signs(overlay.MOST).values())
    assert len(found) == overlay.MOST == 6
    for part in ("letter", "colour", "dash", "marker"):
        assert len({getattr(sign, part) for sign in found}) == 6, part


@pytest.mark.parametrize("n", [1, 2, 6])
def test_every_thing_has_one_ring_through_all_its_scores(n):
    scores, known = things(n), signs(n)
    fig = overlay.radar(scores, NAMES, known)
    assert no_markup(fig)
    for trace, code in zip(reversed(fig.data), scores, strict=True):
        assert list(trace.r) == [*scores[code], scores[code].iloc[0]]
        assert (trace.line.dash, trace.line.color, trace.marker.symbol) == (known[code].dash, known[code].colour, known[code].marker)
    low, high = fig.layout.polar.radialaxis.range
    assert low <= scores.min(axis=None) and high == 100


def test_a_radar_of_two_dimensions_or_of_no_score_says_so():
    assert "少于三个" in str(spec(overlay.radar(things(2).iloc[:2], NAMES[:2], signs(2))))
    assert "都没有得分" in str(spec(overlay.radar(things(2, np.full((5, 2), np.nan)), NAMES, signs(2))))


@given(st.lists(st.lists(st.sampled_from([70.0, 70.2, 80.0, 95.0, np.nan]), min_size=6, max_size=6), min_size=5, max_size=5))
def test_dots_lie_at_their_score_and_none_is_lost(rows):
    scores, height = things(6, np.array(rows)), 620
    fig = overlay.dots(scores, NAMES, signs(6), height)
    if scores.isna().all(axis=None):
        return
    drawn = {(code, data[0]): (x, y) for trace, code in zip(fig.data, scores, strict=True)
             for data, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)}  # fmt: skip
    assert set(drawn) == {(code, node) for code in scores for node in scores.index}
    for k, node in enumerate(scores.index):
        found = [drawn[code, node] for code in scores if not np.isnan(scores.at[node, code])]
        assert all(abs(y - k) < 0.5 for _, y in found), "a dot lies in another row"
        assert len({(x, round(y, 6)) for x, y in found}) == len(found), "two dots lie upon each other"


def test_a_row_says_how_far_its_ends_lie_apart():
    values = np.full((5, 3), np.nan)
    values[0], values[1, 0] = [70.0, 82.5, 75.0], 60.0
    notes = {note.y: note.text for note in overlay.dots(things(3, values), NAMES, signs(3)).layout.annotations}
    assert notes == {0: "相距 12.5", 1: "相距 0.0"}


def test_lines_break_at_a_gap_and_all_units_are_clickable():
    everyone = things(4).T.rename_axis("unit")
    everyone.iloc[1, 2] = np.nan
    names = pd.Series(ODD, index=everyone.index)
    fig = parallel.parallel(everyone, names, things(2).T, NAMES, signs(2))
    assert no_markup(fig)
    behind, *front = fig.data
    assert {row[0] for row in behind.customdata} == set(everyone.index)
    drawn = np.array(behind.y, float).reshape(4, 6)
    assert np.array_equal(drawn[:, :5], everyone.to_numpy(), equal_nan=True) and np.isnan(drawn[:, 5]).all()
    assert [list(trace.y) for trace in reversed(front)] == [list(row) for row in things(2).T.to_numpy()]
    assert len(fig.layout.annotations) == 2


def test_ends_of_equal_lines_are_written_apart():
    same = things(3, np.full((5, 3), 80.0)).T
    fig = parallel.parallel(same.iloc[:0], pd.Series(dtype=object), same, NAMES, signs(3))
    assert len({note.y for note in fig.layout.annotations}) == 3


def population(n: int = 7, k: int = 14):
    numbers = np.random.default_rng(2).uniform(0, 100, (n, k))
    scores = pd.DataFrame(numbers, index=[f"U{i}" for i in range(n)], columns=[f"I{j}" for j in range(k)])
    states = pd.DataFrame("value", index=scores.index, columns=scores.columns)
    states.iloc[0, 0], states.iloc[1, 2], states.iloc[2, 3] = "missing", "not_applicable", "pending"
    scores.iloc[1, 2] = scores.iloc[2, 3] = np.nan
    scores.iloc[0, 0] = 0.0
    units = pd.DataFrame({"name": ODD, "tag": ODD, "tier": ([*LABELS, ""] * n)[:n]}, index=scores.index)
    columns = pd.DataFrame({"name": [f"指标{j}" for j in range(k)], "group": ["甲"] * 5 + ["<b>第1局</b>"] * (k - 5)}, index=scores.columns)
    return scores, states, units, columns


@pytest.mark.parametrize("k", [6, 14])
def test_the_map_keeps_every_score_and_signs_every_gap(k):
    scores, states, units, columns = population(k=k)
    known = overlay.signs({"U3": ODD})
    fig = score_matrix.score_matrix(scores, states, units, columns, LABELS, known)
    assert no_markup(fig)
    cells, tiers, gaps = fig.data
    assert np.allclose(np.array(cells.z, float), scores, rtol=0, atol=1e-4, equal_nan=True)
    assert len(set(cells.y)) == len(scores), "units of the same name have become one"
    assert [row[0] for row in tiers.customdata] == list(scores.index)
    assert sorted(gaps.text) == sorted([theme.STATE_MARKS[s] for s in ("missing", "not_applicable", "pending")])
    assert [t.startswith("<b>A ") for t in fig.layout.yaxis.ticktext] == [u == "U3" for u in scores.index]


def test_colours_reach_from_the_lowest_of_the_usual_scores():
    scores, states, units, columns = population()
    scores.iloc[:, :] = 85.0
    scores.iloc[0, 0] = 0.0  # stands for a missing value: no reason to make all others alike
    cells = score_matrix.score_matrix(scores, states, units, columns, LABELS, {}).data[0]
    assert (cells.zmin, cells.zmax) == (80, 100) and cells.colorbar.ticktext[0] == "≤80"


def test_a_map_of_nobody_says_so():
    scores, states, units, columns = population()
    fig = score_matrix.score_matrix(scores.iloc[:0], states.iloc[:0], units.iloc[:0], columns, LABELS, {})
    assert "没有可以画出的得分" in str(spec(fig))
