"""The policy as data: defaults, every key, and every refusal with key, value and remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import PolicyError, ScoringError
from scoring.policy import MISSING_RULES, Policy
from scoring.policy_table import policy_from_dict
from scoring.tiers import TIER_RULES


def test_the_defaults_are_the_domain_page():
    policy = policy_from_dict({})
    assert policy == Policy()
    assert policy.range == (0, 100) and policy.pool == "period" and policy.aggregation == "arithmetic"
    assert policy.missing_rule == "low" and policy.coverage == pytest.approx(2 / 3, abs=1e-4)
    assert policy.tier_rule == "share" and policy.tier_cuts == (0.3, 0.8)
    assert policy.tier_labels == ("领跑型", "争先型", "追赶型") and policy.veto_ceiling == "争先型"
    assert (policy.bonus_cap, policy.penalty_cap) == (5, 10)
    assert policy.words["unit"] == "单位" and policy.words["index"] == "指数"


def test_every_key_of_the_file():
    policy = policy_from_dict(
        {
            "scores": {"range": [1, 7], "aggregation": "geometric"},
            "bounds": {"pool": "base:2018"},
            "missing": {"rule": "none", "coverage": 0},
            "tiers": {"rule": "thresholds", "labels": ["A", "B"], "cuts": [5]},
            "adjustments": {"bonus_cap": 1, "penalty_cap": 2.5},
            "veto": {"ceiling": "A"},
            "balance": {"gap": 3},
            "words": {"unit": "国家"},
            "facets": {"colour": "颜色"},
        }
    )
    assert policy.range == (1.0, 7.0) and policy.aggregation == "geometric" and policy.pool == "base:2018"
    assert policy.missing_rule == "none" and policy.coverage == 0
    assert policy.tier_rule == "thresholds" and policy.tier_labels == ("A", "B") and policy.tier_cuts == (5.0,)
    assert (policy.bonus_cap, policy.penalty_cap, policy.balance_gap) == (1, 2.5, 3) and policy.veto_ceiling == "A"
    assert policy.words["unit"] == "国家" and policy.words["sector"] == "片组" and policy.facets == {"colour": "颜色"}


def test_other_labels_bring_their_own_ceiling():
    assert policy_from_dict({"tiers": {"labels": ["优", "良", "差"]}}).veto_ceiling == "良"


@pytest.mark.parametrize("pool", ["period", "all", "base:2018", "base:2024Q4"])
def test_pools(pool):
    assert policy_from_dict({"bounds": {"pool": pool}}).pool == pool


@pytest.mark.parametrize("rule", MISSING_RULES)
def test_missing_rules(rule):
    assert policy_from_dict({"missing": {"rule": rule}}).missing_rule == rule


BAD = [
    ({"score": {}}, ("score", "scores、bounds")),
    ({"scores": 3}, ("scores", "3", "[scores]")),
    ({"scores": {"span": [0, 1]}}, ("scores", "'span'", "range")),
    ({"scores": {"range": [100, 0]}}, ("scores.range", "(100.0, 0.0)", "前小后大")),
    ({"scores": {"range": [5, 5]}}, ("scores.range", "前小后大")),
    ({"scores": {"range": 100}}, ("scores.range", "100", "方括号")),
    ({"scores": {"range": [0, "x"]}}, ("scores.range", "'x'", "数")),
    ({"scores": {"range": [0, 50, 100]}}, ("scores.range", "50.0", "两个数")),
    ({"scores": {"range": [0]}}, ("scores.range", "(0.0,)", "两个数")),
    ({"scores": {"range": []}}, ("scores.range", "()", "两个数")),
    ({"scores": {"range": [0, float("inf")]}}, ("scores.range", "inf", "数")),
    ({"scores": {"range": [float("nan"), 1]}}, ("scores.range", "nan", "数")),
    ({"scores": {"range": [False, True]}}, ("scores.range", "False", "数")),
    ({"scores": {"aggregation": "median"}}, ("scores.aggregation", "'median'", "arithmetic")),
    ({"scores": {"aggregation": "generalised:0"}}, ("scores.aggregation", "generalised:0", "geometric")),
    ({"scores": {"aggregation": 3}}, ("scores.aggregation", "3", "文字")),
    ({"bounds": {"pool": "year"}}, ("bounds.pool", "'year'", "base:")),
    ({"bounds": {"pool": "base:"}}, ("bounds.pool", "'base:'", "base:考核期")),
    ({"bounds": {"pools": "all"}}, ("bounds", "'pools'", "pool")),
    ({"missing": {"rule": "zero"}}, ("missing.rule", "'zero'", "low、reweight、none")),
    ({"missing": {"coverage": 1.2}}, ("missing.coverage", "1.2", "0 到 1")),
    ({"missing": {"coverage": -0.1}}, ("missing.coverage", "-0.1", "0 到 1")),
    ({"missing": {"coverage": "2/3"}}, ("missing.coverage", "'2/3'", "数")),
    ({"missing": {"coverage": True}}, ("missing.coverage", "True", "数")),
    ({"tiers": {"rule": "jenks"}}, ("tiers.rule", "'jenks'", "natural_breaks")),
    ({"tiers": {"labels": ["A"]}}, ("tiers.labels", "('A',)", "两个")),
    ({"tiers": {"labels": []}}, ("tiers.labels", "()", "两个")),
    ({"tiers": {"labels": ["A", "A", "B"]}}, ("tiers.labels", "互不相同")),
    ({"tiers": {"labels": ["A", "", "B"]}}, ("tiers.labels", "名称")),
    ({"tiers": {"labels": "A,B"}}, ("tiers.labels", "'A,B'", "方括号")),
    ({"tiers": {"labels": [1, 2, 3]}}, ("tiers.labels", "1", "文字")),
    ({"tiers": {"labels": ["A", "B"]}}, ("tiers.cuts", "[0.3, 0.8]", "2 个梯队", "比梯队少一个")),
    ({"tiers": {"cuts": [0.3]}}, ("tiers.cuts", "[0.3]", "比梯队少一个")),
    ({"tiers": {"cuts": [0.8, 0.3]}}, ("tiers.cuts", "[0.8, 0.3]", "由小到大")),
    ({"tiers": {"cuts": [0.3, 0.3]}}, ("tiers.cuts", "由小到大")),
    ({"tiers": {"cuts": [0, 0.5]}}, ("tiers.cuts", "[0.3, 0.8]")),
    ({"tiers": {"cuts": [0.5, 1]}}, ("tiers.cuts", "[0.3, 0.8]")),
    ({"tiers": {"cuts": [30, 80]}}, ("tiers.cuts", "[30.0, 80.0]", "[0.3, 0.8]")),
    ({"tiers": {"cuts": ["a", "b"]}}, ("tiers.cuts", "'a'", "数")),
    ({"tiers": {"cuts": 0.3}}, ("tiers.cuts", "0.3", "方括号")),
    ({"tiers": {"rule": "thresholds"}}, ("tiers.cuts", "[0.3, 0.8]", "thresholds", "[85, 70]")),
    ({"tiers": {"rule": "thresholds", "cuts": [70, 85]}}, ("tiers.cuts", "[70.0, 85.0]", "由高到低")),
    ({"tiers": {"rule": "thresholds", "cuts": [85]}}, ("tiers.cuts", "[85.0]", "少一个")),
    ({"adjustments": {"bonus_cap": -1}}, ("adjustments.bonus_cap", "-1", "不小于 0")),
    ({"adjustments": {"penalty_cap": -1}}, ("penalty_cap", "-1", "不小于 0")),
    ({"adjustments": {"cap": 1}}, ("adjustments", "'cap'", "bonus_cap")),
    ({"veto": {"ceiling": "金牌"}}, ("veto.ceiling", "'金牌'", "领跑型、争先型、追赶型")),
    ({"balance": {"gap": -1}}, ("balance.gap", "-1", "不小于 0")),
    ({"uncertainty": {"draw": 3}}, ("uncertainty", "'draw'", "number")),
    ({"uncertainty": {"number": 0}}, ("uncertainty.number", "0", "不小于 1")),
    ({"uncertainty": {"number": 0.5}}, ("uncertainty.number", "0.5", "整数")),
    ({"uncertainty": {"seed": -1}}, ("uncertainty.seed", "-1", "不小于 0")),
    ({"uncertainty": {"weights": 1}}, ("uncertainty.weights", "1.0", "小于 1")),
    ({"uncertainty": {"weights": -0.25}}, ("uncertainty.weights", "-0.25", "0 到 1")),
    ({"uncertainty": {"normalisation": ["minmax"]}}, ("uncertainty.normalisation", "'minmax'", "min_max")),
    ({"uncertainty": {"normalisation": "min_max"}}, ("uncertainty.normalisation", "'min_max'", "方括号")),
    ({"uncertainty": {"aggregation": ["median"]}}, ("uncertainty.aggregation", "'median'", "arithmetic")),
    ({"uncertainty": {"aggregation": ["generalised:0"]}}, ("uncertainty.aggregation", "generalised:0", "geometric")),
    ({"uncertainty": {"aggregation": ["copeland"]}}, ("uncertainty.aggregation", "'copeland'", "geometric", "scores.aggregation")),
    ({"uncertainty": {"missing": ["zero"]}}, ("uncertainty.missing", "'zero'", "reweight", "group_mean")),
    ({"uncertainty": {"leave_one_out": 1}}, ("uncertainty.leave_one_out", "1", "true")),
    ({"uncertainty": {"certainty": 0.5}}, ("uncertainty.certainty", "0.5", "大于 0.5")),
    ({"uncertainty": {"certainty": 1.01}}, ("uncertainty.certainty", "1.01", "不大于 1")),
    ({"uncertainty": {"base": 100}}, ("uncertainty.base", "100", "2 的整数次幂")),
    ({"uncertainty": {"base": 1}}, ("uncertainty.base", "1", "256")),
    ({"guidance": {"diagnosis": "colour"}}, ("guidance.diagnosis", "'colour'", "dilemma")),
    ({"guidance": {"paths": "path"}, "facets": {"model": "五个模范"}}, ("guidance.paths", "'path'", "model")),
    ({"guidance": {"path": "path"}}, ("guidance", "'path'", "paths")),
    ({"words": {"colour": "颜色"}}, ("words", "'colour'", "unit")),
    ({"words": {"unit": ""}}, ("words.unit", "''", "文字")),
    ({"words": {"unit": 3}}, ("words.unit", "3", "文字")),
    ({"facets": {"model": 4}}, ("facets.model", "4", "文字")),
    ({"facets": ["model"]}, ("facets", "['model']", "[facets]")),
]


@pytest.mark.parametrize("given, words", BAD, ids=[str(b[0])[:50] for b in BAD])
def test_refused_by_key_value_and_remedy(given, words):
    with pytest.raises(PolicyError) as caught:
        policy_from_dict(given)
    text, at = str(caught.value), 0
    for word in words:
        assert word in text[at:], f"{word!r} not (in this order) in: {text}"
        at = text.index(word, at)
    assert isinstance(caught.value, ScoringError)


@pytest.mark.parametrize("rule", sorted(TIER_RULES))
def test_every_tier_rule_can_be_written_down(rule):
    cuts = {"share": [0.3, 0.8], "thresholds": [85, 70]}.get(rule)
    assert policy_from_dict({"tiers": {"rule": rule} | ({"cuts": cuts} if cuts else {})}).tier_rule == rule


def test_every_key_of_the_uncertainty_section():
    section = {
        "number": 500, "seed": 0, "weights": 0, "normalisation": [], "aggregation": ["harmonic", "mazziotta_pareto"],
        "missing": ["none", "carry"], "leave_one_out": False, "measurement_error": False, "certainty": 1, "base": 64,
    }  # fmt: skip
    draws = policy_from_dict({"uncertainty": section}).draws
    assert {name: list(v) if isinstance(v, tuple) else v for name, v in vars(draws).items()} == section


toml_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
KEYS = {
    "scores": ("range", "aggregation"),
    "bounds": ("pool",),
    "missing": ("rule", "coverage"),
    "tiers": ("rule", "labels", "cuts"),
    "adjustments": ("bonus_cap", "penalty_cap"),
    "veto": ("ceiling",),
    "balance": ("gap",),
    "guidance": ("diagnosis", "paths"),
    "words": ("unit",),
    "facets": ("x",),
}


@given(section=st.sampled_from(sorted(KEYS)), value=toml_values, data=st.data())
def test_any_value_makes_a_policy_or_a_policy_error(section, value, data):
    key = data.draw(st.sampled_from(KEYS[section]))
    for written in ({section: value}, {section: {key: value}}):
        try:
            assert isinstance(policy_from_dict(written), Policy)
        except PolicyError as error:
            assert section in str(error) or key in str(error)
