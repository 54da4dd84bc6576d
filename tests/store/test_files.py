"""Frameworks, policies and values from files, for scoring without a store."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import FrameworkError, PolicyError
from scoring.values import MISSING, NOT_APPLICABLE, PENDING, VALUE
from store.errors import ImportRefused
from store.frameworks.files import parse_framework, parse_policy, read_framework, read_policy, read_values
from tests.store.office import FRAMEWORK, FRAMEWORK_CSV, text, workbook

HEAD = "unit,period,sector,A1,A2,B1,B2\n"


def refusal(path) -> list[tuple[str, str, str]]:
    with pytest.raises(ImportRefused) as refused:
        read_values(path, FRAMEWORK)
    return [(e.cell, e.value, e.nearest) for e in refused.value.errors]


def test_values_with_every_state_and_unit(tmp_path):
    content = HEAD + "甲,2024年四季度,东,95%,,不适用,待报\n乙,2024Q4,西,,,,\n甲,2023Q4,东,1,2,3,\"1,000\"\n合计,2025Q1,,1,2,3,4\n"
    values = read_values(text(tmp_path / "v.csv", content), FRAMEWORK)
    assert list(values.periods) == ["2023Q4", "2024Q4"] and values.sectors == {"甲": "东", "乙": "西"}
    block = values.periods["2024Q4"]
    assert block.units == ("甲", "乙") and block.indicators == ("A1", "A2", "B1", "B2")
    assert block.states.tolist() == [[VALUE, MISSING, NOT_APPLICABLE, PENDING], [MISSING] * 4]
    np.testing.assert_array_equal(block.matrix, [[95, np.nan, np.nan, np.nan], [np.nan] * 4])
    assert values.periods["2023Q4"].matrix.tolist() == [[1, 2, 3, 1000]]


def test_without_a_period_the_file_name_states_none(tmp_path):
    content = "unit,B2,A1,A2,B1\n甲,4,1,2,3\n合计,4,1,2,3\n"
    values = read_values(text(tmp_path / "v_2024Q4.csv", content), FRAMEWORK)
    assert list(values.periods) == [""] and values.periods[""].units == ("甲",) and values.sectors == {}
    assert values.periods[""].matrix.tolist() == [[1, 2, 3, 4]]


def test_unknown_inner_and_lacking_columns_are_named(tmp_path):
    path = text(tmp_path / "v.csv", "unit,A1,A22,D1,B1\n甲,1,x,3,4\n")
    assert refusal(path) == [("", "A2", ""), ("", "B2", ""), ("C1", "A22", "A2"), ("D1", "D1", "")]


def test_bad_cells_and_doubled_rows(tmp_path):
    path = text(tmp_path / "v.csv", HEAD + "甲,2024Q4,,101,x,1,1\n甲,2024Q4,,1,1,1,1\n乙,何时,,1,1,1,1\n,2024Q4,,1,1,1,1\n")
    assert refusal(path) == [("D2", "101", ""), ("E2", "x", ""), ("A3", "甲", ""), ("B4", "何时", ""), ("A5", "", "")]
    assert refusal(text(tmp_path / "v.csv", "a,b\n1,2\n")) == [("", "", "")]
    assert refusal(tmp_path / "none.csv") == [("", "", "")]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=2), min_size=1, max_size=8))
def test_doubles_arrive_to_the_last_bit(tmp_path_factory, rows):
    content = "unit,A1,A2,B1,B2\n" + "".join(f"u{i},,{a!r},{b!r},\n" for i, (a, b) in enumerate(rows))
    values = read_values(text(tmp_path_factory.mktemp("v") / "v.csv", content), FRAMEWORK).periods[""]
    assert (values.matrix[:, 1:3] == np.array(rows)).all()


def test_a_framework_from_text_csv_and_workbook(tmp_path):
    rows = [line.split(",") for line in FRAMEWORK_CSV.splitlines()]
    assert read_framework(text(tmp_path / "f.csv", FRAMEWORK_CSV, "gb18030")) == FRAMEWORK
    assert read_framework(workbook(tmp_path / "f.xlsx", {"x": [["标题"], [], *rows]})) == FRAMEWORK
    assert parse_framework("\ufeff" + FRAMEWORK_CSV) == FRAMEWORK
    with pytest.raises(FrameworkError, match="两端相等"):
        parse_framework(FRAMEWORK_CSV.replace("50,100,", "100,100,"))
    with pytest.raises(FrameworkError, match="CSV"):
        parse_framework("")
    with pytest.raises(ImportRefused, match="没有指标体系表"):
        read_framework(text(tmp_path / "f.csv", "a,b\n1,2\n"))


def test_facets_are_the_columns_that_the_policy_names():
    policy = parse_policy("[facets]\ntheme = '主题'\n")
    framework = parse_framework("code,parent,name,unit,direction,weight,low,high,theme\nI,,i,,1,1,,,\nx,I,x,,1,1,0,1,绿\n", policy)
    assert framework.facets == ("theme",)
    with pytest.raises(FrameworkError, match="requirement"):
        parse_framework(FRAMEWORK_CSV, policy)


def test_a_policy_that_is_no_toml_or_no_policy(tmp_path):
    with pytest.raises(PolicyError, match="TOML"):
        parse_policy("[scores\n")
    with pytest.raises(PolicyError):
        read_policy(text(tmp_path / "p.toml", "\ufeff[missing]\nrule = 'guess'\n"))
    with pytest.raises(ImportRefused, match="不存在"):
        read_policy(tmp_path / "none.toml")
    with pytest.raises(ImportRefused, match="UTF-8"):
        read_policy(text(tmp_path / "p.toml", "# 政策", "gb18030"))
