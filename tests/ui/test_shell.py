"""The shell: header, navigation, what it says when the store fails, and that a new release shows without a restart."""

import pytest
from streamlit.testing.v1 import AppTest

from store.releasing.releases import publish
from tests.store.support import bring, intake, make_store
from tests.ui.support import SHELL, opened
from ui import places


def header(app: AppTest) -> str:
    return next(part.proto.body for part in app.get("html") if "<h1>" in part.proto.body)


def test_main_script_has_no_pages_beside_it():
    """Streamlit would run such pages without the shell."""
    assert not (SHELL.parent / "pages").exists()
    assert all(place.path.is_file() for place in places.PLACES)


@pytest.mark.parametrize("place", places.PLACES, ids=lambda place: place.name)
def test_header_names_the_page_the_period_and_the_release(store, place):
    app = opened(place.name)
    said, keys = header(app), {box.key for box in app.selectbox}
    if place.keeps:  # it has periods of its own
        assert said == f'<div class="zx-title"><h1>{place.title}</h1></div>' and "period" not in keys
        return
    assert f"<h1>{place.title}</h1>" in said and "2025年一季度" in said and "第 2 号发布" in said and "period" in keys
    assert "演示数据" not in said


def test_period_of_the_link_is_shown_and_kept(store):
    app = opened("overview", period="2024Q4")
    assert "2024年四季度" in header(app) and "第 1 号发布" in header(app)
    assert app.query_params["period"] == "2024Q4"
    for page in ("journal", "method"):  # the first has no period
        app.switch_page(f"../pages/{page}.py").run()
    assert "2024年四季度" in header(app) and app.query_params["period"] == "2024Q4"


def test_new_release_shows_without_a_restart(store):
    app = opened()
    bring(store, intake(values=[("U3", "A1", "2025Q1", 10.0)]))
    publish(["2025Q1"], "测试", store)
    assert "第 3 号发布" in header(app.run())


def test_demo_data_say_so(tmp_path, monkeypatch):
    path = make_store(tmp_path / "quality.db")
    bring(path, intake(values=[("U1", "A1", "2025Q1", 81.0)], demo=True))
    publish(["2024Q4", "2025Q1"], "测试", path)
    monkeypatch.setenv("QUALITY_STORE", str(path))
    assert "演示数据" in header(opened())


@pytest.mark.parametrize("page", ["overview", "unit", "method"])
def test_missing_store_is_told_with_the_command(tmp_path, monkeypatch, page):
    monkeypatch.setenv("QUALITY_STORE", str(tmp_path / "none.db"))
    app = opened(page)
    assert "没有找到库" in app.error[0].value and "manage.py init --demo" in app.code[0].value
    assert not app.metric


def test_store_without_a_release_is_told_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(make_store(tmp_path / "quality.db")))
    app = opened()
    assert "还没有发布" in app.error[0].value and "publish --all" in app.code[0].value


def test_file_that_is_no_store_is_told(tmp_path, monkeypatch):
    path = tmp_path / "quality.db"
    path.write_text("no database" * 500)
    monkeypatch.setenv("QUALITY_STORE", str(path))
    assert "不是数据库" in opened().error[0].value


def test_what_a_person_may_not_do_is_told_with_who_can_help():
    def page():
        from ui import parts

        parts.no_permission("您不能查看*日志*。", "请找管理员。")

    app = AppTest.from_function(page).run()
    assert app.warning[0].value == r"您不能查看\*日志\*。" and "请找管理员" in app.markdown[0].value and not app.exception
