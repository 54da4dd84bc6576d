"""The view: served periods, tables that a page may change without harm, neighbours in time, names of nodes."""

import pytest

from store.connection import reader
from store.releasing.releases import publish
from store.releasing.robustness import measure_releases
from store.scenarios import save_scenario, scenarios
from tests.store.support import FRAMEWORK, POLICY, bring, intake, make_store
from ui import glance, viewer


def test_latest_period_and_its_neighbours(store):
    view = viewer.latest()
    assert view.periods == ("2024Q4", "2025Q1") and view.period == "2025Q1" and view.release == 2
    assert view.previous.period == "2024Q4" and view.year_ago is None and view.previous.previous is None
    assert view.at("1999Q1") is None and view.at(None) is None


def test_tables_can_be_changed_by_one_page_only(store):
    mine = viewer.latest().units
    mine["index"] = 0.0
    mine["extra"] = 1
    again = viewer.latest().units
    assert again["index"].max() > 0 and "extra" not in again


def test_tables_agree_with_each_other(store):
    view = viewer.latest()
    assert list(view.nodes.columns) == list(view.ranks.columns) == list(view.coverage.columns)
    assert list(view.nodes.index) == list(view.units.index)
    assert len(view.cells) == len(view.units) * len(view.framework.indicators)
    assert len(view.history) == 6 and list(view.history["period"]) == sorted(view.history["period"])


def test_history_is_of_the_releases_that_the_view_serves(store):
    """What is published between two reads of a run belongs to the next run, and not under this one's key in the cache."""
    view = viewer.latest()
    bring(store, intake(values=[("U3", "A1", "2025Q1", 10.0)]))
    publish(["2025Q1"], "测试", store)
    assert list(view.history["release"].unique()) == list(view.served["release"])
    assert list(viewer.latest().history["release"].unique()) == [1, 3]


def test_names_of_nodes_and_facets(store):
    view = viewer.latest()
    assert view.facets == {"requirement": "四项要求"}
    assert view.node_name("A") == "维度甲" and view.node_name("requirement") == "四项要求"
    assert view.node_name("requirement:守纪律") == "守纪律" and view.node_name("gone") == "gone"
    assert view.unit_name("U1") == "甲局" and view.unit_name("U9") == "U9"


def test_replaced_store_is_read_anew(store, tmp_path):
    assert viewer.latest().unit_name("U1") == "甲局"
    other = make_store(tmp_path / "other.db")
    bring(other, intake(intake().units.reindex([0]).assign(code="U1", name="改名局", sector="一组", size=1.0)))
    publish(["2024Q4", "2025Q1"], "测试", other)
    for suffix in ("", "-wal", "-shm"):
        store.with_name(store.name + suffix).unlink(missing_ok=True)
    other.replace(store)
    assert viewer.latest().unit_name("U1") == "改名局"


def test_store_without_releases_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("QUALITY_STORE", str(make_store(tmp_path / "quality.db")))
    with pytest.raises(viewer.NothingServed, match="还没有发布"):
        viewer.latest()


def test_glance_compares_what_both_periods_have(store):
    view = viewer.latest()
    assert list(glance.bases(view)) == ["qoq"] and not glance.bases(view.previous)
    units = glance.with_change(view, view.previous)
    assert units["change"].to_dict() == pytest.approx({"U1": -7.0, "U2": 7.0, "U3": float("nan")}, nan_ok=True)
    assert glance.with_change(view, None)["change"].isna().all()
    now = glance.glance(view)
    assert (now.units, now.scored, int(now.tiers.sum()), now.mean) == (3, 2, 2, pytest.approx(73.0))
    assert glance.against(view, "qoq") == "较上期" and glance.against(view, None) == ""


def test_what_is_measured_later_shows_at_once(store):
    """The release is the same; only something was added to it."""
    assert viewer.latest().uncertainty is None
    measure_releases(["2025Q1"], "测试", draws=20, path=store)
    view = viewer.latest()
    assert view.uncertainty.draws == 20 and list(view.uncertainty.units.index) == list(view.units.index)
    assert list(view.uncertainty.tiers.columns) == list(view.labels) and view.previous.uncertainty is None


def test_what_the_data_made_of_the_method_is_the_releases(store):
    """Weights that were found stand in the view's framework, what was stated in its case; marks are a table of their own."""
    assert viewer.latest().marks.empty and viewer.latest().framework == viewer.latest().case.framework
    columns, *nodes = FRAMEWORK.splitlines()
    more = [f"{node},{'equal' if node.startswith('X') else ''},{'mean' if node.startswith('B2') else ''}" for node in nodes]
    bring(store, intake(framework_csv="\n".join([f"{columns},weighting,imputation", *more]), policy_toml=POLICY))
    bring(store, intake(values=[("U3", "B2", "2025Q1", "missing")]))
    publish(["2025Q1"], "测试", store)
    view = viewer.latest()
    assert view.marks.to_numpy().tolist() == [["U3", "B2", 1, 35.0]]
    assert view.framework.effective_weight("A") == pytest.approx(0.5) and view.case.framework.effective_weight("A") == 0.6
    assert view.case.assessment.units["index"].equals(view.units["index"])


def test_a_case_follows_the_other_periods_that_it_rests_on(store):
    """The release stays the same; the values of the period beside it are those of the release that is served now."""
    bring(store, intake(policy_toml=POLICY + '[bounds]\npool = "all"\n'))
    publish(["2024Q4", "2025Q1"], "测试", store)
    before = viewer.latest()
    assert before.case.by_period["2024Q4"].matrix[0, 0] == 90
    bring(store, intake(values=[("U1", "A1", "2024Q4", 10.0)]))
    publish(["2024Q4"], "测试", store)
    assert viewer.latest().release == before.release and viewer.latest().case.by_period["2024Q4"].matrix[0, 0] == 10


def test_scenarios_add_nothing_to_a_release(store):
    before = viewer.latest().units
    save_scenario("一", 2, {"weight": ["A~90"]}, "测试", store)
    with reader(store) as db:
        assert scenarios(db)["name"].tolist() == ["一"]
    assert viewer.latest().units.equals(before)
