"""Areas above the sectors come in with a table of units, and stay as they were where a later file says nothing of them."""

import openpyxl
import pytest

from store.connection import migrate, reader
from store.importing.batches import import_files, revoke, unit_table
from store.importing.contents import first_rows
from store.importing.intake import Known, read_intakes
from store.importing.preview import preview
from store.releasing import frozen, panel, reading, releases
from store.template.workbook import template_bytes
from tests.store.support import FRAMEWORK, POLICY, UNITS, bring, intake, make_store, rows

TABLE = """编码,单位名称,所属地区,片组,规模
U1,甲局,江省/ 东市,一组,10
U2,乙局,江省／西市/,一组,20
U3,丙局,,二组,
"""


def test_areas_of_a_table_of_units(tmp_path):
    path, file = tmp_path / "q.db", tmp_path / "单位.csv"
    migrate(path)
    file.write_text(TABLE, "utf-8")
    import_files([file], "甲", path)
    areas = [("U1", "江省/东市"), ("U2", "江省/西市"), ("U3", "")]
    assert rows(path, "SELECT code, area FROM unit ORDER BY code") == areas
    file.write_text("编码,单位名称,地区\nU2,乙局,\nU3,丙局,海省\n", "utf-8")
    with reader(path) as db:
        (changes,) = preview(read_intakes([file], Known(), period="2025Q1"), db)
    found = changes.table.set_index("code")
    assert found["change"].to_dict() == {"U2": "unchanged", "U3": "changed"}
    assert (found.at["U3", "old_area"], found.at["U3", "area"], found.at["U2", "area"]) == ("", "海省", "江省/西市")
    ((batch, _),) = import_files([file], "甲", path)
    with reader(path) as db:
        assert unit_table(db)["area"].tolist() == ["江省/东市", "江省/西市", "海省"], "an empty cell erases nothing"
        assert first_rows(db, batch, "units", 5)["area"].tolist() == ["", "海省"]


def test_the_template_has_areas_where_units_lie_in_any(tmp_path):
    path, file = make_store(tmp_path / "q.db"), tmp_path / "t.xlsx"
    with reader(path) as db:
        units = unit_table(db)
    for table, headers in ((units, 4), (units.assign(area=["江省/东市", "", "海省"]), 5)):
        file.write_bytes(template_bytes(units=table))
        sheet = openpyxl.load_workbook(file)["单位"]
        assert [cell.value for cell in sheet[2] if cell.value][4:] == ["地区"][: headers - 4]
    (brought,) = read_intakes([file], Known(), period="2025Q1")
    assert brought.units["area"].tolist() == ["江省/东市", "", "海省"]


@pytest.mark.parametrize("block", [1, 2])
def test_the_same_release_however_much_is_taken_at_once(tmp_path, monkeypatch, block):
    """Rows read, written and sealed a few at a time give the digests that they give at once; what is done is told on the way."""
    path = make_store(tmp_path / "q.db")
    whole = releases.publish(["2024Q4", "2025Q1"], "甲", path)
    for module, name in ((panel, "_BLOCK"), (frozen, "BLOCK"), (releases, "BLOCK")):
        monkeypatch.setattr(module, name, block)
    monkeypatch.setattr("store.grouping._BLOCK", block)
    told = []
    parts = releases.publish(["2024Q4", "2025Q1"], "甲", path, lambda *step: told.append(step))
    assert [(p.release, p.new) for p in parts] == [(p.release, False) for p in whole]
    assert (round(1000 * block / 3), 2000, f"2024Q4 写入 {block}/3 个单位") in told and told[-1] == (2, 2, "2025Q1")
    shares = [done / of for done, of, _ in told]
    assert shares == sorted(shares)


def test_an_area_makes_another_release(tmp_path):
    path = make_store(tmp_path / "q.db")
    releases.publish(["2025Q1"], "甲", path)
    with reader(path) as db:
        units = unit_table(db)
    bring(path, intake(units.assign(area="江省")))
    (made,) = releases.publish(["2025Q1"], "甲", path)
    assert made.new and made.release == 2
    with reader(path) as db:
        assert set(reading.release_units(db, 1)["area"]) == {""} and set(reading.release_units(db, 2)["area"]) == {"江省"}


def test_periods_without_a_live_value_are_none(tmp_path):
    """Periods are found by look-up from one to the next; one whose batches are all undone is passed over."""
    path = tmp_path / "q.db"
    migrate(path)
    with reader(path) as db:
        assert panel.data_periods(db) == []
    bring(path, intake(framework_csv=FRAMEWORK, policy_toml=POLICY), intake(UNITS))
    values = [bring(path, intake(values=[("U1", "A1", p, 1.0)]))[0] for p in ("2025Q1", "2024Q4", "2025H1", "2025")]
    revoke(values[0], "甲", "试", path)
    with reader(path) as db:
        assert panel.data_periods(db) == sorted(["2024Q4", "2025H1", "2025"], key=panel.period_key)
