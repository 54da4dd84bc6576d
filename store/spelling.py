"""How names are spelt, and how a unit is found by a part of its name, by its initials or by its pinyin.

A name is cut into single characters and pairs of neighbours: a part of a name is then a phrase of pairs, whatever it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from sqlite_utils import Database

_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}  # marks as characters of a word
_BETWEEN = "·"  # stands between the syllables of a pair, which are not to run together
# What can follow each initial ("-": none), so that a search need not load pypinyin. Interjections such as "ng" would cut others to pieces.
_FINALS = """
- a ai an ang ao e ei en eng er o ou
b a ai an ang ao ei en eng i ian iang iao ie in ing o ong u
c a ai an ang ao e ei en eng i ong ou u uan ui un uo
ch a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo
d a ai an ang ao e ei en eng i ia ian iao ie in ing iu ong ou u uan ui un uo
f a an ang ei en eng iao o ou u
g a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo
h a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo
j i ia ian iang iao ie in ing iong iu u uan ue un
k a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo
l a ai an ang ao e ei en eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve
m a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u
n a ai an ang ao e ei en eng i ia ian iang iao ie in ing iu ong ou u uan un uo v ve
p a ai an ang ao ei en eng i ian iao ie in ing o ou u
q i ia ian iang iao ie in ing iong iu u uan ue un
r an ang ao e en eng i ong ou u ua uan ui un uo
s a ai an ang ao e en eng i ong ou u uan ui un uo
sh a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo
t a ai an ang ao e ei eng i ian iao ie ing ong ou u uan ui un uo
w a ai an ang ei en eng o ong u
x i ia ian iang iao ie in ing iong iu u uan ue un
y a an ang ao e i in ing o ong ou u uan ue un
z a ai an ang ao e ei en eng i ong ou u uan ui un uo
zh a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo
"""
SYLLABLES = frozenset(
    initial.strip("-") + final for line in _FINALS.strip().splitlines() for initial, *finals in [line.split()] for final in finals
)
_BEGINNINGS = frozenset(s[:k] for s in SYLLABLES for k in range(1, len(s))) - SYLLABLES
_READINGS = 8  # ways to cut typed letters into syllables that are tried

_NEW = """
SELECT unit.code, unit.name FROM unit LEFT JOIN unit_name ON unit_name.code = unit.code
WHERE unit_name.name IS NOT unit.name ORDER BY unit.code
"""
_NEW_OF_BATCH = """
SELECT unit.code, unit.name FROM unit_record JOIN unit ON unit.code = unit_record.code LEFT JOIN unit_name ON unit_name.code = unit.code
WHERE unit_record.batch = ? AND unit_name.name IS NOT unit.name ORDER BY unit.code
"""
_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'unit_name'"
_NAME = "INSERT OR REPLACE INTO unit_name (id, code, name) VALUES (?, ?, ?)"
_WORDS = "INSERT INTO unit_search (rowid, name, initials, pinyin) VALUES (?, ?, ?, ?)"


def spell_units(db: Database, batch: int | None = None) -> None:
    """Make the units that are new, or have another name than they had, findable: those of one batch, or (None) of the store.

    Inside the caller's transaction.
    """
    found = (db.execute(_NEW) if batch is None else db.execute(_NEW_OF_BATCH, [batch])).fetchall()
    last = db.execute(_LAST).fetchone()[0]  # no number is used again: words of an earlier name lead nowhere
    numbers = range(last + 1, last + 1 + len(found))
    db.conn.executemany(_NAME, ((number, *unit) for number, unit in zip(numbers, found, strict=True)))
    db.conn.executemany(_WORDS, ((number, *words_of(name)) for number, (_, name) in zip(numbers, found, strict=True)))


def words_of(name: str) -> tuple[str, str, str]:
    """What the search table holds of a name: of its characters, its initials and its syllables."""
    from pypinyin.seg.mmseg import seg  # its dictionaries take a fifth of a second, which most programs do not need

    text = folded(name)
    syllables = [s for word in seg.cut(text) for s in _spelt(word)]
    return _cut(text), _cut([s[0] for s in syllables]), _cut(syllables, _BETWEEN)


@lru_cache(maxsize=50_000)
def _spelt(word: str) -> tuple[str, ...]:
    """The syllables of a word of pypinyin's dictionary, or of a text without any; names are made of few."""
    from pypinyin import lazy_pinyin

    return tuple(part.replace("ü", "v") for part in lazy_pinyin([word], errors=list))


def folded(text: str) -> str:
    """The form in which names are searched: NFKC, case folded, no blanks; marks are wide, so that they count as characters."""
    text = unicodedata.normalize("NFKC", text).casefold()
    bare = "".join(c for c in text if c.isprintable() and not c.isspace())
    return unicodedata.normalize("NFKC", bare).translate(_WIDE)  # a mark that a blank stood under may join what is before it


def expressions(text: str) -> Iterator[str]:
    """What to ask the search table for, the nearest way first: as part of the name, as initials, as pinyin; nothing for no text."""
    text = folded(text)
    if not text:
        return
    yield f'name : "{_phrase(text)}"'
    if text.isascii():
        yield f'initials : "{_phrase(text)}"'
        if readings := " OR ".join(_reading(*r) for r in _readings(text)):
            yield f"pinyin : ({readings})"


def _cut(symbols: Sequence[str], between: str = "") -> str:
    """Pairs of neighbours in their order, then single symbols. A pair of syllables is told from a syllable by what is between."""
    return " ".join([*_pairs(symbols, between), *symbols])


def _pairs(symbols: Sequence[str], between: str) -> list[str]:
    return [f"{between}{a}{between}{b}" for a, b in pairwise(symbols)]


def _phrase(symbols: Sequence[str], between: str = "") -> str:
    return symbols[0] if len(symbols) == 1 else " ".join(_pairs(symbols, between))


def _reading(syllables: list[str], whole: bool) -> str:
    """One way to read typed letters, as a phrase; the last syllable may be typed in part."""
    return f'"{_phrase(syllables, _BETWEEN)}"' + ("" if whole else " *")


def _readings(text: str) -> list[tuple[list[str], bool]]:
    """Ways to cut letters into syllables (digits stand for themselves): the syllables, and whether the last one is typed in full."""
    found: list[tuple[list[str], bool]] = []

    def walk(at: int, before: list[str]) -> None:
        if len(found) == _READINGS:
            return
        rest = text[at:]
        for length in range(min(6, len(rest)), 0, -1):
            piece = rest[:length]
            if piece in SYLLABLES or (piece.isdigit() and length == 1):
                if length == len(rest):
                    found.append(([*before, piece], True))
                else:
                    walk(at + length, [*before, piece])
        if rest in _BEGINNINGS:
            found.append(([*before, rest], False))

    walk(0, [])
    return found
