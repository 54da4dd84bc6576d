"""Names inside figures. A name is user data: plotly reads a small HTML in every text, so names are escaped here."""

import html
import re
import unicodedata

import pandas as pd

ELLIPSIS = "…"
# Control and bidirectional characters can hide or reorder the text beside a name; joiners stay: emoji and some scripts need them.
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def width(text: str) -> int:
    """Columns that a text takes: two for a Chinese character or an emoji, one for a Latin letter."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def clean(text: object) -> str:
    """Text on one line, without invisible characters."""
    return _INVISIBLE.sub(" ", "" if text is None else str(text)).strip()


def cut(text: object, columns: int) -> str:
    """Text cut to so many columns, an ellipsis in place of what is lost."""
    text = clean(text)
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 1:
            break
        kept += char
    return kept.rstrip() + ELLIPSIS


def plain(text: object, columns: int = 400) -> str:
    """Text that plotly shows as it stands: escaped, on one line, cut to so many columns."""
    return _escaped(cut(text, columns))


def _escaped(text: str) -> str:
    """Without markup, and without the `%{…}` that plotly fills in where a name stands in a template."""
    return html.escape(text, quote=False).replace("%{", "%&#123;")


def tags(units: pd.DataFrame) -> pd.Series:
    """What stands beside a mark: the column `tag` (a short name) where the caller gives one, else the name."""
    return units["tag"] if "tag" in units else units["name"]


def sure_lines(units: pd.DataFrame) -> list[str]:
    """The column `sure` (how sure rank and tier are, in words) as a further line of a hover; nothing where it is empty or lacking."""
    return [f"<br>{plain(line)}" if line else "" for line in (units["sure"] if "sure" in units else [""] * len(units))]


def wrapped(text: object, columns: int, lines: int = 2) -> str:
    """Escaped text broken into at most so many lines of so many columns; Latin words stay whole where they fit."""
    rows, row = [], ""
    for piece in re.findall(r"[^\W\d_]?[!-~]+\s*|\s+|.", clean(text)):
        if row and width((row + piece).rstrip()) > columns:
            rows.append(row)
            row = ""
        row += piece
    rows.append(row)
    if len(rows) > lines:
        rows = [*rows[: lines - 1], cut("".join(rows[lines - 1 :]), columns)]
    return "<br>".join(_escaped(cut(line, columns)) for line in rows if line.strip())
