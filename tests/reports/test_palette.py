"""The palette of documents is the screen's."""

import pytest

from charts import theme
from reports import palette

NAMES = ("RED", "GOLD", "BLUE", "INK", "MUTED", "FAINT", "GRID", "PAPER", "GROUND", "AXIS", "UP", "DOWN")


def on_paper(ink: str) -> str:
    """An ink of the screen without its second name, which says only what becomes of it in the dark."""
    return {kept: plain for plain, kept in theme.KEPT.items()}.get(ink, ink)


@pytest.mark.parametrize("name", NAMES)
def test_a_colour_of_documents_is_the_screen_s(name):
    assert getattr(palette, name) == getattr(theme, name)


@pytest.mark.parametrize("count", range(1, 7))
def test_tiers_look_as_on_the_screen(count):
    labels = [f"第{k}级" for k in range(count)]
    for place, style in enumerate(theme.tier_styles(labels).values()):
        assert palette.tone(f"tier{place}", count) == palette.Tone(style.colour, style.symbol)
        assert palette.ink_on(style.colour) == on_paper(style.ink)


def test_ink_on_any_colour_is_the_screen_s():
    for colour in (*theme.SEQUENTIAL, *theme.DIVERGING, *theme.SERIES):
        assert palette.ink_on(colour) == on_paper(theme.ink_on(colour))


def test_good_and_bad_have_a_sign_beside_their_colour_and_are_the_screen_s_rise_and_fall():
    good, bad = palette.tone("good", 3), palette.tone("bad", 3)
    assert (good.colour, bad.colour) == (theme.UP, theme.DOWN)
    assert good.sign and bad.sign and good.sign != bad.sign
    assert palette.tone("house", 3).colour == theme.RED


@pytest.mark.parametrize("name", ["tier", "tier-1", "tierx", "red", "Good"])
def test_an_unknown_tone_is_refused_by_name(name):
    with pytest.raises(ValueError, match=name):
        palette.tone(name, 3)
