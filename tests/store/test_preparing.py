"""Denominators, groups and treatments on their way through files: a framework's columns, values, the workbook, `score`."""

import numpy as np
import openpyxl
import pandas as pd
import pytest

from engines import score_file
from scoring.errors import ScoringError
from store.errors import ImportRefused
from store.frameworks.blocks import open_values
from store.frameworks.files import parse_framework, read_framework, read_policy, read_values
from store.importing.intake import Known, read_intakes
from store.template.workbook import write_template
from tests.scoring.trees import ASEM
from tests.store.office import cells, read, refused, text, workbook

HEAD = "code,parent,name,unit,direction,weight,low,high,denominator,imputation,treatment,error\n"
CSV = HEAD + "ALL,,总指数,分,1,1,,,,,,\nA,ALL,违纪件数,件,-1,1,0,2,STAFF,group_mean,,0.1\nB,ALL,工作评分,分,1,1,0,100,,linear,,\n"
FRAMEWORK = parse_framework(CSV)
KNOWN = Known({"U1": "甲局", "U2": "乙局"}, FRAMEWORK)
VALUES = """unit,period,sector,A,B,STAFF
U1,2024Q1,东,10,40,10
U1,2024Q2,东,,,10
U1,2024Q3,东,10,80,10
U2,2024Q1,东,5,50,10
U2,2024Q2,东,5,,10
U2,2024Q3,东,5,50,
"""


def scored(tmp_path, values: str = VALUES, framework: str = CSV, policy: str = "[missing]\ncoverage = 0\n") -> pd.DataFrame:
    paths = [text(tmp_path / name, content) for name, content in (("f.csv", framework), ("v.csv", values), ("p.toml", policy))]
    policy = read_policy(paths[2])
    tree = read_framework(paths[0], policy)
    score_file(tree, policy, open_values(paths[1], tree), tmp_path / "s.csv")
    return pd.read_csv(tmp_path / "s.csv", keep_default_na=False, na_values={"ALL": "", "A": "", "B": "", "rank": ""})


def test_score_divides_imputes_and_says_in_which_cells(tmp_path):
    """U1 has 10/10 = 1 of 2, so 50; in the second quarter the mean 0.5 of its group, so 75, and 60 between 40 and 80."""
    table = scored(tmp_path).set_index(["unit", "period"])
    assert list(table) == ["rank", "tier", "ALL", "A", "B", "marks"]
    assert table.loc["U1", ["A", "B"]].to_numpy().tolist() == [[50, 40], [75, 60], [50, 80]]
    assert table.loc[("U2", "2024Q2"), ["A", "B"]].tolist() == [75, 50]
    assert table.loc[("U2", "2024Q3"), "A"] == 50  # its denominator is missing: the mean of the group, U1's 1
    assert table["marks"].to_dict() == {
        ("U1", "2024Q1"): "A:denominated=1.0",
        ("U1", "2024Q2"): "A:imputed+denominated=0.5;B:imputed=60.0",
        ("U1", "2024Q3"): "A:denominated=1.0",
        ("U2", "2024Q1"): "A:denominated=0.5",
        ("U2", "2024Q2"): "A:denominated=0.5;B:imputed=50.0",
        ("U2", "2024Q3"): "A:imputed+denominated=1.0",
    }


def test_score_winsorises_and_screens_by_the_policy(tmp_path):
    framework = "code,parent,name,unit,direction,weight,normalisation\nALL,,,,1,1,\nA,ALL,,,1,1,min_max\nB,ALL,,,1,1,min_max\n"
    values = "unit,A,B\n" + "".join(f"u{k},{k},{k}\n" for k in range(11)) + "far,100,0\nthin,,1000\n"
    policy = "[scores]\nrange = [0, 10]\n[missing]\nrule = 'reweight'\ncoverage = 0\n[screening]\nunits = 1\n[treatment]\nmethod = 'winsorise'\n"
    table = scored(tmp_path, values, framework, policy).set_index("unit")
    assert table.loc[[f"u{k}" for k in range(11)], "A"].tolist() == list(range(11)) and table.loc["far", "A"] == 10
    assert table.loc[["u0", "far", "thin"], "marks"].tolist() == ["", "A:winsorised=10.0", "screened=0.5"]
    assert table.loc["thin", ["ALL", "A", "B", "rank"]].isna().all() and table.loc["thin", "tier"] == ""


def test_without_any_of_it_the_table_is_what_it_was(tmp_path):
    plain = CSV.replace("STAFF,group_mean,,0.1", ",,,").replace(",,linear,,", ",,,,")
    assert list(scored(tmp_path, "unit,A,B\nU1,1,50\n", plain)) == ["unit", "period", "rank", "tier", "ALL", "A", "B"]


def test_asem_per_head_is_min_max_of_the_quotient(tmp_path):
    framework = pd.read_csv(ASEM / "framework.csv", dtype=str, keep_default_na=False)
    framework["denominator"] = np.where(framework["code"] == "Flights", "Population", "")
    population = pd.read_csv(ASEM / "coinr_idata.csv").set_index("uCode")["Population"]
    values = pd.read_csv(ASEM / "values.csv", dtype=str, keep_default_na=False)
    values["Population"] = [repr(float(population[u])) for u in values["unit"]]
    policy = (ASEM.parents[2] / "data" / "policy.coinr.toml").read_text("utf-8")
    found = scored(tmp_path, values.to_csv(index=False), framework.to_csv(index=False), policy).set_index("unit")["Flights"].astype(float)
    quotient = values.set_index("unit")["Flights"].astype(float) / population
    share = (quotient - quotient.min()) / (quotient.max() - quotient.min())
    np.testing.assert_allclose(found, 100 * share[found.index], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "drop, words", [("STAFF", "没有这项分母的列；请补上"), ("A", "没有这项指标的列；请补上")]
)
def test_a_lacking_column_is_named(tmp_path, drop, words):
    table = pd.read_csv(text(tmp_path / "v.csv", VALUES)).drop(columns=drop)
    with pytest.raises(ImportRefused) as said:
        read_values(text(tmp_path / "w.csv", table.to_csv(index=False)), FRAMEWORK)
    assert [(e.value, e.why) for e in said.value.errors] == [(drop, f"{words}（没有数据可留空）")]


