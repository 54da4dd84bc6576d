"""Many stores made one: its scores against the union scored by hand, what comes and what does not, and what is refused."""

import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from manage import cli
from store.connection import migrate, reader
from store.errors import FrameworksDiffer, RollupError, StoreOccupied
from store.importing.batches import revoke
from store.keeping.checks import check
from store.ledgers import record_frame
from store.releasing import groups, reading
from store.releasing.releases import draft, publish, withdraw
from store.rolling import origins, rollup
from store.rolling.rollup import roll_up
from tests.store.support import FRAMEWORK, POLICY, UNITS, bring, intake, rows, whole

Q4, Q1 = "2024Q4", "2025Q1"
MOVING = FRAMEWORK.replace("0,100,goalposts", ",,min_max").replace("0,10,goalposts", ",,min_max").replace("0,50,goalposts", ",,min_max")
FIRST = {"U1": (90, 80, 1, 45), "U2": (50, 60, 2, 20), "U3": (70, 70, 5, 25)}
SECOND = {"U1": (10, 95, 9, 50), "U2": (55, 20, 0, 5), "U3": (60, 65, 4, 30)}


def city(path: Path, values=FIRST, framework=FRAMEWORK, policy=POLICY, periods=(Q4,), **more) -> Path:
    """A city of three units that serves some periods, the same values in each."""
    migrate(path)
    cells = [cell for p in periods for cell in whole(p, *((unit, *row) for unit, row in values.items()))]
    parts = [intake(framework_csv=framework, policy_toml=policy), intake(UNITS, cells, more.pop("adjustments", ()), **more)]
    bring(path, *parts)
    publish(list(periods), "测试", path)
    return path


def index_of(path: Path, period: str = Q4) -> dict[str, float]:
    sql = 'SELECT unit, "index" FROM release_unit JOIN service USING (release) WHERE period = ?'
    return dict(rows(path, sql, period))


@pytest.fixture(scope="module")
def two(tmp_path_factory) -> tuple[Path, Path]:
    """Two cities on goalposts that units move, and the same unit codes. Read them only."""
    folder = tmp_path_factory.mktemp("cities")
    first = city(folder / "甲.db", framework=MOVING, adjustments=[("U1", Q4, "bonus", 2, "文1"), ("U2", Q4, "veto", None, "文2")])
    return first, city(folder / "乙.db", SECOND, framework=MOVING, demo=True)


@pytest.fixture(scope="module")
def province(two, tmp_path_factory) -> Path:
    """The two made one. Read it only."""
    out = tmp_path_factory.mktemp("province") / "省.db"
    done = roll_up([("甲市", two[0]), ("乙市", two[1])], out, "汇总人")
    assert [(p.period, p.units, p.scored) for p in done.published] == [(Q4, 6, 6)] and done.lacking == {}
    return out


def test_scores_are_those_of_the_union(province):
    """Min–max over all six units, 50:50 within a dimension, 60:40 between; B1 is better when lower; then the bonus."""
    table = np.array([*FIRST.values(), *SECOND.values()], float)
    scores = 100 * (table - table.min(axis=0)) / (table.max(axis=0) - table.min(axis=0))
    scores[:, 2] = 100 - scores[:, 2]
    index = 0.6 * scores[:, :2].mean(axis=1) + 0.4 * scores[:, 2:].mean(axis=1)
    index[0] += 2
    codes = [f"{name}·{unit}" for name in ("甲市", "乙市") for unit in FIRST]
    found = index_of(province)
    assert [found[c] for c in codes] == pytest.approx(index.tolist(), rel=1e-12)
    ranks = dict(rows(province, "SELECT unit, rank FROM release_unit"))
    assert [ranks[c] for c in codes] == [1 + int((index > one).sum()) for one in index]
    assert rows(province, "SELECT veto FROM release_unit WHERE unit = '甲市·U2'") == [(1,)]


