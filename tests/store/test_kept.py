"""The files that came in are kept as they were, and the store can be made again from them."""

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from manage import cli
from scoring import __version__
from store import start
from store.connection import reader, write_tx
from store.errors import BatchError, KeptFileError
from store.importing.batches import import_files, revoke
from store.importing.kept import file_name, kept_file
from store.keeping.checks import check
from store.keeping.replay import replay
from store.readers.ledger_mapping import read_mapping
from store.releasing.releases import draft, publish
from tests.store.support import FRAMEWORK, POLICY, bring, intake, rows

EXPORT = "任务编号,任务名称,主办单位,完成时限,完成时间,佐证材料\nRW-1,制度一,甲局,2024-11-30,2024-11-01,ZL-1\n"
MAPPING = """ledger = "task"
ref = "任务编号"
unit = "主办单位"
[columns]
"任务名称" = "title"
"完成时限" = "due"
"完成时间" = "done"
"佐证材料" = "evidence"
[constants]
category = "重大部署"
"""
VALUES = "单位代码,考核期,A1,A2,B1,B2\nU1,2024Q4,{},80,1,45\nU2,2024Q4,50,60,2,20\nU3,2024Q4,70,70,5,25\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with all that can happen to files: read together, by a mapping, corrected, undone, published in between."""
    folder = tmp_path_factory.mktemp("kept")
    path, files = folder / "quality.db", folder / "files"
    files.mkdir()
    beginning = start.Beginning(write(files / "policy.toml", POLICY), write(files / "framework.csv", FRAMEWORK), demo=True)
    start.begin(beginning, "甲", path)
    units = write(files / "units.csv", "单位代码,单位,片组\nU1,甲局,一组\nU2,乙局,一组\nU3,丙局,二组\n")
    import_files([write(files / "v1.csv", VALUES.format(90)), units], "甲", path)
    publish(None, "乙", path)
    import_files([write(files / "v2.csv", VALUES.format(95))], "甲", path)
    draft(None, "乙", path)
    write(files / "tasks.csv", EXPORT)
    import_files([files / "tasks.csv"], "甲", path, mapping=read_mapping(write(files / "m.toml", MAPPING)))
    (wrong,) = import_files([write(files / "v3.csv", VALUES.format(10))], "甲", path)
    revoke(wrong[0], "甲", "填错", path)
    import_files([write(files / "v4.csv", VALUES.format(99))], "甲", path)
    publish(None, "乙", path)
    later = write(files / "later.csv", FRAMEWORK.replace("B2,B,指标乙二,分,1,50", "B2,B,指标乙二,分,1,70"))
    (new,) = import_files([later], "甲", path)
    with write_tx(path) as db:
        db.execute("INSERT INTO framework_since SELECT id, '2025Q1' FROM framework WHERE batch = ?", [new[0]])
    import_files([write(files / "v5.csv", VALUES.format(97).replace("2024Q4", "2025Q1"))], "甲", path)
    publish(["2024Q4", "2025Q1"], "乙", path)
    return folder


@pytest.fixture
def path(made, tmp_path):
    """A copy of the store."""
    return Path(shutil.copy(made / "quality.db", tmp_path))


