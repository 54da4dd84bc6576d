"""A watched folder: each file once, done or refused with its reasons, whatever was killed in between."""

import openpyxl
import pytest
from click.testing import CliRunner

from manage import cli
from store.errors import MappingError, StoreLocked, WatchError
from store.importing import watch
from store.importing.batches import import_files
from store.importing.watch import Watch
from store.readers.ledger_mapping import read_mapping
from tests.store.support import make_store, rows
from tools.live import ROOT

HEAD = "被访单位,暗访事项,暗访时间,评分,发现问题个数\n"
GOOD = HEAD + "甲局,窗口,2026-3-5,92.5,1\n"
BAD = HEAD + "丁局,窗口,2026-3-5,192.5,1\n"


@pytest.fixture
def store(tmp_path):
    return make_store(tmp_path / "quality.db")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "drop"
    made.mkdir()
    (made / "mapping.toml").write_bytes((ROOT / "data/mappings/inspection.toml").read_bytes())
    return made


def drop(folder, name, content):
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def twice(watching):
    """What comes of two looks, as (name, state)."""
    return [(o.file.name, o.state) for _ in range(2) for o in watching.look()]


def names(folder):
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


def test_done_and_refused(folder, store):
    drop(folder, "good.csv", GOOD)
    drop(folder, "bad.csv", BAD)
    for name in ("~$good.xlsx", ".hidden", "big.csv.part"):
        drop(folder, name, "x")
    watching = Watch(folder, "测试", store)
    assert twice(watching) == [("bad.csv", "refused"), ("good.csv", "imported")]
    assert names(folder / "done") == ["good.csv"] and names(folder / "refused") == ["bad.csv", "bad.csv.原因.xlsx"]
    assert rows(store, "SELECT unit, score, problems FROM current_inspection") == [("U1", 92.5, 1)]
    table = list(openpyxl.load_workbook(folder / "refused" / "bad.csv.原因.xlsx").active.values)
    assert table[0][:5] == ("文件", "工作表", "单元格", "内容", "原因")
    assert [row[2:4] for row in table[1:]] == [("A2", "丁局"), ("D2", "192.5")] and "0 到 100" in table[2][4]
    assert twice(watching) == []


def test_a_file_that_grows_is_left_alone(folder, store):
    file = drop(folder, "x.csv", HEAD)
    watching = Watch(folder, "测试", store)
    assert list(watching.look()) == [] and watching.waiting == [file]
    drop(folder, "x.csv", GOOD)
    assert list(watching.look()) == [] and watching.waiting == [file]
    assert [o.state for o in watching.look()] == ["imported"] and watching.waiting == []


def test_killed_between_the_import_and_the_move(folder, store, monkeypatch):
    drop(folder, "x.csv", GOOD)
    mapping = read_mapping(folder / "mapping.toml")

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Watch, "_move", killed)
        twice(Watch(folder, "测试", store))
    assert names(folder) == ["mapping.toml", "x.csv"] and rows(store, "SELECT count(*) FROM inspection") == [(1,)]
    assert twice(Watch(folder, "测试", store)) == [("x.csv", "known")]
    assert rows(store, "SELECT count(*) FROM inspection") == [(1,)] and names(folder / "done") == ["x.csv"]
    other = drop(folder, "y.csv", HEAD + "乙局,窗口,2026-3-5,90,\n")
    import_files([other], "别人", store, mapping=mapping)
    drop(folder, "x.csv", GOOD)
    assert twice(Watch(folder, "测试", store)) == [("x (2).csv", "known"), ("y.csv", "known")]
    assert names(folder / "done") == ["x (2).csv", "x.csv", "y.csv"]


def test_killed_in_the_midst_of_an_import(folder, store, monkeypatch):
    drop(folder, "x.csv", GOOD)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("store.importing.batches.write_ledger", killed)
        twice(Watch(folder, "测试", store))
    assert rows(store, "SELECT count(*) FROM inspection") == [(0,)] and names(folder) == ["mapping.toml", "x.csv"]
    assert twice(Watch(folder, "测试", store)) == [("x.csv", "imported")]


def test_another_watch_was_quicker(folder, store, monkeypatch):
    file = drop(folder, "x.csv", GOOD)
    import_files([file], "别人", store, mapping=read_mapping(folder / "mapping.toml"))
    answers = iter([0, 7])
    monkeypatch.setattr(Watch, "_batch_of", lambda *_: next(answers))
    assert twice(Watch(folder, "测试", store)) == [("x.csv", "known")]


def test_a_store_that_is_busy_is_no_fault_of_the_file(folder, store, monkeypatch):
    drop(folder, "x.csv", GOOD)
    watching = Watch(folder, "测试", store)

    def busy(*_, **__):
        raise StoreLocked("忙")

    with monkeypatch.context() as patch:
        patch.setattr(watch, "import_files", busy)
        assert twice(watching) == [("x.csv", "stuck")] and twice(watching) == []
    assert twice(watching) == [("x.csv", "imported")]


def test_a_sub_folder_a_mapping(folder, store):
    (folder / "mapping.toml").unlink()
    with pytest.raises(WatchError, match=r"mapping\.toml"):
        Watch(folder, "测试", store)
    for name, mapping in (("暗访", "inspection"), ("品牌", "brand_list"), ("done", "inspection")):
        (folder / name).mkdir()
        (folder / name / "mapping.toml").write_bytes((ROOT / f"data/mappings/{mapping}.toml").read_bytes())
    (folder / "其他").mkdir()
    drop(folder / "其他", "x.csv", GOOD)
    drop(folder / "done", "y.csv", GOOD)
    drop(folder / "暗访", "x.csv", GOOD)
    drop(folder / "品牌", "x.csv", "单位,登记名称,总品牌,支部子品牌,所属支部,创建日期,撤销日期\n乙局,清风,甲,乙,一支部,,\n")
    watching = Watch(folder, "测试", store)
    assert twice(watching) == [("x.csv", "imported"), ("x.csv", "imported")]
    assert names(folder / "品牌" / "done") == ["x.csv"] and names(folder / "其他") == ["x.csv"]
    drop(folder / "品牌", "mapping.toml", "ledger = 1")
    drop(folder / "品牌", "z.csv", "x")
    assert twice(watching) == [("mapping.toml", "stuck")] and "z.csv" in names(folder / "品牌")
    with pytest.raises(MappingError):
        Watch(folder, "测试", store)


def test_the_verb(folder, store, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(store))
    drop(folder, "good.csv", GOOD)
    words = ["watch", str(folder), "--once", "--every", "0.1"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0 and "1 条暗访台账记录；批次" in done.output
    drop(folder, "bad.csv", BAD)
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 1 and "2 处错误" in done.output and "bad.csv.原因.xlsx" in done.output
    monkeypatch.setattr("time.sleep", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    stopped = CliRunner().invoke(cli, ["watch", str(folder)])
    assert stopped.exit_code == 0 and "已停止" in stopped.output
