"""Ranks and tiers (domain page, rule 6), and what every registered tier rule promises."""

import re
from itertools import permutations

import jenkspy
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import rankdata

from scoring.breaks import fisher_jenks
from scoring.index import fit
from scoring.policy import Policy
from scoring.ranking import rank, settled
from scoring.tiers import TIER_RULES, assign, gate
from tests.scoring.trees import OPEN, block, flat

CHINESE = re.compile(r"[\u4e00-\u9fff]")
CUTS = {"share": (0.3, 0.8), "thresholds": (85.0, 70.0)}
every = pytest.mark.parametrize("rule", sorted(TIER_RULES))
NAN = float("nan")


def policy(rule: str, **more) -> Policy:
    return Policy(tier_rule=rule, **({"tier_cuts": CUTS.get(rule, (0.3, 0.8))} | more))


def tiers(index, rule="share", **more) -> list[str]:
    return assign(pd.Series(index, dtype=float), policy(rule, **more)).tolist()


def counts(index, rule="share", **more) -> list[int]:
    found = tiers(index, rule, **more)
    return [found.count(label) for label in policy(rule, **more).tier_labels]


@pytest.mark.parametrize(
    "scores, ranks",
    [
        ([70, 90, 80], [3, 1, 2]),
        ([90, 90, 80, 80, 70], [1, 1, 3, 3, 5]),
        ([50, 50, 50], [1, 1, 1]),
        ([NAN, 10, NAN, 20], [NAN, 2, NAN, 1]),
        ([NAN, NAN], [NAN, NAN]),
        ([], []),
        ([-1, 0, 1], [3, 2, 1]),
    ],
)
def test_ranks(scores, ranks):
    np.testing.assert_array_equal(rank(np.array(scores, float)), np.array(ranks, float))


def test_ranks_along_an_axis():
    found = rank(np.array([[10, NAN, 5], [20, 3, 5], [20, 4, NAN]]), axis=0)
    np.testing.assert_array_equal(found, [[3, NAN, 1], [1, 2, 1], [1, 1, NAN]])


@given(st.lists(st.integers(0, 8).map(float), min_size=1, max_size=12))
def test_a_rank_is_one_more_than_the_number_of_better_units(scores):
    found = rank(np.array(scores))
    assert found.tolist() == [1 + sum(other > s for other in scores) for s in scores]


def test_units_whose_scores_differ_only_in_the_last_bits_tie():
    """The same five scores in another order give sums that differ in binary; nobody may lose a rank to that."""
    framework = flat(1, 1, 1, 1, 1)
    orders = permutations((81.4, 33.2, 32.6, 68.5, 34.9))
    values = block(framework, {f"u{k}": list(cells) for k, cells in enumerate(orders)})
    index = fit(values, framework, OPEN).score(values).frame()["INDEX"]
    assert index.nunique() > 1  # otherwise this tests nothing
    assert rank(index.to_numpy()).tolist() == [1] * 120
    assert tiers(index) == ["领跑型"] * 120
    assert tiers(index, "natural_breaks") == ["领跑型"] * 120


def test_a_real_difference_is_no_tie():
    assert rank(np.array([70.000001, 70.0])).tolist() == [1, 2]


@pytest.mark.parametrize(
    "n, expected",
    [(10, [3, 5, 2]), (20, [6, 10, 4]), (110, [33, 55, 22]), (7, [2, 3, 2]), (11, [3, 5, 3]), (1000, [300, 500, 200])],
)
def test_share_of_thirty_fifty_twenty(n, expected):
    scores = np.random.default_rng(n).permutation(n).astype(float)
    assert counts(scores) == expected


@pytest.mark.parametrize("n", range(4, 120))
def test_share_never_gives_more_than_its_share_without_ties(n):
    lead, contend, _ = counts(np.arange(n))
    assert lead == 3 * n // 10 and lead + contend == 8 * n // 10


@pytest.mark.parametrize("share, n, expected", [(0.29, 100, 29), (0.57, 100, 57), (0.58, 50, 29), (0.07, 100, 7)])
def test_a_share_that_is_whole_on_paper_is_whole(share, n, expected):
    """0.29 × 100 is 28.999999999999996 in binary."""
    found = counts(np.arange(n), tier_labels=("A", "B"), tier_cuts=(share,), veto_ceiling="B")
    assert found == [expected, n - expected]