def test_units_lie_in_their_cities_and_the_store_is_sound(province):
    assert rows(province, "SELECT DISTINCT area, substr(code, 1, 3) FROM unit ORDER BY area") == [("乙市", "乙市·"), ("甲市", "甲市·")]
    with reader(province) as db:
        children = groups.children(db, 1, "")
        assert children["units"].to_dict() == {"甲市": 3, "乙市": 3} and origins.has_areas(db) and origins.areas(db, 1) == ["乙市", "甲市"]
    assert [f for f in check(province) if not f.ok] == []
    assert rows(province, "SELECT demo FROM release") == [(1,)], "the second city's data are for demonstration"


def test_what_a_city_had_published_stays_beside(province, two):
    with reader(province) as db:
        table = origins.origins(db, Q4)
        (mine,) = origins.unit_origins(db, "甲市·U1", Q4).to_dict("records")
    for name, path in zip(("甲市", "乙市"), two, strict=True):
        number, digest, by, units, scored = rows(path, "SELECT id, digest, by, units, scored FROM release")[0]
        own = index_of(path)
        assert table.loc[name, ["release", "digest", "by", "units", "scored"]].tolist() == [number, digest, by, units, scored]
        assert table.loc[name, "mean"] == pytest.approx(sum(own.values()) / 3)
        assert rows(province, "SELECT file FROM batch WHERE sha256 = ?", digest) == [(f"{name} {Q4} 第 {number} 号发布",)]
    assert mine["code"] == "U1" and mine["index"] == index_of(two[0])["U1"] != index_of(province)["甲市·U1"]


@pytest.mark.parametrize(
    ("sql", "known"), [(origins._ANY, ()), (origins._AREAS, (1,)), (origins._OF_PERIOD, (Q4,)), (origins._OF_UNIT, ("甲市·U1", Q4))]
)
def test_what_pages_ask_is_found_by_index(province, sql, known):
    plan = [row[3] for row in rows(province, f"EXPLAIN QUERY PLAN {sql}", *known)]
    assert plan and not [step for step in plan if step.startswith(("SCAN release_", "SCAN origin"))]


def test_cells_say_where_they_stood_in_the_city(province):
    with reader(province) as db:
        cells = reading.release_cells(db, 1, "甲市·U2").set_index("indicator")
    assert cells.loc["B1", "value"] == 2 and cells.loc["B1", "file"] == f"甲市 {Q4} 第 1 号发布"
    assert cells.loc["B1", "sheet"].endswith(" 数据") and cells.loc["B1", "cell"] == "C8"  # the seventh value of the file


def test_fixed_goalposts_give_each_unit_the_index_that_it_had(tmp_path):
    a, b = city(tmp_path / "a.db"), city(tmp_path / "b.db", SECOND)
    before = [path.read_bytes() for path in (a, b)]
    roll_up([("甲", a), ("乙", b)], tmp_path / "p.db", "汇总人")
    found = index_of(tmp_path / "p.db")
    assert {k: v for k, v in found.items() if k[0] == "甲"} == {f"甲·{k}": v for k, v in index_of(a).items()}
    assert [path.read_bytes() for path in (a, b)] == before, "cities are only read"


def test_a_figure_of_the_ledgers_comes_as_the_value_that_was_scored(tmp_path):
    head, *nodes = FRAMEWORK.splitlines()
    lines = [f"{head},source", *(f"{line},{'ledger:task:deployment' if line.startswith('A1') else ''}" for line in nodes)]
    records = [{"unit": "U1", "ref": str(n), "title": "事", "category": "重大部署", "due": "2024-12-31", "done": done, "sheet": "", "row": n}
               for n, done in enumerate(["2024-12-30", "2025-01-09", "2024-12-01", "2024-11-30"], 2)]  # fmt: skip
    policy = '[ledgers]\nprefer = "derived"\n' + POLICY
    a = city(tmp_path / "a.db", framework="\n".join(lines), policy=policy, ledgers={"task": record_frame("task", records)})
    assert rows(a, "SELECT value, used FROM release_derived WHERE unit = 'U1'") == [(75.0, 1)], "three of four in time, and 90 was reported"
    roll_up([("甲", a)], tmp_path / "p.db", "汇总人")
    assert rows(tmp_path / "p.db", "SELECT value, sheet FROM observation WHERE unit = '甲·U1' AND indicator = 'A1'") == [(75.0, "台账")]
    assert index_of(tmp_path / "p.db")["甲·U1"] == index_of(a)["U1"]


