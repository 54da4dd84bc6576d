"""Means: against scipy, against written arithmetic, and what every registered aggregation promises."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gmean, hmean, pmean

from scoring.aggregation import AGGREGATIONS, generator, mean, parse_aggregation
from scoring.errors import FrameworkError, ScoringError
from scoring.framework import Framework
from scoring.index import fit
from scoring.policy import Policy
from tests.scoring.trees import AGGREGATION_TEXTS, MEAN_TEXTS, OPEN, block, blocks, build, flat, same_bits, trees

CHINESE = re.compile(r"[\u4e00-\u9fff]")
every = pytest.mark.parametrize("text", AGGREGATION_TEXTS)
every_mean = pytest.mark.parametrize("text", MEAN_TEXTS)
every_alone = pytest.mark.parametrize("text", [t for t in AGGREGATION_TEXTS if t != "copeland"])  # needs no other units
positive = st.floats(1e-3, 100)
share = st.floats(0.05, 50)
pairs = st.lists(st.tuples(positive, share), min_size=1, max_size=6)


def average(scores, weights, text) -> float:
    return float(mean([np.array([float(s)]) for s in scores], [float(w) for w in weights], generator(text))[0])


@given(pairs=pairs)
def test_against_scipy(pairs):
    s, w = np.array(pairs).T
    expected = {
        "arithmetic": np.average(s, weights=w),
        "geometric": gmean(s, weights=w),
        "harmonic": hmean(s, weights=w),
        "generalised:2": pmean(s, 2, weights=w),
        "generalised:0.5": pmean(s, 0.5, weights=w),
        "generalised:-3": pmean(s, -3, weights=w),
    }
    for text, value in expected.items():
        assert average(s, w, text) == pytest.approx(value, rel=1e-12), text


@pytest.mark.parametrize(
    "text, expected",
    [
        ("arithmetic", (40 * 1 + 90 * 3) / 4),
        ("geometric", (40 * 90**3) ** (1 / 4)),
        ("harmonic", 4 / (1 / 40 + 3 / 90)),
        ("generalised:2", ((40**2 + 3 * 90**2) / 4) ** 0.5),
    ],
)
def test_written_arithmetic(text, expected):
    assert average((40, 90), (1, 3), text) == pytest.approx(expected, rel=1e-14)


def test_special_exponents_are_the_named_means():
    s, w = (20, 55, 90), (1, 2, 3)
    assert average(s, w, "generalised:1") == pytest.approx(average(s, w, "arithmetic"), rel=1e-13)
    assert average(s, w, "generalised:-1") == pytest.approx(average(s, w, "harmonic"), rel=1e-13)


@pytest.mark.parametrize(
    "text, expected",
    [("arithmetic", 50), ("geometric", 0), ("harmonic", 0), ("generalised:-2", 0), ("generalised:2", 5000**0.5)],
)
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_a_zero_child(text, expected, zero):
    with np.errstate(all="raise"):
        assert average((zero, 100), (1, 1), text) == pytest.approx(expected)


@every
@pytest.mark.parametrize("children", [(0.0, 0.0), (0.0, -0.0), (-0.0, 0.0)])
def test_all_zero_children(text, children):
    assert average(children, (1, 2), text) == 0


@every
def test_it_is_documented(text):
    entry = AGGREGATIONS[text.partition(":")[0]]
    assert CHINESE.search(entry.title) and CHINESE.search(entry.doc) and entry.doc.endswith("。")
    assert "Source:" in entry.formula and not CHINESE.search(entry.formula)


@every_mean
@given(pairs=pairs)
def test_between_the_least_and_the_greatest_child(text, pairs):
    s, w = np.array(pairs).T
    slack = 1e-12 * s.max()
    assert s.min() - slack <= average(s, w, text) <= s.max() + slack


@every_mean
@given(pairs=pairs, more=st.floats(1e-3, 50), data=st.data())
def test_rises_with_every_child(text, pairs, more, data):
    s, w = np.array(pairs).T
    raised = s.copy()
    raised[data.draw(st.integers(0, len(s) - 1))] += more
    assert average(raised, w, text) >= average(s, w, text) * (1 - 1e-12)


@every
@given(pairs=pairs, data=st.data())
def test_children_may_stand_in_any_order(text, pairs, data):
    turned = data.draw(st.permutations(pairs))
    assert average(*zip(*turned, strict=True), text) == pytest.approx(average(*zip(*pairs, strict=True), text), rel=1e-12)


@every_alone
@given(s=positive, w=st.lists(share, min_size=1, max_size=6))
def test_equal_children_give_their_score(text, s, w):
    assert average([s] * len(w), w, text) == pytest.approx(s, rel=1e-12)


@every
@given(pairs=pairs, factor=st.floats(0.1, 10))
def test_only_shares_of_weight_count(text, pairs, factor):
    s, w = np.array(pairs).T
    assert average(s, w * factor, text) == pytest.approx(average(s, w, text), rel=1e-12)


@every_alone
@given(pairs=pairs, factor=st.floats(0.1, 10))
def test_homogeneous(text, pairs, factor):
    s, w = np.array(pairs).T
    assert average(s * factor, w, text) == pytest.approx(factor * average(s, w, text), rel=1e-11)


@every_alone
@given(pairs=pairs, gaps=st.lists(st.booleans(), min_size=6, max_size=6))
def test_a_gap_leaves_its_weight_to_the_rest(text, pairs, gaps):
    s, w = np.array(pairs).T
    kept = [not g for g in gaps[: len(s)]]
    found = average(np.where(kept, s, np.nan), w, text)
    if any(kept):
        assert found == pytest.approx(average(s[kept], w[kept], text), rel=1e-13)
    else:
        assert np.isnan(found)


@every
def test_the_scores_of_children_are_left_alone(text):
    children = [np.array([10.0, np.nan, 30.0]), np.array([np.nan, 0.0, 5.0])]
    kept = [c.copy() for c in children]
    mean(children, [1.0, 2.0], generator(text))
    assert all(same_bits(a, b) for a, b in zip(children, kept, strict=True))


@every
def test_many_variants_at_once_equal_one_by_one(text):
    rng = np.random.default_rng(1)
    children = [rng.uniform(1, 100, 7) for _ in range(3)]
    children[1][2] = np.nan
    weights = rng.uniform(0.1, 3, (5, 3))
    together = mean(children, [weights[:, k, None] for k in range(3)], generator(text))
    apart = [mean(children, list(row), generator(text)) for row in weights]
    assert same_bits(together, np.array(apart))


@pytest.mark.parametrize("text", [t for t in AGGREGATION_TEXTS if generator(t).positive])
def test_negative_scores_are_refused_by_name(text):
    framework = flat(1, 1, aggregation=text, normalisation="z_score", low=None, high=None)
    values = block(framework, {"u": [1, 5], "v": [2, 9], "w": [3, 4]})
    with pytest.raises(ScoringError, match=r"INDEX.*负数 -1.*(arithmetic|mpi)"):
        fit(values, framework, OPEN).score(values)


def test_a_node_may_override_the_policy():
    framework = flat(1, 1, aggregation="geometric")
    values = block(framework, {"u": [20, 80]})
    policy = Policy(aggregation="harmonic", missing_rule="reweight", coverage=0.0)
    assert fit(values, framework, policy).score(values).frame().loc["u", "INDEX"] == pytest.approx(40)
    assert fit(values, flat(1, 1), policy).score(values).frame().loc["u", "INDEX"] == pytest.approx(32)


# --- Mazziotta–Pareto


def test_the_penalty_written_out():
    """M = (1 × 90 + 3 × 110) / 4 = 105; S² = (15² + 3 × 5²) / 4 = 75; 105 ∓ 75 / 105."""
    assert average((90, 110), (1, 3), "mazziotta_pareto") == pytest.approx(105 - 75 / 105, rel=1e-14)
    assert average((90, 110), (1, 3), "mazziotta_pareto:-") == pytest.approx(105 - 75 / 105, rel=1e-14)
    assert average((90, 110), (1, 3), "mazziotta_pareto:+") == pytest.approx(105 + 75 / 105, rel=1e-14)


def test_mpi_of_a_table_written_out():
    """Mazziotta & Pareto (2013): z = 100 ± 10 (x − M) / S, then M_z − S_z² / M_z.

    A = 2, 4, 6: mean 4, S = √(8/3); B = 9, 7, 5 (falling is better): mean 7, the same S. With k = 10 × 2 / √(8/3) = 12.2474:
    u has A = 100 − k, B = 100 − k, v has 100 and 100, w has 100 + k twice; x, with A = 2 and B = 5, has 100 − k and 100 + k.
    """
    framework = build("""
    code,parent,name,unit,direction,weight,normalisation,aggregation
    INDEX,,总,,1,1,,mazziotta_pareto
    A,INDEX,A,,1,1,mpi,
    B,INDEX,B,,-1,1,mpi,
    """)
    population = block(framework, {"u": [2, 9], "v": [4, 7], "w": [6, 5]})
    fitted = fit(population, framework, OPEN)
    k = 20 / (8 / 3) ** 0.5
    assert fitted.score(population).frame()["INDEX"].tolist() == pytest.approx([100 - k, 100, 100 + k])
    mixed = fitted.score(block(framework, {"x": [2, 5]})).frame()
    assert mixed.loc["x"].tolist() == pytest.approx([100 - k**2 / 100, 100 - k, 100 + k])


def test_ampi_stays_comparable_over_time():
    """Mazziotta & Pareto (2016): 70 + 60 (x − low) / (high − low), outside the goalposts too; a later period moves nobody."""
    framework = build("""
    code,parent,name,unit,direction,weight,low,high,normalisation,aggregation
    INDEX,,总,,1,1,,,,mazziotta_pareto
    A,INDEX,A,,1,1,0,60,ampi,
    B,INDEX,B,,-1,1,10,40,ampi,
    """)
    early = block(framework, {"u": [30, 25], "v": [66, 40]})
    late = block(framework, {"u": [45, 25], "v": [90, 4]})
    first = fit(early, framework, OPEN).score(early).frame()
    assert first.loc["u"].tolist() == [100, 100, 100]  # half-way between the goalposts is the reference
    assert first.loc["v", ["A", "B"]].tolist() == [136, 70]
    assert first.loc["v", "INDEX"] == pytest.approx(103 - 33**2 / 103)
    together = fit(late, framework, OPEN).score(early).frame()
    assert together.equals(first)
    assert fit(late, framework, OPEN).score(late).frame().loc["u", "INDEX"] == pytest.approx(107.5 - 7.5**2 / 107.5)


def test_a_penalty_may_carry_a_score_below_its_worst_child_and_is_not_hidden():
    """0, 0, 90: M = 30, S² = 1800, 30 − 60 = −30; nothing pulls it back to 0."""
    framework = flat(1, 1, 1, aggregation="mazziotta_pareto")
    assert fit(values := block(framework, {"u": [0, 0, 90]}), framework, OPEN).score(values).frame().loc["u", "INDEX"] == pytest.approx(-30)


def test_a_penalty_that_takes_all_leaves_nothing_and_not_a_hair_below_it():
    """Of 0 and x: M = x/2, S² = x²/4, x/2 − x/2 = 0, which a geometric mean above takes; in doubles it may be −4e-15."""
    scores = [np.zeros(99), np.linspace(1, 99, 99) * 0.7]
    assert (mean(scores, [1, 1], generator("mazziotta_pareto")) == 0).all()
    assert (mean(scores, [0.5, 0.5], generator("mazziotta_pareto")) == 0).all()


# --- Copeland


def wins(framework, rows, weights=None) -> dict:
    values = block(framework, rows)
    found = fit(values, framework, OPEN).score(values, weights).values
    return dict(zip(rows, found[..., 0].T.tolist(), strict=True))


def test_copeland_written_out():
    """COINr's own example (tests of a_copeland): columns 1 2 3 4, 3 2 1 5, 2 3 1 4, equal weights.

    u4 beats all; u2 beats u3 by 2 : 1 (column 2 and 3) and u1 by 2 : 1; u1 beats u3 by 2 : 1.
    """
    rows = {"u1": [1, 3, 2], "u2": [2, 2, 3], "u3": [3, 1, 1], "u4": [4, 5, 4]}
    assert wins(flat(1, 1, 1, aggregation="copeland"), rows) == {"u1": -1, "u2": 1, "u3": -3, "u4": 3}
    assert wins(flat(1, 1, aggregation="copeland"), {"u": [1, 2], "v": [2, 1]}) == {"u": 0, "v": 0}


def test_copelands_majority_is_of_weight_and_ties_are_half():
    """u beats v on A (0.5) and loses B (0.3); C is tied. w ties u in weight: 0.1 + 0.2 against 0.3 is a draw, in any order."""
    assert wins(flat(5, 3, 2, aggregation="copeland"), {"u": [9, 1, 5], "v": [8, 2, 5]}) == {"u": 1, "v": -1}
    assert wins(flat(0.1, 0.2, 0.3, aggregation="copeland"), {"u": [2, 2, 1], "v": [1, 1, 2]}) == {"u": 0, "v": 0}


def test_copeland_counts_beyond_the_range_of_scores():
    rows = {f"u{k}": [k / 2, k / 3] for k in range(201)}
    found = wins(flat(1, 1, aggregation="copeland"), rows)
    assert (found["u0"], found["u200"], found["u100"]) == (-200, 200, 0)


def test_copeland_blocks_are_compared_with_the_population():
    """A unit that was not in the population meets all of it; a block scored alone has the bits of the whole."""
    rng = np.random.default_rng(4)
    framework = flat(1, 2, 3, 1, aggregation="copeland")
    rows = {f"u{k}": [c if rng.random() > 0.1 else "n/a" for c in row] for k, row in enumerate(rng.integers(0, 9, (60, 4)).tolist())}
    values = block(framework, rows)
    fitted = fit(values, framework, OPEN)
    whole = fitted.score(values).values
    for part in (slice(0, 1), slice(7, 33), [59, 3]):
        assert same_bits(fitted.score(values.take(part)).values, whole[part])
    best = fitted.score(block(framework, {"new": [9, 9, 9, 9]})).values[0, 0]
    assert best == 60 - sum(row == [8, 8, 8, 8] for row in rows.values())


@given(data=st.data())
def test_copeland_agrees_with_a_plain_duel_of_every_pair(data):
    framework = flat(*data.draw(st.lists(share, min_size=1, max_size=4)), aggregation="copeland")
    values = data.draw(blocks(framework, units=6))
    found = fit(values, framework, OPEN).score(values).values[:, 0]
    score = fit(values, framework, OPEN).score(values).values[:, 1:]
    w = np.array([n.weight for n in framework.indicators])
    for k, mine in enumerate(score):
        if np.isnan(mine).all():
            assert np.isnan(found[k])
            continue
        duels = [np.sum(w * (np.nan_to_num(np.sign(mine - other)))) / w.sum() for other in score]
        assert found[k] == sum(int(np.sign(round(d, 9))) for d in duels)
    scored = ~np.isnan(found)
    assert found[scored].sum() == 0  # every win is somebody's loss


@given(data=st.data())
def test_copeland_under_variants_of_weights_compares_with_the_population_under_them(data):
    """Children that are nodes themselves move with the weights, of the rivals as well as of the unit."""
    framework = data.draw(trees(aggregations=("copeland", "arithmetic")))
    values = data.draw(blocks(framework, units=5))
    weights = np.random.default_rng(data.draw(st.integers(0, 99))).uniform(0.1, 9, (3, len(framework.nodes)))
    found = fit(values, framework, OPEN).score(values, weights).values
    for row, scores in zip(weights, found, strict=True):
        other = Framework(tuple(replace(n, weight=float(w)) for n, w in zip(framework.nodes, row, strict=True)))
        assert same_bits(scores, fit(values, other, OPEN).score(values).values)


def test_a_mean_above_a_comparison_is_not_held_in_the_range():
    framework = build("""
    code,parent,name,unit,direction,weight,low,high,aggregation
    INDEX,,总,,1,1,,,arithmetic
    P,INDEX,P,,1,1,,,copeland
    A,P,A,,1,1,0,100,
    B,P,B,,1,1,0,100,
    """)
    values = block(framework, {"u": [1, 1], "v": [2, 2], "w": [3, 3]})
    assert fit(values, framework, OPEN).score(values).frame()["INDEX"].tolist() == [-2, 0, 2]


def test_a_unit_that_has_no_score_is_nobodys_rival():
    """v covers only a quarter of the weight: u and w meet each other alone."""
    framework = flat(1, 3, aggregation="copeland")
    values = block(framework, {"u": [5, 5], "v": [1, "missing"], "w": [6, 6]})
    found = fit(values, framework, Policy(missing_rule="reweight", coverage=0.5)).score(values).frame()["INDEX"]
    assert found["u"] == -1 and found["w"] == 1 and np.isnan(found["v"])


@pytest.mark.parametrize("text, name", [("geometric_mean", "geometric"), (" harmonic ", "harmonic"), ("", "arithmetic")])
def test_spellings(text, name):
    assert parse_aggregation(text) == (name, 1.0)


def test_exponents_are_read():
    assert parse_aggregation("generalised:0.5") == ("generalised", 0.5)
    assert parse_aggregation("generalised_mean:-2") == ("generalised", -2.0)


@pytest.mark.parametrize(
    "text, words",
    [
        ("median", r"'median'.*arithmetic、geometric"),
        ("mazziotta_pareto:2", r"mazziotta_pareto:2.*减去惩罚.*加上惩罚"),
        ("copeland:1", r"copeland 没有参数"),
        ("geometric:2", r"geometric 没有参数.*留空"),
        ("generalised", r"不为 0 的幂.*generalised:0\.5"),
        ("generalised:0", r"不为 0 的幂.*geometric"),
        ("generalised:x", r"不为 0 的幂"),
        ("generalised:nan", r"不为 0 的幂"),
        ("generalised:inf", r"不为 0 的幂"),
        ("generalised:400", r"generalised:400.*generalised:0\.5"),  # 100 to the 400 is beyond doubles
        ("generalised:-400", r"generalised:-400"),
        ("generalised:1e-9", r"generalised:1e-9.*geometric"),  # 50 to the 1e-9 is 1 in doubles: all scores look the same
    ],
)
def test_what_cannot_be_computed_is_refused_by_name(text, words):
    with pytest.raises(FrameworkError, match=rf"^NODE：.*{words}"):
        parse_aggregation(text, "NODE")