def test_ties_go_to_the_better_tier():
    """Rank 3 of 10 is within 30 %; the third and fourth share it. Rank 8 is within 80 %, and three share it."""
    scores = [99, 98, 90, 90, 80, 79, 78, 60, 60, 60]
    assert tiers(scores) == ["领跑型"] * 4 + ["争先型"] * 6
    scores = [99, 98, 97, 90, 80, 79, 78, 77, 60, 60]
    assert counts(scores) == [3, 5, 2]


def test_a_tie_that_starts_below_the_cut_stays_below():
    scores = [99, 98, 97, 90, 90, 90, 50, 40, 30, 20]
    assert counts(scores) == [3, 5, 2]


def test_all_equal_units_are_all_in_the_best_tier():
    assert tiers([60] * 5) == ["领跑型"] * 5


def test_units_without_a_score_do_not_count_in_the_share():
    scores = [*np.arange(10.0), NAN, NAN, NAN]
    assert counts(scores) == [3, 5, 2] and tiers(scores)[-3:] == ["", "", ""]


def test_other_shares_and_labels():
    more = {"tier_labels": ("A", "B", "C", "D"), "tier_cuts": (0.1, 0.5, 0.9), "veto_ceiling": "B"}
    assert counts(np.arange(20), **more) == [2, 8, 8, 2]
    assert counts(np.arange(20), tier_labels=("A", "B"), tier_cuts=(0.25,), veto_ceiling="B") == [5, 15]


def test_thresholds_are_reached_by_equality():
    scores = [100, 85, 84.999, 70, 69.999, 0, NAN]
    assert tiers(scores, "thresholds") == ["领跑型", "领跑型", "争先型", "争先型", "追赶型", "追赶型", ""]


def test_a_threshold_is_not_missed_by_the_last_bit():
    """Six children at 85 with uneven weights give 84.99999999999999 in binary."""
    missed, rng = [], np.random.default_rng(0)
    for _ in range(50):
        framework = flat(*(rng.integers(1, 100, 6) / 10))
        values = block(framework, {"u": [85] * 6})
        missed.append(fit(values, framework, OPEN).score(values).frame()["INDEX"])
    index = pd.concat(missed, ignore_index=True)
    assert (index < 85).any()  # otherwise this tests nothing
    assert tiers(index, "thresholds") == ["领跑型"] * 50


@pytest.mark.parametrize(
    "scores, expected",
    [
        ([70, 70, 70], ["领跑型"] * 3),
        ([70, 80, 70], ["争先型", "领跑型", "争先型"]),
        ([70, 80, 90], ["追赶型", "争先型", "领跑型"]),
        ([NAN, 80, 90], ["", "争先型", "领跑型"]),
        ([NAN, NAN], ["", ""]),
    ],
)
def test_natural_breaks_with_few_distinct_scores(scores, expected):
    assert tiers(scores, "natural_breaks") == expected


@every
def test_it_is_documented(rule):
    entry = TIER_RULES[rule]
    assert entry.name == rule and CHINESE.search(entry.title) and CHINESE.search(entry.doc) and entry.doc.endswith("。")
    assert len(entry.formula) > 20 and not CHINESE.search(entry.formula)


scores_lists = st.lists(st.integers(0, 100).map(float) | st.floats(0, 100) | st.just(NAN), min_size=1, max_size=25)


@every
@given(scores=scores_lists)
def test_a_better_score_is_never_in_a_worse_tier(rule, scores):
    found = tiers(scores, rule)
    labels = policy(rule).tier_labels
    assert all((label == "") == np.isnan(s) for label, s in zip(found, scores, strict=True))
    places = [labels.index(label) for label in found if label]
    present = [s for s in scores if not np.isnan(s)]
    ordered = [p for _, p in sorted(zip(present, places, strict=True), key=lambda pair: -pair[0])]
    assert ordered == sorted(ordered)


@every
@given(scores=scores_lists)
def test_equal_scores_share_a_tier(rule, scores):
    found = tiers([*scores, *scores], rule)
    assert found[: len(scores)] == found[len(scores) :]


@every
@given(scores=scores_lists, data=st.data())
def test_the_order_of_units_does_not_matter(rule, scores, data):
    order = data.draw(st.permutations(range(len(scores))))
    assert tiers([scores[i] for i in order], rule) == [tiers(scores, rule)[i] for i in order]


