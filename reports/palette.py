"""The colours of documents: the screen's own, by the tones that contents name. A test holds them equal to the screen's."""

from __future__ import annotations

from typing import NamedTuple

RED = "#B3261E"
GOLD = "#D4A02F"
BLUE = "#34658F"
INK = "#23272E"
MUTED = "#6B7280"
FAINT = "#A7ADB8"
GRID = "#ECEAE5"
PAPER = "#FFFFFF"
GROUND = "#F3F1EC"
AXIS = "#D6D3CC"
UP, DOWN = "#1E7B74", "#B5622B"
DEEP, MILD = "#1D4469", "#83A6C4"  # the ends between which the middle tiers of four and more lie

FONT = "微软雅黑"
_MIDDLE = ("●", "■", "◆", "▲")


class Tone(NamedTuple):
    """How a tone looks: its colour, and the sign that says the same without colour ("" where words beside it do)."""

    colour: str
    sign: str = ""


PLAIN = Tone(BLUE)
_NAMED = {"good": Tone(UP, "✓"), "bad": Tone(DOWN, "！"), "house": Tone(RED), "quiet": Tone(FAINT), "": PLAIN}


def tier_place(tone: str) -> int | None:
    """Place of a tone among the tiers, best 0; None where the tone is no tier's."""
    place = tone.removeprefix("tier")
    return int(place) if place != tone and place.isdecimal() else None


def tone(name: str, tiers: int) -> Tone:
    """Look of a tone where there are so many tiers: gold first, grey last, blue between.

    Raises:
        ValueError: there is no such tone.
    """
    place = tier_place(name)
    if place is None:
        if name not in _NAMED:
            raise ValueError(f"a tone is tier0, tier1 … or one of {', '.join(filter(None, _NAMED))}, not {name!r}")
        return _NAMED[name]
    last = tiers - 1
    if place == 0:
        return Tone(GOLD, "★")
    if place >= last:
        return Tone(FAINT, "▼")
    colour = BLUE if last == 2 else _between(DEEP, MILD, (place - 1) / max(last - 2, 1))
    return Tone(colour, _MIDDLE[(place - 1) % len(_MIDDLE)])


def ink_on(colour: str) -> str:
    """White or dark ink, whichever reads better on a colour (WCAG relative luminance)."""
    channels = [c / 255 for c in _channels(colour)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return PAPER if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.22 else INK


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))


def _between(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + share * (b - a)):02X}" for a, b in pairs)
