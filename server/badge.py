"""A unit's badge: a small picture (SVG) for the unit's own site. No script, no link, nothing loaded; every text escaped."""

from __future__ import annotations

import re
import unicodedata
from html import escape

from reports.palette import FAINT, GRID, INK, MUTED, PAPER, RED, ink_on, tone
from server.api_reading import Frozen
from ui.wording import clean, period_title, tenth

WIDTH, HEIGHT, _SIDE = 340, 84, 84
_FONT = "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif"
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_UNSCORED, _LONGEST = "不计分", 600


def badge(frozen: Frozen, unit: str) -> str:
    """Name, index, tier with its sign, period and number of the release; says so where its data are for demonstration."""
    row, words = frozen.units.loc[unit], frozen.words
    tier, colour, sign = _tier(frozen, row["tier"])
    index = tenth(row["index"])
    foot = [period_title(frozen.period), f"第 {frozen.number} 号发布"]
    whole = "，".join([clean(row["name"]), f"{clean(words['index'])} {index}", tier, *foot, *(["演示数据"] if frozen.demo else [])])
    ink, middle = ink_on(colour), _SIDE / 2
    parts = [
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="6" fill="{PAPER}" stroke="{GRID}"/>',
        f'<path d="M6.5 0.5H{_SIDE}V{HEIGHT - 0.5}H6.5A6 6 0 0 1 0.5 {HEIGHT - 6.5}V6.5A6 6 0 0 1 6.5 0.5Z" fill="{colour}"/>',
        _text(middle, 40, sign, 26, ink, 'text-anchor="middle"'),
        _text(middle, 64, _fit(tier, 10), 14, ink, 'text-anchor="middle"'),
        _text(_SIDE + 12, 25, _fit(row["name"], 32), 15, INK, 'font-weight="700"'),
        _text(_SIDE + 12, 53, index, 24, INK, 'font-weight="700"'),
        _text(_SIDE + 18 + 14 * len(index), 53, _fit(words["index"], 20), 12, MUTED),
        _text(_SIDE + 12, 74, _fit(" · ".join(foot), 32), 11, MUTED),
    ]
    if frozen.demo:
        parts.append(_text(WIDTH - 10, 74, "演示数据", 11, RED, 'font-weight="700" text-anchor="end"'))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" lang="zh-CN"'
    return f'{head} font-family="{_FONT}"><title>{_safe(whole)}</title>{"".join(parts)}</svg>\n'


def _tier(frozen: Frozen, tier: str) -> tuple[str, str, str]:
    """A tier's name, colour and sign, as documents show it."""
    labels = frozen.policy.tier_labels
    if tier not in labels:
        return _UNSCORED, FAINT, "—"
    look = tone(f"tier{labels.index(tier)}", len(labels))
    return tier, look.colour, look.sign


def _text(x: float, y: float, text: str, size: int, colour: str, more: str = "") -> str:
    return f'<text x="{x:g}" y="{y}" font-size="{size}" fill="{colour}" {more}>{_safe(text)}</text>'


def _safe(text: str) -> str:
    return escape(_NOT_XML.sub("", clean(text, _LONGEST)))


def _fit(name: object, width: int) -> str:
    """A text cut to so many half-width characters."""
    text, used = clean(name), 0
    for k, c in enumerate(text):
        used += 2 if unicodedata.east_asian_width(c) in "WF" else 1
        if used > width:
            return f"{text[: k - 1]}…"
    return text
