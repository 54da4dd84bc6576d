"""Cells as Chinese offices write them: numbers to the last bit, states, periods, names."""

import datetime as dt
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE
from store.readers.cells import BadCell, Formula, Percent, clean_number, clean_state, clean_text, nearest, text_key
from store.readers.columns import NOTHING, clean_column
from store.readers.periods import clean_period, find_period

finite = st.floats(allow_nan=False, allow_infinity=False)
FULL_WIDTH = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789.,+-%eE"}


def bits(x: float) -> bytes:
    return struct.pack("<d", x + 0.0)


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        (95, "%", 95.0), (95.5, "分", 95.5), ("95%", "%", 95.0), ("95 %", "%", 95.0), ("９５．５％", "%", 95.5),
        ("1,234", "件", 1234.0), ("１，２３４．５", "件", 1234.5), ("-1,234,567.25", "", -1234567.25),
        (" 95\n", "分", 95.0), ("\u00a095\u00a0\u200b", "分", 95.0), ("95分", "分", 95.0), ("3 件", "件", 3.0),
        ("3件/百人", "件/百人", 3.0), ("1.2e3", "", 1200.0), ("1.2E-3", "", 0.0012), ("+5", "", 5.0), ("－5", "", -5.0),
        ("−5", "", -5.0), (".5", "", 0.5), ("95.", "", 95.0), (Percent(0.95), "%", 95.0), (Percent(0.29), "%", 29.0),
        (Percent(0.0725), "%", 7.25), (Percent(1), "%", 100.0), ("0", "%", 0.0), ("100", "%", 100.0), ("-0", "%", 0.0),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_meant(raw, unit, value):
    assert bits(clean_number(raw, unit)) == bits(value)


