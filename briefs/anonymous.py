"""A view in which no unit has a name: 单位01, 单位02 … in its stead, in every table and text, the same in every period."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ui.wording import PLACES, tags

if TYPE_CHECKING:
    from ui.view import View

_LEAST = 3  # characters of a short name that is looked for in texts: shorter ones are words
_TEXTS = {"adjustments": ("reason",), "cells": ("file", "sheet")}


def masked(view: View) -> View:
    """The view with numbers for names; its units keep their codes, by which sheets are asked for. A masked view is returned as it is."""
    return view if is_masked(view) else _Masked(view)


def is_masked(view: View) -> bool:
    """Whether a view shows numbers for names."""
    return isinstance(view, _Masked)


def without_codes(view: View, table: pd.DataFrame) -> pd.DataFrame:
    """A table to take away: of a masked view without the codes of units, and the files that values came from, which tell who they are."""
    told = (f"{view.words['unit']}代码", "文件", "工作表", "单元格", "批次")
    return table.drop(columns=[c for c in told if c in table]) if is_masked(view) else table


class _Masked:
    """All of a view, names replaced. What is not about names is the view's own."""

    def __init__(self, view: View, others: dict[str, View] | None = None):
        self._view, self._others = view, {} if others is None else others
        self._others.setdefault(view.period, self)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._view, name)
        return self._told(found, _TEXTS[name]) if name in _TEXTS else found

    @cached_property
    def _numbers(self) -> Mapping[str, str]:
        """Unit → its number, by the order of the codes over all served periods, so that it is the same in each."""
        codes = sorted(self._view.history["unit"].unique())
        digits = max(2, len(str(len(codes))))
        return {code: f"{self._view.words['unit']}{place:0{digits}d}" for place, code in enumerate(codes, 1)}

    @cached_property
    def _known(self) -> Mapping[str, str]:
        """Every name that a unit has had, in full, in short and without the word of its place → its number."""
        named = self._view.history[["unit", "name"]].drop_duplicates()
        short = pd.concat([tags(rows["name"]) for _, rows in self._view.history.groupby("period")]).reindex(named.index)
        said = [(name, unit) for unit, tag in zip(named["unit"], short, strict=True) for name in (tag.lstrip(PLACES), tag)]
        found = {name: unit for name, unit in said if len(name) >= _LEAST}
        found |= dict(zip(named["name"], named["unit"], strict=True))
        return {name: self._numbers[unit] for name, unit in found.items()}

    @cached_property
    def _pattern(self) -> re.Pattern:
        return re.compile("|".join(map(re.escape, sorted(filter(None, self._known), key=len, reverse=True))) or r"(?!)")

    def _hidden(self, text: Any) -> Any:
        return self._pattern.sub(lambda found: self._known[found[0]], text) if isinstance(text, str) else text

    def _told(self, table: pd.DataFrame, columns: Any) -> pd.DataFrame:
        """The table with the names in these columns' texts replaced; each different text is looked at once."""
        hidden = {text: self._hidden(text) for c in columns for text in table[c].dropna().unique()}
        return table.assign(**{c: pd.Series([hidden.get(text, text) for text in table[c]], table.index, table[c].dtype) for c in columns})

    @cached_property
    def units(self) -> pd.DataFrame:
        """The view's units under their numbers."""
        units = self._view.units
        return units.assign(name=[self._numbers[unit] for unit in units.index], note=[self._hidden(note) for note in units["note"]])

    @cached_property
    def history(self) -> pd.DataFrame:
        """All units over all periods under their numbers."""
        return self._view.history.assign(name=self._view.history["unit"].map(self._numbers))

    def records(self, ledger: str) -> pd.DataFrame:
        """A ledger's records, names in their texts replaced."""
        table = self._view.records(ledger)
        return self._told(table, [c for c in table if c not in ("unit", "ref", "exemplar", "node") and table[c].dtype.kind in "OT"])

    def unit_name(self, unit: str) -> str:
        """The number of a unit; the code for an unknown one."""
        return self._numbers.get(unit, unit)

    def at(self, period: str | None) -> View | None:
        """Another served period, masked alike."""
        found = self._view.at(period)
        if found is not None and period not in self._others:
            _Masked(found, self._others)
        return self._others.get(period)

    def release_view(self, release: int) -> View | None:
        """This period as another release froze it, masked alike."""
        found = self._view.release_view(release)
        return None if found is None else _Masked(found)

    @property
    def previous(self) -> View | None:
        """The served period before this one, masked alike."""
        return self._view.previous and self.at(self._view.previous.period)

    @property
    def year_ago(self) -> View | None:
        """The same period of the year before, masked alike."""
        return self._view.year_ago and self.at(self._view.year_ago.period)
