"""The page of the method: its example recomputes the release, its words follow the policy, its files score to the same bits."""

import io
import json
import re
import tomllib
import zipfile
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from charts.weight_tree import weight_tree
from scoring.aggregation import AGGREGATIONS
from scoring.case import Case
from scoring.framework import Framework, Node
from scoring.imputation import IMPUTATIONS
from scoring.normalisation import NORMALISATIONS
from scoring.policy import Policy
from scoring.policy_table import policy_from_dict
from scoring.tiers import TIER_RULES
from scoring.treatment import TREATMENTS
from scoring.values import values_from_long
from scoring.weighting import WEIGHTINGS
from tests.ui.support import ROOT
from tools.live import manage
from ui import method_tables, method_text, reproduction, worked_example

PAGE = "method"
FIVE_EMBEDDINGS = re.compile("嵌入|政治|防控|清廉|机关")
TABS = ("example", "weights", "indicators", "rules", "methods", "terms", "repeat")
BOUNDS = {
    "goalposts": dict(low=10.0, high=60.0), "banded": dict(bands=((20.0, 40.0), (40.0, 70.0), (55.0, 100.0))),
    "distance_to_target": dict(target=100.0), "distance_to_reference": dict(reference="99"), "ampi": dict(low=20.0, high=60.0),
}  # fmt: skip


def said(app: AppTest) -> str:
    """All that the page says, outside figures and tables."""
    kinds = ("info", "warning", "error", "caption", "markdown", "code")
    return "\n".join([*(e.value for kind in kinds for e in getattr(app, kind)), *(h.proto.body for h in app.get("html"))])


def lines(app: AppTest) -> list[list[str]]:
    """Texts of the page's rows: name, how, note, figure … as they stand in the HTML."""
    blocks = [h.proto.body.split("</style>")[-1] for h in app.get("html") if "zx-lines" in h.proto.body]
    rows = re.findall(r'<div><span class="name">.*?</span></div>', "".join(blocks))
    return [[text for text in re.split(r"<[^>]+>", row) if text] for row in rows]


def calculated(formula: str) -> float:
    """What a shown formula comes to, by the numbers that stand in it."""
    text = formula.split("；")[-1].replace("×", "*").replace("÷", "/").replace("−", "-").replace("^", "**")
    return eval(text, {"__builtins__": {}})


def tree(normalisation: str = "goalposts", aggregation: str = "", **more) -> Framework:
    bounds = BOUNDS.get(normalisation, {})
    leaves = [
        Node(code, code[0], f"指标{code}", "%", weight=w, direction=d, normalisation=normalisation, **{**bounds, **more})
        for code, w, d in (("A1", 2.0, 1), ("A2", 1.0, 1), ("B1", 1.0, 1), ("B2", 3.0, -1 if normalisation == "goalposts" else 1))
    ]
    inner = [Node("R", "", "总指数", aggregation=aggregation)]
    inner += [Node(code, "R", f"维度{code}", weight=w, aggregation=aggregation) for code, w in (("A", 3.0), ("B", 1.0))]
    return Framework((*inner, *leaves))