def test_other_columns_are_refused_as_ever(tmp_path):
    with pytest.raises(ImportRefused) as said:
        read_values(text(tmp_path / "v.csv", VALUES.replace("STAFF", "STAFF,SEATS").replace(",10\n", ",10,1\n")), FRAMEWORK)
    assert [(e.cell, e.value) for e in said.value.errors] == [("G1", "SEATS")]


def test_bad_denominators_and_groups_that_are_not_there_are_refused_by_name(tmp_path):
    with pytest.raises(ScoringError, match="2024Q2 U2 的 A：分母 STAFF 为 0，不能相除"):
        scored(tmp_path, VALUES.replace("U2,2024Q2,东,5,,10", "U2,2024Q2,东,5,,0"))
    with pytest.raises(ScoringError, match="A：imputation 为 group_mean，而2024Q1 的数据没有分组"):
        scored(tmp_path, pd.read_csv(text(tmp_path / "v.csv", VALUES)).drop(columns="sector").to_csv(index=False))


def test_groups_are_the_sectors_of_the_file(tmp_path):
    found = read_values(text(tmp_path / "v.csv", VALUES.replace("U2,2024Q1,东", "U2,2024Q1,")), FRAMEWORK)
    assert found.periods["2024Q1"].groups == ("东", "东") and found.periods["2024Q1"].indicators == ("A", "B", "STAFF")
    bare = read_values(text(tmp_path / "w.csv", "unit,A,B,STAFF\nU1,1,2,3\n"), FRAMEWORK)
    assert bare.periods[""].groups is None


def test_chinese_headers_and_titles_of_a_framework(tmp_path):
    rows = [
        ["代码", "上级", "名称", "计量单位", "方向", "权重", "下限", "上限", "分母", "插补方法", "异常值处理", "赋权方法", "标准误"],
        ["ALL", "", "总指数", "分", 1, 1, "", "", "", "", "", "熵权法", ""],
        ["A", "ALL", "违纪件数", "件", "逆向", 1, 0, 2, "STAFF", "分组均值插补", "缩尾，不行再取对数", "", "5%"],
    ]
    framework = read_framework(workbook(tmp_path / "f.xlsx", {"指标体系": rows}))
    (a,) = framework.indicators
    assert (a.denominator, a.imputation, a.treatment, a.error) == ("STAFF", "group_mean", "winsorise_log", 5.0)
    assert framework.root.weighting == "entropy"


def test_an_import_takes_denominators_wide_and_long(tmp_path):
    wide = text(tmp_path / "w.csv", "单位,考核期,A 违纪件数(件),B,STAFF\n甲局,2024Q1,5,,30\n乙局,2024Q1,,缺报,待报\n")
    assert cells(read(wide, known=KNOWN)) == {
        ("U1", "A", "2024Q1"): 5, ("U1", "STAFF", "2024Q1"): 30, ("U2", "B", "2024Q1"): "missing", ("U2", "STAFF", "2024Q1"): "pending",
    }  # fmt: skip
    long = text(tmp_path / "l.csv", "单位,考核期,指标,值\n甲局,2024Q1,STAFF,30\n甲局,2024Q1,A,5\n")
    assert cells(read(long, known=KNOWN)) == {("U1", "STAFF", "2024Q1"): 30, ("U1", "A", "2024Q1"): 5}
    assert [e.nearest for e in refused(text(tmp_path / "x.csv", "单位,考核期,A,STAF\n甲局,2024Q1,5,30\n"), known=KNOWN)] == ["STAFF"]


def test_the_workbook_has_a_column_a_denominator_and_only_the_columns_in_use(tmp_path):
    write_template(tmp_path / "t.xlsx", FRAMEWORK, KNOWN.units)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    data, tree = book["数据"], book["指标体系"]
    assert [c.value for c in data[2]] == ["单位", "考核期", "A 违纪件数(件)", "B 工作评分(分)", "STAFF"]
    assert data["E2"].comment.text == "STAFF\n违纪件数除以它后计分\n须大于 0" and "除以 STAFF 后计分" in data["C2"].comment.text
    headers = [c.value for c in tree[2]]
    assert {"分母", "插补", "标准误"} <= set(headers) and not {"异常值处理", "赋权"} & set(headers)
    assert tree.cell(4, headers.index("插补") + 1).value == "分组均值插补"
    data["B3"], data["C3"], data["E3"] = "2024Q1", 5, 30
    book.save(tmp_path / "t.xlsx")
    (intake,) = read_intakes([tmp_path / "t.xlsx"], Known())
    assert parse_framework(intake.framework_csv) == FRAMEWORK
    assert cells(intake) == {("U1", "A", "2024Q1"): 5, ("U1", "STAFF", "2024Q1"): 30}
