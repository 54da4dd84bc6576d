"""Numbers for names: in every sheet, text and period, the same for the same unit."""

import pytest

from briefs import anonymous, kinds, meetings, quarterly
from store.connection import migrate
from store.releasing.releases import publish
from tests.briefs.cities import said
from tests.store.support import FRAMEWORK, POLICY, UNITS, bring, intake, whole
from ui import viewer
from ui.wording import tags

NAMES = ["示例市财政局", "示例市水利局", "示例市水利局二处"]


@pytest.fixture
def view(tmp_path, monkeypatch):
    """Two quarters, in the second of which a reason names two units, one of them in short."""
    store = tmp_path / "quality.db"
    migrate(store)
    units, lines = UNITS.assign(name=NAMES), [("U2", 50, 60, 2, 20), ("U3", 70, 70, 5, 25)]
    first, second = whole("2024Q4", ("U1", 90, 80, 1, 45), *lines), whole("2025Q1", *lines)
    brought = intake(units, first + second, [("U2", "2025Q1", "bonus", 2, "文1")])
    brought.adjustments["reason"] = "水利局与示例市财政局共建；财政工作另计"
    bring(store, intake(framework_csv=FRAMEWORK, policy_toml=POLICY), brought)
    publish(["2024Q4", "2025Q1"], "测试", store)
    monkeypatch.setenv("QUALITY_STORE", str(store))
    return viewer.latest()


def test_numbers_go_by_code_and_hold_in_every_period(view):
    masked = anonymous.masked(view)
    for now in (masked, masked.previous):
        assert now.units["name"].to_dict() == {"U1": "单位01", "U2": "单位02", "U3": "单位03"}
    assert masked.previous.at("2025Q1") is masked
    assert masked.unit_name("U1") == "单位01"


def test_numbers_are_shown_whole(view):
    masked = anonymous.masked(view).previous
    assert tags(masked.units["name"]).to_list() == ["单位01", "单位02", "单位03"]


def test_texts_lose_the_longest_name_first(view):
    reason = anonymous.masked(view).adjustments["reason"].item()
    assert reason == "单位02与单位01共建；财政工作另计"


def test_no_sheet_and_no_document_holds_a_name(view):
    masked = anonymous.masked(view)
    for now in (masked, masked.previous):
        pages = [kinds.sheet(now, code) for code in kinds.titles(now)] + [kinds.sheet(now, "compare:U2,U3")]
        for page in [*pages, quarterly.report(now), meetings.quarterly(now)]:
            assert not any(name in said(page) for name in ("财政局", "水利局", "二处"))


def test_figures_stay_what_they_were(view):
    masked = anonymous.masked(view)
    assert kinds.sheet(masked, "city").lead == kinds.sheet(view, "city").lead
    assert masked.units["index"].equals(view.units["index"])


def test_masking_twice_changes_nothing(view):
    masked = anonymous.masked(view)
    assert anonymous.masked(masked) is masked
    assert anonymous.is_masked(masked)
    assert not anonymous.is_masked(view)