def city(framework: Framework, policy: Policy, rows=None, adjustments=()):
    """What the page needs of a View, scored by the engine. rows: unit → values of A1, A2, B1, B2, or a state's name."""
    rows = rows or {"u1": (50, 40, 30, 20), "u2": (60, 30, 45, 12), "u3": (15, 22, 25, 50), "u4": (33, 57, 59, 41)}
    codes = [n.code for n in framework.indicators]
    long = pd.DataFrame(
        [(u, c, v if isinstance(v, str) else "value", np.nan if isinstance(v, str) else float(v))
         for u, row in rows.items() for c, v in zip(codes, row, strict=True)],
        columns=["unit", "indicator", "state", "value"],
    )  # fmt: skip
    values = values_from_long(long, list(rows), codes)
    adjusted = pd.DataFrame(adjustments, columns=["unit", "kind", "points"]).astype({"points": float})
    case = Case({"2024": values}, "2024", framework, policy, adjusted)
    scores, assessment = case.scores, case.assessment
    nodes = assessment.nodes.pivot(index="unit", columns="node", values="score").loc[list(rows)]
    covered = assessment.nodes.pivot(index="unit", columns="node", values="coverage").loc[list(rows)]
    units = assessment.units.rename_axis("unit").assign(name=[f"单位{u}" for u in rows])
    cells = long.assign(batch=1, file="报表.xlsx", sheet="数据", cell="C3")
    view = SimpleNamespace(
        framework=scores.framework, policy=policy, words=policy.words, units=units, nodes=nodes, coverage=covered, cells=cells,
        adjustments=adjusted, period="2024", facets={}, node_name=lambda code: framework.node(code).name, case=case,
        marks=pd.DataFrame(columns=["unit", "indicator", "mark", "value"]), uncertainty=None, peers=None,
    )  # fmt: skip
    return view


@pytest.mark.parametrize("store", ["demo_store", "asem_store"])
def test_the_example_recomputes_every_score_of_the_release(store, request, latest):
    now = latest(request.getfixturevalue(store))
    scales, tree = worked_example.fitted(now), now.framework
    assert scales is not None
    for unit in now.units.index[::7]:
        for node in tree.indicators[::5]:
            steps = worked_example.example(now, unit, node.code, scales)
            released = [now.nodes.at[unit, n.code] for n in reversed(tree.path(node.code))] + [now.units.at[unit, "index"]]
            assert np.allclose([s.result for s in steps[1:-1]], released, rtol=0, atol=1e-9, equal_nan=True)
            for step in steps[1:-1]:
                if step.formula and not step.note.startswith("算得"):
                    assert calculated(step.formula) == pytest.approx(step.result, abs=2e-3)
            assert steps[-1].shown == now.units.at[unit, "tier"]


def test_the_page_shows_the_released_figures(open_page, demo_store, latest):
    now = latest(demo_store)
    unit, code = worked_example.default_pair(now)
    rows = lines(open_page(demo_store))
    path = list(reversed(now.framework.path(code)))
    expected = [f"{now.nodes.at[unit, n.code]:.1f}" for n in path] + [f"{now.units.at[unit, 'index']:.1f}"]
    figures = [[text for text in row if re.fullmatch(r"−?\d+\.\d", text)] for row in rows[1 : 2 + len(path)]]
    assert [found[0] for found in figures] == expected
    assert now.units.at[unit, "bonus"] + now.units.at[unit, "penalty"] > 0


def test_the_example_follows_the_link(open_page, demo_store, latest):
    now = latest(demo_store)
    unit, code = now.units.index[5], now.framework.indicators[-1].code
    app = open_page(demo_store, unit=unit, node=code)
    assert (app.selectbox(key="unit").value, app.selectbox(key="node").value) == (unit, code)
    assert now.node_name(code) in said(app) and f"{now.units.at[unit, 'index']:.1f}" in said(app)
    from_a_dimension = open_page(demo_store, unit=unit, node=now.framework.dimensions[0].code)
    assert len(lines(from_a_dimension)) == len(lines(app)) - 2


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_every_normalisation_can_be_followed_by_hand(normalisation):
    now = city(tree(normalisation), Policy())
    scales = worked_example.fitted(now)
    for unit in now.units.index:
        step = worked_example.example(now, unit, "A1", scales)[1]
        assert NORMALISATIONS[normalisation].title in step.title
        assert step.result == pytest.approx(now.nodes.at[unit, "A1"], abs=1e-12)
        if re.fullmatch(r"[\d\s.()×÷+−^]+", step.formula):
            assert calculated(step.formula) == pytest.approx(step.result, abs=1e-3)
        else:
            assert re.search("这一档|不足首档|个比它差", step.formula)


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "harmonic", "generalised:0.5", "generalised:-2", "mazziotta_pareto:+"])
def test_every_aggregation_can_be_followed_by_hand(aggregation):
    now = city(tree(aggregation=aggregation), Policy())
    steps = worked_example.example(now, "u4", "B2", worked_example.fitted(now))
    assert [s.result for s in steps[2:4]] == pytest.approx([now.nodes.at["u4", "B"], now.nodes.at["u4", "R"]], abs=1e-9)
    assert all(calculated(s.formula) == pytest.approx(s.result, abs=1e-2) for s in steps[2:4])
    assert AGGREGATIONS[aggregation.partition(":")[0]].title in steps[2].title
    assert {n for n in AGGREGATIONS if n != "copeland"} == {"arithmetic", "geometric", "harmonic", "generalised", "mazziotta_pareto"}


