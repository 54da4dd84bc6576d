"""The units that files may name, looked up as they are named: of a million units a file of ten takes ten."""

from __future__ import annotations

import unicodedata
from collections.abc import ItemsView, Iterator, Mapping

from sqlite_utils import Database

from ..spelling import expressions

_ALL = "SELECT code, name FROM unit WHERE active ORDER BY code"
_OF_CODE = "SELECT name FROM unit WHERE code = ? AND active"
_MANY = "SELECT count(*) FROM unit WHERE active"
_BY_NAME = """
SELECT unit.code, unit.name FROM unit_search CROSS JOIN unit_name ON unit_name.id = unit_search.rowid
CROSS JOIN unit ON unit.code = unit_name.code AND unit.active WHERE unit_search MATCH ? LIMIT ?
"""
_AFTER_CODE = "SELECT code FROM unit WHERE code >= ? AND active ORDER BY code LIMIT ?"
_MOST, _NEAR = 50_000, 100  # units whose names are compared with a text: with one that is a part of theirs, with one that nobody has


class Register(Mapping[str, str]):
    """Code → name of the active units, as long as its connection is open."""

    def __init__(self, db: Database):
        self._db = db

    def __getitem__(self, code: str) -> str:
        row = self._db.execute(_OF_CODE, [code]).fetchone()
        if row is None:
            raise KeyError(code)
        return row[0]

    def __iter__(self) -> Iterator[str]:
        return (code for code, _ in self._db.execute(_ALL))

    def __len__(self) -> int:
        return self._db.execute(_MANY).fetchone()[0]

    def items(self) -> ItemsView[str, str]:
        """All of them, read at once."""
        return dict(self._db.execute(_ALL).fetchall()).items()

    def like(self, text: str) -> list[tuple[str, str]]:
        """(code, name) of the units that a text may mean: those of the code, in whatever case, and those that have it in their name."""
        plain = unicodedata.normalize("NFKC", text).strip()
        codes = dict.fromkeys((text, plain, plain.upper(), plain.lower()))
        return [(code, self[code]) for code in codes if code in self] + self._named(text, _MOST)

    def near(self, text: str) -> list[str]:
        """Names and codes among which the nearest to an unknown text is looked for: of half its name, or after its code."""
        half = max(len(text) // 2, 1)
        names = [name for part in (text[:half], text[half:]) for _, name in self._named(part, _NEAR)]
        return names + [row[0] for row in self._db.execute(_AFTER_CODE, [text[:-1], _NEAR])]

    def _named(self, text: str, most: int) -> list[tuple[str, str]]:
        asked = next(expressions(text), None)
        return self._db.execute(_BY_NAME, [asked, most]).fetchall() if asked else []
