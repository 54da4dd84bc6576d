"""kill -9 at any moment: the store passes `check`, the last release is served, and each verb is done wholly or not at all.

KILLS=200 kills so many times in all, a fifth of them each of import, publish, revoke, backup and restore.
"""

import itertools
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import start
from store.connection import reader
from store.errors import StoreError
from store.importing.batches import import_files, revoke
from store.keeping.backup import backup, restore
from store.keeping.checks import check
from store.releasing.reading import release_units, served
from store.releasing.releases import publish
from tests.store.support import rows
from tools.live import ROOT, over

resource = pytest.importorskip("resource", reason="processes are forked and killed as Unix does it")
FORK = multiprocessing.get_context("fork")  # a child that starts at once, so that the moments fall into the work itself
EACH = -(-int(os.environ.get("KILLS", "15")) // 5)  # kills of a verb that come before its end
NEXT = {True: 1.05, False: 0.8}  # the longest wait after one that came in time, or too late: a machine is not busy all the time
UNITS, PERIODS = 40, ("2024Q3", "2024Q4")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A store with one published period of 40 units under the default framework."""
    path = tmp_path_factory.mktemp("crash") / "quality.db"
    start.begin(start.default_beginning(), "测试", path)
    units = path.with_name("units.csv")
    units.write_text("单位代码,单位,片组\n" + "".join(f"U{n},第{n}局,{n % 5}组\n" for n in range(UNITS)), encoding="utf-8")
    import_files([units, values_file(path, 0, PERIODS[:1])], "测试", path)
    publish(None, "测试", path)
    return path


def values_file(path: Path, number: int, periods=PERIODS) -> Path:
    """A file of values like no other one before it."""
    framework = start.DATA.joinpath("framework.csv").read_text("utf-8").splitlines()[7:]
    codes = [line.split(",")[0] for line in framework]
    lines = [",".join(["单位代码", "考核期", *codes])]
    lines += [f"U{n},{p}" + f",{(number + n) / 100}" * len(codes) for p in periods for n in range(UNITS)]
    file = path.with_name(f"values{number}.csv")
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def killed_after(seconds: float, verb, *arguments) -> bool:
    """Run a verb in a process and kill it after so long; whether the kill came before its end."""
    child = FORK.Process(target=verb, args=arguments)
    child.start()
    child.join(seconds)
    alive = child.exitcode is None
    if alive:
        os.kill(child.pid, signal.SIGKILL)
        child.join()
    else:
        assert child.exitcode == 0
    return alive


def assert_well(path: Path) -> None:
    wrong = [f for f in check(path) if not f.ok]
    assert not wrong, wrong
    with reader(path) as db:
        last = served(db)
        assert PERIODS[0] in last["period"].tolist()
        for release, units in zip(last["release"], last["units"], strict=True):
            assert len(release_units(db, release)) == units == UNITS


def full_time(verb, *arguments) -> float:
    begun = time.monotonic()
    child = FORK.Process(target=verb, args=arguments)
    child.start()
    child.join()
    assert child.exitcode == 0
    return time.monotonic() - begun


def moments(seed: int, longest: float) -> Iterator[tuple[int, float, list[bool]]]:
    """(number, seconds, outcomes) of runs that are to be killed after so long, until EACH were killed before their end.

    Whether a run was is appended to `outcomes`.
    """
    rng, outcomes = random.Random(seed), []
    for number in itertools.count(1000 * seed):
        yield number, rng.uniform(0, longest), outcomes
        longest *= NEXT[outcomes[-1]]
        if sum(outcomes) >= EACH:
            print(f"{sum(outcomes)} of {len(outcomes)} runs were killed in time", end=" ")
            return
        assert len(outcomes) < 10 * EACH + 10, "the moments do not fall into the work"


def test_import_killed_at_many_moments(built):
    longest = full_time(import_files, [values_file(built, 1)], "测试", built)
    for number, seconds, killed in moments(1, longest):
        file = values_file(built, number)
        killed.append(killed_after(seconds, import_files, [file], "测试", built))
        assert_well(built)
        found = rows(built, "SELECT id, rows FROM batch WHERE file = ? AND revoked_at IS NULL", file.name)
        written = rows(built, "SELECT count(*) FROM observation JOIN batch ON batch.id = batch WHERE file = ?", file.name)[0][0]
        kept = rows(built, "SELECT count(*) FROM batch_file JOIN batch ON batch.id = batch WHERE file = ?", file.name)[0][0]
        audited = rows(built, "SELECT count(*) FROM audit WHERE verb = 'import' AND detail LIKE ?", f'%"{file.name}"%')[0][0]
        assert (len(found), written, kept, audited) in {(0, 0, 0, 0), (1, UNITS * len(PERIODS) * 30, 1, 1)}
        if found:
            revoke(found[0][0], "测试", path=built)


def test_publish_killed_at_many_moments(built):
    import_files([values_file(built, 2)], "测试", built)
    longest = full_time(publish, list(PERIODS), "测试", built)
    for number, seconds, killed in moments(2, longest):
        import_files([values_file(built, number)], "测试", built)
        before = rows(built, "SELECT period, release FROM service ORDER BY period"), rows(built, "SELECT max(id) FROM release")[0][0]
        killed.append(killed_after(seconds, publish, list(PERIODS), "测试", built))
        assert_well(built)
        now = rows(built, "SELECT period, release FROM service ORDER BY period"), rows(built, "SELECT max(id) FROM release")[0][0]
        if now != before:
            assert now == ([(PERIODS[0], before[1] + 1), (PERIODS[1], before[1] + 2)], before[1] + 2)


def test_revoke_killed_at_many_moments(built):
    ((first, _),) = import_files([values_file(built, 3)], "测试", built)
    longest = full_time(revoke, first, "测试", "填错", built)
    for number, seconds, killed in moments(3, longest):
        ((batch, _),) = import_files([values_file(built, number)], "测试", built)
        killed.append(killed_after(seconds, revoke, batch, "测试", "填错", built))
        assert_well(built)
        undone = rows(built, "SELECT revoked_at IS NOT NULL FROM batch WHERE id = ?", batch)[0][0]
        assert rows(built, "SELECT count(*) FROM audit WHERE verb = 'revoke' AND detail LIKE ?", f'{{"batch": {batch},%') == [(undone,)]


def test_backup_killed_at_many_moments(built):
    longest = full_time(backup, built.with_name("first.db"), "测试", built)
    for number, seconds, killed in moments(4, longest):
        file = built.with_name(f"backup{number}.db")
        killed.append(killed_after(seconds, backup, file, "测试", built))
        assert_well(built)
        if file.exists():
            assert_well(file)
            file.unlink()


def test_restore_killed_at_many_moments(built):
    """The store that was, or the backup: the one that is served is whole, and so is what was set aside."""
    path, saved = built.with_name("live.db"), built.with_name("saved.db")
    backup(path, "测试", built)
    backup(saved, "测试", path)
    count = rows(saved, "SELECT count(*) FROM batch")[0][0]
    longest = full_time(restore, saved, "测试", path)
    for number, seconds, killed in moments(5, longest):
        if rows(path, "SELECT count(*) FROM batch")[0][0] == count:
            import_files([values_file(built, number, PERIODS[:1])], "测试", path)
        killed.append(killed_after(seconds, restore, saved, "测试", path))
        assert_well(path)
        restored = rows(path, "SELECT count(*) FROM batch")[0][0] == count
        asides = sorted(path.parent.glob("live.*.replaced*.db"))
        assert asides or not restored
        for aside in asides:
            assert rows(aside, "SELECT count(*) FROM batch")[0][0] in (count, count + 1)
            assert_well(aside)
            aside.unlink()


def test_the_command_line_killed(built):
    """The real commands, start of the program included."""
    rng = random.Random(3)
    for number in range(7001, 7003):
        file = values_file(built, number)
        for command in (["import", str(file)], ["publish", "--all"]):
            child = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), *command], env=over(built), stdout=subprocess.DEVNULL)
            try:
                child.wait(rng.uniform(0.5, 1.5))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            assert_well(built)


def test_init_killed_leaves_no_store_or_a_whole_one(tmp_path):
    rng = random.Random(4)
    beginning = start.default_beginning()
    longest = full_time(start.begin, beginning, "测试", tmp_path / "first.db")
    for number in range(10):
        path = tmp_path / f"{number}.db"
        killed_after(rng.uniform(0, longest), start.begin, beginning, "测试", path)
        if path.exists():
            assert all(f.ok for f in check(path))
        else:
            start.begin(beginning, "测试", path)
            assert all(f.ok for f in check(path))


def test_two_imports_and_two_publishers_at_once_lose_nothing(built):
    """Four processes begin together: each waits for its turn, and all of their work is there."""
    files = [values_file(built, number) for number in (8001, 8002)]
    work = [(import_files, [files[0]]), (import_files, [files[1]]), (publish, [PERIODS[0]]), (publish, [PERIODS[0]])]
    children = [FORK.Process(target=verb, args=(what, "测试", built)) for verb, what in work]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    assert_well(built)
    names = {file.name for file in files}
    assert {row[0] for row in rows(built, "SELECT file FROM batch WHERE revoked_at IS NULL")} >= names
    last = max(rows(built, "SELECT id FROM batch WHERE file IN (?, ?)", *names))[0]
    assert rows(built, "SELECT DISTINCT batch FROM current_value WHERE period = ?", PERIODS[0]) == [(last,)]


def test_publishers_and_importers_at_once_lose_nothing(built):
    """Threads of one process, as the server's: both publishers end, both files are in, the chain is whole."""
    files, failed = [values_file(built, number) for number in (8101, 8102)], []

    def run(verb, what):
        try:
            verb(what, "测试", built)
        except Exception as error:
            failed.append(error)

    work = [(publish, list(PERIODS)), (import_files, files[:1]), (publish, list(PERIODS)), (import_files, files[1:])]
    threads = [threading.Thread(target=run, args=job) for job in work]
    before = rows(built, "SELECT max(id) FROM audit")[0][0]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert_well(built)
    verbs = [verb for (verb,) in rows(built, "SELECT verb FROM audit WHERE id > ? ORDER BY verb", before)]
    assert verbs == ["import", "import", "publish", "publish"]


def import_on_a_full_disk(path: Path, file: Path, answers) -> None:
    """The file may grow by 100 kB only: SQLite then sees what it sees on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        import_files([file], "测试", path)
        answers.put("written")
    except StoreError as error:
        answers.put(str(error))


def test_a_full_disk_is_named_and_harms_nothing(built):
    file = values_file(built, 9001)
    answers = FORK.SimpleQueue()
    child = FORK.Process(target=import_on_a_full_disk, args=(built, file, answers))
    child.start()
    child.join()
    assert "磁盘出错或已满" in answers.get()
    assert_well(built)
    import_files([file], "测试", built)
