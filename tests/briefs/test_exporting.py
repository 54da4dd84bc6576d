"""The verbs that write documents of units: what they write, what they refuse, and what is left when they are stopped."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefs import portraits
from manage import cli
from tests.briefs.cities import broken_for, other_city


@pytest.fixture
def run(built, tmp_path, monkeypatch):
    """run(*words): the command on the small city, in a folder of this test's own."""
    monkeypatch.setenv("QUALITY_STORE", str(built))
    monkeypatch.chdir(tmp_path)

    def call(*words, code=0):
        done = CliRunner().invoke(cli, ["export", *words])
        assert done.exit_code == code, done.output + repr(done.exception)
        return done.output

    return call


@pytest.mark.parametrize("ending", ["pptx", "docx", "xlsx"])
def test_a_portrait_by_code_or_name_is_the_same_file(run, ending):
    assert "甲局，2025Q1，第 2 号发布" in run("portrait", "U1", f"a.{ending}")
    run("portrait", "甲局", f"b.{ending}")
    assert Path(f"a.{ending}").read_bytes() == Path(f"b.{ending}").read_bytes()


def test_of_another_period(run):
    assert "2024Q4，第 1 号发布" in run("portrait", "U1", "a.docx", "--period", "2024Q4")
    assert "考核期 2019Q1 没有发布；已发布：2024Q4、2025Q1" in run("portrait", "U1", "a.docx", "--period", "2019Q1", code=1)


def test_a_unit_that_is_not_there_is_told_with_those_like_it(run):
    assert "没有单位“局”；请用代码或全名：U1（甲局）、U2（乙局）、U3（丙局）" in run("portrait", "局", "a.docx", code=1)
    assert not Path("a.docx").exists()


def test_a_name_that_two_units_share_is_no_answer(tmp_path, run, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(other_city(tmp_path / "two.db", ["甲局", "甲局"], ("U1", 90, 80, 1, 45), ("U2", 50, 60, 2, 20))))
    assert "不止一个单位“甲局”；请用代码或全名：U1（甲局）、U2（甲局）" in run("portrait", "甲局", "a.docx", code=1)


@pytest.mark.parametrize("words", [["portrait", "U1", "a.pdf"], ["portraits", "a.docx"], ["portraits", "a.zip", "--format", "pdf"]])
def test_other_kinds_of_files_are_wrong_usage(run, words):
    run(*words, code=2)


def test_all_portraits_in_one_archive(run):
    assert "3 份画像" in run("portraits", "a.zip")
    run("portraits", "b.zip")
    run("portrait", "U2", "b.docx")
    with zipfile.ZipFile("a.zip") as archive:
        assert archive.namelist() == ["U1 甲局.docx", "U2 乙局.docx", "U3 丙局.docx"]
        assert archive.read("U2 乙局.docx") == Path("b.docx").read_bytes()
    assert Path("a.zip").read_bytes() == Path("b.zip").read_bytes()


def test_portraits_of_a_sector(run):
    run("portraits", "a.zip", "--sector", "二组", "--format", "xlsx")
    assert zipfile.ZipFile("a.zip").namelist() == ["U3 丙局.xlsx"]
    assert "没有片组“三组”；可用：一组、二组" in run("portraits", "b.zip", "--sector", "三组", code=1)
    assert not Path("b.zip").exists()


def test_names_that_are_no_file_names(tmp_path, run, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(other_city(tmp_path / "odd.db", ["甲/乙:局", "../丙"], ("U1", 90, 80, 1, 45), ("U2", 50, 60, 2, 20))))
    run("portraits", "a.zip")
    assert zipfile.ZipFile("a.zip").namelist() == ["U1 甲·乙·局.docx", "U2 ..·丙.docx"]


def test_stopped_half_way_nothing_is_left(run, monkeypatch):
    Path("a.zip").write_bytes(b"old")

    def stopped(file, *rest):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(portraits, "write_portraits", stopped)
    assert "已停止，没有写出 a.zip" in run("portraits", "a.zip", code=1)
    assert Path("a.zip").read_bytes() == b"old" and [p.name for p in Path().iterdir()] == ["a.zip"]


def test_a_portrait_that_fails_is_named_and_the_others_are_written(run, monkeypatch):
    broken_for("U2", monkeypatch)
    said = run("portraits", "a.zip", code=1)
    assert "已写出 a.zip：2 份画像" in said and "1 份没有写成（详见压缩包里的“未写成的画像.txt”）：U2 乙局：坏了" in said
