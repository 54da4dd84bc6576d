"""Tables in files of every kind: Parquet in is CSV in, Parquet out is CSV out, and what is refused is refused by its cell."""

import os
import threading

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from engines import local, score_file
from manage import cli
from scoring.errors import ScoringError
from scoring.policy import Policy
from store.errors import ImportRefused
from store.frameworks.blocks import open_values
from store.frameworks.files import parse_framework, read_values
from tests.scoring.trees import same_bits

CSV = "code,parent,name,unit,direction,weight,low,high\nALL,,总分,分,1,1,,\nA,ALL,办结率,%,1,1,0,100\nB,ALL,违纪件数,件,-1,2,0,9\n"
TREE = parse_framework(CSV)


def table(rows: int = 40) -> pd.DataFrame:
    """Units in two periods, some cells empty, numbers with all their digits."""
    rng = np.random.default_rng(3)
    cells = {"unit": [f"U{k // 2}" for k in range(rows)], "period": ["2024Q3", "2024Q4"] * (rows // 2)}
    frame = pd.DataFrame(cells | {"A": rng.uniform(0, 100, rows), "B": rng.uniform(0, 9, rows)})
    return frame.mask(rng.random(frame.shape) < 0.2).assign(**cells)


def saved(folder, frame: pd.DataFrame, kind: str, **options):
    path = folder / f"values.{kind}"
    frame.to_parquet(path, **options) if kind == "parquet" else frame.to_csv(path, index=False)
    return path


def gathered(path, size: int) -> dict[str, list]:
    """The blocks of a file put together again, period → units, matrix, states."""
    found: dict[str, list] = {}
    for period, values in open_values(path, TREE).blocks(size):
        found.setdefault(period, []).append(values)
    return {
        p: [sum((v.units for v in vs), ()), np.concatenate([v.matrix for v in vs]), np.concatenate([v.states for v in vs])]
        for p, vs in found.items()
    }


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("words", [False, True])
def test_blocks_of_parquet_and_of_csv_hold_what_the_file_says(tmp_path, size, words):
    frame = table()
    if words:  # as offices write them: states in words, a percentage, a total and a note below
        frame = frame.reindex(range(42)).astype(object)
        frame.loc[[3, 8, 9], "A"] = ["不适用", "待报", "55.5%"]
        frame.loc[[40, 41], "unit"] = ["合计", "注：以上为初步数据"]
        frame = frame.where(frame.notna(), "").astype(str)
    whole = read_values(saved(tmp_path, frame, "csv"), TREE).periods
    for kind in ("csv", "parquet"):
        path = saved(tmp_path, frame, kind)
        at_once, blocks = open_values(path, TREE).whole(), gathered(path, size)
        assert list(at_once) == list(whole) == ["2024Q3", "2024Q4"] and blocks.keys() == whole.keys()
        for period, values in whole.items():
            for units, matrix, states in (blocks[period], (at_once[period].units, at_once[period].matrix, at_once[period].states)):
                assert units == values.units and same_bits(matrix, values.matrix) and same_bits(states, values.states)


def test_parquet_in_and_out_is_csv_in_and_out(tmp_path):
    frames = []
    for kind in ("csv", "parquet"):
        source = open_values(saved(tmp_path, table(), kind), TREE)
        for whole in (0, 40):
            score_file(TREE, Policy(), source, tmp_path / f"{whole}.csv", whole)
            score_file(TREE, Policy(), source, tmp_path / f"{whole}.parquet", whole)
            numbers = dict.fromkeys(("rank", "ALL", "A", "B"), "")
            text = pd.read_csv(tmp_path / f"{whole}.csv", keep_default_na=False, na_values=numbers)
            parquet = pd.read_parquet(tmp_path / f"{whole}.parquet")
            pd.testing.assert_frame_equal(parquet, text, check_exact=True, check_dtype=False)
            frames.append(text.sort_values(["period", "unit"], ignore_index=True))
    for frame in frames[1:]:
        pd.testing.assert_frame_equal(frame, frames[0], check_exact=True)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize(
    "column, cell, why",
    [
        ("A", "很多", "不是数"),
        ("A", "101", "作为百分数不可能"),
        ("period", "第四季度", "不是考核期"),
        ("unit", "", "这一行有数据而没有单位"),
        ("unit", "u0", "重复"),
    ],
)
def test_a_bad_cell_is_refused_where_it_stands_in_the_file(tmp_path, kind, column, cell, why):
    """Row 33 of the file; with blocks of 36 rows all that a double is measured against lies in its own block."""
    frame = table().astype(object).fillna({"A": 5.0, "B": 5.0}).astype(str)
    frame.loc[31, column] = cell
    with pytest.raises(ImportRefused) as said:
        list(open_values(saved(tmp_path, frame, kind), TREE).blocks(16 if column != "unit" or not cell else 36))
    (error,) = said.value.errors
    assert error.cell == f"{'ABCD'[list(frame).index(column)]}33" and why in error.why


@pytest.mark.parametrize(
    "frame, words",
    [
        (table().drop(columns="B"), "没有这项指标的列"),
        (table().rename(columns={"B": "Bee"}), "不是指标体系中的指标"),
        (table().rename(columns={"unit": "who"}), "没有数据表"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_as_a_text_is(tmp_path, frame, words):
    said = []
    for kind in ("csv", "parquet"):
        with pytest.raises(ImportRefused, match=words) as refused:
            open_values(saved(tmp_path, frame, kind), TREE).whole()
        said.append([(e.cell, e.value, e.why) for e in refused.value.errors])
    assert said[0] == said[1]


def test_a_value_under_no_header_has_slipped_and_is_refused_in_blocks_too(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("unit,A,B\n" + "".join(f"U{k},1,2\n" for k in range(9)) + "U9,1,2,3\n", "utf-8")
    with pytest.raises(ImportRefused, match="没有表头"):
        list(open_values(path, TREE).blocks(4))


@pytest.mark.parametrize("text", ["unit,A,B\n甲\0乙,1,2\n", "unit,A,B\nＡ１,1,2\nb,2,3\nA1,3,4\n"])
def test_what_is_refused_as_a_whole_is_refused_in_blocks(tmp_path, text):
    """A character that no text holds; two codes that differ in the width of their letters."""
    path = tmp_path / "v.csv"
    path.write_text(text, "utf-8")
    for whole in (9, 0):
        with pytest.raises((ImportRefused, ScoringError), match=r"重复|不是文本表格"):
            score_file(TREE, Policy(), open_values(path, TREE), tmp_path / "s.csv", whole)


def test_a_title_above_the_header_and_another_encoding_go_by_in_blocks(tmp_path):
    path = tmp_path / "v.csv"
    path.write_bytes("全市办结情况,,\n单位,办结率,违纪件数\n甲局,50,1\n乙局,60,2\n丙局,70,3\n".encode("gb18030"))
    found = gathered(path, 2)
    assert found[""][0] == ("甲局", "乙局", "丙局") and found[""][1].tolist() == [[50, 1], [60, 2], [70, 3]]


def test_a_broken_parquet_file_is_refused(tmp_path):
    path = saved(tmp_path, table(), "parquet")
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(ImportRefused, match="不是完好的 Parquet 文件；请重新导出"):
        open_values(path, TREE)


def test_numbers_of_other_kinds_and_long_tables_are_read(tmp_path):
    long = pa.table({"unit": ["a", "a"], "indicator": ["A", "B"], "value": [50.0, 3.0]})
    pq.write_table(long, tmp_path / "l.parquet")
    wide = pa.table({"unit": pa.array([7]), "A": pa.array([50], pa.int16()), "B": pa.array([0.1], pa.float32())})
    pq.write_table(wide, tmp_path / "w.parquet")
    assert open_values(tmp_path / "l.parquet", TREE).rows == 0  # only read whole
    assert open_values(tmp_path / "l.parquet", TREE).whole()[""].matrix.tolist() == [[50, 3]]
    (found,) = (values for _, values in open_values(tmp_path / "w.parquet", TREE).blocks(9))
    assert found.units == ("7",) and found.matrix.tolist() == [[50, np.float32(0.1).item()]]


def test_a_table_without_rows_gives_one_without_rows(tmp_path):
    for kind in ("csv", "parquet"):
        source = open_values(saved(tmp_path, table().astype({"A": float, "B": float}).iloc[:0], kind), TREE)
        for size in (None, 5):
            out = tmp_path / "s.csv"
            assert (score_file(TREE, Policy(), source, out) if size is None else local.score(TREE, Policy(), source, out, -1, size)) == 0
            assert out.read_text("utf-8") == "unit,period,rank,tier,ALL,A,B\n"


def test_the_command_reads_and_writes_both_kinds(tmp_path):
    (tmp_path / "f.csv").write_text(CSV, "utf-8")
    sums = []
    for kind, out, extra in (("csv", "s.csv", ()), ("parquet", "s.parquet", ("--whole", "3"))):
        words = ["score", "--framework", tmp_path / "f.csv", "--values", saved(tmp_path, table(), kind), "--out", tmp_path / out, *extra]
        done = CliRunner().invoke(cli, list(map(str, words)))
        assert done.exit_code == 0 and f"已写出 {tmp_path / out}：40 行" in done.output
        read = pd.read_csv if out.endswith("csv") else pd.read_parquet
        sums.append(read(tmp_path / out)["ALL"].sort_values().tolist())
    assert sums[0] == pytest.approx(sums[1], rel=1e-14, nan_ok=True)


@pytest.mark.parametrize(("engine", "option"), [("local", "--master=sc://h"), ("local", "--quantiles=exact"), ("spark", "--whole=3")])
def test_an_option_of_the_other_engine_is_refused(tmp_path, engine, option):
    (tmp_path / "f.csv").write_text(CSV, "utf-8")
    words = ["--framework", str(tmp_path / "f.csv"), "--values", str(tmp_path / "v.csv"), "--out", str(tmp_path / "s.csv")]
    done = CliRunner().invoke(cli, ["score", *words, "--engine", engine, option])
    assert done.exit_code == 2 and f"{option.partition('=')[0]} does not go with --engine {engine}" in done.output


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_is_read_once(tmp_path):
    """As `--values <(…)` hands it over."""
    pipe, plain = tmp_path / "pipe", saved(tmp_path, table(), "csv")
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=[plain.read_bytes()])
    writer.start()
    assert open_values(pipe, TREE).whole().keys() == {"2024Q3", "2024Q4"}
    writer.join()
