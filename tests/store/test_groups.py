"""Groups of a release's units: the tree, what they come to, what is read within one, and that a page looks up and never scans."""

import re
import sqlite3
import statistics
from collections import defaultdict
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.connection import migrate, reader, write_tx
from store.errors import ReleaseError, StoreError
from store.grouping import Members, group_table, read_members, tier_counts, tree_of
from store.keeping.checks import check
from store.releasing import finding, groups, reading, robustness
from store.releasing.frozen import digest_of
from store.releasing.releases import publish, releases
from tests.store.support import FRAMEWORK, POLICY, bring, intake, rows, whole

# Areas of two depths, a unit without a sector, one without an area, a stroke within a name, and a sector that is an area's namesake.
PLACES = [
    ("江省/东市", "一组"), ("江省/东市", "一组"), ("江省/东市", "二组"), ("江省/西市", "一组"), ("江省/西市", ""), ("江省", "直属"),
    ("", "一组"), ("", ""), ("海省", "农/林"), ("江省", "西市"), ("海省", "农/林"), ("海省", "农"),
]  # fmt: skip
PATHS = {
    "江省/东市/一组": (0, 1),
    "江省/东市/二组": (2,),
    "江省/西市/一组": (3,),
    "江省/直属": (5,),
    "一组": (6,),
    "海省/农／林": (8, 10),
    "海省/农": (11,),
    "江省/东市": (0, 1, 2),
    "江省/西市": (3, 4, 9),
    "江省": (0, 1, 2, 3, 4, 5, 9),
    "海省": (8, 10, 11),
    "": tuple(range(12)),
}


def code(k: int) -> str:
    """The unit of a place, by its number."""
    return f"U{k:02d}"


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    """A release over PLACES, of which one unit has no score."""
    path = tmp_path_factory.mktemp("groups") / "q.db"
    migrate(path)
    units = pd.DataFrame(
        [(code(k), f"{'甲乙丙丁戊己庚辛壬癸子丑'[k]}局", sector, 10.0 * k if k else None, area) for k, (area, sector) in enumerate(PLACES)],
        columns=["code", "name", "sector", "size", "area"],
    ).astype({"size": float})
    cells = whole("2025Q1", *((code(k), 40 + 4.1 * k, 90 - 3 * k, k % 7, 20 + k) for k in range(11)))
    gap = [(code(11), indicator, "2025Q1", "pending") for indicator in ("A1", "A2", "B1", "B2")]
    bring(path, intake(framework_csv=FRAMEWORK, policy_toml=POLICY), intake(units, cells + gap))
    publish(None, "甲", path)
    return path


@pytest.fixture
def db(path):
    with reader(path) as db:
        yield db


def test_the_tree_is_that_of_areas_and_sectors(db):
    known = {r[0]: r[1:] for r in db.execute("SELECT path, parent, name, kind, units FROM release_group WHERE release = 1")}
    assert {path: facts[3] for path, facts in known.items()} == {path: len(mine) for path, mine in PATHS.items()}
    assert known[""] == (None, "", "whole", 12)
    assert known["江省/东市"][:3] == ("江省", "东市", "area") and known["江省/东市/一组"][:3] == ("江省/东市", "一组", "sector")
    assert known["海省/农／林"][:3] == ("海省", "农/林", "sector"), "a name is as it was given, a path has strokes between levels only"
    assert known["江省/西市"][:3] == ("江省", "西市", "area"), "a sector that is called as an area beside it is that area"


@pytest.mark.parametrize("at", PATHS)
def test_what_a_group_comes_to(db, at):
    units = reading.release_units(db, 1).iloc[list(PATHS[at])]
    index, found = sorted(units["index"].dropna()), groups.group(db, 1, at)
    assert (found["units"], found["scored"]) == (len(units), len(index))
    sizes = units["size"].dropna()
    assert found["size"] == sizes.sum() if len(sizes) else np.isnan(found["size"])
    for label in ("领跑型", "争先型", "追赶型"):
        assert found[label] == (units["tier"] == label).sum()
    if not index:
        assert found[["mean", "sd", "low", "q1", "median", "q3", "high"]].isna().all()
        return
    assert found["mean"] == pytest.approx(statistics.mean(index)) and (found["low"], found["high"]) == (index[0], index[-1])
    assert found["median"] == pytest.approx(statistics.median(index))
    if len(index) > 1:
        assert found["sd"] == pytest.approx(statistics.stdev(index))
        quartiles = statistics.quantiles(index, n=4, method="inclusive")
        assert (found["q1"], found["q3"]) == (pytest.approx(quartiles[0]), pytest.approx(quartiles[2]))
    else:
        assert np.isnan(found["sd"]) and found["q1"] == found["q3"] == index[0]


