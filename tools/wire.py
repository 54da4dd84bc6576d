"""A viewer without a browser: Streamlit's protocol over its WebSocket. A real session each, for which the server runs whole pages."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

BROKEN = 'class="zx-broken'  # what the pages say in place of one that failed


@dataclass
class Run:
    """What came of one run of a page: how long it took, what it weighed, its pieces of HTML, its buttons by label, and what went wrong."""

    seconds: float = 0.0
    size: int = 0
    charts: int = 0
    html: list[str] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """All HTML of the page."""
        return "\n".join(self.html)


class Viewer:
    """One who looks at a server's pages. headers: those of the browser, such as its Cookie. Raises OSError, websockets' exceptions."""

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        sockets, agent = address.replace("http", "ws", 1), (headers or {}).get("User-Agent", "viewer")
        rest = {name: value for name, value in (headers or {}).items() if name != "User-Agent"}
        opening = connect(
            f"{sockets}/_stcore/stream", subprotocols=["streamlit"], origin=address, additional_headers=rest, user_agent_header=agent,
            max_size=None, compression=None, open_timeout=60, ping_interval=None,
        )  # fmt: skip
        self.leaving = ExitStack()
        self.socket = self.leaving.enter_context(opening)
        self.known: set[str] = set()  # what a browser keeps of the run before, and is not sent again
        self.page, self.hash = "", ""

    def ask(self, page: str, query: str = "", press: str = "") -> None:
        """Ask for a run of a page without waiting for it. press: the id of a button that is clicked."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.cached_message_hashes[:] = query, sorted(self.known)
        if page == self.page:
            asked.page_script_hash = self.hash
        else:
            asked.page_name, self.page = page, page
        if press:
            button = asked.widget_states.widgets.add()
            button.id, button.trigger_value = press, True
        self.socket.send(message.SerializeToString())

    def run(self, page: str, query: str = "", press: str = "", seconds: float = 60) -> Run:
        """Run a page and wait until it has ended. Raises TimeoutError, websockets' exceptions."""
        start = time.perf_counter()
        self.ask(page, query, press)
        run = self.answer(seconds)
        run.seconds = time.perf_counter() - start
        return run

    def answer(self, seconds: float = 60) -> Run:
        """What the run that was asked for gives. Raises TimeoutError, websockets' exceptions."""
        run, known = Run(), set()
        while True:
            data = self.socket.recv(seconds)
            run.size += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "delta":
                if message.metadata.cacheable:
                    known.add(message.hash)
                self._note(run, message.delta.new_element)
            elif kind == "ref_hash":
                known.add(message.ref_hash)
            elif kind == "navigation":
                self.hash = message.navigation.page_script_hash or self.hash
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self.known = known
                return run

    def begun(self, seconds: float = 60) -> None:
        """Wait until the run that was asked for has begun. Raises TimeoutError, websockets' exceptions."""
        while ForwardMsg.FromString(self.socket.recv(seconds)).WhichOneof("type") != "new_session":
            pass

    def close(self) -> None:
        """Leave."""
        self.leaving.close()

    @staticmethod
    def _note(run: Run, element) -> None:
        kind = element.WhichOneof("type")
        if kind == "html":
            run.html.append(element.html.body)
            if BROKEN in element.html.body:
                run.wrong.append(element.html.body)
        elif kind == "button":
            run.buttons[element.button.label] = element.button.id
        elif kind == "plotly_chart":
            run.charts += 1
        elif kind == "exception":
            run.wrong.append(element.exception.message)