def test_a_comparison_of_units_shows_what_was_released():
    now = city(tree(aggregation="copeland"), Policy())
    steps = worked_example.example(now, "u4", "B2", worked_example.fitted(now))
    assert [(s.formula, s.result) for s in steps[2:4]] == [("", now.nodes.at["u4", "B"]), ("", now.nodes.at["u4", "R"])]
    assert "随参评名单而变" in spoken(now)


def test_a_logarithm_is_written_out():
    now = city(tree(transform="log"), Policy())
    step = worked_example.example(now, "u1", "A1", worked_example.fitted(now))[1]
    assert step.formula.startswith("ln 50 = 3.912；")
    assert calculated(step.formula) == pytest.approx(now.nodes.at["u1", "A1"], abs=1e-2)
    assert step.note == "10 → 0；60 → 100"


def test_gaps_clips_caps_and_vetoes_are_explained():
    rows = {"u1": (80, 40, 30, 20), "u2": ("missing", 30, "not_applicable", 12), "u3": (15, 22, "pending", "pending"), "u4": (33, 57, 59, 41)}
    given = [("u1", "bonus", 30), ("u1", "veto", 1), ("u4", "penalty", 2)]
    now = city(tree(), Policy(coverage=0.5, tier_cuts=(0.5, 0.8)), rows, given)
    scales = worked_example.fitted(now)

    def steps(unit, code):
        return worked_example.example(now, unit, code, scales)

    assert steps("u1", "A1")[1].note == "算得 140，超出区间，按端点 100 计" and steps("u1", "A1")[1].result == 100
    assert steps("u1", "A1")[-2].formula.endswith("+ 5 − 0")
    assert steps("u1", "A1")[-1].note == "一票否决：按规则为领跑型" and steps("u1", "A1")[-1].shown == "争先型"
    missing = steps("u2", "A1")
    assert (missing[0].note[:2], missing[1].note, missing[1].result) == ("缺报", "缺报按最差端点计分", 0)
    shared = steps("u2", "B1")
    assert shared[0].note[:3] == "不适用" and "指标B1 没有得分，权重由其余分担" in shared[2].note
    assert shared[2].result == now.nodes.at["u2", "B"]
    none = steps("u3", "B1")
    assert np.isnan(none[2].result) and "维度B" in none[2].title
    assert none[-2].result == pytest.approx(now.units.at["u3", "index"], abs=1e-9, nan_ok=True)