def tamper(path: Path, table: str, sql: str) -> None:
    """Alter what is append-only."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"DROP TRIGGER {table}_no_update")
        db.execute(sql)
        db.commit()


def test_every_file_is_kept_to_the_byte(made):
    for number, name, sha256 in rows(made / "quality.db", "SELECT id, file, sha256 FROM batch ORDER BY id"):
        with reader(made / "quality.db") as db:
            content = kept_file(db, number)
        assert hashlib.sha256(content).hexdigest() == sha256
        if number > 1:
            assert content == (made / "files" / name).read_bytes()
    assert rows(made / "quality.db", "SELECT sum(length(content)) < 4000 FROM batch_file") == [(1,)], "packed"


def test_a_file_that_was_altered_or_lost_is_named(path):
    with reader(path) as db, pytest.raises(BatchError, match="99"):
        kept_file(db, 99)
    tamper(path, "batch_file", "UPDATE batch_file SET content = (SELECT content FROM batch_file WHERE batch = 3) WHERE batch = 2")
    tamper(path, "framework_since", "UPDATE batch_file SET content = x'00' WHERE batch = 3")
    for number, why in ((2, "改动过"), (3, "解不开")):
        with reader(path) as db, pytest.raises(KeptFileError, match=why):
            kept_file(db, number)
    assert [f.name for f in check(path) if not f.ok] == ["留存文件"]


def test_a_batch_without_a_file_has_none(path):
    (number,) = bring(path, intake(values=[("U1", "A1", "2024Q4", 1)]))
    with reader(path) as db:
        assert kept_file(db, number) is None
    assert all(f.ok for f in check(path))
    with pytest.raises(KeptFileError, match=f"没有留存.*批次 {number}"):
        replay(path.with_name("again.db"), path)
    assert not path.with_name("again.db").exists()


def test_content_that_is_not_the_file_is_not_written(path):
    wrong = intake(values=[("U1", "A1", "2024Q4", 1)])
    wrong.content = b"something else"
    with pytest.raises(ValueError, match="digest"):
        bring(path, wrong)
    assert rows(path, "SELECT count(*) FROM batch WHERE file = ?", wrong.file) == [(0,)]


def test_the_store_is_made_again_from_its_files(made, tmp_path):
    told = []
    found = replay(tmp_path / "again.db", made / "quality.db", told.append)
    assert [f for f in found if not f.ok] == []
    releases = {f"第 {n} 号发布（2024Q4）" for n in (1, 2, 3)} | {"第 4 号发布（2025Q1）"}
    assert {f.name for f in found} == {"现行数据", "单位", "指标体系", "任务台账"} | releases
    assert "导入批次 2、3" in told and "撤销批次 6" in told
    assert all(f.ok for f in check(tmp_path / "again.db"))
    digests = "SELECT id, digest FROM release ORDER BY id"
    assert rows(tmp_path / "again.db", digests) == rows(made / "quality.db", digests)


def test_a_release_of_another_version_is_compared_by_its_standings(path):
    tamper(path, "release", f"UPDATE release SET code_version = '0.0.1', digest = 'old' || id WHERE '{__version__}' <> ''")
    tamper(path, "release_unit", 'UPDATE release_unit SET "index" = "index" + 0.001 WHERE release = 3 AND unit = \'U1\'')
    found = {f.name[:5]: f for f in replay(path.with_name("again.db"), path) if f.name.startswith("第 ")}
    assert [f.ok for f in found.values()] == [True, True, False, True] and "0.0.1" in found["第 3 号"].detail


def test_what_was_altered_since_it_was_brought_shows_on_the_command_line(path, tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(path))
    run = CliRunner()
    assert run.invoke(cli, ["file", "3", str(tmp_path / "out.csv")]).exit_code == 0
    assert hashlib.sha256((tmp_path / "out.csv").read_bytes()).hexdigest() == rows(path, "SELECT sha256 FROM batch WHERE id = 3")[0][0]
    assert run.invoke(cli, ["file", "3", str(tmp_path / "out.csv")]).exit_code == 1, "nothing is written over"
    assert "批次 99" in run.invoke(cli, ["file", "99", str(tmp_path / "no.csv")]).output
    assert not (tmp_path / "no.csv").exists()
    tamper(path, "observation", "UPDATE observation SET value = 91 WHERE unit = 'U1' AND indicator = 'A1' AND batch = 7")
    tamper(path, "task", "UPDATE task SET title = '制度二'")
    tamper(path, "release", "UPDATE release SET digest = 'x' WHERE id = 2")
    tamper(path, "framework", "UPDATE framework SET digest = 'x' WHERE id = 1")
    done = run.invoke(cli, ["replay", str(tmp_path / "again.db")])
    wrong = [line.split("：")[0] for line in done.output.splitlines() if line.startswith("有错")]
    assert done.exit_code == 1 and wrong == ["有错  现行数据", "有错  指标体系", "有错  任务台账", "有错  第 2 号发布（2024Q4）"]


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("一季度.xlsx", "一季度.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\甲\\表.csv", "表.csv"),
        ("..", "batch7"),
        ("", "batch7"),
        ("a/", "a"),
        ("framework.csv + policy.toml", "framework.csv + policy.toml"),
        ("x\0\n?.csv", "x.csv"),
    ],
)
def test_a_files_name_leads_nowhere(given, name):
    assert file_name(given, 7) == name


def test_a_mapping_is_kept_with_the_batch_that_was_read_by_it(made):
    (text,) = rows(made / "quality.db", "SELECT json_extract(detail, '$.mapping') FROM audit WHERE detail LIKE '%tasks.csv%'")[0]
    assert text == MAPPING