def test_children_and_the_means_of_their_nodes(db):
    found = groups.children(db, 1, "江省")
    assert found.index.tolist() == ["江省/东市", "江省/直属", "江省/西市"] and groups.children(db, 1, "海省/农").empty
    nodes, scores = groups.children_nodes(db, 1, "江省"), reading.release_nodes(db, 1)
    assert list(nodes.columns) == list(scores.columns) and nodes.index.tolist() == found.index.tolist()
    for at in nodes.index:
        expected = scores.iloc[list(PATHS[at])].mean()
        assert nodes.loc[at].to_numpy() == pytest.approx(expected.to_numpy(), nan_ok=True)
    assert groups.children(db, 1, "").index.tolist() == ["一组", "江省", "海省"] and groups.group(db, 1, "没有") is None


@pytest.mark.parametrize("at", PATHS)
def test_tables_within_a_group_are_those_of_its_units(db, at):
    mine = [code(k) for k in PATHS[at]]
    for what, read in reading.TABLES.items():
        if what == "framework":
            continue
        all_of_it, within = read(db, 1), read(db, 1, within=at)
        expected = all_of_it.loc[mine] if all_of_it.index.name == "unit" else all_of_it[all_of_it["unit"].isin(mine)].reset_index(drop=True)
        pd.testing.assert_frame_equal(within, expected)


@pytest.mark.parametrize("order", groups.ORDERS)
@pytest.mark.parametrize("at", ["", "江省", "江省/西市", "海省/农／林", "海省/农"])
def test_pages_follow_each_other_to_the_end(db, at, order):
    units = reading.release_units(db, 1, within=at).reset_index()
    keys = [order, "unit"]
    expected, found, after = units.sort_values(keys)["unit"].tolist(), [], None
    while len(page := groups.unit_page(db, 1, at, order, after, limit=2)):
        pd.testing.assert_frame_equal(page.sort_index(), reading.release_units(db, 1).loc[sorted(page.index)])
        found += page.index.tolist()
        after = found[-1]
    assert found == expected


def test_where_a_unit_hangs_and_what_there_is_not(db):
    places = {k: at for at, mine in PATHS.items() for k in mine if not any(k in m and len(m) < len(mine) for m in PATHS.values())}
    assert {k: groups.place_of(db, 1, code(k)) for k in range(12)} == places | {4: "江省/西市", 7: "", 9: "江省/西市"}
    for ask in (lambda: groups.place_of(db, 1, "X"), lambda: groups.unit_page(db, 1, "", after="X"), lambda: groups.children_nodes(db, 9, "")):
        with pytest.raises(ReleaseError):
            ask()


names = st.text(st.sampled_from("甲乙／·（-a1 𠮷"), min_size=1, max_size=3)


@given(st.lists(st.tuples(st.lists(names, max_size=3).map("/".join), st.text("甲乙/／a", max_size=3)), max_size=12))
def test_every_unit_is_in_the_groups_on_its_way_and_no_other(places):
    """The tree against a plain walk over the same places."""
    expected = defaultdict(set)
    for k, (area, sector) in enumerate(places):
        levels = [*(area.split("/") if area else ()), *([sector.replace("/", "／")] if sector else [])]
        for depth in range(len(levels) + 1):
            expected["/".join(levels[:depth])].add(k)
    tree = tree_of(*(np.array([p[k] for p in places], object) for k in (0, 1)))
    assert {row[0] for row in tree.rows} == set(expected) | {""}
    for g, (at, parent, *_) in enumerate(tree.rows):
        assert {k for level in tree.levels for k in np.flatnonzero(level == g)} == expected[at]
        assert parent is None if at == "" else at.rpartition("/")[0] == parent
    index = np.arange(float(len(places)))
    members = Members(*(np.array([p[k] for p in places], object) for k in (0, 1)), index, index, np.array(["a"] * len(places), object))
    table = group_table(tree, members)
    assert table["units"].tolist() == table["scored"].tolist() == [len(expected[at]) for at in table["path"]]
    assert {g: n for g, _, n in tier_counts(tree, members)} == {g: n for g, n in enumerate(table["units"]) if n}


