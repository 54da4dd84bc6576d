"""Releases whose method does more than weigh what was stated: their weights, marks and denominators are frozen with them."""

import numpy as np
import pytest

from scoring.index import DENOMINATED, IMPUTED
from store.connection import migrate, reader, write_tx
from store.errors import BatchError
from store.keeping.checks import check
from store.releasing import reading
from store.releasing.cases import release_case
from store.releasing.export import scores_table
from store.releasing.releases import publish
from tests.store.support import POLICY, UNITS, bring, intake, rows, whole

HEAD = "code,parent,name,unit,direction,weight,low,high,normalisation,imputation,weighting,denominator\n"
TREE = (
    "X,,总指数,分,1,1,,,,,,\nA,X,维度甲,分,1,60,,,,,{weighting},\nB,X,维度乙,分,1,40,,,,,,\n"
    "A1,A,指标甲一,%,1,30,0,100,goalposts,{imputation},,\nA2,A,指标甲二,%,1,70,0,100,goalposts,,,\n"
    "B1,B,指标乙一,件,-1,50,0,10,goalposts,,,{denominator}\nB2,B,指标乙二,分,1,50,0,50,goalposts,,,\n"
)
FIRST = whole("2024Q4", ("U1", 90, 80, 1, 45), ("U2", 50, 60, 2, 20), ("U3", 70, 70, 5, 25))
SECOND = whole("2025Q1", ("U1", 80, 80, 1, 40), ("U2", "missing", 60, 2, 30), ("U3", 75, 70, 4, 10))
THIRD = whole("2025Q2", ("U1", 80, 80, 1, 40), ("U2", 70, 60, 2, 30), ("U3", 75, 70, 4, 10))


def framework(weighting="", imputation="", denominator=""):
    return HEAD + TREE.format(weighting=weighting, imputation=imputation, denominator=denominator)


def store(tmp_path, values=(*FIRST, *SECOND, *THIRD), **choices):
    path = tmp_path / "quality.db"
    migrate(path)
    bring(path, intake(framework_csv=framework(**choices), policy_toml=POLICY), intake(UNITS, values))
    return path


def index(path, release: int) -> dict[str, float]:
    return dict(rows(path, 'SELECT unit, "index" FROM release_unit WHERE release = ?', release))


def assert_sound(path):
    """Every digest holds, and every served release gives its own scores again when it is scored again."""
    assert all(f.ok for f in check(path)), check(path)
    with reader(path) as db:
        for release in reading.served(db)["release"]:
            again = release_case(db, int(release)).assessment.units["index"]
            np.testing.assert_array_equal(again, reading.release_units(db, int(release))["index"])


def test_stated_weights_and_whole_values_leave_no_rows(tmp_path):
    path = store(tmp_path)
    publish(["2024Q4"], "甲", path)
    assert rows(path, "SELECT count(*) FROM release_weight") == rows(path, "SELECT count(*) FROM release_mark") == [(0,)]


def test_weights_that_were_found_are_frozen_and_read_with_the_framework(tmp_path):
    """Equal weights under A only: (90 + 80) / 2 = 85, where 30 : 70 gives 83; B = (90 + 90) / 2, index = 0.6·85 + 0.4·90."""
    path = store(tmp_path, weighting="equal")
    publish(["2024Q4"], "甲", path)
    assert index(path, 1)["U1"] == pytest.approx(87, abs=1e-12)
    kept = dict(rows(path, "SELECT node, weight FROM release_weight"))
    assert set(kept) == {"A1", "A2"} and kept["A1"] == kept["A2"]
    with reader(path) as db:
        resolved, stated = reading.release_framework(db, 1)[0], reading.stated_framework(db, 1)[0]
    assert resolved.effective_weight("A1") == pytest.approx(0.3) and stated.effective_weight("A1") == pytest.approx(0.18)
    assert resolved.node("B1") == stated.node("B1")
    assert_sound(path)


def test_an_imputed_cell_stays_missing_and_is_marked_with_its_value(tmp_path):
    """A1 of U2: the mean of 80 and 75."""
    path = store(tmp_path, imputation="mean")
    publish(["2025Q1"], "甲", path)
    with reader(path) as db:
        marks = reading.release_marks(db, 1)
        cells = reading.release_cells(db, 1, "U2").set_index("indicator")
        coverage = reading.release_coverage(db, 1)
    assert marks.to_numpy().tolist() == [["U2", "A1", IMPUTED, 77.5]]
    assert cells.at["A1", "state"] == "missing" and np.isnan(cells.at["A1", "value"]) and cells.at["A1", "score"] == 77.5
    assert coverage.at["U2", "A"] == pytest.approx(0.7)
    assert_sound(path)


