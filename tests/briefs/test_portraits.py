"""The portraits of many units in one archive: progress, what one failure costs, one release throughout."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from briefs.portraits import LACKING, packed, write_portraits
from store.releasing.releases import publish
from tests.briefs.cities import broken_for
from tests.store.support import bring, intake, whole


def nobody(done: int, total: int, what: str) -> None:
    """Progress, told to nobody."""


def test_progress_names_each_unit(view):
    told = []
    assert not write_portraits(io.BytesIO(), view, ["U1", "U3"], "docx", lambda *step: told.append(step))
    assert told == [(0, 2, ""), (0, 2, "甲局"), (1, 2, "丙局"), (2, 2, "")]


def test_progress_may_end_it_at_any_unit(view):
    class Enough(Exception):
        pass

    def enough(done, total, what):
        if done:
            raise Enough

    with pytest.raises(Enough):
        write_portraits(io.BytesIO(), view, ["U1", "U2"], "docx", enough)


def test_one_that_fails_costs_no_other_and_is_named(view, monkeypatch):
    whole_one, file = io.BytesIO(), io.BytesIO()
    write_portraits(whole_one, view, ["U1", "U3"], "docx", nobody)
    broken_for("U2", monkeypatch)
    said = packed(file, view, ["U1", "U2", "U3"], "docx", nobody)
    assert said == "1 份没有写成（详见压缩包里的“未写成的画像.txt”）：U2 乙局：坏了"
    sound, holed = zipfile.ZipFile(whole_one), zipfile.ZipFile(file)
    assert holed.namelist() == ["U1 甲局.docx", "U3 丙局.docx", LACKING]
    assert all(holed.read(name) == sound.read(name) for name in sound.namelist())
    assert holed.read(LACKING).decode() == "U2 乙局：坏了"


def test_the_archive_stays_with_its_release_when_another_is_published_in_the_middle(built, tmp_path, view_of):
    store = Path(shutil.copytree(built.parent, tmp_path / "own")) / built.name
    view, before, meanwhile = view_of(store), io.BytesIO(), io.BytesIO()
    write_portraits(before, view, ["U1", "U2"], "xlsx", nobody)

    def publish_another(done, total, what):
        if done == 1:
            bring(store, intake(values=whole("2025Q1", ("U2", 10, 10, 1, 45))))
            publish(["2025Q1"], "测试", store)

    bound = type(view)(view.path, view.served, view.period)
    write_portraits(meanwhile, bound, ["U1", "U2"], "xlsx", publish_another)
    assert view_of(store).release == view.release + 1
    assert view_of(store).units.at["U2", "index"] < bound.units.at["U2", "index"]
    assert meanwhile.getvalue() == before.getvalue()
