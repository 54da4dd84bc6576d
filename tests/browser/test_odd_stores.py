"""Stores that are not there, not ours, full of odd names, or of another world: the pages say so, or show them all the same."""

from collections.abc import Iterator

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from store.connection import reader
from store.releasing import reading
from tests.browser.test_every_page import PAGES
from tests.ui.odd_city import UNITS, make_odd
from tools import live
from ui.places import PLACES

KEEPS = {place.name for place in PLACES if place.keeps}  # the desks, which have periods of their own
WIDEST = ("U5", "U7", "U8")  # the names with marks, of joined signs, without a place to break at


def walk(page: Page, shoot, name: str) -> Iterator[str]:
    """Goes by the side bar through all pages of the app that is open; gives the path of each once it is drawn."""
    for path, title in PAGES.items():
        page.locator("[data-testid=stSidebarNav] a", has_text=title).click()
        expect(page.locator("h1")).to_have_text(title)
        live.settle(page)
        shoot(page, f"{name}-{path.strip('/') or 'overview'}")
        yield path


@pytest.fixture(scope="module")
def storeless_server(serve, tmp_path_factory) -> str:
    return serve(tmp_path_factory.mktemp("nowhere") / "quality.db")


@pytest.mark.parametrize("path", ["/", "/unit", "/method"])
def test_missing_store_is_told_on_the_page(visitor, storeless_server, path):
    page = visitor.open(storeless_server + path)
    expect(page.locator("[data-testid=stMain]")).to_contain_text("没有找到库")
    expect(page.locator("[data-testid=stMain]")).to_contain_text("manage.py init")
    assert page.locator("[data-testid=stException]").count() == 0


def test_file_that_is_no_store_is_told_on_the_page(visitor, tmp_path):
    file = tmp_path / "quality.db"
    file.write_text("not a database, but long enough to look like one\n" * 40)
    with live.server(file) as address:
        page = visitor.open(address)
        expect(page.locator("[data-testid=stAlert]")).to_contain_text("quality.db")
        assert page.locator("[data-testid=stException]").count() == 0
    assert file.read_text().startswith("not a database")


@pytest.fixture(scope="module")
def odd_server(serve, tmp_path_factory) -> str:
    """A city in which every name, reason and file is an attack."""
    return serve(make_odd(tmp_path_factory.mktemp("odd") / "quality.db"))


def nothing_ran(page) -> bool:
    """No part of a name has become an element of the page, let alone run."""
    return page.evaluate("window.harmed === undefined") and not any(
        page.locator(element).count() for element in ("img[src=x]", "script:text('harmed')", "a[href*=harmed]")
    )


def test_odd_names_are_text_on_every_page(visitor, odd_server, shoot):
    page, opened = visitor.open(odd_server), []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    broken = "[data-testid=stException], .zx-broken"
    harmed = [path for path in walk(page, shoot, "odd") if page.locator(broken).count() or not nothing_ran(page)]
    assert harmed == opened == []


def test_odd_names_stand_in_portraits_as_they_are(visitor, odd_server):
    page = visitor.page("phone")
    for code in WIDEST:
        name = UNITS[code]
        page.goto(f"{odd_server}/unit?unit={code}")
        live.settle(page)
        expect(page.locator("[data-testid=stMain]")).to_contain_text(name[:50])
        assert nothing_ran(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{name[:20]} makes the page {wide} px wider than a phone"


def default_words() -> list[str]:
    """What only the default framework says: names of its nodes and of its facets' groups."""
    framework = pd.read_csv(live.ROOT / "data" / "framework.csv", dtype=str).fillna("")
    facets = ["requirement", "model", "dilemma", "path"]
    return sorted(set(framework[["name", *facets]].to_numpy().ravel()) - {"", "INDEX"})


def test_another_framework_leaves_nothing_of_the_default(visitor, asem_server, shoot):
    page, foreign, wrong = visitor.open(asem_server), [*default_words(), "嵌入", "演示数据"], []
    for path in walk(page, shoot, "asem"):
        said = page.locator("body").inner_text()
        wrong += [f"{path} says {word}" for word in foreign if word in said]
        wrong += [f"{path} has failed"] * page.locator("[data-testid=stException]").count()
        served = path.strip("/") not in KEEPS
        wrong += [f"{path} says no period"] * (served and "2022" not in page.locator("[data-testid=stMain]").inner_text())
    assert wrong == []


def test_another_framework_shows_all_units_pillars_and_years(visitor, asem_server, asem_store):
    with reader(asem_store) as db:
        served = reading.served(db)
        assert list(served["period"]) == ["2018", "2019", "2020", "2021", "2022"]
        assert set(served["units"]) == {51}
        framework, _ = reading.release_framework(db, served["release"].iloc[-1])
    page = visitor.open(f"{asem_server}/unit?unit=CHN")
    said = "".join(page.locator("[data-testid=stMain]").text_content().split())  # long names run over two lines
    assert len(framework.dimensions) == 8
    assert [d.name for d in framework.dimensions if "".join(d.name.split()) not in said] == []
    expect(visitor.open(asem_server).locator("[data-testid=stMetric]").first).to_contain_text("51")