POLICIES = [
    ({"scores": {"range": [0, 10]}}, "指标得分 0–10。"),
    ({"scores": {"aggregation": "geometric"}}, "各级用几何平均"),
    ({"weights": {"method": "equal"}}, "各级：等权"),
    ({"weights": {"method": "critic"}}, "由本期数据求得"),
    ({"weights": {"method": "ahp"}, "pairwise": {"R": "A/B=3", "A": "A1/A2=2", "B": "B2/B1=1/4"}}, "一致性比率 0.000"),
    ({"missing": {"rule": "reweight"}}, "缺报：不计该指标，权重由同级其余指标分担"),
    ({"missing": {"rule": "none"}}, "缺报：不估计"),
    ({"missing": {"coverage": 0.8}}, "权重不足 80% 时"),
    ({"missing": {"coverage": 0}}, "不设覆盖率门槛"),
    ({"tiers": {"rule": "thresholds", "cuts": [61.5, 40]}}, "≥ 61.5"),
    ({"tiers": {"rule": "natural_breaks"}}, "自然断点"),
    ({"tiers": {"cuts": [0.125, 0.8]}}, "名次在前 12.5%"),
    ({"tiers": {"labels": ["甲等", "乙等", "丙等"]}}, "乙等"),
    ({"adjustments": {"bonus_cap": 3.5}}, "加分合计至多 3.5 分"),
    ({"adjustments": {"bonus_cap": 0}}, "不加分"),
    ({"adjustments": {"penalty_cap": 12}}, "减分合计至多 12 分"),
    ({"veto": {"ceiling": "追赶型"}}, "至高为追赶型"),
    ({"veto": {"ceiling": "领跑型"}}, "不改变梯队"),
    ({"balance": {"gap": 7}}, "均值 7 分以上"),
    ({"words": {"unit": "委办局"}}, "委办局"),
    ({"words": {"index": "质效指数"}}, "质效指数"),
    ({"words": {"dimension": "板块"}}, "各板块的加权几何平均"),
]


def spoken(now) -> str:
    """What the words and tables of the method say of a view."""
    scales = worked_example.fitted(now)
    cards = [t for stage in method_text.stages(now, scales) for t in stage]
    rules = [s for title, sentences in method_text.rules(now, scales) for s in (title, *sentences)]
    tiers = [t for line in method_tables.tier_lines(now, str) for t in line]
    return "\n".join([*cards, *rules, *tiers, *method_text.comparability(now)])


@pytest.mark.parametrize(("change", "expected"), POLICIES)
def test_a_changed_policy_changes_the_words(change, expected):
    assert expected in spoken(city(tree(), policy_from_dict(change)))
    assert expected not in spoken(city(tree(), policy_from_dict({})))


@pytest.mark.parametrize(
    ("pool", "expected"),
    [("period", "得分只在本期内可比"), ("all", "同一次发布的各期可比"), ("base:2024", "按基期 2024 的取值定界")],
)
def test_when_scores_compare_over_time(pool, expected):
    assert expected in spoken(city(tree("min_max"), Policy(pool=pool)))
    fixed = spoken(city(tree(), Policy(pool=pool)))
    assert expected not in fixed and "全部 4 项指标的界值写在指标体系中" in fixed


def test_scores_without_ends_are_not_said_to_lie_in_the_range():
    assert "指标得分 不设上下限" in spoken(city(tree("z_score"), Policy()))
    assert "指标得分 0–1。" in spoken(city(tree("percentile_rank"), Policy()))


def test_pooled_data_that_were_corrected_since_are_not_explained_by_other_bounds():
    now = city(tree("min_max"), Policy(pool="all"))
    assert worked_example.fitted(now) is not None
    mine = now.case.by_period["2024"]
    now.case = replace(now.case, by_period={"2023": replace(mine, matrix=mine.matrix * 3), "2024": mine})
    assert worked_example.fitted(now) is None
    step = worked_example.example(now, "u1", "A1", None)[1]
    assert "以发布时的得分为准" in step.note and step.result == now.nodes.at["u1", "A1"]
    assert "折算" not in method_tables.indicator_table(now, None)


def test_a_new_policy_published_is_on_the_page_and_the_old_release_keeps_its_words(open_page, demo_copy, tmp_path):
    text = (ROOT / "data" / "policy.toml").read_text(encoding="utf-8")
    policy = tmp_path / "policy.toml"
    policy.write_text(text.replace("cuts = [0.3, 0.8]", "cuts = [0.2, 0.5]").replace("bonus_cap = 5", "bonus_cap = 4"), encoding="utf-8")
    manage(demo_copy, "import", policy)
    manage(demo_copy, "publish", "--no-uncertainty")
    new, old = said(open_page(demo_copy, tab="rules")), said(open_page(demo_copy, tab="rules", period="2026Q2"))
    assert "名次在前 20%" in new and "加分合计至多 4 分" in new and "22 个单位" in new
    assert "名次在前 30%" in old and "加分合计至多 5 分" in old
    assert "另 11 期用别的版本" in said(open_page(demo_copy, tab="repeat"))


