"""How sure releases are: measured once, kept, read back to the last bit, and never in the way of what is served."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring import uncertainty
from scoring.errors import ScoringError
from scoring.uncertainty import Uncertainty
from store.connection import reader, write_tx
from store.errors import ReleaseError, StoreError
from store.releasing import robustness
from store.releasing.cases import release_case
from store.releasing.releases import publish
from store.releasing.robustness import measure_releases, release_uncertainty
from tests.store.support import FRAMEWORK, POLICY, bring, intake, make_store, rows

QUICK = POLICY + "[uncertainty]\nnumber = 40\nseed = 3\nbase = 8\n"
HEAD = ["unit", "period", "rank", "rank_median", "rank_p5", "rank_p95", "index_p5", "index_p95"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = make_store(tmp_path_factory.mktemp("store") / "quality.db", QUICK)
    publish(["2024Q4", "2025Q1"], "甲", path)
    return path


@pytest.fixture
def path(built, tmp_path):
    """A copy for one test."""
    return Path(shutil.copy(built, tmp_path / "quality.db"))


def kept(path, release: int) -> Uncertainty | None:
    with reader(path) as db:
        return release_uncertainty(db, release)


def assert_same(a: Uncertainty, b: Uncertainty):
    for part in ("units", "tiers", "sobol"):
        pd.testing.assert_frame_equal(getattr(a, part), getattr(b, part), check_exact=True, check_names=False, check_dtype=False)
    np.testing.assert_array_equal(a.ahead, b.ahead)
    assert (a.draws, a.seed) == (b.draws, b.seed)


def test_what_was_measured_comes_back_to_the_last_bit(path):
    """U3 has no score in the second period: it is there, without a rank."""
    assert kept(path, 2) is None
    measure_releases(None, "甲", path=path)
    for release in (1, 2):
        with reader(path) as db:
            fresh = uncertainty.measure(release_case(db, release), 40, 3)
        assert_same(kept(path, release), fresh)
    assert np.isnan(kept(path, 2).units.loc["U3"]).all() and np.isnan(kept(path, 2).ahead[2]).all()
    assert list(kept(path, 2).tiers.columns) == ["领跑型", "争先型", "追赶型"]


def test_the_table_has_a_row_a_unit_by_period_and_rank(path):
    table = measure_releases(None, "甲", path=path)
    assert list(table.columns) == [*HEAD, "p_leading", "p_contending", "p_catching_up"]
    assert table["period"].tolist() == ["2024Q4"] * 3 + ["2025Q1"] * 3
    assert table["rank"].dropna().tolist() == [1, 2, 3, 1, 2] and table["unit"].tolist()[-1] == "U3"
    scored = table[table["rank"].notna()]
    np.testing.assert_allclose(scored[["p_leading", "p_contending", "p_catching_up"]].sum(axis=1), 1, atol=1e-12)
    assert (scored["rank_p5"] <= scored["rank_median"]).all() and (scored["rank_median"] <= scored["rank_p95"]).all()
    assert measure_releases(["2025Q1"], "甲", path=path)["period"].unique().tolist() == ["2025Q1"]


def test_another_number_of_tiers_has_columns_by_place(path):
    bring(path, intake(policy_toml=QUICK + '[tiers]\nlabels = ["优", "差"]\ncuts = [0.5]\n'))
    publish(None, "甲", path)
    table = measure_releases(["2025Q1"], "甲", path=path)
    assert list(table.columns) == [*HEAD, "p_tier_1", "p_tier_2"]
    assert list(kept(path, 3).tiers.columns) == ["优", "差"]


def test_the_same_again_is_found_and_not_doubled(path, monkeypatch):
    first = measure_releases(["2025Q1"], "甲", path=path)
    monkeypatch.setattr(uncertainty, "measure", None)
    pd.testing.assert_frame_equal(measure_releases(["2025Q1"], "乙", path=path), first, check_exact=True)
    assert rows(path, "SELECT release, draws, seed, by FROM uncertainty") == [(2, 40, 3, "甲")]
    assert rows(path, "SELECT count(*) FROM audit WHERE verb = 'uncertainty'") == [(1,)]


def test_another_seed_or_version_is_measured_anew(path, monkeypatch):
    measure_releases(["2025Q1"], "甲", path=path)
    measure_releases(["2025Q1"], "甲", seed=0, path=path)
    monkeypatch.setattr(robustness, "__version__", "99")
    measure_releases(["2025Q1"], "甲", path=path)
    assert rows(path, "SELECT seed, code_version = '99' FROM uncertainty ORDER BY id") == [(3, 0), (0, 0), (3, 1)]


def test_of_several_measurements_the_most_thorough_counts_and_of_those_the_last(path):
    measure_releases(["2025Q1"], "甲", draws=50, path=path)
    measure_releases(["2025Q1"], "甲", draws=10, path=path)
    assert (kept(path, 2).draws, kept(path, 2).seed) == (50, 3)
    measure_releases(["2025Q1"], "甲", draws=50, seed=7, path=path)
    assert (kept(path, 2).draws, kept(path, 2).seed) == (50, 7)


def test_it_is_the_release_that_is_measured_and_not_what_came_in_since(path):
    before = measure_releases(["2025Q1"], "甲", draws=20, path=path)
    bring(path, intake(values=[("U1", "A1", "2025Q1", 0)]))
    again = measure_releases(["2025Q1"], "甲", draws=20, seed=3, path=path)
    pd.testing.assert_frame_equal(again, before, check_exact=True)
    publish(None, "甲", path)
    assert measure_releases(["2025Q1"], "甲", draws=20, path=path).set_index("unit").at["U1", "rank"] == 2
    assert kept(path, 3).draws == kept(path, 2).draws == 20


def test_a_stop_keeps_what_was_measured_before_it(path):
    """The progress callback fails once the second release has begun."""
    steps = []

    def stop(done, total, what):
        steps.append((done, total))
        if what.startswith("2025Q1"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_releases(None, "甲", path=path, progress=stop)
    assert rows(path, "SELECT release FROM uncertainty") == [(1,)] and kept(path, 2) is None
    assert steps == sorted(steps) and len({total for _, total in steps}) == 1


def test_progress_runs_to_the_end(path):
    steps = []
    measure_releases(None, "甲", path=path, progress=lambda *step: steps.append(step))
    assert [s[0] for s in steps] == sorted(s[0] for s in steps) and steps[-1][:2] == (steps[0][1], steps[0][1])
    assert {s[2].split()[0] for s in steps} == {"2024Q4", "2025Q1"}


def test_two_processes_that_measure_the_same_keep_it_once(path):
    """What the slower one measured meanwhile is not kept again."""
    with reader(path) as db:
        found = uncertainty.measure(release_case(db, 2), 20, 3)
    robustness._keep((2, 20, 3, "1"), found, "甲", path)
    robustness._keep((2, 20, 3, "1"), found, "乙", path)
    assert rows(path, "SELECT by FROM uncertainty") == [("甲",)]


def test_what_cannot_be_measured_is_named(path, tmp_path):
    with pytest.raises(ReleaseError, match=r"1999Q1 没有发布；已发布：2024Q4、2025Q1"):
        measure_releases(["1999Q1", "2025Q1"], "甲", path=path)
    with pytest.raises(ReleaseError, match="publish"):
        measure_releases(None, "甲", path=make_store(tmp_path / "unpublished.db"))
    with pytest.raises((StoreError, ScoringError), match="0"):
        measure_releases(None, "甲", draws=0, path=path)
    assert rows(path, "SELECT count(*) FROM uncertainty") == [(0,)]


def test_a_release_whose_scores_no_longer_come_out_is_not_measured(path):
    """Its bounds rest on both periods, and the other one was corrected and published alone."""
    free = FRAMEWORK.replace(",0,100,goalposts", ",,,min_max")
    bring(path, intake(framework_csv=free, policy_toml=QUICK + '[bounds]\npool = "all"\n'))
    publish(["2024Q4", "2025Q1"], "甲", path)
    assert set(measure_releases(None, "甲", path=path)["period"]) == {"2024Q4", "2025Q1"}
    bring(path, intake(values=[("U1", "A1", "2024Q4", 100)]))
    publish(["2024Q4"], "甲", path)
    with pytest.raises(ReleaseError, match=r"第 4 号发布（2025Q1）.*publish --all"):
        measure_releases(["2025Q1"], "甲", seed=9, path=path)
    publish(["2024Q4", "2025Q1"], "甲", path)
    assert len(measure_releases(None, "甲", seed=9, path=path)) == 6


@pytest.mark.parametrize("table", ["uncertainty", "uncertainty_unit", "uncertainty_tier", "uncertainty_sobol"])
def test_measurements_refuse_change(path, table):
    measure_releases(None, "甲", path=path)
    assert rows(path, f"SELECT count(*) > 0 FROM {table}") == [(1,)]
    column = "draws" if table == "uncertainty" else "uncertainty"
    for sql in (f"UPDATE {table} SET {column} = 1", f"DELETE FROM {table}"):
        with pytest.raises(StoreError, match="append-only"), write_tx(path) as db:
            db.execute(sql)
