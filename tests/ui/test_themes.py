"""Light where there is no screen to ask; dark figures, words and tables on a dark one; a slide keeps the ground that it was given."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from charts import dark, theme
from tests.ui.support import figure, opened
from ui import themes


@pytest.fixture(autouse=True)
def painter(monkeypatch):
    """What the server hands in."""
    monkeypatch.setattr(themes, "painter", themes.Painter(dark.darkened, theme.on_dark))


def ink(app: AppTest, key: str) -> str:
    return figure(app, key)["layout"]["template"]["layout"]["font"]["color"]


@pytest.mark.parametrize(("screen", "colour"), [("", theme.INK), ("light", theme.INK), ("dark", theme.PARTNERS[theme.INK])])
def test_figures_follow_the_screen(store, screen, colour):
    app = opened("overview", screen=screen)
    assert ink(app, "map") == colour
    styles = [part.proto.body for part in app.get("html") if "@media screen" in part.proto.body]
    assert any(theme.PARTNERS[theme.PAPER] in style for style in styles) == (screen == "dark")


def test_the_letters_of_a_table_follow_too(store):
    styles = [json.dumps(opened("compare", screen=screen).dataframe[0].proto.arrow_data.styler.styles) for screen in ("light", "dark")]
    assert theme.SERIES[1] in styles[0] and theme.PARTNERS[theme.SERIES[1]] in styles[1] and theme.SERIES[1] not in styles[1]


def test_a_light_slide_stays_light_on_a_dark_screen(store):
    app = opened("present", screen="dark", ground="light")
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert specs and all(spec["layout"]["font"]["color"] == theme.INK and "meta" not in spec["layout"] for spec in specs)