def test_tiers_show_their_cut_and_their_size(open_page, demo_store, latest):
    now = latest(demo_store)
    rows = {row[0].split(" ")[-1]: row for row in lines(open_page(demo_store, tab="rules"))}
    for label in now.labels:
        members = now.units.loc[now.units["tier_by_rule"] == label, "index"]
        assert f"{(now.units['tier'] == label).sum()} 个单位" in rows[label]
        assert any(f"{members.min():.1f}" in text and f"{members.max():.1f}" in text for text in rows[label])


def test_every_registered_method_is_listed_those_in_use_first(open_page, demo_store):
    app = open_page(demo_store, tab="methods")
    names = [row[0] for row in lines(app)]
    for registry in (IMPUTATIONS, TREATMENTS, NORMALISATIONS, WEIGHTINGS, AGGREGATIONS, TIER_RULES):
        assert {m.title for m in registry.values()} <= set(names)
        assert all(m.doc.split("<")[0] in said(app) for m in registry.values())
    at = names.index(NORMALISATIONS["goalposts"].title)
    assert lines(app)[at][-1] == "30 项指标" and lines(app)[at + 1][-1] == "可选"
    assert names[at - 1] == list(TREATMENTS.values())[-1].title  # the one in use stands before all others of its registry


def test_the_indicator_table_holds_the_framework_and_can_be_searched(open_page, demo_store, latest):
    now = latest(demo_store)
    app = open_page(demo_store, tab="indicators")
    table = app.dataframe[0].value
    assert list(table["代码"]) == [n.code for n in now.framework.indicators]
    for node, row in zip(now.framework.indicators, table.to_dict("records"), strict=True):
        assert (row["指标"], row["低端"], row["高端"], row["权重"]) == (node.name, node.low, node.high, node.weight)
        assert row["占指数"] == pytest.approx(100 * now.framework.effective_weight(node.code))
        assert row["方向"] == ("越高越好" if node.direction > 0 else "越低越好")
        cells = now.cells[now.cells["indicator"] == node.code]
        assert (row["有值"], row["缺报"]) == ((cells["state"] == "value").sum(), (cells["state"] == "missing").sum())
    assert table["占指数"].sum() == pytest.approx(100)
    app.text_input(key="q").set_value("越低越好 CTL5").run()
    assert list(app.dataframe[0].value["代码"]) == ["CTL5"]
    one = open_page(demo_store, tab="indicators", dimension="CUL")
    assert set(one.dataframe[0].value["所属"]) == {now.node_name("CUL")}


def test_weights_fill_the_figure_and_answer_clicks(demo_store, latest):
    nodes = method_tables.node_table(latest(demo_store))
    bars = weight_tree(nodes).data[0]
    assert [row[0] for row in bars.customdata] == list(nodes.index)
    for level, shares in nodes.groupby("level")["share"]:
        assert shares.sum() == pytest.approx(1), level
    tops = [(y - w / 2, y + w / 2) for code, y, w in zip(nodes.index, bars.y, bars.width, strict=True) if not nodes.at[code, "parent"]]
    assert tops[0][0] == pytest.approx(0) and tops[-1][1] == pytest.approx(1)
    assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(tops))


@pytest.mark.parametrize("tab", TABS)
def test_another_data_set_shows_in_its_own_words(tab, open_page, asem_store):
    app = open_page(asem_store, tab=tab)
    tables = [table.value.to_string() for table in app.dataframe]
    figures = [f.proto.spec for f in app.get("plotly_chart")]
    shown = "\n".join([said(app), *tables, *figures])
    assert not FIVE_EMBEDDINGS.search(shown)
    expected = {
        "example": "Sustainable Connectivity", "weights": "People to People", "indicators": "Logistics Performance Index",
        "rules": "各级用算术平均", "methods": "49 项指标", "terms": "每个支柱", "repeat": "得分只在本期内可比",
    }  # fmt: skip
    assert expected[tab] in shown


