"""The three tiers are told apart without colour, and by colour with every kind of colour vision."""

from itertools import combinations

import numpy as np
import pytest
from plotly.colors import hex_to_rgb

from charts import theme

LABELS = ("领跑型", "争先型", "追赶型")
# Machado, Oliveira, Fernandes (2009), severity 1.0, for linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])


def linear(colour: str) -> np.ndarray:
    c = np.array(hex_to_rgb(colour)) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB under D65."""
    xyz = XYZ @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", VISION)
def test_tiers_and_the_chosen_unit_differ_for_every_eye(vision):
    colours = [style.colour for style in theme.tier_styles(LABELS).values()] + [theme.RED]
    seen = [lab(VISION[vision] @ linear(colour)) for colour in colours]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 20


@pytest.mark.parametrize("vision", VISION)
def test_rise_and_fall_differ_for_every_eye(vision):
    up, down = (lab(VISION[vision] @ linear(colour)) for colour in (theme.UP, theme.DOWN))
    assert np.linalg.norm(up - down) > 20


@pytest.mark.parametrize("count", range(1, 7))
def test_every_tier_has_a_sign_and_a_marker_of_its_own(count):
    styles = list(theme.tier_styles([f"第{i}档" for i in range(count)]).values())
    assert len({s.symbol for s in styles}) == len({s.marker for s in styles}) == len({s.colour for s in styles}) == count


@pytest.mark.parametrize("colour", [*theme.SEQUENTIAL, *theme.DIVERGING, theme.GOLD, theme.BLUE, theme.FAINT, theme.RED])
def test_ink_reads_on_every_colour(colour):
    weights = np.array([0.2126, 0.7152, 0.0722])
    light, dark = sorted((float(linear(c) @ weights) for c in (colour, theme.ink_on(colour))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) > 3.8  # WCAG asks 3 of large text and 4.5 of small


def test_unknown_and_missing_tiers_share_the_neutral_style():
    assert theme.tier_title(LABELS, "") == theme.tier_title(LABELS, "别的") == "○ 无得分"
    assert theme.tier_title(LABELS, "领跑型") == "★ 领跑型"


def test_key_counts_every_unit_once():
    key = theme.tier_key(LABELS, ["领跑型", "领跑型", "", "追赶型"])
    assert "领跑型 2" in key and "争先型 0" in key and "追赶型 1" in key and "无得分 1" in key


def test_axis_keeps_the_usual_span_unless_a_score_lies_outside():
    assert theme.span_of([3.0, float("nan"), 99.0]) == (0, 100)
    assert theme.span_of([]) == (0, 100)
    low, high = theme.span_of([-2.0, 1.0])
    assert low < -2 and high > 1


def test_period_ticks_name_the_year_once():
    assert theme.period_ticks(["2023Q3", "2023Q4", "2024Q1"]) == ["Q3<br>23年", "Q4", "Q1<br>24年"]
    assert theme.period_ticks(["2023Q4", "2024Q1", "2024Q2"]) == ["Q4", "Q1<br>24年", "Q2"]
    assert theme.period_ticks(["2018", "2019"]) == ["2018", "2019"]
    assert theme.period_ticks(["2024M03"]) == ["3月<br>24年"]
    assert theme.period_ticks(["第一轮考核"]) == ["第一轮考核"]