def test_periods_that_a_city_lacks_are_told_and_its_units_are_not_in_them(tmp_path):
    a, b = city(tmp_path / "a.db", periods=(Q4, Q1)), city(tmp_path / "b.db", SECOND)
    revoke(2, "测试", "", a)
    bring(a, intake(UNITS.iloc[:2], whole(Q1, ("U1", 1, 2, 3, 4), ("U2", 1, 2, 3, 4))))  # the third was closed
    publish([Q1], "测试", a)
    done = roll_up([("甲", a), ("乙", b)], tmp_path / "p.db", "汇总人")
    assert done.lacking == {"乙": [Q1]}
    assert set(index_of(tmp_path / "p.db", Q4)) == {f"{n}·U{k}" for n in "甲乙" for k in (1, 2, 3)}
    assert set(index_of(tmp_path / "p.db", Q1)) == {"甲·U1", "甲·U2"}


def test_neither_drafts_nor_what_was_withdrawn_come(tmp_path):
    a, b = city(tmp_path / "a.db", periods=(Q4, Q1)), city(tmp_path / "b.db", SECOND)
    withdraw(2, "有误", "测试", a)
    bring(b, intake(values=whole(Q1, ("U1", 1, 2, 3, 4))))
    draft([Q1], "测试", b)
    done = roll_up([("甲", a), ("乙", b)], tmp_path / "p.db", "汇总人")
    assert [p.period for p in done.published] == [Q4] and done.lacking == {}
    withdraw(1, "有误", "测试", a)
    with pytest.raises(RollupError, match=r"甲.*没有在用的发布"):
        roll_up([("甲", a), ("乙", b)], tmp_path / "q.db", "汇总人")


def test_a_province_is_rolled_up_again(province, tmp_path):
    other = city(tmp_path / "丙.db", {"U1": (1, 2, 3, 4), "U2": (5, 6, 7, 8), "U3": (9, 10, 1, 2)}, framework=MOVING)
    roll_up([("东省", province), ("西省", other)], tmp_path / "国.db", "汇总人")
    country = tmp_path / "国.db"
    assert {row[0] for row in rows(country, "SELECT DISTINCT area FROM unit")} == {"东省/甲市", "东省/乙市", "西省"}
    with reader(country) as db:
        assert groups.children(db, 1, "东省").index.tolist() == ["东省/乙市", "东省/甲市"]
        assert set(origins.origins(db, Q4).index) == {"东省", "西省", "东省/甲市", "东省/乙市"}
        said = origins.unit_origins(db, "东省·甲市·U1", Q4)
    assert said["area"].tolist() == ["东省", "东省/甲市"] and said["code"].tolist() == ["甲市·U1", "U1"]
    assert said["index"].tolist() == [index_of(province)["甲市·U1"], rows(province, "SELECT \"index\" FROM origin_unit WHERE unit = '甲市·U1'")[0][0]]
    assert [f for f in check(country) if not f.ok] == []


def test_a_city_whose_batch_is_undone_is_in_no_new_release(province, tmp_path):
    path = Path(shutil.copy(province, tmp_path / "省.db"))
    (batch,) = rows(path, "SELECT id FROM batch WHERE file LIKE '乙市%'")[0]
    revoke(batch, "测试", "报错了", path)
    publish([Q4], "测试", path)
    assert set(index_of(path)) == {"甲市·U1", "甲市·U2", "甲市·U3"} and [f for f in check(path) if not f.ok] == []


