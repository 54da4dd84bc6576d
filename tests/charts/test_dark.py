"""Every colour of a figure has a partner on dark paper: it reads there, keeps apart from the others, and leads back to what it was."""

import json
import re
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts import theme
from charts.dark import darkened
from charts.heat_map import heat_map
from tests.charts.test_theme import LABELS, VISION, lab, linear

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
PAPER = theme.PARTNERS[theme.PAPER]
CONFIG = Path(__file__).parents[2] / ".streamlit/config.toml"


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours."""
    low, high = sorted(float(linear(c) @ np.array([0.2126, 0.7152, 0.0722])) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def named() -> list[tuple[str, str]]:
    """Each colour that charts/theme.py writes out, with the name that it has there or the place in a scale."""
    found = [("_TEMPLATE", c) for c in COLOUR.findall(json.dumps(theme._TEMPLATE.to_plotly_json()))]
    for name, value in vars(theme).items():
        if isinstance(value, str) and COLOUR.fullmatch(value):
            found.append((name, value))
        elif isinstance(value, tuple) and value and all(isinstance(c, str) and COLOUR.fullmatch(c) for c in value):
            found += [(f"{name}[{k}]", c) for k, c in enumerate(value)]
    return found


@pytest.mark.parametrize(("name", "colour"), named())
def test_every_colour_of_the_theme_has_a_partner(name, colour):
    assert colour.upper() in theme.PARTNERS, f"{name} {colour} has none: give it one in theme.PARTNERS"


def test_partners_are_told_apart_so_that_pictures_find_the_way_back():
    assert len(set(theme.PARTNERS.values())) == len(theme.PARTNERS)


WORDS = ("INK", "MUTED", "FAINT", "LEVEL", "RED", "GOLD", "BLUE", "UP", "DOWN")


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("ground", [PAPER, theme.PARTNERS[theme.GROUND]])
def test_words_read_on_dark_paper(name, ground):
    assert contrast(theme.PARTNERS[getattr(theme, name)], ground) >= 4.5


@pytest.mark.parametrize("scale", [theme.SEQUENTIAL, theme.DIVERGING])
def test_the_quiet_end_of_a_scale_is_near_the_paper_and_the_loud_ends_are_far(scale):
    away = [contrast(theme.on_dark(c), PAPER) for c in scale]
    quiet = away.index(min(away))
    assert quiet == (0 if scale is theme.SEQUENTIAL else len(scale) // 2) and away[quiet] < 1.3
    assert away[quiet:] == sorted(away[quiet:]) and away[: quiet + 1] == sorted(away[: quiet + 1], reverse=True)


@given(share=st.floats(0, 1), scale=st.sampled_from([theme.SEQUENTIAL, theme.DIVERGING, (theme.SEQUENTIAL[6], theme.SEQUENTIAL[3])]))
def test_ink_inside_a_cell_reads_in_both_themes(share, scale):
    colour = theme.colour_at(scale, share)
    ink = theme.ink_on(colour)
    assert contrast(colour, ink) > 3.8 and contrast(theme.on_dark(colour), theme.on_dark(ink)) > 3.8  # as the light theme's own test


@pytest.mark.parametrize("vision", VISION)
def test_tiers_and_the_chosen_unit_differ_for_every_eye_in_the_dark(vision):
    colours = [theme.on_dark(c) for c in (*(style.colour for style in theme.tier_styles(LABELS).values()), theme.RED)]
    seen = [lab(VISION[vision] @ linear(c)) for c in colours]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 15


@pytest.mark.parametrize("vision", VISION)
def test_rise_and_fall_differ_for_every_eye_in_the_dark(vision):
    up, down = (lab(VISION[vision] @ linear(theme.on_dark(c))) for c in (theme.UP, theme.DOWN))
    assert np.linalg.norm(up - down) > 20


def test_a_figure_changes_its_colours_and_nothing_else():
    table = pd.DataFrame([[1.0, np.nan], [99.0, 50.0]], index=["#B3261E", "乙"], columns=["甲", "丁"])
    light = heat_map(table)
    light.add_annotation(theme.key_line(f'<span style="color:{theme.GOLD}">★</span> #D4A02F'))
    light.add_scatter(x=[1], y=[1], marker_color=theme.faded(theme.PAPER, 0.8), line_color=theme.CLEAR)
    before = light.to_json()
    dark = darkened(light)
    assert light.to_json() == before, "the figure itself has changed"
    assert list(dark.layout.yaxis.ticktext) == ["#B3261E", "乙"], "a name that looks like a colour has changed"
    assert dark.layout.annotations[-1].text == f'<span style="color:{theme.PARTNERS[theme.GOLD]}">★</span> #D4A02F'
    assert [colour for _, colour in dark.data[0].colorscale] == [theme.PARTNERS[c] for c in theme.SEQUENTIAL[:-1]]
    assert dark.layout.template.layout.font.color == theme.PARTNERS[theme.INK]
    assert dark.data[-1].marker.color == theme.faded(PAPER, 0.8) and dark.data[-1].line.color == theme.CLEAR
    assert json.loads(dark.to_json())["data"][0]["z"] == json.loads(before)["data"][0]["z"]


def test_a_dark_figure_says_what_each_of_its_colours_was():
    style = theme.tier_styles(["一", "二", "三", "四", "五"])["三"]  # from within a scale
    light = theme.layout(go.Figure(go.Bar(x=[1], marker_color=style.colour, textfont_color=style.ink)), 100)
    dark = darkened(light)
    assert dark.layout.meta["light"][dark.data[0].marker.color] == style.colour
    assert dark.layout.meta["light"][dark.data[0].textfont.color] == style.ink


def test_streamlit_s_dark_theme_has_the_figures_colours():
    said = tomllib.loads(CONFIG.read_text("utf-8"))["theme"]
    pairs = {"backgroundColor": "PAPER", "textColor": "INK", "linkColor": "RED", "redColor": "RED", "blueColor": "BLUE", "greenColor": "UP",
             "orangeColor": "DOWN", "yellowColor": "GOLD", "grayColor": "LEVEL"}  # fmt: skip
    assert {key: said["dark"][key] for key in pairs} == {key: theme.PARTNERS[getattr(theme, name)] for key, name in pairs.items()}
    assert set(said["light"]) == set(said["dark"]), "a setting that one theme has and the other lacks"
