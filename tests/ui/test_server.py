"""Clicks read from figures."""

from ui.figures import _code


def test_clicked_point_gives_its_code():
    assert _code({"customdata": ["U1", "hover"]}) == "U1"
    assert _code({"id": "U2", "customdata": [{"x": 1}]}) == "U2"
    assert _code({"id": "U3", "customdata": "hover"}) in ("hover", "U3")
    assert _code({"x": 1}) is None
