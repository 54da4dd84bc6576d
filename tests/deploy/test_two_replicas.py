"""Two replicas on one store behind nginx: who stays where, who goes on where, and that no release is lost."""

import subprocess
import time
from collections import Counter
from collections.abc import Callable

from store.connection import write_tx
from store.keeping.checks import check
from store.releasing.releases import reopen, withdraw
from tests.deploy.house import DEPLOY, House, Person, clicking, listening, systemctl
from tests.store.support import rows


def opened(house: House, names: str, count: int = 10) -> list[Person]:
    """People who have opened the first page."""
    people = [Person(house, f"{names}-{i}") for i in range(count)]
    for person in people:
        person.open()
    return people


def left(people: list[Person]) -> None:
    """Close their pages; nobody saw anything go wrong."""
    for person in people:
        person.viewer.close()
    assert [wrong for person in people for wrong in person.wrong] == []


def test_each_stays_where_the_first_visit_was_and_one_killed_is_no_error_to_anybody(house):
    people = opened(house, "clicks")
    first = {person.name: person.replica for person in people}
    assert min(Counter(first.values())[replica.port] for replica in house.replicas) >= 4
    gone, stays = house.replicas
    with clicking(people):
        wait_until(lambda: all(person.clicks > 1 for person in people))
        before = {person.name: house.visited(person.name) for person in people}
        gone.kill()
        clicks = [person.clicks for person in people]
        wait_until(lambda: all(person.clicks > n + 1 for person, n in zip(people, clicks, strict=True)))
    left(people)
    for person in people:
        was_there = first[person.name] == gone.port
        assert {port for _, port in before[person.name]} == {first[person.name]}
        assert person.reloads == was_there and person.replica == stays.port
        assert {status for status, _ in house.visited(person.name)} <= {101, 200}
        assert house.visited(person.name)[-1][1] == stays.port


def test_a_release_that_is_being_published_while_all_are_restarted_is_there(house, tmp_path):
    people, publisher = opened(house, "reads", 4), Person(house, "publisher", "publisher")
    publisher.open()
    page = publisher.click("releases", "which=2024Q4")
    button = next(number for label, number in page.buttons.items() if label.startswith("发布第"))
    busy, other = sorted(house.replicas, key=lambda replica: replica.port != publisher.replica)
    with clicking(people), systemctl(house, tmp_path) as environment:
        with write_tx(house.store):  # what is to be published waits here, as behind somebody's import
            publisher.viewer.ask("releases", "which=2024Q4", button)
            publisher.viewer.begun()
            rolling = subprocess.Popen([DEPLOY / "rolling-restart", str(busy.port), str(other.port)], env=environment)
            wait_until(lambda: not listening(busy.port))
            time.sleep(0.5)
            assert busy.process.poll() is None and listening(other.port)
            assert publisher.click("unit", "unit=U1").wrong == [] and publisher.replica == other.port
        assert rolling.wait(60) == 0
    left([*people, publisher])
    assert rows(house.store, "SELECT release FROM service WHERE period = '2024Q4'") == [(2,)]
    assert all(finding.ok for finding in check(house.store))
    assert all(person.reloads for person in people)


def test_what_one_replica_writes_the_other_shows_at_its_next_run(house):
    pair = opened(house, "pair", 4)
    one, two = pair[0], next(person for person in pair if person.replica != pair[0].replica)
    two.cookies["zx_session"] = one.cookies["zx_session"]
    two.open()
    assert one.replica != two.replica
    assert all("第 1 号发布" in person.click("", "period=2025Q1").shown for person in (one, two))
    withdraw(1, "有误", "测试", house.store)
    assert not any("第 1 号发布" in person.click("", "period=2025Q1").shown for person in (one, two))
    reopen(1, "测试", house.store)
    assert all("第 1 号发布" in person.click("", "period=2025Q1").shown for person in (one, two))
    answer = house.get("/sign-out", one.headers | {"Origin": house.address}, b"")
    assert answer.status == 303
    wait_until(lambda: house.visited(one.name)[-1] == (303, one.replica))  # nginx writes down what has been answered
    assert "请重新登录" in two.click().shown
    left(pair)


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
