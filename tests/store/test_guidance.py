"""Guidance on its way into the store: what is taken, what is refused cell by cell, versions, and the one that we bring ourselves."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.guidance import COLUMNS
from scoring.policy import Policy
from store import start
from store.connection import reader
from store.errors import BatchError, ImportRefused
from store.frameworks.files import DATA, read_framework, read_policy
from store.guidance import current_guidance, parse_guidance
from store.importing import batches
from store.importing.intake import Known, read_intakes
from store.readers.cells import BadCell
from store.readers.guidance_tables import band_ends
from tests.store.office import FRAMEWORK, KNOWN, UNITS, read, refused, text, workbook
from tests.store.support import make_store, rows

HEAD = "target,band,tier,path,text,step,unit,difficulty,source"
GOOD = [
    "A1,0-60,,,每月调度,,件,2,文件甲",
    "A1,60-100,追赶型,,补办逾期件,5,个百分点,3,文件甲",
    "requirement:甲,0-60,,,按组补短板,,,,文件乙",
    ",,领跑型,,结对帮带,,,,文件乙",
]


def file(folder: Path, *lines: str, name: str = "guidance.csv", head: str = HEAD) -> Path:
    return text(folder / name, "\n".join([head, *lines]) + "\n")


def table(path: Path, known: Known = KNOWN) -> pd.DataFrame:
    return parse_guidance(read(path, known=known).guidance_csv)


def test_advice_is_taken_as_it_stands(tmp_path):
    found = table(file(tmp_path, *GOOD))
    assert list(found.columns) == list(COLUMNS)
    assert found["target"].to_list() == ["A1", "A1", "requirement:甲", ""]
    assert found["tier"].to_list() == ["", "追赶型", "", "领跑型"]
    np.testing.assert_array_equal(found[["low", "high"]], [[0, 60], [60, 100], [0, 60], [np.nan] * 2])
    np.testing.assert_array_equal(found[["step", "difficulty"]], [[np.nan, 2], [5, 3], [np.nan] * 2, [np.nan] * 2])
    assert found.loc[1, ["unit", "text", "source"]].to_list() == ["个百分点", "补办逾期件", "文件甲"]


def test_chinese_titles_names_and_a_workbook_mean_the_same(tmp_path):
    titles = ["对象", "得分区间", "梯队", "提升路径", "建议", "步长", "计量", "难度", "依据", "备注"]
    cells = [
        ["任务“回头看”完成率(全年)", "0－60", None, None, "每月调度", None, "件", 2, "文件甲", "不用理会"],
        ["A1", "60~100", "追赶型", None, "补办逾期件", 5, "个百分点", 3.0, "文件甲", None],
        ["requirement：甲", "0至60", None, None, "按组补短板", None, None, None, "文件乙", None],
        [None, None, "领跑型", None, "结对帮带", None, None, None, "文件乙", None],
    ]
    path = workbook(tmp_path / "x.xlsx", {"指导": [["分类指导建议"], titles, *cells]})
    pd.testing.assert_frame_equal(table(path), table(file(tmp_path, *GOOD)))


def test_a_facet_goes_by_its_title_too(tmp_path):
    known = Known(UNITS, FRAMEWORK, Policy(facets={"requirement": "四项要求"}))
    assert table(file(tmp_path, "四项要求:乙,,,,补短板,,,,文件乙"), known)["target"].item() == "requirement:乙"


BAD = [
    ("A9,,,,做,,件,1,文", "A2", "A9", "不是指标体系中的代码", "A1"),
    ("requiremint:甲,,,,做,,,,文", "A2", "requiremint:甲", "没有分面", "requirement"),
    ("requirement:丙,,,,做,,,,文", "A2", "requirement:丙", "甲、乙", ""),
    ("A1,低,,,做,,件,1,文", "B2", "低", "0-60", ""),
    ("A1,60-40,,,做,,件,1,文", "B2", "60-40", "前小后大", ""),
    ("A1,0-120,,,做,,件,1,文", "B2", "0-120", "0 到 100", ""),
    ("A1,,追赶,,做,,件,1,文", "C2", "追赶", "领跑型、争先型、追赶型", "追赶型"),
    ("A1,,,,,,件,1,文", "E2", "", "没有写建议", ""),
    ("A1,,,,做,-5,件,1,文", "F2", "-5", "不是正数", ""),
    ("A1,,,,做,很多,件,1,文", "F2", "很多", "不是数", ""),
    ("A1,,,,做,,,1,文", "G2", "", "没有写一步叫什么", ""),
    ("A1,,,,做,,件,,文", "H2", "", "没有难度", ""),
    ("A1,,,,做,,件,6,文", "H2", "6", "1 到 5", ""),
    ("A1,,,,做,,件,0,文", "H2", "0", "1 到 5", ""),
    ("requirement:甲,,,,做,5,,,文", "F2", "5", "用不上", ""),
    (",,领跑型,,做,,,3,文", "H2", "3", "用不上", ""),
    ("A1,,,,做,,件,1,", "I2", "", "没有写依据", ""),
]


@pytest.mark.parametrize("line, cell, value, why, near", BAD, ids=[b[3] + b[1] for b in BAD])
def test_each_bad_cell_is_named(tmp_path, line, cell, value, why, near):
    errors = refused(file(tmp_path, line))
    assert [(e.cell, e.value, e.nearest) for e in errors] == [(cell, value, near)] and why in errors[0].why


def test_all_bad_cells_at_once_and_nothing_is_taken(tmp_path):
    errors = refused(file(tmp_path, GOOD[0], "A9,60-40,追赶,,,0,,9,"))
    assert [e.cell for e in errors] == ["A3", "B3", "C3", "E3", "F3", "H3", "I3"]


def test_the_same_advice_twice_is_refused(tmp_path):
    errors = refused(file(tmp_path, GOOD[0], GOOD[0]))
    assert [e.cell for e in errors] == ["E3"] and "第 2 行" in errors[0].why


def test_a_path_must_be_one_where_the_policy_names_the_facet(tmp_path):
    path = file(tmp_path, "A1,,,甲,做,,件,1,文", "A1,,,丁,再做,,件,1,文")
    assert len(table(path)) == 2
    known = Known(UNITS, FRAMEWORK, Policy(paths="requirement", facets={"requirement": "四项要求"}))
    with pytest.raises(ImportRefused) as caught:
        read(path, known=known)
    assert [(e.cell, e.value) for e in caught.value.errors] == [("D3", "丁")] and "四项要求" in caught.value.errors[0].why


def test_columns_that_lack_or_that_nobody_knows(tmp_path):
    head = "target,text,difficulty,unit"
    assert "依据" in refused(file(tmp_path, "A1,做,1,件", head=head))[0].why
    errors = refused(file(tmp_path, "A1,做,1,件,文,x", head=f"{head},source,颜色"))
    assert [(e.cell, e.value) for e in errors] == [("F1", "颜色")]


def test_without_a_framework_nothing_can_be_judged(tmp_path):
    assert "指标体系" in refused(file(tmp_path, *GOOD), known=Known(UNITS))[0].why


def test_one_call_brings_one_guidance(tmp_path):
    errors = refused(file(tmp_path, *GOOD), file(tmp_path, GOOD[0], name="other.csv"))
    assert [e.file for e in errors] == ["other.csv"] and "guidance.csv" in errors[0].why


def test_a_header_without_advice_brings_nothing(tmp_path):
    assert "没有可导入的内容" in refused(file(tmp_path))[0].why


@pytest.mark.parametrize("band, ends", [("0-60", (0, 60)), ("-3--1.5", (-3, -1.5)), ("-1 ~ 2", (-1, 2)), ("１０—２０", (10, 20))])
def test_ends_of_a_band(band, ends):
    assert band_ends(band) == ends


@pytest.mark.parametrize("band", ["", "60", "0-", "a-b", "0-60-80"])
def test_what_is_no_band(band):
    with pytest.raises(BadCell):
        band_ends(band)


MINE = ["A1,0-60,,,每月调度,,件,2,文件甲"]


def in_force(path: Path) -> list[str]:
    with reader(path) as db:
        return current_guidance(db)["text"].to_list()


def test_each_file_is_a_version_and_revoking_brings_the_one_before_back(tmp_path):
    store = make_store(tmp_path / "q.db")
    assert in_force(store) == []
    (first, intake), = batches.import_files([file(tmp_path, *MINE)], "我", store)
    assert intake.brings() == "分类指导" and in_force(store) == ["每月调度"]
    (second, _), = batches.import_files([file(tmp_path, "B1,,,,逐件销号,,件,1,文件丙", name="new.csv")], "我", store)
    assert in_force(store) == ["逐件销号"]
    with pytest.raises(BatchError, match="已作为批次"):
        batches.import_files([file(tmp_path, *MINE)], "我", store)
    batches.revoke(second, "我", path=store)
    assert in_force(store) == ["每月调度"]
    batches.revoke(first, "我", path=store)
    assert in_force(store) == []
    assert rows(store, "SELECT kind, rows FROM batch WHERE id IN (?, ?)", first, second) == [("guidance", 0)] * 2


def test_a_dry_run_writes_nothing(tmp_path):
    store = make_store(tmp_path / "q.db")
    batches.import_files([file(tmp_path, *MINE)], "我", store, dry_run=True)
    assert in_force(store) == []


# What lies in data/ itself
DEFAULT = read_framework(DATA / "framework.csv", read_policy(DATA / "policy.toml"))


@pytest.fixture(scope="module")
def ours() -> pd.DataFrame:
    known = Known({}, DEFAULT, read_policy(DATA / "policy.toml"))
    return parse_guidance(read_intakes([DATA / "guidance.csv"], known)[0].guidance_csv)


def test_our_own_file_is_taken_unchanged(ours):
    written = list(csv.DictReader(io.StringIO((DATA / "guidance.csv").read_text("utf-8"))))
    assert [r["target"] for r in written] == ours["target"].to_list() and [r["text"] for r in written] == ours["text"].to_list()


def test_our_own_advice_leaves_no_weak_spot_out(ours):
    policy = read_policy(DATA / "policy.toml")
    for node in DEFAULT.indicators:
        mine = ours[ours["target"] == node.code]
        assert mine["low"].min() == 0 and mine["high"].max() == 100, f"{node.code}: a score that no advice is for"
    groups = {f"{policy.diagnosis}:{g}" for g in DEFAULT.groups(policy.diagnosis)}
    assert groups <= set(ours["target"])
    assert set(policy.tier_labels) <= set(ours.loc[ours["target"] == "", "tier"])
    assert set(ours["path"]) == set(DEFAULT.groups(policy.paths))
    assert ours["text"].str.len().max() <= 60 and (ours["source"] != "").all()


def test_our_own_steps_fit_what_they_count(ours):
    """Advice that counts records is on indicators that a ledger gives; a step in points is no longer than the way."""
    for row in ours[ours["difficulty"].notna()].itertuples():
        node = DEFAULT.node(row.target)
        if np.isnan(row.step):
            assert node.source.startswith("ledger:"), row.target
        else:
            assert 0 < row.step <= (node.high - node.low) / 4, row.target


def test_a_new_store_begins_with_it_and_it_is_no_demo_data(tmp_path):
    store = tmp_path / "q.db"
    start.begin(start.default_beginning(), "我", store)
    with reader(store) as db:
        assert len(current_guidance(db)) > 60
    assert rows(store, "SELECT file, demo FROM batch WHERE kind = 'guidance'") == [("guidance.csv", 0)]


def test_a_policy_with_other_tiers_goes_without_it(tmp_path):
    text(tmp_path / "own.toml", (DATA / "policy.toml").read_text("utf-8").replace("领跑型", "优").replace("争先型", "良").replace("追赶型", "差"))
    store = tmp_path / "q.db"
    start.begin(start.default_beginning(tmp_path / "own.toml"), "我", store)
    assert in_force(store) == []


def test_a_beginning_may_bring_no_guidance(tmp_path):
    store = tmp_path / "q.db"
    start.begin(replace(start.default_beginning(), guidance=None), "我", store)
    assert in_force(store) == []
