"""Names beside marks: on the free side, within the plot, never one on another."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reports.cells import width
from reports.name_places import name_sides

SPANS, PLOT, SIZE = [(0, 100), (0, 100)], (100.0, 100.0), 4.0


def sides(marks, names):
    return name_sides(np.array(marks, dtype=float), names, SPANS, PLOT, SIZE)


def test_a_lone_mark_is_named_at_its_right_and_at_the_edge_at_its_left():
    assert sides([(50, 50)], ["甲局"]) == ["right"] and sides([(97, 50)], ["甲局"]) == ["left"]


def test_a_mark_in_the_way_sends_the_name_to_the_other_side():
    assert sides([(50, 50), (55, 50)], ["甲局", ""]) == ["left", ""]


def test_a_name_without_room_is_left_out_and_the_first_keeps_its_place():
    names = ["长" * 24] * 5  # as wide as the plot: each mark is in its middle
    found = sides([(50, 50)] * 5, names)
    assert found[0] in ("above", "below") and found.count("") == 3 and len(set(found)) == 3


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(0, 12)), min_size=1, max_size=25))
def test_no_name_lies_on_another_nor_leaves_the_plot(points):
    names = ["名" * n for *_, n in points]
    boxes = []
    for (x, y, _), name, side in zip(points, names, sides([p[:2] for p in points], names), strict=True):
        assert not side or name
        if not side:
            continue
        wide, gap, half = width(name) * SIZE / 2, SIZE * 0.6, SIZE * 0.65
        left = {"right": x + gap, "left": x - gap - wide}.get(side, x - wide / 2)
        low = {"above": y + gap, "below": y - gap - 2 * half}.get(side, y - half)
        boxes.append((left, low, left + wide, low + 2 * half))
    for k, (left, low, right, high) in enumerate(boxes):
        assert left >= 0 and right <= 100
        assert low >= -0.65 * SIZE - 1e-9 and high <= 100 + 0.65 * SIZE + 1e-9, "half a line, beside a mark on the edge"
        assert all(left > r or right < l or low > h or high < b for l, b, r, h in boxes[:k])
