"""The import workbook's sheets of ledgers: one a ledger, a column a field, with drop-downs, and an example in each header's note."""

from __future__ import annotations

from xlsxwriter.workbook import Format, Workbook

from ..ledgers import LEDGERS, Field, Ledger
from ..ledgers.specification import TEXTS
from .sheets import Styles, drop_down, head_row, print_wide

ROWS = 1000  # with drop-downs; more may be filled in
EXAMPLES = {  # a record a ledger, field by field; "" where the drop-down says enough
    "task": ("党风廉政建设专题研究", "主体责任", "事中", "办公室", "2026-06-30", "2026-06-18", "ZL-2026-015"),
    "risk": ("采购方式由一人决定", "采购岗", "应招标而未招标", "3", "4", "三人会商并留痕", "是", "2026-01-01", "2026-03-31"),
    "rectification": ("报销凭证不全", "内部审计", "科室", "2", "2026-04-10", "2026-06-30", "2026-06-05"),
    "activity": ("廉政教育基地现场学习", "警示教育", "2026-05-12", "40", "38", "示例市图书馆"),
    "inspection": ("窗口服务暗访", "2026-05-20", "92.5", "1"),
    "brand": ("清风窗口", "清风政务", "清风窗口", "第一党支部", "2025-07-01", ""),
    "exemplar": ("“一窗清”阳光审批", "", "审批事项全部公开办理", "2026-03-01", "", "示机党〔2026〕3号"),
    "learning": ("推行“一窗清”办法", "", "“一窗清”阳光审批", "2026-05-08", "办理时限缩短一半"),
}
_KEYS = {
    "单位*": "必填\n已登记的单位，写名称或代码",
    "编号": "同一编号再次导入就是更正\n整列都不填时，编号由必填的内容推出\n如：2026-001",
}
_WIDTHS = {"text": 30, "unit": 30, "node": 30, "choice": 16}


def add_ledger_sheets(book: Workbook, styles: Styles, units: str, nodes: str) -> None:
    """A sheet for each ledger; `units` and `nodes`: where the workbook lists the names of units and of the framework's nodes."""
    texts, dates = (book.add_format({"num_format": form}) for form in ("@", "yyyy-mm-dd"))
    for ledger in LEDGERS.values():
        sheet = book.add_worksheet(ledger.title)
        headers = [*_KEYS, *(f.title + "*" * f.required for f in ledger.fields)]
        widths = [30, 14, *(_WIDTHS.get(f.kind, 13) for f in ledger.fields)]
        head_row(sheet, styles, f"{ledger.title}台账", headers, widths)
        notes = [*_KEYS.values(), *(_note(ledger, f, e) for f, e in zip(ledger.fields, EXAMPLES[ledger.name], strict=True))]
        formats = [texts, texts, *(_format(f, texts, dates) for f in ledger.fields)]
        for column, (note, width, form) in enumerate(zip(notes, widths, formats, strict=True)):
            sheet.write_comment(1, column, note, {"x_scale": 1.6})
            sheet.set_column(column, column, width, form)
        sources = [units, None, *({"unit": units, "node": nodes}.get(f.kind, list(f.words)) for f in ledger.fields)]
        for column, source in enumerate(sources):
            if source:
                sheet.data_validation(2, column, ROWS + 1, column, drop_down(source))
        sheet.freeze_panes(2, 2)
        print_wide(sheet)


def _format(field: Field, texts: Format, dates: Format) -> Format | None:
    """Texts stay as they are typed (007, 1-2), a date is shown as one."""
    return dates if field.kind == "date" else texts if field.kind in TEXTS else None


def _note(ledger: Ledger, field: Field, example: str) -> str:
    """What a person who fills in the column needs to know."""
    orders = [(first, second, ledger.field(first).kind == "date") for first, second in ledger.in_order]
    after = [f"不早于{ledger.field(first).title}" for first, second, dates in orders if second == field.name and dates]
    most = [f"不多于{ledger.field(second).title}" for first, second, dates in orders if first == field.name and not dates]
    lines = ["必填" if field.required else "可以留空", _kind(field), *after, *most, f"如：{example}" if example else ""]
    return "\n".join(line for line in lines if line)


def _kind(field: Field) -> str:
    """What a field takes."""
    if field.words:
        return f"填：{'、'.join(field.words)}"
    if field.kind in ("whole", "number"):
        bounds = f"{field.least:g} 到 {field.most:g} 的" if field.most is not None else f"不小于 {field.least:g} 的"
        return bounds + ("整数" if field.kind == "whole" else "数")
    return {"date": "日期", "unit": "已登记的单位，写名称或代码", "node": "指标体系中的维度或指标，写名称或代码"}.get(field.kind, "")
