"""The demo: its files are what the generator writes, come in by the ordinary way, and look like a city."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from scoring.assess import assess
from scoring.index import score_panel
from scoring.values import PENDING, STATES, VALUE, values_from_long
from store.demo import NUMBERS, PERIODS, city_name, write_city, write_demo
from store.demo.case import UNIT as CASE
from store.demo.units import CITY, demo_unit_names
from store.frameworks.files import DATA, read_framework, read_policy
from store.importing.intake import Known, read_intakes

POLICY = read_policy(DATA / "policy.toml")
FRAMEWORK = read_framework(DATA / "framework.csv", POLICY)


@pytest.fixture(scope="module")
def demo():
    """Units, observations, adjustments and the assessment of every period, from the files in data/demo."""
    intakes = read_intakes(sorted((DATA / "demo").glob("*.csv")), Known({}, FRAMEWORK))
    assert all(i.demo for i in intakes)
    units = pd.concat([i.units for i in intakes if len(i.units)])
    cells = pd.concat([i.observations for i in intakes])
    adjustments = pd.concat([i.adjustments for i in intakes if len(i.adjustments)])
    codes = [n.code for n in FRAMEWORK.indicators]
    values = {p: values_from_long(part, part["unit"].unique().tolist(), codes) for p, part in cells.groupby("period")}
    scores = score_panel(values, FRAMEWORK, POLICY)
    found = {p: assess(s, adjustments[adjustments["period"] == p], POLICY).units for p, s in scores.items()}
    return units, values, adjustments, scores, found


def test_the_files_in_data_are_what_the_generator_writes(tmp_path):
    written = write_demo(tmp_path)
    assert {p.name for p in written} == {p.name for p in (DATA / "demo").iterdir()}
    for path in written:
        assert path.read_bytes() == (DATA / "demo" / path.name).read_bytes(), f"{path.name}: run `manage.py demo data/demo`"


def test_the_workbook_says_what_the_csv_files_say(demo):
    units, values, adjustments, *_ = demo
    last = PERIODS[-1]
    (intake,) = read_intakes([DATA / "demo" / f"return_{last}.xlsx"], Known({}, FRAMEWORK, POLICY))
    assert intake.demo and intake.framework_csv is None
    pd.testing.assert_frame_equal(intake.units, units, check_dtype=False)
    block = values_from_long(intake.observations, values[last].units, values[last].indicators)
    np.testing.assert_array_equal(block.states, values[last].states)
    np.testing.assert_array_equal(block.matrix, values[last].matrix)
    mine = adjustments[adjustments["period"] == last]
    key = ["unit", "kind", "document"]
    assert intake.adjustments.sort_values(key).to_numpy().tolist() == mine.sort_values(key).to_numpy().tolist()


def test_a_city_of_the_size_that_the_domain_asks_for(demo):
    units, values, *_ = demo
    city = units[units["code"] != CASE[0]]
    assert len(units) == 110 == len(city) + 1 and units["name"].is_unique and city["name"].str.startswith(CITY).all()
    assert units["sector"].nunique() == 8 and units["size"].between(10, 1000).all()
    assert tuple(values) == PERIODS == tuple(f"{y}Q{q}" for y in range(2023, 2027) for q in range(1, 5))[3:15]


def test_values_are_possible_in_their_units(demo):
    for block in demo[1].values():
        for j, node in enumerate(FRAMEWORK.indicators):
            given = block.matrix[:, j][block.states[:, j] == VALUE]
            assert (given >= 0).all() and (node.unit not in ("%", "分") or (given <= 100).all())
            assert (given == np.round(given, 2)).all()


def test_states_and_coverage(demo):
    _, values, _, scores, _ = demo
    states = np.concatenate([v.states for v in values.values()])
    share = {name: (states == k).mean() for k, name in enumerate(STATES)}
    assert 0.012 < share["missing"] < 0.02 and 0.005 < share["not_applicable"] < 0.03
    pending = [(v.states == PENDING).mean() for v in values.values()]
    assert pending[:-1] == [0] * 11 and 0.005 < pending[-1] < 0.015
    columns = [FRAMEWORK.codes.index(d.code) for d in FRAMEWORK.dimensions]
    thin = [(p, u) for p, s in scores.items() for u in np.flatnonzero((s.coverage[:, columns] < 2 / 3 - 1e-9).any(axis=1))]
    assert len(thin) == 1, "one unit in one period shows what a page says without a score"


def test_the_index_spreads_and_ranks_persist_while_some_move(demo):
    found = demo[4]
    index = pd.DataFrame({p: u["index"] for p, u in found.items()})
    assert index.mean().between(75, 82).all() and index.std().between(6, 9).all()
    for before, after in pairwise(PERIODS):
        pair = index[[before, after]].dropna()
        assert 0.86 < spearmanr(pair[before], pair[after]).statistic < 0.97
        tiers = pd.DataFrame({p: found[p]["tier"] for p in (before, after)}).loc[pair.index]
        assert 5 <= (tiers[before] != tiers[after]).sum() <= len(tiers) / 3
    change = (index[PERIODS[-1]] - index[PERIODS[0]]).dropna().sort_values()
    assert change.iloc[0] < -8 and change.iloc[-1] > 10
    year_ends = [p for p in PERIODS if p.endswith("Q4")]
    assert all(index[p].mean() > index[f"{int(p[:4]) + 1}Q1"].mean() for p in year_ends), "what is done by year's end"


def test_adjustments_exceed_the_caps_once_and_one_unit_is_vetoed(demo):
    adjustments, found = demo[2], demo[4]
    totals = adjustments.groupby(["unit", "period", "kind"])["points"].sum().unstack(fill_value=0)
    assert (totals["bonus"] > POLICY.bonus_cap).any() and (totals["penalty"] > POLICY.penalty_cap).any()
    vetoed = [(p, u) for p, table in found.items() for u in table.index[table["veto"]]]
    assert [p for p, _ in vetoed] == [PERIODS[-2]]
    row = found[PERIODS[-2]].loc[vetoed[0][1]]
    assert row["tier"] == POLICY.veto_ceiling != row["tier_by_rule"], "an override that can be seen"
    assert adjustments["document"].is_unique


def test_further_cities_are_smaller_and_of_the_same_framework(tmp_path):
    """The same number gives the same files; units have the city's own name, and the demo's codes, which a province has to tell apart."""
    paths = write_city(tmp_path / "2", 2)
    assert [p.read_bytes() for p in paths] == [p.read_bytes() for p in write_city(tmp_path / "again", 2)]
    intakes = read_intakes(paths, Known({}, FRAMEWORK))
    assert all(i.demo for i in intakes) and {p for i in intakes for p in i.observations["period"]} == set(PERIODS[-4:])
    units = pd.concat([i.units for i in intakes if len(i.units)])
    assert 30 < len(units) < 110 and units["name"].str.startswith(city_name(2)).all() and not units["name"].str.contains(CITY).any()
    assert set(units["code"]) < {code for code, *_ in demo_unit_names()}
    assert len({city_name(n) for n in (1, *NUMBERS)}) == 9
