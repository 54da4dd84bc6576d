"""The figures of the audit: they build over ordinary and empty frameworks, tell by sign as well as colour, and clicks give codes."""

import json

import numpy as np
import pandas as pd
import pytest

from charts import structure

NAMES = ["甲", "<b>乙</b> %{y}", "A very long name of an indicator in English", "上级"]


def table(effective, off=(False, True, False)) -> pd.DataFrame:
    labels = ["✖ 不通过" if o else "✔ 通过" for o in off]
    return pd.DataFrame({"name": NAMES[:3], "stated": [0.5, 0.3, 0.2], "effective": effective, "label": labels, "off": off}, index=list("ABC"))


def drawn(fig) -> str:
    return json.dumps(json.loads(fig.to_json()), ensure_ascii=False)


def test_weights_are_drawn_where_they_are_and_an_odd_one_has_a_sign():
    fig = structure.weights(table([0.55, 0.05, 0.4]))
    marks = [t for t in fig.data if t.mode == "markers"]
    assert list(marks[0].x) == [0.5, 0.3, 0.2] and list(marks[1].x) == [0.55, 0.05, 0.4]
    assert {row[0] for t in marks for row in t.customdata} == set("ABC")
    texts = next(t for t in fig.data if t.mode == "text").text
    assert [t.split() for t in texts] == [["1.10"], ["0.17", "✖"], ["2.00"]]


def test_weights_that_cannot_be_told_say_so():
    assert "算不出" in drawn(structure.weights(table([np.nan] * 3)))
    fig = structure.weights(table([np.nan, 0.4, 0.6]))
    assert next(t for t in fig.data if t.mode == "text").text[0] == "" and "nan" not in drawn(fig).lower()


def test_correlations_fill_the_lower_half_and_frame_what_is_odd():
    r = np.array([[1, 0.95, np.nan, 0.8], [0.95, 1, -0.5, 0.2], [np.nan, -0.5, 1, 0.5], [0.8, 0.2, 0.5, 1]])
    odd = (np.abs(r) > 0.9) & (r < 1)
    fig = structure.correlations(pd.DataFrame(r), NAMES, odd)
    cells = np.array(fig.data[0].z, float)
    assert np.isnan(cells[np.triu_indices(4)]).all() and cells[1, 0] == 0.95 and np.isnan(cells[2, 0])
    assert [(s.x0, s.y0) for s in fig.layout.shapes] == [(-0.47, 0.55)]
    assert list(fig.data[1].text) == ["0.95", "", "−0.50", "0.80", "0.20", "0.50"]
    assert "红框" not in drawn(structure.correlations(pd.DataFrame(r), NAMES, odd & False))
    assert "算不出" in drawn(structure.correlations(pd.DataFrame(np.full((2, 2), np.nan)), NAMES[:2], np.zeros((2, 2), bool)))


def test_components_that_count_stand_out():
    fig = structure.components({"A": [0.6, 0.25, 0.15], "B": [0.4, 0.3, 0.2, 0.1]}, {"A": NAMES[0], "B": NAMES[1]}, "A")
    assert [list(t.y) for t in fig.data] == [["A", "B"]] * 3 + [["B"]]
    assert [list(t.text) for t in fig.data] == [["60%", "40%"], ["", "30%"], ["", ""], [""]], "above an average child: a third, a quarter"
    assert {row[0] for t in fig.data for row in t.customdata} == {"A", "B"}
    assert "没有一组" in drawn(structure.components({}, {}, ""))


@pytest.mark.parametrize("fig", [structure.weights(table([0.1, 0.2, 0.7])), structure.components({"A": [1.0]}, {"A": NAMES[1]}, "A")])
def test_names_are_text(fig):
    assert "<b>乙" not in drawn(fig) and "%{y}" not in drawn(fig)
