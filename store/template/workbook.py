"""The import workbook: the sheets that the readers know, with drop-downs, notes and units filled in, ready to print.

What it writes the readers read back: its headers come from `headers.py`, its indicator labels from `names.py`'s forms.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from scoring.adjustment import KINDS
from scoring.framework import Framework, Node
from scoring.framework_table import framework_to_table
from scoring.policy import Policy
from scoring.values import STATE_TITLES

from ..frameworks.files import DATA, NUMBERS, read_framework, read_policy
from ..readers.columns import most_percent
from ..readers.headers import FRAMEWORK_TITLES, METHOD_NAMES, TITLES, field_of
from ..readers.names import Indicators
from .ledgers import add_ledger_sheets
from .sheets import Styles, drop_down, head_row, offer, print_wide, write_row

SPARE_ROWS = 200  # below the units, ready for more
YEARS = range(2020, 2036)  # of the periods in the drop-down; others may be typed
_WHERE_USED = ("denominator", "imputation", "treatment", "weighting", "error")  # columns left out where no row has anything in them
_CHOSEN = ("normalisation", "aggregation", "imputation", "treatment", "weighting")  # columns with a drop-down of methods
_STATES = [title for state, title in STATE_TITLES.items() if state != "value"]
_GUIDE = (
    "单位：每个单位一行，编码和名称都不能重复。新单位先填在这里，其他表才认得。",
    "指标体系：一般不必改动；改动后导入即成为新的一版。",
    "数据：一行一个单位一个考核期，一列一项指标。填数字；百分数填 95 或 95% 都可以。",
    "没有数的单元格选“不适用”“待报”“缺报”之一；留空表示本次不填，不会冲掉以前填过的数。",
    "加减分：分值一律填正数，加或减由类型决定；事由和文号必填。一票否决不必填分值。",
    "表头、标题可以改写法（如“部门”“季度”），列的次序可以调换，空行、“合计”行和“注：”开头的行不会读入。",
    "有一处错误就整个文件都不导入，并列出每一处错在哪个单元格、为什么；改正后重新导入即可。",
)

_LEDGER_GUIDE = (
    "台账（任务至学习借鉴各表）：一行一条记录，带 * 的列必填；用不到的表空着即可。只写单位、科室、支部，不写个人。",
    "台账的编号由本单位编排：同一编号再次导入就是更正。整列都不填编号时，由必填的内容推出。",
)


@dataclass(frozen=True)
class Contents:
    """What to fill in besides units: the period of the title, a table of 单位, 考核期, … as rows of 数据, adjustments, a title."""

    period: str = ""
    values: pd.DataFrame | None = None
    adjustments: pd.DataFrame | None = None
    title: str = ""


def write_template(
    path: Path,
    framework: Framework | None = None,
    units: Mapping[str, str] | pd.DataFrame | None = None,
    policy: Policy | None = None,
    contents: Contents | None = None,
    ledgers: bool = False,
) -> None:
    """Write an import workbook (see `template_bytes`). Raises OSError."""
    path.write_bytes(template_bytes(framework, units, policy, contents, ledgers))


def template_bytes(
    framework: Framework | None = None,
    units: Mapping[str, str] | pd.DataFrame | None = None,
    policy: Policy | None = None,
    contents: Contents | None = None,
    ledgers: bool = False,
) -> bytes:
    """An import workbook: 说明, 单位, 指标体系, 数据, 加减分, with `ledgers` a sheet for each. The same arguments give the same bytes.

    `units`: names by code, or a table [code, name, sector, size] with `area` where units lie in any. Without `framework` it is the one in data/.
    """
    if framework is None:
        policy = policy or read_policy(DATA / "policy.toml")
        framework = read_framework(DATA / "framework.csv", policy)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2024, 1, 1)})
        _Template(book, framework, policy or Policy(), _unit_table(units), contents or Contents()).write(ledgers)
    return buffer.getvalue()


def indicator_label(node: Node) -> str:
    """The header of an indicator's or denominator's column: code, name and unit."""
    named = node.code if node.name == node.code else f"{node.code} {node.name}"
    return named + (f"({node.unit})" if node.unit else "")


def _unit_table(units: Mapping[str, str] | pd.DataFrame | None) -> pd.DataFrame:
    if isinstance(units, pd.DataFrame):
        return units
    return pd.DataFrame(list((units or {}).items()), columns=["code", "name"]).assign(sector="", size=float("nan"))


class _Template:
    """One workbook in the making."""

    def __init__(self, book: Workbook, framework: Framework, policy: Policy, units: pd.DataFrame, contents: Contents):
        self.book, self.framework, self.policy, self.units, self.contents = book, framework, policy, units, contents
        self.styles = Styles(book)
        self.rows = len(units) + SPARE_ROWS
        self.unit_names = f"=单位!$B$3:$B${self.rows + 2}"
        self.columns = list(Indicators(framework).columns.values())

    def write(self, ledgers: bool) -> None:
        """All sheets, in the order in which they are filled in; the lists of the drop-downs on a hidden one."""
        guide, *sheets = [self.book.add_worksheet(n) for n in ("说明", "单位", "指标体系", "数据", "加减分")]
        if ledgers:
            add_ledger_sheets(self.book, self.styles, self.unit_names, f"=列表!$C$1:$C${len(self.framework.nodes)}")
        lists = self.book.add_worksheet("列表")
        lists.hide()
        offered = [indicator_label(n) for n in self.columns], _periods(), [f"{n.code} {n.name}" for n in self.framework.nodes]
        for column, texts in enumerate(offered[: 2 + ledgers]):
            lists.write_column(0, column, texts)
        self._guide(guide, _GUIDE + _LEDGER_GUIDE * ledgers)
        for fill, sheet in zip((self._units, self._framework, self._values, self._adjustments), sheets, strict=True):
            fill(sheet)
            print_wide(sheet)

    def word(self, field: str) -> str:
        """The header of a field: the policy's word for it where the readers know that word, else the usual one."""
        word = self.policy.words.get(field, "")
        return word if field_of(word) == field else TITLES[field]

    def _guide(self, sheet: Worksheet, lines: Sequence[str]) -> None:
        sheet.set_column(0, 0, 100)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, " ".join(filter(None, (self.contents.title, "导入工作簿填写说明"))), self.styles.title)
        for row, line in enumerate(lines, 1):
            sheet.write_string(row, 0, f"{row}. {line}", self.styles.line)

    def _units(self, sheet: Worksheet) -> None:
        headers = [TITLES["unit_code"], TITLES["name"], self.word("sector"), self.word("size")]
        columns = ["code", "name", "sector", "size"]
        if "area" in self.units and self.units["area"].any():
            headers, columns = [*headers, TITLES["area"]], [*columns, "area"]
        head_row(sheet, self.styles, "单位名单", headers, (14, 36, 16, 12, 24)[: len(headers)])
        sheet.freeze_panes(2, 0)
        for row, unit in enumerate(self.units[columns].itertuples(index=False), 2):
            write_row(sheet, row, unit, self.styles.cell)
        sheet.write_comment(1, 0, "不能重复；一经使用不要更改。")
        if "area" in columns:
            sheet.write_comment(1, 4, "片组之上的各级，自上而下以 / 分隔，如 江省/东市；可以留空。")
        sheet.write_comment(1, 3, "可以留空；用于图上的大小。")
        sheet.data_validation(2, 3, self.rows + 1, 3, {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "请填不小于 0 的数。"})

    def _framework(self, sheet: Worksheet) -> None:
        table = framework_to_table(self.framework)
        always = FRAMEWORK_TITLES.keys() - set(_WHERE_USED)
        table = table[[c for c in table if c in always or (table[c] != "").any()]]
        titles = {c: f"{self.policy.facets.get(c, c)}({c})" if c not in FRAMEWORK_TITLES else FRAMEWORK_TITLES[c] for c in table}
        head_row(sheet, self.styles, "指标体系", list(titles.values()), [30 if c == "name" else 12 for c in table])
        sheet.freeze_panes(2, 3)
        words = {c: {name: title for title, name in METHOD_NAMES[c].items()} for c in _CHOSEN}
        for row, texts in enumerate(table.itertuples(index=False), 2):
            cells = [words.get(c, {}).get(text, text) for c, text in zip(table, texts, strict=True)]
            write_row(sheet, row, [_number(t) if c in NUMBERS else t for c, t in zip(table, cells, strict=True)], self.styles.cell)
        for column, name in enumerate(table):
            if name in words:
                offer(sheet, column, list(words[name].values()), len(table))

    def _values(self, sheet: Worksheet) -> None:
        nodes = self.columns
        headers = [self.word("unit"), self.word("period"), *map(indicator_label, nodes)]
        title = " ".join(filter(None, (self.contents.title, self.contents.period, f"{self.policy.words['index']}填报表")))
        head_row(sheet, self.styles, title, headers, (30, 11, *[13] * len(nodes)))
        sheet.set_row(1, 75)
        sheet.freeze_panes(2, 2)
        sheet.data_validation(1, 2, 1, len(nodes) + 1, drop_down(f"=列表!$A$1:$A${len(nodes)}"))
        for column, node in enumerate(nodes, 2):
            sheet.write_comment(1, column, self.note(node), {"x_scale": 2, "y_scale": 1.2})
            offer(sheet, column, _STATES, self.rows, _hint(node))
        self.offer_keys(sheet)
        for row, cells in enumerate(self._rows(), 2):
            write_row(sheet, row, cells, self.styles.cell)

    def _rows(self) -> list[Sequence[object]]:
        if self.contents.values is not None:
            return list(self.contents.values.itertuples(index=False))
        blanks = [""] * len(self.columns)
        names = self.units["name"].where(~self.units["name"].duplicated(keep=False), self.units["code"])
        return [[name, self.contents.period, *blanks] for name in names]

    def _adjustments(self, sheet: Worksheet) -> None:
        headers = [self.word("unit"), self.word("period"), *(TITLES[f] for f in ("kind", "points", "reason", "document"))]
        head_row(sheet, self.styles, " ".join(filter(None, (self.contents.title, "加减分与一票否决"))), headers, (30, 11, 12, 8, 50, 30))
        sheet.freeze_panes(2, 0)
        self.offer_keys(sheet)
        offer(sheet, 2, list(KINDS.values()), self.rows)
        positive = {"validate": "decimal", "criteria": ">", "value": 0, "error_message": "请填正数；加或减由类型决定。"}
        sheet.data_validation(2, 3, self.rows + 1, 3, positive)
        sheet.write_comment(1, 3, f"正数。全年加分最多计 {self.policy.bonus_cap:g} 分，减分最多计 {self.policy.penalty_cap:g} 分。")
        table = self.contents.adjustments
        if table is not None:
            for row, a in enumerate(table.itertuples(index=False), 2):
                write_row(sheet, row, (a.unit, a.period, KINDS[a.kind], a.points or "", a.reason, a.document), self.styles.cell)

    def note(self, node: Node) -> str:
        """What a person who fills in the column needs to know of the indicator or denominator."""
        if node.code not in self.framework:
            divided = "、".join(n.name for n in self.framework.indicators if n.denominator == node.code)
            return f"{node.code}\n{divided}除以它后计分\n须大于 0"
        path = " → ".join(n.name for n in self.framework.path(node.code)[1:-1])
        posts = f"目标区间 {node.low:g}～{node.high:g}" if node.low is not None and node.high is not None else ""
        direction = "越高越好" if node.direction > 0 else "越低越好"
        unit = f"计量单位：{node.unit}" if node.unit else ""
        divided = f"除以 {node.denominator} 后计分" if node.denominator else ""
        facts = (node.name, path, unit, divided, direction, posts, f"权重 {node.weight:g}", _hint(node))
        return "\n".join(fact for fact in facts if fact)

    def offer_keys(self, sheet: Worksheet) -> None:
        """Drop-downs of units (from the sheet 单位, new ones included) and periods."""
        offer(sheet, 0, self.unit_names, self.rows)
        offer(sheet, 1, f"=列表!$B$1:$B${len(_periods())}", self.rows, "如 2024Q4 或 2024年四季度")


def _hint(node: Node) -> str:
    if node.unit == "%":
        return f"填 95 或 95%，0 到 {most_percent(node):g}；没有数的选不适用、待报或缺报"
    return f"填数字（{node.unit}）；没有数的选不适用、待报或缺报" if node.unit else "填数字；没有数的选不适用、待报或缺报"


def _periods() -> list[str]:
    return [f"{year}Q{quarter}" for year in YEARS for quarter in range(1, 5)]


def _number(text: str) -> float | str:
    """The number of a text, or the text where the workbook's 16 digits would change its last bits."""
    return float(text) if text and float(f"{float(text):.16G}") == float(text) else text
