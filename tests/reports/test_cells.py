"""Tables on paper: how numbers are written, and who gives way when the page is narrow."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.cells import clean, column_shares, cut, grid_texts, lines, number_columns, width
from reports.contents import Grid

FRAME = pd.DataFrame({"单位": ["甲局", None], "得分": [82.25, np.nan], "名次": [3, 12], "变化": [-0.04, -1.25], "达标": [True, False]})


def test_numbers_are_written_as_people_read_them():
    assert grid_texts(Grid(FRAME, decimals={"变化": 2})) == [["甲局", "82.2", "3", "−0.04", "是"], ["", "", "12", "−1.25", "否"]]
    assert grid_texts(Grid(FRAME[["变化"]])) == [["0.0"], ["−1.2"]]
    assert grid_texts(Grid(FRAME[["名次"]], decimals={"名次": 1})) == [["3.0"], ["12.0"]]


def test_columns_of_numbers_are_told_from_texts():
    mixed = FRAME.assign(混=[1.5, "—"], 空=["", None])
    assert number_columns(Grid(mixed)) == [False, True, True, True, False, False, False]


def test_a_table_without_rows_or_columns_holds():
    assert grid_texts(Grid(FRAME.iloc[:0])) == [] and len(column_shares(Grid(FRAME.iloc[:0]), 80)) == 5
    assert column_shares(Grid(pd.DataFrame()), 80) == []


def test_stated_widths_are_kept_and_the_rest_take_their_mean():
    grid = Grid(pd.DataFrame({"甲": [1], "乙": [2], "丙": [3]}), weights={"甲": 3, "乙": 1})
    assert column_shares(grid, 80) == pytest.approx([0.5, 1 / 6, 1 / 3])


@given(st.integers(30, 300), st.integers(1, 200))
def test_long_texts_give_way_to_short_ones(room, long):
    grid = Grid(pd.DataFrame({"名称": ["长" * long], "指数": ["88.8"]}))
    shares = column_shares(grid, room)
    assert sum(shares) == pytest.approx(1) and min(shares) > 0
    assert shares[1] * room >= width("88.8") + 2 - 1e-9, "a short column always holds its text"


def test_width_counts_chinese_twice_and_lines_break_by_it():
    assert [width(t) for t in ("", "ab", "甲乙", "甲b\n乙")] == [0, 2, 4, 3]
    assert [lines(t, 4) for t in ("", "甲乙", "甲乙丙", "甲\n乙")] == [1, 1, 2, 2]


def test_texts_are_cleaned_and_cut():
    assert clean("甲\x00\u202e局\n乙 🏮") == "甲局 乙 🏮"
    assert cut("示例市监督管理局", 10) == "示例市监…" and width(cut("示例市监督管理局", 10)) <= 10 and cut("甲局", 10) == "甲局"
