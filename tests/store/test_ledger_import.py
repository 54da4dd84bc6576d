"""Exports of business systems as records of ledgers: by a mapping file or under our own titles, every bad cell named at once."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import BatchError, ImportRefused, MappingError
from store.importing.batches import import_files, revoke
from store.importing.intake import Known, read_intakes
from store.ledgers import LEDGERS
from store.readers.cells import BadCell
from store.readers.dates import clean_date
from store.readers.ledger_mapping import mapping_from_dict, read_mapping
from store.readers.persons import is_identity_number, is_name, names_persons, refuse_persons
from tests.store.office import UNITS, text, workbook
from tests.store.support import make_store, rows
from tools.live import ROOT

MAPPINGS = sorted((ROOT / "data" / "mappings").glob("*.toml"))
EXPORTS = Path(__file__).parent / "exports"
TASK = {
    "ledger": "task",
    "unit": "责任单位",
    "ref": "编号",
    "drop": ["责任人"],
    "columns": {"任务": "title", "类型": "category", "时限": "due", "办结": "done"},
    "words": {"category": {"重大决策": "重大部署"}},
    "status": {"column": "状态", "date": "done", "closed": ["已办结"], "open": ["办理中"]},
}
HEAD = "编号,责任单位,任务,类型,时限,办结,状态\n"


def mapping(**changes):
    return mapping_from_dict("m.toml", {key: value for key, value in (TASK | changes).items() if value is not None})


def refused(*paths, by=None):
    with pytest.raises(ImportRefused) as refusal:
        read_intakes(list(paths), Known(UNITS), mapping=by or mapping())
    return refusal.value.errors


def places(errors):
    return [(e.cell, e.value) for e in errors]


def frame(path, by=None, ledger="task"):
    (intake,) = read_intakes([path], Known(UNITS), mapping=by)
    return intake.ledgers[ledger]


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_each_shipped_mapping_reads_its_export(path):
    shipped = read_mapping(path)
    (intake,) = read_intakes([EXPORTS / f"{path.stem}.csv"], Known(UNITS), mapping=shipped)
    ((ledger, records),) = intake.ledgers.items()
    assert list(records.columns) == list(LEDGERS[ledger].columns) and len(records) >= 2 and intake.demo
    assert set(records["unit"]) <= set(UNITS) and not records.duplicated(["unit", "ref"]).any()


def test_an_export_row_by_row():
    tasks = frame(EXPORTS / "edian_tasks.csv", read_mapping(ROOT / "data/mappings/edian_tasks.toml"))
    first, second, third = tasks.to_dict("records")
    assert first == {
        "unit": "U1", "ref": "RW-2026-001", "title": "营商环境“回头看”", "category": "重大部署", "stage": "", "owner": "办公室",
        "due": "2026-03-31", "done": "2026-03-28", "evidence": "ZL-001", "sheet": "", "row": 3,
    }  # fmt: skip
    assert (second["stage"], second["due"], second["done"]) == ("事前", "2026-06-30", None)
    assert third["unit"] == "U2" and third["done"] == "2026-06-27"  # day 46200 of a spreadsheet
    risks = frame(EXPORTS / "risk_list.csv", read_mapping(ROOT / "data/mappings/risk_list.toml"), "risk")
    assert risks["in_force"].tolist() == [True, False, True] and np.isnan(risks["likelihood"][1]) and risks["until"][0] is None


@pytest.mark.parametrize(
    "raw",
    ["2024-3-5", "2024/03/05", "2024.3.5", "2024年3月5日", "20240305", "2024-03-05 14:30:00", "２０２４年３月５日", 45356, 45356.75,
     "45356", 20240305, dt.datetime(2024, 3, 5, 8), dt.date(2024, 3, 5)],
)  # fmt: skip
def test_dates_as_offices_write_them(raw):
    assert clean_date(raw) == "2024-03-05"


@pytest.mark.parametrize("raw", ["2024-2-30", "3/5/2024", "24-3-5", "2024-13-01", "2024年3月", "三月五日", 1, "1899-12-31", "2124-01-01", True])
def test_what_is_no_date(raw):
    with pytest.raises(BadCell):
        clean_date(raw)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_every_style_means_the_same_day(day):
    serial = (day - dt.date(1899, 12, 30)).days
    styles = [f"{day.year}-{day.month}-{day.day}", f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}", serial, day]
    assert {clean_date(style) for style in styles} == {day.isoformat()}


def test_every_bad_cell_at_once(tmp_path):
    content = HEAD + (
        "1,示例市财正局,甲,重大决策,2024-3-5,,办理中\n"
        "2,示例市财政局,,重大决策,2024-2-30,,办理中\n"
        "3,示例市财政局,丙,重大事项,,2024-3-6,已办结\n"
        "4,示例市财政局,丁,绩效管理,2024-3-5,,已办结\n"
        "5,示例市财政局,戊,绩效管理,2024-3-5,2024-3-6,办理中\n"
        "6,示例市财政局,己,绩效管理,2024-3-5,,搁置\n"
        ",,,,,,\n"
        "6,示例市财政局,庚,绩效管理,2024-3-5,,\n"
        ",示例市财政局,辛,绩效管理,2024-3-5,,\n"
        "合计,,7,,,,\n"
        ",,壬,绩效管理,2024-3-5,,\n"
    )
    errors = refused(text(tmp_path / "x.csv", content))
    assert places(errors) == [
        ("B2", "示例市财正局"), ("C3", ""), ("E3", "2024-2-30"), ("D4", "重大事项"), ("E4", ""), ("F5", ""), ("G6", "办理中"), ("G7", "搁置"),
        ("A9", "6"), ("A10", ""), ("A12", ""), ("B12", ""),
    ]  # fmt: skip
    assert [e.nearest for e in errors[:4]] == ["示例市财政局", "", "", "重大部署"]
    assert "第 7 行" in errors[8].why and "日历上没有" in errors[2].why


@pytest.mark.parametrize("shift", range(3))
def test_a_long_text_under_a_mark_and_quotes_is_read_whole(tmp_path, shift):
    title = "a" * shift + "甲" * 30_000  # characters of three bytes over more than one piece of the file
    content = '\ufeff"编号",责任单位,任务,类型,时限,办结,状态\n' + f'1,U1,"{title}",绩效管理,2024-3-5,,\n'
    assert frame(text(tmp_path / "x.csv", content), mapping())["title"].tolist() == [title]
    cut = content.encode()[: 66_000 + shift] + b"\xff"
    (tmp_path / "y.csv").write_bytes(cut)
    (error,) = refused(tmp_path / "y.csv")
    assert "UTF-8" in error.why


def test_each_column_is_told_when_its_turn_comes(tmp_path):
    told = []
    read_intakes([text(tmp_path / "x.csv", HEAD + "1,U1,甲,绩效管理,2024-3-5,,\n")], Known(UNITS), mapping=mapping(), tell=told.append)
    columns = ["单位名称", *(f.title for f in LEDGERS["task"].fields)]
    assert told == ["x.csv 读入", *(f"x.csv 核对任务台账 1 行：{column}" for column in columns)]


def test_a_wrong_date_is_told_once(tmp_path):
    errors = refused(text(tmp_path / "x.csv", HEAD + "1,U1,甲,绩效管理,2024-3-5,2024-13-1,已办结\n"))
    assert places(errors) == [("F2", "2024-13-1")] and "日历上没有" in errors[0].why


def test_a_constant_that_contradicts_a_row_is_told_by_row(tmp_path):
    by = mapping_from_dict(
        "m.toml",
        {"ledger": "rectification", "unit": "单位", "columns": {"问题": "title", "发现": "found"}, "constants": {"level": "全局", "due": "2024-3-1"}},
    )
    (late,) = refused(text(tmp_path / "x.csv", "单位,问题,发现\nU1,甲,2024-2-1\nU1,乙,2024-4-1\n"), by=by)
    assert (late.cell, late.value) == ("第 3 行", "2024-03-01") and "m.toml 里固定的整改期限，早于发现日期 2024-04-01" in late.why


def test_an_end_before_its_start_and_more_people_than_expected(tmp_path):
    titles = "单位,编号,名称,活动类别,活动日期,应参加人数,实际参加人数\n"
    counts = {1: "100,103", 2: "100,100", 3: ",9"}
    lines = "".join(f"U1,{number},会,其他,2024-3-5,{count}\n" for number, count in counts.items())
    (many,) = refused_own(text(tmp_path / "a.csv", titles + lines))
    assert (many.cell, many.value) == ("G2", "103") and "应参加人数 100" in many.why
    risk = "单位,编号,名称,岗位,可能性,严重性,起始日期,终止日期\n"
    errors = refused_own(text(tmp_path / "r.csv", risk + "U1,1,点,岗,6,5,2024-3-5,2024-3-4\nU1,2,点,岗,0,2.5,2024-3-5,2024-3-5\n"))
    assert places(errors) == [("E2", "6"), ("H2", "2024-3-4"), ("E3", "0"), ("F3", "2.5")]
    assert "1 到 5" in errors[0].why and "早于起始日期 2024-03-05" in errors[1].why and "整数" in errors[3].why


def refused_own(*paths):
    with pytest.raises(ImportRefused) as refusal:
        read_intakes(list(paths), Known(UNITS))
    return refusal.value.errors


def test_our_own_titles_need_no_mapping(tmp_path):
    sheets = {
        "任务": [["演示数据"], ["单位代码", "编号", "名称", "类别", "完成期限", "备注"], ["U1", 7, "甲", "绩效管理", dt.datetime(2024, 3, 5), "x"]],
        "品牌": [["单位", "名称", "支部"], ["示例市审计局", "清风", "一支部"]],
        "说明": [["随便写"]],
    }
    (intake,) = read_intakes([workbook(tmp_path / "x.xlsx", sheets)], Known(UNITS))
    assert intake.demo and intake.skipped == ("说明",) and intake.brings() == "1 条任务台账记录，1 条品牌台账记录"
    (task,) = intake.ledgers["task"].to_dict("records")
    assert (task["unit"], task["ref"], task["due"], task["sheet"], task["row"]) == ("U1", "7", "2024-03-05", "任务", 3)
    assert intake.ledgers["brand"]["unit"].tolist() == ["U2"]


@pytest.mark.parametrize(
    ("head", "says", "near"),
    [
        ("单位,编号,任务名称,类别,完成期限", "像是任务台账，而第 2 行的表头里没有 名称", "任务名称"),
        ("责任单位,编号,名称,类别,完成期限", "没有 单位", "责任单位"),
        ("单位,名称,岗", "没有认出任何一张表", ""),
        ("单位,名称,支部,负责人", "'负责人' 是写个人的列", ""),
        ("单位,名称,支部,支部类型", "'支部类型' 不是品牌台账的列；请改正表头，或删去这一列", "支部"),
    ],
)
def test_our_own_titles_that_do_not_fit(tmp_path, head, says, near):
    (error,) = refused_own(text(tmp_path / "x.csv", f"台账\n{head}\n"))
    assert says in f"{error.value!r} {error.why}" and near in error.nearest


@pytest.mark.parametrize("title", ["单位", "单位名称*", "部门", "机构代码"])
def test_a_unit_by_its_usual_titles(tmp_path, title):
    assert frame(text(tmp_path / "x.csv", f"{title},名称,支部\nU2,清风,一支部\n"), ledger="brand")["unit"].tolist() == ["U2"]


def test_a_number_is_made_of_what_a_record_must_say(tmp_path):
    head = "责任单位,任务,类型,时限,办结,状态\n"
    without = mapping(ref=None)
    first = frame(text(tmp_path / "1.csv", head + "U1,甲,重大决策,2024-3-5,,办理中\nU1,乙,重大决策,2024-3-5,,办理中\n"), without)
    later = frame(text(tmp_path / "2.csv", head + "U1,甲,重大部署,2024年3月5日,2024-3-4,已办结\n"), without)
    assert first["ref"][0] == later["ref"][0] != first["ref"][1]
    (twice,) = refused(text(tmp_path / "3.csv", head + "U1,甲,重大决策,2024-3-5,,\nU1,甲,重大部署,20240305,,\n"), by=without)
    assert twice.cell == "B3" and "第 2 行" in twice.why


def test_the_same_record_in_two_files_of_a_call(tmp_path):
    paths = [text(tmp_path / f"{n}.csv", HEAD + f"1,U{u},甲,重大决策,2024-3-{n},,\n") for n, u in ((1, 1), (2, 2), (3, 1))]
    (twice,) = refused(*paths)
    assert (twice.file, twice.cell) == ("3.csv", "A2") and "1.csv 第 2 行" in twice.why


IDENTITY = "11010519491231002X"  # the example of GB 11643


def test_persons_are_refused_and_their_numbers_not_repeated(tmp_path):
    content = HEAD + (
        f"1,U1,约谈 {IDENTITY} 一事,重大决策,2024-3-5,,\n2,U1,电联13812345678,重大决策,2024-3-5,,\n"
        "3,U1,整改（责任人：张三丰）,重大决策,2024-3-5,,\n13812345679,U1,会,重大决策,2024-3-5,,\n"
    )
    errors = refused(text(tmp_path / "x.csv", content))
    assert [e.cell for e in errors] == ["C2", "C3", "C4", "A5"] and all("只记单位" in e.why for e in errors)
    shown = "".join(e.value for e in errors)
    assert "1949" not in shown and "1234567" not in shown and "5678" in shown
    owner = mapping(columns=TASK["columns"] | {"科室": "owner"})
    lines = "1,U1,甲,重大决策,2024-3-5,,,张三丰\n2,U1,乙,重大决策,2024-3-5,,,办公室\n"
    (name,) = refused(text(tmp_path / "y.csv", HEAD.replace("状态", "状态,科室") + lines), by=owner)
    assert name.cell == "H2" and "姓名" in name.why


def test_columns_of_persons(tmp_path):
    path = text(tmp_path / "x.csv", HEAD.replace("状态", "状态,责任人") + "1,U1,甲,重大决策,2024-3-5,,,张三\n")
    assert "张三" not in frame(path, mapping()).to_string()
    (column,) = refused(path, by=mapping(drop=None))
    assert (column.cell, column.value) == ("H1", "责任人") and "drop" in column.why
    with pytest.raises(MappingError, match="写个人的列"):
        mapping(columns=TASK["columns"] | {"联系人": "owner"})
    assert names_persons("责任人（签字）") and names_persons("联系电话") and not names_persons("应参加人数") and not names_persons("负责人所在单位")


def test_numbers_of_persons():
    assert is_identity_number(IDENTITY) and is_identity_number("110105491231002") and is_identity_number("110105194912310021")
    assert not is_identity_number("990105194912310021") and not is_identity_number("110105194913310021")
    plain = np.array(["RW-20240305-000123456", "文号〔2024〕15 号", "330100202403050001", "0571-88888888", "金额 13812345678.00 元"], object)
    assert refuse_persons(plain) == []
    assert [i for i, _ in refuse_persons(np.array(["", "+86 138-1234-5678", "１３８１２３４５６７８", "负责人: 李四"], object))] == [1, 2, 3]
    assert is_name("张三") and is_name("欧阳修文") and not is_name("高新区") and not is_name("机关党委") and not is_name("金融科")


def test_columns_that_do_not_fit(tmp_path):
    head = "编号,责任单位,任务,类型,完成时限,办结,状态,状态,来文号\n"
    errors = refused(text(tmp_path / "x.csv", head + "1,U1,甲,重大决策,2024-3-5,,,,\n1,U1,甲,重大决策,2024-3-5,,,,,溢出\n"))
    assert [(e.cell, e.value, e.nearest) for e in errors if e.cell != "A3"] == [
        ("", "时限", "完成时限"), ("E1", "完成时限", "时限"), ("H1", "状态", ""), ("I1", "来文号", ""), ("J3", "溢出", ""),
    ]  # fmt: skip
    (nothing,) = refused(text(tmp_path / "y.csv", "a,b\n1,2\n"))
    assert nothing.cell == "" and "责任单位" in nothing.why
    (empty,) = refused(text(tmp_path / "z.csv", HEAD))
    assert "没有可导入的内容" in empty.why


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ledger": "tasks"}, "不是台账"),
        ({"colums": {}}, "最接近的是“columns”"),
        ({"header": 0}, "从 1 数起"),
        ({"columns": TASK["columns"] | {"期限": "due"}}, "“时限”和“期限”都对应 due"),
        ({"columns": TASK["columns"] | {"完成": "finished"}}, "不是任务台账的字段"),
        ({"columns": {"任务": "title"}}, "没有 due（完成期限）的列"),
        ({"columns": TASK["columns"] | {"责任人": "evidence"}}, "写个人的列"),
        ({"drop": ["任务"]}, "又在 drop 里"),
        ({"words": {"category": {"重大": "重大事"}}}, "不是类别的取值"),
        ({"words": {"kind": {"a": "b"}}}, "'kind' 不是任务台账的字段"),
        ({"constants": {"category": "绩效管理"}}, "既有列又有固定值"),
        ({"constants": {"stage": "中间"}}, "不是阶段的取值"),
        ({"status": TASK["status"] | {"date": "title"}}, "不是任务台账的日期字段"),
        ({"columns": {key: name for key, name in TASK["columns"].items() if name != "done"}}, "没有列可以核对"),
        ({"status": {"column": "状态"}}, "应有四项"),
        ({"unit": None}, "没有说哪一列是单位"),
        ({"unit": "任务"}, "一列只能用一次"),
    ],
)
def test_what_is_wrong_with_a_mapping(changes, says):
    with pytest.raises(MappingError, match=says):
        mapping(**changes)


def test_everything_wrong_with_a_mapping_at_once(tmp_path):
    with pytest.raises(MappingError) as error:
        mapping(columns={"任务": "titel", "类型": "category"}, constants={"stage": "中"})
    assert len(error.value.problems) == 5 and "m.toml" in str(error.value)  # titel, 中, no title, no due, no column of done
    with pytest.raises(MappingError, match="TOML"):
        read_mapping(text(tmp_path / "m.toml", "ledger = task"))
    with pytest.raises(MappingError, match="不存在"):
        read_mapping(tmp_path / "none.toml")


def test_constants_sheet_and_header_row(tmp_path):
    by = mapping(
        unit=None, ref=None, status=None, drop=[], sheet="二", header=2, columns={"任务": "title", "时限": "due"},
        constants={"unit": "示例市教育局", "category": "主体责任"},
    )  # fmt: skip
    sheets = {"一": [["任务", "时限"], ["不读", "2024-3-5"]], "二": [["任务", "时限"], ["任务", "时限"], ["甲", "2024-3-5"]]}
    tasks = frame(workbook(tmp_path / "x.xlsx", sheets), by)
    assert tasks[["unit", "title", "category", "sheet", "row"]].to_numpy().tolist() == [["U3", "甲", "主体责任", "二", 3]]


def test_into_the_store_and_out_again(tmp_path):
    store = make_store(tmp_path / "quality.db")
    path = text(tmp_path / "x.csv", HEAD + "1,甲局,甲,重大决策,2024-3-5,,\n2,乙局,乙,重大决策,2024-3-5,2024-3-4,已办结\n")
    ((nothing, _),) = import_files([path], "测试", store, dry_run=True, mapping=mapping())
    assert nothing is None and rows(store, "SELECT * FROM task") == []
    ((batch, _),) = import_files([path], "测试", store, mapping=mapping())
    assert rows(store, "SELECT unit, ref, title, done, row FROM current_task ORDER BY unit") == [
        ("U1", "1", "甲", None, 2), ("U2", "2", "乙", "2024-03-04", 3),
    ]  # fmt: skip
    assert rows(store, "SELECT kind, rows FROM batch WHERE id = ?", batch) == [("task", 2)]
    with pytest.raises(BatchError, match="已作为批次"):
        import_files([path], "测试", store, mapping=mapping())
    good = text(tmp_path / "y.csv", HEAD + "3,甲局,丙,重大决策,2024-3-5,,\n")
    bad = text(tmp_path / "z.csv", HEAD + "4,丁局,丙,重大决策,2024-3-5,,\n")
    with pytest.raises(ImportRefused):
        import_files([good, bad], "测试", store, mapping=mapping())
    assert rows(store, "SELECT count(*) FROM task") == [(2,)]
    revoke(batch, "测试", path=store)
    assert rows(store, "SELECT count(*) FROM current_task") == [(0,)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(UNITS)), st.text(st.sampled_from("甲乙丙ab 1"), min_size=1, max_size=4).filter(str.strip),
            st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1)), st.one_of(st.none(), st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1))),
        ),
        min_size=1, max_size=12,
    ),
)  # fmt: skip
def test_what_is_written_is_read(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("x") / "x.csv"
    content = [
        (k, u, t, "重大决策", f"{due:%Y/%m/%d}", "" if done is None else f"{done:%Y%m%d}", "")
        for k, (u, t, due, done) in enumerate(records)
    ]
    pd.DataFrame(content, columns=HEAD.strip().split(",")).to_csv(path, index=False)
    tasks = frame(path, mapping())
    expected = [(u, " ".join(t.split()), due.isoformat(), done and done.isoformat()) for u, t, due, done in records]
    assert list(tasks[["unit", "title", "due", "done"]].itertuples(index=False, name=None)) == expected