@pytest.mark.parametrize(
    ("raw", "unit", "why"),
    [
        ("九十五", "分", "不是数"), ("95%", "分", "百分数"), ("95%", "", "百分数"), (Percent(0.95), "分", "95%"),
        ("95分", "%", "带有“分”"), ("3件", "件/百人", "件/百人"), ("1,23", "分", "逗号"), ("95,5", "分", "逗号"),
        ("12,34,567", "", "逗号"), ("1 234", "", "带有"), ("1_000", "", "带有"), ("95²", "分", "上标"), ("①", "分", "带圈"),
        ("NA", "分", "读法不明"), ("nan", "", "不是数"), ("inf", "", "不是数"), (math.nan, "", "有限"), (math.inf, "", "有限"),
        ("1e999", "", "有限"), (10**400, "", "有限"), (True, "分", "逻辑值"), (dt.datetime(2024, 3, 5), "分", "日期"),
        (dt.time(3, 5), "分", "日期"), (dt.timedelta(1), "分", "日期"), ("#DIV/0!", "分", "公式错误"), ("#ref!", "分", "公式错误"),
        ("#N/A", "分", "公式错误"), (Formula("=A1"), "分", "打开并保存"), ("101", "%", "不可能"), ("-1", "%", "不可能"),
        (Percent(1.2), "%", "不可能"), (120, "%", "不可能"), ("", "分", "不是数"), (None, "分", "不是数"), (object(), "", "不是数"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_the_reason(raw, unit, why):
    with pytest.raises(BadCell, match=why):
        clean_number(raw, unit)


def test_a_percentage_may_go_as_far_as_the_goalpost():
    assert clean_number("130%", "%", most=150) == 130
    with pytest.raises(BadCell, match="0 到 150"):
        clean_number(151, "%", most=150)


@settings(deadline=None)
@given(finite)
def test_a_written_double_comes_back_to_the_last_bit(x):
    assert bits(clean_number(repr(x))) == bits(x)
    assert bits(clean_number(repr(x).translate(FULL_WIDTH))) == bits(x)
    assert bits(clean_number(x)) == bits(x)


@settings(deadline=None)
@given(st.integers(-(10**15), 10**15), st.integers(0, 99))
def test_thousands_commas_change_nothing(whole, part):
    assert clean_number(f"{whole:,}.{part:02d}") == float(f"{whole}.{part:02d}")


@settings(deadline=None)
@given(st.decimals(0, 100, places=3))
def test_a_percent_cell_means_what_it_shows(shown):
    assert clean_number(Percent(float(shown / 100)), "%") == float(shown)


@settings(deadline=None)
@given(st.text(max_size=12), st.sampled_from(["", "%", "分", "件/百人"]))
def test_any_text_is_a_finite_number_or_refused(raw, unit):
    try:
        assert math.isfinite(clean_number(raw, unit))
    except BadCell as why:
        assert "；" in str(why)


RAW = st.one_of(
    st.sampled_from(["", None, "不适用", "/", "待报", "缺报", "NA", "95%", "９５", "1,234", "1_0", "inf", " 7 ", True, "x", "#REF!"]),
    finite, st.integers(-(10**400), 10**400), finite.map(repr), st.floats(0, 1).map(Percent), st.text(max_size=5),
)  # fmt: skip
CODES = {"missing": MISSING, "not_applicable": NOT_APPLICABLE, "pending": PENDING}


@settings(deadline=None)
@given(st.lists(RAW, max_size=20), st.sampled_from(["", "%", "分"]))
def test_a_column_is_its_cells(cells, unit):
    """The fast way over a column gives, cell by cell, what the one-cell functions give."""
    raw = np.empty(len(cells), dtype=object)
    raw[:] = cells
    column = clean_column(raw, unit)
    refused = dict(column.refused)
    for i, cell in enumerate(cells):
        if cell is None or (isinstance(cell, str) and not clean_text_or_error(cell)):
            assert column.states[i] == NOTHING and i not in refused
        elif state := clean_state(cell):
            assert column.states[i] == CODES[state]
        else:
            try:
                expected = clean_number(cell, unit)
                assert column.states[i] == VALUE and bits(column.values[i]) == bits(expected)
            except BadCell as why:
                assert str(refused[i]) == str(why) and column.states[i] == NOTHING


def clean_text_or_error(cell):
    try:
        return clean_text(cell)
    except BadCell:
        return "error"


@pytest.mark.parametrize("raw", ["不适用", " 不适用 ", "N/A", "n/a", "—", "——", "－", "-", "–", "/", "／", "///", "Ｎ／Ａ"])
def test_words_and_strokes_for_not_applicable(raw):
    assert clean_state(raw) == "not_applicable"


def test_other_states_and_texts_that_are_none():
    assert [clean_state(s) for s in ("待报", "缺报", "缺失", "missing")] == ["pending", "missing", "missing", "missing"]
    assert [clean_state(s) for s in ("NA", "无", "0", "", None, 5)] == [None] * 6


@pytest.mark.parametrize(
    ("raw", "period"),
    [
        ("2024Q4", "2024Q4"), ("2024q4", "2024Q4"), ("2024-Q4", "2024Q4"), ("2024年四季度", "2024Q4"), ("2024年第4季度", "2024Q4"),
        ("2024年第四季度", "2024Q4"), ("2024 四季度", "2024Q4"), ("２０２４年４季度", "2024Q4"), ("2024年度四季度", "2024Q4"),
        ("二〇二四年四季度", "2024Q4"), ("Q4 2024", "2024Q4"), ("2024", "2024"), (2024, "2024"), (2024.0, "2024"), ("2024年", "2024"),
        ("2024年度", "2024"), ("2024H1", "2024H1"), ("2024年上半年", "2024H1"), ("2024下半年", "2024H2"), ("2024M03", "2024M03"),
        ("2024年3月", "2024M03"), ("2024年12月份", "2024M12"), ("2024-03", "2024M03"), (dt.datetime(2024, 3, 1), "2024M03"),
    ],
)  # fmt: skip
def test_a_period_is_written_one_way(raw, period):
    assert clean_period(raw) == period


@pytest.mark.parametrize("raw", ["2024Q5", "24Q4", "2024-13", "2024-3", "四季度", "2024.5", "", "x", dt.datetime(2024, 3, 5), True])
def test_what_is_no_period_is_refused(raw):
    with pytest.raises(BadCell, match="2024Q4"):
        clean_period(raw)


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("示例市2024年四季度填报表", "2024Q4"), ("values_2024Q4 (1).csv", "2024Q4"), ("2024年度填报表", "2024"), ("idata_2018.csv", "2018"),
        ("截至2024年12月31日", ""), ("20241231导出", ""), ("填报日期2024-10-11，2024年三季度", "2024Q3"), ("数据", ""),
    ],
)  # fmt: skip
def test_a_period_is_found_in_a_title(title, period):
    assert find_period(title) == period


def test_a_title_with_two_periods_is_refused():
    with pytest.raises(BadCell, match="2023Q4、2024Q4"):
        find_period("2023年四季度与2024年四季度对比")


def test_the_nearest_name():
    known = ["示例市发展和改革局", "示例市财政局", "示例市教育局"]
    assert nearest("示例市发改局", known) == "示例市发展和改革局"
    assert nearest("示例市财政", known) == "示例市财政局"
    assert nearest("完全不同", known) == ""
    assert nearest("POLl", ["POL1", "STR1"]) == "POL1"


def test_names_compare_without_width_blanks_and_quotes():
    assert text_key("“第一议题” 落实率（％）") == text_key("第一议题落实率(%)")


def test_python_spellings_of_numbers_are_no_numbers_in_a_column_either():
    """Python's own float() would take these; a column that holds nothing else goes the fast way."""
    for word in ("1_000", "infinity", "nan", "1e999"):
        column = clean_column(np.array(["5", word], dtype=object))
        assert column.states.tolist() == [VALUE, NOTHING] and [i for i, _ in column.refused] == [1]
