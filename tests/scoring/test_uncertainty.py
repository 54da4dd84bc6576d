"""What is said of the draws: ranks, tiers, pairs, and what matters most."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import uncertainty
from scoring.errors import ScoringError
from scoring.policy import Draws, Policy
from scoring.uncertainty import measure, verdict
from scoring.uncertainty.ensemble import ASSUMPTIONS
from tests.scoring.cases import case, indices
from tests.scoring.trees import OPEN, asem_framework, asem_values, block, blocks, flat, policies, read_asem, trees

FOUR = {"best": [95, 90, 99], "u": [60, 30, 90], "v": [50, 70, 60], "last": [5, 10, 1]}
EVERYTHING = {
    "weights": 0.25,
    "normalisation": ("min_max",),
    "aggregation": ("geometric",),
    "missing": ("low", "reweight", "none"),
    "leave_one_out": True,
    "measurement_error": True,
    "base": 16,
}


def four(policy: Policy = OPEN, adjustments=(), **draws):
    framework = flat(1, 1, 1)
    return case(framework, block(framework, FOUR), policy, adjustments, **({"leave_one_out": True, "base": 32} | draws))


def test_the_four_outcomes_of_leaving_an_indicator_out():
    """u and v: 60 and 60 with all; 60 and 65 without A; 75 and 55 without B; 45 and 60 without C, each in a quarter of the draws."""
    found = measure(four(), 8000)
    assert found.units["rank"].tolist() == [1, 2, 2, 4]
    # u is 2nd in three quarters (once tied), 3rd in two of four: without A and without C; v is 3rd without B only
    assert found.units[["rank_p5", "rank_median", "rank_p95"]].to_numpy()[[0, 3]].tolist() == [[1, 1, 1], [4, 4, 4]]
    assert found.units.loc["u", ["rank_p5", "rank_p95"]].tolist() == [2, 3]
    assert found.units.loc["v", ["rank_p5", "rank_median", "rank_p95"]].tolist() == [2, 2, 3]
    assert found.units.loc["u", ["index_p5", "index_p95"]].tolist() == [45, 75]
    assert found.units.loc["v", ["index_p5", "index_p95"]].tolist() == [55, 65]


def test_the_share_of_draws_in_which_one_is_ahead_counts_ties_half():
    ahead = measure(four(), 8000).ahead
    assert ahead[0, 1:].tolist() == [1, 1, 1] and ahead[3, :3].tolist() == [0, 0, 0]
    assert ahead[1, 2] == pytest.approx((0.5 + 0 + 1 + 0) / 4, abs=0.02)
    np.testing.assert_array_equal(ahead + ahead.T, np.ones((4, 4)))


def test_the_share_of_draws_in_each_tier():
    """Of four units the cut at 0.3 lets one into the best tier, that at 0.8 three and those that tie with them."""
    tiers = measure(four(), 8000).tiers
    assert list(tiers.columns) == list(Policy().tier_labels)
    assert tiers.to_numpy()[[0, 3]].tolist() == [[1, 0, 0], [0, 0, 1]]
    assert tiers.loc["u"].tolist() == [0, 1, 0]
    by_line = measure(four(replace(OPEN, tier_rule="thresholds", tier_cuts=(70.0, 58.0))), 8000).tiers
    assert by_line.loc["u"].tolist() == pytest.approx([0.25, 0.5, 0.25], abs=0.02)  # 75; 60, 60; 45
    assert by_line.loc["v"].tolist() == pytest.approx([0, 0.75, 0.25], abs=0.02)  # 60, 65, 60; 55


def test_a_veto_holds_in_every_draw():
    found = measure(four(adjustments=[("best", "veto", 0)]), 500)
    assert found.tiers.loc["best"].tolist() == [0, 1, 0] and found.units.at["best", "rank"] == 1
    lowest = measure(four(adjustments=[("last", "veto", 0)]), 500)
    assert lowest.tiers.loc["last"].tolist() == [0, 0, 1]  # a ceiling lifts nobody


def test_units_without_a_score_are_in_nothing():
    framework = flat(1, 1)
    values = block(framework, {"u": [60, 30], "gone": ["n/a", "n/a"], "v": [50, 70]})
    found = measure(case(framework, values, weights=0.25, base=16), 300)
    assert found.units.loc["gone"].isna().all() and found.tiers.loc["gone"].isna().all()
    assert np.isnan(found.ahead[1]).all() and np.isnan(found.ahead[:, 1]).all()
    assert found.units.loc[["u", "v"], "rank_p95"].max() == 2 and found.units.notna().all(axis=1).tolist() == [True, False, True]


def test_a_draw_without_a_score_does_not_count_for_the_unit():
    """Under the rule `none` the gap leaves u without a score: it is behind v where it has one, and v is first where it has none."""
    framework = flat(1, 1)
    values = block(framework, {"u": [90, "missing"], "v": [50, 70]})
    found = measure(case(framework, values, Policy(missing_rule="low", coverage=0.0), missing=("none",), base=16), 400)
    assert found.units.loc["u", ["rank_p5", "rank_p95", "index_p5", "index_p95"]].tolist() == [2, 2, 45, 45]
    assert found.ahead.tolist() == [[0.5, 0], [1, 0.5]] and found.tiers.sum(axis=1).tolist() == [1, 1]


def test_nothing_varies():
    found = measure(four(leave_one_out=False), 50)
    assert (found.units["rank_p5"] == found.units["rank"]).all() and (found.units["rank_p95"] == found.units["rank"]).all()
    assert found.sobol.empty and set(np.unique(found.tiers)) == {0, 1}
    assert found.ahead[1, 2] == 0.5


def test_nobody_has_a_score():
    framework = flat(1, 1)
    found = measure(case(framework, block(framework, {"u": ["n/a", "n/a"]}), weights=0.25), 50)
    assert found.units.isna().all(axis=None) and found.sobol.empty and np.isnan(found.ahead).all()


@given(data=st.data())
def test_any_case_can_be_measured(data):
    framework, policy = data.draw(trees(error=3.0)), data.draw(policies)
    made = case(framework, data.draw(blocks(framework, units=5)), policy, **EVERYTHING)
    found = measure(made, 40)
    units, scored = found.units, made.assessment.units["index"].notna()
    assert (units.notna().all(axis=1) == scored).all()
    assert (units["rank_p5"] <= units["rank_median"])[scored].all() and (units["rank_median"] <= units["rank_p95"])[scored].all()
    assert (units["index_p5"] <= units["index_p95"])[scored].all()
    np.testing.assert_allclose(found.tiers[scored].sum(axis=1), 1)
    both = found.ahead[np.ix_(scored, scored)]
    np.testing.assert_allclose(both + both.T, 1)


def test_quantiles_are_drawn_values():
    framework = asem_framework()
    made = case(framework, asem_values(framework), weights=0.25)
    draws = indices(made, 777, seed=5)
    found = measure(made, 777, seed=5).units
    for name, share in (("index_p5", 0.05), ("index_p95", 0.95)):
        np.testing.assert_allclose(found[name], np.quantile(draws, share, axis=0, method="inverted_cdf"), rtol=0, atol=1e-9)


def equal(a: uncertainty.Uncertainty, b: uncertainty.Uncertainty) -> bool:
    frames = all(getattr(a, name).equals(getattr(b, name)) for name in ("units", "tiers", "sobol"))
    return frames and np.array_equal(a.ahead, b.ahead, equal_nan=True)


def test_the_same_seed_gives_the_same_bytes():
    framework = asem_framework()
    values = asem_values(framework)

    def once(seed):
        return measure(case(framework, values, Policy(missing_rule="low", coverage=0.0), **EVERYTHING), 1500, seed)

    assert equal(once(3), once(3)) and not equal(once(3), once(4))


def test_number_and_seed_are_the_policys_where_none_are_given():
    found = measure(four(number=70, seed=9))
    assert (found.draws, found.seed) == (70, 9) and equal(found, measure(four(), 70, 9))
    assert (measure(four(), 30, 0).draws, measure(four(), 30, 0).seed) == (30, 0)


@pytest.mark.parametrize("draws, seed", [(0, 1), (-5, 1), (10, -1)])
def test_a_number_or_seed_that_cannot_be_is_refused(draws, seed):
    with pytest.raises(ScoringError, match=f"{draws}.*{seed}"):
        measure(four(), draws, seed)


def test_progress_rises_to_the_end(monkeypatch):
    monkeypatch.setattr(uncertainty, "_CHUNK", 400)
    told = []
    measure(four(), 950, progress=lambda done, total, what: told.append((done, total, what)))
    done, totals, what = zip(*told, strict=True)
    assert list(done) == sorted(done) and done[-1] == totals[0] and len(set(totals)) == 1 and len(done) > 8
    assert list(dict.fromkeys(what)) == ["抽样", "敏感性", "完成"]


def test_pairs_of_very_many_units_are_not_counted(monkeypatch):
    monkeypatch.setattr(uncertainty, "MOST_PAIRED", 3)
    assert measure(four(), 50).ahead.shape == (0, 0)


@pytest.mark.parametrize(
    "ahead, certainty, said",
    [(0.9, 0.9, 1), (0.899, 0.9, 0), (0.5, 0.9, 0), (0.1, 0.9, -1), (0.101, 0.9, 0), (0, 1, -1), (0.999, 1, 0), (np.nan, 0.9, 0)],
)
def test_the_verdict_on_two_units(ahead, certainty, said):
    assert verdict(ahead, certainty) == said


def test_what_matters_is_named_in_order_and_the_rest_left_out():
    framework = flat(1, 2, 3, 4)
    rows = {f"u{k}": row for k, row in enumerate(np.random.default_rng(1).uniform(5, 95, (25, 4)).tolist())}
    found = measure(case(framework, block(framework, rows), weights=0.25, leave_one_out=True, base=256), 10).sobol
    assert list(found.index) == ["weights", "leave_one_out"] and set(found.index) < set(ASSUMPTIONS)
    assert (found["first_low"] <= found["first"]).all() and (found["total"] <= found["total_high"]).all()
    # leaving out one indicator of four reorders far more than a quarter more or less of a weight
    assert found.at["leave_one_out", "first"] > 0.6 > found.at["weights", "total"]


def test_one_assumption_explains_all_of_its_own():
    found = measure(case(asem_framework(), asem_values(asem_framework()), weights=0.25, base=256), 10).sobol
    assert found.loc["weights", ["first", "total"]].tolist() == pytest.approx([1, 1], abs=0.15)


def test_the_published_ranks_lie_in_their_intervals():
    """COINr's own choices with weights ±25 %: its ranks are the base case's, and nearly all of them lie within 5 and 95 %."""
    framework = asem_framework()
    units = measure(case(framework, asem_values(framework), weights=0.25, base=16), 2000).units
    published = read_asem("expected_minmax_arithmetic.csv")["rank"].astype(float)
    assert units["rank"].equals(published.reindex(units.index))
    inside = (units["rank_p5"] <= units["rank"]) & (units["rank"] <= units["rank_p95"])
    assert inside.mean() > 0.9 and (units["rank_p95"] - units["rank_p5"]).median() >= 1


def test_all_assumptions_have_a_chinese_title():
    fields = {"weights", "normalisation", "aggregation", "missing", "leave_one_out", "measurement_error"}
    assert set(ASSUMPTIONS) == fields <= set(Draws.__dataclass_fields__)
    assert all("一" <= title[0] <= "龥" for title in ASSUMPTIONS.values())


def test_what_is_drawn_may_lie_in_files_and_is_put_in_order_in_blocks(tmp_path, monkeypatch):
    """Rooms of files, and blocks of two units, give the bytes that memory and one block give."""
    rooms = []

    def room(shape, kind):
        rooms.append(np.memmap(tmp_path / str(len(rooms)), kind, "w+", shape=shape))
        return rooms[-1]

    whole = measure(four(), 500)
    monkeypatch.setattr(uncertainty, "_BLOCK", 1000)
    parts = measure(four(), 500, room=room)
    assert [r.shape for r in rooms] == [(500, 4), (500, 4)] and sum(r.itemsize for r in rooms) == 12
    for name in ("units", "tiers", "sobol"):
        assert getattr(parts, name).equals(getattr(whole, name)), name
    assert parts.ahead.tobytes() == whole.ahead.tobytes()


def test_errors_of_too_many_units_are_refused_by_name(monkeypatch):
    framework = flat(1, 1, 1)
    erring = type(framework)(tuple(replace(n, error=1.0) if n.parent else n for n in framework.nodes))
    monkeypatch.setattr("scoring.uncertainty.ensemble._MOST_ERRORS", 64 * 4 * 3 - 1)
    with pytest.raises(ScoringError, match=r"4 个单位、3 项.*measurement_error = false"):
        measure(case(erring, block(erring, FOUR), OPEN, measurement_error=True), 10)
