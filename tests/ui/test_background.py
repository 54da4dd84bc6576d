"""Work in a thread: how far it is, that it stops when asked or when nobody is there any more, and how it says what went wrong."""

from threading import Event

import pytest

from store.errors import StoreError
from ui import background
from ui.background import Job

SOON = 10.0  # seconds in which a thread on a busy machine has done next to nothing


def steps(entered: Event, go: Event):
    """Work of a hundred parts, each of which waits for leave."""

    def work(file, progress):
        for done in range(100):
            progress(done, 100, f"第{done}个")
            file.write(b".")
            entered.set()
            go.wait(SOON)
        progress(100, 100, "")
        return "好"

    return work


def ended(job: Job) -> Job:
    job._thread.join(SOON)
    assert not job.running
    return job


def test_what_it_leaves():
    free = Event()
    free.set()
    job = ended(Job("a.zip", steps(Event(), free)))
    assert job.progress == (100, 100, "") and job.said == "好" and job.data() == b"." * 100
    assert not job.error and not job.stopped


def test_it_stops_when_asked_before_the_next_part():
    entered, go = Event(), Event()
    job = Job("a.zip", steps(entered, go))
    assert entered.wait(SOON) and job.running
    job._stop.set()
    go.set()
    assert ended(job).stopped and job.progress == (0, 100, "第0个") and job._file.closed


@pytest.mark.parametrize(("looked", "stopped"), [(True, False), (False, True)])
def test_it_goes_on_as_long_as_somebody_looks(monkeypatch, looked, stopped):
    entered, go = Event(), Event()
    job = Job("a.zip", steps(entered, go))
    assert entered.wait(SOON)
    later = background.monotonic() + background.UNSEEN + 1
    monkeypatch.setattr(background, "monotonic", lambda: later)
    if looked:
        job.seen()
    go.set()
    assert ended(job).stopped == stopped


@pytest.mark.parametrize(
    ("error", "said"),
    [(StoreError("库坏了"), "库坏了"), (OSError(28, "No space left on device"), "No space left on device；请检查服务器的临时目录和磁盘空间"),
     (KeyError("x"), "程序出错（KeyError）；请把服务器的日志交给维护人员")],
)  # fmt: skip
def test_what_went_wrong_is_told(error, said):
    def work(file, progress):
        raise error

    job = ended(Job("a.zip", work))
    assert job.error == said and job._file.closed


def test_two_do_not_disturb_each_other():
    entered, go, free = Event(), Event(), Event()
    free.set()
    one, other = Job("a", steps(entered, go)), Job("b", steps(Event(), free))
    assert len(ended(other).data()) == 100 and one.running
    go.set()
    assert len(ended(one).data()) == 100
