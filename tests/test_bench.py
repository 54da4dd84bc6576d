"""The benches' own arithmetic: what is compared is the same index, and every table has its place in the paper."""

import numpy as np
import pyarrow as pa
import pytest

from bench import __main__ as bench
from bench import measure
from bench.scoring_speed import asem, resampled
from scoring.index import fit


def test_a_ratio_says_how_many_times_faster_or_as_long():
    faster = measure.Line("a", 2.0, "b", 5.0, 2, at_least=True)
    longer = measure.Line("a", 2.0, "b", 5.0, 0.3)
    assert measure.row(faster) == ("a", "2.00 s", "b", "5.00 s", "2.50", "≥ 2", "yes")
    assert measure.row(longer)[-3:] == ("0.40", "≤ 0.3", "no")


def test_figures_of_a_table_stand_to_the_right():
    assert measure.markdown(("what", "time"), [("a", "2 ms"), ("b", "")]) == "| what | time |\n| --- | ---: |\n| a | 2 ms |\n| b |  |"


@pytest.mark.parametrize("name", ["", *(f" {name}" for name in bench.TABLES)])
def test_a_table_has_one_place_in_the_paper(name):
    _, after = bench.PAPER.read_text("utf-8").split(bench.BEGIN.format(name))
    assert bench.END in after


def test_duckdb_scores_as_we_do_and_a_difference_is_told():
    pytest.importorskip("duckdb", reason="no duckdb: requirements-bench.txt")
    from bench import duckdb_speed

    framework, policy, values = asem()
    values = resampled(values, 300)
    ours, theirs = fit(values, framework, policy).score(values), duckdb_speed.score(duckdb_speed.table(values), framework)
    assert np.isnan(values.matrix).any()
    duckdb_speed.agree(ours, theirs)
    place = theirs.column_names.index("Index")
    off = theirs.set_column(place, "Index", pa.array(theirs["Index"].to_numpy() + 2e-9))
    with pytest.raises(AssertionError):
        duckdb_speed.agree(ours, off)


def test_other_libraries_give_the_same_weighted_sum(monkeypatch):
    pytest.importorskip("skcriteria", reason="no scikit-criteria: requirements-bench.txt")
    from bench import mcda_speed

    monkeypatch.setattr(mcda_speed, "UNITS", 60)
    monkeypatch.setattr(mcda_speed, "TIMES", 1)
    apart = [row[-1] for row in mcda_speed.rows() if row[1] != "ours"]
    assert len(apart) == 4 and all(float(text) < 1e-12 for text in apart)


def test_the_flat_tree_weighs_an_indicator_as_the_whole_tree_does():
    pytest.importorskip("skcriteria", reason="no scikit-criteria: requirements-bench.txt")
    from bench.mcda_speed import flat

    framework, policy, values = asem()
    whole = values.take([i for i, row in enumerate(values.matrix) if not np.isnan(row).any()])
    index = fit(whole, framework, policy).score(whole).frame()["Index"]
    np.testing.assert_allclose(fit(whole, flat(framework), policy).score(whole).frame()["Index"], index, rtol=0, atol=1e-9)
    assert len(whole.units) > 20