def test_frameworks_that_differ_are_told_city_by_city(tmp_path):
    odd = FRAMEWORK.replace("B,X,维度乙,分,1,40", "B,X,维度乙,分,1,50").replace("B2,B,指标乙二,分", "B3,B,指标乙三,分")
    a, c = city(tmp_path / "a.db"), city(tmp_path / "c.db", SECOND, policy=POLICY + "[adjustments]\nbonus_cap = 3\n")
    b = tmp_path / "b.db"
    migrate(b)
    bring(b, intake(framework_csv=odd, policy_toml=POLICY), intake(UNITS, [("U1", "A1", Q4, 5), ("U1", "B3", Q4, 5)]))
    publish([Q4], "测试", b)
    d = city(tmp_path / "d.db", {"U1": (1, 1, 1, 1), "U2": (1, 1, 1, 1), "U3": (1, 1, 1, 2)})
    given = [("甲", a), ("乙", b), ("丙", c), ("丁", d)]
    with pytest.raises(FrameworksDiffer) as refused:
        roll_up(given, tmp_path / "p.db", "汇总人")
    text = str(refused.value)
    second, third = text.split("乙 2024Q4，与甲比：")[1].split("丙 2024Q4，与甲比：")
    assert "B 维度乙：权重 40 → 50" in second and "多出 B3 指标乙三" in second and "缺少 B2 指标乙二" in second
    assert "bonus_cap：5 → 3" in third.replace("5.0", "5").replace("3.0", "3") and "丁 2024Q4" not in text and "--framework" in text
    with pytest.raises(FrameworksDiffer, match="乙 2024Q4 没有报过 A2 指标甲二"):
        roll_up(given, tmp_path / "p.db", "汇总人", framework="甲")
    with pytest.raises(RollupError, match=r"戊.*可选：甲、乙、丙、丁"):
        roll_up(given, tmp_path / "p.db", "汇总人", framework="戊")
    assert sorted(p.name for p in tmp_path.glob("p.db*")) == []


def test_frameworks_whose_rows_run_otherwise_are_told_so(tmp_path):
    """Nothing else is different; the refusal still says what is."""
    *head, last, first = FRAMEWORK.splitlines()
    a, b = city(tmp_path / "a.db"), city(tmp_path / "b.db", SECOND, framework="\n".join([*head, first, last]))
    with pytest.raises(FrameworksDiffer, match="与甲比：\n  指标体系各行的次序不同"):
        roll_up([("甲", a), ("乙", b)], tmp_path / "p.db", "汇总人")


def test_one_citys_framework_may_be_taken_for_all(tmp_path):
    a, b = city(tmp_path / "a.db"), city(tmp_path / "b.db", SECOND, framework=FRAMEWORK.replace("X,维度乙,分,1,40", "X,维度乙,分,1,60"))
    roll_up([("甲", a), ("乙", b)], tmp_path / "p.db", "汇总人", framework="乙")
    wanted = {u: 50 * (r[0] + r[1]) / 100 / 2 + 50 * (100 - 10 * r[2] + 2 * r[3]) / 100 / 2 for u, r in FIRST.items()}  # 60 and 60: even
    assert {u: index_of(tmp_path / "p.db")[f"甲·{u}"] for u in FIRST} == pytest.approx(wanted)
    other = city(tmp_path / "c.db", SECOND, framework=FRAMEWORK.replace("指标乙一,件", "指标乙一,起"))
    with pytest.raises(FrameworksDiffer, match="B1 指标乙一计量单位是“起”，甲的是“件”"):
        roll_up([("甲", a), ("丙", other)], tmp_path / "q.db", "汇总人", framework="甲")


