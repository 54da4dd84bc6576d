"""The import workbook's sheets of ledgers: drop-downs and notes, and what is filled in comes back as records."""

import datetime as dt

import openpyxl
import pytest

from store.errors import ImportRefused
from store.importing.intake import read_intakes
from store.ledgers import LEDGERS
from store.template.ledgers import EXAMPLES
from store.template.workbook import write_template
from tests.store.office import FRAMEWORK, KNOWN, UNITS, read


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "t.xlsx"
    write_template(path, FRAMEWORK, UNITS, ledgers=True)
    return path


def filled(path, rows):
    """The workbook with rows on its sheets of ledgers, by ledger."""
    book = openpyxl.load_workbook(path)
    for name, lines in rows.items():
        for at, line in enumerate(lines, 3):
            for column, cell in enumerate(line, 1):
                book[LEDGERS[name].title].cell(at, column, cell)
    book.save(path)
    return path


def offered(sheet, column):
    """What the drop-down of a column offers: its words, or the cells that it points at."""
    (source,) = (v.formula1 for v in sheet.data_validations.dataValidation if f"{column}3" in v.sqref)
    return source.strip('"').split(",")


def test_a_sheet_for_each_ledger(template):
    book = openpyxl.load_workbook(template)
    titles = [ledger.title for ledger in LEDGERS.values()]
    assert book.sheetnames == ["说明", "单位", "指标体系", "数据", "加减分", *titles, "列表"] and book["列表"].sheet_state == "hidden"
    for ledger in LEDGERS.values():
        sheet = book[ledger.title]
        headers = [cell.value for cell in sheet[2]]
        assert headers == ["单位*", "编号", *(f.title + "*" * f.required for f in ledger.fields)]
        assert all(cell.comment for cell in sheet[2]) and sheet.freeze_panes and sheet.page_setup.orientation == "landscape"
        assert offered(sheet, "A") == ["单位!$B$3:$B$205"]
    assert offered(book["任务"], "E") == ["事前", "事中", "事后"] and offered(book["风险"], "I") == ["否", "是"]
    assert offered(book["学习借鉴"], "D") == ["单位!$B$3:$B$205"] and offered(book["培树点"], "D") == ["列表!$C$1:$C$7"]
    assert [cell.value for cell in book["列表"]["C"][:2]] == ["ALL 总指数", "D1 第一维"]
    assert book["任务"]["G2"].comment.text == "必填\n日期\n如：2026-06-30"
    assert "不早于起始日期" in book["风险"]["K2"].comment.text and "不多于应参加人数" in book["活动"]["G2"].comment.text
    assert "1 到 5 的整数" in book["风险"]["F2"].comment.text


def test_an_untouched_workbook_brings_no_record(template):
    intake = read(template)
    assert len(intake.units) == 3 and all(frame.empty for frame in intake.ledgers.values())


def test_the_examples_of_the_notes_are_taken(template):
    gaps = {"unit": "示例市审计局", "node": "D1 第一维"}
    rows = {
        name: [("U1", "7", *(example or gaps.get(f.kind, "") for f, example in zip(LEDGERS[name].fields, examples, strict=True)))]
        for name, examples in EXAMPLES.items()
    }
    ledgers = read(filled(template, rows)).ledgers
    assert {name: len(frame) for name, frame in ledgers.items()} == dict.fromkeys(LEDGERS, 1)
    assert all(frame[["unit", "ref", "row"]].to_numpy().tolist() == [["U1", "7", 3]] for frame in ledgers.values())
    (risk,) = ledgers["risk"].to_dict("records")
    assert (risk["likelihood"], risk["in_force"], risk["since"]) == (3, True, "2026-01-01")
    assert ledgers["learning"]["exemplar"].tolist() == ["U2"] and ledgers["exemplar"]["node"].tolist() == ["D1"]


def test_dates_are_typed_as_dates_and_numbers_of_records_as_texts(template):
    book = openpyxl.load_workbook(template)
    letters = {cell.value: cell.column_letter for cell in book["任务"][2]}
    formats = {title: book["任务"].column_dimensions[letters[title]] for title in letters}
    assert formats["编号"].number_format == "@" and formats["完成期限*"].number_format == "yyyy-mm-dd"
    row = ["示例市财政局", "007", "甲", "绩效管理", "事前", "办公室", dt.datetime(2026, 6, 30), None, None]
    (task,) = read(filled(template, {"task": [row]})).ledgers["task"].to_dict("records")
    assert (task["unit"], task["ref"], task["due"], task["done"]) == ("U1", "007", "2026-06-30", None)


def test_numbers_are_given_to_all_records_or_to_none(template):
    rows = [["U1", None, title, "绩效管理", None, None, "2026-06-30"] for title in ("甲", "乙")]
    first = read(filled(template, {"task": rows})).ledgers["task"]["ref"].tolist()
    assert len(set(first)) == 2 and first == read(filled(template, {"task": rows[::-1]})).ledgers["task"]["ref"].tolist()[::-1]
    rows[1][2] = "甲"
    with pytest.raises(ImportRefused, match=r"C4.*同一条记录.*填上编号"):
        read_intakes([filled(template, {"task": rows})], KNOWN)
    rows[0][1] = "1"
    with pytest.raises(ImportRefused, match=r"B4：没有填编号.*整列都不填"):
        read_intakes([filled(template, {"task": rows})], KNOWN)
