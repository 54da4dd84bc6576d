"""Work that outlasts a run of the script: a thread for one browser, that tells how far it is, ends when asked, and leaves a file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from tempfile import TemporaryFile
from threading import Event, Thread, current_thread
from time import monotonic
from typing import IO

from scoring.errors import ScoringError
from store.errors import StoreError

UNSEEN = 180.0  # seconds after which nobody is there any more; a browser asks once a minute for a page that it hides
_NAME = "background"
Progress = Callable[[int, int, str], None]
Work = Callable[[IO[bytes], Progress], str]

# The cached reads of a thread that draws no page would each warn of it.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").addFilter(lambda _: current_thread().name != _NAME)


class Stopped(Exception):
    """Raised inside the work, where it tells how far it is, once it is to end."""


class Job:
    """Work that has been started. Its file lies on the disk, and goes with the job.

    work: (file to write, progress) → what to tell besides. `name`: what the file is called.
    """

    def __init__(self, name: str, work: Work) -> None:
        self.name, self.said, self.error, self.stopped = name, "", "", False
        self.progress = (0, 0, "")  # parts that are done, of how many, whose turn it is
        self._stop, self._seen, self._file = Event(), monotonic(), TemporaryFile()  # noqa: SIM115 (open as long as the job is kept)
        self._thread = Thread(target=self._run, args=(work,), name=_NAME, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the work goes on."""
        return self._thread.is_alive()

    def seen(self) -> None:
        """Somebody still waits for it."""
        self._seen = monotonic()

    def stop(self) -> None:
        """Asks the work to end; it does where it next tells how far it is. Waits a second for that at most."""
        self._stop.set()
        self._thread.join(1.0)

    def data(self) -> bytes:
        """The file, once the work has ended."""
        self._thread.join()
        self._file.seek(0)
        return self._file.read()

    def _step(self, done: int, total: int, what: str) -> None:
        if self._stop.is_set() or monotonic() - self._seen > UNSEEN:
            raise Stopped
        self.progress = (done, total, what)

    def _run(self, work: Work) -> None:
        try:
            self.said = work(self._file, self._step)
        except Stopped:
            self.stopped = True
        except (StoreError, ScoringError) as error:
            self.error = str(error)
        except OSError as error:
            self.error = f"{error.strerror or error}；请检查服务器的临时目录和磁盘空间"
        except Exception as error:
            logging.getLogger(__name__).exception("%s", self.name)
            self.error = f"程序出错（{type(error).__name__}）；请把服务器的日志交给维护人员"
        if self.stopped or self.error:
            self._file.close()
