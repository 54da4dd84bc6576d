"""Tables of guidance: advice by indicator, group of a facet or tier, read row by row."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

from scoring.framework import Framework
from scoring.policy import Policy

from .cells import BadCell, CellError, clean_number, nearest, quoted, text_key
from .headers import is_ignored
from .names import Indicators
from .registers import RowReader
from .sheets import Sheet
from .tables import Table, candidates, title_above

TITLES = {
    "target": "对象", "band": "得分区间", "tier": "梯队", "path": "提升路径", "text": "建议", "step": "步长", "unit": "计量",
    "difficulty": "难度", "source": "依据",
}  # fmt: skip
_NEEDED = ("target", "text", "difficulty", "source")
_HARDEST = 5
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_BAND = re.compile(rf"{_NUMBER}\s*[-–—~至]\s*{_NUMBER}", re.ASCII)


def find_guidance(sheet: Sheet) -> Table | None:
    """The table of guidance on a sheet, under our own columns or their Chinese titles; None if there is none."""
    names = {text_key(word): name for name, title in TITLES.items() for word in (name, title)}
    for row in candidates(sheet):
        fields, others = {}, {}
        for column, label in enumerate(map(quoted, sheet.cells[row])):
            name = names.get(text_key(label))
            if name and name not in fields:
                fields[name] = column
            elif label and not is_ignored(label):
                others[column] = label
        if {"target", "text", "difficulty"} <= fields.keys():
            return Table(sheet, "guidance", row, fields, others=others, title=title_above(sheet, row))
    return None


def guidance_csv(table: Table, indicators: Indicators | None, policy: Policy) -> tuple[str | None, list[CellError]]:
    """The text of a guidance.csv, its targets by code (None: no sound advice at all), and what was refused, which is not in it."""
    if indicators is None:
        return None, [table.sheet.refusal("无法核对建议的对象：还没有指标体系；请先导入指标体系，或与本文件一起导入")]
    if lacking := [TITLES[f] for f in _NEEDED if f not in table.fields]:
        return None, [table.sheet.refusal(f"分类指导表缺少列：{'、'.join(lacking)}；请补上")]
    errors = [
        table.sheet.error(table.header, c, f"不是分类指导表的列；可用：{'、'.join(TITLES.values())}", nearest(label, TITLES.values()))
        for c, label in table.others.items()
    ]
    found, seen = [], {}
    for row in table.rows.tolist():
        reader = AdviceReader(table, row, indicators, policy)
        if reader.is_note():
            continue
        advice = reader.advice()
        key = (advice["target"], advice["band"], advice["tier"], advice["text"])
        if not reader.errors and key in seen:
            reader.refuse("text", f"重复：第 {seen[key] + 1} 行已对同一对象、得分区间和梯队提出；请删去一行")
        seen.setdefault(key, row)
        errors += reader.errors
        found += [] if reader.errors else [advice]
    return pd.DataFrame(found).to_csv(index=False, lineterminator="\n") if found else None, errors


class AdviceReader(RowReader):
    """The cells of one piece of advice, against the framework and the policy that it speaks of."""

    def __init__(self, table: Table, row: int, indicators: Indicators, policy: Policy):
        super().__init__(table, row)
        self.indicators, self.framework, self.policy = indicators, indicators.framework, policy

    def advice(self) -> dict[str, str]:
        """The row as texts; what is wrong with it lies in `errors`."""
        target = self.cell("target", self._target) or ""
        leaf = target in self.framework and self.framework.is_indicator(target)
        measured = leaf or bool(self.errors)  # of a target that nobody knows it cannot be said what it needs
        return {
            "target": target,
            "band": self.cell("band", self._band) or "",
            "tier": self.cell("tier", self._tier) or "",
            "path": self.cell("path", self._path) or "",
            "text": self.text("text", "没有写建议；请填写"),
            "step": self._number("step", measured, np.inf),
            "unit": self.text("unit", "没有写一步叫什么；步长为空时请填 件、项、次 等" if leaf and self._blank("step") else ""),
            "difficulty": self._number("difficulty", measured, _HARDEST, f"没有难度；指标的建议请填 1 到 {_HARDEST}，用来排先后" if leaf else ""),
            "source": self.text("source", "没有写依据；请写明文件，或文献的章节"),
        }

    def refuse(self, name: str, why: str | BadCell) -> None:
        """Refuse the cell of a field, with the nearest known name where the reason has one."""
        column = self.table.fields.get(name, self.table.fields["text"])
        self.errors.append(self.table.sheet.error(self.row, column, why, getattr(why, "nearest", "")))

    def _blank(self, name: str) -> bool:
        return not quoted(self.raw(name))

    def _target(self, raw: object) -> str:
        text = quoted(raw)
        if (code := self.indicators.node(text)) is not None:
            return code
        facet, mark, group = unicodedata.normalize("NFKC", text).partition(":")
        if mark:
            return _group(self.framework, self.policy, facet.strip(), group.strip())
        raise _unknown("不是指标体系中的代码或名称；指标写代码，分面的组写成 列名:组名，针对整个梯队的请留空", self.indicators.nearest(text))

    def _band(self, raw: object) -> str:
        low, high = band_ends(quoted(raw))
        least, most = self.policy.range
        if not least <= low < high <= most:
            raise BadCell(f"不是得分区间：须在 {least:g} 到 {most:g} 之间，前小后大")
        return f"{low:g}-{high:g}"

    def _tier(self, raw: object) -> str:
        return _one_of(quoted(raw), self.policy.tier_labels, "梯队")

    def _path(self, raw: object) -> str:
        facet = self.policy.paths
        return _one_of(quoted(raw), self.framework.groups(facet), self.policy.facets.get(facet, facet)) if facet else quoted(raw)

    def _number(self, name: str, used: bool, most: float, why_blank: str = "") -> str:
        """A positive number as text; where it is of no use the cell must be empty."""
        if not used and not self._blank(name):
            self.refuse(name, f"用不上：只有指标的建议才有{TITLES[name]}；请删去")
            return ""

        def clean(raw: object) -> str:
            number = clean_number(raw)
            if not (0 < number <= most if most == np.inf else 1 <= number <= most):
                raise BadCell("不是正数；步长为空表示一条记录" if most == np.inf else f"应在 1 到 {most:g} 之间")
            return f"{number:g}"

        return self.cell(name, clean, why_blank) or ""


def band_ends(text: str) -> tuple[float, float]:
    """The ends of a band such as `0-60`. Raises BadCell."""
    found = _BAND.fullmatch(unicodedata.normalize("NFKC", text))
    if not found:
        raise BadCell("不是得分区间；请写成 0-60，不分高低请留空")
    return float(found[1]), float(found[2])


def _group(framework: Framework, policy: Policy, facet: str, group: str) -> str:
    column = next((c for c in framework.facets if facet in (c, policy.facets.get(c))), "")
    if not column:
        raise _unknown(f"没有分面 {facet!r}；可用：{'、'.join(framework.facets) or '无'}", nearest(facet, framework.facets))
    return f"{column}:{_one_of(group, framework.groups(column), policy.facets.get(column, column))}"


def _one_of(text: str, known: tuple[str, ...], what: str) -> str:
    if (found := next((k for k in known if text_key(k) == text_key(text)), None)) is None:
        raise _unknown(f"不是{what}之一；可用：{'、'.join(known)}", nearest(text, known))
    return found


def _unknown(why: str, near: str) -> BadCell:
    error = BadCell(why)
    error.nearest = near
    return error
