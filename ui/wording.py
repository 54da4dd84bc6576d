"""Words on the screen: names as text, scores to the tenth, periods as people say them."""

import re
from os.path import commonprefix

import pandas as pd

_PUNCTUATION = re.compile(r"([!-$&-+.:-@\[-`{-~-])")  # all of ASCII's but % , / which no markdown reads and hover texts show escaped
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_PERIOD = re.compile(r"(\d{4})(?:([QHM])(\d{1,2}))?")
PLACES = "省市区县州旗"  # what kind of place a name begins with
_QUARTERS, _HALVES = "一二三四", ("上半年", "下半年")


def tags(names: pd.Series) -> pd.Series:
    """Names without the beginning that all but a few share, such as the city's: what is told apart is read first.

    The word of a place stays (市委党校 is a name, 委党校 is none), and so does a name without that beginning. All stay as they are for
    fewer than three, where nothing of two characters or more is shared, where one would be left with less than two characters, with a
    bare number or with another's name, and where the cut would fall inside a word.
    """
    texts = names.astype(str)
    shared = _beginning(sorted(texts)) if len(names) > 2 else ""
    shared = shared[: shared.rfind(" ") + 1] if shared.isascii() else shared.rstrip(PLACES)
    short = texts.str.removeprefix(shared)
    bare = (short.str.len() < 2) | short.str.isdecimal()
    return short if len(shared) > 1 and not bare.any() and short.nunique() == texts.nunique() else names


def _beginning(ordered: list[str]) -> str:
    """The longest beginning that 19 of 20 sorted texts share; of fewer than twenty, all of them."""
    many = len(ordered) - len(ordered) // 20
    runs = zip(ordered, ordered[many - 1 :], strict=False)
    return max((commonprefix(ends) for ends in runs), key=len)  # noqa: RUF071 (texts, not paths)


def told_apart(units: pd.DataFrame) -> pd.DataFrame:
    """Units, those of one name with their area behind it: a province has as many 甲局 as cities. units: columns name, area."""
    twins = units["name"].duplicated(keep=False) & (units["area"] != "")
    if not twins.any():
        return units
    return units.assign(name=units["name"].where(~twins, units["name"] + "（" + units["area"].str.replace("/", "") + "）"))


def said_once(texts: pd.Series) -> pd.Series:
    """Texts of a column: one that says the same as the one above it is a ditto mark."""
    return texts.where((texts != texts.shift()) | (texts == ""), "〃")


def clean(name: object, length: int = 200) -> str:
    """A name on one line, without invisible characters, cut to so many characters: for widgets that take plain text."""
    text = _INVISIBLE.sub(" ", "" if name is None else str(name)).strip()
    return text if len(text) <= length else text[: length - 1] + "…"


def text(name: object, length: int = 200) -> str:
    """A name as markdown that shows it as it stands: names are user data and may hold *, _, $, < or :red[…]."""
    return _PUNCTUATION.sub(r"\\\1", clean(name, length))


def from_to(before: object, after: object) -> str:
    """Two texts with an arrow between, or the one where they are the same; a dash for none."""
    old, new = (t if isinstance(t, str) and t else "—" for t in (before, after))
    return old if old == new else f"{old} → {new}"


def tenth(number: float) -> str:
    """A score as it is shown: one decimal, a true minus sign; a dash for no number."""
    text = f"{number:.1f}"
    return "—" if text == "nan" else "0.0" if text == "-0.0" else text.replace("-", "−")


def signed(number: float) -> str:
    """A change as it is shown: one decimal with its sign; none for what shows as 0.0."""
    text = tenth(number)
    return text if text in ("—", "0.0") or text.startswith("−") else f"+{text}"


def shown_gap(start: float, end: float) -> float:
    """The difference of two scores as they are shown, so that a reader who subtracts them finds it; NaN without one of them."""
    return round(float(f"{end:.1f}") - float(f"{start:.1f}"), 1)


def period_title(period: str) -> str:
    """2024Q4 → 2024年四季度 · 2024H1 → 2024年上半年 · 2024M03 → 2024年3月 · 2024 → 2024年; other texts as they are."""
    match = _PERIOD.fullmatch(period)
    if not match:
        return clean(period)
    year, kind, number = match[1], match[2], int(match[3] or 0)
    part = {
        "Q": f"{_QUARTERS[number - 1]}季度" if 1 <= number <= 4 else period[4:],
        "H": _HALVES[number - 1] if 1 <= number <= 2 else period[4:],
        "M": f"{number}月",
    }
    return f"{year}年{part.get(kind, '')}"