def test_a_framework_that_changed_on_the_way_changes_above_too(tmp_path):
    later, stores = FRAMEWORK.replace("X,维度乙,分,1,40", "X,维度乙,分,1,60"), []
    for name, values in (("a", FIRST), ("b", SECOND)):
        stores.append(city(tmp_path / f"{name}.db", values))
        bring(stores[-1], intake(framework_csv=later, policy_toml=POLICY), intake(values=whole(Q1, *((u, *r) for u, r in values.items()))))
        publish([Q1], "测试", stores[-1])
    done = roll_up(list(zip("甲乙", stores, strict=True)), tmp_path / "p.db", "汇总人")
    assert [(v.since, v.source.city.name) for v in done.versions] == [(None, "甲"), (Q1, "甲")]
    for period in (Q4, Q1):
        found = index_of(tmp_path / "p.db", period)
        assert found == {f"{n}·{u}": i for n, path in zip("甲乙", stores, strict=True) for u, i in index_of(path, period).items()}


@pytest.mark.parametrize(
    ("names", "why"),
    [(("甲/乙", "丙"), "“/”"), (("甲·乙", "丙"), "“·”"), (("甲", "甲"), "都叫“甲”"), (("", "乙"), "空"), (("a:b", "乙"), "“:”"),
     (("甲A", "甲ａ"), "都叫")],
)
def test_names_that_would_clash_are_refused(two, tmp_path, names, why):
    with pytest.raises(RollupError, match=why):
        roll_up(list(zip(names, two, strict=True)), tmp_path / "p.db", "汇总人")


def test_a_store_that_is_not_there_is_named_with_its_city(two, tmp_path):
    with pytest.raises(RollupError, match=r"没有找到丙的库 .*none\.db；请核对路径"):
        roll_up([("甲", two[0]), ("丙", tmp_path / "none.db")], tmp_path / "p.db", "汇总人")


def test_the_same_store_or_release_is_not_taken_twice(two, tmp_path):
    with pytest.raises(RollupError, match="给了两次"):
        roll_up([("甲", two[0]), ("乙", two[0])], tmp_path / "p.db", "汇总人")
    copy = Path(shutil.copy(two[0], tmp_path / "copy.db"))
    with pytest.raises(RollupError, match="甲和乙的 2024Q4 是同一号发布"):
        roll_up([("甲", two[0]), ("乙", copy)], tmp_path / "p.db", "汇总人")


def test_a_file_that_is_there_is_never_touched(two, tmp_path):
    there = tmp_path / "p.db"
    there.write_text("别人的")
    with pytest.raises(StoreOccupied, match="已存在"):
        roll_up([("甲", two[0]), ("乙", two[1])], there, "汇总人")
    assert there.read_text() == "别人的"


def _killed(given, out):
    rollup.publish = lambda *what: os.kill(os.getpid(), signal.SIGKILL)
    roll_up(given, out, "汇总人")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed as Unix does it")
def test_a_kill_in_the_middle_leaves_no_store(two, tmp_path):
    given, out = [("甲", two[0]), ("乙", two[1])], tmp_path / "p.db"
    child = multiprocessing.get_context("fork").Process(target=_killed, args=(given, out))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL and not out.exists()
    roll_up(given, out, "汇总人")
    assert [f for f in check(out) if not f.ok] == [] and [f for path in two for f in check(path) if not f.ok] == []


def test_the_command_names_cities_by_their_files(two, tmp_path, monkeypatch):
    monkeypatch.chdir(two[0].parent)
    out = tmp_path / "p.db"
    done = CliRunner().invoke(cli, ["rollup", "甲.db", "丙市=乙.db", "--out", str(out), "--by", "王"])
    assert done.exit_code == 0 and f"{Q4}：第 1 号发布，6 个单位，6 个有得分" in done.output
    assert {row[0] for row in rows(out, "SELECT area FROM unit")} == {"甲", "丙市"}
    again = CliRunner().invoke(cli, ["rollup", "甲.db", "丙市=乙.db", "--out", str(out)])
    assert again.exit_code == 1 and "已存在" in again.output