@pytest.mark.parametrize("store", ["demo_store", "asem_store"])
def test_the_files_that_it_hands_out_score_to_the_same_bits(store, request, latest, tmp_path):
    now = latest(request.getfixturevalue(store))
    packed = reproduction.bundle(now)
    assert packed == reproduction.bundle(now)
    zipfile.ZipFile(io.BytesIO(packed)).extractall(tmp_path)
    assert ("演示数据" in (tmp_path / "说明.txt").read_text(encoding="utf-8")) == now.demo
    words = reproduction.COMMAND.split()[2:]
    manage(tmp_path / "none.db", *(tmp_path / w if "." in w else w for w in words))
    scored = pd.read_csv(tmp_path / "scores.csv", keep_default_na=False, na_values=[""]).set_index("unit")
    codes = list(now.framework.codes)
    assert np.array_equal(scored.loc[now.units.index, codes].to_numpy(float), now.nodes[codes].to_numpy(float), equal_nan=True)


@pytest.mark.parametrize("change", [change for change, _ in POLICIES] + [{"facets": {"kind": "\"引号\"与\\"}}, {"bounds": {"pool": "base:2018"}}])
def test_a_policy_survives_its_own_text(change):
    policy = policy_from_dict(change)
    assert policy_from_dict(tomllib.loads(reproduction.policy_toml(policy))) == policy


def test_what_identifies_the_release_stands_on_the_page(open_page, demo_store, latest):
    now = latest(demo_store)
    text = said(open_page(demo_store, tab="repeat"))
    for fact in (f"第 {now.release} 号", now.row["data_digest"], now.row["digest"], f"{now.row['code_version']} 版", now.row["by"]):
        assert str(fact) in text
    assert reproduction.COMMAND in text and f"reopen {now.release}" in text


def test_names_are_shown_as_text():
    plain = tree()
    nasty = Framework(tuple(replace(n, name="<img src=x onerror=alert(1)>*_$") if n.code == "A1" else n for n in plain.nodes))
    app = AppTest.from_function(_example_of, args=(city(nasty, Policy()),))
    app.run()
    assert not app.exception
    assert "<img" not in said(app) and "&lt;img src=x" in said(app)
    assert "<img" not in json.dumps(weight_tree(method_tables.node_table(city(nasty, Policy()))).to_plotly_json(), default=str)


def _example_of(view):
    from ui import method_parts, worked_example

    method_parts.steps(worked_example.example(view, "u1", "A1", worked_example.fitted(view)))


@pytest.mark.parametrize(
    ("source", "shown"), [("report", "报送"), ("ledger:task", "台账：任务"), ("年鉴:第三章", "年鉴：第三章"), ("", "")]
)
def test_sources_are_shown_in_chinese(source, shown):
    assert method_tables.source_title(source) == shown


def test_ledgers_are_told_as_the_release_froze_them(open_page, demo_store, latest):
    view = latest(demo_store)
    found, named = view.derived, [n for n in view.framework.indicators if n.source.count(":") == 2]
    app = open_page(demo_store, tab="ledgers")
    shown = said(app)
    assert f"{len(named)} 项指标由" in shown and all(n.name in shown for n in named)
    first = named[0].code
    assert f"{(found['indicator'] == first).sum()} 格" in shown
    rules = said(open_page(demo_store, tab="rules"))
    assert f"本期推算了 {len(found)} 格，其中 {int(found['used'].sum())} 格按推算值计分" in rules


def test_a_framework_without_ledgers_says_so(open_page, asem_store):
    app = open_page(asem_store, tab="ledgers")
    assert "本指标体系没有" in said(app) and "可选" in said(app)
    assert "台账" not in said(open_page(asem_store, tab="rules"))