def test_a_carried_value_comes_from_before_and_only_from_there(tmp_path):
    """U2 reported 50 in the first period; what comes in for the third changes nothing of the second."""
    path = store(tmp_path, imputation="carry")
    publish(["2025Q1"], "甲", path)
    assert rows(path, "SELECT unit, indicator, mark, value FROM release_mark") == [("U2", "A1", IMPUTED, 50.0)]
    bring(path, intake(values=[("U2", "A1", "2025Q2", 99)]))
    assert not publish(["2025Q1"], "甲", path)[0].new
    bring(path, intake(values=[("U2", "A1", "2024Q4", 40)]))
    assert publish(["2025Q1"], "甲", path)[0].new
    assert rows(path, "SELECT value FROM release_mark WHERE release = 2") == [(40.0,)]
    publish(["2024Q4", "2025Q1", "2025Q2"], "甲", path)
    assert rows(path, "SELECT count(*) FROM release WHERE period = '2025Q1'") == [(2,)], "alone or with others: the same release"
    assert_sound(path)


def test_an_interpolated_value_rests_on_both_sides(tmp_path):
    """Half way between 50 and 70; a correction after the gap makes another release of the period with the gap."""
    path = store(tmp_path, imputation="linear")
    publish(["2025Q1"], "甲", path)
    assert rows(path, "SELECT mark, value FROM release_mark") == [(IMPUTED, 60.0)]
    bring(path, intake(values=[("U2", "A1", "2025Q2", 90)]))
    assert publish(["2025Q1"], "甲", path)[0].new
    assert rows(path, "SELECT value FROM release_mark WHERE release = 2") == [(70.0,)]
    publish(["2024Q4", "2025Q1", "2025Q2"], "甲", path)
    assert_sound(path)


def sized(period: str, *sizes: float) -> list[tuple]:
    return [(unit, "Z", period, size) for unit, size in zip(("U1", "U2", "U3"), sizes, strict=True)]


@pytest.fixture
def divided(tmp_path):
    """B1 is divided by Z, which is no indicator itself."""
    path = store(tmp_path, [*FIRST, *sized("2024Q4", 2, 4, 5)], denominator="Z")
    publish(["2024Q4"], "甲", path)
    return path


def test_a_denominator_is_an_observation_and_no_node(divided):
    """B1 of U1: 1 / 2, on 0 to 10 reversed = 95; B = (95 + 90) / 2 = 92.5; A = 0.3·90 + 0.7·80 = 83; 0.6·83 + 0.4·92.5 = 86.8."""
    assert index(divided, 1)["U1"] == pytest.approx(86.8, abs=1e-12)
    assert rows(divided, "SELECT unit, state, value FROM release_cell WHERE indicator = 'Z'") == [("U1", 0, 2), ("U2", 0, 4), ("U3", 0, 5)]
    assert rows(divided, "SELECT count(*) FROM release_node WHERE node = 'Z'") == [(0,)]
    marks = rows(divided, "SELECT unit, indicator, mark, value FROM release_mark")
    assert marks == [("U1", "B1", DENOMINATED, 0.5), ("U2", "B1", DENOMINATED, 0.5), ("U3", "B1", DENOMINATED, 1.0)]
    with reader(divided) as db:
        cells = reading.release_cells(db, 1)
        table, _ = scores_table(db)
        assert release_case(db, 1).values.indicators == ("A1", "A2", "B1", "B2", "Z")
    assert cells["indicator"].tolist() == ["A1", "A2", "B1", "B2"] * 3 and cells["score"].notna().all()
    assert cells.set_index(["unit", "indicator"]).at[("U1", "B1"), "value"] == 1.0, "as it was reported"
    assert not [c for c in table if c.startswith("Z")]
    assert_sound(divided)


def test_a_corrected_denominator_is_another_release(divided):
    bring(divided, intake(values=[("U1", "Z", "2024Q4", 1)]))
    assert publish(["2024Q4"], "甲", divided)[0].new and index(divided, 2)["U1"] < index(divided, 1)["U1"]


def test_a_column_that_nothing_is_divided_by_is_refused(tmp_path):
    with pytest.raises(BatchError, match="Z"):
        store(tmp_path, [*FIRST, *sized("2024Q4", 2, 4, 5)])


@pytest.mark.parametrize(
    "choice, sql",
    [
        ({"weighting": "equal"}, "UPDATE release_weight SET weight = weight * 2 WHERE node = 'A1'"),
        ({"weighting": "equal"}, "DELETE FROM release_weight"),
        ({"imputation": "mean"}, "UPDATE release_mark SET value = value + 1e-9"),
        ({"imputation": "mean"}, "DELETE FROM release_mark"),
    ],
)
def test_check_finds_a_changed_method(tmp_path, choice, sql):
    path = store(tmp_path, **choice)
    publish(["2025Q1"], "甲", path)
    assert all(f.ok for f in check(path))
    with write_tx(path) as db:
        for table in ("release_weight", "release_mark"):
            for verb in ("update", "delete"):
                db.execute(f"DROP TRIGGER {table}_no_{verb}")
        db.execute(sql)
    assert [f.name for f in check(path) if not f.ok] == ["第 1 号发布（2025Q1）"]