def tamper(path: Path, table: str, sql: str) -> None:
    """Alter what is append-only."""
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"DROP TRIGGER {table}_no_update")
        db.execute(sql)
        db.commit()


def test_a_release_with_areas_is_sealed_over_them(path, tmp_path):
    """An area that is altered shows in the digest; groups that are altered show in the check."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    assert all(f.ok for f in check(copy)), check(copy)
    sealed = rows(copy, "SELECT digest FROM release")[0][0]
    tamper(copy, "release_group", "UPDATE release_group SET mean = mean + 1 WHERE path = ''")
    assert [f.name for f in check(copy) if not f.ok] == ["第 1 号发布（2025Q1）的分组"]
    with closing(sqlite3.connect(copy)) as db:
        db.execute("UPDATE release_group SET mean = mean - 1 WHERE path = ''")
        db.commit()
    assert all(f.ok for f in check(copy))
    with closing(sqlite3.connect(copy)) as db:
        db.execute("UPDATE release_group SET parent = '海省' WHERE path = '江省/东市'")
        db.commit()
    assert [f.name for f in check(copy) if not f.ok] == ["第 1 号发布（2025Q1）的分组"]
    with pytest.raises(StoreError, match="append-only"), write_tx(copy) as db:
        db.execute("DELETE FROM release_group")
    tamper(copy, "release_unit", "UPDATE release_unit SET area = '别处' WHERE unit = 'U01'")
    with reader(copy) as db:
        assert digest_of(db, 1) != sealed
        assert read_members(db, 1).areas[1] == "别处"


BIG = ("release_", "observation", "unit", "adjustment", "live_", "current_")  # tables and views that grow with the units
SHORT = {"release_event", "release_weight"}  # that do not


def test_pages_look_up_and_never_scan(path):
    """Every statement that a reader runs, as SQLite means to run it. A virtual table is asked by its own index."""
    asked: list[str] = []
    with reader(path) as db:
        db.conn.set_trace_callback(asked.append)
        reading.served(db), releases(db), robustness.release_uncertainty(db, 1)
        for within in ("江省", "江省/东市/一组", ""):
            groups.group(db, 1, within), groups.children(db, 1, within), groups.children_nodes(db, 1, within)
            for order in groups.ORDERS:
                groups.unit_page(db, 1, within, order, limit=2), groups.unit_page(db, 1, within, order, "U05", limit=2)
            for what, read in reading.TABLES.items():
                read(db, 1) if what == "framework" else read(db, 1, within=within)
        groups.place_of(db, 1, "U01"), reading.release_cells(db, 1, "U01"), reading.reported_cells(db, 1, "U01")
        for text in ("U0", "甲局", "jiaju", "jj", "j"):
            finding.find_units(db, 1, text)
        db.conn.set_trace_callback(None)
        wanted = sorted({re.sub(r"\s+", " ", sql) for sql in asked if sql.lstrip().upper().startswith(("SELECT", "WITH"))})
        assert len(wanted) > 40
        plans = {sql: [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}")] for sql in wanted}
    scans = {
        sql: step for sql, steps in plans.items() for step in steps
        if (found := re.match(r"SCAN (\w+)", step)) and _grows(found[1], sql) and not re.search(r"VIRTUAL TABLE INDEX 0:M", step)
    }  # fmt: skip
    assert not scans


def _grows(name: str, sql: str) -> bool:
    """Whether a name in a plan, a table's own or the one that the statement gives it, is that of a table that grows with the units."""
    table = re.search(rf"(\w+) AS {name}\b", sql)
    name = table[1] if table else name
    return name.startswith(BIG) and name not in SHORT
