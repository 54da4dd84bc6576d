"""The command line: every verb, its exit codes, and messages that say what to do."""

import csv
import errno
import os
import signal
import socket
import subprocess
import sys

import docx
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from manage import cli
from scoring import audit
from store.connection import reader
from store.releasing.cases import release_case
from tests.store.support import as_nobody, rows
from tools.live import ROOT, over

ASEM = ROOT / "tests" / "oracles" / "asem"
VERBS = {
    "import": ["import", "{values}"],
    "dry run": ["import", "{values}", "--dry-run"],
    "publish": ["publish"],
    "publish all": ["publish", "--all"],
    "releases": ["releases"],
    "reopen": ["reopen", "1"],
    "draft": ["draft"],
    "withdraw": ["withdraw", "1", "--reason", "错"],
    "setting": ["setting"],
    "set": ["setting", "rank_change", "3"],
    "revoke": ["revoke", "1"],
    "check": ["check"],
    "uncertainty": ["uncertainty", "--draws", "20"],
    "audit": ["audit"],
    "template": ["template", "{out}.xlsx"],
    "export": ["export", "scores", "{out}.csv"],
    "init": ["init", "--demo"],
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run(*words): the command on a store of this test's own."""
    monkeypatch.setenv("QUALITY_STORE", str(tmp_path / "quality.db"))
    monkeypatch.chdir(tmp_path)

    def call(*words, code=0):
        done = CliRunner().invoke(cli, [str(w) for w in words])
        assert done.exit_code == code, done.output + repr(done.exception)
        assert code == 0 or not done.stdout.strip() or "check" in words
        return done.output

    call.store = tmp_path / "quality.db"
    return call


@pytest.fixture
def filled(run, tmp_path):
    """A store with two units and one published period of two."""
    run("init")
    (tmp_path / "units.csv").write_text("单位代码,单位,片组\nU1,甲局,一组\nU2,乙局,二组\n", encoding="utf-8")
    codes = [line.split(",")[0] for line in (ROOT / "data" / "framework.csv").read_text("utf-8").splitlines()[7:]]
    (tmp_path / "quick.toml").write_text("[uncertainty]\nnumber = 30\nseed = 5\nbase = 4\n")
    for period in ("2024Q3", "2024Q4"):
        lines = [",".join(["单位代码", "考核期", *codes]), *(f"U{n},{period}" + f",{n}" * len(codes) for n in (1, 2))]
        (tmp_path / f"{period}.csv").write_text("\n".join(lines), encoding="utf-8")
    run("import", "2024Q3.csv", "units.csv", "2024Q4.csv", "--by", "张三")
    run("publish", "--no-uncertainty", "--period", "2024Q3", "--by", "李四")
    return run


def test_a_newcomers_way(filled):
    again = filled("publish", "--period", "2024Q3", "--no-uncertainty")
    assert "第 1 号发布" in again and "未重复发布" in again
    assert "2024Q4：已发布第 2 号发布，2 个单位" in filled("publish")
    listed = filled("releases").splitlines()
    assert listed[0].startswith("*   2  2024Q4") and listed[1].startswith("*   1  2024Q3") and "李四" in listed[1]
    assert rows(filled.store, "SELECT DISTINCT by FROM batch WHERE kind NOT IN ('framework', 'guidance')") == [("张三",)]
    assert "现在使用第 1 号发布" in filled("reopen", 1)
    assert all(line.startswith("正常") for line in filled("check").splitlines())
    assert "已撤销" in filled("revoke", 3, "--reason", "填错")
    assert rows(filled.store, "SELECT revoke_reason FROM batch WHERE id = 3") == [("填错",)]


def test_a_draft_is_published_and_withdrawn(filled):
    said = filled("draft", "--by", "张三")
    assert "2024Q4：第 2 号草稿" in said and "覆盖：" in said and "草稿" in filled("releases").splitlines()[0]
    assert rows(filled.store, "SELECT release FROM service") == [(1,)]
    assert "2024Q4：已发布第 2 号" in filled("publish", "--draft", 2, "--no-uncertainty")
    assert "不是草稿" in filled("publish", "--draft", 2, code=1)
    assert "第 2 号发布已撤回；这一期不再有发布" in filled("withdraw", 2, "--reason", "错")
    assert "已撤回" in filled("releases").splitlines()[0] and all(line.startswith("正常") for line in filled("check").splitlines())


def test_settings_are_shown_and_set(filled):
    assert "two_people = 0" in filled("setting") and filled("setting", "two_people", 1).strip() == "two_people = 1"
    assert filled("setting", "two_people").strip() == "two_people = 1"
    assert "两人规则" in filled("publish", "--by", "张三", code=1) and "two_people" in filled("setting", "two_people", "x", code=1)


def test_a_reader_that_has_seen_enough_is_told_nothing(run, monkeypatch):
    def stop() -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("store.keeping.checks.check", stop)
    assert run("check", code=1) == ""


def test_a_dry_run_writes_nothing(filled, tmp_path):
    (tmp_path / "more.csv").write_text("单位代码,考核期,CTL5\nU1,2025Q1,1\n", encoding="utf-8")
    before = rows(filled.store, "SELECT count(*) FROM audit")
    assert "可以导入（未写入）" in filled("import", "more.csv", "--dry-run")
    assert rows(filled.store, "SELECT count(*) FROM audit") == before


def test_a_bad_file_is_refused_with_every_bad_cell(filled, tmp_path):
    (tmp_path / "bad.csv").write_text("单位代码,考核期,CTL5\nU1,2025Q1,很多\nU7,2025Q1,1\n", encoding="utf-8")
    said = filled("import", "bad.csv", code=1)
    assert "2 处错误" in said and "很多" in said and "U7" in said and "bad.csv C2" in said
    assert rows(filled.store, "SELECT count(*) FROM observation WHERE period = '2025Q1'") == [(0,)]


def test_the_same_file_twice_is_refused(filled):
    said = filled("import", "2024Q3.csv", code=1)
    assert "revoke" in said and "批次" in said


def test_init_leaves_a_full_store_alone(filled):
    before = filled.store.read_bytes()
    for words in (["init"], ["init", "--demo"], ["init", "--from", ASEM / "coinr_imeta.csv", ASEM / "coinr_idata.csv"]):
        assert "已有 3 批数据，没有改动" in filled(*words, code=1)
    assert filled.store.read_bytes() == before


def test_init_fills_a_store_that_has_only_its_framework(run):
    run("init")
    run("init")
    assert rows(run.store, "SELECT kind FROM batch") == [("framework",), ("guidance",)]
    run("init", "--no-uncertainty", "--from", ASEM / "coinr_imeta.csv", ASEM / "coinr_idata.csv")
    assert rows(run.store, "SELECT period, units FROM release") == [("2018", 51)]


def test_init_with_a_data_set_of_its_own(run):
    run("init", "--no-uncertainty", "--from", ASEM / "coinr_imeta.csv", ASEM / "coinr_idata_panel.csv")
    assert len(run("releases").splitlines()) == 5
    assert rows(run.store, "SELECT count(*) FROM unit WHERE active") == [(51,)]
    assert "嵌入" not in str(rows(run.store, "SELECT framework_csv, policy_toml FROM framework"))
    run("check")
    expected = pd.read_csv(ASEM / "expected_minmax_arithmetic.csv").set_index("unit").drop(columns="rank")
    with reader(run.store) as db:
        from store.releasing.reading import release_nodes

        found = release_nodes(db, 1)
    assert (found[expected.columns].loc[expected.index] - expected).abs().max().max() < 1e-9


def test_init_that_fails_leaves_no_store(run, tmp_path):
    (tmp_path / "bad.toml").write_text("[scores]\nrange = [100, 0]\n", encoding="utf-8")
    assert "scores.range" in run("init", "--policy", "bad.toml", code=1)
    assert [p.name for p in tmp_path.iterdir()] == ["bad.toml"]


def test_init_takes_a_policy(run, tmp_path):
    (tmp_path / "own.toml").write_text('[words]\nunit = "学校"\n', encoding="utf-8")
    run("init", "--policy", "own.toml")
    assert "学校" in rows(run.store, "SELECT policy_toml FROM current_framework")[0][0]


OWN_FRAMEWORK = "code,parent,name,unit,direction,weight,low,high\nX,,指数,,1,1,,\nA,X,甲,,1,1,0,10\nB,X,乙,,1,1,0,10\n"
OWN_FILES = {
    "framework.csv": OWN_FRAMEWORK,
    "units.csv": "单位代码,单位名称,片组\nU1,甲局,一组\nU2,乙局,一组\n",
    "values.csv": "单位代码,考核期,A,B\nU1,2024Q4,5,5\nU2,2024Q4,5,\n",
    "own.toml": "[missing]\ncoverage = 0.4\n",
}


@pytest.fixture
def own_files(tmp_path):
    """A data set with a framework that is not COINr's; U2 has no value for half of it."""
    for name, content in OWN_FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return ["framework.csv", "units.csv", "values.csv"]


@pytest.mark.parametrize("words, index", [([], None), (["own.toml"], 25), (["--policy", "own.toml"], 25)])
def test_a_data_set_is_scored_by_its_own_policy_or_the_built_in_one(run, own_files, words, index):
    run("init", "--no-uncertainty", "--from", *own_files, *words)
    assert rows(run.store, 'SELECT "index" FROM release_unit ORDER BY unit') == [(50,), (index,)]
    run("check")


def test_a_data_set_has_one_policy_and_a_framework(run, own_files):
    assert "只留一份" in run("init", "--from", *own_files, "own.toml", "--policy", "own.toml", code=1)
    assert "没有指标体系" in run("init", "--from", "units.csv", code=1)
    assert not run.store.exists()


def test_a_policy_that_is_not_utf8_is_refused(run, tmp_path):
    (tmp_path / "p.toml").write_bytes('[words]\nunit = "部门单位"\n'.encode("gb18030"))
    assert "p.toml" in run("init", "--policy", "p.toml", code=1) and not run.store.exists()


def test_template_goes_in_again(filled, tmp_path):
    filled("template", "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert {"单位", "指标体系", "数据", "加减分"} <= set(book.sheetnames)
    filled("import", "t.xlsx")


def test_template_without_a_store(run, tmp_path):
    run("template", "t.xlsx")
    assert (tmp_path / "t.xlsx").exists() and not run.store.exists()


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_export(filled, tmp_path, suffix):
    filled("publish", "--no-uncertainty")
    assert "4 行" in filled("export", "scores", f"out.{suffix}")
    read = pd.read_csv if suffix == "csv" else pd.read_excel
    table = read(tmp_path / f"out.{suffix}")
    assert table["考核期"].tolist() == ["2024Q3"] * 2 + ["2024Q4"] * 2
    assert "2 行" in filled("export", "scores", f"out.{suffix}", "--period", "2024Q4")
    assert "2019Q1" in filled("export", "scores", f"out.{suffix}", "--period", "2019Q1", code=1)


def measured(store):
    return rows(store, "SELECT release, draws, seed FROM uncertainty ORDER BY id")


def test_publishing_measures_what_it_published_unless_told_not_to(filled):
    filled("import", "quick.toml")
    assert measured(filled.store) == []
    assert "已测算 1 个考核期的稳健性" in filled("publish")
    assert measured(filled.store) == [(2, 30, 5)]
    assert "已测算" not in filled("publish", "--all", "--no-uncertainty") and len(measured(filled.store)) == 1
    filled("publish", "--all")
    assert measured(filled.store) == [(2, 30, 5), (3, 30, 5)]


def test_a_measurement_that_fails_undoes_no_publishing(filled, monkeypatch):
    from scoring.errors import ScoringError
    from store.releasing import robustness

    def refuse(*_, **__):
        raise ScoringError("不能测算")

    monkeypatch.setattr(robustness, "measure_releases", refuse)
    said = filled("publish")
    assert "第 2 号发布" in said and "没有测算稳健性：不能测算" in said and "manage.py uncertainty" in said
    assert rows(filled.store, "SELECT release FROM service ORDER BY period") == [(1,), (2,)]


def test_uncertainty_gives_the_same_bytes_for_the_same_seed(filled, tmp_path):
    """Once measured, once read from the store, once measured in another store; another seed differs."""
    filled("publish", "--no-uncertainty")
    (tmp_path / "copy.db").write_bytes(filled.store.read_bytes())
    words = ("uncertainty", "--draws", "50", "--seed", "4", "--out")
    assert "2024Q3、2024Q4；已写出 u1.csv：4 行" in filled(*words, "u1.csv")
    filled(*words, "u2.csv")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("QUALITY_STORE", str(tmp_path / "copy.db"))
        filled(*words, "u3.csv")
    first = (tmp_path / "u1.csv").read_bytes()
    assert first == (tmp_path / "u2.csv").read_bytes() == (tmp_path / "u3.csv").read_bytes()
    assert measured(filled.store) == measured(tmp_path / "copy.db") == [(1, 50, 4), (2, 50, 4)]
    filled(*words[:3], "--seed", "5", "--period", "2024Q4", "--out", "u4.csv")
    assert measured(filled.store)[2:] == [(2, 50, 5)]
    head, *lines = first.decode("utf-8").splitlines()
    assert head == "unit,period,rank,rank_median,rank_p5,rank_p95,index_p5,index_p95,p_leading,p_contending,p_catching_up"
    assert [line.split(",")[1] for line in lines] == ["2024Q3"] * 2 + ["2024Q4"] * 2
    assert len((tmp_path / "u4.csv").read_text("utf-8").splitlines()) == 3


@pytest.mark.parametrize("words, said", [(["--period", "2019Q1"], "2019Q1 没有发布；已发布：2024Q3"), (["--draws", "0"], "0")])
def test_uncertainty_refuses_by_name(filled, tmp_path, words, said):
    found = filled("uncertainty", *words, "--out", "u.csv", code=1)
    assert said in found and any("\u4e00" <= c <= "\u9fff" for c in found) and not (tmp_path / "u.csv").exists()


@pytest.mark.parametrize("verb", ["uncertainty", "audit"])
def test_what_needs_a_release_says_so(run, verb):
    run("init")
    assert "manage.py publish" in run(verb, code=1)


def test_audit_is_read_on_the_terminal(filled):
    filled("publish", "--no-uncertainty")
    said = filled("audit")
    assert "【检查单】" in said and "【异常形态】" in said and said.splitlines()[-1].startswith("2024Q4，第 2 号发布：")
    for check in audit.CHECKS.values():
        assert f"  {check.title}" in said
    assert "2024Q3，第 1 号发布" in filled("audit", "--period", "2024Q3")
    assert "2019Q1 没有发布；已发布：2024Q3、2024Q4" in filled("audit", "--period", "2019Q1", code=1)


def test_audit_says_the_same_as_a_file(filled, tmp_path):
    with reader(filled.store) as db:
        found = audit.audit(release_case(db, 1))
    for suffix in ("csv", "xlsx", "docx"):
        assert f"已写出 a.{suffix}" in filled("audit", "--out", f"a.{suffix}")
    tables = pd.read_csv(tmp_path / "a.csv"), pd.read_excel(tmp_path / "a.xlsx")
    for table in tables:
        assert table["检查代码"].tolist() == [c.name for c in found] and table["结果"].tolist() == [c.label for c in found]
    document = docx.Document(tmp_path / "a.docx")
    said = "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert all(c.finding in said for c in found if c.status in ("fail", "flag")) and "体检报告" in document.paragraphs[0].text


def test_score_gives_what_coinr_gives(run, tmp_path):
    (tmp_path / "p.toml").write_text('[missing]\nrule = "reweight"\ncoverage = 0\n')
    run("score", "--framework", ASEM / "framework.csv", "--values", ASEM / "values.csv", "--policy", "p.toml", "--out", "s.csv")
    with open(tmp_path / "s.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    with open(ASEM / "expected_minmax_arithmetic.csv", encoding="utf-8", newline="") as file:
        expected = {row["unit"]: row for row in csv.DictReader(file)}
    framework = pd.read_csv(ASEM / "framework.csv")["code"].tolist()
    assert list(table[0]) == ["unit", "period", "rank", "tier", *framework]
    assert [int(r["rank"]) for r in table] == sorted(int(r["rank"]) for r in table)
    for row in table:
        assert row["rank"] == expected[row["unit"]]["rank"]
        for code in framework:
            ours, theirs = row[code], expected[row["unit"]][code]
            assert (ours == "") == (theirs in ("", "NA")), (row["unit"], code)
            assert ours == "" or float(ours) == pytest.approx(float(theirs), abs=1e-9)
    assert not run.store.exists()


def test_score_orders_by_period_rank_and_input_and_keeps_every_digit(run, tmp_path):
    (tmp_path / "f.csv").write_text("code,parent,name,unit,direction,weight,low,high\nX,,指数,,1,1,,\nA,X,甲,,1,1,0,3\n", encoding="utf-8")
    (tmp_path / "v.csv").write_text("unit,period,sector,A\nZ,2024Q4,,1\nB,2024Q4,,1\nC,2024Q4,,2\nN,2024Q4,,\nB,2023Q4,,待报\n", encoding="utf-8")
    assert "5 行" in run("score", "--framework", "f.csv", "--values", "v.csv", "--out", "s.csv")
    table = [line.split(",") for line in (tmp_path / "s.csv").read_text("utf-8").splitlines()]
    assert [row[:4] for row in table] == [
        ["unit", "period", "rank", "tier"],
        ["B", "2023Q4", "", ""],
        ["C", "2024Q4", "1", "争先型"],
        ["Z", "2024Q4", "2", "争先型"],
        ["B", "2024Q4", "2", "争先型"],
        ["N", "2024Q4", "", ""],
    ]
    assert [row[4:] for row in table[:2] + table[-1:]] == [["X", "A"], ["", ""], ["", "0.0"]]
    for text in table[2][4:] + table[3][4:]:
        assert repr(float(text)) == text and len(text) >= 17
    assert float(table[2][4]) == pytest.approx(200 / 3, rel=1e-15)


@pytest.mark.parametrize("head", ["unit,A,B", "unit,period,sector,A,B"])
def test_score_of_no_rows_is_no_rows(run, own_files, tmp_path, head):
    (tmp_path / "v.csv").write_text(f"{head}\n", encoding="utf-8")
    assert "0 行" in run("score", "--framework", "framework.csv", "--values", "v.csv", "--out", "s.csv")
    assert (tmp_path / "s.csv").read_text("utf-8") == "unit,period,rank,tier,X,A,B\n"


def test_a_file_that_cannot_be_written_is_1_and_named(filled, own_files, tmp_path):
    (tmp_path / "v.csv").write_text("unit,A,B\nU1,1,2\n", encoding="utf-8")
    for words in (
        ["template", "nowhere/t.xlsx"],
        ["export", "scores", "nowhere/s.csv"],
        ["uncertainty", "--draws", "20", "--out", "nowhere/u.csv"],
        ["audit", "--out", "nowhere/a.csv"],
        ["score", "--framework", "framework.csv", "--values", "v.csv", "--out", "nowhere/s.csv"],
    ):
        assert f"Error: {words[-1]}：" in filled(*words, code=1)


def test_score_refuses_by_name(run, tmp_path):
    (tmp_path / "f.csv").write_text("code,parent,name,unit,direction,weight,low,high\nX,,指数,,1,1,,\nA,X,甲,,1,1,3,3\n", encoding="utf-8")
    (tmp_path / "v.csv").write_text("unit,A\nZ,1\n", encoding="utf-8")
    said = run("score", "--framework", "f.csv", "--values", "v.csv", "--out", "s.csv", code=1)
    assert "A：目标区间两端相等（3）" in said and not (tmp_path / "s.csv").exists()


def test_demo_writes_the_shipped_files(run, tmp_path):
    run("demo", tmp_path / "demo")
    shipped = {p.name: p.read_bytes() for p in (ROOT / "data" / "demo").iterdir()}
    assert {p.name: p.read_bytes() for p in (tmp_path / "demo").iterdir()} == shipped


@pytest.mark.parametrize(
    "words",
    [
        ["publish", "--all", "--period", "2024Q4"], ["publish", "--unknown"], ["import"], ["import", "nowhere.csv"], ["reopen", "x"],
        ["export", "scores", "out.pdf"], ["template", "out.docx"], ["init", "--demo", "--from", "manage.py"], ["init", "manage.py"], ["nothing"],
        ["uncertainty", "--draws", "many"], ["audit", "--out", "a.pdf"],
    ],
)  # fmt: skip
def test_wrong_usage_is_2(run, monkeypatch, words):
    monkeypatch.chdir(ROOT)
    run(*words, code=2)
    assert not run.store.exists()


@pytest.mark.parametrize("verb", [v for v in VERBS if v not in ("template", "init")])
def test_a_missing_store_is_1_and_says_what_to_do(run, tmp_path, verb):
    said = run(*words_of(verb, tmp_path), code=1)
    assert str(run.store) in said and "init" in said and not run.store.exists()


def words_of(verb, folder):
    values = folder / "values.csv"
    values.write_text("单位代码,考核期,CTL5\nU1,2025Q1,1\n", encoding="utf-8")
    return [word.format(values=values, out=folder / "out") for word in VERBS[verb]]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", ["folder", "empty", "text", "other", "newer"])
def test_a_store_that_is_none_is_1_and_is_left_alone(run, tmp_path, verb, kind):
    import sqlite3

    if kind == "folder":
        run.store.mkdir()
    elif kind in ("empty", "text"):
        run.store.write_text("单位,值\n" * (2000 if kind == "text" else 0), encoding="utf-8")
    elif kind == "other":
        with sqlite3.connect(run.store) as other:
            other.execute("CREATE TABLE note (text)")
    else:
        run("init")
        with sqlite3.connect(run.store) as other:
            other.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('quality', 'm999', '')")
        other.close()
    before = None if kind == "folder" else run.store.read_bytes()
    said = run(*words_of(verb, tmp_path), code=1)
    assert str(run.store) in said and "Traceback" not in said
    assert any("\u4e00" <= c <= "\u9fff" for c in said)
    assert before is None or run.store.read_bytes() == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_locked_store_says_so_or_is_read(filled, tmp_path, monkeypatch, verb):
    from store import connection

    monkeypatch.setattr(connection, "WRITER_WAIT", 0.05)
    writes = verb in ("import", "publish", "publish all", "reopen", "draft", "withdraw", "set", "revoke", "uncertainty")
    with connection.write_tx(filled.store):
        if writes:
            assert "正被另一个程序写入" in filled(*words_of(verb, tmp_path), code=1)
        else:
            filled(*words_of(verb, tmp_path), code=1 if verb == "init" else 0)


def test_a_read_only_store_can_be_read(filled):
    filled.store.chmod(0o444)
    filled.store.parent.chmod(0o555)
    assert as_nobody(filled.store, "read") == "ok"
    filled.store.parent.chmod(0o755)


def test_it_starts_from_any_folder_and_speaks_utf8(tmp_path):
    command = [sys.executable, str(ROOT / "manage.py"), "releases"]
    done = subprocess.run(command, cwd=tmp_path, env=over(tmp_path / "no.db"), capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1 and "没有找到库" in done.stderr and done.stdout == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without telling it")
def test_a_stopped_run_leaves_no_server_behind(filled):
    from tools import live

    port = live.free_port()
    command = [sys.executable, "manage.py", "run", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=over(filled.store), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert live.answers(f"http://127.0.0.1:{port}", process)
    process.terminate()
    assert process.wait(20) == -signal.SIGTERM  # the end that was asked for, and no other
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), 1):
        pass


def test_help_is_in_english(run):
    said = run("--help")
    assert said.isascii()
    for verb in cli.commands:
        assert run(verb, "--help").isascii(), verb


def test_manage_stays_small():
    assert len((ROOT / "manage.py").read_text("utf-8").splitlines()) <= 250