@every
def test_nobody_gives_nothing(rule):
    assert tiers([], rule) == [] and tiers([NAN], rule) == [""]


@every
def test_labels_stay_with_their_units(rule):
    index = pd.Series({"c": 10.0, "a": 90.0, "b": NAN})
    found = assign(index, policy(rule))
    assert found.index.tolist() == ["c", "a", "b"] and found["b"] == ""


def test_the_gate_of_a_tier_is_its_lowest_score_or_its_threshold():
    index = pd.Series({"a": 95.0, "b": 88.0, "c": 72.0, "d": 60.0})
    by_share = policy("share", tier_cuts=(0.5, 0.75))
    assert gate(index, assign(index, by_share), "领跑型", by_share) == (88.0, "b")
    assert gate(index, assign(index, by_share), "争先型", by_share) == (72.0, "c")
    by_line = policy("thresholds")
    assert gate(index, assign(index, by_line), "领跑型", by_line) == (85.0, "b")
    assert gate(index[["c", "d"]], assign(index[["c", "d"]], by_line), "领跑型", by_line) == (85.0, "")
    assert gate(index, assign(index, by_line), "追赶型", by_line) == (60.0, "d")


def test_the_gate_of_an_empty_tier_is_nowhere():
    index = pd.Series({"a": 95.0})
    score, unit = gate(index, pd.Series({"a": "领跑型"}), "争先型", policy("share"))
    assert np.isnan(score) and unit == ""


many_rows = hnp.arrays(
    float, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=6),
    elements=st.integers(0, 8).map(float) | st.floats(-50, 150) | st.just(NAN),
)  # fmt: skip


@given(scores=many_rows, data=st.data())
def test_ranks_are_those_of_scipy_along_any_axis(scores, data):
    axis = data.draw(st.integers(-scores.ndim, scores.ndim - 1))
    found = rank(scores, axis)
    assert found.shape == scores.shape
    if scores.size:
        np.testing.assert_array_equal(found, rankdata(-settled(scores), method="min", axis=axis, nan_policy="omit"))


@every
@given(scores=many_rows)
def test_each_row_of_many_has_its_own_tiers(rule, scores):
    places = TIER_RULES[rule](scores, policy(rule))
    assert places.shape == scores.shape and ((places == -1) == np.isnan(scores)).all()
    rows = scores.reshape(-1, scores.shape[-1]) if scores.size else []
    for row, found in zip(rows, places.reshape(-1, scores.shape[-1]) if scores.size else [], strict=True):
        if rule == "natural_breaks":  # of several best ways, rows and jenkspy may take different ones
            assert within(row, found) == pytest.approx(within(row, TIER_RULES[rule](row, policy(rule))), abs=1e-6)
        else:
            np.testing.assert_array_equal(found, TIER_RULES[rule](row, policy(rule)))


def within(scores: np.ndarray, places: np.ndarray) -> float:
    """Sum of squares within classes, what natural breaks make least."""
    return sum(((scores[places == k] - scores[places == k].mean()) ** 2).sum() for k in set(places[places >= 0]))


@pytest.mark.parametrize("n, classes", [(4, 3), (7, 2), (51, 3), (110, 3), (110, 6), (700, 4)])
def test_natural_breaks_of_rows_are_those_of_jenkspy(n, classes):
    rows = np.random.default_rng(n).normal(60, 12, (20, n))
    for row, found in zip(rows, fisher_jenks(rows, classes), strict=True):
        breaks = jenkspy.jenks_breaks(row, n_classes=classes)[1:-1]
        np.testing.assert_array_equal(found, [sum(score <= b for b in breaks) for score in row])


def test_natural_breaks_of_rows_by_hand():
    """1, 1, 2 | 9, 10 | 30 leaves 2/3 + 1/2 within; the other rows have gaps, or no more different scores than classes."""
    rows = np.array([[30, 1, 9, 2, 10, 1], [5, NAN, 5, 7, NAN, 9], [3, 3, 3, 3, 3, 3], [NAN] * 6, [8, 6, 6, 8, NAN, 8]])
    assert fisher_jenks(rows, 3).tolist() == [
        [0, 2, 1, 2, 1, 2], [2, -1, 2, 1, -1, 0], [0] * 6, [-1] * 6, [0, 1, 1, 0, -1, 0],
    ]  # fmt: skip
