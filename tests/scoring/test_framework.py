"""The framework as a tree: order, shape, shares; and as a table that is refused by code, value and remedy."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import FrameworkError, ScoringError
from scoring.framework import DEFAULT_FACETS, Framework, Node
from scoring.framework_table import framework_from_table, framework_to_table
from scoring.normalisation import NEEDS, NORMALISATIONS
from tests.scoring.trees import AGGREGATION_TEXTS, asem_framework, build, table, trees

HEAD = "code,parent,name,unit,direction,weight,low,high,normalisation,source,requirement,transform,aggregation,target,reference,bands\n"
GOOD = {"code": "A", "parent": "R", "name": "A", "unit": "%", "direction": "1", "weight": "2", "low": "0", "high": "100"}
ROOT = {"code": "R", "parent": "", "name": "R", "unit": "", "direction": "1", "weight": "1"}


def rows(*changed: dict, root=ROOT) -> pd.DataFrame:
    columns = HEAD.strip().split(",")
    return pd.DataFrame([{c: row.get(c, "") for c in columns} for row in (root, *(GOOD | c for c in changed))])


def refused(read: pd.DataFrame, *words: str) -> None:
    """Refused with a FrameworkError that says all these words, in this order: code, value, remedy."""
    with pytest.raises(FrameworkError) as caught:
        framework_from_table(read)
    text, at = str(caught.value), 0
    for word in words:
        assert word in text[at:], f"{word!r} not (in this order) in: {text}"
        at = text.index(word, at)
    assert isinstance(caught.value, ScoringError) and isinstance(caught.value, ValueError)


TREE = build("""
code,parent,name,unit,direction,weight,low,high
b2,B,b2,,1,1,0,1
R,,R,,1,7,,
A,R,A,,1,1,,
B,R,B,,1,3,,
C,A,C,,1,1,,
c1,C,c1,,-1,2,0,1
c2,C,c2,,1,6,0,1
D,A,D,,1,1,,
d1,D,d1,,1,1,0,1
b1,B,b1,,1,4,0,1
""")


def codes(nodes) -> list[str]:
    return [n.code for n in nodes]


def test_shape():
    assert TREE.root.code == "R" and TREE.codes == ("b2", "R", "A", "B", "C", "c1", "c2", "D", "d1", "b1")
    assert codes(TREE.indicators) == ["b2", "c1", "c2", "d1", "b1"]
    assert codes(TREE.inner) == ["R", "A", "B", "C", "D"]
    assert codes(TREE.children("R")) == ["A", "B"] and codes(TREE.children("B")) == ["b2", "b1"]
    assert TREE.children("c1") == () and TREE.is_indicator("c1") and not TREE.is_indicator("C")
    assert codes(TREE.leaves("A")) == ["c1", "c2", "d1"] and codes(TREE.leaves("b1")) == ["b1"]
    assert codes(TREE.path("c1")) == ["R", "A", "C", "c1"] and codes(TREE.path("R")) == ["R"]
    assert [TREE.depth(c) for c in ("R", "A", "C", "c1")] == [0, 1, 2, 3]
    assert "c1" in TREE and "nowhere" not in TREE and TREE.node("c1").direction == -1


def test_dimensions_are_the_topmost_nodes_over_an_indicator():
    assert codes(TREE.dimensions) == ["C", "D", "B"]
    assert TREE.dimension_of("c1").code == "C" and TREE.dimension_of("B").code == "B"
    assert TREE.dimension_of("A") is None and TREE.dimension_of("R") is None


def test_dimensions_of_the_default_and_of_asem():
    pillars = "Physical ConEcFin Political Instit P2P Environ Social SusEcFin"
    assert codes(asem_framework().dimensions) == pillars.split()


def test_an_indicator_right_under_the_root_is_its_own_dimension():
    tree = build("code,parent,name,unit,direction,weight,low,high\nR,,R,,1,1,,\nA,R,A,,1,1,0,1\nB,R,B,,1,1,,\nC,B,C,,1,1,0,1")
    assert codes(tree.dimensions) == ["A", "B"] and tree.dimension_of("A").code == "A"


def test_effective_weights_written_out():
    shares = {c: TREE.effective_weight(c) for c in TREE.codes}
    upper = {"R": 1, "A": 1 / 4, "B": 3 / 4, "C": 1 / 8, "D": 1 / 8}
    assert shares == pytest.approx(upper | {"c1": 1 / 32, "c2": 3 / 32, "d1": 1 / 8, "b2": 3 / 20, "b1": 12 / 20})


def test_an_unknown_code_is_refused_by_name():
    for ask in (TREE.node, TREE.children, TREE.leaves, TREE.path, TREE.depth, TREE.dimension_of):
        with pytest.raises(FrameworkError, match=r"'nowhere'.*b2、R"):
            ask("nowhere")


@given(tree=trees())
def test_any_tree_holds_together(tree):
    assert codes(tree.leaves(tree.root.code)) and set(codes(tree.leaves(tree.root.code))) == set(codes(tree.indicators))
    covered = [leaf for d in tree.dimensions for leaf in codes(tree.leaves(d.code))]
    assert sorted(covered) == sorted(codes(tree.indicators))
    assert sum(tree.effective_weight(c) for c in codes(tree.indicators)) == pytest.approx(1)
    assert sum(tree.effective_weight(d.code) for d in tree.dimensions) == pytest.approx(1)
    seen = set()
    for node in tree.inner:
        assert node.parent == "" or node.parent in seen  # each before its children
        seen.add(node.code)
        assert codes(tree.children(node.code)) == [n.code for n in tree.nodes if n.parent == node.code]


@given(tree=trees(aggregations=("", *AGGREGATION_TEXTS), facets={"model": "甲"}, low=-0.1, high=1e-7, target=2.5, unit="‰"))
def test_table_round_trip(tree):
    read = framework_to_table(tree)
    assert all(isinstance(cell, str) for cell in read.to_numpy().ravel())
    assert framework_from_table(read) == tree
    assert framework_from_table(framework_to_table(pickle.loads(pickle.dumps(tree)))) == tree


def test_table_round_trip_of_every_column():
    given = rows(
        {"source": "ledger:task", "requirement": "讲政治", "normalisation": "banded", "bands": "1:0;2.5:60.25;1e3:100"}
        | {"transform": "log", "low": "0.5"},
        {"code": "B", "low": "", "high": "", "normalisation": "distance_to_reference", "reference": "某单位"}
        | {"weight": "0.1", "direction": "-1"},
        {"code": "C", "low": "-1.5", "normalisation": "distance_to_target", "target": "1e-300"},
        root=ROOT | {"aggregation": "generalised:-0.5"},
    )
    tree = framework_from_table(given)
    assert tree.node("A").bands == ((1, 0), (2.5, 60.25), (1000, 100)) and tree.node("A").facets == {"requirement": "讲政治"}
    assert tree.node("B").low is None and tree.node("B").reference == "某单位" and tree.node("B").weight == 0.1
    assert tree.node("C").target == 1e-300 and tree.root.aggregation == "generalised:-0.5"
    assert framework_from_table(framework_to_table(tree)) == tree


def test_what_may_be_left_out():
    short = GOOD | {"name": "", "weight": "", "direction": ""}
    tree = framework_from_table(pd.DataFrame([ROOT, short]).fillna(""))
    assert tree.node("A") == Node("A", "R", "A", "%", 1, 1.0, 0.0, 100.0)


def test_cells_that_a_spreadsheet_brings():
    """Spaces, a blank row, NaN for an empty cell, numbers that are numbers."""
    given = rows({}).astype(object)
    given.loc[2] = [" "] * len(given.columns)
    given.loc[1, ["code", "parent"]] = [" A ", "R "]
    given.loc[1, "weight"] = 2.0
    given.loc[1, "direction"] = -1
    given.loc[0, "low"] = np.nan
    given = given.rename(columns={"low": " low "})
    tree = framework_from_table(given)
    assert tree.node("A").weight == 2 and tree.node("A").direction == -1 and tree.codes == ("R", "A")


def test_the_table_that_is_given_is_left_alone():
    given = rows({})
    kept = given.copy()
    framework_from_table(given)
    pd.testing.assert_frame_equal(given, kept)


@pytest.mark.parametrize(
    "changed, words",
    [
        ([{"code": "A"}, {"code": "A"}], ("A", "重复", "换代码")),
        ([{"parent": "X"}], ("A", "'X'", "不存在", "parent")),
        ([{"parent": ""}], ("顶层节点", "R、A", "上级")),
        ([{"code": c, "parent": p} for c, p in zip("ABCDEF", "BCDEFA", strict=True)], ("A", "成环", "A → B → C → D → E → F → A")),
        ([{}, {"code": "B", "parent": "B"}], ("B", "成环", "B → B", "parent")),
        ([{"code": "A", "parent": "A"}], ("A", "成环", "parent")),
        ([{"weight": "0"}], ("A", "权重为 0", "正数", "删去")),
        ([{"weight": "-2.5"}], ("A", "权重为 -2.5", "正数")),
        ([{"weight": "heavy"}], ("A", "weight", "'heavy'", "数字")),
        ([{"weight": "nan"}], ("A", "weight", "'nan'", "数字")),
        ([{"weight": "inf"}], ("A", "weight", "'inf'", "数字")),
        ([{"code": ""}], ("'A'", "code")),
        ([{"code": "unit"}], ("unit", "保留字", "换一个")),
        ([{"code": "Rank"}], ("Rank", "保留字", "换一个")),
        ([{"code": "period"}], ("period", "保留字")),
        ([{"code": "sector"}], ("sector", "保留字")),
        ([{"code": "tier"}], ("tier", "保留字")),
        ([{"code": "a:b"}], ("a:b", "冒号")),
        ([{"code": "requirement", "requirement": "甲"}], ("requirement", "分面", "换一个")),
        ([{"direction": "2"}], ("A", "方向", "'2'", "1", "-1")),
        ([{"direction": "up"}], ("A", "方向", "'up'")),
        ([{"direction": "0"}], ("A", "方向", "'0'")),
        ([{"low": "2", "high": "2"}], ("A", "目标区间两端相等", "2", "两个不同的值")),
        ([{"low": "9", "high": "2"}], ("A", "low=9", "high=2", "对调")),
        ([{"low": ""}], ("A", "只填了一端", "low=None", "两端")),
        ([{"high": ""}], ("A", "只填了一端", "high=None", "两端")),
        ([{"low": "x"}], ("A", "low", "'x'", "数字")),
        ([{"high": "1,000"}], ("A", "high", "'1,000'")),
        ([{"low": "", "high": ""}], ("A", "goalposts", "low", "换一种方法")),
        ([{"normalisation": "minmax"}], ("A", "'minmax'", "min_max")),
        ([{"transform": "sqrt"}], ("A", "'sqrt'", "none、log")),
        ([{"aggregation": "geometric"}], ("A", "aggregation", "'geometric'", "留空")),
        ([{"transform": "log"}], ("A", "low=0", "大于 0", "transform")),
        ([{"transform": "log", "low": "-5"}], ("A", "low=-5", "大于 0")),
        ([{"transform": "log", "low": "1", "normalisation": "distance_to_target", "target": "-1"}], ("A", "target=-1", "大于 0")),
        ([{"transform": "log", "low": "1", "normalisation": "banded", "bands": "0:1;2:3"}], ("A", "bands", "大于 0")),
        ([{"normalisation": "banded"}], ("A", "banded", "bands", "换一种方法")),
        ([{"normalisation": "distance_to_target"}], ("A", "distance_to_target", "target")),
        ([{"normalisation": "distance_to_reference"}], ("A", "distance_to_reference", "reference")),
        ([{"normalisation": "banded", "bands": "60"}], ("A", "bands", "'60'", "60:40")),
        ([{"normalisation": "banded", "bands": "60:x"}], ("A", "bands", "'60:x'", "60:40")),
        ([{"normalisation": "banded", "bands": "60:inf"}], ("A", "bands", "'60:inf'")),
        ([{"normalisation": "banded", "bands": "nan:50"}], ("A", "bands", "'nan:50'")),
        ([{"normalisation": "banded", "bands": "80:70;60:40"}], ("A", "bands", "80:70;60:40", "由小到大")),
        ([{"normalisation": "banded", "bands": "60:40;60:70"}], ("A", "bands", "由小到大")),
        ([{"normalisation": "banded", "bands": "60:70;80:40"}], ("A", "bands", "[70.0, 40.0]", "方向 1", "递增")),
        ([{"normalisation": "banded", "bands": "60:40;80:70", "direction": "-1"}], ("A", "bands", "方向 -1", "递减")),
    ],
)
def test_bad_rows_are_refused_by_code_value_and_remedy(changed, words):
    refused(rows(*changed), *words)


@pytest.mark.parametrize("text, words", [("median", ("R", "'median'", "arithmetic")), ("generalised", ("R", "generalised:0.5"))])
def test_a_bad_aggregation_of_an_inner_node(text, words):
    refused(rows({}, root=ROOT | {"aggregation": text}), *words)


@pytest.mark.parametrize("column, text", [("normalisation", "minmax"), ("transform", "sqrt")])
def test_an_unknown_method_is_refused_on_an_inner_node_too(column, text):
    refused(rows({}, root=ROOT | {column: text}), "R", f"'{text}'")


def test_a_root_alone_is_no_framework():
    refused(rows(), "R", "没有指标", "添加")


def test_an_empty_table_is_no_framework():
    refused(table(HEAD), "parent 为空", "无")


@pytest.mark.parametrize("column", ["code", "parent", "name", "unit", "direction", "weight"])
def test_required_columns(column):
    refused(rows({}).drop(columns=column), "缺少列", column)


def test_unknown_columns():
    refused(rows({}).assign(colour="red"), "colour", "可用的列", "policy.toml")


def test_doubled_columns():
    given = rows({})
    refused(pd.concat([given, given[["low"]]], axis=1), "重复", "low", "删去")


def test_a_facet_is_no_column_of_another_use():
    table = pd.DataFrame([{"code": "R", "parent": "", "name": "R", "unit": "", "direction": "1", "weight": "1"}])
    with pytest.raises(FrameworkError, match=r"source：.*facets"):
        framework_from_table(table, ("model", "source"))


def test_facet_columns_are_the_policys():
    given = rows({}).assign(colour="red")
    assert framework_from_table(given, ("colour", "requirement")).groups("colour") == ("red",)
    with pytest.raises(FrameworkError, match="requirement"):
        framework_from_table(given, ("colour",))


@pytest.mark.parametrize("method", sorted(NORMALISATIONS))
def test_every_method_can_be_written_down(method):
    """With what it needs a row is accepted, and without, refused by the name of the column."""
    full = {"low": "1", "high": "9", "target": "5", "reference": "某单位", "bands": "1:10;5:50", "normalisation": method}
    assert framework_from_table(rows(full)).node("A").normalisation == method
    for column in NEEDS.get(method, ()):
        without = full | ({"low": "", "high": ""} if column in ("low", "high") else {column: ""})
        refused(rows(without), "A", method, "low" if column == "high" else column)


@pytest.mark.parametrize("name", DEFAULT_FACETS)
def test_the_default_facets_are_columns(name):
    assert build(f"code,parent,name,unit,direction,weight,low,high,{name}\nR,,R,,1,1,,,\nA,R,A,,1,1,0,1,x").facets == (name,)


@given(st.lists(st.text(max_size=8), min_size=1, max_size=6), st.sampled_from(HEAD.strip().split(",")))
def test_any_text_in_a_column_is_read_or_refused_by_a_named_error(texts, column):
    try:
        framework_from_table(rows(*({"code": f"A{k}", column: text} for k, text in enumerate(texts))))
    except FrameworkError as error:
        assert len(str(error)) > 5


def test_nodes_given_as_objects_are_checked_too():
    with pytest.raises(FrameworkError, match=r"A.*权重"):
        Framework((Node("R", "", "R"), Node("A", "R", "A", weight=float("nan"))))
    with pytest.raises(FrameworkError, match=r"A.*权重"):
        Framework((Node("R", "", "R"), Node("A", "R", "A", weight=float("inf"))))
