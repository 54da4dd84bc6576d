"""COINr's own tables, against the same data set in our columns (tests/oracles/asem), to the last bit."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from store.frameworks.files import parse_framework, read_framework, read_values
from store.importing.intake import Known, read_intakes
from tests.store.office import refused, text

ASEM = Path(__file__).parents[1] / "oracles" / "asem"
META, PANEL, ONE_YEAR = (ASEM / f"coinr_{name}.csv" for name in ("imeta", "idata_panel", "idata"))
FRAMEWORK = read_framework(ASEM / "framework.csv")


def expected(name: str) -> dict[tuple[str, str, str], float]:
    table = pd.read_csv(ASEM / name, dtype=str, keep_default_na=False).melt(["unit", "period", "sector"])
    return {(r.unit, r.variable, r.period): float(r.value) for r in table.itertuples() if r.value}


def observed(intake) -> dict[tuple[str, str, str], float]:
    return {(r.unit, r.indicator, r.period): r.value for r in intake.observations.itertuples()}


@pytest.fixture(scope="module")
def panel():
    return read_intakes([PANEL, META], Known())


def test_meta_becomes_the_framework(panel):
    framework = parse_framework(panel[0].framework_csv)
    assert [replace(node, target=None) for node in framework.nodes] == list(FRAMEWORK.nodes)
    assert framework.node("LPI").target == 4.11803135 and framework.root.code == "Index" and len(framework.indicators) == 49


def test_data_bring_values_units_sectors_and_sizes(panel):
    intake = panel[1]
    assert observed(intake) == expected("values_panel.csv")
    sectors = pd.read_csv(ASEM / "values_panel.csv").groupby("unit")["sector"].last().to_dict()
    assert intake.units.set_index("code")["sector"].to_dict() == sectors
    last = pd.read_csv(PANEL).query("Time == 2022").set_index("uCode")
    assert intake.units.set_index("code")["size"].to_dict() == last["Population"].to_dict()
    assert intake.units.set_index("code")["name"].to_dict() == last["uName"].to_dict()


def test_another_group_column_may_give_the_sectors():
    intake = read_intakes([ONE_YEAR, META], Known(), sector_column="Pop_group")[1]
    assert observed(intake) == expected("values.csv")
    assert intake.units.set_index("code")["sector"].to_dict() == pd.read_csv(ONE_YEAR).set_index("uCode")["Pop_group"].to_dict()


def test_long_data_with_gaps(tmp_path):
    wide = pd.read_csv(ONE_YEAR, dtype=str, keep_default_na=False)
    long = wide.melt(["uName", "uCode", "Time"], var_name="iCode", value_name="Value")
    long.loc[long.eval("uCode == 'AUT' and iCode == 'LPI'"), "Value"] = "NA"
    long.loc[long.eval("uCode == 'BEL' and iCode == 'LPI'"), "Value"] = ""
    long.to_csv(tmp_path / "idata.csv", index=False)
    intake = read_intakes([tmp_path / "idata.csv", META], Known())[1]
    gone = {("AUT", "LPI", "2018"), ("BEL", "LPI", "2018")}
    assert observed(intake) == {k: v for k, v in expected("values.csv").items() if k not in gone}
    reference = read_intakes([ONE_YEAR, META], Known())[1].units
    pd.testing.assert_frame_equal(intake.units.sort_values("code", ignore_index=True), reference.sort_values("code", ignore_index=True))


def test_data_without_meta_are_taken_when_every_column_is_known(tmp_path):
    known = Known({"AUT": "Austria"}, FRAMEWORK)
    path = text(tmp_path / "x.csv", "uName,uCode,Time,LPI,Flights\nAustria,AUT,2019,4.5,NA\nNarnia,NAR,2019,,7\n")
    (intake,) = read_intakes([path], known)
    assert observed(intake) == {("AUT", "LPI", "2019"): 4.5, ("NAR", "Flights", "2019"): 7}
    assert intake.units[["code", "name", "sector"]].to_numpy().tolist() == [["AUT", "Austria", ""], ["NAR", "Narnia", ""]]
    unknown = refused(ONE_YEAR, known=known)
    assert {e.value for e in unknown} == {"GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group", "Area", "Energy", "GDP", "Population"}
    assert all("iMeta" in e.why for e in unknown)


def test_bad_cells_of_coinr_tables(tmp_path):
    meta = "iCode,iName,Parent,Type,Direction,Weight\nI,Index,,Aggregate,1,1\nx,X,I,Indicator,1,NA\ny,Y,I,Indikator,1,1\n,Z,I,Indicator,1,1\n"
    errors = refused(text(tmp_path / "m.csv", meta), known=Known())
    assert [(e.cell, e.value) for e in errors] == [("D4", "Indikator"), ("A5", "")]
    good = text(tmp_path / "m.csv", meta.splitlines(True)[0] + "I,Index,,Aggregate,1,1\nx,X,I,Indicator,1,NA\nPopulation,P,,Denominator,,\n")
    data = text(tmp_path / "d.csv", "uCode,uName,Time,x,Population\nA,a,2018,?,many\nA,a,2018,1,2\nB,b,soon,3,2\n")
    assert [(e.cell, e.value) for e in refused(data, good, known=Known())] == [("D2", "?"), ("E2", "many"), ("A3", "A"), ("C4", "soon")]
    assert "考核期" in refused(text(tmp_path / "d.csv", "uCode,x\nA,1\n"), good, known=Known())[0].why


def test_values_for_a_score_without_a_store():
    values = read_values(ASEM / "values_panel.csv", FRAMEWORK)
    assert list(values.periods) == ["2018", "2019", "2020", "2021", "2022"]
    found = {
        (u, c, p): v.matrix[i, j]
        for p, v in values.periods.items() for i, u in enumerate(v.units) for j, c in enumerate(v.indicators)
        if v.states[i, j] == 0
    }  # fmt: skip
    assert found == expected("values_panel.csv")
    assert values.sectors == pd.read_csv(ASEM / "values_panel.csv").groupby("unit")["sector"].last().to_dict()


def test_a_unit_that_changed_its_name_has_the_latest(tmp_path):
    path = text(tmp_path / "x.csv", "uName,uCode,Time,LPI\nCzechia,CZE,2020,4\nCzech Republic,CZE,2019,3\n")
    (intake,) = read_intakes([path], Known({}, FRAMEWORK))
    assert intake.units["name"].tolist() == ["Czechia"] and observed(intake) == {("CZE", "LPI", "2020"): 4, ("CZE", "LPI", "2019"): 3}
