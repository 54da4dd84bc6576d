"""The app as a link opens it, and its figures as the browser gets them."""

import json
import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
SHELL = ROOT / "ui" / "shell.py"


def opened(page: str = "overview", *, screen: str = "", **query: str | list[str]) -> AppTest:
    """The page that a link with this address opens, over the store of QUALITY_STORE; a list is a parameter that stands several times.

    screen: "light" or "dark", as the person's is; "" where there is none to ask.
    """
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    if screen:
        app.context = {"theme": screen}
    if page != "overview":
        app.switch_page(f"../pages/{page}.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def html_parts(app: AppTest) -> list[str]:
    """The page's pieces of HTML as they are read: without styles, scripts and what the glossary says of the terms in them."""
    unread = re.compile(r"<(style|script)\b.*?</\1>", re.DOTALL)
    return [re.sub(r'<span class="zx-term"[^>]*>([^<]*)</span>', r"\1", unread.sub("", part.proto.body)) for part in app.get("html")]


def figure(app: AppTest, key: str) -> dict | None:
    """The plotly figure with this key; None where the page has none."""
    found = [chart for chart in app.get("plotly_chart") if chart.proto.id.endswith(f"-{key}")]
    return json.loads(found[0].proto.spec) if found else None
